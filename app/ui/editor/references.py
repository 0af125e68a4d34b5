"""A list of referred documents: number and date per row, e.g. the invoices that are returned."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.turkish import format_date
from app.ui.editor.fields import FormEdit
from app.ui.editor.numbers import read_date
from app.ui.editor.store import FormStore
from app.ui.theme import tokens
from app.ui.widgets import IconButton, LinkButton


class _Row(QWidget):
    def __init__(self, owner: ReferencesEdit, number: str, day: str) -> None:
        super().__init__(owner)
        self._owner = owner
        self.number = FormEdit(number, self)
        self.number.setPlaceholderText(owner.number_hint)
        self.number.setAccessibleName(f"{owner.title}: {self.tr('numara')}")
        parsed = read_date(day)
        self.day = FormEdit(format_date(parsed) if parsed is not None else day, self)
        self.day.setPlaceholderText(self.tr("gg.aa.yyyy"))
        self.day.setAccessibleName(f"{owner.title}: {self.tr('tarih')}")
        self.remove = IconButton("close", self.tr("Satırı çıkar"), self)
        for edit in (self.number, self.day):
            edit.textEdited.connect(owner.take)
        self.remove.clicked.connect(self._on_remove_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.XS)
        row.addWidget(self.number, 3)
        row.addWidget(self.day, 2)
        row.addWidget(self.remove)

    def value(self) -> dict[str, str]:
        day = read_date(self.day.text())
        result = {"number": self.number.text().strip(), "day": day.isoformat() if day else self.day.text().strip()}
        return {key: text for key, text in result.items() if text}

    @Slot()
    def _on_remove_clicked(self) -> None:
        self._owner.remove_row(self)


class ReferencesEdit(QWidget):
    """Bound to a list path (`returned_invoices`), or with `single` to one reference (`order_reference`)."""

    def __init__(
        self,
        store: FormStore,
        path: str,
        title: str,
        parent: QWidget | None = None,
        *,
        number_hint: str = "",
        single: bool = False,
    ) -> None:
        super().__init__(parent)
        self.title, self.number_hint = title, number_hint
        self._store, self._path, self._is_single = store, path, single
        self._rows: list[_Row] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(tokens.XS)
        self._add = LinkButton(self.tr("Ekle"), self)
        self._add.setAccessibleName(self.tr("{0} ekle").format(title))
        self._add.clicked.connect(self.add_row)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(self._column)
        row = QHBoxLayout()
        row.addWidget(self._add)
        row.addStretch(1)
        whole.addLayout(row)
        store.field_changed.connect(self._on_field_changed)
        self._show()

    def rows(self) -> list[_Row]:
        return list(self._rows)

    @Slot()
    def add_row(self) -> None:
        """An empty row with the cursor in it."""
        self._append("", "")
        self._rows[-1].number.setFocus()

    def remove_row(self, row: _Row) -> None:
        self._rows.remove(row)
        row.deleteLater()
        self.take()
        self._show_add()

    @Slot()
    def take(self) -> None:
        """Put what is typed into the store."""
        values: list[Any] = [value for row in self._rows if (value := row.value())]
        kept: Any = (values[0] if values else None) if self._is_single else values
        self._store.set(self._path, kept, self.title, merges=True)

    @Slot(str)
    def _on_field_changed(self, path: str) -> None:
        if path in ("", self._path) and [v for row in self._rows if (v := row.value())] != self._kept():
            self._show()

    def _kept(self) -> list[dict[str, str]]:
        kept = self._store.get(self._path, None) or []
        return [kept] if isinstance(kept, dict) else list(kept)

    def _show(self) -> None:
        for row in self._rows:
            row.deleteLater()
        self._rows = []
        for item in self._kept():
            self._append(str(item.get("number", "")), str(item.get("day", "")))
        self._show_add()

    def _append(self, number: str, day: str) -> None:
        row = _Row(self, number, day)
        self._rows.append(row)
        self._column.addWidget(row)
        self._show_add()

    def _show_add(self) -> None:
        self._add.setVisible(not (self._is_single and self._rows))

"""A list of the draft as rows of a few fields: the document's discounts, deductions, a party's numbers, plates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.editor import catalogue, cells
from app.ui.editor.catalogue import Option
from app.ui.editor.code_edit import CodeEdit
from app.ui.editor.fields import FormEdit
from app.ui.editor.numbers import shown_number, stored_number
from app.ui.editor.store import FormStore
from app.ui.theme import tokens
from app.ui.widgets import IconButton, LinkButton

Texts = dict[str, str]
#: A list longer than this is searched, not looked through.
_LOOKED_THROUGH: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One field of a row. `options` makes it a choice of codes."""

    key: str
    hint: str
    stretch: int = 1
    options: Callable[[], list[Option]] | None = None
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKind:
    """What the rows hold, and how an item of the draft becomes their texts and back. An item of "" or {} is none."""

    parts: tuple[Part, ...]
    add: str
    read: Callable[[Any], Texts]
    write: Callable[[Texts], Any]


class _Choice(QComboBox):
    """One of a short code list."""

    edited = Signal()

    def __init__(self, options: Sequence[Option], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        for option in options:
            self.addItem(option.title.partition(" · ")[2] or option.title, option.code)
        self.activated.connect(self._on_activated)

    @Slot()
    def _on_activated(self) -> None:
        self.edited.emit()

    def value(self) -> str:
        return str(self.currentData() or "")

    def show_value(self, value: Any) -> None:
        code = str(value or "")
        if code and self.findData(code) < 0:
            self.addItem(code, code)
        self.setCurrentIndex(self.findData(code))

    def wheelEvent(self, event: object) -> None:
        event.ignore()  # type: ignore[attr-defined]


class _Row(QWidget):
    def __init__(self, owner: ListEdit, item: Any) -> None:
        super().__init__(owner)
        self._owner, self._item = owner, item
        texts = owner.kind.read(item) if item else {}
        self._edits: dict[str, FormEdit | CodeEdit | _Choice] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.XS)
        for part in owner.kind.parts:
            edit = self._make(part, texts.get(part.key, ""))
            edit.setAccessibleName(f"{owner.title}: {part.hint}")
            self._edits[part.key] = edit
            row.addWidget(edit, part.stretch)
        remove = IconButton("close", self.tr("{0}: satırı çıkar").format(owner.title), self)
        remove.clicked.connect(self._on_remove_clicked)
        row.addWidget(remove)
        self._told = self.texts()

    def _make(self, part: Part, text: str) -> FormEdit | CodeEdit | _Choice:
        if part.options is None:
            edit = FormEdit(text, self)
            edit.setPlaceholderText(part.hint)
            if part.is_number:
                edit.setAlignment(Qt.AlignmentFlag.AlignRight)
            edit.textEdited.connect(self._owner.take)
            return edit
        options = part.options()
        choice = _Choice(options, self) if len(options) <= _LOOKED_THROUGH else CodeEdit(part.options, self)
        choice.show_value(text)
        choice.edited.connect(self._owner.take)
        return choice

    @property
    def first(self) -> QWidget:
        return next(iter(self._edits.values()))

    def texts(self) -> Texts:
        return {
            key: edit.text().strip() if isinstance(edit, FormEdit) else str(edit.value())
            for key, edit in self._edits.items()
        }

    def item(self) -> Any:
        """The draft's own until somebody types: it may say more than the row shows."""
        texts = self.texts()
        return self._item if self._item and texts == self._told else self._owner.kind.write(texts)

    @Slot()
    def _on_remove_clicked(self) -> None:
        self._owner.remove_row(self)


class ListEdit(QWidget):
    """Bound to a list path; every key that is typed goes into the store, merged into one undo step."""

    def __init__(self, store: FormStore, path: str, title: str, kind: ListKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._path, self.title, self.kind = store, path, title, kind
        self.rows: list[_Row] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(tokens.XS)
        self.add = LinkButton(kind.add, self)
        self.add.clicked.connect(self.add_row)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(tokens.XS)
        whole.addLayout(self._column)
        row = QHBoxLayout()
        row.addWidget(self.add)
        row.addStretch(1)
        whole.addLayout(row)
        self.setFocusProxy(self.add)
        store.field_changed.connect(self._on_field_changed)
        self._show()

    @Slot()
    def add_row(self) -> None:
        """An empty row with the cursor in it."""
        self._append(None)
        self.rows[-1].first.setFocus()

    def remove_row(self, row: _Row) -> None:
        self.rows.remove(row)
        row.hide()
        row.deleteLater()
        self.take()

    @Slot()
    def take(self) -> None:
        """Put what is typed into the store."""
        self._store.set(self._path, self._typed(), self.title, merges=True)

    def _typed(self) -> list[Any]:
        return [item for row in self.rows if (item := row.item())]

    def _kept(self) -> list[Any]:
        kept = self._store.get(self._path, None) or []
        return list(kept) if isinstance(kept, list) else []

    @Slot(str)
    def _on_field_changed(self, path: str) -> None:
        is_mine = path in ("", self._path) or self._path.startswith(f"{path}.")
        if is_mine and self._typed() != self._kept():
            self._show()

    def _show(self) -> None:
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = []
        for item in self._kept():
            self._append(item)

    def _append(self, item: Any) -> None:
        row = _Row(self, item)
        self.rows.append(row)
        self._column.addWidget(row)


# --- the lists there are ----------------------------------------------------------------------------------------------


def _read_allowance(item: Any) -> Texts:
    return {"amount": cells.typed_allowance(item), "reason": str(item.get("reason", ""))}


def _write_allowance(texts: Texts) -> Any:
    return cells.allowance_of(texts["amount"], texts["reason"]) if texts["amount"] else {}


def _read_deduction(item: Any) -> Texts:
    # A deduction's rate is a percent, as in GİB's own sample; an amount counts before it, as in the sums.
    rate = "" if item.get("amount") else str(item.get("rate", ""))
    amount = f"%{shown_number(rate)}" if rate else shown_number(str(item.get("amount", "")))
    return {"code": str(item.get("code", "")), "amount": amount}


def _write_deduction(texts: Texts) -> Any:
    amount = texts["amount"]
    told = {"rate": stored_number(amount.replace("%", ""))} if "%" in amount else {"amount": stored_number(amount)}
    return {key: text for key, text in {"code": texts["code"], **told}.items() if text}


def _read_pair(item: Any) -> Texts:
    return {key: str(item.get(key, "")) for key in ("scheme", "value")}


def _write_pair(texts: Texts) -> Any:
    return {key: text for key, text in texts.items() if text}


def _deduction_codes() -> list[Option]:
    return catalogue.current().named("hks_deductions")


def _schemes() -> list[Option]:
    return catalogue.current().party_schemes


_RATE: Final = Part(key="amount", hint="%5 ya da 150,00", stretch=2, is_number=True)
KINDS: Final[Mapping[str, ListKind]] = {
    "discounts": ListKind(
        parts=(_RATE, Part(key="reason", hint="nedeni", stretch=3)),
        add="İndirim ekle",
        read=_read_allowance,
        write=_write_allowance,
    ),
    "charges": ListKind(
        parts=(_RATE, Part(key="reason", hint="nedeni", stretch=3)),
        add="Artırım ekle",
        read=_read_allowance,
        write=_write_allowance,
    ),
    "deductions": ListKind(
        parts=(Part(key="code", hint="kesinti türü", stretch=3, options=_deduction_codes), _RATE),
        add="Kesinti ekle",
        read=_read_deduction,
        write=_write_deduction,
    ),
    "identifiers": ListKind(
        parts=(
            Part(key="scheme", hint="numaranın türü", stretch=2, options=_schemes),
            Part(key="value", hint="numara", stretch=2),
        ),
        add="Numara ekle",
        read=_read_pair,
        write=_write_pair,
    ),
    "trailers": ListKind(
        parts=(Part(key="plate", hint="dorse plakası"),),
        add="Dorse ekle",
        read=lambda item: {"plate": str(item)},
        write=lambda texts: " ".join(texts["plate"].upper().split()),
    ),
}

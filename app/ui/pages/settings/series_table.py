"""Series per purpose with the next number; once a number was given this year, the sequence is locked."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from app.domain.document_number import DocumentNumber, SeriesPurpose
from app.domain.errors import InputError
from app.domain.turkish import format_date
from app.ui.pages.settings.form import Verdict, mark_invalid, narrow_edit
from app.ui.pages.settings.work import PURPOSE_TITLES, SeriesState
from app.ui.theme import tokens
from app.ui.widgets import QuietLabel


class _Row:
    """The widgets of one purpose."""

    def __init__(self, purpose: SeriesPurpose, table: SeriesTable) -> None:
        title = PURPOSE_TITLES[purpose]
        self.state = SeriesState(purpose=purpose)
        self.title = QLabel(title, table)
        self.title.setWordWrap(True)
        self.series = narrow_edit(5, table)
        self.series.setMaxLength(3)
        self.series.setAccessibleName(table.tr("{0} serisi").format(title))
        self.series.setValidator(QRegularExpressionValidator(QRegularExpression("[A-Za-z0-9]{0,3}"), table))
        self.next = narrow_edit(10, table)
        self.next.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.next.setMaxLength(9)
        self.next.setAccessibleName(table.tr("{0} sıradaki numara").format(title))
        self.next.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]{0,9}"), table))
        self.preview = QuietLabel("", table, wrap=True)

    @property
    def is_locked(self) -> bool:
        return self.state.last_date is not None and self.series.text() == self.state.series


class SeriesTable(QWidget):
    """Four rows: title, three characters, next number, how the next number will look."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Seriler ve sıradaki numaralar"))
        self._year = 2000
        self._rows = {purpose: _Row(purpose, self) for purpose in SeriesPurpose}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(tokens.M)
        grid.setVerticalSpacing(tokens.S)
        # As wide as a form's titles, so that the fields stand in line with those above.
        grid.setColumnMinimumWidth(0, tokens.TEXT_WIDTH_PX // 4)
        grid.setColumnStretch(3, 1)
        for column, head in enumerate((self.tr("Belge"), self.tr("Seri"), self.tr("Sıradaki"), self.tr("Numara"))):
            grid.addWidget(QuietLabel(head, self), 0, column)
        for index, (purpose, row) in enumerate(self._rows.items(), start=1):
            for column, widget in enumerate((row.title, row.series, row.next, row.preview)):
                grid.addWidget(widget, index, column)
            row.series.textEdited.connect(partial(self._on_series_edited, purpose))
            row.next.textEdited.connect(partial(self._on_next_edited, purpose))
        self.verdict = Verdict(self)
        grid.addWidget(self.verdict, len(self._rows) + 1, 0, 1, 4)

    def series_edit(self, purpose: SeriesPurpose) -> QLineEdit:
        return self._rows[purpose].series

    def next_edit(self, purpose: SeriesPurpose) -> QLineEdit:
        return self._rows[purpose].next

    def set_states(self, states: Iterable[SeriesState], *, year: int) -> None:
        """Show what is stored; purposes that are not among `states` are empty."""
        self._year = year
        by_purpose = {state.purpose: state for state in states}
        for purpose, row in self._rows.items():
            row.state = by_purpose.get(purpose, SeriesState(purpose=purpose))
            row.series.setText(row.state.series)
            row.next.setText(str(row.state.next_sequence) if row.state.series else "")
            self._show(purpose)

    def series(self) -> dict[str, str]:
        """The series by purpose value; purposes without one are left out."""
        return {p.value: row.series.text() for p, row in self._rows.items() if row.series.text()}

    def starts(self) -> dict[SeriesPurpose, int]:
        """The next numbers that the user has changed."""
        found = {}
        for purpose, row in self._rows.items():
            text = row.next.text()
            if not row.series.text() or row.is_locked or not text or int(text) == 0:
                continue
            known = row.state.next_sequence if row.series.text() == row.state.series else 1
            if int(text) != known:
                found[purpose] = int(text)
        return found

    def suggest(self, purpose: SeriesPurpose, series: str) -> None:
        """Write a series that the user may change."""
        self._rows[purpose].series.setText(series)
        self._on_series_edited(purpose, series)

    def _on_series_edited(self, purpose: SeriesPurpose, text: str) -> None:
        row = self._rows[purpose]
        if text != text.upper():
            at = row.series.cursorPosition()
            row.series.setText(text.upper())
            row.series.setCursorPosition(at)
        if row.series.text() == row.state.series:
            row.next.setText(str(row.state.next_sequence))
        elif len(text) == 3 and not row.next.text():
            row.next.setText("1")
        self._show(purpose)
        self._tell_shared()
        self.edited.emit()

    def _on_next_edited(self, purpose: SeriesPurpose, _text: str) -> None:
        self._show(purpose)
        self.edited.emit()

    def _show(self, purpose: SeriesPurpose) -> None:
        row = self._rows[purpose]
        row.next.setReadOnly(row.is_locked)
        row.next.setEnabled(bool(row.series.text()))
        if not row.series.text():
            row.preview.setText(self.tr("Kullanılmıyor"))
            return
        try:
            number = str(DocumentNumber(row.series.text(), self._year, int(row.next.text() or "1")))
        except InputError:
            row.preview.setText(self.tr("Seri 3 büyük harf ya da rakam olmalı"))
            return
        if row.is_locked and row.state.last_date is not None:
            number = self.tr("{0} (numara verilmiş, son belge {1}; sıra değiştirilemez)").format(
                number, format_date(row.state.last_date)
            )
        row.preview.setText(number)

    def _tell_shared(self) -> None:
        texts = [row.series.text() for row in self._rows.values() if row.series.text()]
        shared = next((text for text in texts if texts.count(text) > 1), "")
        for row in self._rows.values():
            mark_invalid(row.series, bool(shared) and row.series.text() == shared)
        self.verdict.say(
            "error",
            self.tr("{0} iki işte kullanılamaz; her belge türünün serisi ayrıdır.").format(shared) if shared else "",
        )

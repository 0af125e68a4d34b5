"""The summary before a month is said to be filed: totals, voucher numbers, parts, packages. Source: Uyumluluk Onay
Kılavuzu 1.7 (a summary is shown before anything is filed).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from PySide6.QtWidgets import QDialog, QFormLayout, QLabel, QVBoxLayout, QWidget

from app.domain.turkish import format_amount, format_date
from app.ui.dialogs.confirm import ConfirmDialog
from app.ui.ledger.facts import MonthFacts
from app.ui.ledger.sides import side_name
from app.ui.ledger.tables import RowTable, TextColumn, TextModel, TextRow
from app.ui.ledger.words import deadline_words, month_name, number, size_words
from app.ui.theme import fonts, tokens

COLUMNS: Final = (
    TextColumn("Parça", 10),
    TextColumn("Günler", 23),
    TextColumn("Madde", 16, is_number=True),
    TextColumn("Yüklenecek paket", 0),
    TextColumn("Boyut", 9, is_number=True),
)
_ROWS_SHOWN: Final = 6
#: What is uploaded; from 2025 on the general ledger itself stays at home.
_PACKED: Final = ("YB", "KB")


class FiledDialog(ConfirmDialog):
    """What was built, to be compared with what lies in the portal, and the word that it was filed."""

    def __init__(self, month: MonthFacts, parent: QWidget | None = None) -> None:
        name = month_name(month.period)
        super().__init__(
            f"{name} GİB portalına yüklendi mi?",
            company=month.company.company.party.display_name,
            consequence="Aşağıdaki özet portaldakiyle aynı olmalı. İşaretlenince ay kilitlenir: fişleri "
            "değiştirilemez, defteri yeniden oluşturulamaz. Bu düğme GİB'e bir şey göndermez.",
            yes="Yüklendi olarak işaretle",
            parent=parent,
        )
        self.figures = QFormLayout()
        self.figures.setHorizontalSpacing(tokens.L)
        self.figures.setVerticalSpacing(tokens.XS)
        for title, value in filed_figures(month):
            shown = QLabel(value, self)
            shown.setFont(fonts.tabular(self.font()))
            shown.setAccessibleName(f"{title}: {value}")
            self.figures.addRow(title, shown)
        self.model = TextModel(COLUMNS, self)
        self.model.set_rows([TextRow(texts=texts, what=None) for texts in filed_parts(month)])
        self.table = RowTable("Parçalar ve paketler", COLUMNS, self)
        self.table.setModel(self.model)
        rows = min(_ROWS_SHOWN, max(1, self.model.rowCount()))
        row = self.table.verticalHeader().defaultSectionSize()
        self.table.setMinimumHeight(rows * row + self.table.horizontalHeader().sizeHint().height() + tokens.S)
        self.table.setMinimumWidth(tokens.TEXT_WIDTH_PX + 220)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertLayout(1, self.figures)
        layout.insertWidget(2, self.table)


def filed_figures(month: MonthFacts) -> list[tuple[str, str]]:
    """(name, value): debit and credit, how many vouchers from which to which, lines, parts, the day."""
    if month.other is not None:
        figures = [figure for side in month.sides for figure in _side_figures(side)]
        return [*figures, *_due_figures(month)]
    first = min((one.first_entry for one in month.built), default=0)
    last = max((one.last_entry for one in month.built), default=0)
    entries = sum(one.last_entry - one.first_entry + 1 for one in month.built if one.last_entry)
    branches = f" · {month.branches} şube" if month.branches > 1 else ""
    return [
        ("Borç toplamı", format_amount(month.debit)),
        ("Alacak toplamı", format_amount(month.credit)),
        ("Yevmiye maddesi", f"{number(entries)} madde ({number(first)}–{number(last)})" if last else "–"),
        ("Satır", number(month.cell.lines)),
        ("Parça", f"{number(month.parts)}{branches}"),
        *_due_figures(month),
    ]


def _side_figures(side: MonthFacts) -> list[tuple[str, str]]:
    """One fiscal period of a month that has two: its sums, and its vouchers, whose numbers begin anew."""
    name = side_name(side.company.company, side.period)
    first = min((one.first_entry for one in side.built), default=0)
    last = max((one.last_entry for one in side.built), default=0)
    sums = f"borç {format_amount(side.debit)}, alacak {format_amount(side.credit)}"
    counts = f"madde {number(first)}–{number(last)}, {number(side.cell.lines)} satır, {number(side.parts)} parça"
    return [(name, sums), ("", counts if last else "boş")]


def _due_figures(month: MonthFacts) -> list[tuple[str, str]]:
    return [] if month.cell.due is None else [("Son yükleme günü", deadline_words(month.cell.due))]


def filed_parts(month: MonthFacts) -> list[tuple[str, ...]]:
    """A row per package of each part, of both fiscal periods where the month has two."""
    if month.other is not None:
        return [row for side in month.sides for row in filed_parts(replace(side, other=None))]
    rows: list[tuple[str, ...]] = []
    packages = {file.path.name: file for file in month.files if file.path.suffix == ".zip"}
    for part in month.built:
        title = "Bütün ay" if not part.part else f"{part.part}. parça"
        if part.branch_no:
            title += f" · {part.branch_no}"
        days = f"{_day(part.start_day)}–{_day(part.end_day)}"
        entries = f"{number(part.first_entry)}–{number(part.last_entry)}" if part.last_entry else "boş"
        ending = f"-{part.part:06d}" + (f"-{part.branch_no}" if part.branch_no else "")
        for kind in _PACKED:
            found = [file for name, file in packages.items() if name.endswith(f"-{kind}{ending}.zip")]
            for file in found:
                rows.append((title, days, entries, file.path.name, size_words(file.size)))
    return rows


def _day(text: str) -> str:
    try:
        return format_date(date.fromisoformat(text))
    except ValueError:
        return text


def confirm_filed(month: MonthFacts, parent: QWidget) -> bool:
    """Before a month is locked."""
    dialog = FiledDialog(month, parent)
    try:
        return dialog.exec() == QDialog.DialogCode.Accepted
    finally:
        dialog.deleteLater()

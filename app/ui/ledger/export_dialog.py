"""A month for an integrator's own e-Defter service: which format, month, branch and file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.spans import month_of_key
from app.domain.voucher import LIQUIDATION, Period
from app.storage.ledgers import queries
from app.storage.ledgers.queries import MonthSummary
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.ledger import facts
from app.ui.ledger.sides import has_two_sides, side_name
from app.ui.ledger.words import month_name, number
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, HeadingLabel, IconButton, MessageBar, PrimaryButton, QuietButton, QuietLabel

#: The integrators' own formats, by the names of `ledger_export.FORMATS`, with the files' ending.
FORMATS: Final = {
    "izibiz": ("İzibiz CSV", ".csv"),
    "uyumsoft-csv": ("Uyumsoft CSV", ".csv"),
    "uyumsoft-xml": ("Uyumsoft XML", ".xml"),
    "turkcell": ("Turkcell TXT", ".txt"),
}


class ExportDialog(QDialog):
    """`target`, `chosen`, `branch`, `encoding` and `output` are what the user agreed to."""

    def __init__(
        self,
        desk: Desk,
        company: CompanyRecord,
        period: Period,
        *,
        target: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self.company, self.period = desk, company, period
        self._months: list[MonthSummary] = []
        self._is_named = False
        title = self.tr("Entegratöre dosya ver")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.format = QComboBox(self)
        for key, (words, _ending) in FORMATS.items():
            self.format.addItem(words, key)
        wanted = target or company.company.ledger.export_format
        self.format.setCurrentIndex(max(0, self.format.findData(wanted)))
        self.format.activated.connect(self._name_file)
        self.month = QComboBox(self)
        self.month.activated.connect(self._on_month_chosen)
        self.branches = QComboBox(self)
        self.branches.activated.connect(self._name_file)
        self.code = QComboBox(self)
        for value, words in (("", self.tr("Biçimin kendisi")), ("utf-8", "UTF-8"), ("cp1254", "Windows-1254 (Türkçe)")):
            self.code.addItem(words, value)
        self.path = QLineEdit(self)
        self.path.textEdited.connect(self._on_path_edited)
        self.browse = IconButton("folder", self.tr("Yerini seç"), self)
        self.browse.clicked.connect(self._on_browse_clicked)
        self.message = MessageBar(parent=self, closable=False)
        self.go = PrimaryButton(self.tr("Dosyayı yaz"), self, icon="export")
        self.go.clicked.connect(self.accept)
        self.cancel = QuietButton(self.tr("Vazgeç"), self)
        self.cancel.clicked.connect(self.reject)
        self._lay(title)
        self._show_ready()
        self._read()

    def _lay(self, title: str) -> None:
        place = QHBoxLayout()
        place.setSpacing(tokens.XS)
        place.addWidget(self.path, 1)
        place.addWidget(self.browse)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(tokens.L)
        for words, editor in (
            (self.tr("Biçim"), self.format),
            (self.tr("Ay"), self.month),
            (self.tr("Şube"), self.branches),
            (self.tr("Kodlama"), self.code),
        ):
            editor.setAccessibleName(words)
            form.addRow(words, editor)
        self.path.setAccessibleName(self.tr("Dosya"))
        form.addRow(self.tr("Dosya"), place)
        said = QuietLabel(
            self.tr(
                "Ay önce denetlenir; hata varsa dosya yazılmaz. Defterleri entegratörün onaylı programı oluşturur."
            ),
            self,
            wrap=True,
        )
        said.setMinimumWidth(tokens.TEXT_WIDTH_PX)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.XL, tokens.XL, tokens.XL, tokens.L)
        column.setSpacing(tokens.S)
        column.addWidget(HeadingLabel(title, self))
        column.addWidget(ElidedLabel(self.company.company.party.display_name, self))
        column.addWidget(said)
        column.addWidget(self.message)
        column.addLayout(form)
        column.addSpacing(tokens.S)
        column.addLayout(buttons)

    # -- what was chosen -------------------------------------------------------------------------------------------

    @property
    def target(self) -> str:
        return str(self.format.currentData())

    @property
    def chosen(self) -> Period | None:
        text = self.month.currentData()
        return month_of_key(int(text)) if text else None

    @property
    def branch(self) -> str | None:
        """The branch's number, "" for the part without one; None where the month has no branches to choose of."""
        return None if self.branches.count() < 2 else str(self.branches.currentData())

    @property
    def encoding(self) -> str:
        return str(self.code.currentData() or "")

    @property
    def output(self) -> Path:
        return Path(self.path.text().strip())

    # -- reading ---------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        path = facts.ledger_file(self._desk.office.folder.ledgers, self.company, self.period)

        def read(_s: object) -> list[MonthSummary]:
            nothing: list[MonthSummary] = []
            return facts.read_with(path, queries.months, nothing)

        self._desk.read(read, self._on_months, owner=self, failed=self.message.show_error)

    def _on_months(self, months: list[MonthSummary]) -> None:
        self._months = months
        seen: dict[int, int] = {}
        for month in months:
            # Where the liquidation begins a file holds one of the two fiscal periods.
            key = month.period
            seen[key] = seen.get(key, 0) + month.vouchers
        self.month.clear()
        owner = self.company.company
        for key, vouchers in sorted(seen.items(), key=lambda one: (one[0] % LIQUIDATION, one[0])):
            period = month_of_key(key)
            name = month_name(period)
            if has_two_sides(owner, period):
                name = f"{side_name(owner, period)} {period.year}"
            self.month.addItem(self.tr("{0} · {1} fiş").format(name, number(vouchers)), key)
        places = [i for i in range(self.month.count()) if month_of_key(self.month.itemData(i)) == self.period]
        others = [i for i in range(self.month.count()) if str(month_of_key(self.month.itemData(i))) == str(self.period)]
        self.month.setCurrentIndex(next(iter([*places, *others]), 0))
        if not seen:
            self.message.show_message("warn", self.tr("Bu hesap döneminde fiş yok; önce fişleri alın."))
        self._on_month_chosen()

    @Slot()
    def _on_month_chosen(self) -> None:
        period = self.chosen
        found = (
            {}
            if period is None
            else {month.branch_no: month.vouchers for month in self._months if month.period == period.key}
        )
        names = {branch.no: branch.name for branch in self.company.company.branches}
        self.branches.clear()
        for no, vouchers in sorted(found.items()):
            title = f"{no} {names.get(no, '')}".strip() if no else self.tr("şubesiz")
            self.branches.addItem(self.tr("{0} · {1} fiş").format(title, number(vouchers)), no)
        self.branches.setEnabled(self.branches.count() > 1)
        self._name_file()

    @Slot()
    def _name_file(self) -> None:
        """A name that says whose and which month; one that the user chose stays, but for its ending."""
        ending = FORMATS[self.target][1]
        if self._is_named:
            path = self.output
            self.path.setText(str(path.with_suffix(ending)) if path.suffix != ending else str(path))
        elif self.chosen is not None:
            branch = f"-{self.branch}" if self.branch else ""
            if self.chosen.is_liquidation and has_two_sides(self.company.company, self.chosen):
                branch += "-tasfiye"
            name = f"{self.company.company.tax_number.digits}-{self.chosen.compact}{branch}-{self.target}{ending}"
            self.path.setText(str(self._folder() / name))
        self._show_ready()

    def _folder(self) -> Path:
        from PySide6.QtCore import QStandardPaths

        return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or ".")

    @Slot()
    def _on_path_edited(self) -> None:
        self._is_named = True
        self._show_ready()

    @Slot()
    def _on_browse_clicked(self) -> None:
        ending = FORMATS[self.target][1]
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Dışa aktarılacak dosya"), self.path.text(), f"*{ending}")
        if chosen:
            self._is_named = True
            self.path.setText(chosen)
            self._show_ready()

    def _show_ready(self) -> None:
        self.go.setEnabled(self.chosen is not None and bool(self.path.text().strip()))

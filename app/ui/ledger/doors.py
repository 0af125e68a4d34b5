"""The ledger page's further doors: vouchers from a database, the inventory, a file for an integrator, build options."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QDialog
from shiboken6 import isValid

from app.domain.errors import AppError
from app.domain.ledger_terms import StampedFiles
from app.domain.voucher import Period
from app.storage.records import CompanyRecord
from app.ui.ledger.asking import confirm_replace
from app.ui.ledger.build_dialog import BuildDialog
from app.ui.ledger.building import Special
from app.ui.ledger.export_dialog import ExportDialog
from app.ui.ledger.inventory_window import InventoryWindow
from app.ui.ledger.query_dialog import QueryDialog
from app.ui.ledger.results import BuildOutcome
from app.workflows.ledger_heads import fiscal_year

if TYPE_CHECKING:
    from app.ui.pages.ledger import LedgerPage


class Doors(QObject):
    """Lives with the page; what the user agreed to goes to the page's `doing`."""

    def __init__(self, page: LedgerPage) -> None:
        super().__init__(page)
        self._page = page
        self._inventories: dict[int, InventoryWindow] = {}
        self._unstamped: tuple[CompanyRecord, Period] | None = None
        self._error: AppError | None = None
        page.doing.built.connect(self._on_built)
        page.month.message.acted.connect(self._on_message_acted)

    @Slot(object)
    def _on_built(self, outcome: BuildOutcome) -> None:
        """A time stamp authority that does not answer stops nothing for good: GİB asks for the seal alone."""
        self._unstamped = None
        single = outcome.results[0] if len(outcome.results) == 1 else None
        error = single.error if single is not None and self._page.is_month else None
        if single is not None and error is not None and error.code.startswith("TSA."):
            self._unstamped = single.company, single.period
            self._error = error
            # After the page has told what came of the build.
            QTimer.singleShot(0, self, self._offer_unstamped)

    @Slot()
    def _offer_unstamped(self) -> None:
        if self._unstamped is not None and self._error is not None:
            self._page.month.message.show_error(self._error, self.tr("Damgasız oluştur"))

    @Slot()
    def _on_message_acted(self) -> None:
        wanted, self._unstamped = self._unstamped, None
        if wanted is not None:
            self._page.doing.build([wanted], Special(stamped=StampedFiles.NEVER))

    @Slot()
    def open_query(self) -> None:
        """Vouchers from the accounting program's database, for the open month's company or the chosen one."""
        page = self._page
        company = self._company()
        if company is None or page.doing.is_busy:
            return
        period, count = None, 0
        if page.is_month:
            period = page.month.period
            count = page.month.month.all_vouchers if page.month.month is not None else 0
        dialog = QueryDialog(page.desk, company, period=period, vouchers=count, parent=page)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        ready, wants_replace = dialog.ready, dialog.replace.isChecked()
        dialog.deleteLater()
        if not accepted or ready is None:
            return
        replace: frozenset[int] = frozenset()
        if wants_replace and period is not None:
            if not confirm_replace(company, period, count, page):
                return
            replace = frozenset({int(period.compact)})
        view, login, shape = ready
        page.doing.take_view(company, view, login, shape, replace)

    @Slot()
    def open_inventory(self) -> None:
        """The inventory of the fiscal year that is shown; the day is the nearer end of it."""
        page = self._page
        company = self._company()
        if company is None:
            return
        window = self._inventories.get(company.id)
        if window is None or not isValid(window):
            window = InventoryWindow(page.desk, company, self._inventory_day(company), page)
            window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self._inventories[company.id] = window
        window.show()
        window.raise_()
        window.activateWindow()

    def open_export(self, target: str = "") -> None:
        """A month as a file for an integrator."""
        page = self._page
        company, period = page.month.company, page.month.side
        if company is None or period is None or page.doing.is_busy:
            return
        dialog = ExportDialog(page.desk, company, period, target=target, parent=page)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        chosen = dialog.chosen
        said = dialog.target, dialog.output, dialog.branch, dialog.encoding
        dialog.deleteLater()
        if accepted and chosen is not None:
            target, output, branch, encoding = said
            page.doing.export(company, chosen, target, output, branch=branch, encoding=encoding)

    @Slot()
    def build_with_options(self) -> None:
        """Build the open month with days that end a part, another limit, or stamps."""
        page = self._page
        company, period = page.month.company, page.month.period
        if company is None or period is None or page.doing.is_busy:
            return
        dialog = BuildDialog(page.desk, company, period, page)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        special = Special(max_part_mb=dialog.limit_mb, split_after=dialog.split_after, stamped=dialog.stamped)
        dialog.deleteLater()
        if accepted:
            page.doing.build([(company, period)], special)

    def _company(self) -> CompanyRecord | None:
        page = self._page
        company = page.month.company if page.is_month else page.desk.company or page.board.current_company()
        if company is None:
            page.message.show_message("warn", self.tr("Hangi firma olduğunu panoda satırını seçip söyleyin."))
        return company

    def _inventory_day(self, company: CompanyRecord) -> date:
        page = self._page
        if page.is_month and page.month.side is not None:
            period = page.month.side
            start, end = fiscal_year(company, period)
            return end if str(period) == str(Period.of(end)) else start
        year = int(page.board.year.currentData())
        # A month that surely lies in the fiscal year that begins in `year`.
        first = company.company.fiscal_year_start
        month = int(first[5:7]) if len(first) >= 7 and first[5:7].isdigit() else 1
        return fiscal_year(company, Period(year, month))[0]

"""Mending a month's findings, summarising a voucher that fits no part, and the client's report: asked, shown, done."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QPageSize
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog

from app.domain.errors import AppError
from app.domain.voucher import Period
from app.storage.records import CompanyRecord
from app.ui.ledger.mending_dialogs import FixDialog, SummaryDialog
from app.ui.ledger.words import number
from app.ui.printing.attachments import clean_name
from app.ui.printing.paper import Layout, open_pdf, print_pdf
from app.ui.printing.saving import with_ending
from app.workflows import ledger_fixes, ledger_report, ledger_summarise
from app.workflows.context import WorkContext
from app.workflows.ledger_check import check_month
from app.workflows.ledger_fix_model import FixOffer, FixReport
from app.workflows.ledger_model import MonthCheck
from app.workflows.ledger_summarise import SummaryPreview

if TYPE_CHECKING:
    from app.ui.pages.ledger import LedgerPage


class Mending(QObject):
    """Lives with the page."""

    def __init__(self, page: LedgerPage) -> None:
        super().__init__(page)
        self._page = page
        self._undo: Callable[[], None] | None = None
        tab = page.month.findings
        tab.fix_wanted.connect(self.offer_fixes)
        tab.report_wanted.connect(self.report)
        tab.summary_wanted.connect(self._on_summary_wanted)
        page.month.message.acted.connect(self._on_acted)
        page.month.message.closed.connect(self._forget)

    # -- fixes -----------------------------------------------------------------------------------------------------

    @Slot(object, object)
    def offer_fixes(self, codes: tuple[str, ...], voucher_ids: tuple[int, ...]) -> None:
        """Read what could be mended, show it, and do what the user chose."""
        month = self._month()
        if month is None:
            return
        company, period = month
        folder = self._page.desk.office.folder.ledgers

        def work(ctx: WorkContext) -> list[FixOffer]:
            return ledger_fixes.offers(ctx, company, period, folder=folder, codes=codes, voucher_ids=voucher_ids)

        self._page.doing.do(
            self.tr("Düzeltmeler hazırlanıyor"), company, work, lambda found: self._later(self._ask_fixes, found)
        )

    def _ask_fixes(self, offers: list[FixOffer]) -> None:
        month = self._month()
        if month is None:
            return
        if not offers:
            words = self.tr("Kendiliğinden düzeltilecek bir şey yok: fişleri kaynak programda düzeltip yeniden alın.")
            self._page.message.show_message("wait", words)
            return
        dialog = FixDialog(offers, month[0], self._page)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        chosen, who = dialog.chosen(), dialog.who.text().strip()
        dialog.deleteLater()
        if accepted and chosen:
            self.apply(chosen, who)

    def apply(self, chosen: list[FixOffer], who: str) -> None:
        """Mend, then check the month again."""
        month = self._month()
        if month is None:
            return
        company, period = month
        folder = self._page.desk.office.folder.ledgers

        def work(ctx: WorkContext) -> tuple[FixReport, list[MonthCheck]]:
            report = ledger_fixes.apply(ctx, company, period, chosen, folder=folder, who=who)
            return report, check_month(ctx, company, period, folder=folder)

        def then(answer: tuple[FixReport, list[MonthCheck]]) -> None:
            report, checks = answer
            self._page.doing.checked.emit(company, period, checks)
            refused = " ".join(reason for _, reason in report.refused)
            if not report.applied:
                self._page.message.show_message("warn", self.tr("Düzeltilmedi. {0}").format(refused))
                return
            words = self.tr("{0} değer düzeltildi, ay yeniden denetlendi. {1}")
            said = words.format(number(report.changes), refused).strip()
            self._offer_undo(said, lambda: self._undo_fixes(company, period, tuple(report.fix_ids)))

        self._page.doing.do(self.tr("Düzeltiliyor"), company, work, then)

    def _undo_fixes(self, company: CompanyRecord, period: Period, ids: tuple[int, ...]) -> None:
        folder = self._page.desk.office.folder.ledgers

        def work(ctx: WorkContext) -> tuple[int, list[MonthCheck]]:
            count = sum(ledger_fixes.undo(ctx, company, period, one, folder=folder) for one in reversed(ids))
            return count, check_month(ctx, company, period, folder=folder)

        def then(answer: tuple[int, list[MonthCheck]]) -> None:
            self._page.doing.checked.emit(company, period, answer[1])
            words = self.tr("Düzeltme geri alındı: {0} değer kaynaktaki gibi.")
            self._page.message.show_message("ok", words.format(number(answer[0])))

        self._page.doing.do(self.tr("Düzeltme geri alınıyor"), company, work, then)

    # -- a voucher that fits no part -------------------------------------------------------------------------------

    def offer_summary(self, company: CompanyRecord, period: Period, error: AppError) -> None:
        """After a build that stopped at a voucher: the way on stands beside the reason."""
        number_said = error.raw_code or ""
        if error.code == "LEDGER.TOO_LARGE" and number_said.isdigit():
            entry = int(number_said)
            self._page.message.show_error(error, self.tr("Özetlemeyi göster…"))
            self._undo = lambda: self.preview_summary(company, period, entry)

    @Slot(int, int)
    def _on_summary_wanted(self, entry: int, voucher_id: int) -> None:
        month = self._month()
        if month is not None and entry:
            self.preview_summary(*month, entry, voucher_id)

    def preview_summary(self, company: CompanyRecord, period: Period, entry: int, voucher_id: int = 0) -> None:
        """Show what summarising would do; nothing is changed before the user's word.

        `voucher_id` where it is known: with branches, or in a liquidation's month, two vouchers may bear a number.
        """
        folder = self._page.desk.office.folder.ledgers

        def work(_ctx: WorkContext) -> SummaryPreview:
            return ledger_summarise.preview_summary(company, period, entry, folder=folder, voucher_id=voucher_id)

        def ask(preview: SummaryPreview) -> None:
            dialog = SummaryDialog(preview, company, self._page)
            accepted = dialog.exec() == QDialog.DialogCode.Accepted
            who = dialog.who.text().strip()
            dialog.deleteLater()
            if accepted:
                self._summarise(company, period, entry, voucher_id, who)

        self._page.doing.do(self.tr("Özet hazırlanıyor"), company, work, lambda preview: self._later(ask, preview))

    def _summarise(self, company: CompanyRecord, period: Period, entry: int, voucher_id: int, who: str) -> None:
        folder = self._page.desk.office.folder.ledgers

        def work(ctx: WorkContext) -> tuple[SummaryPreview, list[MonthCheck]]:
            done = ledger_summarise.summarise(
                ctx, company, period, entry, folder=folder, voucher_id=voucher_id, who=who
            )
            return done, check_month(ctx, company, period, folder=folder)

        def back(ctx: WorkContext) -> list[MonthCheck]:
            ledger_summarise.undo_summary(ctx, company, period, entry, folder=folder, voucher_id=voucher_id)
            return check_month(ctx, company, period, folder=folder)

        def undone(checks: list[MonthCheck]) -> None:
            self._page.doing.checked.emit(company, period, checks)
            self._page.message.show_message("ok", self.tr("Özet geri alındı; satırlar eskisi gibi."))

        def then(answer: tuple[SummaryPreview, list[MonthCheck]]) -> None:
            done, checks = answer
            self._page.doing.checked.emit(company, period, checks)
            words = self.tr("{0}. madde özetlendi: {1} satır {2} satır oldu. Şimdi ayı oluşturabilirsiniz.")
            said = words.format(number(entry), number(done.lines_before), number(done.lines_after))
            self._offer_undo(said, lambda: self._page.doing.do(self.tr("Özet geri alınıyor"), company, back, undone))

        self._page.doing.do(self.tr("Madde özetleniyor"), company, work, then)

    # -- the client's report ---------------------------------------------------------------------------------------

    @Slot(str)
    def report(self, form: str) -> None:
        """Print the findings' report, or save it as PDF or Excel."""
        month, checks = self._month(), self._page.month.findings.checks
        if month is None or not checks:
            return
        if form == "print":
            printer = QPrinter(QPrinter.PrinterMode.HighResolution)
            printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
            printer.setDocName(self.tr("Defter denetim raporu"))
            if QPrintDialog(printer, self._page).exec() == QDialog.DialogCode.Accepted:
                self.print_on(printer)
            return
        name = f"{clean_name(month[0].company.party.display_name)} {month[1]} denetim.{form}"
        kind = "PDF (*.pdf)" if form == "pdf" else "Excel (*.xlsx)"
        chosen, _ = QFileDialog.getSaveFileName(self._page, self.tr("Raporu kaydet"), name, kind)
        if chosen:
            self.save_report(with_ending(Path(chosen), f".{form}"))

    def save_report(self, target: Path) -> None:
        """Write the report as a job."""
        self._write(target, lambda path: self.tr("Rapor kaydedildi: {0}").format(path.name), None)

    def print_on(self, printer: QPrinter) -> None:
        """Print the report as a job."""
        self._write(None, lambda _path: self.tr("Rapor yazıcıya verildi."), printer)

    def _write(self, target: Path | None, told: Callable[[Path], str], printer: QPrinter | None) -> None:
        month, checks = self._month(), self._page.month.findings.checks
        if month is None:
            return
        office, company, today = self._page.desk.office, month[0], self._page.desk.office.clock.today()

        def work(ctx: WorkContext) -> Path:
            if target is not None:
                return ledger_report.write_report(company, checks, target, made_on=today, printer=office.printer)
            assert printer is not None
            with tempfile.TemporaryDirectory(prefix="muhurdar-") as folder:
                path = ledger_report.write_report(
                    company, checks, Path(folder) / "rapor.pdf", made_on=today, printer=office.printer
                )
                document = open_pdf(path)
                pages = document.pageCount()
                document.close()
                print_pdf(path, printer, [pages], Layout(), progress=ctx.progress)
                return path

        self._page.desk.run(
            self.tr("Rapor hazırlanıyor"),
            work,
            lambda path: self._page.message.show_message("ok", told(path)),
            owner=self,
            company=company,
            failed=self._page.show_error,
        )

    # -- manners ---------------------------------------------------------------------------------------------------

    def _month(self) -> tuple[CompanyRecord, Period] | None:
        month = self._page.month
        if month.company is None or month.period is None or self._page.doing.is_busy:
            return None
        return month.company, month.period

    def _later(self, ask: Callable[[Any], None], value: Any) -> None:
        """Ask when the job that read it is over: a modal question inside its end would hold the next one up."""
        self._page.doing.when_over(lambda: ask(value))

    def _offer_undo(self, said: str, undo: Callable[[], None]) -> None:
        self._page.message.show_message("ok", said, self.tr("Geri al"))
        self._undo = undo

    @Slot()
    def _on_acted(self) -> None:
        undo, self._undo = self._undo, None
        self._page.month.message.hide()
        if undo is not None and not self._page.doing.is_busy:
            undo()

    @Slot()
    def _forget(self) -> None:
        self._undo = None

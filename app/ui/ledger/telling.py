"""What came of the ledger's work, told in the face that is shown: sentences, reports, the tab to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.domain.voucher import Period
from app.storage.records import CompanyRecord
from app.ui.jobs import JobHandle
from app.ui.ledger import results
from app.ui.ledger.facts import year_of
from app.ui.ledger.month import FILES, FINDINGS
from app.ui.ledger.results import BuildOutcome, import_sentence, told_of
from app.ui.ledger.words import month_name, number
from app.workflows.ledger_check import MonthCheck
from app.workflows.ledger_export import ExportReport
from app.workflows.ledger_import import ImportReport
from app.workflows.ledger_life import ApprovalReport

if TYPE_CHECKING:
    from app.ui.pages.ledger import LedgerPage


class Telling(QObject):
    """Lives with the page and listens to its `doing`."""

    def __init__(self, page: LedgerPage) -> None:
        super().__init__(page)
        self._page = page
        #: The month whose import is to be followed by its build.
        self.goes_on: tuple[CompanyRecord, Period] | None = None
        self._to_build: tuple[CompanyRecord, Period] | None = None
        self._connect_doing()

    def _connect_doing(self) -> None:
        doing = self._page.doing
        doing.began.connect(self._on_began)
        doing.over.connect(self._on_over)
        doing.failed.connect(self._page.show_error)
        doing.cancelled.connect(self._on_cancelled)
        doing.imported.connect(self._on_imported)
        doing.undone.connect(self._on_undone)
        doing.checked.connect(self._on_checked)
        doing.built.connect(self._on_built)
        doing.filed.connect(self._on_filed)
        doing.approved.connect(self._on_approved)
        doing.taken_back.connect(self._on_taken_back)
        doing.reported.connect(self._on_reported)
        doing.exported.connect(self._on_exported)

    def _go_on(self, company: CompanyRecord, report: ImportReport) -> bool:
        """After an import that was the first of everything: build, when every row came in."""
        wanted, self.goes_on = self.goes_on, None
        if wanted is None or wanted[0].id != company.id or str(wanted[1]) not in report.periods:
            return False
        if report.bad_total or any(map(report.total, ("changed", "locked", "sealed"))):
            return False
        self._to_build = wanted
        return True

    @Slot(object, str)
    def _on_began(self, handle: JobHandle, title: str) -> None:
        self._page.jobs.watch(handle, title)
        self._page.month.path.set_busy(True)
        self._page.board.import_button.setEnabled(False)
        self._page.board.build_button.setEnabled(False)

    @Slot()
    def _on_over(self) -> None:
        self._page.jobs.done()
        self._page.month.path.set_busy(False)
        self._page.board.import_button.setEnabled(True)
        self._page.board.show_selection()
        self.goes_on = None
        wanted, self._to_build = self._to_build, None
        if wanted is not None:
            self._page.doing.build([wanted])

    @Slot()
    def _on_cancelled(self) -> None:
        self._page.message.show_message("wait", self.tr("Durduruldu; defter işten önceki gibi."))

    @Slot(object, object)
    def _on_imported(self, company: CompanyRecord, report: ImportReport) -> None:
        self._page.month.forget_told(company)
        if self._go_on(company, report):
            return
        left_out = report.bad_total or any(map(report.total, ("changed", "locked", "sealed")))
        if not self._page.is_month and report.periods:
            first = Period.parse(report.periods[-1])
            year = year_of(company, first.first_day)
            place = self._page.board.year.findData(year)
            if place >= 0:
                self._page.board.year.setCurrentIndex(place)
        elif (
            self._page.is_month
            and self._page.month.period is not None
            and str(self._page.month.period) not in report.periods
        ):
            months = ", ".join(month_name(Period.parse(text)) for text in report.periods)
            words = self.tr("{0} Bu ayda fiş yoktu; fişler şu aylara ait: {1}.")
            self._page.message.show_message("warn", words.format(import_sentence(report), months))
            return
        self._page.message.show_message("warn" if left_out else "ok", import_sentence(report))
        if left_out:
            self._page.show_report(results.import_report(report, self._page))

    @Slot(int)
    def _on_undone(self, gone: int) -> None:
        company = self._page.month.company
        if company is not None:
            self._page.month.forget_told(company)
        self._page.message.show_message("ok", self.tr("Son aktarma geri alındı: {0} fiş çıkarıldı.").format(gone))

    @Slot(object, object, object)
    def _on_checked(self, company: CompanyRecord, period: Period, checks: list[MonthCheck]) -> None:
        self._page.month.set_told(company, period, told_of(checks))
        if any(check.findings for check in checks):
            self._page.month.tabs.setCurrentIndex(FINDINGS)
        if not any(check.has_errors for check in checks):
            self._page.message.show_message("ok", self.tr("Denetim bitti: oluşturmayı engelleyen hata yok."))

    @Slot(object)
    def _on_built(self, outcome: BuildOutcome) -> None:
        for result in outcome.results:
            if result.report is not None:
                told = told_of(result.report.checks, result.report.official)
                self._page.month.set_told(result.company, result.period, told)
        single = outcome.results[0] if len(outcome.results) == 1 and not outcome.declined else None
        if single is not None and self._page.is_month:
            if single.error is not None:
                self._page.message.show_error(single.error)
                self._page.mending.offer_summary(single.company, single.period, single.error)
                return
            if not single.is_built:
                self._page.month.tabs.setCurrentIndex(FINDINGS)
                words = self.tr("Defter oluşturulmadı: engelleyen hatalar 'Bulgular' sekmesinde, hepsi bir arada.")
                self._page.message.show_message("error", words)
                return
            self._page.month.tabs.setCurrentIndex(FILES)
        if outcome.failed or outcome.declined or outcome.left:
            self._page.show_report(results.build_report(outcome, self._page))
        words = self.tr("{0} ay oluşturulup mühürlendi.").format(len(outcome.built))
        self._page.message.show_message("warn" if outcome.failed else "ok", words)

    @Slot(object, object)
    def _on_filed(self, _company: CompanyRecord, period: Period) -> None:
        self._page.message.show_message("ok", self.tr("{0} yüklendi olarak işaretlendi.").format(month_name(period)))

    @Slot(object, object, object)
    def _on_approved(self, _company: CompanyRecord, _period: Period, report: ApprovalReport) -> None:
        if report.refused or not report.is_complete:
            self._page.show_report(results.approval_report(report, self._page))
        kind = "ok" if report.is_complete else "warn"
        words = (
            self.tr("GİB beratları tamam: ay kapandı.")
            if report.is_complete
            else self.tr("{0} berat alındı, {1} dosya alınmadı; ay açık kaldı.").format(
                len(report.taken), len(report.refused)
            )
        )
        self._page.message.show_message(kind, words)  # type: ignore[arg-type]

    @Slot(object, object, object)
    def _on_taken_back(self, _company: CompanyRecord, period: Period, moved: list[Path]) -> None:
        words = self.tr("{0} geri alındı; {1} dosya 'İPTAL EDİLENLER-SİLİNENLER' klasörüne taşındı.")
        self._page.message.show_message("ok", words.format(month_name(period), len(moved)))

    @Slot(object, object, object)
    def _on_reported(self, _company: CompanyRecord, _period: Period, made: list[Path]) -> None:
        self._page.month.tabs.setCurrentIndex(FILES)
        self._page.message.show_message("ok", self.tr("Defter raporu hazır: {0}.").format(made[0].name if made else ""))

    @Slot(object)
    def _on_exported(self, report: ExportReport) -> None:
        if not report.is_written:
            words = self.tr("Dosya yazılmadı: ayın hataları 'Bulgular' sekmesinde, hepsi bir arada.")
            self._page.message.show_message("error", words)
            return
        words = self.tr("{0} satır yazıldı: {1}.").format(number(report.lines), report.path.name)
        if report.without_currency:
            more = self.tr(" {0} satırın döviz bilgisi bu biçime sığmadı.")
            self._page.message.show_message("warn", words + more.format(number(report.without_currency)))
        else:
            self._page.message.show_message("ok", words)

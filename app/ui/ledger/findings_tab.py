"""Bulgular: what the last check of the month found, when, whether it still holds; mended or reported from here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.domain.findings import Finding, Severity
from app.domain.turkish import format_datetime
from app.ui.ledger.results import TOO_LARGE, Told, told_of
from app.ui.reading.findings_list import FindingsList
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, EmptyState, IconLabel, MenuButton, QuietButton
from app.workflows.ledger_findings import StoredCheck
from app.workflows.ledger_model import MonthCheck


class FindingsTab(QWidget):
    """`voucher_wanted(int)`, `fix_wanted(codes, voucher_ids)`, `check_wanted()`.

    `report_wanted(str)`: print, pdf or xlsx. `summary_wanted(number, id)`: of a voucher that fits no part.

    `counted(errors, all)` for the title of the tab.
    """

    voucher_wanted = Signal(int)
    fix_wanted = Signal(object, object)
    check_wanted = Signal()
    report_wanted = Signal(str)
    summary_wanted = Signal(int, int)
    counted = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told: list[Told] = []
        self._stored: tuple[StoredCheck, ...] = ()
        self._is_known = False
        self.list = FindingsList(self)
        self.list.place_wanted.connect(self._on_place_wanted)
        self.list.fix_wanted.connect(self._on_fix_wanted)
        self.list.counted.connect(self.counted)
        self.empty = EmptyState("check", "", "", parent=self)
        self.empty.pressed.connect(self.check_wanted)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.list)
        self.stack.addWidget(self.empty)
        self.mark = IconLabel("clock", "quiet", self)
        self.words = ElidedLabel("", self, quiet=True)
        self.check_button = QuietButton(self.tr("Yeniden denetle"), self, icon="check")
        self.check_button.clicked.connect(self.check_wanted)
        self.fix_button = QuietButton(self.tr("Güvenli düzeltmeler…"), self, icon="wrench")
        self.fix_button.setToolTip(self.tr("Ne değişeceği önce gösterilir"))
        self.fix_button.clicked.connect(self._on_all_fixes)
        self.report_menu = QMenu(self)
        for key, title in (
            ("print", self.tr("Yazdır…")),
            ("pdf", self.tr("PDF kaydet…")),
            ("xlsx", self.tr("Excel kaydet…")),
        ):
            self.report_menu.addAction(title).setData(key)
        self.report_menu.triggered.connect(self._on_report)
        self.report_button = MenuButton(self.tr("Rapor"), self.report_menu, self, icon="document")
        self._bar = QWidget(self)
        bar = QHBoxLayout(self._bar)
        bar.setContentsMargins(tokens.S, tokens.XS, tokens.S, tokens.XS)
        bar.setSpacing(tokens.S)
        bar.addWidget(self.mark)
        bar.addWidget(self.words, 1)
        for button in (self.check_button, self.fix_button, self.report_button):
            bar.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self.stack, 1)
        self._show()

    @property
    def told(self) -> list[Told]:
        """What is shown."""
        return self._told

    @property
    def checks(self) -> list[MonthCheck]:
        """The checks that were kept, for a report."""
        return [one.check for one in self._stored]

    @property
    def errors(self) -> int | None:
        """How many errors there are; None when nobody checked yet."""
        if not self._is_known:
            return None
        return sum(one.finding.severity is Severity.ERROR for one in self._told)

    def show_findings(self, told: list[Told] | None, stored: Sequence[StoredCheck], *, is_open: bool) -> None:
        """`told` was found just now (None: nothing in this session), `stored` is what was kept of the last checks.

        `is_open`: the month's vouchers may still be mended.
        """
        self._stored = tuple(stored)
        self._is_known = told is not None or bool(stored)
        self._told = told if told is not None else told_of(self.checks)
        self._show(is_open=is_open)

    def _show(self, *, is_open: bool = False) -> None:
        fixable = [one for one in self._told if _is_fixable(one)]
        self.list.set_findings([one.finding for one in self._told], can_fix=is_open)
        self._bar.setVisible(bool(self._stored))
        self.fix_button.setVisible(bool(fixable) and is_open)
        self.report_button.setEnabled(bool(self._stored))
        if self._stored:
            at = format_datetime(datetime.fromisoformat(max(one.checked_at for one in self._stored)))
            is_stale = any(one.is_stale for one in self._stored)
            self.mark.set_icon("warn" if is_stale else "check-circle", "warn" if is_stale else "ok")
            told = self.tr("Son denetim {0}").format(at)
            if is_stale:
                told += self.tr(" · o günden sonra fişler, kart ya da kurallar değişti: yeniden denetleyin")
            self.words.setText(told)
        if self.errors is None:
            self.empty.set_words(
                self.tr("Bulgular burada durur"),
                self.tr("Ayı denetleyin: yanlış olan her şey bir arada, fişine giden bir yolla gösterilir."),
            )
        else:
            self.empty.set_words(self.tr("Bulgu yok"), self.tr("Ayın fişleri kurallara uyuyor; uyarı da çıkmadı."))
        self.stack.setCurrentWidget(self.list if self._told else self.empty)

    def _voucher_of(self, finding: object) -> int:
        return next((one.voucher_id for one in self._told if one.finding == finding), 0)

    @Slot(object)
    def _on_place_wanted(self, finding: object) -> None:
        if voucher_id := self._voucher_of(finding):
            self.voucher_wanted.emit(voucher_id)

    @Slot(object)
    def _on_fix_wanted(self, finding: Finding) -> None:
        if finding.code == TOO_LARGE:
            told = next((one for one in self._told if one.finding == finding), None)
            if told is not None:
                self.summary_wanted.emit(told.entry, told.voucher_id)
            return
        voucher_id = self._voucher_of(finding)
        self.fix_wanted.emit((finding.code,), (voucher_id,) if voucher_id else ())

    @Slot()
    def _on_all_fixes(self) -> None:
        codes = tuple(dict.fromkeys(one.finding.code for one in self._told if _is_fixable(one)))
        self.fix_wanted.emit(codes, ())

    @Slot(object)
    def _on_report(self, action: object) -> None:
        self.report_wanted.emit(str(action.data()))  # type: ignore[attr-defined]


def _is_fixable(told: Told) -> bool:
    """Whether a safe fix is known; summarising is a decision of its own."""
    return bool(told.finding.fix) and told.finding.code != TOO_LARGE

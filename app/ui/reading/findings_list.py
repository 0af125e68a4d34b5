"""Findings, everywhere the same: icon, one sentence, place, a fold with why and official text, Düzelt where safe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.domain.findings import Finding, Severity
from app.ui.reading.places import place_of
from app.ui.reading.severity import LAYER_WORDS, LOOKS, severity_word
from app.ui.theme import tokens
from app.ui.theme.icons import bind_icon
from app.ui.widgets import Chip, EmptyState, IconButton, IconLabel, LinkButton, QuietButton, QuietLabel, line_frame

#: More rows than this are made only when asked for; nobody reads the eight hundredth.
_FIRST_ROWS: Final = 100


class FindingRow(QFrame):
    """One finding. Folded at first; the fold is a button with a name, so that the keyboard reaches it."""

    fix_wanted = Signal(object)
    place_wanted = Signal(object)

    def __init__(self, finding: Finding, parent: QWidget | None = None, *, can_fix: bool) -> None:
        super().__init__(parent)
        self.finding = finding
        name, tone, word = LOOKS[finding.severity]
        self.setAccessibleName(f"{word}: {finding.message}")
        symbol = IconLabel(name, tone, self, title=word)
        symbol.setToolTip(word)
        said = QLabel(finding.message, self)
        said.setWordWrap(True)
        said.setTextFormat(Qt.TextFormat.PlainText)
        said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        said.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.fold = IconButton("chevron-right", self.tr("Neden?"), self)
        self.fold.setCheckable(True)
        self.fold.toggled.connect(self._on_fold_toggled)
        self._why = QuietLabel(_why_of(finding), self, wrap=True)
        self._why.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._why.setVisible(False)
        top = QHBoxLayout()
        top.setSpacing(tokens.S)
        # The icon stands beside the first line, which stands in the middle of the fold's button.
        line = max(self.fold.sizeHint().height(), said.fontMetrics().height())
        beside = QVBoxLayout()
        beside.addSpacing((line - tokens.ICON_PX) // 2)
        beside.addWidget(symbol)
        beside.addStretch(1)
        said.setContentsMargins(0, (line - said.fontMetrics().height()) // 2, 0, 0)
        said.setAlignment(Qt.AlignmentFlag.AlignTop)
        top.addLayout(beside)
        top.addWidget(said, 1)
        below = QHBoxLayout()
        below.setSpacing(tokens.XS)
        self.place = LinkButton(place_of(finding), self)
        self.place.setVisible(bool(finding.field or finding.line))
        self.place.clicked.connect(self._on_place_clicked)
        below.addWidget(self.place)
        below.addStretch(1)
        self.fix = QuietButton(self.tr("Düzelt"), self, icon="wrench")
        self.fix.setVisible(can_fix and bool(finding.fix))
        self.fix.setAccessibleName(self.tr("Düzelt: {m}").format(m=finding.message))
        self.fix.clicked.connect(self._on_fix_clicked)
        below.addWidget(self.fix)
        top.addWidget(self.fold, alignment=Qt.AlignmentFlag.AlignTop)
        body = QVBoxLayout()
        body.setContentsMargins(tokens.XL, 0, 0, 0)
        body.setSpacing(tokens.XS)
        body.addWidget(self._why)
        has_foot = self.place.isVisibleTo(self) or self.fix.isVisibleTo(self)
        if has_foot:
            body.addLayout(below)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.M, tokens.S, tokens.S, tokens.S)
        column.setSpacing(tokens.XS)
        column.addLayout(top)
        column.addLayout(body)

    @Slot(bool)
    def _on_fold_toggled(self, is_open: bool) -> None:
        bind_icon(self.fold, "chevron-down" if is_open else "chevron-right")
        self._why.setVisible(is_open)

    @Slot()
    def _on_place_clicked(self) -> None:
        self.place_wanted.emit(self.finding)

    @Slot()
    def _on_fix_clicked(self) -> None:
        self.fix_wanted.emit(self.finding)


class FindingsList(QWidget):
    """`fix_wanted(Finding)`, `place_wanted(Finding)`; `counted(errors, all)` for the title of a tab.

    `print_wanted` and `excel_wanted` carry the findings that the filter lets through; their buttons are there only
    with `on_paper`, for an owner that knows the document's name and has a printer to ask for.
    `can_fix` False hides every Düzelt: a sealed or received document is never mended.
    """

    fix_wanted = Signal(object)
    place_wanted = Signal(object)
    print_wanted = Signal(object)
    excel_wanted = Signal(object)
    counted = Signal(int, int)

    def __init__(self, parent: QWidget | None = None, *, on_paper: bool = False) -> None:
        super().__init__(parent)
        self._findings: list[Finding] = []
        self._can_fix = False
        self._is_stale = False
        self._is_checking = False
        self._shown = _FIRST_ROWS
        self.chips: dict[Severity, Chip] = {}
        bar = QHBoxLayout()
        bar.setContentsMargins(tokens.S, tokens.XS, tokens.S, tokens.XS)
        bar.setSpacing(tokens.XS)
        titles = {
            Severity.ERROR: self.tr("Hata"),
            Severity.WARNING: self.tr("Uyarı"),
            Severity.INFO: self.tr("Bilgi"),
        }
        for severity, title in titles.items():
            chip = Chip(title, self, key=severity.value, count=0)
            chip.setChecked(True)
            chip.toggled.connect(self._on_chip_toggled)
            self.chips[severity] = chip
            bar.addWidget(chip)
        bar.addStretch(1)
        self.copy_button = IconButton("copy", self.tr("Tümünü kopyala"), self)
        self.copy_button.clicked.connect(self.copy_all)
        self.print_button = IconButton("print", self.tr("Bulguları yazdır"), self)
        self.print_button.clicked.connect(self._on_print_clicked)
        self.excel_button = IconButton("export", self.tr("Bulguları Excel'e aktar"), self)
        self.excel_button.clicked.connect(self._on_excel_clicked)
        for button in (self.copy_button, self.print_button, self.excel_button):
            bar.addWidget(button)
        self.print_button.setVisible(on_paper)
        self.excel_button.setVisible(on_paper)
        self._bar = QWidget(self)
        self._bar.setLayout(bar)
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        inside = QWidget(self)
        inside.setLayout(self._rows)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inside)
        self._empty = EmptyState(
            "check-circle", self.tr("Bulgu yok"), self.tr("Belge denetimlerden geçti."), parent=self
        )
        holder = QWidget(self)
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self._scroll)
        self._stack.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(holder, 1)
        self.setAccessibleName(self.tr("Bulgular"))
        self.set_findings([])

    @property
    def findings(self) -> list[Finding]:
        """All of them, errors first."""
        return list(self._findings)

    def visible_findings(self) -> list[Finding]:
        """Those the filter lets through."""
        return [f for f in self._findings if self.chips[f.severity].isChecked()]

    def rows(self) -> list[FindingRow]:
        """The rows that are drawn."""
        if self._is_stale:
            self._rebuild()
        items = (self._rows.itemAt(i) for i in range(self._rows.count()))
        return [w for item in items if item is not None and isinstance(w := item.widget(), FindingRow)]

    def set_findings(self, findings: Sequence[Finding], *, can_fix: bool = False) -> None:
        """Show these; the filter stays as the user set it."""
        self._is_checking = False
        order = list(LOOKS)
        self._findings = sorted(findings, key=lambda f: order.index(f.severity))
        self._can_fix = can_fix
        self._shown = _FIRST_ROWS
        for severity, chip in self.chips.items():
            chip.set_count(sum(f.severity is severity for f in findings))
            # A checked chip is drawn heavier than it is measured.
            chip.setMinimumWidth(0)
            chip.setMinimumWidth(chip.sizeHint().width() + tokens.S)
        self._bar.setVisible(bool(findings))
        self._renew()
        self.counted.emit(sum(f.severity is Severity.ERROR for f in findings), len(findings))

    def set_checking(self) -> None:
        """The checks are still running: no finding is not "no finding yet"."""
        self.set_findings([])
        self._is_checking = True
        self._rebuild()

    def text(self) -> str:
        """What "copy all" copies: one line per visible finding with its place and code."""
        lines = []
        for f in self.visible_findings():
            place = f" [{place_of(f)}]" if f.field or f.line else ""
            lines.append(f"{severity_word(f.severity)}: {f.message}{place} ({f.code})")
        return "\n".join(lines)

    @Slot()
    def copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    @Slot()
    def _on_print_clicked(self) -> None:
        self.print_wanted.emit(self.visible_findings())

    @Slot()
    def _on_excel_clicked(self) -> None:
        self.excel_wanted.emit(self.visible_findings())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._rebuild()

    def _renew(self) -> None:
        """Draw the rows now, or when they are first seen: most documents pass by with another tab in front."""
        self._is_stale = True
        if self.isVisible():
            self._rebuild()
        has_any = bool(self.visible_findings())
        for button in (self.copy_button, self.print_button, self.excel_button):
            button.setEnabled(has_any)

    def _rebuild(self) -> None:
        self._is_stale = False
        while (item := self._rows.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        visible = self.visible_findings()
        for finding in visible[: self._shown]:
            row = FindingRow(finding, can_fix=self._can_fix)
            row.fix_wanted.connect(self.fix_wanted)
            row.place_wanted.connect(self.place_wanted)
            self._rows.addWidget(row)
            # A layout shows what it is given at the next turn of the loop only.
            row.show()
            self._rows.addWidget(line_frame())
        if len(visible) > self._shown:
            more = QuietButton(self.tr("{n} bulgu daha göster").format(n=len(visible) - self._shown))
            more.clicked.connect(self._on_more_clicked)
            self._rows.addWidget(more)
        self._rows.addStretch(1)
        if self._is_checking:
            self._empty.set_words(self.tr("Denetleniyor…"), self.tr("Bulgular birazdan burada olur."))
        elif self._findings and not visible:
            self._empty.set_words(self.tr("Süzgeç hepsini gizliyor"), self.tr("Yukarıdan en az bir türü seçin."))
        else:
            self._empty.set_words(self.tr("Bulgu yok"), self.tr("Belge denetimlerden geçti."))
        self._stack.setCurrentIndex(0 if visible else 1)

    @Slot()
    def _on_chip_toggled(self) -> None:
        self._renew()

    @Slot()
    def _on_more_clicked(self) -> None:
        self._shown = len(self._findings)
        self._rebuild()


def _why_of(finding: Finding) -> str:
    parts = [finding.explanation]
    if finding.official:
        parts.append(f"Resmî metin: {finding.official}")
    parts.append(f"Denetim: {LAYER_WORDS[finding.layer]} · kod {finding.code}")
    return "\n".join(part for part in parts if part)

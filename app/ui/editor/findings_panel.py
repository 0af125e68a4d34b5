"""Findings beside the form: icon, word, sentence, the place as a link, the why in a fold, Düzelt where it is safe.

The rows are made once and filled again and again: findings change with every key that is typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.domain.findings import Finding, Severity
from app.ui.theme import tokens
from app.ui.theme.icons import bind_icon
from app.ui.theme.tokens import Tone
from app.ui.widgets import IconButton, IconLabel, LinkButton, QuietButton, QuietLabel

#: So many are shown at first, so many more with each press: nobody reads the eightieth before mending the first.
_STEP: Final = 20
_LOOKS: Final[dict[Severity, tuple[str, Tone, str]]] = {
    Severity.ERROR: ("error", "error", "Hata"),
    Severity.WARNING: ("warn", "warn", "Uyarı"),
    Severity.INFO: ("info", "wait", "Bilgi"),
}


class FindingRow(QWidget):
    """One finding; `fill` puts another one into the same widgets."""

    jumped = Signal(object)
    mended = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.finding: Finding | None = None
        self._place = ""
        self._mark = IconLabel("error", "error", self)
        self._words = QLabel(self)
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self.fold = IconButton("chevron-right", self.tr("Neden?"), self)
        self.fold.setCheckable(True)
        self.fold.toggled.connect(self._on_fold_toggled)
        self.place = LinkButton("", self)
        self.place.clicked.connect(self._on_place_clicked)
        self.fix = QuietButton(self.tr("Düzelt"), self, icon="wrench")
        self.fix.clicked.connect(self._on_fix_clicked)
        self._why = QuietLabel("", self, wrap=True)
        self._why.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._why.setVisible(False)
        below = QHBoxLayout()
        below.setSpacing(tokens.XS)
        below.addWidget(self.place)
        below.addStretch(1)
        below.addWidget(self.fix)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._words)
        middle.addLayout(below)
        middle.addWidget(self._why)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.S, tokens.XS, tokens.S, tokens.XS)
        row.setSpacing(tokens.S)
        row.addWidget(self._mark, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(middle, 1)
        row.addWidget(self.fold, alignment=Qt.AlignmentFlag.AlignTop)

    def fill(self, finding: Finding, place: str) -> None:
        """Show this finding."""
        if finding == self.finding and place == self._place:
            return
        self.finding, self._place = finding, place
        icon, tone, word = _LOOKS[finding.severity]
        self.setAccessibleName(f"{word}: {finding.message}")
        self._mark.set_icon(icon, tone)
        self._mark.setAccessibleName(word)
        self._words.setText(f"{word}: {finding.message}")
        self.place.setText(place)
        self.fix.setAccessibleName(self.tr("{0} Düzelt").format(finding.message))
        self.fix.setVisible(bool(finding.fix))
        parts = [finding.explanation, finding.official and f"Resmî metin: {finding.official}", f"Kod: {finding.code}"]
        self._why.setText("\n".join(part for part in parts if part))
        self.fold.setChecked(False)

    @Slot(bool)
    def _on_fold_toggled(self, is_open: bool) -> None:
        bind_icon(self.fold, "chevron-down" if is_open else "chevron-right")
        self._why.setVisible(is_open)

    @Slot()
    def _on_place_clicked(self) -> None:
        self.jumped.emit(self.finding)

    @Slot()
    def _on_fix_clicked(self) -> None:
        self.mended.emit(self.finding)


class FindingsPanel(QWidget):
    """`jumped` and `mended` carry the finding; `counted` the errors and all, for the tab's title."""

    jumped = Signal(object)
    mended = Signal(object)
    counted = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        #: All of them, errors first.
        self.findings: list[Finding] = []
        self._shown: list[tuple[Finding, str]] = []
        self._limit = _STEP
        self._at = -1
        self._pool: list[FindingRow] = []
        self.copy = QuietButton(self.tr("Tümünü kopyala"), self, icon="copy")
        self.copy.clicked.connect(self._on_copy_clicked)
        self.more = QuietButton("", self)
        self.more.clicked.connect(self._on_more_clicked)
        self._empty = QuietLabel(self.tr("Bulgu yok: belge mühürlenebilir."), self, wrap=True)
        self._empty.setContentsMargins(tokens.M, tokens.S, tokens.M, tokens.S)
        body = QWidget(self)
        self._rows = QVBoxLayout(body)
        self._rows.setContentsMargins(0, tokens.XS, 0, tokens.S)
        self._rows.setSpacing(0)
        foot = QHBoxLayout()
        foot.setContentsMargins(tokens.S, 0, tokens.S, 0)
        foot.addWidget(self.more)
        foot.addStretch(1)
        foot.addWidget(self.copy)
        self._rows.addWidget(self._empty)
        self._rows.addLayout(foot)
        self._rows.addStretch(1)
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area, 1)
        self.setAccessibleName(self.tr("Bulgular"))
        self._fill()

    def rows(self) -> list[FindingRow]:
        """The rows in use, in their order."""
        return self._pool[: min(len(self._shown), self._limit)]

    def show_findings(self, findings: Sequence[Finding], places: Sequence[str]) -> None:
        """`places` are what the links say, one per finding."""
        order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
        shown = sorted(zip(findings, places, strict=True), key=lambda pair: order[pair[0].severity])
        if shown == self._shown:
            return
        at = self._shown[self._at][0] if 0 <= self._at < len(self._shown) else None
        self._shown = shown
        self.findings = [finding for finding, _ in shown]
        # F8 goes on from where it was; a mended finding leaves its place to the next one.
        if at is not None:
            self._at = self.findings.index(at) if at in self.findings else min(self._at, len(shown)) - 1
        self._fill()
        self.counted.emit(sum(f.severity is Severity.ERROR for f in self.findings), len(shown))

    def step(self, by: int) -> Finding | None:
        """The next (1) or previous (-1) finding, round and round; None when there is none."""
        if not self.findings:
            return None
        if self._at < 0 and by < 0:
            self._at = 0
        self._at = (self._at + by) % len(self.findings)
        finding = self.findings[self._at]
        if self._at >= self._limit:
            self._limit = self._at + _STEP
            self._fill()
        self._area.ensureWidgetVisible(self._pool[self._at])
        return finding

    def _fill(self) -> None:
        wanted = self._shown[: self._limit]
        while len(self._pool) < len(wanted):
            row = FindingRow(self)
            row.jumped.connect(self.jumped)
            row.mended.connect(self.mended)
            self._rows.insertWidget(len(self._pool), row)
            self._pool.append(row)
        for row, (finding, place) in zip(self._pool, wanted, strict=False):
            row.fill(finding, place)
            row.setVisible(True)
        for row in self._pool[len(wanted) :]:
            row.setVisible(False)
        left = len(self._shown) - len(wanted)
        self.more.setVisible(left > 0)
        self.more.setText(self.tr("{0} bulgu daha göster").format(left))
        self.copy.setVisible(bool(self._shown))
        self._empty.setVisible(not self._shown)

    @Slot()
    def _on_more_clicked(self) -> None:
        self._limit += _STEP
        self._fill()

    @Slot()
    def _on_copy_clicked(self) -> None:
        lines = [f"{_LOOKS[f.severity][2]}\t{place}\t{f.message}\t{f.code}" for f, place in self._shown]
        QGuiApplication.clipboard().setText("\n".join(lines))

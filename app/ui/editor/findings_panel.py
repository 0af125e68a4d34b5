"""Findings under the preview: icon, word, sentence, the place as a link, and Düzelt where it is safe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.domain.findings import Finding, Severity
from app.ui.theme import tokens
from app.ui.theme.tokens import Tone
from app.ui.widgets import HeadingLabel, IconButton, IconLabel, LinkButton, QuietButton, QuietLabel

#: More rows than this nobody reads before mending the first ones.
MAX_ROWS: Final = 60
_LOOKS: Final[dict[Severity, tuple[str, Tone, str]]] = {
    Severity.ERROR: ("error", "error", "Hata"),
    Severity.WARNING: ("warn", "warn", "Uyarı"),
    Severity.INFO: ("info", "wait", "Bilgi"),
}


class _Row(QWidget):
    def __init__(self, panel: FindingsPanel, finding: Finding, place: str) -> None:
        super().__init__(panel)
        self._panel, self.finding = panel, finding
        icon, tone, word = _LOOKS[finding.severity]
        self.setAccessibleName(f"{word}: {finding.message}")
        mark = IconLabel(icon, tone, self, title=word)
        words = QLabel(f"{word}: {finding.message}", self)
        words.setWordWrap(True)
        words.setToolTip(finding.explanation)
        self.place = LinkButton(place, self)
        self.place.clicked.connect(self._on_place_clicked)
        self.fix = QuietButton(self.tr("Düzelt"), self, icon="wrench")
        self.fix.setAccessibleName(self.tr("{0} Düzelt").format(finding.message))
        self.fix.setVisible(bool(finding.fix))
        self.fix.clicked.connect(self._on_fix_clicked)
        below = QHBoxLayout()
        below.setSpacing(tokens.XS)
        below.addWidget(self.place)
        below.addStretch(1)
        below.addWidget(self.fix)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(words)
        if finding.explanation:
            right.addWidget(QuietLabel(finding.explanation, self, wrap=True))
        right.addLayout(below)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.S, tokens.XS, tokens.S, tokens.XS)
        row.setSpacing(tokens.S)
        row.addWidget(mark, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(right, 1)

    @Slot()
    def _on_place_clicked(self) -> None:
        self._panel.jumped.emit(self.finding)

    @Slot()
    def _on_fix_clicked(self) -> None:
        self._panel.mended.emit(self.finding)


class FindingsPanel(QWidget):
    """`jumped` and `mended` carry the finding."""

    jumped = Signal(object)
    mended = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.findings: list[Finding] = []
        self._shown: list[tuple[Finding, str]] = []
        self.heading = HeadingLabel(self.tr("Bulgular"), self)
        self.copy = IconButton("copy", self.tr("Bulguların hepsini kopyala"), self)
        self.copy.clicked.connect(self._on_copy_clicked)
        head = QHBoxLayout()
        head.setContentsMargins(tokens.M, tokens.S, tokens.S, 0)
        head.addWidget(self.heading, 1)
        head.addWidget(self.copy)
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, tokens.S)
        self._rows.setSpacing(0)
        body = QWidget(self)
        body.setLayout(self._rows)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.XS)
        column.addLayout(head)
        column.addWidget(area, 1)

    def rows(self) -> list[_Row]:
        items = (self._rows.itemAt(i) for i in range(self._rows.count()))
        return [row for item in items if item is not None and isinstance(row := item.widget(), _Row)]

    def show_findings(self, findings: Sequence[Finding], places: Sequence[str]) -> None:
        """`places` are what the links say, one per finding."""
        order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
        shown = sorted(zip(findings, places, strict=True), key=lambda pair: order[pair[0].severity])
        if shown == self._shown and self._rows.count():
            return
        self._shown = shown
        self.findings = [finding for finding, _ in shown]
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        for finding, place in shown[:MAX_ROWS]:
            self._rows.addWidget(_Row(self, finding, place))
        if len(shown) > MAX_ROWS:
            more = self.tr("… ve {0} bulgu daha; önce bunları düzeltin.").format(len(shown) - MAX_ROWS)
            self._add_words(more)
        if not shown:
            self._add_words(self.tr("Bulgu yok: fatura mühürlenebilir."))
        self._rows.addStretch(1)
        errors = sum(f.severity is Severity.ERROR for f in self.findings)
        count = self.tr(" · {0} hata").format(errors) if errors else (f" · {len(shown)}" if shown else "")
        self.heading.setText(self.tr("Bulgular") + count)
        self.copy.setEnabled(bool(shown))

    def _add_words(self, words: str) -> None:
        label = QuietLabel(words, self, wrap=True)
        label.setContentsMargins(tokens.M, tokens.XS, tokens.M, tokens.XS)
        self._rows.addWidget(label)

    @Slot()
    def _on_copy_clicked(self) -> None:
        lines = [f"{_LOOKS[f.severity][2]}\t{place}\t{f.message}" for f, place in self._shown]
        QGuiApplication.clipboard().setText("\n".join(lines))

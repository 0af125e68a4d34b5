"""What a bulk action did: how many went, which did not and why. The failed ones stay selected in the list."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.ui.lists.bulk import Failure, Outcome
from app.ui.theme import tokens
from app.ui.widgets import HeadingLabel, IconLabel, Line, LineList, QuietLabel

#: A list of thousands helps nobody; the rest is copied and stays selected.
MAX_SHOWN = 500
#: Remarks on what did go are told too, as many as fit.
_NOTES = 3


class BulkReportDialog(QDialog):
    """Not modal: the list can be worked on while it is open."""

    def __init__(self, outcome: Outcome, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.outcome = outcome
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(outcome.title)
        self.setAccessibleName(self.tr("{0}: sonuç").format(outcome.title))
        failed, done = len(outcome.failed), len(outcome.done)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(tokens.XL, tokens.XL, tokens.XL, tokens.L)
        layout.setSpacing(tokens.S)
        head = QHBoxLayout()
        head.setSpacing(tokens.S)
        head.addWidget(
            IconLabel("warn" if done else "error", "warn" if done else "error", self, size=tokens.BIG_ICON_PX)
        )
        head.addWidget(
            HeadingLabel(self.tr("{0} belgeden {1} tanesi yapılamadı").format(done + failed, failed), self), 1
        )
        layout.addLayout(head)
        went = self.tr("{0}: {1} belge.").format(outcome.title, done)
        rest = self.tr("Yapılamayanlar listede seçili bırakıldı; nedenleri aşağıda.")
        layout.addWidget(QuietLabel(f"{went} {rest}", self, wrap=True))
        if outcome.stopped:
            words = self.tr("Kart reddettiği için iş durduruldu; kalan belgeler denenmedi.")
            layout.addWidget(QuietLabel(words, self, wrap=True))
        self.list = LineList(self.tr("Yapılamayan belgeler"), self, on_click=False)
        self.list.lines.set_lines([_line(failure) for failure in outcome.failed[:MAX_SHOWN]])
        self.list.select_first()
        layout.addWidget(self.list, 1)
        if failed > MAX_SHOWN:
            more = self.tr("… ve {0} belge daha; hepsi kopyalanır.").format(failed - MAX_SHOWN)
            layout.addWidget(QuietLabel(more, self))
        for note in outcome.notes[:_NOTES]:
            layout.addWidget(QuietLabel(note, self, wrap=True))
        buttons = QDialogButtonBox(self)
        close = QPushButton(self.tr("Kapat"), self)
        copy = QPushButton(self.tr("Kopyala"), self)
        copy.setAutoDefault(False)
        copy.clicked.connect(self.copy_report)
        buttons.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        if outcome.folder is not None and done:
            show = QPushButton(self.tr("Klasörü aç"), self)
            show.setAutoDefault(False)
            show.clicked.connect(self._on_open_folder)
            buttons.addButton(show, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.resize(tokens.TEXT_WIDTH_PX + 320, tokens.POPUP_HEIGHT_PX)

    def report_text(self) -> str:
        """Everything, tab-separated, for a mail or a table."""
        lines = [f"{self.outcome.title}: {len(self.outcome.done)}"]
        for failure in self.outcome.failed:
            lines.append("\t".join((failure.name, failure.error.sentence, failure.error.code)))
            lines += [f"\t{finding}" for finding in failure.findings]
        return "\n".join(lines) + "\n"

    @Slot()
    def copy_report(self) -> None:
        QGuiApplication.clipboard().setText(self.report_text())

    @Slot()
    def _on_open_folder(self) -> None:
        if self.outcome.folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.outcome.folder)))


def _line(failure: Failure) -> Line:
    """What happened, why, what to do: each whole, over as many lines as it needs."""
    error = failure.error
    said = tuple(text for text in (error.what, error.why, *failure.findings) if text)
    todo = (f"→ {error.todo}",) if error.todo else ()
    return Line(
        title=failure.name,
        # The first detail is never wrapped: the code is short, and what support asks for.
        details=(error.code, *said, *todo),
        wraps=True,
        icon="error",
        tone="error",
        is_strong=True,
        tip="\n".join((failure.name, error.sentence, *failure.findings)),
        what=failure.document_id,
    )

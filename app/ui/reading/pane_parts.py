"""What the reading pane is made of, one below the other; who reads and fills them is `pane`."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.ui.desk import Desk
from app.ui.reading.bar import PaneBar
from app.ui.reading.doing import PaneActions
from app.ui.reading.findings_list import FindingsList
from app.ui.reading.header import PaneHeader
from app.ui.reading.many import ManyView
from app.ui.reading.notices import Notice, NoticeStack
from app.ui.reading.stack import DocumentStack, PictureTab
from app.ui.theme import tokens
from app.ui.widgets import EmptyState

#: The row of tabs and a few lines of the document.
_LEAST_TABS_PX = 72
#: Where the renderer's remark goes over to the engine's own words.
_DETAIL = "(Ayrıntı: "


class PaneParts(QWidget):
    """Header, notices, tabs with their bar, and what stands there when none or many documents are selected."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._note_detail = ""
        self.setObjectName("reading-pane")
        self.setAccessibleName(self.tr("Okuma bölmesi"))
        self._make_parts()
        picture = self.tabs.picture
        self.note.acted.connect(self._on_note_acted)
        self.bar.zoom_in.connect(picture.zoom_in)
        self.bar.zoom_out.connect(picture.zoom_out)
        self.bar.zoom_fit.connect(picture.zoom_to_fit)
        self.bar.print_wanted.connect(self.doing.print_document)
        self.bar.pdf_wanted.connect(self.doing.save_pdf)
        self.bar.attachment_wanted.connect(self.doing.save_attachment)
        self.bar.attachments_wanted.connect(self.doing.save_attachments)
        picture.zoomed.connect(self.bar.set_percent)
        self.tabs.history.save_wanted.connect(self.doing.save_file)
        self.findings.print_wanted.connect(self.doing.print_findings)
        self.findings.excel_wanted.connect(self.doing.export_findings)

    @property
    def picture(self) -> PictureTab:
        return self.tabs.picture

    @property
    def findings(self) -> FindingsList:
        return self.tabs.findings

    def _make_parts(self) -> None:
        self.header = PaneHeader(self)
        self.notices = NoticeStack(self)
        self.review = Notice(self.notices, closable=False)
        self.note = Notice(self.notices)
        self.message = Notice(self.notices)
        self.notices.add(self.message, is_first=True)
        self.notices.add(self.review)
        self.notices.add(self.note)
        self.doing = PaneActions(self._desk, self, self.message)
        self.tabs = DocumentStack(self)
        self.bar = PaneBar(self)
        self.tabs.set_corner(self.bar)
        self.many = ManyView(self)
        sentence = self.tr("Soldaki listeden bir belge seçin; burada gönderenin çizdiği gibi görünür.")
        self.empty = EmptyState("document", self.tr("Belge seçilmedi"), sentence, parent=self)
        one = QWidget(self)
        column = QVBoxLayout(one)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(tokens.M, tokens.S, tokens.M, tokens.S)
        top.setSpacing(tokens.S)
        top.addWidget(self.header)
        top.addWidget(self.notices)
        column.addLayout(top)
        column.addWidget(self.tabs, 1)
        # On a low screen the document gives way, never the words above it: they would be cut in half.
        self.tabs.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.tabs.setMinimumHeight(_LEAST_TABS_PX)
        self._one = one
        self._stack = QStackedWidget(self)
        for page in (self.empty, one, self.many):
            self._stack.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    def _show_note(self, note: str) -> None:
        """The renderer's remark; what an engine said in its own words unfolds."""
        said, _, detail = note.partition(_DETAIL)
        self._note_detail = detail.rstrip(") ")
        if said:
            self.note.show_message("wait", said.strip(), self.tr("Ayrıntı") if detail else "")
        else:
            self.note.setVisible(False)

    @Slot()
    def _on_note_acted(self) -> None:
        self.note.show_message("wait", f"{self.note.sentence}\n{self._note_detail}")

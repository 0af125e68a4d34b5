"""The tabs Görünüm · Bilgiler · Geçmiş · Bulgular, and the tab that owns the web view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QStackedLayout, QTabWidget, QVBoxLayout, QWidget

from app.domain.errors import AppError
from app.domain.findings import has_errors
from app.ui.reading.bar import PaneBar
from app.ui.reading.fields_tab import FieldsTab
from app.ui.reading.findings_list import FindingsList
from app.ui.reading.history_tab import HistoryTab
from app.ui.reading.loading import Facts
from app.ui.theme.icons import icon
from app.ui.widgets import EmptyState, SkeletonRows

if TYPE_CHECKING:
    from app.ui.reading.web import DocumentView


class PictureTab(QWidget):
    """The web view, made with the first document; skeleton rows while one takes long, a sentence when it fails."""

    drawn = Signal(object)
    broke = Signal(object)
    zoomed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view: DocumentView | None = None
        self._holder = QWidget(self)
        self._view_place = QVBoxLayout(self._holder)
        self._view_place.setContentsMargins(0, 0, 0, 0)
        self.error = EmptyState("warn", self.tr("Belge çizilemedi"), "", parent=self)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._holder)
        self._stack.addWidget(self.error)
        self._skeleton = SkeletonRows(self)
        self._skeleton.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._skeleton.setGeometry(self.rect())

    def begin(self) -> None:
        """A document is being drawn; the one before stays until it comes, or until that takes too long."""
        self._skeleton.start()

    def stop(self) -> None:
        """Nothing will come."""
        self._skeleton.stop()

    def make_ready(self) -> None:
        """Make the view ahead of the first document. GUI thread: some milliseconds once the browser runs."""
        if self.view is None:
            self.view = self._make_view()
            self.view.clear()

    def show_html(self, key: object, html: str) -> None:
        if self.view is None:
            self.view = self._make_view()
        self._stack.setCurrentWidget(self._holder)
        self.view.show_html(key, html)

    def show_error(self, error: AppError) -> None:
        self._skeleton.stop()
        self.error.set_words(self.tr("Belge çizilemedi"), error.sentence)
        self._stack.setCurrentWidget(self.error)

    def _make_view(self) -> DocumentView:
        from app.ui.reading.web import DocumentView

        view = DocumentView(self._holder)
        view.shown.connect(self._on_shown)
        view.failed.connect(self._on_failed)
        view.zoomed.connect(self.zoomed)
        self._view_place.addWidget(view)
        return view

    @Slot()
    def zoom_in(self) -> None:
        if self.view is not None:
            self.view.zoom_in()

    @Slot()
    def zoom_out(self) -> None:
        if self.view is not None:
            self.view.zoom_out()

    @Slot()
    def zoom_to_fit(self) -> None:
        if self.view is not None:
            self.view.zoom_to_fit()

    @Slot(object)
    def _on_shown(self, key: object) -> None:
        self._skeleton.stop()
        self.drawn.emit(key)

    @Slot(object)
    def _on_failed(self, key: object) -> None:
        self._skeleton.stop()
        self.broke.emit(key)


class DocumentStack(QTabWidget):
    """The four tabs of one document."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self._bar: PaneBar | None = None
        self._has_errors = False
        self._count = 0
        self.picture = PictureTab(self)
        self.fields = FieldsTab(self)
        self.history = HistoryTab(self)
        self.findings = FindingsList(self, on_paper=True)
        self.addTab(self.picture, self.tr("Görünüm"))
        self.addTab(self.fields, self.tr("Bilgiler"))
        self.addTab(self.history, self.tr("Geçmiş"))
        self.addTab(self.findings, self.tr("Bulgular"))
        self.findings.counted.connect(self._on_counted)

    def set_corner(self, bar: PaneBar) -> None:
        self._bar = bar
        self.setCornerWidget(bar)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_bar()

    def _fit_bar(self) -> None:
        """In a narrow pane the zoom buttons give way to the tabs, then the icon to the word, then the word shrinks."""
        at = self.indexOf(self.findings)
        self.setTabText(at, self._counted(self.tr("Bulgular")))
        self.setTabIcon(at, icon("error", "error") if self._has_errors else QIcon())
        if self._bar is not None:
            self._bar.set_compact(False)
            self._bar.set_compact(self._needed() > self.width())
        if self._needed() > self.width():
            self.setTabIcon(at, QIcon())
        if self._needed() > self.width() and self._count:
            self.setTabText(at, self._counted(self.tr("Bulgu")))

    def _counted(self, title: str) -> str:
        return f"{title} {self._count}" if self._count else title

    def _needed(self) -> int:
        beside = self._bar.sizeHint().width() if self._bar is not None else 0
        return self.tabBar().sizeHint().width() + beside

    def show_facts(self, facts: Facts) -> None:
        self.fields.show_groups(facts.groups)
        self.history.show_history(facts.history, facts.attempts, facts.files)
        self.show_findings(facts)

    def show_findings(self, facts: Facts) -> None:
        """What the checks said, or that they are running."""
        if facts.findings is None:
            self.findings.set_checking()
        else:
            self.findings.set_findings(facts.findings, can_fix=facts.is_draft)
        self._has_errors = has_errors(facts.findings or ())
        self._fit_bar()

    def show_fields(self, field: str = "") -> None:
        """Bring Bilgiler to front, with the row of this field selected where there is one."""
        self.setCurrentWidget(self.fields)
        if field:
            self.fields.reveal(field)

    @Slot(int, int)
    def _on_counted(self, _errors: int, count: int) -> None:
        self._count = count
        self._fit_bar()

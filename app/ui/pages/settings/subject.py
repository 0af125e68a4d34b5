"""What every subject of the settings is: a widget with a key, a title and an icon, refreshed when it is seen."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.ui.pages.settings.form import scrolled
from app.ui.theme import tokens
from app.ui.widgets import HeadingLabel, MessageBar, QuietLabel


class Subject(QWidget):
    """Base of all subjects. `refresh` is called when it is shown and something it `shows` has changed."""

    key: ClassVar[str] = ""
    icon: ClassVar[str] = "settings"
    shows: ClassVar[Changes] = Changes(settings=True)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.is_stale = True

    def refresh(self) -> None:
        """Read again what is shown."""

    def reveal(self, what: Any) -> None:
        """Show one thing of this subject."""

    def unsaved(self) -> str | None:
        """As `Page.unsaved`."""
        return None


class FormSubject(Subject):
    """A subject that is one long form: heading, sentence, message, then `column`."""

    def __init__(self, desk: Desk, title: str, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setAccessibleName(title)
        content = QWidget(self)
        self.column = QVBoxLayout(content)
        self.column.setContentsMargins(tokens.XL, tokens.L, tokens.XL, tokens.XL)
        self.column.setSpacing(tokens.M)
        self.column.addWidget(HeadingLabel(title, content))
        if sentence:
            self.column.addWidget(QuietLabel(sentence, content, wrap=True))
        self.message = MessageBar(parent=content)
        self.column.addWidget(self.message)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(content, self))

"""The viewer's head (what file, whose seal) and its bar (search by field, go to a number, print)."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.edefter.reading.reader import BookHeadFacts
from app.ui.ledger.viewer_words import day
from app.ui.theme import tokens
from app.ui.theme.icons import icon
from app.ui.theme.tokens import Tone
from app.ui.widgets import ElidedLabel, HeadingLabel, IconLabel, QuietButton, QuietLabel

_DEBOUNCE_MS: Final = 200


class ViewerHead(QWidget):
    """Title, owner and period, seal; the way to the browser, open when the whole file is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = HeadingLabel("", self)
        self.owner = ElidedLabel("", self, quiet=True)
        self.seal_icon = IconLabel("clock", "quiet", self)
        self.seal = ElidedLabel(self.tr("Mühür denetleniyor…"), self)
        self.browser_button = QuietButton(self.tr("Tarayıcıda aç"), self, icon="link")
        self.browser_button.setToolTip(
            self.tr("Defteri tarayıcıda sayfa olarak aç; büyük dosyada yalnız gösterilenler (Ctrl+B)")
        )
        self.browser_button.setEnabled(False)
        top = QHBoxLayout()
        top.setSpacing(tokens.M)
        top.addWidget(self.title)
        top.addWidget(self.owner, 1)
        top.addWidget(self.browser_button)
        below = QHBoxLayout()
        below.setSpacing(tokens.XS)
        below.addWidget(self.seal_icon)
        below.addWidget(self.seal, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.M, tokens.S, tokens.M, tokens.XS)
        column.setSpacing(tokens.XS)
        column.addLayout(top)
        column.addLayout(below)

    def show_title(self, title: str, head: BookHeadFacts) -> None:
        self.title.setText(title)
        period = "–".join(part for part in (day(head.period_start), day(head.period_end)) if part)
        self.owner.setText(" · ".join(part for part in (head.title, head.owner, period) if part))

    def show_seal(self, icon_name: str, tone: Tone, sentence: str) -> None:
        self.seal_icon.set_icon(icon_name, tone)
        self.seal.setText(sentence)
        self.setAccessibleDescription(sentence)


class ViewerBar(QWidget):
    """`asked` when the search has changed and rests, `jump_wanted(str, int)`: "entry" or "line", and its number."""

    asked = Signal()
    jump_wanted = Signal(str, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        each = self.fontMetrics().averageCharWidth()
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Bu dosyada ara (Ctrl+F)"))
        self.search.setAccessibleName(self.tr("Bu dosyada ara"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("search", "quiet"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setMinimumWidth(each * 24)
        self.fields = QComboBox(self)
        self.fields.setAccessibleName(self.tr("Nerede aransın"))
        for key, title in (
            ("", self.tr("Her yerde")),
            ("account", self.tr("Hesap kodu")),
            ("document", self.tr("Belge no")),
            ("amount", self.tr("Tutar")),
            ("text", self.tr("Açıklama ve adlar")),
        ):
            self.fields.addItem(title, key)
        self.whole = QCheckBox(self.tr("Bütün satırları göster"), self)
        self.whole.setToolTip(self.tr("Bulunan maddenin ya da hesabın aramaya uymayan satırları da görünür"))
        self.whole.hide()
        self.count = QuietLabel("", self)
        self.what = QComboBox(self)
        self.what.setAccessibleName(self.tr("Hangi numaraya gidilsin"))
        self.what.addItem(self.tr("Madde"), "entry")
        self.what.addItem(self.tr("Satır"), "line")
        self.jump = QLineEdit(self)
        self.jump.setPlaceholderText(self.tr("No (Ctrl+G)"))
        self.jump.setAccessibleName(self.tr("Numaraya git"))
        self.jump.setMaximumWidth(each * 16)
        self.jump.returnPressed.connect(self._on_jump_entered)
        self.print_button = QuietButton(self.tr("Yazdır…"), self, icon="print")
        self.print_button.setToolTip(self.tr("Yazdır ya da PDF kaydet (Ctrl+P)"))
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_DEBOUNCE_MS)
        self._typing.timeout.connect(self.asked)
        self.search.textChanged.connect(self._typing.start)
        self.fields.currentIndexChanged.connect(self._typing.start)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.S, tokens.XS, tokens.S, tokens.XS)
        row.setSpacing(tokens.S)
        row.addWidget(self.search, 1)
        for part in (self.fields, self.whole, self.count, self.what, self.jump, self.print_button):
            row.addWidget(part)
        self.set_ready(ready=False)

    @property
    def where(self) -> str:
        """The field that is searched, empty for all."""
        return str(self.fields.currentData())

    def set_ready(self, *, ready: bool) -> None:
        """Searching, jumping and printing need the whole file."""
        for part in (self.search, self.fields, self.what, self.jump, self.print_button):
            part.setEnabled(ready)

    def clear_search(self) -> None:
        """Without asking; whoever clears shows everything."""
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self._typing.stop()

    @Slot()
    def _on_jump_entered(self) -> None:
        text = self.jump.text().replace(".", "").strip()
        if text.isdigit():
            self.jump_wanted.emit(str(self.what.currentData()), int(text[:18]))
            self.jump.selectAll()

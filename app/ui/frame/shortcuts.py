"""F1: every shortcut there is, gathered from the window itself so that the sheet is never out of date."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.ui.pages.base import Page
from app.ui.theme import fonts, tokens
from app.ui.widgets import HeadingLabel, QuietButton

Keys = tuple[str, str]
#: A window so wide has room for a third column.
_WIDE_PX = 1_150
#: What every list understands without an action of its own (Qt's and the list's own keys).
LIST_KEYS: tuple[Keys, ...] = (
    ("Enter", "Seçileni aç"),
    ("Boşluk", "Önizle"),
    ("Ctrl+A", "Tümünü seç"),
    ("Esc", "Geri dön"),
)

#: The editor is a window of its own; its test holds this list against the real one.
EDITOR_KEYS: tuple[Keys, ...] = (
    ("Ctrl+B", "Alıcı ara"),
    ("Ctrl+L", "Satırlara git"),
    ("Ctrl+Tab", "Satırlardan çık"),
    ("F2", "Hücreyi düzenle"),
    ("F4", "Satırın ayrıntısı"),
    ("Ctrl++", "Satır ekle"),
    ("Ctrl+-", "Satır sil"),
    ("Alt+Shift+Down", "Satırı çoğalt"),
    ("Alt+Up", "Yukarı taşı"),
    ("Alt+Down", "Aşağı taşı"),
    ("Ctrl+D", "Aşağı doldur"),
    ("Ctrl+X", "Kes"),
    ("Ctrl+C", "Kopyala"),
    ("Ctrl+V", "Yapıştır (Excel bloğu da olur)"),
    ("F8", "Sonraki bulgu"),
    ("Shift+F8", "Önceki bulgu"),
    ("F9", "Önizlemeyi göster/gizle"),
    ("Ctrl+Z", "Geri al"),
    ("Ctrl+Y", "Yinele"),
    ("Ctrl+Shift+O", "Önceki faturadan satır al"),
    ("Ctrl+Shift+G", "Genel indirim / artırım"),
    ("Ctrl+Shift+F", "Satırdaki malı sık kullanılan yap / çıkar"),
    ("Ctrl+S", "Kaydet"),
    ("Ctrl+Enter", "Mühürle ve gönder"),
    ("Ctrl+Shift+D", "Kopyasını düzenle"),
    ("Ctrl+W", "Pencereyi kapat"),
    ("Esc", "Kaydedip kapat"),
)


def collect(widget: QWidget, *, skip: Iterable[QWidget] = ()) -> list[Keys]:
    """(keys, what they do) of actions, buttons and shortcuts below `widget`; each key once."""
    left_out = set(skip)

    def is_skipped(item: QAction | QAbstractButton | QShortcut) -> bool:
        parent = item.parent()
        while parent is not None:
            if parent in left_out:
                return True
            parent = parent.parent()
        return False

    found: dict[str, str] = {}
    for action in widget.findChildren(QAction):
        if not is_skipped(action):
            for keys in action.shortcuts():
                found.setdefault(_native(keys), _plain(action.text()))
    for button in widget.findChildren(QAbstractButton):
        if not button.shortcut().isEmpty() and not is_skipped(button):
            found.setdefault(_native(button.shortcut()), _plain(button.text() or button.accessibleName()))
    for shortcut in widget.findChildren(QShortcut):
        if not is_skipped(shortcut) and shortcut.whatsThis():
            found.setdefault(_native(shortcut.key()), shortcut.whatsThis())
    return [(keys, what) for keys, what in found.items() if keys and what]


class ShortcutSheet(QDialog):
    """Columns of keys, by where they work: as many as the window has room for. Esc closes it."""

    def __init__(self, window: QWidget, pages: list[Page]) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Klavye kısayolları"))
        self.groups = [(self.tr("Her yerde"), collect(window, skip=pages))]
        for page in pages:
            own = collect(page) + list(getattr(page, "keys_help", ()))
            if own:
                self.groups.append((page.title, own))
        self.groups.append((self.tr("Listelerde"), list(LIST_KEYS)))
        self.groups.append((self.tr("Fatura düzenlerken"), list(EDITOR_KEYS)))
        body = QWidget(self)
        columns = QHBoxLayout(body)
        columns.setContentsMargins(tokens.L, tokens.L, tokens.L, tokens.L)
        columns.setSpacing(2 * tokens.XL)
        parts = [QVBoxLayout() for _ in range(3 if window.width() >= _WIDE_PX else 2)]
        for part in parts:
            part.setSpacing(tokens.S)
            columns.addLayout(part, 1)
        heights = [0] * len(parts)
        for title, keys in self.groups:
            shortest = heights.index(min(heights))
            heights[shortest] += len(keys) + 2
            self._add_group(parts[shortest], title, keys)
        for part in parts:
            part.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setWidget(body)
        close = QuietButton(self.tr("Kapat"), self)
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setContentsMargins(tokens.L, 0, tokens.L, tokens.M)
        foot.addStretch(1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll, 1)
        column.addLayout(foot)
        self.resize(body.sizeHint().width() + tokens.XL, min(body.sizeHint().height() + 4 * tokens.XL, window.height()))

    def _add_group(self, half: QVBoxLayout, title: str, keys: list[Keys]) -> None:
        half.addWidget(HeadingLabel(title, self))
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.L)
        grid.setVerticalSpacing(tokens.XS)
        for row, (key, what) in enumerate(keys):
            key_label = QLabel(key, self)
            key_label.setFont(fonts.medium(key_label.font()))
            grid.addWidget(key_label, row, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(QLabel(what, self), row, 1)
        grid.setColumnStretch(1, 1)
        half.addLayout(grid)
        half.addSpacing(tokens.M)


def _native(keys: QKeySequence) -> str:
    return keys.toString(QKeySequence.SequenceFormat.NativeText)


def _plain(text: str) -> str:
    return text.replace("&", "").removesuffix("…")

"""Kabul or Red: for whom, how many, what follows; a rejection needs its reason."""

from __future__ import annotations

from datetime import datetime
from typing import Final, cast

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.connectors.base import Answer
from app.domain.dates import istanbul_date
from app.domain.turkish import format_datetime
from app.ui.lists.columns import ERROR_DAYS, WARN_DAYS
from app.ui.theme import tokens
from app.ui.theme.tokens import Tone
from app.ui.widgets import HeadingLabel, IconLabel, QuietLabel

#: Words that senders understand at once; the user may write on.
REASONS: Final = (
    "Fiyat siparişle uyuşmuyor",
    "Miktar teslim alınanla uyuşmuyor",
    "Mal veya hizmet teslim alınmadı",
    "Fatura mükerrer düzenlenmiş",
    "KDV oranı veya istisna kodu hatalı",
    "Alıcı bilgileri hatalı",
)
#: The sender's list shows about so much.
MAX_REASON: Final = 250


class AnswerDialog(QDialog):
    """Ask for one answer to `count` invoices. `left_out` says how many of the selection cannot be answered."""

    def __init__(
        self,
        what: Answer,
        *,
        company: str,
        count: int,
        left_out: int = 0,
        due: datetime | None = None,
        now: datetime | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._what = what
        is_reject = what is Answer.REJECT
        title = self.tr("{0} faturayı reddet") if is_reject else self.tr("{0} faturayı kabul et")
        self.setWindowTitle(title.format(count))
        self.setAccessibleName(title.format(count))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(tokens.XL, tokens.XL, tokens.XL, tokens.L)
        layout.setSpacing(tokens.S)
        head = QHBoxLayout()
        head.setSpacing(tokens.S)
        head.addWidget(
            IconLabel(
                "rejected" if is_reject else "check-circle",
                "error" if is_reject else "ok",
                self,
                size=tokens.BIG_ICON_PX,
            )
        )
        head.addWidget(HeadingLabel(title.format(count), self), 1)
        layout.addLayout(head)
        firm = QLabel(company, self)
        firm.setWordWrap(True)
        layout.addWidget(firm)
        follows = (
            self.tr("Red yanıtı göndericiye ve GİB'e gider; sonra değiştirilemez.")
            if is_reject
            else self.tr("Kabul yanıtı göndericiye ve GİB'e gider; sonra değiştirilemez.")
        )
        layout.addWidget(QuietLabel(follows, self, wrap=True))
        if due is not None and now is not None:
            layout.addLayout(self._countdown(due, now))
        if left_out:
            words = self.tr("Seçimdeki {0} belge yanıt beklemiyor; onlara dokunulmaz.").format(left_out)
            layout.addWidget(QuietLabel(words, self, wrap=True))
        self.suggestions = QComboBox(self)
        self.suggestions.addItem(self.tr("Hazır nedenlerden seç…"))
        self.suggestions.addItems(REASONS)
        self.suggestions.setAccessibleName(self.tr("Hazır nedenler"))
        self.suggestions.setVisible(is_reject)
        self.suggestions.activated.connect(self._on_suggestion)
        layout.addWidget(self.suggestions)
        label = QLabel(self.tr("Red &nedeni (zorunlu)") if is_reject else self.tr("&Not (isteğe bağlı)"), self)
        self.reason = QPlainTextEdit(self)
        self.reason.setTabChangesFocus(True)
        self.reason.setAccessibleName(self.tr("Red nedeni") if is_reject else self.tr("Not"))
        lines = self.reason.fontMetrics().lineSpacing()
        self.reason.setMinimumHeight(lines * 3 + tokens.L)
        self.reason.setMaximumHeight(lines * 5 + tokens.L)
        self.reason.setMinimumWidth(tokens.TEXT_WIDTH_PX)
        self.reason.textChanged.connect(self._check)
        label.setBuddy(self.reason)
        layout.addWidget(label)
        layout.addWidget(self.reason)
        self.hint = QuietLabel("", self)
        layout.addWidget(self.hint)
        buttons = QDialogButtonBox(self)
        self.yes_button = QPushButton(self.tr("Reddet") if is_reject else self.tr("Kabul et"), self)
        self.yes_button.setProperty("role", "primary")
        self.yes_button.setAutoDefault(False)
        no = QPushButton(self.tr("Vazgeç"), self)
        buttons.addButton(self.yes_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(no, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addSpacing(tokens.S)
        layout.addWidget(buttons)
        self.reason.setFocus()
        self._check()

    def _countdown(self, due: datetime, now: datetime) -> QHBoxLayout:
        """How long the first of them can still be answered; an icon and words, warning as the list does."""
        left = (istanbul_date(due) - istanbul_date(now)).days
        if now > due:
            words, tone = self.tr("Bir yanıtın süresi doldu: {0}. Dolanlar yanıtlanamaz."), "error"
        elif left <= ERROR_DAYS:
            words, tone = self.tr("Son gün: ilk süre {0} tarihinde doluyor."), "error"
        else:
            words, tone = self.tr("İlk süre {1} gün sonra doluyor: {0}."), "warn" if left <= WARN_DAYS else "quiet"
        row = QHBoxLayout()
        row.setSpacing(tokens.S)
        row.addWidget(IconLabel("warn" if tone == "error" else "clock", cast(Tone, tone), self))
        self.countdown = QLabel(words.format(format_datetime(due), left), self)
        row.addWidget(self.countdown, 1)
        return row

    @property
    def text(self) -> str:
        """The reason on one line."""
        return " ".join(self.reason.toPlainText().split())

    @Slot(int)
    def _on_suggestion(self, place: int) -> None:
        if place > 0:
            self.reason.setPlainText(REASONS[place - 1])
            self.suggestions.setCurrentIndex(0)
            self.reason.setFocus()

    @Slot()
    def _check(self) -> None:
        length = len(self.text)
        is_missing = self._what is Answer.REJECT and not length
        self.yes_button.setEnabled(not is_missing and length <= MAX_REASON)
        if is_missing:
            self.hint.setText(self.tr("Nedeni yazmadan reddedilemez."))
        else:
            self.hint.setText(self.tr("{0} / {1} karakter").format(length, MAX_REASON))


def ask_answer(
    what: Answer,
    *,
    company: str,
    count: int,
    left_out: int,
    parent: QWidget,
    due: datetime | None = None,
    now: datetime | None = None,
) -> str | None:
    """The reason (empty for a silent acceptance), or None when the user gave up.

    `due` is when the first of them lapses; with `now` it is said how long that is.
    """
    dialog = AnswerDialog(what, company=company, count=count, left_out=left_out, due=due, now=now, parent=parent)
    try:
        return dialog.text if dialog.exec() == QDialog.DialogCode.Accepted else None
    finally:
        dialog.deleteLater()

"""The window's own messages, in place above the page: what failed, what a sync did, what is waited for when leaving."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app.domain.errors import AppError, BugError
from app.ui.frame.strip import JobsStrip
from app.ui.frame.sync import SyncSummary
from app.ui.frame.words import clock_time, thousands
from app.ui.theme import tokens
from app.ui.widgets import MessageBar

#: Firms or jobs that are named one by one.
_NAMED = 3


class Messages(QWidget):
    """One bar; the latest matter of concern stands in it until it is closed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.bar = MessageBar(parent=self)
        self.bar.acted.connect(self._on_bar_acted)
        self.bar.closed.connect(self.hide)
        self._details = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.M, tokens.S, tokens.M, 0)
        column.addWidget(self.bar)
        self.hide()

    def show_error(self, error: AppError) -> None:
        """A known failure says what to do; a bug of ours offers its details to be copied."""
        self._details = _details_of(error)
        self.bar.show_error(error, self.tr("Ayrıntıyı kopyala") if self._details else "")
        self.show()

    def show_leaving(self, jobs: Sequence[str] = ()) -> None:
        """`jobs` are the titles of what still runs."""
        self._details = ""
        said = self.tr("Kapanıyor: süren işlerin güvenli bir yerde durması bekleniyor.")
        named = "; ".join(jobs[:_NAMED]) + (
            self.tr("; {n} iş daha").format(n=len(jobs) - _NAMED) if jobs[_NAMED:] else ""
        )
        self.bar.show_message("wait", f"{said} {named}".strip())
        self.show()

    def dismiss(self) -> None:
        self.bar.setVisible(False)
        self.hide()

    def tell_sync(self, summary: SyncSummary, strip: JobsStrip, *, now: datetime) -> None:
        """Good news goes into the strip, trouble into the bar."""
        if summary.is_button or summary.sent or summary.received or summary.changed:
            strip.say(self._told(summary, now))
        if summary.is_offline:
            # Its line is in the strip; what waits goes out by itself.
            return
        if summary.errors:
            self._show_errors(summary)
        elif summary.needs_seal and summary.is_button:
            self._details = ""
            self.bar.show_message(
                "warn",
                self.tr("{n} yanıt mühür bekliyor. Mühür kartını takıp gelen kutusundan mühürleyin.").format(
                    n=summary.needs_seal
                ),
            )
            self.show()

    def _show_errors(self, summary: SyncSummary) -> None:
        self._details = "\n".join(f"{name}: {error.code} {error.sentence}" for name, error in summary.errors)
        first_name, first = summary.errors[0]
        text = f"{first_name}: {first.sentence}" if first_name else first.sentence
        if len(summary.errors) > 1:
            names = ", ".join(name for name, _ in summary.errors[1:_NAMED] if name)
            rest = len(summary.errors) - 1
            text += " " + self.tr("{n} firmada daha sorun çıktı ({names}…).").format(n=rest, names=names)
        self.bar.show_message("error", text, self.tr("Ayrıntıyı kopyala"))
        self.show()

    def _told(self, summary: SyncSummary, now: datetime) -> str:
        if summary.was_cancelled:
            return self.tr("Eşitleme durduruldu.")
        parts = (
            (summary.sent, self.tr("{n} belge gönderildi")),
            (summary.received, self.tr("{n} belge geldi")),
            (summary.changed, self.tr("{n} durum değişti")),
            (summary.unknown, self.tr("{n} gönderimin sonucu bilinmiyor")),
        )
        told = ", ".join(words.format(n=thousands(n)) for n, words in parts if n)
        if summary.is_offline:
            told = told or self.tr("entegratöre ulaşılamadı; bekleyenler kuyrukta")
        elif not told:
            told = self.tr("yeni bir şey yok")
        text = self.tr("Eşitlendi: {told}.").format(told=told)
        if summary.is_offline:
            text = f"{told[:1].upper()}{told[1:]}."
        elif summary.skipped_until is not None:
            at = clock_time(summary.skipped_until, now=now)
            text += " " + self.tr("Gelen kutusu {at} sonrasında yeniden sorulabilir.").format(at=at)
        return text

    @Slot()
    def _on_bar_acted(self) -> None:
        clipboard = QApplication.clipboard()
        clipboard.setText(self._details)
        self.bar.action.setText(self.tr("Kopyalandı"))


def _details_of(error: AppError) -> str:
    """What a support desk needs: code, sentence, the other side's words, the masked traceback of a bug."""
    from app.runtime.masking import mask

    parts = [f"{error.code}: {error.sentence}"]
    if error.raw_code or error.raw_text:
        parts.append(f"{error.raw_code or ''} {error.raw_text or ''}".strip())
    elif not isinstance(error, BugError):
        return ""
    if isinstance(error, BugError) and error.__cause__ is not None:
        import traceback

        parts.append("".join(traceback.format_exception(error.__cause__)))
    return mask("\n".join(parts))

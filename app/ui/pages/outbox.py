"""Giden Kutusu: one list from draft to archive, each with its next step."""

from __future__ import annotations

from typing import Final

from app.domain.lifecycle import Direction, State
from app.ui.lists import columns, verbs
from app.ui.lists.filters import ChipSpec
from app.ui.lists.list_page import ListPage

NEW_KEYS: Final = tuple(verb.key for verb in verbs.NEW)
CHIPS: Final = (
    ChipSpec(key="all", title="Tümü"),
    ChipSpec(key="draft", title="Taslak", states=(State.DRAFT, State.READY)),
    ChipSpec(key="unsent", title="Gönderilecek", states=(State.SEALED, State.QUEUED, State.SENDING)),
    ChipSpec(key="way", title="Sonuç bekliyor", states=(State.SENT, State.DELIVERED, State.UNKNOWN), only_open=True),
    ChipSpec(key="failed", title="Hata", states=(State.FAILED, State.REJECTED, State.UNKNOWN)),
    ChipSpec(key="review", title="İncele", only_review=True),
)
STATES: Final = (
    State.DRAFT,
    State.READY,
    State.SEALED,
    State.QUEUED,
    State.SENDING,
    State.UNKNOWN,
    State.SENT,
    State.DELIVERED,
    State.ACCEPTED,
    State.REJECTED,
    State.LAPSED,
    State.FAILED,
    State.CANCELLED,
)


class OutboxPage(ListPage):
    """The primary action follows the selection: seal and send, send again, queue."""

    key = "outbox"
    title = "Giden Kutusu"
    direction = Direction.OUT
    columns = columns.OUTBOX
    chips = CHIPS
    states = STATES
    verbs = verbs.OUTBOX
    primary = ("issue", "reissue", "settle", "queue", "invoice_of")
    quiet = ("edit", "pdf")
    new = NEW_KEYS
    empty_icon = "outbox"

    def empty_words(self) -> tuple[str, str, str]:
        if self.desk.company is None:
            return (
                self.tr("Hiçbir firmada giden belge yok"),
                self.tr("Kesilen faturalar taslaktan arşive kadar burada durur. Kesmek için üstten bir firma seçin."),
                "",
            )
        return (
            self.tr("Henüz fatura kesilmemiş"),
            self.tr("Kesilen faturalar taslaktan arşive kadar burada durur; her satır sıradaki adımı söyler."),
            self.tr("Yeni fatura"),
        )

    def start(self) -> None:
        self.desk.wanted.emit("editor", None)

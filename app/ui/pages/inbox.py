"""Gelen Kutusu: what came, what waits for an answer, and until when."""

from __future__ import annotations

from typing import Final

from app.domain.lifecycle import Direction, State
from app.ui.lists import columns, verbs
from app.ui.lists.filters import ChipSpec
from app.ui.lists.list_page import ListPage
from app.ui.lists.seal_flow import send_soon

CHIPS: Final = (
    ChipSpec(key="all", title="Tümü"),
    ChipSpec(key="new", title="Yeni", only_unread=True, hint="Son 60 günde gelip açılmamış belgeler"),
    ChipSpec(key="due", title="Yanıt bekliyor", states=(State.ANSWER_DUE,)),
    ChipSpec(key="review", title="Hatalı", only_review=True),
)
STATES: Final = (State.RECEIVED, State.ANSWER_DUE, State.ANSWERING, State.ANSWERED, State.LAPSED)


class InboxPage(ListPage):
    """Basic invoices are never answered: for them the action is a return invoice."""

    key = "inbox"
    title = "Gelen Kutusu"
    direction = Direction.IN
    columns = columns.INBOX
    chips = CHIPS
    states = STATES
    verbs = verbs.INBOX
    primary = ("accept", "send_answers", "settle", "answer_note", "return")
    quiet = ("reject", "pdf")
    empty_icon = "inbox"

    def empty_words(self) -> tuple[str, str, str]:
        if self.desk.company is None:
            return (
                self.tr("Hiçbir firmaya belge gelmemiş"),
                self.tr(
                    "Firmalara gelen faturalar burada bir arada durur. Almak için üstten bir firma seçip eşitleyin."
                ),
                "",
            )
        return (
            self.tr("Henüz gelen belge yok"),
            self.tr("Firmaya kesilen faturalar eşitleyince buraya gelir."),
            self.tr("Şimdi eşitle"),
        )

    def start(self) -> None:
        if self.desk.company is not None:
            send_soon(self.desk, self.desk.company, owner=self.desk)

"""The actions of a document list: each with words, icon, shortcut and a rule when it may be pressed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from app.ui.lists.selection import Selection
from app.ui.theme.icons import bind_icon

if TYPE_CHECKING:
    from app.ui.lists.doing import Doing


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """`count` tells how many of a selection it would touch; 0 hides it from menus. None: it needs no selection.

    `slot` is the name of the method of Doing.
    """

    key: str
    text: str
    icon: str
    slot: str
    shortcut: str = ""
    count: Callable[[Selection], int] | None = None
    counted_text: bool = False


def _any(selection: Selection) -> int:
    return len(selection.ids)


def _single(test: Callable[[Selection], int]) -> Callable[[Selection], int]:
    return lambda selection: test(selection) if len(selection.ids) == 1 else 0


ACCEPT: Final = Verb(
    key="accept",
    text="Kabul",
    icon="check-circle",
    slot="accept",
    shortcut="Ctrl+Shift+K",
    count=lambda s: s.answerable,
    counted_text=True,
)
REJECT: Final = Verb(
    key="reject",
    text="Red…",
    icon="rejected",
    slot="reject",
    shortcut="Ctrl+Shift+R",
    count=lambda s: s.answerable,
)
SEND_ANSWERS: Final = Verb(
    key="send_answers",
    text="Bekleyen yanıtı gönder",
    icon="send",
    slot="send_answers",
    shortcut="Ctrl+Shift+Y",
    count=lambda s: s.answering,
    counted_text=True,
)
SETTLE: Final = Verb(
    key="settle",
    text="Ne yapmalı…",
    icon="question",
    slot="settle",
    shortcut="Ctrl+Shift+W",
    count=lambda s: s.unsettled,
)
WORK: Final = Verb(key="work", text="İş listesi…", icon="warn", slot="work_list", shortcut="Ctrl+Shift+L")
RETURN: Final = Verb(
    key="return",
    text="İade faturası hazırla",
    icon="reply",
    slot="make_return",
    shortcut="Ctrl+Shift+I",
    count=_single(lambda s: s.returnable),
)
ISSUE: Final = Verb(
    key="issue",
    text="Mühürle ve gönder",
    icon="seal",
    slot="issue",
    shortcut="Ctrl+Return",
    count=lambda s: s.sealable,
    counted_text=True,
)
QUEUE: Final = Verb(
    key="queue",
    text="Kuyruğa al",
    icon="queue",
    slot="queue",
    shortcut="Ctrl+Shift+Q",
    count=lambda s: s.queueable,
    counted_text=True,
)
REISSUE: Final = Verb(
    key="reissue",
    text="Yeniden gönder",
    icon="send",
    slot="reissue",
    shortcut="Ctrl+Shift+G",
    count=lambda s: s.failed,
    counted_text=True,
)
EDIT: Final = Verb(
    key="edit",
    text="Düzenle",
    icon="draft",
    slot="edit",
    shortcut="F2",
    count=_single(lambda s: s.discardable + s.failed),
)
COPY_OF: Final = Verb(
    key="copy_of",
    text="Kopyasından yeni fatura",
    icon="copy",
    slot="copy_of",
    shortcut="Ctrl+Shift+N",
    count=_single(lambda s: s.copyable),
)
DISCARD: Final = Verb(
    key="discard",
    text="Taslağı sil",
    icon="trash",
    slot="discard",
    shortcut="Del",
    count=lambda s: s.discardable,
    counted_text=True,
)
RESTORE: Final = Verb(
    key="restore",
    text="Silinen taslağı geri al",
    icon="undo",
    slot="restore",
    shortcut="Ctrl+Shift+Z",
    count=lambda s: s.restorable,
)
REVIEWED: Final = Verb(
    key="reviewed",
    text="İnceleme tamam",
    icon="check",
    slot="finish_review",
    shortcut="Ctrl+Shift+T",
    count=lambda s: s.in_review,
    counted_text=True,
)
READ: Final = Verb(
    key="read",
    text="Okundu işaretle",
    icon="eye",
    slot="mark_read",
    shortcut="Ctrl+M",
    count=lambda s: s.unread,
)
UNREAD: Final = Verb(
    key="unread",
    text="Okunmadı işaretle",
    icon="inbox",
    slot="mark_unread",
    shortcut="Ctrl+Shift+M",
    count=lambda s: s.total - s.unread,
)
PDF: Final = Verb(
    key="pdf",
    text="PDF olarak dışa aktar…",
    icon="pdf",
    slot="export_pdf",
    shortcut="Ctrl+Shift+P",
    count=_any,
)
XML: Final = Verb(
    key="xml",
    text="XML olarak dışa aktar…",
    icon="export",
    slot="export_xml",
    shortcut="Ctrl+Shift+X",
    count=_any,
)
COPY: Final = Verb(
    key="copy", text="Tablo olarak kopyala", icon="copy", slot="copy_table", shortcut="Ctrl+C", count=_any
)
SELECT_ALL: Final = Verb(key="all", text="Tümünü seç", icon="check", slot="select_all", shortcut="Ctrl+A")
SAVE_LIST: Final = Verb(
    key="save_list", text="Listeyi Excel/CSV olarak kaydet…", icon="save", slot="save_list", shortcut="Ctrl+E"
)
CHECK: Final = Verb(key="check", text="Belge denetle…", icon="search", slot="choose_and_check", shortcut="Ctrl+Shift+D")

NEW_INVOICE: Final = Verb(key="new_invoice", text="e-Fatura", icon="plus", slot="new_invoice")
NEW_DESPATCH: Final = Verb(key="new_despatch", text="e-İrsaliye", icon="plus", slot="new_despatch", shortcut="Shift+F2")
NEW_CREDIT_NOTE: Final = Verb(
    key="new_credit_note", text="e-Müstahsil makbuzu", icon="plus", slot="new_credit_note", shortcut="Shift+F3"
)
NEW_SMM: Final = Verb(key="new_smm", text="e-Serbest meslek makbuzu", icon="plus", slot="new_smm", shortcut="Shift+F4")
ANSWER_FILE: Final = Verb(
    key="answer_file", text="Dosyadaki irsaliyeye yanıt…", icon="reply", slot="answer_file", shortcut="Shift+F6"
)
BULK: Final = Verb(
    key="bulk_drafts", text="Excel/CSV'den toplu taslak…", icon="import", slot="bulk_drafts", shortcut="Shift+F7"
)
INVOICE_OF: Final = Verb(
    key="invoice_of",
    text="İrsaliyeden fatura hazırla",
    icon="draft",
    slot="invoice_of",
    shortcut="Ctrl+Shift+E",
    count=lambda s: s.invoiceable if s.invoiceable == len(s.ids) else 0,
    counted_text=True,
)
ANSWER_NOTE: Final = Verb(
    key="answer_note",
    text="İrsaliyeye yanıt hazırla",
    icon="reply",
    slot="answer_note",
    shortcut="Ctrl+Shift+A",
    count=_single(lambda s: s.despatches),
)

EVERYWHERE: Final = (PDF, XML, COPY, SELECT_ALL, SAVE_LIST, WORK, CHECK)
INBOX: Final = (ACCEPT, REJECT, SEND_ANSWERS, RETURN, ANSWER_NOTE, READ, UNREAD, SETTLE, REVIEWED, *EVERYWHERE)
NEW: Final = (NEW_INVOICE, NEW_DESPATCH, NEW_CREDIT_NOTE, NEW_SMM, ANSWER_FILE, BULK)
OUTBOX: Final = (
    ISSUE,
    QUEUE,
    REISSUE,
    EDIT,
    INVOICE_OF,
    COPY_OF,
    DISCARD,
    RESTORE,
    SETTLE,
    REVIEWED,
    *NEW,
    *EVERYWHERE,
)


class VerbActions(QObject):
    """The QActions of one page: on the page itself, so that their keys work wherever its focus is.

    Between a change of the selection (`hold`) and the moment when it is known what it holds (`take`) nothing is done
    with it: what is pressed meanwhile is done to what was selected when it was pressed, never to what was before.
    """

    def __init__(self, page: QWidget, doing: Doing, verbs: tuple[Verb, ...]) -> None:
        super().__init__(page)
        self.verbs = verbs
        self.actions: dict[str, QAction] = {}
        self._doing = doing
        self._is_held = False
        self._pressed = ""
        group = QActionGroup(self)
        group.setExclusionPolicy(QActionGroup.ExclusionPolicy.None_)
        group.triggered.connect(self._on_triggered)
        for verb in verbs:
            action = QAction(verb.text, self)
            bind_icon(action, verb.icon)
            action.setData(verb.key)
            if verb.shortcut:
                action.setShortcut(QKeySequence(verb.shortcut))
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            group.addAction(action)
            page.addAction(action)
            self.actions[verb.key] = action
        self.take(Selection())

    def hold(self) -> None:
        """The selection has changed and is not known yet."""
        self._is_held = True
        self._pressed = ""

    def take(self, selection: Selection) -> None:
        """Enable what the selection allows; say how many it would touch where that matters."""
        for verb in self.verbs:
            action = self.actions[verb.key]
            if verb.count is None:
                continue
            count = verb.count(selection)
            action.setEnabled(count > 0)
            action.setText(f"{verb.text} ({count:,})".replace(",", ".") if verb.counted_text and count else verb.text)
        self._is_held = False
        pressed, self._pressed = self._pressed, ""
        if pressed:
            self.actions[pressed].trigger()

    def possible(self) -> list[Verb]:
        """What can be done with the selection, in the order of the menu."""
        return [verb for verb in self.verbs if verb.count is not None and self.actions[verb.key].isEnabled()]

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        verb = next(v for v in self.verbs if v.key == action.data())
        if self._is_held and verb.count is not None:
            self._pressed = verb.key
            return
        getattr(self._doing, verb.slot)()

"""What the columns of a document list are called and what stands in them. Formatting is done once per row, off the
GUI thread; nothing here touches a widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

from app.domain.dates import ISTANBUL, istanbul_date
from app.domain.invoice import TICARIFATURA
from app.domain.lifecycle import Direction, DocumentKind, State
from app.domain.turkish import format_amount, format_date, format_datetime
from app.storage.records import DocumentRecord, OutboxRecord
from app.ui.theme.tokens import Tone
from app.ui.widgets.state import Look, look_of

Kind = Literal["text", "number", "date", "state", "due"]
Value = str | Decimal | date | int | None

#: Days left from which an answer is a warning, then an error (UI.md, Gelen Kutusu).
WARN_DAYS: Final = 3
ERROR_DAYS: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a row needs beyond its record; read once per block of rows."""

    now: datetime
    companies: Mapping[int, str] = field(default_factory=dict)
    #: When the status of a company's documents may be asked next.
    next_status: Mapping[int, datetime] = field(default_factory=dict)
    #: The open intent to send, by document.
    sends: Mapping[int, OutboxRecord] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One row ready to be painted: `texts` and `values` follow the list's columns."""

    record: DocumentRecord
    texts: tuple[str, ...]
    values: tuple[Value, ...]
    look: Look
    step: str
    due_tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`sort` is the name in `storage.search.SORTABLE`, empty where SQL cannot sort. `width` is in characters.

    `value` is what Excel gets; `text` what is shown, copied and written into CSV.
    """

    key: str
    title: str
    value: Callable[[DocumentRecord, Facts], Value]
    text: Callable[[DocumentRecord, Facts], str] | None = None
    kind: Kind = "text"
    sort: str = ""
    width: int = 12
    is_shown: bool = True
    #: Shown only where the lists of all companies stand together.
    across_only: bool = False
    #: Where there is no room for all, those with the highest go first; 0 stays whatever happens.
    gives_way: int = 0

    def shown(self, record: DocumentRecord, facts: Facts) -> str:
        return self.text(record, facts) if self.text is not None else plain(self.value(record, facts))


def plain(value: Value) -> str:
    """A value in its Turkish form."""
    match value:
        case None:
            return ""
        case Decimal():
            return format_amount(value)
        case date():
            return format_date(value)
        case _:
            return str(value)


def view_of(record: DocumentRecord, facts: Facts, columns: Sequence[Column]) -> RowView:
    """Format one row. Any thread."""
    return RowView(
        record=record,
        texts=tuple(column.shown(record, facts) for column in columns),
        values=tuple(column.value(record, facts) for column in columns),
        look=look_of(record.state, review=bool(record.review_code)),
        step=next_step(record, facts),
        due_tone=due_tone(record, facts.now),
    )


def days_left(record: DocumentRecord, now: datetime) -> int | None:
    """Istanbul days until the answer is due; None when no answer is waited for, -1 when it is too late."""
    if record.state is not State.ANSWER_DUE or record.answer_due_at is None:
        return None
    if now > record.answer_due_at:
        return -1
    return (istanbul_date(record.answer_due_at) - istanbul_date(now)).days


def due_text(record: DocumentRecord, now: datetime) -> str:
    """`5 gün`, `bugün`, `süre doldu`; empty where nothing is to be answered."""
    if record.state is State.LAPSED and record.direction is Direction.IN:
        return "süre doldu"
    left = days_left(record, now)
    if left is None:
        return ""
    if left < 0:
        return "süre doldu"
    return "bugün" if left == 0 else f"{left} gün"


def due_tone(record: DocumentRecord, now: datetime) -> Tone:
    left = days_left(record, now)
    if left is None:
        return "quiet"
    if left <= ERROR_DAYS:
        return "error"
    return "warn" if left <= WARN_DAYS else "text"


def next_step(record: DocumentRecord, facts: Facts) -> str:
    """What happens next, or what to do: one short sentence for the state's cell."""
    if record.review_code:
        return record.review_todo or record.review_reason
    if record.direction is Direction.IN:
        return _incoming_step(record)
    return _outgoing_step(record, facts)


def _incoming_step(record: DocumentRecord) -> str:
    match record.state:
        case State.ANSWER_DUE if record.kind is DocumentKind.DESPATCH:
            return "Geleni yazıp irsaliyeye yanıt hazırlayın"
        case State.ANSWERING:
            return f"{_answer_word(record)} iletiliyor"
        case State.ANSWERED:
            return f"{_answer_word(record)} verildi"
        case State.LAPSED:
            return "Kabul edilmiş sayılır"
        case _ if record.duplicate_of is not None:
            return "Mükerrer: bu numarayla başka belge var"
        case _:
            return ""


def _outgoing_step(record: DocumentRecord, facts: Facts) -> str:
    match record.state:
        case State.DRAFT:
            return "Tamamlayıp mühürleyin"
        case State.READY:
            return "Mühürlenip gönderilebilir"
        case State.SEALED:
            return "Kuyruğa alınabilir"
        case State.QUEUED:
            return _queued_step(record, facts)
        case State.SENDING:
            return "Entegratöre iletiliyor"
        case State.UNKNOWN:
            return f"Entegratöre sorulacak{_at(_send_time(record, facts), facts.now)}; yeniden göndermeyin"
        case State.SENT:
            return f"GİB yanıtı bekleniyor{_asked(record, facts)}"
        case State.DELIVERED if record.profile == TICARIFATURA and not record.is_final:
            return f"Alıcının yanıtı bekleniyor{_asked(record, facts)}"
        case State.FAILED:
            return "Düzeltip yeniden gönderin"
        case State.REJECTED:
            return "Alıcı reddetti; gerekirse yeni fatura düzenleyin"
        case State.CANCELLED if not record.number:
            return "Silinen taslak; geri alınabilir"
        case _:
            return ""


def _queued_step(record: DocumentRecord, facts: Facts) -> str:
    row = facts.sends.get(record.id)
    if row is not None and row.tries and row.next_at > facts.now:
        return f"{row.tries}. deneme olmadı{_at(row.next_at, facts.now)} yeniden denenecek"
    return "İlk eşitlemede gönderilecek"


def _send_time(record: DocumentRecord, facts: Facts) -> datetime | None:
    row = facts.sends.get(record.id)
    return row.next_at if row is not None else None


def _asked(record: DocumentRecord, facts: Facts) -> str:
    moment = facts.next_status.get(record.company_id)
    if moment is None or moment <= facts.now:
        return ", ilk eşitlemede sorulacak"
    return f"{_at(moment, facts.now)} sorulacak"


def _at(moment: datetime | None, now: datetime) -> str:
    """`, 13:40'ta`; with the day when it is not today; empty when it is now."""
    if moment is None or moment <= now:
        return ""
    local = moment.astimezone(ISTANBUL)
    clock = f"{local:%H:%M}'{_locative(local.minute or local.hour, is_hour=local.minute == 0)}"
    if local.date() == istanbul_date(now):
        return f", {clock}"
    if local.date() == istanbul_date(now) + timedelta(days=1):
        return f", yarın {clock}"
    return f", {local.day:02d}.{local.month:02d} {clock}"


_ONES: Final = ("da", "de", "de", "te", "te", "te", "da", "de", "de", "da")
_TENS: Final = ("da", "da", "de", "da", "ta", "de")


def _locative(number: int, *, is_hour: bool) -> str:
    """The ending of "at" after a spoken number: 40 → ta (kırkta), 35 → te (beşte), 00 hours → da (sıfırda)."""
    if is_hour and number == 0:
        return "da"
    return _ONES[number % 10] if number % 10 else _TENS[number // 10]


def _answer_word(record: DocumentRecord) -> str:
    return {"KABUL": "Kabul", "RED": "Red"}.get(record.answer, "Yanıt")


_PROFILES: Final = {
    "TEMELFATURA": "Temel",
    "TICARIFATURA": "Ticari",
    "EARSIVFATURA": "e-Arşiv",
    "IHRACAT": "İhracat",
    "YOLCUBERABERFATURA": "Yolcu",
    "KAMU": "Kamu",
}
_TYPES: Final = {
    "SATIS": "Satış",
    "IADE": "İade",
    "TEVKIFAT": "Tevkifat",
    "ISTISNA": "İstisna",
    "OZELMATRAH": "Özel matrah",
    "IHRACKAYITLI": "İhraç kayıtlı",
}
_SEALS: Final = {"own": "Firmanın mührü", "test": "TEST mührü", "integrator": "Entegratör", "": ""}


def type_text(record: DocumentRecord) -> str:
    """`Ticari · Satış`; codes we do not know stand as they are."""
    parts = [_PROFILES.get(record.profile, record.profile), _TYPES.get(record.type_code, record.type_code)]
    return " · ".join(part for part in parts if part)


def _state_text(record: DocumentRecord, facts: Facts) -> str:
    look = look_of(record.state, review=bool(record.review_code))
    step = next_step(record, facts)
    return f"{look.title}: {step}" if step else look.title


def _amount_text(record: DocumentRecord) -> str:
    """`1.234,56`; with its currency in front when that is not lira, so that the figures still stand in line."""
    amount = plain(record.payable)
    return f"{record.currency} {amount}" if amount and record.currency not in ("TRY", "") else amount


def _moment_text(moment: datetime | None) -> str:
    return format_datetime(moment) if moment is not None else ""


def _day(moment: datetime | None) -> date | None:
    return istanbul_date(moment) if moment is not None else None


_STATE = Column(key="state", title="Durum", kind="state", sort="state", width=26, value=_state_text)
_DATE = Column(
    key="issue_date",
    title="Tarih",
    kind="date",
    sort="issue_date",
    width=10,
    gives_way=1,
    value=lambda r, f: r.issue_date,
)
_COMPANY = Column(
    key="company",
    title="Firma",
    width=17,
    across_only=True,
    value=lambda r, f: f.companies.get(r.company_id, ""),
)
_NUMBER = Column(key="number", title="Belge no", sort="number", width=17, gives_way=2, value=lambda r, f: r.number)
_TYPE = Column(
    key="profile", title="Senaryo · Tür", sort="profile", width=13, gives_way=3, value=lambda r, f: type_text(r)
)
_PAYABLE = Column(
    key="payable",
    title="Tutar",
    kind="number",
    sort="payable",
    width=12,
    value=lambda r, f: r.payable,
    text=lambda r, f: _amount_text(r),
)
#: Hidden at first: a foreign amount says its currency itself. Copies and exports always carry it.
_CURRENCY = Column(
    key="currency", title="Döviz", sort="currency", width=6, is_shown=False, value=lambda r, f: r.currency
)
_VAT = Column(key="vat", title="KDV", kind="number", sort="vat", width=12, gives_way=4, value=lambda r, f: r.vat)
_VKN = Column(
    key="partner_vkn", title="VKN/TCKN", sort="partner_vkn", width=12, is_shown=False, value=lambda r, f: r.partner_vkn
)
_ETTN = Column(key="ettn", title="ETTN", width=36, is_shown=False, value=lambda r, f: r.ettn)

INBOX: Final[tuple[Column, ...]] = (
    _STATE,
    _DATE,
    _COMPANY,
    Column(key="partner_name", title="Gönderen", sort="partner_name", width=30, value=lambda r, f: r.partner_name),
    _NUMBER,
    _TYPE,
    _PAYABLE,
    _CURRENCY,
    _VAT,
    Column(
        key="answer_due_at",
        title="Yanıt için",
        kind="due",
        sort="answer_due_at",
        width=10,
        value=lambda r, f: due_text(r, f.now),
    ),
    Column(
        key="arrived_at",
        title="Geliş",
        kind="date",
        sort="arrived_at",
        width=16,
        is_shown=False,
        value=lambda r, f: _day(r.arrived_at),
        text=lambda r, f: _moment_text(r.arrived_at),
    ),
    _VKN,
    _ETTN,
)
OUTBOX: Final[tuple[Column, ...]] = (
    Column(key="state", title="Durum", kind="state", sort="state", width=44, value=_state_text),
    _DATE,
    _COMPANY,
    Column(key="partner_name", title="Alıcı", sort="partner_name", width=30, value=lambda r, f: r.partner_name),
    _NUMBER,
    _TYPE,
    _PAYABLE,
    _CURRENCY,
    _VAT,
    Column(
        key="updated_at",
        title="Son işlem",
        kind="date",
        sort="updated_at",
        width=16,
        is_shown=False,
        value=lambda r, f: _day(r.updated_at),
        text=lambda r, f: _moment_text(r.updated_at),
    ),
    Column(
        key="sealed_by",
        title="Mühür",
        width=14,
        is_shown=False,
        value=lambda r, f: _SEALS.get(r.sealed_by, r.sealed_by),
    ),
    _VKN,
    _ETTN,
)

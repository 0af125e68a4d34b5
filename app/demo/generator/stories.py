"""How a document's life goes: its states with their times and the integrator's words, by its age and by chance."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from app.domain.lifecycle import State

#: Commercial invoices younger than this may still be answered.
ANSWERABLE: Final = timedelta(days=8)
#: An invoice goes out within seven days; one that still waits is younger than this.
_SENDABLE: Final = timedelta(days=6)
#: How long ago those were sent whose result is not known yet: the integrator knows it half an hour later.
_JUST_SENT: Final = timedelta(minutes=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One state, so long after the document was issued, with the words that came with it."""

    state: State
    after: timedelta
    raw_code: str = ""
    raw_text: str = ""
    gib_code: int | None = None
    is_final: bool | None = None
    note: str = ""


_SEALED = Step(state=State.SEALED, after=timedelta(minutes=4))
_QUEUED = Step(state=State.QUEUED, after=timedelta(minutes=5), note="Gönderim kuyruğuna alındı.")
_SENDING = Step(state=State.SENDING, after=timedelta(minutes=6))
_SENT = Step(state=State.SENT, after=timedelta(minutes=7), raw_code="101", raw_text="LOAD - SUCCEED (KUYRUĞA EKLENDİ)")
_CANCELLED = Step(state=State.CANCELLED, after=timedelta(minutes=30), is_final=True, note="Gönderilmeden iptal edildi.")
_UNKNOWN = Step(
    state=State.UNKNOWN, after=timedelta(minutes=8), note="Yanıt gelmeden bağlantı koptu; durumu sorulacak."
)
_DELIVERED = Step(
    state=State.DELIVERED,
    after=timedelta(hours=3),
    raw_code="137",
    raw_text="SEND - SUCCEED (GÖNDERİLDİ)",
    gib_code=1300,
    is_final=True,
    note="GİB 1300 BAŞARIYLA TAMAMLANDI",
)
_WAITS = Step(
    state=State.DELIVERED,
    after=timedelta(hours=3),
    raw_code="111",
    raw_text="SEND - WAIT_APPLICATION_RESPONSE (ALICIDAN ONAY BEKLİYOR)",
    gib_code=1300,
    note="GİB 1300 BAŞARIYLA TAMAMLANDI",
)
_ACCEPTED = Step(
    state=State.ACCEPTED,
    after=timedelta(hours=30),
    raw_code="112",
    raw_text="ACCEPTED - SUCCEED (KABUL EDİLDİ)",
    gib_code=1300,
    is_final=True,
)
_REJECTED = Step(
    state=State.REJECTED,
    after=timedelta(hours=52),
    raw_code="120",
    raw_text="REJECTED - SUCCEED (RET EDİLDİ)",
    gib_code=1300,
    is_final=True,
    note="Yanıt RED Fiyat siparişle uyuşmuyor",
)
_LAPSED = Step(state=State.LAPSED, after=timedelta(days=8, hours=4), is_final=True, note="Yanıt süresi doldu.")
#: (GİB code, its words), the first ones more often.
FAILURES: Final = (
    (1150, "SCHEMATRON KONTROL SONUCU HATALI"),
    (1215, "DOKÜMAN GÖNDERİMİ BAŞARISIZ. TEKRAR GÖNDERME SONLANDI"),
    (1163, "ZARF SİSTEMDE DAHA ÖNCE KAYITLI OLAN BİR FATURAYI İÇERİYOR"),
    (1177, "GEÇERSİZ İMZA"),
    (1172, "POSTA KUTUSU YETKİSİ YOK"),
    (1230, "HEDEFTEN SİSTEM YANITI BAŞARISIZ GELDİ"),
    (1195, "SİSTEM HATASI"),
)


def _sent_late(age: timedelta) -> list[Step]:
    """Queued without a connection, gone out a few minutes ago."""
    sent = age - _JUST_SENT
    return [_SEALED, _QUEUED, replace(_SENDING, after=sent - timedelta(minutes=1)), replace(_SENT, after=sent)]


def _failed(chance: random.Random) -> Step:
    code, words = chance.choice(FAILURES)
    return Step(
        state=State.FAILED,
        after=timedelta(hours=2),
        raw_code="136",
        raw_text="SEND - FAILED (GÖNDERME İŞLEMİ BAŞARISIZ)",
        gib_code=code,
        is_final=True,
        note=f"GİB {code} {words}",
    )


def outgoing(chance: random.Random, *, age: timedelta, commercial: bool) -> list[Step]:
    """The steps of an outgoing document after its draft; none for one that is still a draft."""
    gone = [_SEALED, _QUEUED, _SENDING, _SENT]
    if age > ANSWERABLE + timedelta(hours=5):
        end = chance.random()
        if end < 0.025:
            return [_SEALED, _CANCELLED]
        if end < 0.05:
            return [*gone, _failed(chance)]
        if not commercial:
            return [*gone, _DELIVERED]
        answer = chance.choices((_ACCEPTED, _REJECTED, _LAPSED), (70, 8, 22))[0]
        return [*gone, _WAITS, answer]
    kind = chance.choices(
        ("draft", "ready", "sealed", "queued", "sent", "delivered", "unknown", "failed", "answered"),
        (20, 4, 6, 8, 8, 32, 4, 8, 10),
    )[0]
    if kind == "draft":
        return []
    if kind == "ready":
        return [Step(state=State.READY, after=timedelta(minutes=3))]
    if age < _SENDABLE and kind == "sealed":
        return [_SEALED]
    if age < _SENDABLE and kind == "queued":
        return [_SEALED, _QUEUED]
    if kind == "unknown":
        return [_SEALED, _QUEUED, _SENDING, _UNKNOWN]
    if kind == "sent" or age < timedelta(hours=4):
        return gone if age < _JUST_SENT else _sent_late(age)
    if kind == "failed":
        return [*gone, _failed(chance)]
    if not commercial:
        return [*gone, _DELIVERED]
    if kind == "answered" and age > timedelta(days=3):
        return [*gone, _WAITS, chance.choice((_ACCEPTED, _ACCEPTED, _REJECTED))]
    return [*gone, _WAITS]


def incoming(chance: random.Random, *, age: timedelta) -> list[Step]:
    """What became of a received commercial invoice after its arrival; none when it still waits."""
    answered = chance.random()
    if age > ANSWERABLE:
        if answered < 0.25:
            return [Step(state=State.LAPSED, after=ANSWERABLE, is_final=True, note="Yanıt süresi doldu.")]
        return _answer(chance, rejects=0.12)
    if age < timedelta(days=1) or answered < 0.75:
        return []
    return _answer(chance, rejects=0.2)


def _answer(chance: random.Random, *, rejects: float) -> list[Step]:
    is_no = chance.random() < rejects
    code, words = ("120", "REJECTED - SUCCEED (RET EDİLDİ)") if is_no else ("122", "ACCEPTED - SUCCEED (KABUL EDİLDİ)")
    after = timedelta(hours=chance.randrange(4, 20))
    return [
        Step(state=State.ANSWERING, after=after, note="RED" if is_no else "KABUL"),
        Step(
            state=State.ANSWERED,
            after=after + timedelta(hours=2),
            raw_code=code,
            raw_text=words,
            gib_code=1300,
            is_final=True,
        ),
    ]

"""Series and numbers: no gap, no double (decision 3 of the house).

A number is only looked at (`peek_next`) while the seal is made; `store_sealed` gives it in the same short transaction
as the bytes, if it is still the next one.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from app.domain.document_number import DocumentNumber, SeriesPurpose, parse_series
from app.domain.errors import RuleBroken
from app.domain.lifecycle import Direction, State, ensure_transition
from app.domain.turkish import format_date
from app.storage.database import OpenSession
from app.storage.document_files import insert_attempt
from app.storage.document_rows import (
    DOCUMENT,
    add_history,
    fetch,
    index_values,
    number_values,
    update_document,
    write_search,
    write_search_number,
)
from app.storage.models import AttemptRow, CounterRow, SeriesRow, table
from app.storage.records import DocumentIndex, DocumentRecord

_SERIES = table(SeriesRow)
_COUNTER = table(CounterRow)
_ATTEMPT = table(AttemptRow)
_NEXT = select(_COUNTER.c.next_sequence, _COUNTER.c.last_date).where(
    _COUNTER.c.company_id == bindparam("company_id"),
    _COUNTER.c.series == bindparam("series"),
    _COUNTER.c.year == bindparam("year"),
)
_COUNTER_INSERT = upsert(_COUNTER)
_UPSERT_COUNTER = _COUNTER_INSERT.on_conflict_do_update(
    index_elements=["company_id", "series", "year"],
    set_={name: _COUNTER_INSERT.excluded[name] for name in ("next_sequence", "last_date")},
)


def set_series(
    s: OpenSession,
    company_id: int,
    purpose: SeriesPurpose,
    series: str,
    *,
    next_sequence: int | None = None,
    year: int,
) -> None:
    """Make `series` the company's series for `purpose` and say where its numbers go on in `year`.

    `next_sequence` None leaves a known counter as it is and starts a new one at 1; a higher one is for an office that
    comes from another program in the middle of a year.
    Raises: RuleBroken (SERIES.TAKEN when it serves another purpose, SERIES.STARTED when numbers were given already).
    """
    parse_series(series)
    known = s.execute(
        select(_SERIES.c.purpose).where(_SERIES.c.company_id == company_id, _SERIES.c.series == series)
    ).scalar()
    if known is not None and known != purpose.value:
        raise _taken(series)
    s.execute(
        update(_SERIES)
        .where(_SERIES.c.company_id == company_id, _SERIES.c.purpose == purpose.value, _SERIES.c.series != series)
        .values(is_current=False)
    )
    s.execute(
        upsert(SeriesRow)
        .values(company_id=company_id, purpose=purpose.value, series=series, is_current=True)
        .on_conflict_do_update(index_elements=["company_id", "series"], set_={"is_current": True})
    )
    counter = _counter(s, company_id, series, year)
    if counter is None:
        _write_counter(s, company_id, series, year, next_sequence or 1, None)
    elif next_sequence is not None and next_sequence != counter[0]:
        if counter[1] is not None:
            raise RuleBroken(
                "SERIES.STARTED",
                f"{series} serisinde {year} yılı için numara verilmiş; sıra değiştirilemez.",
                why=f"Sıradaki numara {DocumentNumber(series, year, counter[0])}.",
                todo="Sırayı olduğu gibi bırakın ya da yeni bir seri açın.",
            )
        _write_counter(s, company_id, series, year, next_sequence, None)


def claim_series(s: OpenSession, company_id: int, purpose: SeriesPurpose, series: str) -> None:
    """Make sure that `series` serves `purpose`; one that serves none yet is bound to it, without becoming current.

    Raises: RuleBroken (SERIES.TAKEN when it serves another purpose).
    """
    known = s.execute(
        select(_SERIES.c.purpose).where(_SERIES.c.company_id == company_id, _SERIES.c.series == series)
    ).scalar()
    if known is None:
        s.execute(
            upsert(SeriesRow)
            .values(company_id=company_id, purpose=purpose.value, series=series, is_current=False)
            .on_conflict_do_nothing()
        )
    elif known != purpose.value:
        raise _taken(series)


def series_for(s: OpenSession, company_id: int, purpose: SeriesPurpose) -> str | None:
    """The company's current series for `purpose`, or None."""
    found: str | None = s.execute(
        select(_SERIES.c.series).where(
            _SERIES.c.company_id == company_id,
            _SERIES.c.purpose == purpose.value,
            _SERIES.c.is_current == True,  # noqa: E712 - SQL, not Python
        )
    ).scalar()
    return found


def peek_next(s: OpenSession, company_id: int, series: str, year: int) -> tuple[DocumentNumber, date | None]:
    """The next number, and the issue date of the last numbered document of that series and year (None: no one)."""
    counter = _counter(s, company_id, series, year)
    if counter is None:
        return DocumentNumber(series, year, 1), None
    return DocumentNumber(series, year, counter[0]), counter[1]


def raise_counter(s: OpenSession, company_id: int, highest: DocumentNumber, *, last_date: date) -> bool:
    """Let a series and year go on after `highest`, a number that was given elsewhere; returns whether it moved.

    Never lowers. `last_date` is the latest issue date seen in that series and year.
    """
    following, known = peek_next(s, company_id, highest.series, highest.year)
    if following.sequence > highest.sequence:
        return False
    last = last_date if known is None else max(known, last_date)
    _write_counter(s, company_id, highest.series, highest.year, highest.sequence + 1, last)
    return True


def store_sealed(
    s: OpenSession,
    document_id: int,
    *,
    number: DocumentNumber,
    xml: bytes,
    ettn: str,
    issue_date: date,
    sealed_by: str,
    at: datetime,
    sender_label: str | None = None,
    receiver_label: str | None = None,
    index: DocumentIndex | None = None,
    note: str = "",
) -> bool:
    """Give the number, keep the sealed bytes as attempt 1 and move the draft to SEALED, all or nothing.

    Returns False, with nothing written, when the number is not the next any more: seal again with the new one.
    `index` replaces the derived fields by those of the sealed bytes. `sealed_by` is own, test or integrator.
    Raises: RuleBroken (DOC.ALREADY_SEALED, NUMBER.DATE_BACK, NUMBER.YEAR, STATE.FORBIDDEN).
    """
    record = fetch(s, document_id)
    if record.number or record.state not in (State.DRAFT, State.READY):
        raise RuleBroken(
            "DOC.ALREADY_SEALED",
            f"{record.number or record.ettn} zaten mühürlenmiş.",
            why="Belgeyi başka bir pencere veya komut mühürledi.",
            todo="Listeyi yenileyin.",
        )
    ensure_transition(record.direction, record.state, State.SEALED)
    if number.year != issue_date.year:
        raise RuleBroken(
            "NUMBER.YEAR",
            f"{number} numarasının yılı fatura tarihiyle ({format_date(issue_date)}) uyuşmuyor.",
            todo="Numaranın yılı fatura tarihinin yılı olmalı.",
        )
    next_number, last_date = peek_next(s, record.company_id, number.series, number.year)
    if number != next_number:
        return False
    if last_date is not None and issue_date < last_date:
        raise RuleBroken(
            "NUMBER.DATE_BACK",
            f"{number.series} serisinde {format_date(last_date)} tarihli belge var; daha eski tarihli belge kesilemez.",
            why="Bir seride numara büyürken tarih geriye gidemez.",
            todo=f"Fatura tarihini {format_date(last_date)} veya sonrası yapın ya da başka seri kullanın.",
        )
    _write_counter(s, record.company_id, number.series, number.year, number.sequence + 1, issue_date)
    values = index_values(index) if index is not None else {}
    if sender_label is not None:
        values["sender_label"] = sender_label
    if receiver_label is not None:
        values["receiver_label"] = receiver_label
    values |= {"state": State.SEALED.value, "ettn": ettn, "issue_date": issue_date}
    values |= {"sealed_by": sealed_by, "attempt_no": 1}
    update_document(s, document_id, at=at, **number_values(str(number)), **values)
    insert_attempt(s, record.company_id, document_id, attempt_no=1, ettn=ettn, sealed_by=sealed_by, xml=xml, at=at)
    if index is not None:
        write_search(s, record.company_id, document_id, number=str(number), index=index)
    else:
        write_search_number(s, record, str(number))
    add_history(s, record, State.SEALED, at=at, note=note or f"{number} numarasıyla mühürlendi.")
    return True


def store_new_attempt(
    s: OpenSession,
    document_id: int,
    *,
    xml: bytes,
    ettn: str,
    at: datetime,
    sealed_by: str,
    index: DocumentIndex | None = None,
    note: str = "",
) -> DocumentRecord:
    """Keep new sealed bytes of a FAILED document under its own number: attempt + 1, state SEALED.

    Raises: RuleBroken (STATE.FORBIDDEN unless it has failed, ETTN.TAKEN when the ETTN is another document's).
    """
    record = fetch(s, document_id)
    if record.state is not State.FAILED:
        # SEALED → SEALED would be "staying": it must not slip through.
        raise RuleBroken(
            "STATE.FORBIDDEN",
            f"{record.number or record.ettn} için yeni deneme yapılamaz.",
            why="Yalnız hata almış belgeler yeniden mühürlenir.",
            todo="Belgenin geçmişine bakın.",
        )
    if ettn != record.ettn:
        _ensure_ettn_free(s, record, ettn)
    attempt_no = record.attempt_no + 1
    values = index_values(index) if index is not None else {}
    update_document(
        s,
        document_id,
        at=at,
        **values,
        state=State.SEALED.value,
        ettn=ettn,
        sealed_by=sealed_by,
        attempt_no=attempt_no,
        has_legal_copy=False,
        is_final=False,
        gib_code=None,
        raw_code="",
        raw_text="",
        last_status_at=None,
        arrived_at=None,
        answer="",
    )
    insert_attempt(
        s, record.company_id, document_id, attempt_no=attempt_no, ettn=ettn, sealed_by=sealed_by, xml=xml, at=at
    )
    if index is not None:
        write_search(s, record.company_id, document_id, number=record.number, index=index)
    text = note or f"{attempt_no}. deneme için yeniden mühürlendi ({'yeni' if ettn != record.ettn else 'aynı'} ETTN)."
    add_history(s, record, State.SEALED, at=at, note=text)
    return fetch(s, document_id)


def _taken(series: str) -> RuleBroken:
    return RuleBroken(
        "SERIES.TAKEN",
        f"{series} serisi bu firmada başka bir belge türü için kullanılıyor.",
        why="e-Fatura, ihracat, e-Arşiv ve internet satışının serileri ayrı olmalıdır.",
        todo="Başka bir seri seçin.",
    )


def _ensure_ettn_free(s: OpenSession, record: DocumentRecord, ettn: str) -> None:
    taken = s.execute(
        select(_ATTEMPT.c.id).where(_ATTEMPT.c.company_id == record.company_id, _ATTEMPT.c.ettn == ettn).limit(1)
    ).scalar()
    other = s.execute(
        select(DOCUMENT.c.id).where(
            DOCUMENT.c.company_id == record.company_id,
            DOCUMENT.c.direction == Direction.OUT.value,
            DOCUMENT.c.ettn == ettn,
        )
    ).scalar()
    if taken is not None or other is not None:
        raise RuleBroken(
            "ETTN.TAKEN", "Bu ETTN başka bir belgede veya denemede kullanılmış.", todo="Yeni bir ETTN üretin."
        )


def _counter(s: OpenSession, company_id: int, series: str, year: int) -> tuple[int, date | None] | None:
    row = s.execute(_NEXT, {"company_id": company_id, "series": series, "year": year}).one_or_none()
    return None if row is None else (row.next_sequence, row.last_date)


def _write_counter(
    s: OpenSession, company_id: int, series: str, year: int, next_sequence: int, last_date: date | None
) -> None:
    values = {
        "company_id": company_id,
        "series": series,
        "year": year,
        "next_sequence": next_sequence,
        "last_date": last_date,
    }
    s.execute(_UPSERT_COUNTER, values)

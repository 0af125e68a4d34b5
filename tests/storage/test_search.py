from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.domain.errors import InputError
from app.domain.lifecycle import Direction, DocumentKind, State
from app.domain.turkish import sort_key
from app.storage import documents, search
from app.storage.folding import sort_text
from app.storage.search import DocumentQuery


def _names(lab: Any, **query: Any) -> list[str]:
    with lab.db.read() as s:
        wanted = DocumentQuery(company_id=lab.company.id, **query)
        records = search.rows(s, search.ids(s, wanted))
        assert search.count(s, wanted) == len(records)
    return [record.partner_name for record in records]


@pytest.fixture
def towns(lab: Any) -> Any:
    for position, name in enumerate(
        ("İSTANBUL Gıda", "istanbul boya", "ISTANBUL cam", "Isparta Şeker", "Ankara Çelik")
    ):
        lab.receive(
            f"r-{position}",
            number=f"XYZ2026{position + 1:09d}",
            partner_name=name,
            partner_vkn=f"100000000{position}",
            issue_date=lab.day - timedelta(days=position),
            payable=Decimal(100 - position),
            search_text="",
        )
    return lab


@pytest.mark.parametrize("typed", ["İSTANBUL", "istanbul", "ISTANBUL", "ıstanbul", "tanbu", "İstan"])
def test_all_forms_of_istanbul_find_each_other(towns: Any, typed: str) -> None:
    assert sorted(_names(towns, text=typed)) == ["ISTANBUL cam", "istanbul boya", "İSTANBUL Gıda"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("seker", ["Isparta Şeker"]),
        ("ŞEKER", ["Isparta Şeker"]),
        ("celik", ["Ankara Çelik"]),
        ("gida", ["İSTANBUL Gıda"]),
        ("istanbul gıda", ["İSTANBUL Gıda"]),
        ("gıda istanbul", ["İSTANBUL Gıda"]),
        ("istanbul şeker", []),
        ("1000000003", ["Isparta Şeker"]),
        ("2026000000005", ["Ankara Çelik"]),
        ("xyz2026000000005", ["Ankara Çelik"]),
        ("an", ["Ankara Çelik"]),
        ("A", ["Ankara Çelik"]),
        ("İs cam", ["ISTANBUL cam"]),
        ('"', []),
        ("istan*", []),
        ("NOT ank OR", []),
    ],
)
def test_words_are_found_whatever_their_letters(towns: Any, typed: str, found: list[str]) -> None:
    assert _names(towns, text=typed) == found


def test_two_letters_are_the_beginning_of_name_or_number(towns: Any) -> None:
    assert len(_names(towns, text="is")) == 4
    assert len(_names(towns, text="xy")) == 5
    assert _names(towns, text="ta") == []


def test_line_names_and_notes_are_searched(lab: Any) -> None:
    lab.receive("r-1", partner_name="Biri", search_text="Çıkış kapısı\nsözleşme 15/B")
    assert _names(lab, text="cikis") == ["Biri"]
    assert _names(lab, text="sözleşme 15/b") == ["Biri"]


def test_search_follows_changes(lab: Any) -> None:
    record = lab.draft("e-1", partner_name="Eski Ad")
    lab.draft("e-1", partner_name="Yeni Ad")
    assert _names(lab, text="eski") == []
    assert _names(lab, text="yeni") == ["Yeni Ad"]
    lab.seal(record)
    assert _names(lab, text="ABC2026000000001") == ["Yeni Ad"]
    with lab.db.write(lab.point) as s:
        s.execute(text("INSERT INTO document_fts (document_fts) VALUES ('integrity-check')"))


def test_a_huge_note_does_not_make_a_huge_index(lab: Any) -> None:
    lab.receive("r-1", search_text="çok uzun not " * 500_000)
    with lab.db.read() as s:
        assert s.execute(text("SELECT max(length(extra)) FROM document_search")).scalar() <= 4_000


def test_ettn_is_found_by_its_beginning(lab: Any) -> None:
    lab.receive("123e4567-e89b-42d3-a456-426614174000", partner_name="Bu")
    lab.receive("223e4567-e89b-42d3-a456-426614174000", partner_name="Öteki")
    assert _names(lab, text="123E4567-e89b") == ["Bu"]


def test_filters(towns: Any) -> None:
    first = towns.draft("e-1", partner_name="Taslak")
    with towns.db.write(towns.point) as s:
        documents.flag_review(s, first.id, code="X", reason="r", todo="t", at=towns.now)
    assert _names(towns, only_review=True) == ["Taslak"]
    assert _names(towns, states=(State.DRAFT,)) == ["Taslak"]
    assert _names(towns, direction=Direction.OUT) == ["Taslak"]
    assert len(_names(towns, direction=Direction.IN)) == 5
    assert len(_names(towns, kinds=(DocumentKind.INVOICE,))) == 6
    assert _names(towns, kinds=(DocumentKind.DESPATCH,)) == []
    assert len(_names(towns, only_unread=True)) == 5
    assert _names(towns, partner_vkn="1000000004") == ["Ankara Çelik"]
    day = towns.day
    found = _names(towns, direction=Direction.IN, start=day - timedelta(days=2), end=day - timedelta(days=1))
    assert found == ["istanbul boya", "ISTANBUL cam"]
    assert len(_names(towns, arrived_from=towns.now, arrived_to=towns.now + timedelta(seconds=1))) == 5
    assert _names(towns, arrived_from=towns.now + timedelta(seconds=1)) == []
    assert _names(towns, only_duplicates=True) == []


def test_turkish_order_of_names(towns: Any) -> None:
    found = _names(towns, direction=Direction.IN, sort=(("partner_name", False),))
    assert found == ["Ankara Çelik", "Isparta Şeker", "ISTANBUL cam", "istanbul boya", "İSTANBUL Gıda"]


@pytest.mark.parametrize("column", sorted(search.SORTABLE))
@pytest.mark.parametrize("descending", [True, False])
def test_every_sort_is_total_and_reverses(towns: Any, column: str, descending: bool) -> None:
    with towns.db.read() as s:
        there = search.ids(s, DocumentQuery(company_id=towns.company.id, sort=((column, descending),)))
        back = search.ids(s, DocumentQuery(company_id=towns.company.id, sort=((column, not descending),)))
    assert there == back[::-1]
    assert len(there) == 5


def test_unknown_sort_is_refused(lab: Any) -> None:
    with lab.db.read() as s, pytest.raises(InputError):
        search.ids(s, DocumentQuery(sort=(("id; DROP TABLE document", False),)))


def test_companies_are_apart_unless_all_are_asked(lab: Any) -> None:
    other = lab.add_company("1111111111", "Öteki")
    lab.receive("r-1", partner_name="Bizim")
    lab.receive("r-1", company=other, partner_name="Onların")
    assert _names(lab) == ["Bizim"]
    with lab.db.read() as s:
        assert len(search.ids(s, DocumentQuery())) == 2


@pytest.mark.parametrize("column", ["issue_date", "partner_name", "number", "payable", "arrived_at", "state"])
def test_main_sorts_come_from_an_index_alone(lab: Any, column: str) -> None:
    name = search.SORTABLE[column]
    for order in ("ASC", "DESC"):
        with lab.db.read() as s:
            plan = s.execute(
                text(
                    "EXPLAIN QUERY PLAN SELECT id FROM document WHERE company_id = 1 AND direction = 'in' "
                    f"ORDER BY {name} {order}, id {order}"
                )
            ).all()
        (step,) = [row.detail for row in plan]
        assert "COVERING INDEX" in step


def test_rows_keep_the_order_and_leave_out_what_is_gone(towns: Any) -> None:
    with towns.db.read() as s:
        records = search.rows(s, [3, 4711, 1])
    assert [record.id for record in records] == [3, 1]


def test_rows_come_in_blocks_of_any_size(lab: Any) -> None:
    with lab.db.write(lab.point) as s:
        made = [
            documents.store_received(
                s, lab.company.id, ettn=f"r-{i}", index=lab.index(issue_date=date(2026, 1, 1)), raw=b"<a/>", at=lab.now
            )[0].id
            for i in range(1_100)
        ]
    with lab.db.read() as s:
        assert [record.id for record in search.rows(s, made)] == made


_LETTERS = st.text(alphabet="abcçdefgğhıijklmnoöprsştuüvyzABCÇDEFGĞHIİJKLMNOÖPRSŞTUÜVYZ 0123456789", max_size=12)


@given(_LETTERS, _LETTERS)
def test_sort_text_orders_as_the_alphabet_does(left: str, right: str) -> None:
    left, right = left.strip(), right.strip()
    assert (sort_text(left) < sort_text(right)) == (sort_key(left) < sort_key(right))


def test_tally_groups_a_selection_and_sums_it_by_currency(lab: Any) -> None:
    from decimal import Decimal

    one = lab.receive("t-1", payable=Decimal("10.50"))
    two = lab.receive("t-2", payable=Decimal("4.50"))
    euro = lab.receive("t-3", payable=Decimal("7.00"), currency="EUR")
    lab.receive("t-4", payable=Decimal("99"))
    with lab.db.read() as s:
        groups = search.tally(s, [one.id, two.id, euro.id, 4711])
    assert {(g.currency, g.count, g.payable) for g in groups} == {
        ("TRY", 2, Decimal("15.00")),
        ("EUR", 1, Decimal("7.00")),
    }


_QUESTIONS = (
    {},
    {"text": "istanbul"},
    {"text": "an"},
    {"text": "xyz2026"},
    {"states": (State.RECEIVED,)},
    {"text": "istanbul", "direction": Direction.OUT},
    {"sort": (("payable", False), ("partner_name", True))},
)


@pytest.mark.parametrize("few", [0, 1, 1_000])
@pytest.mark.parametrize("question", _QUESTIONS, ids=str)
def test_first_rows_all_ids_count_and_kinds_agree_on_either_way_through_the_index(
    towns: Any, monkeypatch: pytest.MonkeyPatch, few: int, question: dict[str, Any]
) -> None:
    towns.draft("e-1", partner_name="İstanbul Taslak")
    monkeypatch.setattr(search, "_FEW_HITS", few)
    monkeypatch.setattr(search, "_FEW_FIRST", few)
    with towns.db.read() as s:
        query = DocumentQuery(company_id=towns.company.id, **question)
        everything = list(search.ids(s, query))
        assert list(search.first(s, query, limit=2)) == everything[:2]
        kinds = search.breakdown(s, query, unread_since=datetime(2000, 1, 1, tzinfo=UTC))
        assert search.count(s, query) == kinds.total() == len(everything)
        records = search.rows(s, everything)
        unread = [r for r in records if not r.is_read and r.arrived_at is not None]
        assert sum(n for kind, n in kinds.items() if kind.is_unread) == len(unread)
        assert search.count(s, replace(query, only_open=True)) == sum(not r.is_final for r in records)
        assert search.breakdown(s, query).total() == len(everything)


def test_ids_and_tallies_of_more_than_one_part_are_whole(towns: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_PART", 2)
    with towns.db.read() as s:
        found = search.ids(s, DocumentQuery(company_id=towns.company.id, sort=(("number", False),)))
        assert [r.number[-1] for r in search.rows(s, found)] == ["1", "2", "3", "4", "5"]
        (group,) = search.tally(s, found)
    assert (group.count, group.payable) == (5, Decimal(100 + 99 + 98 + 97 + 96))


def test_the_soonest_end_of_an_answer_is_found_among_those_that_wait(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_PART", 1)
    with lab.db.write(lab.point) as s:
        late, soon = (
            documents.store_received(
                s,
                lab.company.id,
                ettn=f"t-{days}",
                index=lab.index(),
                raw=b"<a/>",
                at=lab.now,
                arrived_at=lab.now,
                answer_due_at=lab.now + timedelta(days=days),
            )[0]
            for days in (5, 2)
        )
    plain = lab.receive("t-3")
    with lab.db.read() as s:
        assert search.soonest_due(s, [late.id, soon.id, plain.id]) == lab.now + timedelta(days=2)
        assert search.soonest_due(s, [plain.id]) is None

"""GetInvoice, MarkInvoice, GetInvoiceWithType."""

from __future__ import annotations

import base64
import io
import time
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.connectors.base import ContractBroken, FetchQuery, Rejected
from app.domain.lifecycle import Direction, State
from app.runtime.safezip import pack_single

pytestmark = pytest.mark.shared


def serve_box(kit: Any, unread: list[int]) -> None:
    """Let the integrator hold unread documents that MarkInvoice takes away."""

    def hand_out(post: Any) -> Any:
        limit = int(post.text("INVOICE_SEARCH_KEY/LIMIT"))
        return kit.Reply(kit.soap("GetInvoice", "".join(kit.incoming(i) for i in unread[:limit])))

    def mark(post: Any) -> Any:
        gone = {int(node.get("UUID")[-12:]) for node in post.request.iterfind("MARK/INVOICE")}
        unread[:] = [i for i in unread if i not in gone]
        return kit.Reply(kit.soap("MarkInvoice", kit.DONE))

    kit.integrator.say("GetInvoice", hand_out)
    kit.integrator.say("MarkInvoice", mark)


@pytest.mark.parametrize(("held", "asked"), [(0, 1), (7, 1), (99, 1), (100, 2), (250, 3), (300, 4)])
def test_pages_go_on_while_exactly_a_hundred_come(kit: Any, held: int, asked: int) -> None:
    serve_box(kit, list(range(held)))
    session = kit.open()
    got: list[str] = []
    for page in session.fetch(FetchQuery()):
        got += [d.ettn for d in page]
        session.acknowledge([(d.ettn, d.number) for d in page])
    assert len(got) == len(set(got)) == held
    assert len(kit.integrator.of("GetInvoice")) == asked


def test_the_next_page_is_asked_only_after_the_caller_comes_back(kit: Any) -> None:
    serve_box(kit, list(range(150)))
    session = kit.open()
    pages = session.fetch(FetchQuery())
    first = next(pages)
    assert len(kit.integrator.of("GetInvoice")) == 1
    session.acknowledge([(d.ettn, d.number) for d in first])
    assert len(next(pages)) == 50


def test_a_box_that_does_not_empty_is_an_error_and_not_an_endless_loop(kit: Any) -> None:
    serve_box(kit, list(range(150)))
    with pytest.raises(ContractBroken) as caught:
        list(kit.open().fetch(FetchQuery()))
    assert caught.value.code == "IZIBIZ.NO_PROGRESS"
    assert len(kit.integrator.of("GetInvoice")) == 2


def test_mark_empties_the_content_and_names_by_attributes(kit: Any) -> None:
    kit.integrator.say("MarkInvoice", kit.soap("MarkInvoice", kit.DONE))
    kit.open().acknowledge([(f"{i:08d}-0000-4000-8000-000000000000", f"A{i}") for i in range(130)])
    posts = kit.integrator.of("MarkInvoice")
    assert [len(p.request.findall("MARK/INVOICE")) for p in posts] == [100, 30]
    assert posts[0].request.find("MARK").get("value") == "READ"
    for node in posts[0].request.iterfind("MARK/INVOICE"):
        assert set(node.attrib) == {"ID", "UUID"}
        assert len(node) == 0


def test_the_spelling_of_an_ettn_is_given_back_as_it_came(kit: Any) -> None:
    upper = "ABCDEF00-0000-4000-8000-00000000000A"
    kit.integrator.say("GetInvoice", kit.soap("GetInvoice", f'<INVOICE ID="X" UUID="{upper}"><CONTENT/></INVOICE>'))
    kit.integrator.say("MarkInvoice", kit.soap("MarkInvoice", kit.DONE))
    session = kit.open()
    ((document,),) = session.fetch(FetchQuery())
    assert document.ettn == upper.lower()
    assert document.listed_as == upper
    session.acknowledge([(document.ettn, document.number)])
    assert kit.integrator.of("MarkInvoice")[0].request.find("MARK/INVOICE").get("UUID") == upper


def test_each_label_is_a_query_of_its_own(kit: Any) -> None:
    kit.integrator.say("GetInvoice", kit.soap("GetInvoice"))
    session = kit.open()
    list(session.fetch(FetchQuery(labels=("urn:mail:a", "urn:mail:b"))))
    list(session.fetch(FetchQuery(labels=("urn:mail:a",), direction=Direction.OUT)))
    keys = [
        {k: p.text(f"INVOICE_SEARCH_KEY/{k}") for k in ("TO", "FROM", "DIRECTION")}
        for p in kit.integrator.of("GetInvoice")
    ]
    assert keys == [
        {"TO": "urn:mail:a", "FROM": "", "DIRECTION": "IN"},
        {"TO": "urn:mail:b", "FROM": "", "DIRECTION": "IN"},
        {"TO": "", "FROM": "urn:mail:a", "DIRECTION": "OUT"},
    ]


def test_a_period_is_asked_by_creation_with_headers_and_read_ones(kit: Any) -> None:
    kit.integrator.say("GetInvoice", kit.soap("GetInvoice", kit.incoming(1, content="")))
    query = FetchQuery(
        include_read=True, header_only=True, by_creation=True, start=date(2026, 2, 1), end=date(2026, 2, 28)
    )
    ((document,),) = kit.open().fetch(query)
    assert (document.content, document.damage) == (None, None)
    key = {n.tag: n.text for n in kit.integrator.of("GetInvoice")[0].request.find("INVOICE_SEARCH_KEY")}
    assert key == {
        "LIMIT": "25000",
        "DATE_TYPE": "CREATE",
        "START_DATE": "2026-02-01",
        "END_DATE": "2026-02-28",
        "READ_INCLUDED": "true",
        "DIRECTION": "IN",
    }
    assert kit.integrator.of("GetInvoice")[0].text("HEADER_ONLY") == "Y"


def _serve_by_day(kit: Any, days: dict[int, int]) -> None:
    """Headers per day of February 2026, cut at LIMIT as İzibiz does."""

    def hand_out(post: Any) -> Any:
        key = "INVOICE_SEARCH_KEY/"
        first, last = (int(post.text(key + name)[-2:]) for name in ("START_DATE", "END_DATE"))
        serials = [day * 100_000 + i for day, count in days.items() if first <= day <= last for i in range(count)]
        shown = "".join(f'<INVOICE UUID="{s}"/>' for s in serials[: int(post.text(key + "LIMIT"))])
        return kit.Reply(kit.soap("GetInvoice", shown))

    kit.integrator.say("GetInvoice", hand_out)


def test_a_period_with_more_headers_than_fit_is_cut_in_two(kit: Any) -> None:
    _serve_by_day(kit, {1: 20_000, 9: 20_000, 28: 3})
    query = FetchQuery(include_read=True, header_only=True, start=date(2026, 2, 1), end=date(2026, 2, 28))
    got = [d.ettn for page in kit.open().fetch(query) for d in page]
    assert len(got) == len(set(got)) == 40_003


def test_a_day_with_more_headers_than_fit_is_an_error_and_not_a_silent_loss(kit: Any) -> None:
    _serve_by_day(kit, {3: 25_000})
    query = FetchQuery(include_read=True, header_only=True, start=date(2026, 2, 1), end=date(2026, 2, 28))
    with pytest.raises(ContractBroken) as caught:
        list(kit.open().fetch(query))
    assert caught.value.code == "IZIBIZ.TOO_MANY"


def test_read_ones_with_content_are_found_by_headers_and_fetched_one_by_one(kit: Any) -> None:
    def hand_out(post: Any) -> Any:
        one = post.text("INVOICE_SEARCH_KEY/UUID")
        limit = int(post.text("INVOICE_SEARCH_KEY/LIMIT"))
        serials = [int(one[-12:])] if one else list(range(130))[:limit]
        content = "" if post.text("HEADER_ONLY") == "Y" else None
        return kit.Reply(kit.soap("GetInvoice", "".join(kit.incoming(i, content=content) for i in serials)))

    kit.integrator.say("GetInvoice", hand_out)
    documents = [d for page in kit.open().fetch(FetchQuery(include_read=True)) for d in page]
    assert sorted(d.content for d in documents) == sorted(f"<Invoice>{i}</Invoice>".encode() for i in range(130))


def test_one_document_by_its_ettn_and_nobody_elses(kit: Any) -> None:
    kit.integrator.say("GetInvoice", kit.soap("GetInvoice", kit.incoming(1) + kit.incoming(2)))
    ettn = "00000000-0000-4000-9000-000000000002"
    pages = list(kit.open().fetch(FetchQuery(direction=Direction.OUT, include_read=True, ettn=ettn)))
    assert [[d.ettn for d in page] for page in pages] == [[ettn]]
    post = kit.integrator.of("GetInvoice")[0]
    assert post.text("INVOICE_SEARCH_KEY/UUID") == ettn
    assert post.text("INVOICE_SEARCH_KEY/DIRECTION") == "OUT"


def test_no_matching_record_is_an_empty_box(kit: Any) -> None:
    kit.integrator.say("GetInvoice", kit.Reply(kit.soap_fault(10008), status=500))
    assert list(kit.open().fetch(FetchQuery())) == []


def test_the_header_is_read(kit: Any) -> None:
    header = (
        "<SENDER> 9876543217 </SENDER><RECEIVER>1234567803</RECEIVER><SUPPLIER>Örnek A.Ş.</SUPPLIER>"
        "<ISSUE_DATE>2026-02-27+03:00</ISSUE_DATE><FROM>urn:mail:gb@x</FROM><TO>urn:mail:pk@y</TO>"
        "<PROFILEID>TICARIFATURA</PROFILEID><YENI_ALAN>?</YENI_ALAN><INVOICE_TYPE_CODE>SATIS</INVOICE_TYPE_CODE>"
        "<STATUS>RECEIVE - WAIT_APPLICATION_RESPONSE</STATUS><CDATE>2026-03-01T10:30:00.123+03:00</CDATE>"
        "<ENVELOPE_IDENTIFIER>zarf-1</ENVELOPE_IDENTIFIER><STATUS_CODE>132</STATUS_CODE>"
    )
    kit.integrator.say("GetInvoice", kit.soap("GetInvoice", kit.incoming(1, header=header)))
    ((document,),) = kit.open().fetch(FetchQuery())
    assert document.sender_vkn == "9876543217"
    assert document.sender_name == "Örnek A.Ş."
    assert (document.from_label, document.to_label) == ("urn:mail:gb@x", "urn:mail:pk@y")
    assert (document.profile, document.type_code) == ("TICARIFATURA", "SATIS")
    assert document.issue_date == date(2026, 2, 27)
    assert document.arrived_at == datetime(2026, 3, 1, 7, 30, 0, 123000, tzinfo=UTC)
    assert (document.raw_code, document.envelope_id) == ("132", "zarf-1")
    status = document.status
    assert status is not None
    assert (status.found, status.number, status.state) == (True, document.number, State.ANSWER_DUE)
    assert (status.gib_code, status.arrived_at) == (None, document.arrived_at)


def test_a_header_without_a_status_says_nothing_of_it(kit: Any) -> None:
    kit.integrator.say("GetInvoice", kit.soap("GetInvoice", kit.incoming(1, header="<SENDER>9876543217</SENDER>")))
    ((document,),) = kit.open().fetch(FetchQuery())
    assert document.status is None


def test_the_header_of_a_failed_send_names_the_code_of_gib(kit: Any) -> None:
    header = (
        "<STATUS>SEND - FAILED</STATUS><STATUS_DESCRIPTION>FAILED</STATUS_DESCRIPTION><STATUS_CODE>136</STATUS_CODE>"
        "<GIB_STATUS_CODE>1163</GIB_STATUS_CODE><DIRECTION>OUT</DIRECTION>"
    )
    kit.integrator.say("GetInvoice", kit.soap("GetInvoice", kit.incoming(1, header=header)))
    ((document,),) = kit.open().fetch(FetchQuery(direction=Direction.OUT, include_read=True, header_only=True))
    assert document.status is not None
    assert (document.status.state, document.status.gib_code) == (State.FAILED, 1163)


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (_zip({"a.xml": b"<Invoice/>"})[:-8], "ZIP.DAMAGED"),
        (_zip({"../a.xml": b"<Invoice/>"}), "ZIP.TRAVERSAL"),
        (_zip({"a.xml": b"\0" * 30_000_000}), "ZIP.BOMB"),
        (_zip({"a.xml": b"1", "b.xml": b"2"}), "ZIP.MANY"),
        (_zip({}), "ZIP.EMPTY"),
        ("bu base64 değil!", "CONTENT.BASE64"),
        ("", "CONTENT.MISSING"),
    ],
)
def test_a_damaged_content_keeps_its_bytes_and_harms_nobody(kit: Any, content: bytes | str, code: str) -> None:
    kit.integrator.say(
        "GetInvoice", kit.soap("GetInvoice", kit.incoming(1) + kit.incoming(2, content=content) + kit.incoming(3))
    )
    ((first, bad, last),) = kit.open().fetch(FetchQuery())
    assert (first.damage, last.damage) == (None, None)
    assert first.content == b"<Invoice>1</Invoice>"
    assert bad.damage is not None and bad.damage.code == code
    assert bad.content == (content if isinstance(content, bytes) else content.encode())


def test_content_that_comes_unzipped_is_taken_by_its_first_bytes(kit: Any) -> None:
    plain = b"\xef\xbb\xbf<?xml version='1.0'?><Invoice/>"
    kit.integrator.say("GetInvoice", kit.soap("GetInvoice", kit.incoming(1, content=plain)))
    ((document,),) = kit.open().fetch(FetchQuery())
    assert (document.content, document.damage) == (plain, None)


def test_a_rendering_is_unzipped(kit: Any) -> None:
    pdf = b"%PDF-1.7 ..."
    kit.integrator.say(
        "GetInvoiceWithType",
        kit.soap("GetInvoiceWithType", kit.incoming(1, content=pack_single("a.pdf", pdf))),
        kit.soap("GetInvoiceWithType"),
    )
    session = kit.open()
    ettn = "00000000-0000-4000-9000-000000000001"
    assert session.fetch_rendering(ettn, Direction.OUT, "pdf") == pdf
    post = kit.integrator.of("GetInvoiceWithType")[0]
    assert [post.text(f"INVOICE_SEARCH_KEY/{k}") for k in ("UUID", "TYPE", "DIRECTION")] == [ettn, "PDF", "OUT"]
    assert post.text("HEADER_ONLY") == "N"
    with pytest.raises(Rejected) as caught:
        session.fetch_rendering(ettn, Direction.OUT, "HTML")
    assert caught.value.raw_code == "10008"


def test_a_page_of_big_documents_is_read_quickly(kit: Any) -> None:
    """No stop-watch but a bound that only a quadratic reading would break: 100 documents of 300 kB."""
    noise = base64.b64encode(bytes(range(256)) * 1200).decode()
    kit.integrator.say("GetInvoice", kit.soap("GetInvoice", "".join(kit.incoming(i, content=noise) for i in range(99))))
    started = time.monotonic()
    ((*documents,),) = kit.open().fetch(FetchQuery())
    assert len(documents) == 99 and documents[0].content == bytes(range(256)) * 1200
    assert time.monotonic() - started < 20


def test_one_that_cannot_be_marked_keeps_nobody_else_unread(kit: Any) -> None:
    unread = list(range(37))

    def mark(post: Any) -> Any:
        asked = [int(node.get("UUID")[-12:]) for node in post.request.iterfind("MARK/INVOICE")]
        if 13 in asked:
            return kit.Reply(kit.soap_fault(10008, "13 yok"), status=500)
        for serial in asked:
            unread.remove(serial)
        return kit.Reply(kit.soap("MarkInvoice", kit.DONE))

    kit.integrator.say("MarkInvoice", mark)
    named = [(f"00000000-0000-4000-9000-{i:012d}", f"GEL2026{i:09d}") for i in range(37)]
    with pytest.raises(Rejected):
        kit.open().acknowledge([*named, ("", "")])
    assert unread == [13]

"""Receiving: stored first, acknowledged after, nothing lost, nothing twice, bad ones kept aside."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.connectors.base import Answer, Rejected
from app.domain.errors import RuleBroken
from app.domain.lifecycle import Direction, State
from app.storage import documents, quarantine
from app.workflows import answering, companies, receiving, slices

from .conftest import Desk

SELLER = "9205121120"


def test_more_than_a_page_arrives_once_and_byte_for_byte(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=105, to_vkn=SELLER)
    desk.sync()
    got = desk.records(Direction.IN)
    assert len(got) == 105
    with desk.office.db.read() as s:
        ours = {r.ettn: documents.load_file(s, r.id, "received") for r in got}
    assert ours == {d.ettn: d.xml for d in desk.sandbox.stored("in")}
    # Exactly 100 came, so it asked again (IZ-F-32); fewer came, so it stopped.
    assert desk.calls("GetInvoice") == 2
    assert {r.state for r in got} <= {State.RECEIVED, State.ANSWER_DUE}
    assert all((r.answer_due_at is not None) == (r.profile == "TICARIFATURA") for r in got)


def test_button_and_timer_floors_survive_a_restart(desk: Desk) -> None:
    desk.sync()
    assert desk.calls("GetInvoice") == 1
    desk.push(minutes=4)
    desk.office.close()
    step = desk.sync().step("receive")
    assert step is not None and step.skipped_until is not None
    assert desk.calls("GetInvoice") == 1
    desk.push(minutes=1, seconds=1)
    desk.sync()
    assert desk.calls("GetInvoice") == 2
    desk.push(minutes=16)
    step = desk.sync(mode="timer").step("receive")
    assert step is not None and step.skipped_until is not None, "the timer keeps the user's own 30 minutes"
    desk.push(minutes=15)
    desk.sync(mode="timer")
    assert desk.calls("GetInvoice") == 3


def test_mark_carries_no_content_and_comes_after_the_store(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=3, to_vkn=SELLER)
    desk.sandbox.arm("soft_fault", "MarkInvoice", code=10001)
    desk.sync()
    assert len(desk.records(Direction.IN)) == 3, "stored although the acknowledgement failed"
    desk.push(minutes=6)
    desk.sync()
    assert len(desk.records(Direction.IN)) == 3
    desk.push(minutes=6)
    before = desk.calls("MarkInvoice")
    desk.sync()
    assert desk.calls("MarkInvoice") == before, "nothing new, nothing to acknowledge"


def test_labels_narrow_the_reading(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=2, to_vkn=SELLER)
    account = companies.require_account(desk.ctx, desk.company)
    companies.set_connector(
        desk.ctx,
        desk.company,
        desk.office.connector("izibiz"),
        url=account.url,
        user="demo",
        password="demo-parola",
        secrets=desk.office.secrets,
        settings={},
        labels=("urn:mail:baskapk@cinaralti.example",),
    )
    desk.sync()
    assert desk.records(Direction.IN) == []


def test_same_number_with_another_ettn_is_linked_not_merged(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=1, to_vkn=SELLER)
    first = desk.sandbox.stored("in")[0]
    again = first.xml.replace(first.ettn.encode(), b"00000000-0000-4000-8000-0000000000ff")
    desk.sandbox.add_incoming(xml=again, to_vkn=SELLER)
    desk.sync()
    records = desk.records(Direction.IN)
    assert len(records) == 2
    linked = [r for r in records if r.duplicate_of is not None]
    assert len(linked) == 1
    assert linked[0].duplicate_of in {r.id for r in records} - {linked[0].id}


def _zip(name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as z:
        z.writestr(name, data)
    return buffer.getvalue()


def _huge_note() -> bytes:
    namespace = b"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    return b'<?xml version="1.0"?><Invoice xmlns="%s"><Note>%s</Note></Invoice>' % (namespace, b"uzun " * 10_000_000)


XXE = b'<?xml version="1.0"?><!DOCTYPE i [<!ENTITY x SYSTEM "file:///etc/passwd">]><i>&x;</i>'
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]><l>&d;</l>'
)
BAD = {
    "truncated": (_zip("a.xml", b'<?xml version="1.0"?><Invoice><a>'), "XML."),
    "encoding": (_zip("a.xml", '<?xml version="1.0" encoding="UTF-8"?><a>ığüş</a>'.encode("cp1254")), "XML."),
    "pdf": (_zip("a.xml", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"), "XML.PDF"),
    "empty": (_zip("a.xml", b""), "XML.EMPTY"),
    "xxe": (_zip("a.xml", XXE), "XML.DTD"),
    "laughs": (_zip("a.xml", LAUGHS), "XML.DTD"),
    "bomb": (_zip("a.xml", b"\0" * 200_000_000), "ZIP."),
    "traversal": (_zip("../../../etc/cron.d/x.xml", b"<a/>"), "ZIP.TRAVERSAL"),
    "not a zip at all": (b"PK\x03\x04 broken", "ZIP."),
    "50 MB note": (_zip("a.xml", _huge_note(), zipfile.ZIP_STORED), ("XML.TOO_BIG", "ZIP.TOO_BIG")),
    "other root": (_zip("a.xml", b'<?xml version="1.0"?><note>merhaba</note>'), "XML."),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_document_is_kept_aside_and_the_rest_is_unharmed(desk: Desk, name: str) -> None:
    content, code = BAD[name]
    desk.sandbox.add_incoming(count=2, to_vkn=SELLER)
    bad = desk.sandbox.add_raw_incoming(content, to_vkn=SELLER)
    desk.sandbox.add_incoming(count=2, to_vkn=SELLER)
    step = desk.sync().step("receive")
    assert step is not None and step.error is None, step
    assert len(desk.records(Direction.IN)) == 4
    with desk.office.db.read() as s:
        kept = quarantine.list_kept(s, desk.company.id)
    assert [k.name for k in kept] == [bad]
    assert kept[0].code.startswith(code), kept[0]
    assert kept[0].reason.endswith(".") and "Traceback" not in kept[0].reason
    desk.push(minutes=6)
    desk.sync()
    with desk.office.db.read() as s:
        assert len(quarantine.list_kept(s, desk.company.id)) == 1, "kept once, not on every pass"


def test_what_was_read_elsewhere_is_found_and_brought(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=5, to_vkn=SELLER)
    desk.sandbox.mark_read_elsewhere([d.ettn for d in desk.sandbox.stored("in")][:3])
    desk.sync()
    assert len(desk.records(Direction.IN)) == 2
    account = companies.require_account(desk.ctx, desk.company)
    today = desk.clock.today()
    report = receiving.complete_period(
        desk.ctx, desk.company, account, desk.office.session(account), start=today - timedelta(days=30), end=today
    )
    assert len(report.new) == 3
    assert len(desk.records(Direction.IN)) == 5
    again = receiving.complete_period(
        desk.ctx, desk.company, account, desk.office.session(account), start=today - timedelta(days=30), end=today
    )
    assert again.new == []


def test_an_invoice_to_another_firm_is_kept_and_shown(desk: Desk) -> None:
    (ettn,) = desk.sandbox.add_incoming(count=1, to_vkn=SELLER)
    xml = next(d.xml for d in desk.sandbox.stored("in") if d.ettn == ettn)
    foreign = xml.replace(SELLER.encode(), b"7750409379").replace(
        ettn.encode(), b"00000000-0000-4000-8000-0000000000aa"
    )
    desk.sandbox.add_incoming(xml=foreign, to_vkn=SELLER)
    desk.sync()
    flagged = [r.ettn for r in desk.records(Direction.IN) if r.review_code == "RECEIVE.OTHER_FIRM"]
    assert flagged == ["00000000-0000-4000-8000-0000000000aa"]


def test_one_company_never_touches_another(desk: Desk) -> None:
    """A second company whose integrator is down: its pass fails, the first one's goes on, nothing is mixed."""
    from app.demo import people
    from app.ubl.company_json import company_from_json
    from app.workflows import sync

    other = people.SELLER | {"vkn": "3900892152", "title": "İkinci Firma A.Ş.", "series": {"einvoice": "IKI"}}
    second = companies.save_company(desk.ctx, company_from_json(other, base_dir=desk.office.folder.root))
    companies.set_connector(
        desk.ctx,
        second,
        desk.office.connector("izibiz"),
        url="http://127.0.0.1:9",
        user="u",
        password="p",
        secrets=desk.office.secrets,
        settings={},
    )
    desk.sandbox.add_incoming(count=2, to_vkn=SELLER)
    account = companies.require_account(desk.ctx, second)
    failed = sync.sync_company(desk.ctx, second, desk.office.line(account), sealer=None)
    assert failed.offline
    assert not desk.sync().errors
    assert len(desk.records(Direction.IN)) == 2
    assert {r.company_id for r in desk.records(Direction.IN)} == {desk.company.id}


class _Writes:
    """A database that notes the points of its write transactions."""

    def __init__(self, db: Any) -> None:
        self._db = db
        self.points: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    def write(self, point: str) -> Any:
        self.points.append(point)
        return self._db.write(point)


def test_a_page_is_stored_in_short_transactions_and_acknowledged_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.sandbox.add_incoming(count=5, to_vkn=SELLER)
    account = companies.require_account(desk.ctx, desk.company)
    writes: Any = _Writes(desk.office.db)
    monkeypatch.setattr(slices, "SLICE_S", 0.0)
    receiving.receive_new(replace(desk.ctx, db=writes), desk.company, account, desk.office.session(account))
    assert writes.points == ["db.receive"] * 5 + ["db.receive.acked"]
    assert len(desk.records(Direction.IN)) == 5
    assert desk.calls("MarkInvoice") == 1


class _Hollow:
    """A session whose documents come without their content once."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def fetch(self, query: Any) -> Any:
        for page in self._session.fetch(query):
            yield [replace(document, content=b"") for document in page]


def test_what_came_without_content_is_found_by_the_completeness_pass(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=1, to_vkn=SELLER)
    account = companies.require_account(desk.ctx, desk.company)
    session = desk.office.session(account)
    report = receiving.receive_new(desk.ctx, desk.company, account, _Hollow(session))
    assert (report.new, len(report.kept_aside)) == ([], 1)
    assert desk.calls("MarkInvoice") == 0
    desk.sandbox.mark_read_elsewhere([d.ettn for d in desk.sandbox.stored("in")])
    today = desk.clock.today()
    again = receiving.complete_period(
        desk.ctx, desk.company, account, session, start=today - timedelta(days=30), end=today
    )
    assert len(again.new) == 1


class _NeverMarks:
    """A session whose integrator refuses to mark one document for good."""

    def __init__(self, session: Any, ettn: str) -> None:
        self._session, self._ettn = session, ettn

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def acknowledge(self, documents: Any) -> None:
        self._session.acknowledge([d for d in documents if d[0] != self._ettn])
        if any(d[0] == self._ettn for d in documents):
            raise Rejected("IZIBIZ.10013", "İşaretlenemedi.", todo="Entegratöre sorun.")


def test_one_that_cannot_be_marked_does_not_shut_the_next_page(desk: Desk) -> None:
    desk.sandbox.add_incoming(count=105, to_vkn=SELLER)
    account = companies.require_account(desk.ctx, desk.company)
    stuck = desk.sandbox.stored("in")[0].ettn
    session: Any = _NeverMarks(desk.office.session(account), stuck)
    report = receiving.receive_new(desk.ctx, desk.company, account, session)
    assert len(report.new) == 105
    assert report.again == [stuck]
    assert report.unmarked
    with desk.office.db.read() as s:
        assert stuck in [r.ettn for r in documents.unacked(s, desk.company.id)]


@pytest.mark.parametrize("what", list(Answer))
def test_what_was_answered_at_the_portal_comes_as_answered(desk: Desk, what: Answer) -> None:
    (ettn,) = desk.sandbox.add_incoming(count=1, to_vkn=SELLER, profile="TICARIFATURA")
    (stored,) = desk.sandbox.stored("in")
    portal = desk.office.session(companies.require_account(desk.ctx, desk.company))
    portal.respond([(ettn, stored.number)], what, "Fiyat yanlış")
    desk.push(minutes=30)
    desk.sync()
    record = desk.get(ettn, Direction.IN)
    assert (record.state, record.answer, record.is_final) == (State.ANSWERED, what.value, True)
    assert record.review_code == ""
    with pytest.raises(RuleBroken):
        answering.answer(desk.ctx, desk.company, ettn, Answer.ACCEPT, "")


def test_an_answer_under_way_at_the_portal_is_followed_until_it_is_there(desk: Desk) -> None:
    (ettn,) = desk.sandbox.add_incoming(count=1, to_vkn=SELLER, profile="TICARIFATURA")
    (stored,) = desk.sandbox.stored("in")
    portal = desk.office.session(companies.require_account(desk.ctx, desk.company))
    portal.respond([(ettn, stored.number)], Answer.REJECT, "Fiyat yanlış")
    desk.push(minutes=2)
    desk.sync()
    record = desk.get(ettn, Direction.IN)
    assert (record.state, record.answer, record.is_final) == (State.ANSWERING, "RED", False)
    desk.push(hours=5)
    desk.sync()
    record = desk.get(ettn, Direction.IN)
    assert (record.state, record.answer, record.review_code) == (State.ANSWERED, "RED", "")

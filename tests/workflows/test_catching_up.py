"""An older backup is restored: sealing waits, the integrator tells what was sent since, and the numbers go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.connectors.base import FetchedDocument
from app.demo import people
from app.domain.document_number import SeriesPurpose
from app.domain.errors import RuleBroken
from app.domain.lifecycle import Direction, State
from app.storage import backup, documents, numbers, outbox, quarantine, restored
from app.workflows import issuing, points, sealing
from app.workflows.companies import require_account

DRIVER = Path(__file__).with_name("catch_up_driver.py")
ROOT = Path(__file__).resolve().parents[2]


def _number(sequence: int) -> str:
    return f"CNR2026{sequence:09d}"


def _save(desk: Any, path: Path) -> Path:
    backup.backup(desk.office.folder.database, path)
    return path


def _restore(desk: Any, saved: Path) -> None:
    assert desk.office.restore_database(saved).marked == 1


def _send(desk: Any, *ettns: str) -> None:
    assert desk.issue(*ettns).is_clean
    assert desk.sync().errors == []


def _mark(desk: Any) -> restored.RestoredMark | None:
    with desk.office.db.read() as s:
        return restored.mark_of(s, desk.company.id)


def _legal(desk: Any, ettn: str) -> bytes | None:
    with desk.office.db.read() as s:
        return documents.load_file(s, desk.get(ettn).id, "legal")


@pytest.fixture
def lost(desk: Any, tmp_path: Path) -> list[str]:
    """One document in the backup; three sealed and sent since: one was a draft in it, two it never saw."""
    _send(desk, desk.draft())
    waiting = desk.draft(1)
    desk.push(hours=1)
    saved = _save(desk, tmp_path / "yedek.db")
    since = [waiting, desk.draft(), desk.draft(1)]
    _send(desk, *since)
    _restore(desk, saved)
    return since


def test_sealing_waits_until_the_integrator_was_asked(desk: Any, lost: list[str]) -> None:
    fresh = [desk.draft(), desk.draft(1)]
    refused = desk.issue(*fresh).sealing
    ((ettn, error),) = [(f.ettn, f.error) for f in refused.failed]
    assert (ettn, error.code, refused.stopped) == (fresh[0], "NUMBER.AFTER_RESTORE", True)
    assert "20.11.2026 günü yedek geri yüklendiği için" in error.sentence
    assert "eşitleyin" in error.sentence
    assert desk.get(fresh[0]).number == ""


def test_what_was_sent_comes_back_and_numbers_go_on(desk: Any, lost: list[str]) -> None:
    report = desk.sync()
    assert report.errors == []
    result = report.step("catch_up").result
    assert result["restored"] == [_number(2), _number(3), _number(4)]
    assert result["raised"] == [_number(5)]
    assert [s.step for s in report.steps].index("catch_up") < [s.step for s in report.steps].index("send")
    theirs = {d.ettn: d for d in desk.sandbox.stored("out")}
    for ettn in lost:
        record = desk.get(ettn)
        assert (record.number, record.partner_name != "", record.has_legal_copy) == (theirs[ettn].number, True, True)
        assert _legal(desk, ettn) == theirs[ettn].xml
        assert record.state in (State.SENT, State.DELIVERED)
    assert _mark(desk) is None
    fresh = desk.draft()
    _send(desk, fresh)
    assert desk.get(fresh).number == _number(5)
    assert sorted(d.number for d in desk.sandbox.stored("out")) == [_number(n) for n in range(1, 6)]
    assert all(d.sends == 1 for d in desk.sandbox.stored("out"))


def test_a_failed_document_waits_too(desk: Any, tmp_path: Path) -> None:
    """It may have been sealed and sent again since the backup."""
    ettn = desk.draft()
    desk.issue(ettn)
    with desk.office.db.write(points.SEND_END) as s:
        for state in (State.SENDING, State.FAILED):
            documents.set_state(s, desk.get(ettn).id, state, at=desk.clock.now())
    _restore(desk, _save(desk, tmp_path / "yedek.db"))
    with pytest.raises(RuleBroken) as refusal:
        issuing.reissue(desk.ctx, desk.company, ettn, desk.means())
    assert refusal.value.code == "NUMBER.AFTER_RESTORE"


def test_a_second_pass_has_nothing_to_catch_up(desk: Any, lost: list[str]) -> None:
    desk.sync()
    asked = desk.calls("GetInvoice")
    desk.push(minutes=1)
    assert desk.sync().step("catch_up") is None
    assert desk.calls("GetInvoice") == asked


def test_the_outcome_is_learnt_from_the_list(desk: Any, lost: list[str]) -> None:
    """Weeks later nobody may ask for a status any more; the list says it."""
    desk.push(days=30)
    before = desk.calls("GetInvoiceStatusAll") + desk.calls("GetInvoiceStatus")
    assert desk.sync().errors == []
    assert {desk.get(e).state for e in lost} <= {State.DELIVERED, State.ACCEPTED, State.REJECTED, State.LAPSED}
    assert desk.calls("GetInvoiceStatusAll") + desk.calls("GetInvoiceStatus") == before
    assert [desk.get(e).review_code for e in lost] == [""] * 3


def test_what_waited_in_the_backup_is_not_sent_again(desk: Any, tmp_path: Path) -> None:
    queued, sealed = desk.draft(), desk.draft(1)
    desk.issue(queued)
    sealing.seal(desk.ctx, desk.company, [sealed], desk.means())
    saved = _save(desk, tmp_path / "yedek.db")
    desk.issue(sealed)
    desk.sync()
    _restore(desk, saved)
    report = desk.sync()
    assert report.errors == []
    assert report.step("catch_up").result["sent"] == [_number(1), _number(2)]
    assert {desk.get(queued).state, desk.get(sealed).state} <= {State.SENT, State.DELIVERED}
    assert [d.sends for d in desk.sandbox.stored("out")] == [1, 1]
    with desk.office.db.read() as s:
        assert outbox.open_for(s, desk.get(queued).id, "send") == []


def test_what_came_in_since_comes_back_too(desk: Any, tmp_path: Path) -> None:
    saved = _save(desk, tmp_path / "yedek.db")
    desk.sandbox.add_incoming(count=2, to_vkn=people.SELLER["vkn"])
    desk.push(minutes=10)
    assert len(desk.sync().step("receive").result["new"]) == 2
    _restore(desk, saved)
    desk.push(minutes=10)
    assert len(desk.sync().step("catch_up").result["new"]) == 2
    assert len(desk.records(Direction.IN)) == 2


@pytest.mark.parametrize("offline", [True, False])
def test_a_pass_that_fails_sends_nothing_and_keeps_the_mark(desk: Any, tmp_path: Path, offline: bool) -> None:
    ettn = desk.draft()
    desk.issue(ettn)
    _restore(desk, _save(desk, tmp_path / "yedek.db"))
    desk.sandbox.arm("drop_before" if offline else "error_type", "GetInvoice", times=5)
    report = desk.sync()
    assert report.step("catch_up").error is not None
    assert (report.step("send"), report.step("lapse")) == (None, None)
    assert desk.get(ettn).state is State.QUEUED
    assert _mark(desk) is not None


def test_a_number_given_twice_is_stopped_and_shown(desk: Any, lost: list[str]) -> None:
    """The account was missing at first: a draft got the number that another paper bears over there."""
    with desk.office.db.read() as s:
        number, _ = numbers.peek_next(s, desk.company.id, "CNR", 2026)
    twin = desk.draft()
    record = desk.get(twin)
    with desk.office.db.write(points.SEAL) as s:
        assert numbers.store_sealed(
            s,
            record.id,
            number=number,
            xml=b"<Invoice/>",
            ettn=twin,
            issue_date=desk.clock.today(),
            sealed_by="own",
            at=desk.clock.now(),
        )
        documents.set_state(s, record.id, State.QUEUED, at=desk.clock.now())
        outbox.enqueue(s, desk.company.id, record.id, "send", {}, at=desk.clock.now())
    report = desk.sync()
    assert report.step("catch_up").result["taken"] == [_number(2)]
    assert report.step("catch_up").result["restored"] == [_number(3), _number(4)]
    assert desk.get(twin).review_code == "NUMBER.DOUBLE"
    assert desk.get(twin).state is State.QUEUED
    with desk.office.db.read() as s:
        assert [k.code for k in quarantine.list_kept(s, desk.company.id)] == ["NUMBER.DOUBLE"]


def test_a_company_without_an_account_seals_and_is_told(desk: Any, tmp_path: Path) -> None:
    """Nobody can be asked: the work goes on, and each number is shown to a person."""
    known = desk.draft()
    _send(desk, known)
    means = desk.means()
    _restore(desk, _save(desk, tmp_path / "yedek.db"))
    ettn = desk.draft()
    with desk.office.db.write(points.COMPANY) as s:
        s.execute(text("DELETE FROM poll"))
        s.execute(text("DELETE FROM account"))
    assert sealing.seal(desk.ctx, desk.company, [ettn], means).failed == []
    assert (desk.get(ettn).number, desk.get(ettn).review_code) == (_number(2), "NUMBER.UNCERTAIN")


def test_a_series_opened_after_the_backup_goes_on_too(desk: Any, tmp_path: Path) -> None:
    saved = _save(desk, tmp_path / "yedek.db")
    _send(desk, desk.draft(series="YEN"), desk.draft(series="YEN"))
    _restore(desk, saved)
    desk.sync()
    with desk.office.db.write(points.COMPANY) as s:
        numbers.set_series(s, desk.company.id, SeriesPurpose.EINVOICE, "YEN", year=2026)
        assert str(numbers.peek_next(s, desk.company.id, "YEN", 2026)[0]) == "YEN2026000000003"


def test_another_firms_documents_do_not_move_the_counters(desk: Any, tmp_path: Path) -> None:
    _restore(desk, _save(desk, tmp_path / "yedek.db"))
    _send_as_another_firm(desk)
    result = desk.sync().step("catch_up").result
    assert (result["other_firm"], result["raised"], result["restored"]) == (1, [], [])


def _send_as_another_firm(desk: Any) -> None:
    """A document that the account lists although it is not the company's: its sender's number is another."""
    inner = desk.office.session(require_account(desk.ctx, desk.company))
    fetch = inner.fetch

    def foreign(query: Any) -> Any:
        if query.direction is Direction.OUT and query.header_only:
            yield [FetchedDocument(ettn="x", number=_number(9), content=None, sender_vkn="1234567808")]
            return
        yield from fetch(query)

    inner.fetch = foreign


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="only on POSIX")
@pytest.mark.parametrize("crash", [f"db.catch_up:{phase}:{n}" for phase in ("before", "after") for n in (1, 2, 4, 6)])
def test_killed_while_catching_up_the_next_pass_ends_it(desk: Any, lost: list[str], crash: str) -> None:
    """Counters, each document, the mark: wherever it is cut off, nothing is double and nothing is missing."""
    assert _run(desk, crash) == -signal.SIGKILL, f"the pass never reached {crash}"
    assert _run(desk, None) == 0
    assert _mark(desk) is None
    assert [desk.get(e).number for e in lost] == [_number(n) for n in (2, 3, 4)]
    theirs = {d.ettn: d.xml for d in desk.sandbox.stored("out")}
    assert {e: _legal(desk, e) for e in lost} == {e: theirs[e] for e in lost}
    fresh = desk.draft()
    _send(desk, fresh)
    assert desk.get(fresh).number == _number(5)


def _run(desk: Any, crash_at: str | None) -> int:
    env = {k: v for k, v in os.environ.items() if not k.startswith("MUHURDAR_CRASH_AT")}
    env |= {"PYTHONPATH": str(ROOT), "MUHURDAR_CRASH_GUARD": "1"}
    if crash_at:
        env["MUHURDAR_CRASH_AT"] = crash_at
    done = subprocess.run(
        [sys.executable, str(DRIVER), str(desk.office.folder.root), desk.clock.now().isoformat()],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode not in (0, -signal.SIGKILL):
        raise AssertionError(f"the pass ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.returncode

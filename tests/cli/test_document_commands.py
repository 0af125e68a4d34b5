"""document create | queue | list: despatch notes and receipts from a JSON draft to kept, sealed bytes by commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.demo import people
from app.domain.lifecycle import DocumentKind
from app.signing.verify import verify_document
from app.ubl.despatch import read_despatch
from app.workflows import papers
from tests.cli.conftest import Run, write_json
from tests.ubl.scenarios import despatch_for, freelance_receipt, producer_receipt

SERIES = {"despatch": "IRS", "receipt": "YNT", "creditnote": "MUH", "smm": "SMM"}


@pytest.fixture
def firm(run: Run, company: str, tmp_path: Path) -> str:
    """The demo seller with a series for each kind."""
    card = people.SELLER | {"series": people.SELLER["series"] | SERIES}
    assert run("company", "add", "--from", write_json(tmp_path / "kart.json", card)).code == 0
    return company


def paper_file(folder: Path, kind: DocumentKind, today: str, **changes: Any) -> Path:
    day = date.fromisoformat(today)
    made: papers.Paper
    if kind is DocumentKind.DESPATCH:
        note = despatch_for(issue_date=day, number=None)
        made = replace(note, shipment=replace(note.shipment, despatch_day=day))
    elif kind is DocumentKind.CREDIT_NOTE:
        made = producer_receipt(issue_date=day, number=None)
    else:
        made = freelance_receipt(issue_date=day, number=None)
    fields = {k: v for k, v in papers.fields_of(made).items() if k != "series"}
    return write_json(folder / f"{kind.value}.json", fields | changes)


def test_a_despatch_note_from_draft_to_seal(run: Run, firm: str, tmp_path: Path, today: str) -> None:
    out = tmp_path / "irsaliye.xml"
    draft = paper_file(tmp_path, DocumentKind.DESPATCH, today)
    ran = run("document", "create", draft, "--company", firm, "-o", out)
    assert (ran.code, ran.err) == (0, "")
    ettn = ran.out.strip()
    assert read_despatch(out.read_bytes()).despatch.uuid == ettn
    ran = run("document", "queue", ettn, "--company", firm, "--seal", "test", "--json")
    report = ran.json("queue")
    # Nobody sends it: that is told, and no failure.
    assert ran.code == 0 and report["sealing"]["done"] == [ettn] and report["queueing"]["done"] == []
    assert report["kept"][0]["code"] == "QUEUE.KIND"
    [listed] = run("document", "list", "--company", firm, "--kind", "despatch", "--json").json("list")["documents"]
    assert (listed["state"], listed["number"][:3], listed["kind"]) == ("sealed", "IRS", "despatch")
    sealed = tmp_path / "muhurlu.xml"
    assert run("invoice", "export", ettn, "--company", firm, "-o", sealed).code == 0
    assert verify_document(sealed.read_bytes()).valid
    again = run("document", "queue", ettn, "--company", firm, "--seal", "test")
    assert again.code == 1 and "gönderecek bir entegratörü tanımlı değil" in again.err


@pytest.mark.parametrize("kind", [DocumentKind.CREDIT_NOTE, DocumentKind.SMM])
def test_receipts_say_in_words_that_they_stay(
    run: Run, firm: str, tmp_path: Path, today: str, kind: DocumentKind
) -> None:
    created = run("document", "create", paper_file(tmp_path, kind, today), "--company", firm, "--json").json("create")
    assert created["kind"] == kind.value and created["number"] == f"{SERIES[kind.value]}{today[:4]}000000000"
    ran = run("document", "queue", created["ettn"], "--company", firm, "--seal", "test")
    assert ran.code == 0 and ran.out.startswith(f"{created['ettn']}  mühürlü: ")
    assert papers.TITLES[kind] in ran.out


def test_an_invoice_is_a_document_too(run: Run, firm: str, draft_file: Callable[..., Path]) -> None:
    ran = run("document", "create", draft_file(), "--company", firm)
    assert ran.code == 0
    kinds = [d["kind"] for d in run("document", "list", "--company", firm, "--json").json("list")["documents"]]
    assert kinds == ["invoice"]
    assert run("document", "list", "--company", firm, "--kind", "smm", "--json").json("list")["documents"] == []


def test_what_cannot_be_read_is_refused_in_one_sentence(
    run: Run, firm: str, tmp_path: Path, today: str, draft_file: Callable[..., Path]
) -> None:
    odd = paper_file(tmp_path, DocumentKind.DESPATCH, today, yabanci=1)
    run("document", "create", odd, "--company", firm).refused(2, "yabanci")
    receipt = draft_file(profile="EARSIVBELGE")
    run("document", "create", receipt, "--company", firm).refused(2, "MUSTAHSILMAKBUZ")
    run("invoice", "create", receipt, "--company", firm).refused(2, "document create")


def test_without_a_series_it_names_the_kind(run: Run, company: str, tmp_path: Path, today: str) -> None:
    draft = paper_file(tmp_path, DocumentKind.SMM, today)
    ran = run("document", "create", draft, "--company", company)
    assert ran.code != 0 and "e-Serbest meslek makbuzu serisi" in ran.err

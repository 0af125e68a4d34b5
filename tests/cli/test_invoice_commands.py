"""A bookkeeper's day by commands: draft, queue, sync, list, show, export, answer; with the sandbox as integrator."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.sandbox.server import Sandbox

DraftFile = Callable[..., Path]


def _create(run: Any, company: str, draft: Path) -> str:
    ran = run("invoice", "create", draft, "--company", company)
    assert ran.code == 0, ran.err
    return str(ran.out.strip())


def _listed(run: Any, company: str, *more: str) -> list[dict[str, Any]]:
    shown = run("invoice", "list", "--company", company, "--json", *more).json("list")
    return list(shown["documents"])


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_create_prints_the_ettn(run: Any, company: str, draft_file: DraftFile, tmp_path: Path) -> None:
    wanted = "123e4567-e89b-42d3-a456-426614174000"
    out = tmp_path / "taslak.xml"
    ran = run("invoice", "create", draft_file(uuid=wanted), "--company", company, "-o", out)
    assert (ran.code, ran.out, ran.err) == (0, f"{wanted}\n", "")
    assert wanted.encode() in out.read_bytes()
    shown = run("invoice", "create", draft_file(1), "--company", company, "--json").json("create")
    assert shown["number"].endswith("000000000") and shown["findings"] == []
    assert {d["ettn"] for d in _listed(run, company)} == {wanted, shown["ettn"]}


def test_create_keeps_a_draft_with_errors_and_says_them(run: Any, company: str, draft_file: DraftFile) -> None:
    ran = run("invoice", "create", draft_file(lines=[]), "--company", company, "--json")
    assert ran.code == 0
    assert "INV.LINES" in [f["code"] for f in ran.json("create")["findings"]]
    assert "INV.LINES" in ran.err
    assert len(_listed(run, company)) == 1


def _line(**changes: Any) -> dict[str, Any]:
    return {"lines": [{"name": "x", "quantity": "1", "unit": "C62", "unit_price": "1", "vat_rate": "20"} | changes]}


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"foo": 1}, "foo: Bilinmeyen alan"),
        ({"lines": "bir"}, "lines"),
        ({"lines": [5]}, "lines[0]"),
        ({"customer": []}, "customer"),
        ({"uuid": "abc"}, "uuid"),
        ({"issue_date": "20.11.2026"}, "issue_date"),
        (_line(fiyat=1), "lines[0].fiyat"),
        (_line(quantity=True), "lines[0].quantity"),
        (_line(unit_price="18.450,00"), "lines[0].unit_price"),
        (_line(unit_price="1e999999"), "lines[0].unit_price"),
        (_line(unit_price=float("nan")), "lines[0].unit_price"),
    ],
)
def test_wrong_draft_names_the_field(
    run: Any, company: str, draft_file: DraftFile, tmp_path: Path, changes: dict[str, Any], word: str
) -> None:
    out = tmp_path / "taslak.xml"
    run("invoice", "create", draft_file(**changes), "--company", company, "-o", out).refused(2, word)
    assert not out.exists()
    assert _listed(run, company) == []


def test_json_floats_are_read_exactly(run: Any, company: str, draft_file: DraftFile) -> None:
    path = draft_file(**_line(unit_price="@"))
    path.write_text(path.read_text("utf-8").replace('"@"', "1234.15"), "utf-8")
    _create(run, company, path)
    assert _listed(run, company)[0]["payable"] == "1480.98"


def test_create_tells_the_ettn_when_only_the_xml_failed(
    run: Any, company: str, draft_file: DraftFile, tmp_path: Path
) -> None:
    ran = run("invoice", "create", draft_file(), "--company", company, "-o", tmp_path)
    (kept,) = _listed(run, company)
    ran.refused(1, f"Taslak kaydedildi (ETTN {kept['ettn']})", "Dosya yazılamadı")


def test_draft_for_an_unknown_company(run: Any, company: str, draft_file: DraftFile) -> None:
    run("invoice", "create", draft_file(), "--company", "4840847211").refused(1, "kayıtlı firma yok", "company list")


def test_ettns_are_read_in_any_case_and_refused_when_wrong(run: Any, company: str, draft_file: DraftFile) -> None:
    ettn = _create(run, company, draft_file())
    assert run("invoice", "show", ettn.upper(), "--company", company, "--json").json("show")["ettn"] == ettn
    run("invoice", "show", "abc", "--company", company).refused(2, "ETTN geçersiz")
    unknown = "123e4567-e89b-42d3-a456-426614174000"
    for command in (("show", unknown), ("export", unknown, "-o", "x.xml"), ("answer", unknown, "kabul")):
        run("invoice", *command, "--company", company).refused(1, unknown)


# --- sending ----------------------------------------------------------------------------------------------------------


def test_queue_and_sync(run: Any, connected: str, sandbox: Sandbox, draft_file: DraftFile, tmp_path: Path) -> None:
    first, second = _create(run, connected, draft_file(0)), _create(run, connected, draft_file(1))
    queued = run("invoice", "queue", first, second.upper(), "--company", connected, "--seal", "test", "--json")
    assert queued.code == 0, queued.err
    assert sorted(n[-3:] for n in queued.json("queue")["numbers"].values()) == ["001", "002"]
    sent = run("sync", "--company", connected, "--json").json("sync")
    assert not sent["offline"]
    assert {d.ettn for d in sandbox.stored("out")} == {first, second}
    assert {d["state"] for d in _listed(run, connected, "--direction", "out")} == {"sent"}

    history = run("invoice", "show", first, "--company", connected, "--json").json("show")["history"]
    assert [h["state"] for h in history][:5] == ["draft", "sealed", "queued", "sending", "sent"]
    assert "Gönderildi" in run("invoice", "show", first, "--company", connected).out
    out = tmp_path / "giden.xml"
    assert (
        run("invoice", "export", first, "--company", connected, "-o", out, "--json").json("export")["role"] == "sealed"
    )
    assert out.read_bytes() == next(d.xml for d in sandbox.stored("out") if d.ettn == first)
    assert run("verify", out).code == 0

    again = run("sync", "--company", connected)
    assert again.code == 0 and "sonrasında sorulabilir" in again.out
    assert len(sandbox.stored("out")) == 2


def test_queue_refuses(run: Any, connected: str, draft_file: DraftFile, p12: Any) -> None:
    ettn = _create(run, connected, draft_file())
    run("invoice", "queue", ettn, "--company", connected).refused(1, "mühür verilmedi")
    foreign = ("--pkcs12", p12("7750409379"), "--password-env", "P12")
    run("invoice", "queue", ettn, "--company", connected, *foreign).refused(1, "Sertifika bu firmanın değil")
    run("invoice", "resend", ettn, "--company", connected, "--seal", "test").refused(1, "yeniden gönderilemez")
    unknown = "123e4567-e89b-42d3-a456-426614174000"
    mixed = run("invoice", "queue", unknown, ettn, "--company", connected, "--seal", "test", "--json")
    assert mixed.code == 1
    shown = mixed.json("queue")
    assert shown["queueing"]["done"] == [ettn]
    assert [f["ettn"] for f in shown["sealing"]["failed"]] == [unknown]
    assert [d["number"][-9:] for d in _listed(run, connected)] == ["000000001"]


def test_a_warning_that_matters_is_passed_over_with_a_reason(run: Any, connected: str, draft_file: DraftFile) -> None:
    ettn = _create(run, connected, draft_file(order_reference=None, **_line(unit_price="0")))
    queue = ("invoice", "queue", ettn, "--company", connected, "--seal", "test")
    refused = run(*queue)
    assert refused.code == 1
    assert "--accept INV.ZERO=SEBEP" in refused.err
    assert _listed(run, connected)[0]["number"] == ""
    for text in ("INV.ZERO", "INV.ZERO=", "=sebep"):
        run(*queue, "--accept", text).refused(2, "anlaşılamadı")
    assert run(*queue, "--accept", "INV.ZERO=Bedelsiz numune").code == 0
    notes = [h["note"] for h in run("invoice", "show", ettn, "--company", connected, "--json").json("show")["history"]]
    assert any(note.endswith("INV.ZERO uyarısı bilerek geçildi: Bedelsiz numune") for note in notes)


def test_test_seal_never_goes_to_a_live_endpoint(run: Any, company: str, draft_file: DraftFile) -> None:
    words = ("--key", "izibiz", "--url", "https://efatura.invalid", "--user", "u", "--password-env", "PAROLA")
    assert run("connector", "set", "--company", company, *words).code == 0
    ettn = _create(run, company, draft_file())
    ran = run("invoice", "queue", ettn, "--company", company, "--seal", "test")
    ran.refused(1, "TEST")
    assert _listed(run, company)[0]["number"] == ""


def test_sync_without_a_connection_keeps_the_queue(
    run: Any, connected: str, sandbox: Sandbox, draft_file: DraftFile
) -> None:
    ettn = _create(run, connected, draft_file())
    assert run("invoice", "queue", ettn, "--company", connected, "--seal", "test").code == 0
    sandbox.stop()
    ran = run("sync", "--company", connected)
    assert ran.code == 1
    assert "Bağlantı yok; kuyruktakiler bağlantı gelince gönderilecek." in ran.out
    assert "Kuyrukta bekleyen var;" in ran.out
    assert ran.err.startswith("Yapılamadı: ") and ran.err.count("\n") == 1
    assert sandbox.stored("out") == []
    (waiting,) = _listed(run, connected)
    assert (waiting["ettn"], waiting["state"]) == (ettn, "queued")
    sandbox.start()
    # Backoff is a minute of the machine's clock: until then the pass says what it waits for.
    again = run("sync", "--company", connected, "--json")
    assert again.json("sync")["retry_at"] is not None or [d.ettn for d in sandbox.stored("out")] == [ettn]


def test_sync_with_a_wrong_integrator_password(
    run: Any, connected: str, sandbox: Sandbox, draft_file: DraftFile
) -> None:
    ettn = _create(run, connected, draft_file())
    assert run("invoice", "queue", ettn, "--company", connected, "--seal", "test").code == 0
    sandbox.set_password("deneme", "baska-bir-parola")
    ran = run("sync", "--company", connected)
    assert ran.code == 1
    assert "parola" in ran.err and ran.err.count("\n") == 1
    assert sandbox.stored("out") == []
    assert _listed(run, connected)[0]["state"] == "queued"


# --- receiving --------------------------------------------------------------------------------------------------------


def test_receive_list_and_answer(run: Any, connected: str, sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.add_incoming(count=6, sealed=False)
    assert "6 yeni belge alındı." in run("sync", "--company", connected).out
    documents = _listed(run, connected, "--direction", "in")
    assert len(documents) == 6
    assert run("invoice", "list", "--company", connected, "--limit", "2").out.count("İNCELEME") == 0
    assert "6 belgeden 2 tanesi" in run("invoice", "list", "--company", connected, "--limit", "2").out
    assert "uyan belge yok" in run("invoice", "list", "--company", connected, "--search", "olmayan-unvan").out
    assert _listed(run, connected, "--review") == []
    basic = next(d["ettn"] for d in documents if d["profile"] == "TEMELFATURA")
    first, second = [d["ettn"] for d in documents if d["profile"] == "TICARIFATURA"][:2]

    run("invoice", "answer", basic, "kabul", "--company", connected).refused(1, "temel fatura")
    run("invoice", "answer", first, "red", "--company", connected).refused(1, "Red nedeni")
    rejected = run("invoice", "answer", first, "red", "--reason", "Mal eksik", "--company", connected, "--json")
    assert rejected.json("answer")["answer"] == "RED"
    run("invoice", "answer", first, "kabul", "--company", connected).refused(1, "zaten yanıtlandı")
    assert "KABUL yanıtı kuyruğa alındı" in run("invoice", "answer", second, "kabul", "--company", connected).out

    assert "2 yanıt mühür bekliyor." in run("sync", "--company", connected).out
    assert "2 yanıt iletildi." in run("sync", "--company", connected, "--seal", "test").out
    out = tmp_path / "gelen.xml"
    assert run("invoice", "export", first, "--company", connected, "-o", out).code == 0
    stored = {d.ettn: d for d in sandbox.stored("in")}
    assert out.read_bytes() == stored[first].xml
    assert stored[first].answers == ["RED"] and stored[second].answers == ["KABUL"]


def test_what_was_read_elsewhere_is_completed(run: Any, connected: str, sandbox: Sandbox, today: str) -> None:
    elsewhere = sandbox.add_incoming(count=3, sealed=False)
    sandbox.mark_read_elsewhere(elsewhere)
    assert run("sync", "--company", connected, "--json").json("sync")["steps"][-1]["result"]["new"] == []
    ran = run("sync", "--company", connected, "--complete", today[:7], "--json")
    assert ran.code == 0
    assert sorted(ran.json("sync")["complete"]["new"]) == sorted(elsewhere)
    run("sync", "--company", connected, "--complete", "2026-13").refused(2, "Dönem okunamadı")


def test_unreadable_arrival_is_named_and_hurts_no_other(run: Any, connected: str, sandbox: Sandbox) -> None:
    sandbox.add_incoming(count=2, sealed=False)
    sandbox.add_raw_incoming(b"%PDF-1.7 bu bir belge degil")
    ran = run("sync", "--company", connected)
    assert ran.code == 0
    assert "2 yeni belge alındı." in ran.out
    assert "1 dosya okunamadı, kenara alındı." in ran.out
    assert len(_listed(run, connected)) == 2


def test_others_text_cannot_repaint_the_terminal(run: Any, company: str, draft_file: DraftFile) -> None:
    path = draft_file()
    draft = json.loads(path.read_text("utf-8"))
    draft["customer"]["title"] = "Masum \x9b2J\x1b[2J Şirketi"
    path.write_text(json.dumps(draft), "utf-8")
    ran = run("invoice", "create", path, "--company", company)
    listed = run("invoice", "list", "--company", company)
    assert not set("\x1b\x9b") & set(ran.out + ran.err + listed.out + listed.err)


def test_advanced_clock_brings_the_document_home(
    run: Any, connected: str, sandbox: Sandbox, draft_file: DraftFile
) -> None:
    """The floors keep the status unasked on the machine's clock; the sandbox tells what `show` will say later."""
    ettn = _create(run, connected, draft_file())
    assert run("invoice", "queue", ettn, "--company", connected, "--seal", "test").code == 0
    assert run("sync", "--company", connected).code == 0
    sandbox.advance(timedelta(hours=4))
    ran = run("sync", "--company", connected, "--json")
    skipped = {s["step"]: s.get("skipped_until") for s in ran.json("sync")["steps"]}
    assert skipped["status"] and skipped["receive"]
    assert run("invoice", "show", ettn, "--company", connected, "--json").json("show")["state"] == "sent"

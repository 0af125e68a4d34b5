"""taxpayers update and find, over the real sandbox."""

from __future__ import annotations

import json
from typing import Any

from app.demo import people


def test_the_list_is_fetched_once_in_two_hours_and_asked_offline(run: Any, connected: str, sandbox: Any) -> None:
    run("taxpayers", "find", connected).refused(1, "listesi bu bilgisayarda yok")
    first = run("taxpayers", "update")
    assert first.code == 0 and first.out.startswith("Liste baştan alındı"), first
    again = run("taxpayers", "update", "--json")
    assert again.code == 0 and json.loads(again.out)["skipped_until"]
    assert "Liste güncel" in run("taxpayers", "update").out
    assert sum(call.operation == "GetGibUserList" for call in sandbox.calls) == 1
    sandbox.stop()
    buyer = people.buyer_number(0)
    found = run("taxpayers", "find", buyer)
    assert found.code == 0 and people.buyer_name(0) in found.out and people.buyer_labels(0)[0] in found.out
    told = json.loads(run("taxpayers", "find", buyer, "--json").out)
    assert told["registered"] is True and told["labels"] == people.buyer_labels(0)
    assert told["source"] == "sandbox"
    stranger = run("taxpayers", "find", "1234567803")
    assert stranger.code == 1 and "değil" in stranger.out


def test_a_wrong_number_and_a_missing_account_are_said(run: Any, company: str) -> None:
    run("taxpayers", "find", "12").refused(2, "2 rakam")
    run("taxpayers", "update").refused(1, "entegratör hesabı tanımlı değil")

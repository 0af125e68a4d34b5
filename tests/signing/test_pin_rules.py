"""The PIN rules against what a token says of itself; no driver is needed, since it must not even be asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import PinRefused, SealError
from app.runtime.masking import forget, mask
from app.signing.choose import Wanted, choose_token
from app.signing.pins import PinPrompt, PinSource, ask_pin, remember_refused
from app.signing.token_facts import TokenFacts, describe_all

from .conftest import OWNER, STRANGER, Authority

TOKEN = TokenFacts(
    module="m.so",
    slot_id=1,
    reader="Okuyucu",
    label="firma",
    serial="01",
    model="AKIS",
    manufacturer="TUBITAK",
    initialized=True,
    pin_pad=False,
    pin_set=True,
    pin_low=False,
    pin_final_try=False,
    pin_locked=False,
    pin_must_change=False,
    can_sign=True,
)


def _prompt_of(token: TokenFacts) -> PinPrompt:
    return PinPrompt(
        token_label=token.label,
        token_serial=token.serial,
        reader=token.reader,
        is_low=False,
        is_final_try=False,
        warning="",
    )


def never(_: PinPrompt) -> str:
    raise AssertionError("the PIN must not be asked")


def test_a_plain_login_asks_once() -> None:
    assert ask_pin(TOKEN, PinSource.typed("1234")) == "1234"
    assert ask_pin(TOKEN, PinSource.stored("1234")) == "1234"


def test_a_pin_is_masked_wherever_it_is_written() -> None:
    try:
        assert PinSource.asked(lambda _: "905173").give(_prompt_of(TOKEN)) == "905173"
        assert "905173" not in mask("driver says: 905173")
    finally:
        forget("905173")


def test_a_locked_token_is_not_asked() -> None:
    with pytest.raises(PinRefused) as caught:
        ask_pin(replace(TOKEN, pin_locked=True), PinSource.asked(never), accept_last_try=True)

    assert caught.value.code == "PIN.LOCKED"


@pytest.mark.parametrize("pin_pad", [False, True])
def test_the_last_try_needs_a_plain_yes(pin_pad: bool) -> None:
    token = replace(TOKEN, pin_final_try=True, pin_low=True, pin_pad=pin_pad)

    with pytest.raises(PinRefused) as caught:
        ask_pin(token, PinSource.asked(never))
    assert caught.value.code == "PIN.LAST_TRY"
    assert "son" in caught.value.sentence and "kilitlenir" in caught.value.sentence

    prompts: list[PinPrompt] = []

    def person(prompt: PinPrompt) -> str:
        prompts.append(prompt)
        return "1234"

    given = ask_pin(token, PinSource.asked(person), accept_last_try=True)
    if pin_pad:
        assert given is None and prompts == []
    else:
        assert given == "1234" and prompts[0].is_final_try and "SON" in prompts[0].warning


def test_a_keypad_takes_no_pin() -> None:
    assert ask_pin(replace(TOKEN, pin_pad=True), PinSource.asked(never)) is None
    assert ask_pin(replace(TOKEN, pin_pad=True), PinSource.keypad()) is None


def test_a_pin_that_was_never_set() -> None:
    with pytest.raises(SealError) as caught:
        ask_pin(replace(TOKEN, pin_set=False), PinSource.asked(never))

    assert caught.value.code == "PIN.NOT_SET"


def test_a_low_count_stops_only_what_nobody_types() -> None:
    token = replace(TOKEN, pin_low=True)

    assert ask_pin(token, PinSource.typed("1234")) == "1234"
    with pytest.raises(PinRefused) as caught:
        ask_pin(token, PinSource.stored("1234"))
    assert caught.value.code == "PIN.LOW"


def test_a_refused_pin_is_remembered_for_that_token_only() -> None:
    token = replace(TOKEN, serial="refused-once")
    remember_refused(token, "4321")
    remember_refused(token, None)

    with pytest.raises(PinRefused) as caught:
        ask_pin(token, PinSource.typed("4321"))
    assert caught.value.code == "PIN.REPEATED"
    assert "4321" not in caught.value.sentence
    assert ask_pin(token, PinSource.typed("1234")) == "1234"
    assert ask_pin(replace(token, serial="another"), PinSource.typed("4321")) == "4321"


def test_a_token_that_hides_its_certificates_may_be_the_right_one(authority: Authority) -> None:
    theirs, _ = describe_all([(authority.issue(STRANGER.digits).der, "", "01")])
    shown, hidden = replace(TOKEN, label="baska", certificates=theirs), replace(TOKEN, label="gizli")

    assert choose_token([shown, hidden], Wanted(owner=OWNER)) is hidden
    with pytest.raises(SealError) as caught:
        choose_token([shown], Wanted(owner=OWNER))
    assert caught.value.code == "SEAL.FOREIGN_CERT"


def test_an_uninitialised_slot_is_no_token() -> None:
    with pytest.raises(SealError) as caught:
        choose_token([replace(TOKEN, initialized=False)], Wanted())

    assert caught.value.code == "TOKEN.NOT_FOUND"


def test_facts_travel_between_processes(authority: Authority) -> None:
    found, unreadable = describe_all([(authority.issue().der, "etiket", "0a"), (b"junk", "", "")])
    facts = replace(TOKEN, certificates=found, unreadable=unreadable)

    assert unreadable == 1
    assert TokenFacts.from_plain(facts.to_plain()) == facts

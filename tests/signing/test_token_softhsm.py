"""A real PKCS#11 token (SoftHSM2), in this process and behind a child."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from pkcs11 import PROTECTED_AUTH
from pkcs11.exceptions import FunctionCancelled

from app.domain.errors import PinRefused, SealError
from app.domain.taxnumber import TaxNumber
from app.signing.choose import Wanted
from app.signing.demo_token import CONFIG_VARIABLE, create_demo_token
from app.signing.doctor import doctor, list_tokens
from app.signing.isolated import IsolatedSealer
from app.signing.modules import find_softhsm, known_modules, module_title
from app.signing.pins import PinPrompt, PinSource
from app.signing.pkcs11_door import load_library
from app.signing.pkcs11_sealer import Pkcs11Sealer, survey
from app.signing.soft import build_test_certificate
from app.signing.verify import verify_document
from app.signing.xades import seal_many, seal_ubl

from .conftest import NOW, OWNER, PIN, STRANGER, Authority, MakeToken

pytestmark = pytest.mark.softhsm


class Asked:
    """A person at the keyboard who types the given PINs in turn, and counts."""

    def __init__(self, *pins: str) -> None:
        self._pins = list(pins)
        self.prompts: list[PinPrompt] = []

    def __call__(self, prompt: PinPrompt) -> str:
        self.prompts.append(prompt)
        return self._pins[len(self.prompts) - 1]


@pytest.fixture(params=["in process", "in a child"])
def open_token(request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Open a token either way; closed at the end."""
    opened: list[Any] = []

    def open_it(module: Path, *, pin: PinSource | None = None, **wanted: Any) -> Any:
        source = pin or PinSource.typed(PIN)
        if request.param == "in process":
            opened.append(Pkcs11Sealer.open(module, pin=source, **wanted))
        else:
            opened.append(IsolatedSealer.open([module], pin=source, **wanted))
        return opened[-1]

    yield open_it
    for sealer in opened:
        sealer.close()


@pytest.mark.xmlsec
def test_a_token_seals(
    make_token: MakeToken, open_token: Callable[..., Any], invoice: bytes, xmlsec: Callable[..., None]
) -> None:
    token = make_token()

    sealer = open_token(token.module, owner=OWNER)
    sealed = seal_ubl(invoice, sealer, signing_time=NOW)

    assert sealer.is_test
    assert sealer.title == "SoftHSM project / mali muhur (PKCS#11)"
    assert verify_document(sealed).valid
    xmlsec(sealed, sealer.certificate.der)


def test_a_batch_is_signed_under_one_pin(
    make_token: MakeToken, open_token: Callable[..., Any], invoice: bytes, authority: Authority
) -> None:
    issued = authority.issue()
    token = make_token("firma", issued.key, [issued.der, authority.der])
    person = Asked(PIN)

    sealer = open_token(token.module, pin=PinSource.asked(person), token_label="firma")
    for _ in range(3):
        sealed = seal_many([invoice] * 4, sealer, signing_time=NOW)
        assert all(verify_document(raw, trust=[authority.pem]).valid for raw in sealed)

    assert not sealer.is_test
    assert len(person.prompts) == 1
    assert person.prompts[0].token_label == "firma" and person.prompts[0].warning == ""


def test_a_wrong_pin_is_tried_once_ever(make_token: MakeToken, open_token: Callable[..., Any]) -> None:
    token = make_token()

    with pytest.raises(PinRefused) as caught:
        open_token(token.module, pin=PinSource.typed("000000"))
    assert caught.value.code == "PIN.WRONG"
    assert "000000" not in caught.value.sentence

    # The same value typed again does not reach the token; another one does, and is told of the danger.
    with pytest.raises(PinRefused) as caught:
        open_token(token.module, pin=PinSource.typed("000000"))
    assert caught.value.code == "PIN.REPEATED"
    person = Asked(PIN)
    open_token(token.module, pin=PinSource.asked(person))
    assert person.prompts[0].is_low and "yanlış PIN" in person.prompts[0].warning


def test_a_stored_pin_is_not_tried_after_a_wrong_one(make_token: MakeToken, open_token: Callable[..., Any]) -> None:
    """A schedule that comes again every hour would lock the card."""
    token = make_token()
    with pytest.raises(PinRefused, match="PIN yanlış"):
        open_token(token.module, pin=PinSource.stored("111111"))

    with pytest.raises(PinRefused) as caught:
        open_token(token.module, pin=PinSource.stored(PIN))
    assert caught.value.code == "PIN.LOW"

    open_token(token.module, pin=PinSource.stored(PIN), accept_last_try=True)


@pytest.mark.parametrize("source", [PinSource.typed(""), PinSource.keypad()])
def test_no_pin_at_all(make_token: MakeToken, open_token: Callable[..., Any], source: PinSource) -> None:
    with pytest.raises(SealError) as caught:
        open_token(make_token().module, pin=source)

    assert caught.value.code == "PIN.MISSING"


def test_pulled_out_between_login_and_signing(
    make_token: MakeToken, open_token: Callable[..., Any], invoice: bytes
) -> None:
    token = make_token()
    sealer = open_token(token.module)
    assert verify_document(seal_ubl(invoice, sealer, signing_time=NOW)).valid
    token.pull_out()

    with pytest.raises(SealError) as caught:
        seal_many([invoice, invoice], sealer, signing_time=NOW)

    assert caught.value.code == "TOKEN.REMOVED"
    assert "çıkarılmış" in caught.value.sentence


def test_pulled_out_and_put_back(make_token: MakeToken, open_token: Callable[..., Any], invoice: bytes) -> None:
    token = make_token()
    sealer = open_token(token.module)
    token.pull_out()
    with pytest.raises(SealError):
        sealer.sign([bytes(32)])
    sealer.close()
    token.put_back()

    again = open_token(token.module)

    assert verify_document(seal_ubl(invoice, again, signing_time=NOW)).valid


def test_no_token(make_token: MakeToken, open_token: Callable[..., Any]) -> None:
    token = make_token()
    token.pull_out()
    person = Asked()

    with pytest.raises(SealError) as caught:
        open_token(token.module, pin=PinSource.asked(person), owner=OWNER)

    assert caught.value.code == "TOKEN.NOT_FOUND"
    assert person.prompts == []


def test_the_right_token_is_found_among_several(
    make_token: MakeToken, open_token: Callable[..., Any], authority: Authority
) -> None:
    ours, theirs = authority.issue(), authority.issue(STRANGER.digits, "Yabancı Ltd.")
    module = make_token("birinci", theirs.key, [theirs.der]).module
    make_token("ikinci", ours.key, [ours.der])

    assert open_token(module, owner=OWNER).certificate.der == ours.der

    with pytest.raises(SealError) as caught:
        open_token(module)
    assert caught.value.code == "TOKEN.AMBIGUOUS"
    assert "birinci" in caught.value.sentence and "ikinci" in caught.value.sentence

    with pytest.raises(SealError) as caught:
        open_token(module, token_label="üçüncü")
    assert caught.value.code == "TOKEN.NOT_FOUND"

    serials = {t.label: t.serial for look in list_tokens([module]) for t in look.tokens if t.initialized}
    assert open_token(module, serial=serials["birinci"]).certificate.der == theirs.der


def test_a_foreign_token_is_refused_before_the_pin(
    make_token: MakeToken, open_token: Callable[..., Any], authority: Authority
) -> None:
    theirs = authority.issue(STRANGER.digits, "Yabancı Ltd.")
    module = make_token("x", theirs.key, [theirs.der]).module
    person = Asked()

    with pytest.raises(SealError) as caught:
        open_token(module, owner=OWNER, pin=PinSource.asked(person))

    assert caught.value.code == "SEAL.FOREIGN_CERT"
    assert "Yabancı Ltd." in caught.value.sentence
    assert person.prompts == []


def test_an_expired_certificate_seals_nothing(
    make_token: MakeToken, open_token: Callable[..., Any], invoice: bytes, authority: Authority
) -> None:
    old = authority.issue(not_after=datetime(2026, 1, 1, tzinfo=UTC))
    sealer = open_token(make_token("eski", old.key, [old.der]).module)

    with pytest.raises(SealError) as caught:
        seal_ubl(invoice, sealer, signing_time=NOW)

    assert caught.value.code == "SEAL.EXPIRED"


def test_two_certificates_of_one_key(
    make_token: MakeToken, open_token: Callable[..., Any], authority: Authority
) -> None:
    """A renewed certificate beside the old one: the time decides, or the serial number."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    old = build_test_certificate(key, OWNER, "eski", not_after=datetime(2026, 1, 1, tzinfo=UTC))
    new = build_test_certificate(key, OWNER, "yeni")
    module = make_token("iki", key, [old, new]).module

    with pytest.raises(SealError) as caught:
        open_token(module)
    assert caught.value.code == "TOKEN.MANY_CERTIFICATES"
    assert "TEST eski" in caught.value.sentence and "TEST yeni" in caught.value.sentence

    sealer = open_token(module, at=NOW)
    assert sealer.certificate.der == new
    serial = list_tokens([module])[0].tokens[0].certificates
    chosen = next(c.info.serial_hex for c in serial if c.info.der == old)
    sealer.close()
    assert open_token(module, certificate_serial=chosen.lower()).certificate.der == old


def test_a_certificate_without_its_key(
    make_token: MakeToken, open_token: Callable[..., Any], authority: Authority
) -> None:
    lonely = authority.issue()
    stranger_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    module = make_token("anahtarsiz", stranger_key, [lonely.der]).module

    with pytest.raises(SealError) as caught:
        open_token(module)

    assert caught.value.code == "TOKEN.NO_KEY"


def test_a_token_without_certificates(make_token: MakeToken, open_token: Callable[..., Any]) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    module = make_token("bos", key, []).module

    with pytest.raises(SealError) as caught:
        open_token(module, owner=OWNER)

    assert caught.value.code == "TOKEN.NO_CERTIFICATE"


@pytest.mark.parametrize(
    ("name", "code"),
    [("yok.so", "TOKEN.MODULE_MISSING"), ("klasor", "TOKEN.MODULE_MISSING"), ("metin.so", "TOKEN.NOT_PKCS11")],
)
def test_files_that_are_no_module(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "klasor").mkdir()
    (tmp_path / "metin.so").write_text("bu bir sürücü değil")

    with pytest.raises(SealError) as caught:
        IsolatedSealer.open([tmp_path / name], pin=PinSource.typed(PIN))

    assert caught.value.code == code


def test_a_library_that_is_no_pkcs11_module() -> None:
    """A sound shared library without C_GetFunctionList."""
    library = Path(sys.modules["_ctypes"].__file__ or "")

    (look,) = list_tokens([library])

    assert look.error is not None and look.error.code == "TOKEN.NOT_PKCS11"


# --- in this process --------------------------------------------------------------------------------------------


def test_a_second_login_would_not_check_the_pin(make_token: MakeToken) -> None:
    token = make_token()
    person = Asked()
    with Pkcs11Sealer.open(token.module, pin=PinSource.typed(PIN)), pytest.raises(SealError) as caught:
        Pkcs11Sealer.open(token.module, pin=PinSource.asked(person))
    assert caught.value.code == "TOKEN.ALREADY_OPEN"
    assert person.prompts == []

    # Someone else in this process may hold the login; the driver's own answer must not count as acceptance either.
    library = load_library(token.module)
    real, facts = next(pair for pair in survey(library, token.module) if pair[1].initialized)
    with real.open(user_pin=PIN), pytest.raises(SealError) as caught:
        Pkcs11Sealer.login(real, facts, Wanted(), "wrong pin")
    assert caught.value.code == "TOKEN.ALREADY_OPEN"


def test_a_closed_token_signs_no_more(make_token: MakeToken) -> None:
    sealer = Pkcs11Sealer.open(make_token().module, pin=PinSource.typed(PIN))
    sealer.close()
    sealer.close()

    with pytest.raises(SealError) as caught:
        sealer.sign([bytes(32)])

    assert caught.value.code == "TOKEN.CLOSED"


def test_signing_belongs_to_the_thread_that_opened(make_token: MakeToken) -> None:
    caught: list[BaseException] = []

    def elsewhere(sealer: Pkcs11Sealer) -> None:
        try:
            sealer.sign([bytes(32)])
        except RuntimeError as e:
            caught.append(e)

    with Pkcs11Sealer.open(make_token().module, pin=PinSource.typed(PIN)) as sealer:
        thread = threading.Thread(target=elsewhere, args=(sealer,))
        thread.start()
        thread.join()

    assert "thread" in str(caught[0])


def test_one_library_in_a_process(make_token: MakeToken, tmp_path: Path) -> None:
    token = make_token()
    load_library(token.module)
    link, copy = tmp_path / "link.so", tmp_path / "copy.so"
    link.symlink_to(token.module)
    shutil.copy(token.module, copy)

    assert load_library(link) is load_library(token.module)
    with pytest.raises(SealError) as caught:
        load_library(copy)
    assert caught.value.code == "TOKEN.SECOND_MODULE"


class KeypadToken:
    """A reader with its own keypad around a real token: no PIN comes through the program."""

    def __init__(self, real: Any, typed: str | None) -> None:
        self._real = real
        self._typed = typed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def open(self, user_pin: object = None) -> Any:
        assert user_pin is PROTECTED_AUTH
        if self._typed is None:
            raise FunctionCancelled
        return self._real.open(user_pin=self._typed)


@pytest.mark.parametrize(("typed", "code"), [(PIN, ""), ("999999", "PIN.WRONG"), (None, "PIN.CANCELLED")])
def test_a_keypad_reader(make_token: MakeToken, typed: str | None, code: str) -> None:
    token = make_token()
    real, facts = next(p for p in survey(load_library(token.module), token.module) if p[1].initialized)

    if code:
        with pytest.raises(PinRefused) as caught:
            Pkcs11Sealer.login(KeypadToken(real, typed), facts, Wanted(), None)
        assert caught.value.code == code
    else:
        with Pkcs11Sealer.login(KeypadToken(real, typed), facts, Wanted(), None) as sealer:
            assert len(sealer.sign([bytes(32)])[0]) == 256


# --- behind a child ---------------------------------------------------------------------------------------------


def test_two_modules_at_once(make_token: MakeToken, tmp_path: Path, authority: Authority, invoice: bytes) -> None:
    """One process per module: what one process refuses, two do. A broken module in the list does no harm."""
    ours, theirs = authority.issue(), authority.issue(STRANGER.digits)
    module = make_token("bizim", ours.key, [ours.der]).module
    make_token("onlarin", theirs.key, [theirs.der])
    copy, broken = tmp_path / "other-softhsm.so", tmp_path / "broken.so"
    shutil.copy(module, copy)
    broken.write_bytes(b"\x7fELF")

    with (
        IsolatedSealer.open([broken, module], pin=PinSource.typed(PIN), owner=OWNER) as first,
        IsolatedSealer.open([copy, broken], pin=PinSource.typed(PIN), owner=STRANGER) as second,
    ):
        assert verify_document(seal_ubl(invoice, first, signing_time=NOW)).valid
        assert len(second.sign([bytes(32)])) == 1
        assert first.certificate.owner == OWNER and second.certificate.owner == STRANGER


def test_one_token_seen_through_two_modules(make_token: MakeToken, tmp_path: Path) -> None:
    """AKİS and OpenSC both show the same card; that is not two tokens."""
    module = make_token().module
    copy = tmp_path / "other-softhsm.so"
    shutil.copy(module, copy)

    with IsolatedSealer.open([module, copy], pin=PinSource.typed(PIN), owner=OWNER) as sealer:
        assert len(sealer.sign([bytes(32)])) == 1


def test_a_crashed_driver_ends_the_session_only(make_token: MakeToken) -> None:
    sealer = IsolatedSealer.open([make_token().module], pin=PinSource.typed(PIN))
    assert sealer._process is not None
    (pid,) = sealer._process.process_ids
    os.kill(pid, signal.SIGKILL)

    with pytest.raises(SealError) as caught:
        sealer.sign([bytes(32)])
    assert caught.value.code == "TOKEN.DRIVER_CRASHED"
    # The next child knows no PIN and asks for none by itself.
    with pytest.raises(SealError) as caught:
        sealer.sign([bytes(32)])
    assert caught.value.code == "TOKEN.CLOSED"
    sealer.close()
    with pytest.raises(SealError):
        sealer.sign([bytes(32)])


def test_a_hung_driver_is_stopped(make_token: MakeToken) -> None:
    """A deadline that no driver can meet stands for a driver that meets none."""
    (look,) = list_tokens([make_token().module], deadline_s=0.0001)

    assert look.error is not None and look.error.code == "TOKEN.DRIVER_HUNG"
    assert look.tokens == ()


def test_the_pin_is_nowhere(make_token: MakeToken, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = make_token()
    with IsolatedSealer.open([token.module], pin=PinSource.typed(PIN)) as isolated:
        texts = [repr(isolated), repr(PinSource.typed(PIN))]
        pids = isolated._process.process_ids if isolated._process else []
        if sys.platform == "linux":
            texts += [
                Path(f"/proc/{pid}/{name}").read_bytes().decode() for pid in pids for name in ("environ", "cmdline")
            ]
    with Pkcs11Sealer.open(token.module, pin=PinSource.typed(PIN)) as sealer:
        texts += [repr(sealer), str(vars(sealer))]

    assert PIN not in "".join(texts) + caplog.text


# --- the doctor and the demo ------------------------------------------------------------------------------------


def test_the_doctor_sees_everything(make_token: MakeToken, authority: Authority) -> None:
    ending = authority.issue(not_after=datetime(2026, 12, 1, tzinfo=UTC))
    module = make_token("firma", ending.key, [ending.der, authority.der]).module

    report = doctor([module], at=NOW)

    (look,) = report.modules
    assert look.error is None and look.title == "SoftHSM2" and look.version and look.readers
    (token,) = report.tokens
    assert token.label == "firma" and token.can_sign and token.pin_set and not token.pin_low
    assert [c.is_authority for c in sorted(token.certificates, key=lambda c: c.is_authority)] == [False, True]
    assert [c.info.owner for c in token.own_certificates] == [OWNER]
    assert any("bitmesine 9 gün kaldı" in line for line in report.advice)
    assert report.test_signature is None
    said = report.to_json()
    assert said["modules"][0]["tokens"][0]["certificates"][0]["owner"] in ("1234567808", None)


def test_the_doctor_signs_when_asked(make_token: MakeToken) -> None:
    module = make_token().module

    report = doctor([module], at=NOW, sign_pin=PinSource.typed(PIN))

    assert report.test_signature is not None and report.test_signature.error is None
    assert report.to_json()["test_signature"]["ok"] is True


def test_the_doctor_never_tries_one_pin_on_two_tokens(make_token: MakeToken, authority: Authority) -> None:
    other = authority.issue(STRANGER.digits)
    module = make_token("bir").module
    make_token("iki", other.key, [other.der])
    person = Asked(PIN)

    report = doctor([module], at=NOW, sign_pin=PinSource.asked(person))
    assert report.test_signature is not None and report.test_signature.error is not None
    assert report.test_signature.error.code == "TOKEN.AMBIGUOUS"
    assert person.prompts == []

    chosen = doctor([module], at=NOW, sign_pin=PinSource.asked(person), wanted=Wanted(label="iki"))
    assert chosen.test_signature is not None and chosen.test_signature.error is None
    assert chosen.test_signature.token_label == "iki"


def test_the_doctor_reports_a_refused_pin_and_the_low_flag(make_token: MakeToken) -> None:
    module = make_token().module

    refused = doctor([module], at=NOW, sign_pin=PinSource.typed("123123"))
    assert refused.test_signature is not None and refused.test_signature.error is not None
    assert refused.test_signature.error.code == "PIN.WRONG"

    after = doctor([module], at=NOW)
    assert after.tokens[0].pin_low
    assert any("az deneme hakkı" in line for line in after.advice)


def test_the_doctor_survives_bad_modules(tmp_path: Path) -> None:
    report = doctor([tmp_path / "yok.so"], at=NOW)

    assert report.modules[0].error is not None
    assert "Mühür sürücüsü bulunamadı" in report.advice[0]
    assert isinstance(report.readers.names, tuple)
    assert doctor([], at=NOW).advice == (
        "Bilinen yerlerde mühür sürücüsü yok; AKİS veya tokeninizin sürücüsünü kurun.",
    )


def test_softhsm_is_among_the_known_modules() -> None:
    module = find_softhsm()

    assert module is not None and module in known_modules()
    assert module_title(module) == "SoftHSM2"
    assert module_title(Path("C:/x/akisp11.dll")) == "AKİS"


def test_the_demo_token_is_made_once(tmp_path: Path, invoice: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    # Put back by monkeypatch: the demo sets it for the whole process.
    monkeypatch.setenv(CONFIG_VARIABLE, str(tmp_path / "none.conf"))
    folder = tmp_path / "demo token"

    first = create_demo_token(folder, OWNER, "Örnek Gıda", "1234")
    assert first is not None
    with first.open() as sealer:
        assert sealer.is_test and "TEST" in sealer.certificate.owner_name
        assert verify_document(seal_ubl(invoice, sealer, signing_time=NOW)).valid
        certificate = sealer.certificate

    again = create_demo_token(folder, OWNER, "Örnek Gıda", "1234")
    assert again is not None and "1234'" not in repr(again)
    with again.open("1234") as sealer:
        assert sealer.certificate == certificate


def test_the_demo_token_belongs_to_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CONFIG_VARIABLE, str(tmp_path / "none.conf"))
    assert create_demo_token(tmp_path, OWNER, "Bir", "1234") is not None

    other = create_demo_token(tmp_path, TaxNumber("9876543217"), "İki", "1234")

    assert other is not None
    with other.open() as sealer:
        assert sealer.certificate.owner == TaxNumber("9876543217")


def test_without_softhsm_there_is_no_demo_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert create_demo_token(tmp_path / "x", OWNER, "Örnek", "1234") is None
    assert not (tmp_path / "x").exists()

"""token list, token doctor and sign --pkcs11 with a real SoftHSM2 token."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.demo import people
from app.domain.taxnumber import parse_tax_number
from app.signing.demo_token import CONFIG_VARIABLE, init_softhsm_token, store_seal, write_softhsm_config
from app.signing.modules import find_softhsm
from app.signing.soft import build_test_certificate

PIN = "314159"
LABEL = "cinaralti"


@dataclass(frozen=True)
class Token:
    module: Path
    config: Path

    def add(self, label: str, owner: str) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        certificate = build_test_certificate(key, parse_tax_number(owner), "Deneme")
        init_softhsm_token(shutil.which("softhsm2-util") or "", self.config, label=label, pin=PIN)
        store_seal(self.module, self.config, label, PIN, key, [certificate])


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Token:
    """A SoftHSM2 store of the test's own with the company's token in it; the PIN stands in MUHUR_PIN."""
    module = find_softhsm()
    assert module is not None, "mark the test `softhsm`"
    made = Token(module, write_softhsm_config(tmp_path / "softhsm"))
    monkeypatch.setenv(CONFIG_VARIABLE, str(made.config))
    monkeypatch.setenv("MUHUR_PIN", PIN)
    made.add(LABEL, str(people.SELLER["vkn"]))
    return made


def _sign(run: Any, token: Token, source: Path, out: Path, *more: str, label: str = LABEL) -> Any:
    words = ("--pkcs11", token.module, "--token", label, "--pin-env", "MUHUR_PIN")
    return run("sign", source, "-o", out, *words, *more)


@pytest.mark.softhsm
@pytest.mark.xmlsec
def test_sign_with_a_token_and_xmlsec1_agrees(run: Any, token: Token, unsigned: Path, tmp_path: Path) -> None:
    out = tmp_path / "muhurlu.xml"
    ran = _sign(run, token, unsigned, out, "--json")
    assert ran.code == 0, ran.err
    assert "PKCS#11" in ran.json("sign")["seal"]
    (signature,) = run("verify", out, "--json").json("verify")["signatures"]
    assert signature["valid"] and signature["certificate"]["owner"] == people.SELLER["vkn"]
    id_attribute = "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"
    command = ["xmlsec1", "--verify", "--insecure", "--id-attr:Id", id_attribute, str(out)]
    assert subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    out.write_bytes(out.read_bytes().replace(b"Kampanya", b"Kampanyb"))
    assert subprocess.run(command, capture_output=True, timeout=60, check=False).returncode != 0


@pytest.mark.softhsm
def test_sign_refuses_wrong_pin_and_wrong_token(
    run: Any, token: Token, unsigned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "muhurlu.xml"
    _sign(run, token, unsigned, out, label="baska").refused(1, "bulunamadı")
    token.add("yabanci", "7750409379")
    _sign(run, token, unsigned, out, label="yabanci").refused(1, "7750409379")
    run("sign", unsigned, "-o", out, "--pkcs11", token.module, "--token", LABEL).refused(1, "PIN verilmedi")
    monkeypatch.setenv("MUHUR_PIN", "000000")
    _sign(run, token, unsigned, out).refused(1, "PIN")
    # What stands in a variable comes again with every run, so it is not tried again on a token that has refused it.
    _sign(run, token, unsigned, out).refused(1, "PIN")
    assert not out.exists()


@pytest.mark.softhsm
def test_token_is_found_by_the_company(run: Any, token: Token, unsigned: Path, tmp_path: Path) -> None:
    token.add("yabanci", "7750409379")
    out = tmp_path / "muhurlu.xml"
    assert run("sign", unsigned, "-o", out, "--pkcs11", token.module, "--pin-env", "MUHUR_PIN").code == 0
    assert run("verify", out).code == 0


@pytest.mark.softhsm
def test_list_and_doctor(run: Any, token: Token) -> None:
    listed = run("token", "list", "--module", token.module)
    assert listed.code == 0
    assert LABEL in listed.out and str(people.SELLER["vkn"]) in listed.out and "[TEST]" in listed.out
    (module,) = run("token", "list", "--module", token.module, "--json").json("token list")["modules"]
    assert [t["label"] for t in module["tokens"]] == [LABEL]
    doctor = run("token", "doctor", "--module", token.module, "--sign", "--pin-env", "MUHUR_PIN")
    assert doctor.code == 0, doctor.out
    assert "Deneme imzası atıldı ve doğrulandı" in doctor.out
    assert PIN not in doctor.out + doctor.err


def test_modules_that_are_none(run: Any, tmp_path: Path, company_file: Path) -> None:
    missing = run("token", "list", "--module", tmp_path / "yok.so")
    assert missing.code == 1 and "Mühür sürücüsü bulunamadı" in missing.out
    text = run("token", "doctor", "--module", company_file, "--json")
    assert text.code == 1
    assert text.json("token list")["modules"][0]["error"]
    run("token", "doctor", "--sign", "--pin-env", "BOYLE_YOK").refused(1, "BOYLE_YOK")


@pytest.mark.softhsm
def test_queue_with_a_token(run: Any, token: Token, connected: str, draft_file: Any) -> None:
    ettn = run("invoice", "create", draft_file(), "--company", connected).out.strip()
    words = ("--pkcs11", token.module, "--pin-env", "MUHUR_PIN")
    queued = run("invoice", "queue", ettn, "--company", connected, *words)
    assert queued.code == 0, queued.err
    assert "1 belge gönderildi." in run("sync", "--company", connected).out

"""Time stamps (RFC 3161): asked of a real authority on loopback, put beside the seal, judged; and what is refused."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import cms, tsp

from app.connectors.timestamps import Login, TimeStampLine, identity
from app.domain.errors import AppError, ConfigError, SealError
from app.sandbox.tsa import NAME, POLICY, TimeStampAuthority, refusal
from app.signing.builder import SignatureIds, prepare_signature
from app.signing.chain import load_anchors
from app.signing.soft import TestSealer
from app.signing.stamp_checks import judge_token
from app.signing.timestamp import Rfc3161Stamper, build_query, read_answer
from app.signing.verify import verify_document

from .conftest import NOW, OWNER

DATA = b"what is stamped"
STAMPED_AT = datetime(2026, 11, 21, 9, 31, tzinfo=UTC)


@pytest.fixture(scope="module")
def tsa() -> Iterator[TimeStampAuthority]:
    with TimeStampAuthority(now=lambda: STAMPED_AT) as authority:
        yield authority


@pytest.fixture(autouse=True)
def honest(tsa: TimeStampAuthority) -> Iterator[None]:
    spoil, reply = tsa.spoil, tsa.reply
    yield
    tsa.spoil, tsa.reply, tsa.login, tsa.user, tsa.password = spoil, reply, "none", "", ""


def stamper(tsa: TimeStampAuthority, *, policy: str = "", trust: tuple[bytes, ...] | None = None) -> Rfc3161Stamper:
    line = TimeStampLine(tsa.url)
    return Rfc3161Stamper(line.post, title=line.title, policy=policy, trust=(tsa.root_pem,) if trust is None else trust)


def sealed(token_of: Callable[[bytes], bytes] | None) -> bytes:
    """A small document with a seal, stamped when `token_of` gives a token."""
    body = '<a xmlns:x="urn:x"><x:b>1</x:b></a>'
    sealer = TestSealer.create(OWNER, "Örnek")
    prepared = prepare_signature(
        digest=hashlib.sha256(body.encode()).digest(),
        certificate=sealer.certificate,
        signing_time=NOW,
        ids=SignatureIds.for_signature("Signature_1"),
        role="",
        namespaces={"x": "urn:x"},
    )
    value = sealer.sign([prepared.digest])[0]
    token = token_of(prepared.stamped_bytes(value)) if token_of else b""
    return body.encode().replace(b"</a>", prepared.finish(value, time_stamp=token) + b"</a>")


def test_a_stamped_seal_holds_and_says_when_and_by_whom(tsa: TimeStampAuthority) -> None:
    report = verify_document(sealed(stamper(tsa).stamp))
    stamp = report.signatures[0].time_stamp
    assert report.valid and stamp is not None and stamp.valid is True
    assert (stamp.time, stamp.authority, stamp.policy, stamp.trusted) == (STAMPED_AT, NAME, POLICY, None)
    said = report.to_json()["signatures"][0]["time_stamp"]
    assert (said["valid"], said["time"], said["authority"]) == (True, "2026-11-21T09:31:00+00:00", NAME)


def test_without_a_stamp_there_is_none() -> None:
    assert verify_document(sealed(None)).signatures[0].time_stamp is None


def test_the_chain_is_judged_when_roots_are_given(tsa: TimeStampAuthority) -> None:
    token = stamper(tsa).stamp(DATA)
    assert judge_token(token, DATA, anchors=load_anchors([tsa.root_pem])).trusted is True
    with TimeStampAuthority() as stranger:
        anchors = load_anchors([stranger.root_pem])
        judged = judge_token(token, DATA, anchors=anchors)
        assert (judged.valid, judged.trusted) == (False, False)
        with pytest.raises(SealError) as refused:
            stamper(tsa, trust=(stranger.root_pem,)).stamp(DATA)
    assert refused.value.code == "TSA.UNUSABLE" and "köklerden" in refused.value.sentence


def test_a_stamp_of_another_signature_breaks_the_seal(tsa: TimeStampAuthority) -> None:
    report = verify_document(sealed(lambda _data: stamper(tsa).stamp(DATA)))
    assert not report.valid and any("başka bir imzaya ait" in reason for reason in report.reasons)


def test_a_stamp_that_is_none_breaks_the_seal() -> None:
    report = verify_document(sealed(lambda _data: b"\x30\x03\x02\x01\x01"))
    assert not report.valid and report.signatures[0].time_stamp is not None


def _with_signature_turned(token: bytes) -> bytes:
    loaded = cms.ContentInfo.load(token)
    value = loaded["content"]["signer_infos"][0]["signature"].native
    return token.replace(value, value[:-1] + bytes([value[-1] ^ 1]))


def _with_another_time(token: bytes) -> bytes:
    return token.replace(b"20261121093100Z", b"20251121093100Z")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [(_with_signature_turned, "imzası yanlış"), (_with_another_time, "imzalandıktan sonra değişmiş")],
)
def test_a_token_that_was_touched_is_refused(
    tsa: TimeStampAuthority, spoil: Callable[[bytes], bytes], words: str
) -> None:
    tsa.spoil = spoil
    with pytest.raises(SealError) as refused:
        stamper(tsa).stamp(DATA)
    assert refused.value.code == "TSA.UNUSABLE" and words in refused.value.sentence


def test_an_answer_to_another_question_is_refused(tsa: TimeStampAuthority) -> None:
    other = tsa.answer(build_query(DATA).der)
    with pytest.raises(SealError) as refused:
        read_answer(other, build_query(DATA))
    assert refused.value.code == "TSA.NONCE"
    tsa.reply = lambda _answer: tsa_answer_for_other_data(tsa)
    with pytest.raises(SealError):
        stamper(tsa).stamp(DATA)


def tsa_answer_for_other_data(tsa: TimeStampAuthority) -> bytes:
    tsa.reply = lambda answer: answer
    return tsa.answer(build_query(b"other").der)


def test_a_certificate_that_is_over_is_refused() -> None:
    with TimeStampAuthority(not_after=datetime(2021, 1, 1, tzinfo=UTC), now=lambda: STAMPED_AT) as old:
        with pytest.raises(SealError) as refused:
            stamper(old, trust=()).stamp(DATA)
        assert "geçerli değil" in refused.value.sentence


def test_a_policy_is_asked_for_and_must_come(tsa: TimeStampAuthority) -> None:
    assert tsp.TimeStampReq.load(build_query(DATA, policy=POLICY).der)["req_policy"].dotted == POLICY
    stamper(tsa, policy=POLICY).stamp(DATA)
    with pytest.raises(SealError) as refused:
        stamper(tsa, policy="1.2.3").stamp(DATA)
    assert refused.value.code == "TSA.REFUSED" and "policy" in refused.value.sentence
    with pytest.raises(ConfigError):
        build_query(DATA, policy="ilke")


@pytest.mark.parametrize(
    ("answer", "code"), [(b"<html>", "TSA.ANSWER"), (refusal("User 9 is not known"), "TSA.REFUSED")]
)
def test_what_is_no_stamp_is_refused_in_words(answer: bytes, code: str) -> None:
    with pytest.raises(SealError) as refused:
        read_answer(answer, build_query(DATA))
    assert refused.value.code == code and refused.value.todo


@pytest.mark.parametrize("login", [Login.BASIC, Login.KAMUSM])
def test_logins(tsa: TimeStampAuthority, login: Login) -> None:
    tsa.login, tsa.user, tsa.password = login.value, "7521", "gizli parola ğ"
    line = TimeStampLine(tsa.url, login=login, user="7521", password="gizli parola ğ")
    Rfc3161Stamper(line.post, title=line.title, trust=(tsa.root_pem,)).stamp(DATA)
    assert "gizli" not in repr(line)
    wrong = TimeStampLine(tsa.url, login=login, user="7521", password="yanlış")
    with pytest.raises(SealError) as refused:
        Rfc3161Stamper(wrong.post, title="").stamp(DATA)
    assert refused.value.code == ("TSA.LOGIN" if login is Login.BASIC else "TSA.REFUSED")
    assert "yanlış" not in str(refused.value.__cause__)


def test_the_identity_header_of_one_salt() -> None:
    """Key and ciphertext were made by `openssl kdf PBKDF2` and `openssl enc -aes-256-cbc`."""
    salt = "000102030405060708090a0b0c0d0e0f"
    sealed_imprint = "a28d50ac65025fd9742c6046d66d44c3f9c9f40d986e6a3ce57ecb4cbf1ea80c51cde9acfba4ac0e43f439dc34d635de"
    wanted = f"305d02021d610410{salt}0201640410{salt}0430{sealed_imprint}"
    assert identity(7521, "parola", bytes(32), salt=bytes.fromhex(salt)) == wanted


def test_an_authority_that_is_down_is_said() -> None:
    with TimeStampAuthority() as gone:
        url = gone.url
    with pytest.raises(SealError) as refused:
        TimeStampLine(url).post(b"x", b"y")
    assert refused.value.code == "TSA.UNREACHABLE" and "damgasız" in refused.value.todo


@pytest.mark.parametrize(
    ("url", "login", "user", "code"),
    [
        ("", Login.NONE, "", "TSA.ADDRESS"),
        ("ftp://zd.example", Login.NONE, "", "TSA.ADDRESS"),
        ("https://a:b@zd.example", Login.NONE, "", "TSA.ADDRESS"),
        ("http://zd.example", Login.BASIC, "a", "TSA.HTTP"),
        ("https://zd.example", Login.BASIC, "", "TSA.USER"),
        ("http://zd.example", Login.KAMUSM, "ofis", "TSA.USER"),
    ],
)
def test_settings_that_can_never_work(url: str, login: Login, user: str, code: str) -> None:
    with pytest.raises(AppError) as refused:
        TimeStampLine(url, login=login, user=user)
    assert refused.value.code == code


@pytest.mark.xmlsec
def test_others_accept_it(tsa: TimeStampAuthority, tmp_path: Path) -> None:
    raw = sealed(stamper(tsa).stamp)
    path = tmp_path / "a.xml"
    path.write_bytes(raw)
    program = shutil.which("xmlsec1")
    assert program is not None
    ids = ["--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"]
    ran = subprocess.run([program, "--verify", "--insecure", *ids, path], capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.skipif(not shutil.which("openssl"), reason="only on machines with openssl")
def test_openssl_accepts_the_token(tsa: TimeStampAuthority, tmp_path: Path) -> None:
    (tmp_path / "token.der").write_bytes(stamper(tsa).stamp(DATA))
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "root.pem").write_bytes(tsa.root_pem)
    command = ["openssl", "ts", "-verify", "-data", "data", "-in", "token.der", "-token_in", "-CAfile", "root.pem"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_a_bare_token_is_base64_in_the_document(tsa: TimeStampAuthority) -> None:
    raw = sealed(stamper(tsa).stamp)
    token = base64.b64decode(raw.partition(b"<xades:EncapsulatedTimeStamp>")[2].partition(b"<")[0])
    assert cms.ContentInfo.load(token)["content_type"].native == "signed_data"

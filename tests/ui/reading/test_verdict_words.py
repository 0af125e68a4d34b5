"""The seal's verdict in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from app.domain.lifecycle import Direction, State
from app.domain.protocols import CertificateInfo
from app.domain.taxnumber import parse_tax_number
from app.signing.report import SignatureReport, VerifyReport
from app.ui.reading.verdict import verdict_of

OWNER = parse_tax_number("9205121120")
AT = datetime(2026, 11, 21, 10, 40, tzinfo=UTC)
CERTIFICATE = CertificateInfo(
    der=b"",
    subject="CN=ABC Ltd.",
    issuer="CN=Kamu SM",
    serial_hex="01",
    owner=OWNER,
    owner_name="ABC Ltd.",
    not_before=AT,
    not_after=AT,
    is_test=False,
)
GOOD = SignatureReport(
    id="s",
    valid=True,
    digest_ok=True,
    signature_ok=True,
    certificate=CERTIFICATE,
    signing_time=AT,
    role="",
    trusted=None,
    reasons=("Güven zinciri denetlenmedi.",),
)


def record(**changes: Any) -> Any:
    return SimpleNamespace(**({"direction": Direction.IN, "state": State.RECEIVED, "sealed_by": ""} | changes))


def said(*signatures: SignatureReport, sender: str = OWNER.digits, **changes: Any) -> Any:
    return verdict_of(VerifyReport(signatures=signatures), record(**changes), sender=sender)


def test_a_good_seal_names_owner_number_and_time() -> None:
    verdict = said(GOOD)
    assert verdict.kind == "ok"
    assert verdict.sentence == "Mühür geçerli: ABC Ltd. (VKN 9205121120), 21.11.2026 13:40"
    assert verdict.details == ("Güven zinciri denetlenmedi.",)


def test_a_broken_seal_says_what_is_wrong() -> None:
    bad = replace(GOOD, valid=False, digest_ok=False, reasons=("Belge mühürlendikten sonra değişmiş.",))
    verdict = said(bad)
    assert verdict.kind == "error" and "GEÇERSİZ" in verdict.sentence and "değişmiş" in verdict.sentence


def test_a_test_seal_is_never_taken_for_a_good_one() -> None:
    verdict = said(replace(GOOD, certificate=replace(CERTIFICATE, is_test=True)))
    assert verdict.kind == "warn" and verdict.sentence.startswith("TEST mührü, hukuken geçersiz")


def test_anothers_seal_is_a_warning_unless_the_integrator_sealed_for_us() -> None:
    assert said(GOOD, sender="1234567801").kind == "warn"
    ours = said(GOOD, sender="1234567801", direction=Direction.OUT, state=State.SENT, sealed_by="integrator")
    assert ours.kind == "ok" and ours.sentence.startswith("Entegratör mührü")


def test_without_a_seal() -> None:
    assert said().kind == "warn" and "mühür yok" in said().sentence
    assert said(direction=Direction.OUT, state=State.DRAFT).kind == "wait"
    assert "entegratör" in said(direction=Direction.OUT, state=State.SENT).sentence

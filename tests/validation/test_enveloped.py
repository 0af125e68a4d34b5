"""An envelope is checked with what it carries; each finding names its document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.domain.findings import Finding, Layer, Severity
from app.runtime.children import ChildPool
from app.signing.soft import TestSealer
from app.signing.xades import seal_ubl, signatory_of
from app.ubl.envelope import EnvelopeParty, build_envelope
from app.validation.files import FileReport, check_file
from app.validation.packages.installed import InstalledRules
from app.validation.packages.store import PackageStore
from tests.validation.explained_cases import CLOCK, UUID, sound_bytes
from tests.validation.packagemaker import e_invoice_files, invoice, ubl_files, zipped

TODAY = date(2026, 11, 21)
SENDER = EnvelopeParty(label="urn:mail:defaultgb@cinar.example", number="9205121120", title="Çınar")
RECEIVER = EnvelopeParty(label="urn:mail:defaultpk@isik.example", number="7750409379", title="Işık")


def envelope(*documents: bytes, created: datetime = datetime(2026, 3, 20, 12), receiver: str = "7750409379") -> bytes:
    to = EnvelopeParty(label=RECEIVER.label, number=receiver, title="Işık")
    return build_envelope(documents, uuid=UUID, sender=SENDER, receiver=to, created=created)


def errors(report: FileReport) -> list[tuple[str, str]]:
    return [(f.code, f.field) for f in report.findings if f.severity is Severity.ERROR]


def check(raw: bytes) -> FileReport:
    return check_file(raw, today=TODAY)


# ---- our own rules ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "old", "new", "code"),
    [
        ("TEMELFATURA/SATIS", "<cbc:CopyIndicator>false", "<cbc:CopyIndicator>true", "DOC.COPY"),
        ("TEMELIRSALIYE/SEVK", ">TR1.2.1<", ">TR1.1<", "DOC.CUSTOMIZATION"),
        ("receipt", ">TR1.2.1<", ">TR1.1<", "DOC.CUSTOMIZATION"),
        ("answer", "ID>2.1<", "ID>2.0<", "DOC.UBL_VERSION"),
    ],
)
def test_a_mistake_in_any_kind_of_document_is_found_inside(base: str, old: str, new: str, code: str) -> None:
    sound = sound_bytes(base).decode()
    assert old in sound
    good, bad = sound.encode(), sound.replace(old, new, 1).encode()
    report = check(envelope(good, bad))
    assert report.kind == "envelope"
    found = next(f for f in report.findings if f.code == code)
    assert found.field.split(".")[0] == "documents[1]" and found.message.startswith("2. belge (")
    assert found.xpath.split("ElementList/")[1].endswith("[2]")
    assert not [f for f in report.findings if f.severity is Severity.ERROR and f.field.startswith("documents[0]")]
    assert code in [f.code for f in check(bad).findings]


def test_each_document_says_for_itself_that_its_seal_is_missing() -> None:
    report = check(envelope(sound_bytes("sealed:TEMELFATURA/SATIS"), sound_bytes("TEMELFATURA/SATIS")))
    assert [f.field for f in report.findings if f.code == "SEAL.NONE"] == ["documents[1]"]
    assert [f.message for f in report.findings if f.code == "ENV.CONTENT"] == [
        "Zarfta 2 belge var; her biri ayrıca denetlendi."
    ]
    assert [f.code for f in report.findings].count("OFFICIAL.NO_PACKAGE") == 1
    assert errors(report) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("TypeVersion>1.2<", "TypeVersion>1.0<", "ENV.VERSION"),
        ("HeaderVersion>1.0<", "HeaderVersion>2.0<", "ENV.HEADER"),
        ("PackageProxy_1_2.xsd", "PackageProxy.xsd", "ENV.SCHEMA_LOCATION"),
        (">VKN_TCKN<", ">VKN<", "ENV.NUMBER"),
        ("urn:mail:defaultpk@isik.example", " ", "ENV.NO_LABEL"),
        ("Type>SENDERENVELOPE<", "Type>ZARF<", "ENV.TYPE"),
        ("ElementCount>1<", "ElementCount>2<", "ENV.COUNT"),
        ("ElementType>INVOICE<", "ElementType>CREDITNOTE<", "ENV.ELEMENT_TYPE"),
    ],
)
def test_what_is_wrong_with_the_envelope_itself(old: str, new: str, code: str) -> None:
    text = envelope(sound_bytes("TEMELFATURA/SATIS")).decode()
    assert old in text
    assert code in [name for name, field in errors(check(text.replace(old, new).encode())) if not field]


def test_too_many_groups_documents_and_lonely_scenarios() -> None:
    one = envelope(sound_bytes("IHRACAT/ISTISNA"), receiver="1460415308").decode()
    start, end = one.index("    <Elements>"), one.index("  </ef:Package>")
    group = one[start:end]
    codes = [code for code, _ in errors(check((one[:start] + group * 11 + one[end:]).encode()))]
    assert "ENV.GROUPS" in codes
    body = group[group.index("<Invoice") : group.index("</Invoice>") + 10]
    twice = one.replace(body, body * 2).replace("ElementCount>1<", "ElementCount>2<")
    assert "ENV.LONELY" in [code for code, _ in errors(check(twice.encode()))]
    small = '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'
    many = one.replace(body, small * 101).replace("ElementCount>1<", "ElementCount>101<")
    assert "ENV.TOO_MANY" in [code for code, _ in errors(check(many.encode()))]


def test_of_a_list_without_end_only_what_gib_allows_is_looked_at() -> None:
    one = envelope(sound_bytes("TEMELFATURA/SATIS")).decode()
    body = one[one.index("<Invoice") : one.index("</Invoice>") + 10]
    small = '<ApplicationResponse xmlns="urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2"/>'
    report = check(one.replace(body, small * 1_200).encode())
    message = next(f.message for f in report.findings if f.code == "ENV.CONTENT")
    assert "1000 belge" in message and "200 öğenin" in message
    assert "ENV.TOO_MANY" in [code for code, _ in errors(report)]


def test_an_envelope_in_an_envelope_is_not_opened() -> None:
    inner = envelope(sound_bytes("TEMELFATURA/SATIS")).split(b"?>\n", 1)[1].decode()
    one = envelope(sound_bytes("TEMELFATURA/SATIS")).decode()
    body = one[one.index("<Invoice") : one.index("</Invoice>") + 10]
    report = check(one.replace(body, inner).encode())
    assert "Zarfta 1 belge var" in next(f.message for f in report.findings if f.code == "ENV.CONTENT")


# ---- with a package -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pool() -> Iterator[ChildPool]:
    with ChildPool(1) as made:
        yield made


@pytest.fixture
def rules(pool: ChildPool, tmp_path: Path) -> Callable[..., InstalledRules]:
    def make(*packages: bytes) -> InstalledRules:
        store = PackageStore(tmp_path, pool=lambda: pool, now=lambda: datetime(2026, 3, 20, 9, tzinfo=UTC))
        for number, raw in enumerate(packages):
            store.install(raw, f"{number}.zip")
        return InstalledRules(store, pool=lambda: pool, today=lambda: TODAY)

    return make


def _of(findings: list[Finding], code: str) -> list[Finding]:
    return [f for f in findings if f.code == code]


def test_the_official_rules_look_at_each_document_and_once(rules: Callable[..., InstalledRules]) -> None:
    raw = envelope(invoice(), invoice(number="KISA"))
    report = check_file(raw, today=TODAY, rules=rules(zipped(e_invoice_files()), zipped(ubl_files())))
    (found,) = _of(report.findings, "InvoiceIDCheck")
    assert (found.layer, found.field) == (Layer.SCHEMATRON, "documents[1].number")
    assert found.message.startswith("2. belge (KISA): ") and found.official == "Numara bicimi yanlis"
    assert found.line == raw[: raw.index(b"KISA")].count(b"\n") - 1  # the line its root stands on
    assert found.xpath.endswith("ElementList/Invoice[2]")


def test_each_document_meets_the_release_of_its_own_day(rules: Callable[..., InstalledRules]) -> None:
    old = zipped(e_invoice_files(release="20250101", lists={"CurrencyCodeList": "USD"}))
    installed = rules(zipped(e_invoice_files()), zipped(ubl_files()), old)
    seal = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'
    head = (
        f"<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent>{seal}</ext:ExtensionContent></ext:UBLExtension>"
        "</ext:UBLExtensions>"
    )
    issued = invoice(day="2026-01-15", head=head)
    report = check_file(envelope(issued, invoice()), today=TODAY, rules=installed)
    assert {f.field.partition(".")[0] for f in _of(report.findings, "CurrencyIDCheck")} == {"documents[0]"}


@pytest.mark.shared
def test_a_sound_envelope_of_each_kind_passes_gibs_rules(shared: Path, rules: Callable[..., InstalledRules]) -> None:
    packages = [(shared / "gib" / name).read_bytes() for name in ("UBL-TR1.2.1_Paketi.zip", "e-FaturaPaketi.zip")]
    installed = rules(*packages)
    for base in ("TEMELFATURA/SATIS", "TEMELIRSALIYE/SEVK", "answer", "receipt"):
        numbered = sound_bytes(base).replace(b"YNT2026000000000", b"YNT2026000000001")
        signatory = signatory_of(numbered)
        assert signatory is not None
        sealer = TestSealer.create(signatory, "Mühür sahibi")
        sound = seal_ubl(numbered, sealer, signing_time=CLOCK.now())
        assert errors(check_file(envelope(sound), today=TODAY, rules=installed)) == [], base


@pytest.mark.shared
def test_what_comes_of_the_envelope_names_the_document(shared: Path, rules: Callable[..., InstalledRules]) -> None:
    packages = [(shared / "gib" / name).read_bytes() for name in ("UBL-TR1.2.1_Paketi.zip", "e-FaturaPaketi.zip")]
    sound = sound_bytes("sealed:TEMELFATURA/SATIS")
    report = check_file(envelope(sound, sound, receiver="1234567890"), today=TODAY, rules=rules(*packages))
    found = _of(report.findings, "DocumentReceiverCheck")
    assert {f.field.partition(".")[0] for f in found} == {"documents[0]", "documents[1]"}
    assert [f.message[:9] for f in found] == ["1. belge ", "2. belge "]

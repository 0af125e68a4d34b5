"""A sealed month filed, approved by GİB's counter seal, reported; or taken back with its files set aside."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from app.demo import people
from app.domain.errors import RuleBroken
from app.domain.taxnumber import parse_tax_number
from app.domain.voucher import Period, PeriodState
from app.edefter.archive import CANCELLED_FOLDER
from app.edefter.sources.reading import inspect_source
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.signing.canonical import canonical_element
from app.signing.soft import TestSealer
from app.signing.verify import verify_document
from app.storage.ledgers import parts, queries
from app.storage.records import CompanyRecord
from app.ubl.company_json import company_from_json
from app.ubl.namespaces import DS, XADES
from app.workflows import companies
from app.workflows.ledger_build import build_month
from app.workflows.ledger_check import open_ledger
from app.workflows.ledger_heads import BuildOptions, month_folder
from app.workflows.ledger_import import import_vouchers
from app.workflows.ledger_life import GIB_NUMBER, build_report, record_filed, take_approved, take_back

C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
JANUARY = Period(2026, 1)
OPTIONS = BuildOptions(source_application="9205121120##X##Mühürdar##0", creator="Ayşe")


@dataclass
class Month:
    """An office with one company whose January is sealed."""

    office: Office
    company: CompanyRecord
    seal: TestSealer
    out: Path

    @property
    def ledgers(self) -> Path:
        return self.office.folder.ledgers

    @property
    def place(self) -> Path:
        return month_folder(self.out, self.company, JANUARY)

    def state(self) -> PeriodState | None:
        ledger = open_ledger(self.company, JANUARY, self.ledgers)
        try:
            with ledger.read() as connection:
                return parts.state_of(connection, period=202601, branch_no="")
        finally:
            ledger.close()

    def build(self) -> None:
        report = build_month(
            self.office.context(), self.company, JANUARY, self.seal, OPTIONS, folder=self.ledgers, out=self.out
        )
        assert report.is_built, report.checks[0].findings

    def file(self) -> None:
        record_filed(self.office.context(), self.company, JANUARY, folder=self.ledgers)

    def approve(self, *files: Path) -> Any:
        return take_approved(self.office.context(), self.company, JANUARY, files, folder=self.ledgers, out=self.out)

    def back(self, **words: str) -> list[Path]:
        context = self.office.context()
        return take_back(context, self.company, JANUARY, folder=self.ledgers, out=self.out, **words)


@pytest.fixture
def month(tmp_path: Path) -> Iterator[Month]:
    source = tmp_path / "ocak.csv"
    rows = ["Fiş No;Tarih;Hesap Kodu;Hesap Adı;Ana Hesap Adı;Borç;Alacak;Kaydeden"]
    for index in range(1, 6):
        rows += [
            f"{index};{index:02d}.01.2026;100.01;MERKEZ;KASA;1{index},50;;Ayşe",
            f"{index};{index:02d}.01.2026;600.01;TİCARİ;SATIŞLAR;;1{index},50;Ayşe",
        ]
    source.write_text("\n".join(rows), "utf-8")
    clock = FixedClock(datetime(2026, 4, 2, 9, tzinfo=UTC))
    with Office.open(tmp_path / "o", owner="deneme", clock=clock, secrets=MemorySecretStore()) as office:
        data = {**people.SELLER, "accountant": {"name": "Şükriye Yağcıoğlu"}}
        company = companies.save_company(office.context(), company_from_json(data, base_dir=tmp_path))
        import_vouchers(office.context(), company, source, inspect_source(source), folder=office.folder.ledgers)
        made = Month(
            office, company, TestSealer.create(company.company.tax_number, "Çınaraltı"), tmp_path / "defterler"
        )
        made.build()
        yield made


@pytest.fixture(scope="module")
def gib() -> TestSealer:
    return TestSealer.create(parse_tax_number(GIB_NUMBER), "Gelir İdaresi Başkanlığı")


def countersigned(path: Path, sealer: TestSealer) -> bytes:
    """The berat as GİB gives it back: its counter seal stands inside ours, over our SignatureValue."""
    raw = path.read_bytes()
    ours = [e for e in etree.fromstring(raw).iter(f"{{{DS}}}SignatureValue") if e.get("Id")][-1]
    method = f'<ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod>'
    certificate = base64.b64encode(sealer.certificate.der).decode()
    own_digest = base64.b64encode(hashlib.sha256(sealer.certificate.der).digest()).decode()
    properties = (
        '<xades:SignedProperties Id="gib-props"><xades:SignedSignatureProperties>'
        "<xades:SigningTime>2026-04-02T12:00:00+03:00</xades:SigningTime><xades:SigningCertificate><xades:Cert>"
        f"<xades:CertDigest>{method}<ds:DigestValue>{own_digest}</ds:DigestValue></xades:CertDigest>"
        f"<xades:IssuerSerial><ds:X509IssuerName>{sealer.certificate.issuer}</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{int(sealer.certificate.serial_hex, 16)}</ds:X509SerialNumber></xades:IssuerSerial>"
        "</xades:Cert></xades:SigningCertificate></xades:SignedSignatureProperties></xades:SignedProperties>"
    )

    def placed(of_value: str, of_properties: str, value: str) -> bytes:
        """The berat with the counter seal in its place, digests and value as given."""
        counter = (
            f'<ds:Signature xmlns:ds="{DS}" Id="gib"><ds:SignedInfo>'
            f'<ds:CanonicalizationMethod Algorithm="{C14N}"></ds:CanonicalizationMethod>'
            f'<ds:SignatureMethod Algorithm="{RSA_SHA256}"></ds:SignatureMethod>'
            f'<ds:Reference URI="#{ours.get("Id")}"><ds:Transforms><ds:Transform Algorithm="{C14N}"></ds:Transform>'
            f"</ds:Transforms>{method}<ds:DigestValue>{of_value}</ds:DigestValue></ds:Reference>"
            f'<ds:Reference Type="http://uri.etsi.org/01903#SignedProperties" URI="#gib-props">'
            f"{method}<ds:DigestValue>{of_properties}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
            f"<ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>"
            f"<ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo><ds:Object>"
            f'<xades:QualifyingProperties xmlns:xades="{XADES}" Target="#gib">{properties}'
            "</xades:QualifyingProperties></ds:Object></ds:Signature>"
        )
        end = b"</xades:UnsignedSignatureProperties>"
        if end in raw:  # our time stamp stands there already
            return raw.replace(end, f"<xades:CounterSignature>{counter}</xades:CounterSignature>".encode() + end)
        unsigned = (
            f'<xades:UnsignedProperties xmlns:xades="{XADES}"><xades:UnsignedSignatureProperties>'
            f"<xades:CounterSignature>{counter}</xades:CounterSignature></xades:UnsignedSignatureProperties>"
            "</xades:UnsignedProperties></xades:QualifyingProperties>"
        )
        return raw.replace(b"</xades:QualifyingProperties>", unsigned.encode())

    def digest_of(document: bytes, tag: str) -> bytes:
        return hashlib.sha256(canonical_element(list(etree.fromstring(document).iter(tag))[-1])).digest()

    def b64(data: bytes) -> str:
        return base64.b64encode(data).decode()

    of_value = b64(hashlib.sha256(canonical_element(ours)).digest())
    of_properties = b64(digest_of(placed("AA==", "AA==", "AA=="), f"{{{XADES}}}SignedProperties"))
    info = digest_of(placed(of_value, of_properties, "AA=="), f"{{{DS}}}SignedInfo")
    return placed(of_value, of_properties, b64(sealer.sign([info])[0]))


def approved_files(month: Month, sealer: TestSealer, folder: Path) -> list[Path]:
    folder.mkdir(exist_ok=True)
    made = []
    for kind in ("YB", "KB"):
        (ours,) = month.place.glob(f"9*-{kind}-*.xml")
        path = folder / f"GIB-{ours.name}"
        path.write_bytes(countersigned(ours, sealer))
        made.append(path)
    return made


def test_a_month_goes_from_sealed_to_closed(month: Month, gib: TestSealer, tmp_path: Path) -> None:
    assert month.state() is PeriodState.BERAT_SEALED
    files = approved_files(month, gib, tmp_path / "gib")
    with pytest.raises(RuleBroken, match="yüklenmiş olarak işaretlenmemiş"):
        month.approve(*files)
    month.file()
    assert month.state() is PeriodState.FILED
    first = month.approve(files[0])
    assert first.refused == []
    assert (len(first.taken), first.is_complete) == (1, False)
    packed = tmp_path / "gib.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(files[1], files[1].name)
    second = month.approve(packed)
    assert second.is_complete and month.state() is PeriodState.COMPLETED
    (report,) = build_report(
        month.office.context(), month.company, JANUARY, month.seal, OPTIONS, folder=month.ledgers, out=month.out
    )
    assert report.name.endswith("-202601-DR-000000.xml") and verify_document(report.read_bytes()).valid
    with pytest.raises(RuleBroken) as caught:
        month.back(deleted_by="Ayşe", deleted_on="2026-04-03")
    assert caught.value.code == "LEDGER.APPROVED"


@pytest.mark.shared
def test_the_report_passes_gibs_rules(month: Month, gib: TestSealer, tmp_path: Path, shared: Path) -> None:
    month.file()
    assert month.approve(*approved_files(month, gib, tmp_path / "gib")).is_complete
    build_report(
        month.office.context(), month.company, JANUARY, month.seal, OPTIONS, folder=month.ledgers, out=month.out
    )
    schema = etree.XMLSchema(etree.parse(shared / "gib" / "edefter-paketi" / "xsd" / "edefter.xsd"))
    for path in month.place.glob("*.xml"):
        schema.validate(etree.parse(path))
        assert [e.message for e in schema.error_log if "X509SerialNumber" not in e.message] == [], path.name


def test_files_that_do_not_hold_are_refused_with_the_reason(month: Month, gib: TestSealer, tmp_path: Path) -> None:
    month.file()
    yb, kb = approved_files(month, gib, tmp_path / "gib")
    stranger = TestSealer.create(month.company.company.tax_number, "Başkası")
    (ours,) = month.place.glob("9*-YB-*.xml")
    yb.write_bytes(countersigned(ours, stranger))
    kb.write_bytes(kb.read_bytes().replace(b"period_change", b"period_chang3", 1))
    bare = tmp_path / ours.name
    bare.write_bytes(ours.read_bytes())
    other = tmp_path / "GIB-9205121120-202602-YB-000000.xml"
    other.write_bytes(b"<a/>")
    unsigned = tmp_path / f"GIB-{ours.name}"
    unsigned.write_bytes(ours.read_bytes())
    report = month.approve(yb, kb, bare, other, unsigned)
    reasons = dict(report.refused)
    assert report.taken == [] and not report.is_complete and month.state() is PeriodState.FILED
    assert "tutmuyor" in reasons[kb.name]
    assert "GİB onaylı berat dosyası değil" in reasons[bare.name]
    assert "Başka bir firmanın ya da ayın" in reasons[other.name]
    assert [reason for name, reason in report.refused if name == yb.name] == [
        "Karşı mühür GİB'in değil.",
        "GİB'in mührü yok ya da tutmuyor; dosyayı yeniden indirin, sürerse GİB'e başvurun.",
    ]


def test_a_sealed_month_is_taken_back_and_built_again(month: Month) -> None:
    names = {path.name for path in month.place.glob("9*")}
    moved = month.back()
    assert month.state() is PeriodState.IMPORTED
    assert {path.name for path in moved} == names and not [*month.place.glob("9*")]
    assert {path.name for path in (month.place / CANCELLED_FOLDER).iterdir()} == names
    month.build()
    assert month.state() is PeriodState.BERAT_SEALED
    again = month.back()
    assert len([*(month.place / CANCELLED_FOLDER).iterdir()]) == 2 * len(names)
    assert all("(2)" in path.name for path in again)


def test_a_filed_month_needs_who_deleted_it_and_when(month: Month) -> None:
    month.file()
    with pytest.raises(RuleBroken) as caught:
        month.back()
    assert caught.value.code == "LEDGER.FILED" and month.state() is PeriodState.FILED
    with pytest.raises(RuleBroken, match="işaretlenemedi"):
        month.file()
    month.back(deleted_by="Ayşe Işık", deleted_on=date(2026, 4, 3).isoformat())
    ledger = open_ledger(month.company, JANUARY, month.ledgers)
    try:
        with ledger.read() as connection:
            note = connection.exec_driver_sql("SELECT note FROM period").scalar_one()
            assert note == "Ayşe Işık, 2026-04-03"
            assert queries.months(connection)[0].state is PeriodState.IMPORTED
    finally:
        ledger.close()


DRIVER = """
import sys
sys.path.insert(0, {root!r})
from datetime import UTC, datetime
from pathlib import Path
from app.domain.voucher import Period
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.workflows import companies, ledger_life
clock = FixedClock(datetime(2026, 4, 2, 9, tzinfo=UTC))
with Office.open(Path(sys.argv[1]), owner="öteki", clock=clock, secrets=MemorySecretStore()) as office:
    ctx = office.context()
    company = companies.require_company(ctx, "9205121120")
    ledgers, out = office.folder.ledgers, Path(sys.argv[2])
    if sys.argv[3] == "file":
        ledger_life.record_filed(ctx, company, Period(2026, 1), folder=ledgers)
    elif sys.argv[3] == "approve":
        files = [Path(text) for text in sys.argv[4:]]
        ledger_life.take_approved(ctx, company, Period(2026, 1), files, folder=ledgers, out=out)
    else:
        ledger_life.take_back(ctx, company, Period(2026, 1), folder=ledgers, out=out)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGKILL")
@pytest.mark.parametrize(
    ("point", "act"), [("ledger.filed", "file"), ("ledger.approved", "approve"), ("ledger.taken_back", "back")]
)
@pytest.mark.parametrize("phase", ["before", "after"])
def test_killed_it_is_the_old_state_or_the_new_one(
    month: Month, gib: TestSealer, tmp_path: Path, point: str, act: str, phase: str
) -> None:
    files = approved_files(month, gib, tmp_path / "gib")
    if act == "approve":
        month.file()
    old = month.state()
    new = {"file": PeriodState.FILED, "approve": PeriodState.COMPLETED, "back": PeriodState.IMPORTED}[act]
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", DRIVER.format(root=str(root)), str(month.office.folder.root), str(month.out), act]

    def run(crash_at: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"MUHURDAR_CRASH_AT": crash_at}
        return subprocess.run(
            [*command, *map(str, files)], env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    killed = run(f"{point}:{phase}")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert month.state() is (old if phase == "before" else new)
    if phase == "before":
        assert run("").returncode == 0
        assert month.state() is new

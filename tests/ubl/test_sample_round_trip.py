"""Reading and writing every official sample: nothing is lost that the model knows, and the rest is named.

tests/data/ubl/sample_coverage.json lists by sample the elements without a place in the model and the few values that
come back otherwise (a number that is none, İADE for IADE, an own count of lines). It is ours, made by this comparison.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.domain.errors import InputError
from app.ubl.coverage import coverage_of
from app.ubl.envelope import read_envelope
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice
from tests.ubl.scenarios import ALLOWED, invoice_for

EXPECTED: dict[str, dict[str, list[str]]] = json.loads(
    (Path(__file__).parents[1] / "data" / "ubl" / "sample_coverage.json").read_text("utf-8")
)
#: Elements that no reader of ours looks at; everything unmodelled in the samples belongs to one of them.
KNOWN_GAPS = (
    "AgentParty", "AttachedDocument", "Attachment", "CorporateRegistrationScheme", "CompanyID", "DeliveryContact",
    "DespatchContact", "DocumentDescription", "DocumentType", "EndpointID", "FinancialInstitutionBranch",
    "HeadOfficeParty", "InsuranceValueAmount", "IssuerParty", "MiddleName", "OriginatorDocumentReference",
    "PaymentAlternativeExchangeRate", "PaymentNote", "PhysicalLocation", "PostalAddress/ID", "DeliveryAddress/ID",
    "TimingComplaint", "Title", "GrossWeightMeasure", "NetWeightMeasure", "TotalTransportHandlingUnitQuantity",
    "DeclaredForCarriageValueAmount",
)  # fmt: skip


@pytest.fixture(scope="module")
def samples(official_package: Path, official_invoice_package: Path) -> dict[str, bytes]:
    """By name; the zips write their names in another alphabet than they say."""
    found: dict[str, bytes] = {}
    for package in (official_package, official_invoice_package):
        for path in sorted(package.glob("xml/*.xml")):
            found[_name(path)] = path.read_bytes()
    return found


def _name(path: Path) -> str:
    try:
        return path.stem.encode("cp437").decode("cp857")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return path.stem


@pytest.mark.shared
@pytest.mark.parametrize("name", list(EXPECTED))
def test_sample_comes_back(name: str, samples: dict[str, bytes]) -> None:
    found = coverage_of(samples[name])
    assert list(found.unmodelled) == EXPECTED[name]["unmodelled"]
    assert list(found.changed) == EXPECTED[name]["changed"]


@pytest.mark.shared
def test_every_sample_is_compared_or_of_a_kind_without_a_writer(samples: dict[str, bytes]) -> None:
    for name, raw in samples.items():
        if name in EXPECTED:
            continue
        with pytest.raises(InputError) as caught:
            coverage_of(raw)
        assert caught.value.code in ("UBL.NO_MODEL", "XML.MALFORMED")
        if name.endswith("_ZARF"):
            assert read_envelope(raw).documents
    assert len(EXPECTED) == 53


def test_what_is_not_modelled_is_known_by_name() -> None:
    for name, found in EXPECTED.items():
        for path in found["unmodelled"]:
            assert any(f"/{gap}" in f"/{path}" for gap in KNOWN_GAPS), (name, path)


def test_what_we_write_ourselves_is_covered_wholly() -> None:
    for pair in ALLOWED:
        invoice = invoice_for(*pair)
        found = coverage_of(build_invoice(invoice, compute_totals(invoice), template=None))
        assert (found.unmodelled, found.changed) == ((), ()), pair


def test_an_unknown_element_is_named() -> None:
    invoice = invoice_for("TEMELFATURA", "SATIS")
    raw = build_invoice(invoice, compute_totals(invoice), template=None)
    told = raw.replace(b"<cac:Price>", b"<cac:Unknown><cbc:ID>1</cbc:ID></cac:Unknown><cac:Price>")
    assert coverage_of(told).unmodelled == ("InvoiceLine/Unknown/ID",)

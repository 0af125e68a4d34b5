"""Companies as JSON."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from app.domain.document_number import SeriesPurpose
from app.domain.invoice import Invoice
from app.domain.ledger_terms import LedgerMode, Numbering, StampedFiles
from app.domain.lifecycle import DocumentKind, SealingMode
from app.domain.party import Accountant, Address, Branch, Company, Labels
from app.ubl.company_json import MAX_IMAGE_BYTES, company_from_json, company_to_json
from app.ubl.jsonread import InvalidData

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 20

DATA: dict[str, Any] = {
    "vkn": "9205121120",
    "title": "Çınar Gıda A.Ş.",
    "tax_office": "Çankaya",
    "address": {
        "street": "Selvi Cad.",
        "building": "75/A",
        "district": "Çankaya",
        "city": "Ankara",
        "postal_code": "06100",
        "country": "Türkiye",
    },
    "phone": "0312 621 11 11",
    "email": "a@cinar.example",
    "web": "https://cinar.example",
    "nace": "10.73",
    "fiscal_year_start": "2026-01-01",
    "fiscal_year_end": "2026-12-31",
    "accountant": {"name": "Ali Veli", "tckn": "10000000146", "address": {"city": "Ankara"}},
    "mersis": "0920512112000018",
    "trade_registry_no": "123456",
    "fax": "0312 621 11 12",
    "branches": [{"no": "1", "name": "Şube"}],
    "labels": {"gb": ["urn:mail:gb@cinar.example"], "pk": "urn:mail:pk@cinar.example"},
    "series": {"einvoice": "CNR", "earchive": "ARS"},
    "sealing_mode": {"default": "own", "earchive": "integrator"},
    "taxpayer_kind": "kurumlar",
    "upload_preference": "aylik",
    "auditor": {"name": "Yasemin Mert", "engagement_type": "Tam tasdik", "fax": "0312 621 11 13"},
    "liquidation_start": "2026-05-21",
    "liquidation_end": "2027-02-01",
    "ledger_start": {"2026": "1"},
    "ledger": {
        "time_stamp": "berats",
        "mode": "integrator",
        "source_application": "9205121120##Çınar Yazılım A.Ş.##Defterci##2.1",
        "export_format": "uyumsoft-xml",
        "numbering": "ours",
        "uses_branches": True,
        "max_part_mb": 50,
    },
}


@pytest.fixture(scope="session")
def schema(project: Path) -> jsonschema.Draft202012Validator:
    text = (project / "resources" / "schemas" / "company.schema.json").read_text("utf-8")
    jsonschema.Draft202012Validator.check_schema(json.loads(text))
    return jsonschema.Draft202012Validator(json.loads(text))


def test_a_company_is_read(schema: jsonschema.Draft202012Validator) -> None:
    schema.validate(DATA)
    company = company_from_json(DATA)
    assert company.tax_number.digits == "9205121120"
    assert company.labels == Labels(gb=("urn:mail:gb@cinar.example",), pk=("urn:mail:pk@cinar.example",))
    assert company.series == {"einvoice": "CNR", "earchive": "ARS"}
    assert company.sealing_mode(DocumentKind.INVOICE) is SealingMode.OWN
    assert company.sealing_mode(DocumentKind.EARCHIVE) is SealingMode.INTEGRATOR
    assert company.branches == (Branch(no="1", name="Şube"),)
    assert company.accountant == Accountant(name="Ali Veli", tckn="10000000146", address=Address(city="Ankara"))
    assert company.ledger_start == {"2026": "1"}
    assert (company.ledger.mode, company.ledger.numbering) == (LedgerMode.INTEGRATOR, Numbering.OURS)
    assert (company.ledger.uses_branches, company.ledger.max_part_mb) == (True, 50)
    assert (company.auditor.name, company.auditor.fax) == ("Yasemin Mert", "0312 621 11 13")
    assert (company.liquidation_start, company.liquidation_end) == ("2026-05-21", "2027-02-01")
    assert company.ledger.time_stamp is StampedFiles.BERATS


def test_every_purpose_and_kind_is_in_the_schema(schema: jsonschema.Draft202012Validator) -> None:
    series = {purpose.value: f"A{place:02d}" for place, purpose in enumerate(SeriesPurpose)}
    schema.validate(DATA | {"series": series, "sealing_mode": {kind.value: "own" for kind in DocumentKind}})


@pytest.mark.parametrize("mode", ["own", "integrator"])
def test_one_sealing_mode_for_all_kinds(mode: str) -> None:
    assert company_from_json(DATA | {"sealing_mode": mode}).default_sealing_mode is SealingMode(mode)


def test_there_and_back(schema: jsonschema.Draft202012Validator) -> None:
    company = company_from_json(DATA)
    data = json.loads(json.dumps(company_to_json(company)))
    schema.validate(data)
    assert company_from_json(data) == company


def test_the_barest_company_there_and_back(make: Callable[..., Invoice]) -> None:
    company = Company(party=make().customer, logo=PNG, stamp=JPEG)
    assert company_from_json(company_to_json(company)) == company


def test_images_are_found_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(PNG)
    (tmp_path / "kaşe.jpg").write_bytes(JPEG)
    company = company_from_json(DATA | {"logo": "logo.png", "stamp": str(tmp_path / "kaşe.jpg")}, tmp_path)
    assert (company.logo, company.stamp) == (PNG, JPEG)


def test_bad_images_are_problems(tmp_path: Path) -> None:
    (tmp_path / "a.gif").write_bytes(b"GIF89a")
    (tmp_path / "big.png").write_bytes(PNG + b"\0" * MAX_IMAGE_BYTES)
    for name, words in (("none.png", "okunamadı"), ("a.gif", "PNG ya da JPEG"), ("big.png", "en çok 512 KB")):
        with pytest.raises(InvalidData, match=words):
            company_from_json(DATA | {"logo": name}, tmp_path)
    with pytest.raises(InvalidData, match="okunamadı"):
        company_from_json(DATA | {"logo": "data:image/png;base64,!!!"})


@pytest.mark.parametrize(
    ("key", "value", "where"),
    [
        ("vkn", None, "vkn"),
        ("vkn", "92051211200", "vkn"),
        ("title", "", "title"),
        ("series", {"einvoice": "cnr"}, "series.einvoice"),
        ("series", {"einvoice": "CNR", "export": "CNR"}, "series.export"),
        ("series", {"efatura": "CNR"}, "series.efatura"),
        ("sealing_mode", "kendi", "sealing_mode"),
        ("sealing_mode", {"fatura": "own"}, "sealing_mode.fatura"),
        ("labels", ["x"], "labels"),
        ("branches", [{"no": "1"}], "branches[0].name"),
        ("mersiss", "1", "mersiss"),
        ("schema_version", 9, "schema_version"),
        ("ledger", {"mode": "kendi"}, "ledger.mode"),
        ("ledger", {"source_application": "Defterci 2.1"}, "ledger.source_application"),
        ("ledger", {"source_application": "9205121120##A##B##"}, "ledger.source_application"),
        ("ledger", {"export_format": "excel"}, "ledger.export_format"),
        ("ledger", {"max_part_mb": 201}, "ledger.max_part_mb"),
        ("ledger", {"numbering": "x"}, "ledger.numbering"),
    ],
)
def test_problems_are_told_with_their_place(key: str, value: Any, where: str) -> None:
    with pytest.raises(InvalidData) as caught:
        company_from_json(copy.deepcopy(DATA) | {key: value})
    assert caught.value.code == "COMPANY.INVALID"
    assert where in [p.partition(": ")[0] for p in caught.value.problems]

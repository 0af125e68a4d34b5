"""The built-in code lists, compared with GİB's own where the reference folder is."""

from __future__ import annotations

import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from app.ubl import codes


@pytest.fixture(scope="module")
def official(shared: Path) -> dict[str, list[str]]:
    """GİB's lists by their names."""
    with zipfile.ZipFile(shared / "gib" / "e-FaturaPaketi.zip") as package:
        name = next(n for n in package.namelist() if n.endswith("UBL-TR_Codelist.xml"))
        text = package.read(name).decode("utf-8")
    found = re.findall(r'<sch:let name="(\w+)"\s+value\s*=\s*"\',([^\']*),\'"', text)
    return {key: value.split(",") for key, value in found}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("official_name", "ours"),
    [
        ("TaxType", codes.tax_types),
        ("WithholdingTaxType", codes.withholdings),
        ("TaxExemptionReasonCodeType", codes.exemptions),
        ("CurrencyCodeList", codes.currencies),
        ("CountryCodeList", codes.countries),
        ("PaymentMeansCodeTypeList", codes.payment_means),
        ("PartyIdentificationIDType", codes.party_schemes),
        ("InvoiceTypeCodeList", codes.invoice_types),
        ("ProfileIDTypeGoruntuleme", codes.profiles),
    ],
)
def test_our_list_is_gibs_list(official: dict[str, list[str]], official_name: str, ours: object) -> None:
    assert set(ours()) == set(official[official_name])  # type: ignore[operator]


@pytest.mark.shared
def test_our_units_are_a_part_of_gibs(official: dict[str, list[str]]) -> None:
    assert set(codes.units()) <= set(official["UnitCodeList"])
    assert {"C62", "KGM", "LTR", "MTR", "MTK", "MTQ", "HUR", "DAY", "MON", "KWH", "TNE", "BX"} <= set(codes.units())


@pytest.mark.shared
def test_accepted_withholding_percents_are_gibs(official: dict[str, list[str]]) -> None:
    ours = {f"{w.code}{percent}" for w in codes.withholdings().values() for percent in w.accepted}
    # 650 stands in the list of percents only; with no code of its own it is always refused.
    assert ours == {pair for pair in official["WithholdingTaxTypeWithPercent"] if not pair.startswith("650")}


@pytest.mark.shared
def test_groups_of_exemptions_are_gibs(official: dict[str, list[str]]) -> None:
    by_group: dict[str, set[str]] = {}
    for exemption in codes.exemptions().values():
        by_group.setdefault(exemption.group, set()).add(exemption.code)
    full_ones = by_group["full"] | by_group["partial"] | by_group["otv"]
    assert full_ones == set(official["istisnaTaxExemptionReasonCodeType"])
    assert by_group["special"] == set(official["ozelMatrahTaxExemptionReasonCodeType"])
    assert by_group["export_registered"] == set(official["ihracExemptionReasonCodeType"])
    assert by_group["none"] == {"151", "351", "555"}


def test_current_percents() -> None:
    assert codes.is_withholding_accepted("606", Decimal(90))
    assert codes.is_withholding_accepted("606", Decimal("90.0"))
    assert not codes.is_withholding_accepted("606", Decimal(50))
    assert not codes.is_withholding_accepted("650", Decimal(50))
    assert all(w.current in w.accepted for w in codes.withholdings().values())


def test_profiles_and_types() -> None:
    assert codes.is_type_allowed("TEMELFATURA", "IADE")
    assert not codes.is_type_allowed("TICARIFATURA", "IADE")
    assert codes.is_type_allowed("EARSIVFATURA", "SARJ")
    assert not codes.is_type_allowed("TEMELFATURA", "SARJ")
    assert not codes.is_type_allowed("YOK", "SATIS")


def test_taxes_in_the_vat_base() -> None:
    in_base = {t.code for t in codes.tax_types().values() if t.in_vat_base}
    assert {"0071", "0073", "0074", "0075", "0076", "0077", "9077"} <= in_base
    assert in_base.isdisjoint({"0015", "0059", "4080", "4081", "0003", "0011"})


def test_every_code_has_a_name_and_no_list_has_doubles(project: Path) -> None:
    lists = set((project / "resources" / "codes").glob("*.json"))
    for path in sorted(lists - {project / "resources" / "codes" / "extra_fields.json"}):
        data = json.loads(path.read_text("utf-8"))
        names = [item["code"] for item in data["items"]]
        assert data["source"], path.name
        assert len(names) == len(set(names)), path.name
        assert all(item["name"].strip() for item in data["items"]), path.name


def test_an_unknown_tax_is_called_by_its_code() -> None:
    assert codes.tax_name("0015") == "KDV"
    assert codes.tax_name("9999") == "9999"

"""Every explained rule has a failing example: the official rules say just that, our own rules alone catch it, and
where the entry offers a mend, the mend clears it. The examples stand in `explained_invoices` and `_scenarios`."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.despatch import Despatch
from app.domain.findings import Finding, Layer, Severity
from app.runtime.resources import resource_path
from app.ubl.draft import invoice_to_json
from app.ui.editor.store import FormStore
from app.validation.builtin import check_invoice
from app.validation.builtin_despatch import check_despatch
from app.validation.explanations import all_explanations, explain
from app.validation.files import check_file
from app.validation.packages import child
from app.validation.packages.installed import findings_of
from tests.ubl.scenarios import TODAY, internet_sale
from tests.validation.explained_cases import Case, document, sound_bytes, spoilt_bytes, spoilt_draft, written
from tests.validation.explained_invoices import INVOICES
from tests.validation.explained_scenarios import OTHERS

CASES = (*INVOICES, *OTHERS)
ENTRIES = {entry.code: entry for entry in all_explanations()}
WITH_FIX = [case for case in CASES if ENTRIES[case.code].fix]
#: Pairs that no document may have are sound but for the pair itself: nothing is spoilt in them.
SOUND = sorted({case.base for case in CASES if case.draft or case.supplier or case.xml})
Ask = Callable[[bytes], list[Finding]]
by_code = pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)


@pytest.fixture(scope="module")
def official(shared: Path) -> Ask:
    """GİB's own rules on a document, with the findings as the user gets them."""
    paths = {
        "ubl-tr": str(shared / "gib" / "UBL-TR1.2.1_Paketi.zip"),
        "e-fatura": str(shared / "gib" / "e-FaturaPaketi.zip"),
    }

    def ask(raw: bytes) -> list[Finding]:
        return findings_of(child.check(paths, raw, {"today": TODAY.isoformat()})["rows"], raw)

    return ask


def entry_of(finding: Finding) -> str:
    """The entry that speaks of this finding; the rule itself, where we have no words of our own."""
    known = explain(finding.code, finding.official)
    return known.code if known else finding.code


def own_errors(case: Case, data: dict[str, Any] | None = None) -> list[Finding]:
    """What the built-in rules alone say: of the draft as the editor asks, or of the file."""
    if not case.is_draft:
        return [f for f in check_file(spoilt_bytes(case), today=TODAY).findings if f.severity is Severity.ERROR]
    made = document(data or spoilt_draft(case), case)
    if isinstance(made, Despatch):
        found = check_despatch(made, today=TODAY, purpose="seal")
    else:
        found = check_invoice(made, today=TODAY, purpose="seal", registered=True)
    return [finding for finding in found if finding.severity is Severity.ERROR]


def test_every_entry_has_one_example() -> None:
    assert Counter(case.code for case in CASES) == Counter(ENTRIES.keys())
    assert len({entry.rule for entry in ENTRIES.values()}) >= 60


@pytest.mark.shared
@pytest.mark.parametrize("base", SOUND)
def test_before_it_is_spoilt_the_document_is_sound(base: str, official: Ask) -> None:
    raw = sound_bytes(base)
    assert official(raw) == []
    assert [f for f in check_file(raw, today=TODAY).findings if f.severity is Severity.ERROR] == []


@pytest.mark.shared
@by_code
def test_the_official_rules_say_just_this(case: Case, official: Ask) -> None:
    findings = official(spoilt_bytes(case))
    rules = [finding for finding in findings if finding.layer is Layer.SCHEMATRON]
    assert {entry_of(finding) for finding in rules} == {case.code} | case.also
    schema = {finding.code for finding in findings if finding.layer is Layer.XSD}
    assert not case.is_draft or schema <= case.schema


@pytest.mark.shared
@by_code
def test_the_finding_is_whole_and_leads_to_its_field(case: Case, official: Ask) -> None:
    entry = ENTRIES[case.code]
    found = [finding for finding in official(spoilt_bytes(case)) if entry_of(finding) == case.code]
    assert {finding.field for finding in found} == {case.at}
    for finding in found:
        assert (finding.code, finding.message, finding.explanation) == (entry.rule, entry.message, entry.why)
        assert (finding.severity, finding.fix) == (Severity.ERROR, entry.fix)
        assert finding.official and finding.xpath.startswith("/") and finding.line is not None and finding.line > 0


@by_code
def test_our_own_rules_alone_catch_it(case: Case) -> None:
    assert case.ours in {finding.code for finding in own_errors(case)}


@pytest.mark.shared
@pytest.mark.parametrize("case", WITH_FIX, ids=lambda case: case.code)
def test_the_mend_clears_it(case: Case, official: Ask) -> None:
    """As the editor does it: the finding's `fix` on the form, the form's draft read and written again."""
    assert case.is_draft, "only a draft can be mended"
    store = FormStore()
    store.load(spoilt_draft(case))
    (finding,) = {f.field: f for f in official(spoilt_bytes(case)) if entry_of(f) == case.code}.values()
    assert store.mend(finding)
    assert official(written(document(store.data(), case))) == []
    assert own_errors(case, store.data()) == []


@pytest.mark.parametrize("case", [c for c in CASES if c.is_draft], ids=lambda case: case.code)
def test_a_mend_of_our_own_rule_clears_it_too(case: Case) -> None:
    """Where the built-in finding has a `fix`."""
    before = own_errors(case)
    mended = 0
    for finding in before:
        if finding.code == case.ours and finding.fix:
            store = FormStore()
            store.load(spoilt_draft(case))
            assert store.mend(finding)
            after = own_errors(case, store.data())
            assert (finding.code, finding.field) not in {(f.code, f.field) for f in after}
            assert len(after) < len(before)
            mended += 1
    assert mended or case.code not in MENDED_BY_US


MENDED_BY_US = {
    "TimeCheck.FUTURE",
    "InvoiceTypeCodeCheck.RETURN",
    "GeneralUnitCodeCheck",
    "DeliveryCodeCheck.TERMS",
    "TaxExemptionReasonCodeCheck.EXEMPT",
    "GeneralWithholdingTaxTotalCheck.TYPE",
    "WithholdingTaxTotalCheck.RATE",
    "YatirimTesvikTaxExemptionReasonCode308Check",
    "YatirimTesvikItemClassificationCodeIstisnaCalculationSequenceNumericCheck",
}


def test_a_mend_may_add_a_note() -> None:
    sale = internet_sale()
    store = FormStore()
    store.load(invoice_to_json(replace(sale, notes=("Teşekkürler.",))))
    case = Case(code="", base="EARSIVFATURA/SATIS", ours="")
    (finding,) = [f for f in check_invoice(document(store.data(), case), today=TODAY) if f.code == "INV.INTERNET_NOTE"]
    assert store.mend(finding)
    assert store.data()["notes"] == ["Teşekkürler.", *sale.notes]
    assert "INV.INTERNET_NOTE" not in {f.code for f in check_invoice(document(store.data(), case), today=TODAY)}


def _paths(name: str) -> set[str]:
    """Every path of a draft as its published schema knows it (`lines[].exemption.code`)."""
    root = json.loads((resource_path("schemas") / f"{name}.schema.json").read_text("utf-8"))

    def walk(schema: dict[str, Any], at: str) -> set[str]:
        if "$ref" in schema:
            schema = root["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
        if schema.get("type") == "array":
            return walk(schema.get("items", {}), f"{at}[]")
        found = {at, at.removesuffix("[]")} if at else set()
        for key, inner in schema.get("properties", {}).items():
            found |= walk(inner, f"{at}.{key}" if at else key)
        return found

    return walk(root, "")


@pytest.mark.parametrize("entry", [e for e in ENTRIES.values() if e.field], ids=lambda entry: entry.code)
def test_the_field_of_an_entry_is_one_of_the_draft(entry: Any) -> None:
    known = _paths("draft") | _paths("despatch") | _paths("receipt")
    # The number stands in `vkn` or `tckn`; the company's own party is no part of its drafts, but its card is one.
    field = re.sub(r"^supplier\.", "customer.", entry.field).replace("tax_number", "vkn")
    assert field in known
    if entry.fix:
        key = entry.fix.partition("=")[0]
        assert key in known or f"lines[].{key}" in known


@pytest.mark.shared
def test_where_no_line_can_be_named_no_mend_is_offered(official: Ask) -> None:
    """`exemption.code=308` without its line would be set on the document, where it means nothing."""
    case = next(c for c in CASES if c.code == "YatirimTesvikTaxExemptionReasonCode308Check")
    (found,) = official(spoilt_bytes(case))
    row = ["schematron", "error", found.code, found.official, "", 1, "/Invoice/cac:TaxTotal"]
    (finding,) = findings_of([row], spoilt_bytes(case))
    assert (finding.field, finding.fix) == ("lines", "")


@pytest.mark.shared
def test_the_line_behind_a_sum_is_looked_up(official: Ask) -> None:
    case = next(c for c in CASES if c.code == "TaxExemptionReasonCodeCheck.CODE")
    (found,) = official(spoilt_bytes(case))
    assert (found.field, found.xpath.split("/")[2]) == ("lines[1].exemption.code", "cac:TaxTotal")
    assert [f.field for f in findings_of([], spoilt_bytes(case))] == []

"""The rules in the user's words: the data is whole, and it fits the sentences of the official package."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from app.ubl import xmlsafe
from app.validation.explanations import Explanation, all_explanations, explain

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9]+(\.[A-Z0-9_]+)?")
_FIX = re.compile(r"[a-z_.]+=[A-Z0-9]+")
_SCH = "{http://purl.oclc.org/dsdl/schematron}"
# A sentence says what the bookkeeper sees, not which element is missing.
_JARGON = re.compile(r"\b(cbc|cac|ext|sh|ds|inv|apr):|\bXPath\b")


@pytest.mark.parametrize("entry", all_explanations(), ids=lambda entry: entry.code)
def test_an_entry_is_whole(entry: Explanation) -> None:
    assert _CODE.fullmatch(entry.code) and entry.code.startswith(entry.rule)
    for text in (entry.what, entry.why, entry.how):
        assert text.endswith(".") and (not text[0].islower() or text.startswith("e-")) and not _JARGON.search(text)
    assert entry.what != entry.how
    assert not entry.fix or _FIX.fullmatch(entry.fix)
    # A click without a place could not be shown to have done anything.
    assert not entry.fix or entry.field


def test_codes_are_given_once_and_enough_rules_are_explained() -> None:
    counted = Counter(entry.code for entry in all_explanations())
    assert [code for code, count in counted.items() if count > 1] == []
    assert len({entry.rule for entry in all_explanations()}) >= 60


def test_an_unknown_rule_has_no_explanation_and_a_new_sentence_gets_the_general_one() -> None:
    assert explain("BaskaBirKontrol", "ne olursa") is None
    general = explain("InvoiceTypeCodeCheck", "bu kuralda yeni bir cümle")
    assert general is not None and general.code == "InvoiceTypeCodeCheck"
    assert explain("LineDeliveryCheck", "bu kuralda yeni bir cümle") is None


def test_a_sentence_is_found_however_it_is_broken_into_lines() -> None:
    found = explain("WithholdingTaxTotalCheck", " Uyumsuz vergi\n  tipi   yüzdesi: '606' ")
    assert found is not None and found.code == "WithholdingTaxTotalCheck.RATE"


@pytest.fixture(scope="module")
def sentences(shared: Path) -> list[tuple[str, str]]:
    """(rule id, sentence) of every assertion of the official common rules; what it fills in stands as `…`."""
    with zipfile.ZipFile(shared / "gib" / "e-FaturaPaketi.zip") as package:
        name = next(name for name in package.namelist() if name.endswith("UBL-TR_Common_Schematron.xml"))
        root = xmlsafe.parse(package.read(name)).getroot()
    found = []
    for rule in root.iter(f"{_SCH}rule"):
        for check in rule.iter(f"{_SCH}assert", f"{_SCH}report"):
            parts = [check.text or "", *(f"…{child.tail or ''}" for child in check)]
            found.append((rule.get("id") or "", " ".join("".join(parts).split())))
    assert len(found) > 200
    return found


@pytest.mark.shared
def test_every_entry_belongs_to_a_sentence_of_the_official_rules(sentences: list[tuple[str, str]]) -> None:
    used = {found.code for rule, text in sentences if (found := explain(rule, text))}
    assert [entry.code for entry in all_explanations() if entry.code not in used] == []


@pytest.mark.shared
def test_no_sentence_of_an_explained_rule_is_left_without_words(sentences: list[tuple[str, str]]) -> None:
    explained = {entry.rule for entry in all_explanations()}
    assert [text for rule, text in sentences if rule in explained and explain(rule, text) is None] == []

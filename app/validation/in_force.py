"""The installed package's word on codes: what it lists is no mistake, known to the built-in copy or not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from app.domain.findings import Finding
from app.validation.official import OfficialRules

#: Our finding of an unknown code -> the list of the package that decides.
_LISTS: Final[Mapping[str, str]] = {
    "INV.PROFILE": "profile",
    "INV.TYPE": "invoice_type",
    "INV.CURRENCY": "currency",
    "INV.PAYMENT_CODE": "payment_means",
    "INV.LINE_UNIT": "unit",
    "INV.LINE_UNIT_RARE": "unit",
    "INV.TAX_CODE": "tax_type",
    "INV.WITHHOLDING_CODE": "withholding",
    "INV.EXEMPTION_CODE": "exemption",
    "INV.COUNTRY": "country",
    "INV.ORIGIN": "country",
    "INV.TRAVELLER_NATION": "country",
    "INV.INCOTERMS": "delivery_terms",
    "INV.TRANSPORT": "transport_mode",
    "INV.PACKAGE_RARE": "packaging",
    "DSP.PROFILE": "despatch_profile",
    "DSP.TYPE": "despatch_type",
}
_STEP: Final = re.compile(r"(\w+)(?:\[(\d+)\])?")


def without_listed(
    findings: list[Finding], fields: Callable[[], Mapping[str, Any]], rules: OfficialRules
) -> list[Finding]:
    """The findings, less those that call a code of the installed package unknown. `fields` gives the draft's JSON; it
    is asked only where there is such a finding."""
    doubted = [finding for finding in findings if finding.code in _LISTS]
    if not doubted or not rules.release:
        return findings
    data = fields()
    known = {id(f) for f in doubted if rules.lists_code(_LISTS[f.code], _value_at(data, f.field))}
    return [finding for finding in findings if id(finding) not in known]


def _value_at(data: Any, place: str) -> str:
    for step in place.split("."):
        match = _STEP.fullmatch(step)
        if match is None or not isinstance(data, Mapping):
            return ""
        data = data.get(match[1])
        if match[2] is not None:
            at = int(match[2])
            data = data[at] if isinstance(data, list) and at < len(data) else None
    return data if isinstance(data, str) else ""

"""One failing example for each entry of `resources/explanations`: what is wrong with a document that our writer makes.

A `Case` starts from a sound document (`base`) and spoils it once: in the draft (`draft`: path -> value, None takes the
field away), in the company's own party (`supplier`), or, where the model cannot hold the mistake, in the bytes (`xml`:
text -> text). `ours` is the code of the built-in rule that must catch it; `also` are entries of other rules that the
same mistake breaks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from functools import cache
from typing import Any

from app.domain.despatch import Despatch
from app.domain.invoice import Invoice
from app.domain.party import Company
from app.runtime.clock import FixedClock
from app.signing.soft import TestSealer
from app.signing.xades import seal_ubl
from app.ubl.despatch import build_despatch
from app.ubl.despatchjson import despatch_from_json, despatch_to_json
from app.ubl.draft import invoice_from_json, invoice_to_json
from app.ubl.envelope import EnvelopeParty, build_envelope
from app.ubl.receipt import answer_despatch, build_receipt
from app.ubl.response import answer_to, build_response
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice
from tests.ubl.scenarios import PERSON, SUPPLIER, TODAY, despatch_for, invoice_for

TEMPLATE = b'<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>'
CLOCK = FixedClock(datetime(2026, 3, 9, 12, tzinfo=UTC))
UUID = "f47ac10b-58cc-4372-a567-0e02b2c3d489"
TILL = (
    "<cac:BillingReference><cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cbc:IssueDate>2026-03-01</cbc:IssueDate>"
    "<cbc:DocumentTypeCode>OKCBF</cbc:DocumentTypeCode><cbc:DocumentType>OKCBilgiFisi</cbc:DocumentType>"
    "<cbc:DocumentDescription>FATURA</cbc:DocumentDescription><cac:Attachment><cac:ExternalReference><cbc:URI>7</cbc:URI>"
    "</cac:ExternalReference></cac:Attachment><cac:ValidityPeriod><cbc:StartDate>2026-03-01</cbc:StartDate>"
    "</cac:ValidityPeriod><cac:IssuerParty><cbc:EndpointID>9</cbc:EndpointID><cac:PartyIdentification><cbc:ID>1</cbc:ID></cac:PartyIdentification>"
    "<cac:PostalAddress><cbc:CitySubdivisionName/><cbc:CityName/><cac:Country><cbc:Name/></cac:Country></cac:PostalAddress></cac:IssuerParty></cac:AdditionalDocumentReference></cac:BillingReference>"
)
USD = {"currency": "USD", "exchange_rate": {"rate": "41.5", "day": "2026-03-09"}}
_STEP = re.compile(r"(\w+)(?:\[(\d+)\])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    code: str
    base: str
    ours: str
    draft: Mapping[str, Any] = field(default_factory=dict)
    supplier: Mapping[str, Any] = field(default_factory=dict)
    xml: tuple[tuple[str, str], ...] = ()
    also: frozenset[str] = frozenset()
    #: What the schema says beside the rules.
    schema: frozenset[str] = frozenset()
    #: The draft's field that the official finding must name; empty: the document's part is in no draft.
    at: str = ""

    @property
    def is_draft(self) -> bool:
        return not self.xml


def case(
    code: str,
    base: str,
    ours: str,
    *xml: tuple[str, str],
    at: str = "",
    also: str = "",
    schema: str = "",
    by: Any = None,
    **draft: Any,
) -> Case:
    """`a__b` in a keyword stands for the path `a.b`, `lines0` for `lines[0]`."""
    edits = {re.sub(r"(lines|packages|drivers)(\d)", r"\1[\2]", k.replace("__", ".")): v for k, v in draft.items()}
    return Case(
        code=code,
        base=base,
        ours=ours,
        xml=xml,
        at=at,
        also=frozenset(also.split()),
        schema=frozenset(schema.split()),
        draft=edits,
        supplier=by or {},
    )


def company(**changes: Any) -> Company:
    return Company(party=replace(SUPPLIER, **changes), series={"invoice": "CNR"})


def sound_draft(base: str) -> dict[str, Any]:
    """The draft JSON of a base: `PROFILE/TYPE` of an invoice or a despatch note."""
    profile, _, type_code = base.partition("/")
    if "IRSALIYE" in profile:
        return despatch_to_json(despatch_for(profile, type_code))
    return invoice_to_json(invoice_for(profile, type_code))


def put(data: dict[str, Any], path: str, value: Any) -> None:
    """Set one place of a draft (`lines[0].exemption.code`); None takes it away."""
    at: Any = data
    *outer, last = path.split(".")
    for step in outer:
        found = _STEP.fullmatch(step)
        assert found is not None, step
        at = at.setdefault(found[1], {})
        if found[2]:
            at = at[int(found[2])]
    if value is None:
        at.pop(last, None)
    else:
        at[last] = value


def document(data: Mapping[str, Any], case: Case) -> Invoice | Despatch:
    """The model that a draft gives."""
    sender = company(**case.supplier)
    if "IRSALIYE" in case.base:
        return despatch_from_json(data, company=sender, clock=CLOCK)
    return invoice_from_json(data, company=sender, clock=CLOCK)


def written(made: Invoice | Despatch) -> bytes:
    if isinstance(made, Despatch):
        return build_despatch(made, template=None)
    return build_invoice(made, compute_totals(made), template=TEMPLATE)


@cache
def sound_bytes(base: str) -> bytes:
    """The sound document of a base, as our writer makes it."""
    kind, _, rest = base.partition(":")
    if kind == "sealed":
        raw = sound_bytes(rest)
        sealer = TestSealer.create(SUPPLIER.tax_number, SUPPLIER.title)
        return seal_ubl(raw, sealer, signing_time=CLOCK.now())
    if kind == "envelope":
        return build_envelope(
            [sound_bytes(rest)],
            uuid=UUID,
            sender=EnvelopeParty(label="urn:mail:defaultgb@cinar.example", number="9205121120", title="Çınar"),
            receiver=EnvelopeParty(label="urn:mail:defaultpk@isik.example", number="7750409379", title="Işık"),
            created=datetime(2026, 3, 9, 12),
        )
    if base == "answer" or base == "answer/IHRACAT":
        made = replace(
            invoice_for("TICARIFATURA", "SATIS"), customer=SUPPLIER, supplier=invoice_for("KAMU", "SATIS").customer
        )
        answer = answer_to(made, code="KABUL", reason="", uuid=UUID, issue_date=TODAY, issue_time=time(10))
        if base != "answer":
            told = (("GTB_GCB_TESCILNO", "26340300EX000001"), ("GTB_FIILI_IHRACAT_TARIHI", "2026-03-08"))
            answer = replace(answer, profile="IHRACAT", sender=replace(answer.sender, identifiers=told))
        return build_response(answer)
    if base == "receipt":
        return build_receipt(
            answer_despatch(despatch_for(), uuid=UUID, series="YNT", issue_date=TODAY, issue_time=time(9)),
            template=None,
        )
    if base == "person":
        return written(invoice_for("TEMELFATURA", "SATIS", customer=PERSON))
    if base == "till":
        text = sound_bytes("TEMELFATURA/SATIS").decode()
        at = "<cac:AdditionalDocumentReference>"
        return text.replace(at, TILL + at, 1).encode()
    if base == "usd":
        return written(invoice_from_json(sound_draft("TEMELFATURA/SATIS") | USD, company=company(), clock=CLOCK))
    return written(document(sound_draft(base), Case(code="", base=base, ours="")))


#: A second line after the sound first one; the mistake stands there.
SECOND = {"name": "Defter", "quantity": "1", "unit": "C62", "unit_price": "10", "vat_rate": "20"}


def second(code: str, base: str, ours: str, *, at: str, also: str = "", **line: Any) -> Case:
    """The mistake stands in the second of two lines, so that the finding must name it."""
    return Case(code=code, base=base, ours=ours, at=at, also=frozenset(also.split()), draft={"+line": SECOND | line})


def spoilt_draft(case: Case) -> dict[str, Any]:
    """The draft JSON with the mistake in it."""
    data = sound_draft(case.base)
    for path, value in case.draft.items():
        if path == "+line":
            data["lines"].append(dict(value))
        else:
            put(data, path, value)
    return data


def spoilt_bytes(case: Case) -> bytes:
    """The document with the mistake in it, as our writer makes it or with its text changed."""
    if case.is_draft:
        return written(document(spoilt_draft(case), case))
    text = sound_bytes(case.base).decode()
    for old, new in case.xml:
        assert old in text, old
        if "TWICE" in new:
            new = new.replace("TWICE", text[text.index("<cac:DocumentResponse>") : text.index(old)] + old)
        text = text.replace(old, new)
    return text.encode()

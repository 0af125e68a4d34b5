"""Invoices for the bench: the demo drafts as finished UBL bytes."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

from app.demo import people
from app.domain.document_number import DocumentNumber
from app.domain.invoice import Invoice
from app.rendering.template import personalise
from app.runtime.clock import SystemClock
from app.runtime.resources import resource_path
from app.ubl.company_json import company_from_json
from app.ubl.draft import invoice_from_json
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice

DAY = date(2026, 11, 20)


def template() -> bytes:
    return personalise(resource_path("templates/invoice.xslt").read_bytes(), logo=b"", stamp=b"")


def invoice(number: int) -> Invoice:
    """The `number`-th invoice, numbered; kinds take turns."""
    company = company_from_json(dict(people.SELLER), base_dir=Path())
    data = people.drafts(DAY.isoformat())[number % 3] | {
        "uuid": f"{number:08x}-0000-4000-8000-00000000beef",
        "number": str(DocumentNumber("CNR", DAY.year, number)),
        "issue_time": time(10, 30).isoformat(),
    }
    return invoice_from_json(data, company=company, clock=SystemClock())


def xml(number: int, sheet: bytes) -> bytes:
    made = invoice(number)
    return build_invoice(made, compute_totals(made), template=sheet)

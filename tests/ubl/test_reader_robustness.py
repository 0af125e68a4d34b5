"""Whatever happens to a document, reading ends in a value or in an InputError, never in another exception."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from app.domain.errors import InputError
from app.domain.invoice import Invoice
from app.ubl.reader import find_templates, read_invoice, summarize
from app.ubl.response import read_response
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice

JUNK = st.sampled_from(
    [
        "",
        " ",
        "x",
        "-1",
        "NaN",
        "Infinity",
        "1e999999999",
        "0",
        "9" * 500,
        "1,5",
        "TRY",
        "ş",
        "2026-13-45",
        "true",
        "0015",
    ]
)


@pytest.fixture
def sealed_bytes(full_invoice: Invoice, template: bytes) -> bytes:
    return build_invoice(full_invoice, compute_totals(full_invoice), template=template)


def survive(raw: bytes) -> None:
    for read in (summarize, find_templates, read_response):
        try:
            read(raw)
        except InputError as e:
            assert e.what
    try:
        found = read_invoice(raw)
    except InputError as e:
        assert e.what
    else:
        build_invoice(found.invoice, compute_totals(found.invoice), template=None)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_elements_changed_removed_and_doubled(sealed_bytes: bytes, data: st.DataObject) -> None:
    root = etree.fromstring(sealed_bytes)
    for _ in range(data.draw(st.integers(1, 8))):
        elements = [e for e in root.iter() if e is not root and isinstance(e.tag, str)]
        if not elements:
            break
        element = data.draw(st.sampled_from(elements))
        parent = element.getparent()
        assert parent is not None
        match data.draw(st.sampled_from(["text", "remove", "double", "comment", "attributes"])):
            case "text":
                element.text = data.draw(JUNK)
            case "remove":
                parent.remove(element)
            case "double":
                parent.append(etree.fromstring(etree.tostring(element)))
            case "comment":
                element.insert(0, etree.Comment("x"))
            case "attributes":
                element.attrib.clear()
    survive(etree.tostring(root))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bytes_cut_and_changed(sealed_bytes: bytes, data: st.DataObject) -> None:
    raw = bytearray(sealed_bytes)
    for _ in range(data.draw(st.integers(0, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    survive(bytes(raw[: data.draw(st.integers(0, len(raw)))]))
    survive(bytes(raw))

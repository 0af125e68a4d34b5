"""Application responses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest

from app.domain.errors import InputError
from app.domain.invoice import Invoice
from app.domain.lifecycle import DocumentKind
from app.ubl.reader import summarize
from app.ubl.response import ApplicationResponse, LineAnswer, answer_to, build_response, read_response

Make = Callable[..., Invoice]
UUID = "0b6b3bd4-4a28-4b5e-8a44-0c8e2c7a2f11"


@pytest.fixture(params=[("KABUL", ""), ("RED", "Fiyat sözleşmeye uymuyor.")], ids=["kabul", "red"])
def answer(request: pytest.FixtureRequest, make: Make) -> ApplicationResponse:
    code, reason = request.param
    invoice = make(profile="TICARIFATURA")
    return answer_to(invoice, code=code, reason=reason, uuid=UUID, issue_date=date(2026, 3, 10), issue_time=time(9, 0))


def test_an_answer_is_read_back_as_it_was(answer: ApplicationResponse) -> None:
    raw = build_response(answer)
    assert read_response(raw) == answer
    assert build_response(answer) == raw


def test_an_answer_names_the_invoice_the_code_and_the_reason(make: Make, answer: ApplicationResponse) -> None:
    read = read_response(build_response(answer))
    assert read.ettn == make().uuid
    assert read.document_number == ""
    assert read.code in ("KABUL", "RED")
    assert read.reason
    assert (read.sender.tax_number, read.receiver.tax_number) == (
        make().customer.tax_number,
        make().supplier.tax_number,
    )


def test_an_answer_is_indexed(answer: ApplicationResponse) -> None:
    found = summarize(build_response(answer))
    assert found.kind is DocumentKind.APPLICATION_RESPONSE
    assert (found.ettn, found.type_code) == (UUID, answer.code)
    assert (found.supplier_vkn, found.customer_vkn) == ("10000000146", "9205121120")


@pytest.mark.shared
def test_an_answer_is_valid_by_the_official_schema(
    answer: ApplicationResponse, ensure_schema_valid: Callable[[bytes], None]
) -> None:
    ensure_schema_valid(build_response(answer))


def test_an_answer_by_number_is_read_too(answer: ApplicationResponse) -> None:
    raw = build_response(answer).replace(answer.document_id.encode(), b"CNR2026000000001")
    read = read_response(raw)
    assert (read.ettn, read.document_number) == ("", "CNR2026000000001")


def test_a_rejection_needs_a_reason(make: Make) -> None:
    with pytest.raises(InputError) as caught:
        answer_to(make(), code="RED", reason=" ", uuid=UUID, issue_date=date(2026, 3, 10), issue_time=time())
    assert caught.value.code == "ANSWER.NO_REASON"


def test_there_are_three_answers_only(make: Make) -> None:
    with pytest.raises(InputError) as caught:
        answer_to(make(), code="S_APR", reason="x", uuid=UUID, issue_date=date(2026, 3, 10), issue_time=time())
    assert caught.value.code == "ANSWER.CODE"


@pytest.mark.parametrize(
    "raw",
    [b"<a/>", b'<ApplicationResponse xmlns="urn:oasis:names:specification:ubl:schema:xsd:ApplicationResponse-2"/>'],
)
def test_another_document_is_no_answer(raw: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read_response(raw)
    assert caught.value.code == "UBL.NOT_RESPONSE"


def test_a_return_says_which_line_comes_back(make: Make) -> None:
    lines = (LineAnswer(line="3", code="IADE", reasons=("Hasarlı",), reference_id="ref-3"),)
    answer = answer_to(
        make(profile="TICARIFATURA"),
        code="IADE",
        reason="Bir kalem iade",
        uuid=UUID,
        issue_date=date(2026, 3, 10),
        issue_time=time(9, 0),
        lines=lines,
    )
    read = read_response(build_response(answer))
    assert (read.code, read.lines) == ("IADE", lines)
    with pytest.raises(InputError):
        answer_to(make(), code="IADE", reason=" ", uuid=UUID, issue_date=date(2026, 3, 10), issue_time=time(9, 0))


@pytest.mark.shared
def test_customs_data_are_read_from_the_ministrys_answer(official_package: Path) -> None:
    read = read_response((official_package / "xml" / "IHRACAT_GTB_UygulamaYaniti_KABUL.xml").read_bytes())
    assert read.customs is not None
    assert (read.customs.reference, read.customs.declaration) == ("16545419880849000000392", "00060200EX000293")
    assert read.customs.export_day == date(2015, 8, 3)
    assert [(line.line, line.code) for line in read.lines] == [("", "KABUL")]


def test_an_ordinary_answer_has_no_customs_data(make: Make) -> None:
    answer = answer_to(make(), code="KABUL", reason="", uuid=UUID, issue_date=date(2026, 3, 10), issue_time=time(9, 0))
    assert answer.customs is None

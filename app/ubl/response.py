"""Application responses: the KABUL or RED given to a commercial invoice.

GİB's own samples name the answered invoice in two ways: by its number (package of 2018) or by its ETTN (test package);
integrators write the ETTN. Both are read, the ETTN is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from typing import Final

from lxml import etree

from app.domain.document_number import parse_document_number
from app.domain.errors import InputError
from app.domain.ettn import parse_ettn
from app.domain.invoice import TICARIFATURA, Invoice
from app.domain.party import Party
from app.ubl import nodes
from app.ubl.emitter import Emitter
from app.ubl.namespaces import APPLICATION_RESPONSE, CUSTOMIZATION, UBL_VERSION, cac, cbc
from app.ubl.parts import RESPONSE_NAMESPACES, write_party, write_signature
from app.ubl.reader import read_party
from app.ubl.writer import iso_time
from app.ubl.xmlsafe import parse

KABUL: Final = "KABUL"
RED: Final = "RED"
IADE: Final = "IADE"
#: A system response of GİB or of an integrator; its LineResponse holds the GİB code.
SYSTEM: Final = "S_APR"
SYSTEM_PROFILE: Final = "UBL-TR-PROFILE-1"
_ROOT = f"{{{APPLICATION_RESPONSE}}}ApplicationResponse"
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAnswer:
    """What is said of one line (or, in a system response, of the envelope): a code and its reasons."""

    line: str
    code: str
    reasons: tuple[str, ...] = ()
    reference_id: str = ""
    document_id: str = ""
    document_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomsData:
    """What the Ministry of Trade says of an export invoice: its own number, the declaration, the day of export."""

    reference: str = ""
    declaration: str = ""
    export_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationResponse:
    """One answer. `sender` answers, `receiver` issued the invoice; `reasons` are the Description texts.

    `reference_id` is the id of the answer itself; `document_id`/`document_date` name the invoice as written there.
    """

    uuid: str
    response_id: str
    issue_date: date | None
    issue_time: time | None
    sender: Party
    receiver: Party
    code: str
    reasons: tuple[str, ...] = ()
    reference_id: str = ""
    document_id: str = ""
    document_date: date | None = None
    document_type_code: str = "FATURA"
    document_type: str = "FATURA"
    profile: str = TICARIFATURA
    notes: tuple[str, ...] = ()
    has_signature: bool = False
    lines: tuple[LineAnswer, ...] = ()

    @property
    def customs(self) -> CustomsData | None:
        """The customs data among the sender's numbers; None for an ordinary answer (guide Gümrük İşlemleri V1.8)."""
        told = dict(self.sender.identifiers)
        found = CustomsData(
            reference=told.get("GTB_REFNO", ""),
            declaration=told.get("GTB_GCB_TESCILNO", ""),
            export_day=nodes.read_date(told.get("GTB_FIILI_IHRACAT_TARIHI", "")),
        )
        return None if found == CustomsData() else found

    @property
    def ettn(self) -> str:
        """The ETTN of the answered invoice in lower case; empty when the answer names it by number only."""
        return parse_ettn(self.document_id) if _UUID.fullmatch(self.document_id) else ""

    @property
    def document_number(self) -> str:
        """The number of the answered invoice; empty when the answer names it by ETTN."""
        try:
            return str(parse_document_number(self.document_id))
        except InputError:
            return ""

    @property
    def reason(self) -> str:
        return " ".join(self.reasons)


def read_response(raw: bytes) -> ApplicationResponse:
    """Read an application response (or a system response). Any thread.

    Raises: InputError XML.* (unreadable), UBL.NOT_RESPONSE (another kind of document, or one without an answer).
    """
    root = parse(raw).getroot()
    answer = nodes.find(root, cac("DocumentResponse"), cac("Response"))
    if root.tag != _ROOT or answer is None:
        raise InputError(
            "UBL.NOT_RESPONSE",
            "Bu belge bir uygulama yanıtı değil.",
            why="İçinde yanıt (DocumentResponse) bulunmuyor.",
            todo="Uygulama yanıtı XML dosyasını seçin.",
        )
    warnings: list[str] = []
    reference = nodes.find(root, cac("DocumentResponse"), cac("DocumentReference"))
    reasons = (nodes.own_text(description) for description in answer.iterfind(cbc("Description")))
    notes = (nodes.own_text(note) for note in root.iterfind(cbc("Note")))
    return ApplicationResponse(
        uuid=nodes.text(root, cbc("UUID")).lower(),
        response_id=nodes.text(root, cbc("ID")),
        issue_date=nodes.read_date(nodes.text(root, cbc("IssueDate"))),
        issue_time=nodes.read_time(nodes.text(root, cbc("IssueTime"))),
        sender=read_party(nodes.party_of(root.find(cac("SenderParty"))), "Gönderen", warnings),
        receiver=read_party(nodes.party_of(root.find(cac("ReceiverParty"))), "Alıcı", warnings),
        code=nodes.text(answer, cbc("ResponseCode")),
        reasons=tuple(reason for reason in reasons if reason),
        reference_id=nodes.text(answer, cbc("ReferenceID")),
        document_id=nodes.text(reference, cbc("ID")),
        document_date=nodes.read_date(nodes.text(reference, cbc("IssueDate"))),
        document_type_code=nodes.text(reference, cbc("DocumentTypeCode")),
        document_type=nodes.text(reference, cbc("DocumentType")),
        profile=nodes.text(root, cbc("ProfileID")),
        notes=tuple(note for note in notes if note),
        has_signature=nodes.has_signature(root),
        lines=_read_lines(root),
    )


def _read_lines(root: etree._Element) -> tuple[LineAnswer, ...]:
    result = []
    for element in root.iterfind(f"{cac('DocumentResponse')}/{cac('LineResponse')}"):
        reference = element.find(cac("LineReference"))
        answer = element.find(cac("Response"))
        named = nodes.find(reference, cac("DocumentReference"))
        reasons = () if answer is None else (nodes.own_text(d) for d in answer.iterfind(cbc("Description")))
        result.append(
            LineAnswer(
                line=nodes.text(reference, cbc("LineID")),
                code=nodes.text(answer, cbc("ResponseCode")),
                reasons=tuple(reason for reason in reasons if reason),
                reference_id=nodes.text(answer, cbc("ReferenceID")),
                document_id=nodes.text(named, cbc("ID")),
                document_date=nodes.read_date(nodes.text(named, cbc("IssueDate"))),
            )
        )
    return tuple(result)


def answer_to(
    invoice: Invoice,
    *,
    code: str,
    reason: str,
    uuid: str,
    issue_date: date,
    issue_time: time,
    lines: tuple[LineAnswer, ...] = (),
) -> ApplicationResponse:
    """The answer of the customer of `invoice` to its supplier, ready for `build_response`.

    `lines` says what is given back of an invoice that is otherwise kept (IADE).
    Raises: InputError ANSWER.NO_REASON for a RED or IADE without a reason, ANSWER.CODE for any other code.
    """
    if code not in (KABUL, RED, IADE):
        raise InputError("ANSWER.CODE", f"Yanıt KABUL, RED ya da IADE olmalı: {code[:20]!r}.")
    if code == IADE and not reason.strip():
        raise InputError("ANSWER.NO_REASON", "İade yanıtı hazırlanmadı.", why="İade sebebi boş.", todo="Sebebi yazın.")
    if code == RED and not reason.strip():
        raise InputError("ANSWER.NO_REASON", "Red yanıtı hazırlanmadı.", why="Red sebebi boş.", todo="Sebebi yazın.")
    return ApplicationResponse(
        uuid=uuid,
        response_id=uuid,
        issue_date=issue_date,
        issue_time=issue_time,
        sender=invoice.customer,
        receiver=invoice.supplier,
        code=code,
        reasons=(reason.strip() or "Fatura kabul edildi.",),
        reference_id=uuid,
        document_id=invoice.uuid,
        document_date=invoice.issue_date,
        lines=lines,
    )


def build_response(response: ApplicationResponse) -> bytes:
    """The XML of `response`, unsealed, with an empty ext:ExtensionContent. Same input, same bytes. Any thread.

    Raises: ValueError when a date is missing (only answers that were read can lack one).
    """
    if response.issue_date is None or response.document_date is None:
        raise ValueError("an answer needs its own date and the date of the document")
    out = Emitter()
    location = f"{APPLICATION_RESPONSE} UBL-ApplicationResponse-2.1.xsd"
    with out.root("ApplicationResponse", RESPONSE_NAMESPACES, location):
        out.extension_place()
        out.text("cbc:UBLVersionID", UBL_VERSION)
        out.text("cbc:CustomizationID", CUSTOMIZATION)
        out.text("cbc:ProfileID", response.profile)
        out.text("cbc:ID", response.response_id)
        out.text("cbc:UUID", response.uuid)
        out.text("cbc:IssueDate", response.issue_date.isoformat())
        if response.issue_time is not None:
            out.text("cbc:IssueTime", iso_time(response.issue_time))
        for note in response.notes:
            out.text("cbc:Note", note)
        write_signature(out, response.sender, response.response_id)
        with out.element("cac:SenderParty"):
            write_party(out, response.sender)
        with out.element("cac:ReceiverParty"):
            write_party(out, response.receiver)
        with out.element("cac:DocumentResponse"):
            with out.element("cac:Response"):
                out.text("cbc:ReferenceID", response.reference_id)
                out.text("cbc:ResponseCode", response.code)
                for reason in response.reasons:
                    out.text("cbc:Description", reason)
            with out.element("cac:DocumentReference"):
                out.text("cbc:ID", response.document_id)
                out.text("cbc:IssueDate", response.document_date.isoformat())
                out.text("cbc:DocumentTypeCode", response.document_type_code)
                out.text("cbc:DocumentType", response.document_type)
            for line in response.lines:
                _write_line(out, line)
    return out.to_bytes()


def _write_line(out: Emitter, line: LineAnswer) -> None:
    with out.element("cac:LineResponse"):
        with out.element("cac:LineReference"):
            out.text("cbc:LineID", line.line)
            if line.document_id and line.document_date is not None:
                with out.element("cac:DocumentReference"):
                    out.text("cbc:ID", line.document_id)
                    out.day("cbc:IssueDate", line.document_date)
        with out.element("cac:Response"):
            out.text("cbc:ReferenceID", line.reference_id)
            out.text("cbc:ResponseCode", line.code)
            for reason in line.reasons:
                out.text("cbc:Description", reason)

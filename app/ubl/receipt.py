"""Writing and reading answers to despatch notes (e-İrsaliye yanıtı).

The note is named by its ETTN in DespatchDocumentReference and by its number in an AdditionalDocumentReference of type
DespatchAdviceID, as GİB's samples do. Sources: guide UBL-TR İrsaliye Yanıtı V1.0; samples İrsaliyeYanıtı 1–4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Final

from lxml import etree

from app.domain.despatch import Despatch, Receipt, ReceiptLine
from app.domain.errors import InputError
from app.domain.extras import AdditionalReference
from app.domain.invoice import DocumentReference
from app.domain.party import Party
from app.ubl import nodes
from app.ubl.despatch import read_dated_all
from app.ubl.emitter import Emitter
from app.ubl.namespaces import CUSTOMIZATION, RECEIPT_ADVICE, UBL_VERSION, cac, cbc
from app.ubl.numbertext import plain
from app.ubl.parts import RECEIPT_NAMESPACES, write_dated, write_party, write_signature, write_template
from app.ubl.readextras import read_references
from app.ubl.readparty import read_notes, read_number, read_party, read_series
from app.ubl.templates import templates_of
from app.ubl.writeextras import write_reference
from app.ubl.xmlsafe import parse

_ROOT: Final = f"{{{RECEIPT_ADVICE}}}ReceiptAdvice"
_NUMBER_TYPE: Final = "DespatchAdviceID"
_ID = cbc("ID")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReceipt:
    """A receipt advice as read."""

    receipt: Receipt
    template: bytes | None
    has_signature: bool
    warnings: list[str]


def answer_despatch(
    despatch: Despatch,
    *,
    uuid: str,
    series: str,
    issue_date: date,
    issue_time: time,
    changes: Mapping[int, ReceiptLine] | None = None,
    notes: tuple[str, ...] = (),
    received_day: date | None = None,
    received_time: time | None = None,
) -> Receipt:
    """The answer of the receiver of `despatch`: all arrived, but for the lines in `changes` (by position from 1).

    Raises: InputError (RECEIPT.LINE) for a change of a line that the note does not have.
    """
    changes = changes or {}
    unknown = [position for position in changes if not 1 <= position <= len(despatch.lines)]
    if unknown:
        raise InputError(
            "RECEIPT.LINE",
            "İrsaliye yanıtı hazırlanmadı.",
            why=f"İrsaliyede {unknown[0]}. kalem yok.",
            todo="Kalemi listeden seçin.",
        )
    lines = tuple(
        changes.get(position)
        or ReceiptLine(
            name=line.name,
            unit_code=line.unit_code,
            received=line.quantity,
            line_ref=str(position),
            order_line=line.order_line,
            seller_code=line.seller_code,
        )
        for position, line in enumerate(despatch.lines, start=1)
    )
    return Receipt(
        uuid=uuid,
        series=series,
        issue_date=issue_date,
        issue_time=issue_time,
        customer=despatch.customer,
        supplier=despatch.supplier,
        despatch=DocumentReference(number=despatch.uuid, day=despatch.issue_date),
        despatch_number=despatch.number_text,
        profile=despatch.profile,
        lines=lines,
        notes=notes,
        orders=despatch.orders,
        buyer=despatch.buyer,
        seller=despatch.seller,
        received_day=received_day,
        received_time=received_time,
    )


def build_receipt(receipt: Receipt, *, template: bytes | None) -> bytes:
    """The XML of `receipt`, unsealed, with an empty ext:ExtensionContent. Same input, same bytes. Any thread."""
    out = Emitter()
    with out.root("ReceiptAdvice", RECEIPT_NAMESPACES, f"{RECEIPT_ADVICE} UBL-ReceiptAdvice-2.1.xsd"):
        out.extension_place()
        out.text("cbc:UBLVersionID", UBL_VERSION)
        out.text("cbc:CustomizationID", CUSTOMIZATION)
        out.text("cbc:ProfileID", receipt.profile)
        out.text("cbc:ID", receipt.number_text)
        out.text("cbc:CopyIndicator", "false")
        out.text("cbc:UUID", receipt.uuid)
        out.day("cbc:IssueDate", receipt.issue_date)
        out.clock("cbc:IssueTime", receipt.issue_time)
        out.text("cbc:ReceiptAdviceTypeCode", receipt.type_code)
        for note in receipt.notes:
            out.text("cbc:Note", note)
        out.text("cbc:LineCountNumeric", str(len(receipt.lines)))
        for order in receipt.orders:
            with out.element("cac:OrderReference"):
                write_dated(out, order)
        with out.element("cac:DespatchDocumentReference"):
            write_dated(out, receipt.despatch)
        if receipt.despatch_number:
            told = AdditionalReference(
                number=receipt.despatch_number,
                day=receipt.despatch.day,
                type_code=_NUMBER_TYPE,
                kind="DespatchAdvice ID",
            )
            write_reference(out, told)
        if template is not None:
            write_template(out, template, document_id=receipt.number_text, day=receipt.issue_date)
        write_signature(out, receipt.customer, receipt.number_text)
        # The customer stands before the supplier here, unlike everywhere else.
        for element, party in (
            ("cac:DeliveryCustomerParty", receipt.customer),
            ("cac:DespatchSupplierParty", receipt.supplier),
            ("cac:BuyerCustomerParty", receipt.buyer),
            ("cac:SellerSupplierParty", receipt.seller),
        ):
            if party is not None:
                with out.element(element), out.element("cac:Party"):
                    write_party(out, party)
        if receipt.received_day is not None:
            with out.element("cac:Shipment"):
                out.text("cbc:ID", "")
                with out.element("cac:Delivery"):
                    out.day("cbc:ActualDeliveryDate", receipt.received_day)
                    out.clock("cbc:ActualDeliveryTime", receipt.received_time)
        for position, line in enumerate(receipt.lines, start=1):
            _write_line(out, line, position=position)
    return out.to_bytes()


def _write_line(out: Emitter, line: ReceiptLine, *, position: int) -> None:
    with out.element("cac:ReceiptLine"):
        out.text("cbc:ID", str(position))
        out.optional("cbc:Note", line.note)
        out.text("cbc:ReceivedQuantity", plain(line.received), unitCode=line.unit_code)
        if line.short:
            out.text("cbc:ShortQuantity", plain(line.short), unitCode=line.unit_code)
        if line.rejected:
            out.text("cbc:RejectedQuantity", plain(line.rejected), unitCode=line.unit_code)
        out.optional("cbc:RejectReason", line.reason)
        if line.oversupply:
            out.text("cbc:OversupplyQuantity", plain(line.oversupply), unitCode=line.unit_code)
        if line.order_line:
            with out.element("cac:OrderLineReference"):
                out.text("cbc:LineID", line.order_line)
        with out.element("cac:DespatchLineReference"):
            out.text("cbc:LineID", line.line_ref or str(position))
        with out.element("cac:Item"):
            out.text("cbc:Name", line.name)
            if line.seller_code:
                with out.element("cac:SellersItemIdentification"):
                    out.text("cbc:ID", line.seller_code)


def read_receipt(raw: bytes) -> ReadReceipt:
    """Read a receipt advice that anybody wrote. Any thread.

    Raises: InputError XML.* (unreadable), UBL.NOT_RECEIPT (another kind of document), UBL.NO_DATE.
    """
    root = parse(raw).getroot()
    if root.tag != _ROOT:
        raise InputError(
            "UBL.NOT_RECEIPT",
            "Bu belge bir irsaliye yanıtı değil.",
            why=f"Kök eleman: {etree.QName(root).localname[:40]}.",
            todo="İrsaliye yanıtı XML dosyasını seçin.",
        )
    issue_date = nodes.read_date(nodes.text(root, cbc("IssueDate")))
    if issue_date is None:
        raise InputError(
            "UBL.NO_DATE",
            "İrsaliye yanıtı okunamadı.",
            why="Düzenleme tarihi (IssueDate) yok ya da tarih değil.",
            todo="Yanıtı gönderenden yeniden isteyin.",
        )
    warnings: list[str] = []
    document_id = nodes.text(root, _ID)
    number = read_number(document_id, [])  # GİB asks for 16 characters only, so another form is nothing odd
    references = read_references(root)[0]
    told = next((r.number for r in references if r.type_code == _NUMBER_TYPE), "")
    despatches = read_dated_all(root, "DespatchDocumentReference")
    if not despatches:
        warnings.append("Yanıtın hangi irsaliyeye ait olduğu yazılmamış.")
    delivery = nodes.find(root, cac("Shipment"), cac("Delivery"))
    elements = root.findall(cac("ReceiptLine"))
    receipt = Receipt(
        uuid=nodes.text(root, cbc("UUID")).lower(),
        series=read_series(document_id),
        number=number,
        document_id="" if number is not None or _is_placeholder(document_id) else document_id,
        profile=nodes.text(root, cbc("ProfileID")),
        type_code=nodes.text(root, cbc("ReceiptAdviceTypeCode")),
        issue_date=issue_date,
        issue_time=nodes.read_time(nodes.text(root, cbc("IssueTime"))) or time(0, 0),
        customer=read_party(nodes.party_of(root.find(cac("DeliveryCustomerParty"))), "Teslim alan", warnings),
        supplier=read_party(nodes.party_of(root.find(cac("DespatchSupplierParty"))), "Gönderen", warnings),
        despatch=despatches[0] if despatches else DocumentReference(number="", day=issue_date),
        despatch_number=told,
        lines=tuple(_read_line(element, position, warnings) for position, element in enumerate(elements, start=1)),
        notes=read_notes(root),
        orders=read_dated_all(root, "OrderReference"),
        buyer=_read_other(root, "BuyerCustomerParty"),
        seller=_read_other(root, "SellerSupplierParty"),
        received_day=nodes.read_date(nodes.text(delivery, cbc("ActualDeliveryDate"))),
        received_time=nodes.read_time(nodes.text(delivery, cbc("ActualDeliveryTime"))),
    )
    found = templates_of(root)
    return ReadReceipt(
        receipt=receipt,
        template=found[0] if found else None,
        has_signature=nodes.has_signature(root),
        warnings=warnings,
    )


def _is_placeholder(document_id: str) -> bool:
    return len(document_id) == 16 and document_id.endswith("0" * 9)


def _read_other(root: etree._Element, name: str) -> Party | None:
    element = root.find(cac(name))
    ignored: list[str] = []
    return None if element is None else read_party(nodes.party_of(element), name, ignored)


def _read_line(element: etree._Element, position: int, warnings: list[str]) -> ReceiptLine:
    received_element = element.find(cbc("ReceivedQuantity"))
    received = nodes.number(received_element)
    if received is None:
        warnings.append(f"{position}. kalemin teslim alınan miktarı okunamadı.")
    item = element.find(cac("Item"))
    line_ref = nodes.text(element, cac("DespatchLineReference"), cbc("LineID"))
    return ReceiptLine(
        name=nodes.text(item, cbc("Name")),
        unit_code="" if received_element is None else received_element.get("unitCode", ""),
        received=received if received is not None else Decimal(0),
        rejected=nodes.number(element, cbc("RejectedQuantity")) or Decimal(0),
        reason=" ".join(t for t in (nodes.own_text(r) for r in element.iterfind(cbc("RejectReason"))) if t),
        short=nodes.number(element, cbc("ShortQuantity")) or Decimal(0),
        oversupply=nodes.number(element, cbc("OversupplyQuantity")) or Decimal(0),
        note="\n".join(t for t in (nodes.own_text(n) for n in element.iterfind(cbc("Note"))) if t),
        line_ref=line_ref or str(position),
        order_line=nodes.text(element, cac("OrderLineReference"), cbc("LineID")),
        seller_code=nodes.text(item, cac("SellersItemIdentification"), _ID),
    )

"""Writing and reading despatch notes (e-İrsaliye), also the electronic copy of a printed one (MATBUDAN).

A line's price stands where GİB's samples put it: in a cac:InvoiceLine inside the line's own cac:Shipment.
Sources: guide UBL-TR İrsaliye V1.0; XSD of UBL-TR 1.2.1; Schematron 20260312 (pattern despatchadvice).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from decimal import Decimal
from typing import Final

from lxml import etree

from app.domain.despatch import MATBUDAN, Despatch, DespatchLine, Driver, Shipment
from app.domain.errors import InputError
from app.domain.extras import AdditionalReference
from app.domain.invoice import DocumentReference
from app.domain.money import round_kurus
from app.domain.party import Party
from app.ubl import nodes
from app.ubl.emitter import Emitter
from app.ubl.namespaces import CUSTOMIZATION, DESPATCH_ADVICE, UBL_VERSION, cac, cbc
from app.ubl.numbertext import amount, plain
from app.ubl.parts import (
    DESPATCH_NAMESPACES,
    write_address,
    write_dated,
    write_party,
    write_signature,
    write_template,
)
from app.ubl.readextras import read_item_ids, read_references, split_shipment_no
from app.ubl.readparty import read_address, read_notes, read_number, read_party, read_series
from app.ubl.templates import templates_of
from app.ubl.writeextras import write_reference
from app.ubl.writelines import write_item_ids
from app.ubl.xmlsafe import parse

_ROOT: Final = f"{{{DESPATCH_ADVICE}}}DespatchAdvice"
_PAPER: Final = "MATBU"
_ID = cbc("ID")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDespatch:
    """A despatch note as read. `document_id` is the ID exactly as it stands."""

    despatch: Despatch
    document_id: str
    template: bytes | None
    has_signature: bool
    warnings: list[str]


def build_despatch(despatch: Despatch, *, template: bytes | None) -> bytes:
    """The XML of `despatch`, unsealed, with an empty ext:ExtensionContent. Same input, same bytes. Any thread."""
    out = Emitter()
    with out.root("DespatchAdvice", DESPATCH_NAMESPACES, f"{DESPATCH_ADVICE} UBL-DespatchAdvice-2.1.xsd"):
        out.extension_place()
        out.text("cbc:UBLVersionID", UBL_VERSION)
        out.text("cbc:CustomizationID", CUSTOMIZATION)
        out.text("cbc:ProfileID", despatch.profile)
        out.text("cbc:ID", despatch.number_text)
        out.text("cbc:CopyIndicator", "false")
        out.text("cbc:UUID", despatch.uuid)
        out.day("cbc:IssueDate", despatch.issue_date)
        out.clock("cbc:IssueTime", despatch.issue_time)
        out.text("cbc:DespatchAdviceTypeCode", despatch.type_code)
        for note in despatch.notes:
            out.text("cbc:Note", note)
        out.text("cbc:LineCountNumeric", str(len(despatch.lines)))
        for order in despatch.orders:
            with out.element("cac:OrderReference"):
                write_dated(out, order)
        if despatch.paper is not None:
            write_reference(out, AdditionalReference(number=despatch.paper.number, day=despatch.paper.day, kind=_PAPER))
        for reference in despatch.references:
            write_reference(out, reference)
        if template is not None:
            write_template(out, template, document_id=despatch.number_text, day=despatch.issue_date)
        write_signature(out, despatch.supplier, despatch.number_text)
        _write_parties(out, despatch)
        _write_shipment(out, despatch)
        for position, line in enumerate(despatch.lines, start=1):
            _write_line(out, line, position=position, currency=despatch.currency)
    return out.to_bytes()


def _write_parties(out: Emitter, despatch: Despatch) -> None:
    supplier = despatch.supplier
    if despatch.shipment_no:
        supplier = replace(supplier, identifiers=(*supplier.identifiers, ("SEVKIYATNO", despatch.shipment_no)))
    for element, party in (
        ("cac:DespatchSupplierParty", supplier),
        ("cac:DeliveryCustomerParty", despatch.customer),
        ("cac:BuyerCustomerParty", despatch.buyer),
        ("cac:SellerSupplierParty", despatch.seller),
        ("cac:OriginatorCustomerParty", despatch.originator),
    ):
        if party is not None:
            with out.element(element), out.element("cac:Party"):
                write_party(out, party)


def _write_shipment(out: Emitter, despatch: Despatch) -> None:
    shipment = despatch.shipment
    with out.element("cac:Shipment"):
        out.text("cbc:ID", "")
        if despatch.value is not None:
            with out.element("cac:GoodsItem"):
                out.text("cbc:ValueAmount", amount(despatch.value), currencyID=despatch.currency)
        if shipment.plate or shipment.drivers:
            with out.element("cac:ShipmentStage"):
                if shipment.plate:
                    with out.element("cac:TransportMeans"), out.element("cac:RoadTransport"):
                        out.text("cbc:LicensePlateID", shipment.plate, schemeID="PLAKA")
                for driver in shipment.drivers:
                    with out.element("cac:DriverPerson"):
                        out.text("cbc:FirstName", driver.first_name)
                        out.text("cbc:FamilyName", driver.family_name)
                        out.optional("cbc:Title", driver.title)
                        out.text("cbc:NationalityID", driver.number)
        with out.element("cac:Delivery"):
            if shipment.address is not None:
                write_address(out, shipment.address, element="cac:DeliveryAddress")
            if shipment.carrier is not None:
                with out.element("cac:CarrierParty"):
                    write_party(out, shipment.carrier)
            with out.element("cac:Despatch"):
                out.day("cbc:ActualDespatchDate", shipment.despatch_day)
                out.clock("cbc:ActualDespatchTime", shipment.despatch_time)
        if shipment.trailers:
            with out.element("cac:TransportHandlingUnit"):
                for trailer in shipment.trailers:
                    with out.element("cac:TransportEquipment"):
                        out.text("cbc:ID", trailer, schemeID="DORSEPLAKA")


def _write_line(out: Emitter, line: DespatchLine, *, position: int, currency: str) -> None:
    with out.element("cac:DespatchLine"):
        out.text("cbc:ID", str(position))
        out.optional("cbc:Note", line.note)
        out.text("cbc:DeliveredQuantity", plain(line.quantity), unitCode=line.unit_code)
        if line.outstanding is not None:
            out.text("cbc:OutstandingQuantity", plain(line.outstanding), unitCode=line.unit_code)
        out.optional("cbc:OutstandingReason", line.outstanding_reason)
        if line.oversupply is not None:
            out.text("cbc:OversupplyQuantity", plain(line.oversupply), unitCode=line.unit_code)
        with out.element("cac:OrderLineReference"):
            out.text("cbc:LineID", line.order_line or str(position))
        _write_item(out, line)
        if line.unit_price is not None:
            _write_price(out, line, currency)


def _write_item(out: Emitter, line: DespatchLine) -> None:
    with out.element("cac:Item"):
        out.optional("cbc:Description", line.description)
        out.text("cbc:Name", line.name)
        out.optional("cbc:BrandName", line.brand)
        out.optional("cbc:ModelName", line.model)
        for element, code in (
            ("cac:BuyersItemIdentification", line.buyer_code),
            ("cac:SellersItemIdentification", line.seller_code),
        ):
            if code:
                with out.element(element):
                    out.text("cbc:ID", code)
        write_item_ids(out, line.item_ids)


def _write_price(out: Emitter, line: DespatchLine, currency: str) -> None:
    if line.unit_price is None:
        return
    with out.element("cac:Shipment"):
        out.text("cbc:ID", "")
        with out.element("cac:GoodsItem"), out.element("cac:InvoiceLine"):
            out.text("cbc:ID", "")
            out.text("cbc:InvoicedQuantity", plain(line.quantity), unitCode=line.unit_code)
            out.text(
                "cbc:LineExtensionAmount", amount(round_kurus(line.quantity * line.unit_price)), currencyID=currency
            )
            with out.element("cac:Item"):
                out.text("cbc:Name", line.name)
            with out.element("cac:Price"):
                out.text("cbc:PriceAmount", plain(line.unit_price), currencyID=currency)


def read_despatch(raw: bytes) -> ReadDespatch:
    """Read a despatch note that anybody wrote. Any thread.

    Raises: InputError XML.* (unreadable), UBL.NOT_DESPATCH (another kind of document), UBL.NO_DATE.
    """
    root = parse(raw).getroot()
    if root.tag != _ROOT:
        raise InputError(
            "UBL.NOT_DESPATCH",
            "Bu belge bir e-İrsaliye değil.",
            why=f"Kök eleman: {etree.QName(root).localname[:40]}.",
            todo="İrsaliye XML dosyasını seçin.",
        )
    issue_date = nodes.read_date(nodes.text(root, cbc("IssueDate")))
    if issue_date is None:
        raise InputError(
            "UBL.NO_DATE",
            "İrsaliye okunamadı.",
            why="Düzenleme tarihi (IssueDate) yok ya da tarih değil.",
            todo="İrsaliyeyi gönderenden yeniden isteyin.",
        )
    warnings: list[str] = []
    document_id = nodes.text(root, _ID)
    supplier, shipment_no = split_shipment_no(
        read_party(nodes.party_of(root.find(cac("DespatchSupplierParty"))), "Gönderen", warnings)
    )
    type_code = nodes.text(root, cbc("DespatchAdviceTypeCode"))
    paper, references = _split_paper(read_references(root)[0], type_code)
    shipment = root.find(cac("Shipment"))
    elements = root.findall(cac("DespatchLine"))
    if not elements:
        warnings.append("Belgede hiç kalem yok.")
    lines = tuple(_read_line(element, position, warnings) for position, element in enumerate(elements, start=1))
    despatch = Despatch(
        uuid=nodes.text(root, cbc("UUID")).lower(),
        series=read_series(document_id),
        number=read_number(document_id, warnings),
        profile=nodes.text(root, cbc("ProfileID")),
        type_code=type_code,
        issue_date=issue_date,
        issue_time=nodes.read_time(nodes.text(root, cbc("IssueTime"))) or time(0, 0),
        supplier=supplier,
        customer=read_party(nodes.party_of(root.find(cac("DeliveryCustomerParty"))), "Teslim alan", warnings),
        lines=lines,
        shipment=_read_shipment(shipment),
        currency=_currency_of(root),
        notes=read_notes(root),
        orders=read_dated_all(root, "OrderReference"),
        paper=paper,
        references=references,
        buyer=_read_other(root, "BuyerCustomerParty"),
        seller=_read_other(root, "SellerSupplierParty"),
        originator=_read_other(root, "OriginatorCustomerParty"),
        shipment_no=shipment_no,
    )
    found = templates_of(root)
    return ReadDespatch(
        despatch=_without_computed_value(despatch),
        document_id=document_id,
        template=found[0] if found else None,
        has_signature=nodes.has_signature(root),
        warnings=warnings,
    )


def read_dated_all(root: etree._Element, name: str) -> tuple[DocumentReference, ...]:
    """All references of this name that have a number and a date."""
    result = []
    for element in root.iterfind(cac(name)):
        number, day = nodes.text(element, _ID), nodes.read_date(nodes.text(element, cbc("IssueDate")))
        if number and day is not None:
            result.append(DocumentReference(number=number, day=day))
    return tuple(result)


def _split_paper(
    references: tuple[AdditionalReference, ...], type_code: str
) -> tuple[DocumentReference | None, tuple[AdditionalReference, ...]]:
    """The printed note among the references: the one named MATBU, else the first of a MATBUDAN note."""
    if type_code != MATBUDAN or not references:
        return None, references
    named = next((r for r in references if _PAPER in (r.kind.upper(), r.type_code.upper())), references[0])
    return DocumentReference(number=named.number, day=named.day), tuple(r for r in references if r is not named)


def _read_other(root: etree._Element, name: str) -> Party | None:
    element = root.find(cac(name))
    ignored: list[str] = []
    return None if element is None else read_party(nodes.party_of(element), name, ignored)


def _currency_of(root: etree._Element) -> str:
    """Despatch notes have no document currency; the first amount tells it."""
    first = next(root.iter(cbc("ValueAmount"), cbc("PriceAmount"), cbc("LineExtensionAmount")), None)
    return "TRY" if first is None else first.get("currencyID", "TRY") or "TRY"


def _read_shipment(element: etree._Element | None) -> Shipment:
    if element is None:
        return Shipment()
    delivery = element.find(cac("Delivery"))
    address, carrier = nodes.find(delivery, cac("DeliveryAddress")), nodes.find(delivery, cac("CarrierParty"))
    despatch = nodes.find(delivery, cac("Despatch"))
    stages = element.findall(cac("ShipmentStage"))
    equipment = element.iterfind(f"{cac('TransportHandlingUnit')}/{cac('TransportEquipment')}/{_ID}")
    plates = (nodes.text(stage, cac("TransportMeans"), cac("RoadTransport"), cbc("LicensePlateID")) for stage in stages)
    ignored: list[str] = []
    return Shipment(
        despatch_day=nodes.read_date(nodes.text(despatch, cbc("ActualDespatchDate"))),
        despatch_time=nodes.read_time(nodes.text(despatch, cbc("ActualDespatchTime"))),
        address=None if address is None else read_address(address),
        carrier=None if carrier is None else read_party(carrier, "Taşıyıcı", ignored),
        drivers=tuple(_read_driver(d) for stage in stages for d in stage.iterfind(cac("DriverPerson"))),
        plate=next((plate for plate in plates if plate), ""),
        trailers=tuple(text for text in (nodes.own_text(e) for e in equipment) if text),
        goods_value=nodes.number(element, cac("GoodsItem"), cbc("ValueAmount")),
    )


def _read_driver(element: etree._Element) -> Driver:
    return Driver(
        first_name=nodes.text(element, cbc("FirstName")),
        family_name=nodes.text(element, cbc("FamilyName")),
        number=nodes.text(element, cbc("NationalityID")),
        title=nodes.text(element, cbc("Title")),
    )


def _read_line(element: etree._Element, position: int, warnings: list[str]) -> DespatchLine:
    quantity_element = element.find(cbc("DeliveredQuantity"))
    quantity = nodes.number(quantity_element)
    if quantity is None:
        warnings.append(f"{position}. kalemin miktarı okunamadı.")
    item = element.find(cac("Item"))
    goods = nodes.find(element, cac("Shipment"), cac("GoodsItem"), cac("InvoiceLine"))
    order_line = nodes.text(element, cac("OrderLineReference"), cbc("LineID"))
    return DespatchLine(
        name=nodes.text(item, cbc("Name")),
        quantity=quantity if quantity is not None else Decimal(0),
        unit_code="" if quantity_element is None else quantity_element.get("unitCode", ""),
        unit_price=nodes.number(goods, cac("Price"), cbc("PriceAmount")),
        outstanding=nodes.number(element, cbc("OutstandingQuantity")),
        outstanding_reason=nodes.text(element, cbc("OutstandingReason")),
        oversupply=nodes.number(element, cbc("OversupplyQuantity")),
        description=nodes.text(item, cbc("Description")),
        note="\n".join(t for t in (nodes.own_text(n) for n in element.iterfind(cbc("Note"))) if t),
        brand=nodes.text(item, cbc("BrandName")),
        model=nodes.text(item, cbc("ModelName")),
        seller_code=nodes.text(item, cac("SellersItemIdentification"), _ID),
        buyer_code=nodes.text(item, cac("BuyersItemIdentification"), _ID),
        item_ids=read_item_ids(item),
        order_line="" if order_line == str(position) else order_line,
    )


def _without_computed_value(despatch: Despatch) -> Despatch:
    """A goods value that the lines give anyway is not told twice."""
    told = despatch.shipment.goods_value
    bare = replace(despatch, shipment=replace(despatch.shipment, goods_value=None))
    return bare if told is not None and bare.value is not None and round_kurus(bare.value) == told else despatch

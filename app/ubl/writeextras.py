"""Writing what single scenarios ask for: period, references, buyer, tax representative, delivery, deductions.

The sending type of an e-Arşiv invoice is written in the spelling the integrator wants, because GİB has none of its
own: `type_code` (İzibiz) puts the name in DocumentTypeCode and the value in DocumentType, `send_type` (others) the
value in ID and SEND_TYPE in DocumentTypeCode. Both are read (`readextras`).
Sources: guides Gümrük İşlemleri V1.8, İhracat Ek Alanlar, Elektrik Şarj V1.0, Yatırım Teşvik V1.1, SGK e-Fatura; the
HKS, IHRACAT and YOLCUBERABER samples of UBL-TR 1.2.1.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from app.domain.extras import AdditionalReference, Buyer, Delivery, EArchive, Package, Period, TaxRepresentative
from app.domain.invoice import Invoice, InvoiceTotals
from app.ubl.emitter import Emitter
from app.ubl.numbertext import amount, percent, plain
from app.ubl.parts import write_address, write_identification, write_party

Spelling = Literal["type_code", "send_type"]


def write_period(out: Emitter, period: Period) -> None:
    """cac:InvoicePeriod."""
    with out.element("cac:InvoicePeriod"):
        out.day("cbc:StartDate", period.start)
        out.clock("cbc:StartTime", period.start_time)
        out.day("cbc:EndDate", period.end)
        out.clock("cbc:EndTime", period.end_time)
        out.optional("cbc:Description", period.description)


def write_reference(
    out: Emitter, reference: AdditionalReference, *, element: str = "cac:AdditionalDocumentReference"
) -> None:
    """A further document or datum that the document names."""
    attributes = {"schemeID": reference.scheme} if reference.scheme else {}
    with out.element(element):
        out.text("cbc:ID", reference.number, **attributes)
        out.text("cbc:IssueDate", reference.day.isoformat())
        out.optional("cbc:DocumentTypeCode", reference.type_code)
        out.optional("cbc:DocumentType", reference.kind)
        out.optional("cbc:DocumentDescription", reference.description)


def write_earchive(out: Emitter, earchive: EArchive, *, day: date, spelling: Spelling) -> None:
    """Sending type, and the mark of an internet sale."""
    told = [("SendingType", "SEND_TYPE", earchive.sending)]
    if earchive.is_internet:
        told.append(("EArchiveType", "EARCHIVE_TYPE", "INTERNET"))
    for name, other_name, value in told:
        if spelling == "type_code":
            reference = AdditionalReference(number=value, day=day, type_code=name, kind=value)
        else:
            reference = AdditionalReference(number=value, day=day, type_code=other_name)
        write_reference(out, reference)


def write_buyer(out: Emitter, buyer: Buyer) -> None:
    """The content of BuyerCustomerParty/Party."""

    def traveller() -> None:
        out.optional("cbc:NationalityID", buyer.nationality)
        if buyer.account is not None:
            account = buyer.account
            with out.element("cac:FinancialAccount"):
                out.text("cbc:ID", account.number)
                out.optional("cbc:CurrencyCode", account.currency)
                out.optional("cbc:PaymentNote", account.note)
                if account.bank or account.branch:
                    with out.element("cac:FinancialInstitutionBranch"):
                        out.optional("cbc:Name", account.branch)
                        if account.bank:
                            with out.element("cac:FinancialInstitution"):
                                out.text("cbc:Name", account.bank)
        if buyer.passport_no:
            with out.element("cac:IdentityDocumentReference"):
                out.text("cbc:ID", buyer.passport_no)
                out.day("cbc:IssueDate", buyer.passport_day)

    has_person = bool(buyer.nationality or buyer.passport_no or buyer.account)
    write_party(
        out,
        buyer.party,
        party_type=buyer.party_type,
        legal=(buyer.legal_name, buyer.legal_id),
        person_more=traveller if has_person else None,
    )


def write_tax_representative(out: Emitter, agent: TaxRepresentative) -> None:
    """cac:TaxRepresentativeParty; the label stands among the identifications."""
    with out.element("cac:TaxRepresentativeParty"):
        write_identification(out, "ARACIKURUMVKN", agent.number)
        write_identification(out, "ARACIKURUMETIKET", agent.label)
        if agent.name:
            with out.element("cac:PartyName"):
                out.text("cbc:Name", agent.name)
        write_address(out, agent.address)


def write_delivery(out: Emitter, delivery: Delivery) -> None:
    """cac:Delivery of a document or of a line."""
    with out.element("cac:Delivery"):
        out.day("cbc:ActualDeliveryDate", delivery.day)
        if delivery.address is not None:
            write_address(out, delivery.address, element="cac:DeliveryAddress")
        if delivery.carrier is not None:
            with out.element("cac:CarrierParty"):
                write_party(out, delivery.carrier)
        if delivery.despatch_day is not None:
            with out.element("cac:Despatch"):
                out.day("cbc:ActualDespatchDate", delivery.despatch_day)
        if delivery.incoterms:
            with out.element("cac:DeliveryTerms"):
                out.text("cbc:ID", delivery.incoterms, schemeID="INCOTERMS")
        if delivery.has_shipment:
            _write_shipment(out, delivery)


def write_deductions(out: Emitter, invoice: Invoice, totals: InvoiceTotals) -> None:
    """What a hal commission agent keeps back; the factor is a percent, as in GİB's own sample."""
    for item, value in zip(invoice.deductions, totals.deduction_amounts, strict=True):
        with out.element("cac:AllowanceCharge"):
            out.text("cbc:ChargeIndicator", "false")
            out.text("cbc:AllowanceChargeReason", item.code)
            if item.rate is not None:
                out.text("cbc:MultiplierFactorNumeric", percent(item.rate))
            out.text("cbc:Amount", amount(value), currencyID=invoice.currency)


def _write_shipment(out: Emitter, delivery: Delivery) -> None:
    with out.element("cac:Shipment"):
        out.text("cbc:ID", "")
        if delivery.customs_id:
            with out.element("cac:GoodsItem"):
                out.text("cbc:RequiredCustomsID", delivery.customs_id)
        if delivery.transport_mode:
            with out.element("cac:ShipmentStage"):
                out.text("cbc:TransportModeCode", delivery.transport_mode)
        if delivery.packages or delivery.buyer_line_code or delivery.seller_line_code:
            with out.element("cac:TransportHandlingUnit"):
                for package in delivery.packages:
                    _write_package(out, package)
                _write_customs_declaration(out, delivery)


def _write_package(out: Emitter, package: Package) -> None:
    with out.element("cac:ActualPackage"):
        out.optional("cbc:ID", package.number)
        if package.quantity is not None:
            out.text("cbc:Quantity", plain(package.quantity))
        out.optional("cbc:PackagingTypeCode", package.type_code)


def _write_customs_declaration(out: Emitter, delivery: Delivery) -> None:
    told = (("SATICIDIBSATIRKOD", delivery.seller_line_code), ("ALICIDIBSATIRKOD", delivery.buyer_line_code))
    if not any(code for _, code in told):
        return
    with out.element("cac:CustomsDeclaration"):
        out.text("cbc:ID", "")
        with out.element("cac:IssuerParty"):
            for scheme, code in told:
                if code:
                    write_identification(out, scheme, code)
            # The XSD wants an address in every party; the declaration has none.
            with out.element("cac:PostalAddress"):
                out.text("cbc:CitySubdivisionName", "")
                out.text("cbc:CityName", "")
                with out.element("cac:Country"):
                    out.text("cbc:Name", "")

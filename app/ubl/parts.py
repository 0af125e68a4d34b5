"""Writing the parts that invoices and application responses share: parties, addresses, the cac:Signature block."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from app.domain.invoice import DocumentReference
from app.domain.party import Address, Party
from app.ubl.emitter import Emitter
from app.ubl.namespaces import (
    APPLICATION_RESPONSE,
    CAC,
    CBC,
    CREDIT_NOTE,
    DESPATCH_ADVICE,
    DS,
    EXT,
    INVOICE,
    RECEIPT_ADVICE,
    XADES,
    XSI,
)

# ds and xades are declared on the root from the start: "all namespaces must be final" before the seal is made.
_COMMON = {"cac": CAC, "cbc": CBC, "ext": EXT, "ds": DS, "xades": XADES, "xsi": XSI}
INVOICE_NAMESPACES = {"": INVOICE, **_COMMON}
RESPONSE_NAMESPACES = {"": APPLICATION_RESPONSE, **_COMMON}
DESPATCH_NAMESPACES = {"": DESPATCH_ADVICE, **_COMMON}
RECEIPT_NAMESPACES = {"": RECEIPT_ADVICE, **_COMMON}
CREDIT_NOTE_NAMESPACES = {"": CREDIT_NOTE, **_COMMON}


def write_party(
    out: Emitter,
    party: Party,
    *,
    party_type: str = "",
    legal: tuple[str, str] = ("", ""),
    person_more: Callable[[], None] | None = None,
) -> None:
    """The content of cac:Party (or SenderParty/ReceiverParty) in XSD order.

    A VKN holder gets PartyName, a TCKN holder Person (Schematron PartyIdentificationPartyNamePersonCheck); a party
    without a number (a buyer abroad) gets what it has. `legal` is (registration name, company id); `person_more`
    writes what follows the names inside cac:Person.
    """
    out.optional("cbc:WebsiteURI", party.web)
    if party.tax_number.digits:
        write_identification(out, party.tax_number.kind.value, party.tax_number.digits)
    if party_type:
        write_identification(out, "PARTYTYPE", party_type)
    if party.mersis:
        write_identification(out, "MERSISNO", party.mersis)
    if party.trade_registry_no:
        write_identification(out, "TICARETSICILNO", party.trade_registry_no)
    for scheme, value in party.identifiers:
        write_identification(out, scheme, value)
    if party.title or party.tax_number.is_vkn:
        with out.element("cac:PartyName"):
            out.text("cbc:Name", party.title or party.display_name)
    write_address(out, party.address)
    if party.tax_office:
        with out.element("cac:PartyTaxScheme"), out.element("cac:TaxScheme"):
            out.text("cbc:Name", party.tax_office)
    if any(legal):
        with out.element("cac:PartyLegalEntity"):
            out.optional("cbc:RegistrationName", legal[0])
            out.optional("cbc:CompanyID", legal[1])
    if party.phone or party.fax or party.email:
        with out.element("cac:Contact"):
            out.optional("cbc:Telephone", party.phone)
            out.optional("cbc:Telefax", party.fax)
            out.optional("cbc:ElectronicMail", party.email)
    is_person = bool(party.tax_number.digits) and not party.tax_number.is_vkn
    if party.first_name or party.family_name or is_person or person_more is not None:
        with out.element("cac:Person"):
            out.text("cbc:FirstName", party.first_name)
            out.text("cbc:FamilyName", party.family_name)
            if person_more is not None:
                person_more()


def write_address(out: Emitter, address: Address, *, element: str = "cac:PostalAddress") -> None:
    """cac:PostalAddress; district, city and country are always there, because the XSD wants them."""
    with out.element(element):
        out.optional("cbc:StreetName", address.street)
        out.optional("cbc:BuildingName", address.building)
        out.optional("cbc:BuildingNumber", address.building_no)
        out.text("cbc:CitySubdivisionName", address.district)
        out.text("cbc:CityName", address.city)
        out.optional("cbc:PostalZone", address.postal_code)
        with out.element("cac:Country"):
            out.optional("cbc:IdentificationCode", address.country_code)
            out.text("cbc:Name", address.country)


def write_signature(out: Emitter, party: Party, document_id: str) -> None:
    """cac:Signature: who seals, and where the seal stands (`#Signature_<document id>`)."""
    number = party.tax_number
    with out.element("cac:Signature"):
        out.text("cbc:ID", number.digits, schemeID="VKN_TCKN")
        with out.element("cac:SignatoryParty"):
            write_identification(out, number.kind.value, number.digits)
            write_address(out, party.address)
        with out.element("cac:DigitalSignatureAttachment"), out.element("cac:ExternalReference"):
            out.text("cbc:URI", f"#Signature_{document_id}")


def write_identification(out: Emitter, scheme: str, value: str) -> None:
    """cac:PartyIdentification."""
    with out.element("cac:PartyIdentification"):
        out.text("cbc:ID", value, schemeID=scheme)


def write_dated(out: Emitter, reference: DocumentReference) -> None:
    """Number and date of a document reference."""
    out.text("cbc:ID", reference.number)
    out.text("cbc:IssueDate", reference.day.isoformat())


def write_template(out: Emitter, template: bytes, *, document_id: str, day: date) -> None:
    """The XSLT as an attachment, as the integrators and GİB's guide want it."""
    with out.element("cac:AdditionalDocumentReference"):
        out.text("cbc:ID", document_id)
        out.text("cbc:IssueDate", day.isoformat())
        out.text("cbc:DocumentType", "XSLT")
        with out.element("cac:Attachment"):
            out.binary(
                "cbc:EmbeddedDocumentBinaryObject",
                template,
                characterSetCode="UTF-8",
                encodingCode="Base64",
                filename=f"{document_id}.xslt",
                mimeCode="application/xml",
            )

"""The opening of every ledger file: namespaces, context, documentInfo, entityInformation, to the letter as GİB wants.

Source: e-Defter package: XBRL-GL Genel Açıklamalar (namespaces, documentInfo, entityInformation), Berat Kılavuzu
(segment); the order is the XSD's. Declarations and attributes stand in canonical order.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from app.domain.books import BookHead, BookKind
from app.domain.party import Accountant, Address, Company
from app.edefter.books.text import escape

DEFTER: Final = "http://www.edefter.gov.tr"
#: In scope where the signature stands (child of the root).
ROOT_NAMESPACES: Final[dict[str | None, str]] = {
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "edefter": DEFTER,
    "xades": "http://uri.etsi.org/01903/v1.3.2#",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
_XBRL_NAMESPACES: Final = {
    "gl-bus": "http://www.xbrl.org/int/gl/bus/2006-10-25",
    "gl-cor": "http://www.xbrl.org/int/gl/cor/2006-10-25",
    "gl-muc": "http://www.xbrl.org/int/gl/muc/2006-10-25",
    "gl-plt": "http://www.xbrl.org/int/gl/plt/2006-10-25",
    "iso4217": "http://www.xbrl.org/2003/iso4217",
    "iso639": "http://www.xbrl.org/2005/iso639",
    "link": "http://www.xbrl.org/2003/linkbase",
    "xbrli": "http://www.xbrl.org/2003/instance",
    "xlink": "http://www.w3.org/1999/xlink",
}
_PLT: Final = "2006-10-25/plt/case-c-b/gl-plt-2006-10-25.xsd"
_MONTHS: Final = (
    "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık",
)  # fmt: skip

#: Per kind: root, viewer, context id, entriesType, uniqueID prefix, and what the book is called.
KINDS: Final = {
    BookKind.JOURNAL: ("defter", "yevmiye.xslt", "journal_context", "journal", "YEV", "yevmiye defteri"),
    BookKind.LEDGER: ("defter", "kebir.xslt", "ledger_context", "ledger", "KEB", "büyük defter"),
    BookKind.INVENTORY: ("defter", "envanter.xslt", "assets_context", "assets", "ENV", "envanter defteri"),
    BookKind.JOURNAL_BERAT: ("berat", "berat.xslt", "journal_context", "journal", "YEV", "yevmiye defteri beratı"),
    BookKind.LEDGER_BERAT: ("berat", "berat.xslt", "ledger_context", "ledger", "KEB", "büyük defter beratı"),
    BookKind.INVENTORY_BERAT: ("berat", "berat.xslt", "assets_context", "assets", "ENV", "envanter defteri beratı"),
    BookKind.REPORT: ("defterraporu", "defterraporu.xslt", "now", "trialbalance", "EDR", "defter raporu"),
}
#: Books are kept in Turkish lira; those in a foreign currency (VUK 215) are not written yet.
BOOK_CURRENCY: Final = "TRY"
DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


def context_of(kind: BookKind) -> str:
    return KINDS[kind][2]


def unique_id(head: BookHead, kind: BookKind) -> str:
    """`YEV202603000004`: three letters, the period, the part's number in the fiscal year."""
    return f"{KINDS[kind][4]}{head.period.compact}{head.sequence:06d}"


def opening(head: BookHead, kind: BookKind, *, segment: str = "") -> str:
    """Everything before the first entryHeader, from the processing instruction on (the declaration is not hashed).

    `segment` is the inner text of a berat's xbrli:segment.
    """
    root, viewer, context, *_ = KINDS[kind]
    spaces = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in sorted(ROOT_NAMESPACES.items(), key=str))
    xbrl = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in _XBRL_NAMESPACES.items())
    inside = f"<xbrli:segment>{segment}</xbrli:segment>" if segment else ""
    return (
        f'<?xml-stylesheet type="text/xsl" href="{viewer}"?>\n'
        f'<edefter:{root}{spaces} xsi:schemaLocation="{DEFTER} ../xsd/edefter.xsd">'
        f'<xbrli:xbrl{xbrl} xsi:schemaLocation="{_XBRL_NAMESPACES["gl-plt"]} ../xsd/{_PLT}">'
        f'<link:schemaRef xlink:href="../xsd/{_PLT}" xlink:type="simple"></link:schemaRef>'
        f'<xbrli:context id="{context}"><xbrli:entity>'
        f'<xbrli:identifier scheme="http://www.gib.gov.tr">{head.company.tax_number.digits}</xbrli:identifier>{inside}'
        f"</xbrli:entity><xbrli:period><xbrli:instant>{head.created.isoformat()}</xbrli:instant></xbrli:period>"
        '</xbrli:context><xbrli:unit id="try"><xbrli:measure>iso4217:TRY</xbrli:measure></xbrli:unit>'
        '<xbrli:unit id="countable"><xbrli:measure>xbrli:pure</xbrli:measure></xbrli:unit>'
        f"<gl-cor:accountingEntries>{_document_info(head, kind)}{_entity(head, context)}"
    )


def ending(kind: BookKind) -> str:
    """The end tag of the root."""
    return f"</edefter:{KINDS[kind][0]}>"


def _document_info(head: BookHead, kind: BookKind) -> str:
    context, entries, words = KINDS[kind][2], KINDS[kind][3], KINDS[kind][5]
    who = head.company.party.display_name
    # A suffix behind a name would need its vowels; "firmasına" fits behind every title.
    whose = f"{who} firmasının {head.branch_name} şubesine ait" if head.branch_no else f"{who} firmasına ait"
    comment = f"{_long_day(head.start)} - {_long_day(head.end)} arası {whose} {words}"
    return (
        "<gl-cor:documentInfo>"
        f"{_item('gl-cor:entriesType', context, entries)}"
        f"{_item('gl-cor:uniqueID', context, unique_id(head, kind))}"
        f"{_item('gl-cor:language', context, 'iso639:tr')}"
        f"{_item('gl-cor:creationDate', context, head.created.isoformat())}"
        f"{_item('gl-bus:creator', context, head.creator)}"
        f"{_item('gl-cor:entriesComment', context, comment)}"
        f"{_item('gl-cor:periodCoveredStart', context, head.start.isoformat())}"
        f"{_item('gl-cor:periodCoveredEnd', context, head.end.isoformat())}"
        f"{_item('gl-bus:sourceApplication', context, head.source_application)}"
        + (_item("gl-muc:defaultCurrency", context, f"iso4217:{BOOK_CURRENCY}") if kind is not BookKind.REPORT else "")
        + "</gl-cor:documentInfo>"
    )


def _entity(head: BookHead, context: str) -> str:
    company = head.company
    party = company.party
    return (
        "<gl-cor:entityInformation>"
        "<gl-bus:entityPhoneNumber>"
        f"{_item('gl-bus:phoneNumberDescription', context, 'main')}"
        f"{_item('gl-bus:phoneNumber', context, party.phone)}</gl-bus:entityPhoneNumber>"
        + (
            "<gl-bus:entityFaxNumberStructure>"
            f"{_item('gl-bus:entityFaxNumber', context, party.fax)}</gl-bus:entityFaxNumberStructure>"
            if party.fax
            else ""
        )
        + f"<gl-bus:entityEmailAddressStructure>{_item('gl-bus:entityEmailAddress', context, party.email)}"
        "</gl-bus:entityEmailAddressStructure>"
        + _identifiers(head, company, context)
        + _address(party.address, context)
        + f"<gl-bus:entityWebSite>{_item('gl-bus:webSiteURL', context, party.web)}</gl-bus:entityWebSite>"
        f"{_item('gl-bus:businessDescription', context, company.nace)}"
        f"{_item('gl-bus:fiscalYearStart', context, head.fiscal_start.isoformat())}"
        f"{_item('gl-bus:fiscalYearEnd', context, head.fiscal_end.isoformat())}"
        f"{_accountant(company.accountant, context)}"
        + (_accountant(company.auditor, context) if company.auditor.name else "")
        + "</gl-cor:entityInformation>"
    )


def _identifiers(head: BookHead, company: Company, context: str) -> str:
    pairs = [(company.party.display_name, "Kurum Unvanı" if company.tax_number.is_vkn else "Adı Soyadı")]
    if head.branch_no:
        pairs += [(head.branch_name, "Şube Adı"), (head.branch_no, "Şube No")]
    return "".join(
        f"<gl-bus:organizationIdentifiers>{_item('gl-bus:organizationIdentifier', context, value)}"
        f"{_item('gl-bus:organizationDescription', context, description)}</gl-bus:organizationIdentifiers>"
        for value, description in pairs
    )


def _address(address: Address, context: str) -> str:
    prefix = "gl-bus:organization"
    street2 = _street2(address)
    return (
        "<gl-bus:organizationAddress>"
        f"{_item(f'{prefix}BuildingNumber', context, address.building_no or '-')}"
        f"{_item(f'{prefix}AddressStreet', context, address.street or '-')}"
        + (_item(f"{prefix}AddressStreet2", context, street2) if street2 else "")
        + f"{_item(f'{prefix}AddressCity', context, address.city)}"
        f"{_item(f'{prefix}AddressZipOrPostalCode', context, address.postal_code)}"
        f"{_item(f'{prefix}AddressCountry', context, address.country)}"
        "</gl-bus:organizationAddress>"
    )


def _street2(address: Address) -> str:
    return " ".join(part for part in (address.building, address.district) if part)


def _accountant(accountant: Accountant, context: str) -> str:
    """accountantInformation; books that the company keeps itself say `-` for the contract."""
    parts = (accountant.engagement_type, accountant.contract_date, accountant.contract_no)
    engagement = ", ".join(part for part in parts if part) or "-"
    address = accountant.address
    prefix = "gl-bus:accountant"
    where = (
        "<gl-bus:accountantAddress>"
        f"{_item(f'{prefix}BuildingNumber', context, address.building_no or '-')}"
        f"{_item(f'{prefix}Street', context, address.street or '-')}"
        + (_item(f"{prefix}AddressStreet2", context, street2) if (street2 := _street2(address)) else "")
        + f"{_item(f'{prefix}City', context, address.city)}"
        f"{_item(f'{prefix}Country', context, address.country)}"
        f"{_item(f'{prefix}ZipOrPostalCode', context, address.postal_code)}</gl-bus:accountantAddress>"
        if address.city
        else ""
    )
    contact = ""
    if accountant.phone:
        contact += (
            f"<{prefix}ContactPhone>{_item(f'{prefix}ContactPhoneNumberDescription', context, 'main')}"
            f"{_item(f'{prefix}ContactPhoneNumber', context, accountant.phone)}</{prefix}ContactPhone>"
        )
    if accountant.fax:
        contact += (
            f"<{prefix}ContactFax>{_item(f'{prefix}ContactFaxNumber', context, accountant.fax)}</{prefix}ContactFax>"
        )
    if accountant.email:
        contact += (
            f"<{prefix}ContactEmail>{_item(f'{prefix}ContactEmailAddress', context, accountant.email)}"
            f"</{prefix}ContactEmail>"
        )
    return (
        f"<gl-bus:accountantInformation>{_item(f'{prefix}Name', context, accountant.name)}{where}"
        f"{_item(f'{prefix}EngagementTypeDescription', context, engagement)}"
        + (f"<{prefix}ContactInformation>{contact}</{prefix}ContactInformation>" if contact else "")
        + "</gl-bus:accountantInformation>"
    )


def _item(name: str, context: str, value: str) -> str:
    return f'<{name} contextRef="{context}">{escape(value)}</{name}>'


def _long_day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

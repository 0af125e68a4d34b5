"""What GİB's general rules look at in the XML itself: for documents of others while no official package is installed.

The built-in rules of each kind look at the document as we read it; here is what reading forgives: a wrong version, a
second seal, a code in an odd place, a minus sign. Each finding names GİB's rule. Source: Schematron 20260312.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from lxml import etree

from app.domain.findings import Finding
from app.domain.invoice import RETURN_TYPES
from app.ubl import codes, nodes
from app.ubl.namespaces import DS, XADES, XSI, cac, cbc
from app.validation.builtin_envelope import ROOT as ENVELOPE
from app.validation.builtin_envelope import check_envelope, documents_in
from app.validation.builtin_xml_lines import check_customs_schemes, check_prices, check_reasons
from app.validation.rules import Notebook

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NUMBER = re.compile(r"[A-Z0-9]{3}20[0-9]{2}[0-9]{9}")
_AMOUNT = re.compile(r"\s*[0-9][0-9]{0,16}(?:,[0-9]{3})*(?:\.[0-9]{1,2})?\s*")
_UNIT = re.compile(r"[A-Z0-9]{1,3}")
_RSA_SHA1: Final = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
_CUSTOMS_DAY = re.compile(r"[0-9]{4}-(?:0?[1-9]|1[012])-(?:0?[1-9]|[12][0-9]|3[01])")
_UNITS_THAT_ARE_NONE: Final = frozenset({"AD", "KG", "LT", "MT"})
#: File types that GİB's list of the early 2000s does not have.
_NEW_MIME = re.compile(r"application/vnd\.(?:openxml|oasis)|\s|^$")
_CHANNELS = re.compile(r"[A-Z]{2}")
_ANSWERS: Final = frozenset({"KABUL", "RED", "IADE"})
_RESPONSE_CODES: Final = _ANSWERS | {"S_APR", "GUMRUKONAY"}
_TOTALS: Final = (
    "LineExtensionAmount",
    "TaxExclusiveAmount",
    "TaxInclusiveAmount",
    "AllowanceTotalAmount",
    "PayableAmount",
)
_ID, _PARTY_IDENTIFICATION = cbc("ID"), cac("PartyIdentification")


@dataclass(frozen=True, slots=True)
class _Case:
    """A document being looked at: its root, what it is, today."""

    root: etree._Element
    kind: str
    today: date


Check = Callable[[_Case], Iterator[tuple[str, str, str, str]]]


def check_xml(root: etree._Element, *, today: date, known: Iterable[Finding] = ()) -> list[Finding]:
    """Errors of the document's XML by GİB's general rules, each kind of mistake once. Any thread.

    `known` are findings that other rules have made already: a rule of GİB's that they name is not said twice.
    """
    book = Notebook()
    told: set[tuple[str, str]] = set()
    named = " ".join(finding.explanation for finding in known)
    for code, place, message, rule in _all(root, today):
        if (code, message) not in told and rule not in named:
            told.add((code, message))
            book.error(code, place, message, explanation=f"GİB bunu denetler ({rule}).")
    return book.findings


def _all(root: etree._Element, today: date) -> Iterator[tuple[str, str, str, str]]:
    """Everything about a document, or about an envelope and each document in it."""
    if root.tag == ENVELOPE:
        yield from check_envelope(root)
    for document in documents_in(root):
        case = _Case(document, etree.QName(document).localname, today)
        for check in _CHECKS:
            yield from check(case)


def _header(case: _Case) -> Iterator[tuple[str, str, str, str]]:
    root, kind = case.root, case.kind
    version, custom = nodes.text(root, cbc("UBLVersionID")), nodes.text(root, cbc("CustomizationID"))
    if kind in ("Invoice", "ApplicationResponse") and version != "2.1":
        yield "DOC.UBL_VERSION", "", f"UBL sürümü '{version[:10]}'; 2.1 olmalı.", "UBLVersionIDCheck"
    if kind != "CreditNote" and custom not in ("TR1.2", "TR1.2.1"):
        yield "DOC.CUSTOMIZATION", "", f"Özelleştirme no '{custom[:10]}'; TR1.2.1 olmalı.", "CustomizationIDCheck"
    copy = nodes.text(root, cbc("CopyIndicator"))
    if kind == "Invoice" and copy != "false":
        yield "DOC.COPY", "", "Asıl/suret alanı (CopyIndicator) 'false' olmalı.", "CopyIndicatorCheck"
    if not _UUID.fullmatch(nodes.text(root, cbc("UUID"))):
        yield "DOC.UUID", "uuid", "ETTN 8-4-4-4-12 haneli olmalı; ayraç ve rakamları düzeltin.", "UUIDCheck"
    location = root.get(f"{{{XSI}}}schemaLocation")
    rule = {"Invoice": "ProfileIDCheck", "ApplicationResponse": "ApplicationResponseProfileIDCheck"}.get(kind)
    if rule and location is not None and f"UBL-{kind}-2.1.xsd" not in location:
        message = f"Şema adresi (schemaLocation) UBL-{kind}-2.1.xsd dosyasını göstermeli ya da hiç yazılmamalı."
        yield "DOC.SCHEMA_LOCATION", "", message, rule
    number = nodes.text(root, _ID)
    if kind in ("Invoice", "DespatchAdvice") and not _NUMBER.fullmatch(number):
        yield (
            "DOC.NUMBER",
            "number",
            f"Belge numarası ({number[:20]}) 3 harf/rakam + yıl + 9 rakam olmalı; Türkçe harf kullanılmaz.",
            "InvoiceIDCheck",
        )


def _codes(case: _Case) -> Iterator[tuple[str, str, str, str]]:
    """Codes that are looked at wherever they stand."""
    for element in case.root.iter():
        if not isinstance(element.tag, str):
            continue
        currency = element.get("currencyID")
        if currency is not None and currency not in codes.currencies():
            yield (
                "DOC.CURRENCY",
                "currency",
                f"Tutar yanındaki para birimi '{currency[:10]}' listede yok; TRY, USD gibi yazın.",
                "GeneralCurrencyIDCheck",
            )
        unit = element.get("unitCode")
        if unit is not None and (not _UNIT.fullmatch(unit) or unit in _UNITS_THAT_ARE_NONE):
            yield (
                "DOC.UNIT",
                "lines",
                f"Birim kodu '{unit[:10]}' GİB listesinde yok; adet için C62 yazın.",
                "GeneralUnitCodeCheck",
            )
        mime = element.get("mimeCode")
        if mime is not None and _NEW_MIME.search(mime):
            yield (
                "DOC.MIME",
                "",
                f"Ekin dosya türü '{mime[:60]}' GİB listesinde yok; PDF ya da resim ekleyin.",
                "MimeCodeCheck",
            )


def _code_elements(case: _Case) -> Iterator[tuple[str, str, str, str]]:
    for name in ("SourceCurrencyCode", "TargetCurrencyCode", "CurrencyCode"):
        for element in case.root.iter(cbc(name)):
            text = nodes.own_text(element)
            if text not in codes.currencies():
                yield (
                    "DOC.CURRENCY_CODE",
                    "currency",
                    f"Para birimi kodu '{text[:10]}' listede yok; TRY, USD gibi yazın.",
                    "GeneralCurrencyCodeCheck",
                )
    for element in case.root.iter(cbc("IdentificationCode")):
        text = nodes.own_text(element)
        if text not in codes.countries():
            yield (
                "DOC.COUNTRY",
                "customer.address.country",
                f"Ülke kodu '{text[:10]}' listede yok; TR, DE gibi iki harf yazın.",
                "CountryCodeCheck",
            )
    for element in case.root.iter(cbc("ChannelCode")):
        if not _CHANNELS.fullmatch(nodes.own_text(element)):
            yield "DOC.CHANNEL", "", "İletişim kanalı kodu iki büyük harf olmalı.", "GeneralChannelCodeCheck"
    for element in case.root.iter(cbc("IssueDate")):
        day = nodes.read_date(nodes.own_text(element))
        if day is None or day > case.today or day.year < 2005:
            yield (
                "DOC.DATE",
                "issue_date",
                f"Belgedeki bir tarih ({nodes.own_text(element)[:12]}) bugünden ileri ya da 2005'ten önce.",
                "TimeCheck",
            )


def _amounts(case: _Case) -> Iterator[tuple[str, str, str, str]]:
    if case.kind != "Invoice":
        return
    total = case.root.find(cac("LegalMonetaryTotal"))
    found = [nodes.find(total, cbc(name)) for name in _TOTALS]
    found += [element.find(cbc("TaxAmount")) for element in case.root.iterfind(cac("TaxTotal"))]
    for element in found:
        if element is not None and not _AMOUNT.fullmatch(nodes.own_text(element)):
            yield (
                "DOC.AMOUNT",
                "lines",
                f"Toplamlardan biri ({nodes.own_text(element)[:20]}) eksi ya da ikiden çok ondalıklı.",
                "decimalCheck",
            )
    for element in case.root.iterfind(f".//{cac('TaxTotal')}//{cbc('TaxTypeCode')}"):
        if nodes.own_text(element) not in codes.tax_types():
            yield (
                "DOC.TAX_TYPE",
                "lines",
                f"Vergi kodu '{nodes.own_text(element)[:10]}' listede yok; KDV için 0015 yazın.",
                "TaxTypeCheck",
            )
    for subtotal in case.root.iterfind(f".//{cac('WithholdingTaxTotal')}/{cac('TaxSubtotal')}"):
        percent = nodes.text(subtotal, cbc("Percent"))
        if "." in percent or not percent:
            yield (
                "DOC.WITHHOLDING_TEXT",
                "lines",
                f"Tevkifat oranı '{percent[:10]}' ondalıksız yazılmalı: yüzde 90 için 90.",
                "WithholdingTaxTotalCheck",
            )


def _returned(case: _Case) -> Iterator[tuple[str, str, str, str]]:
    """Every invoice that a return names says that it is returned."""
    if case.kind != "Invoice" or nodes.text(case.root, cbc("InvoiceTypeCode")) not in RETURN_TYPES:
        return
    for element in case.root.iterfind(f"{cac('BillingReference')}/{cac('InvoiceDocumentReference')}"):
        if nodes.text(element, cbc("DocumentTypeCode")) not in ("IADE", "İADE"):
            message = "İade edilen faturanın atfında belge türü (DocumentTypeCode) IADE olmalı."
            yield "DOC.RETURN_TYPE", "returned_invoices", message, "IADEInvioceCheck"


def _lines(case: _Case) -> Iterator[tuple[str, str, str, str]]:
    names = {
        "Invoice": ("InvoiceLine", "InvoicedQuantity", "InvoicedQuantityCheck"),
        "DespatchAdvice": ("DespatchLine", "DeliveredQuantity", "DeliveredQuantityCheck"),
    }
    told = names.get(case.kind)
    if case.kind == "Invoice":
        yield from check_prices(case.root)
        yield from check_customs_schemes(case.root)
        yield from check_reasons(case.root)
    for line in case.root.iterfind(cac(told[0])) if told else ():
        quantity = line.find(cbc(told[1])) if told else None
        if told and (quantity is None or not quantity.get("unitCode")):
            yield "DOC.QUANTITY", "lines", "Satırlardan birinde miktar ya da birim kodu yok; adet için C62.", told[2]
    for name in ("DespatchLine", "ReceiptLine"):
        for line in case.root.iterfind(cac(name)):
            if nodes.number(line, _ID) is None:
                yield "DOC.LINE_ID", "lines", "Satırlardan birinin sıra numarası sayı değil.", "DespatchLineIdCheck"
    for plate in case.root.iter(cbc("LicensePlateID")):
        if plate.get("schemeID") not in ("PLAKA", "DORSE"):
            yield (
                "DOC.PLATE",
                "shipment.plate",
                "Plakanın türü PLAKA ya da DORSE olmalı.",
                "LicensePlateIDSchemeIDCheck",
            )


def _parties(case: _Case) -> Iterator[tuple[str, str, str, str]]:
    for identification in case.root.iter(_PARTY_IDENTIFICATION):
        found = identification.find(_ID)
        if found is None:
            continue
        scheme, value = found.get("schemeID", ""), nodes.own_text(found)
        wanted = {"VKN": 10, "TCKN": 11}.get(scheme)
        if wanted is not None and len(value) != wanted:
            yield (
                "DOC.TAX_NUMBER",
                "customer.tax_number",
                f"{scheme} {wanted} hane olmalı, {len(value)} hane yazılmış.",
                "PartyIdentificationTCKNVKNCheck",
            )
    if len(case.root.findall(cac("Signature"))) > 1:
        yield "DOC.SIGNATURES", "", "Belgede birden çok imza bilgisi (cac:Signature) var.", "SignatureCountCheck"
    for signature in case.root.iterfind(cac("Signature")):
        number = signature.find(_ID)
        is_good = number is not None and number.get("schemeID") == "VKN_TCKN"
        if not is_good or len(nodes.own_text(number)) not in (10, 11):
            yield "DOC.SIGNER", "", "İmzalayanın VKN ya da TCKN'si eksik.", "SignatureCheck"
        if not nodes.party_number(signature.find(cac("SignatoryParty"))):
            yield (
                "DOC.SIGNATORY",
                "",
                "İmzalayan tarafın VKN ya da TCKN'si yazılmamış.",
                "SignatoryPartyPartyIdentificationCheck",
            )


def _seal(case: _Case) -> Iterator[tuple[str, str, str, str]]:
    rule = "XadesSignatureCheckForInvoice" if case.kind == "Invoice" else "XadesSignatureCheck"
    if case.kind not in ("Invoice", "ApplicationResponse"):
        return
    for seal in case.root.iter(f"{{{DS}}}Signature"):
        whole = all(
            next(seal.iter(name), None) is not None
            for name in (
                f"{{{DS}}}Transforms",
                f"{{{DS}}}KeyInfo",
                f"{{{DS}}}Object",
                f"{{{XADES}}}SigningTime",
                f"{{{XADES}}}SigningCertificate",
            )
        )
        own = [r for r in seal.iter(f"{{{DS}}}Reference") if r.get("URI") == ""]
        if not whole or (case.kind == "Invoice" and len(own) != 1):
            yield "DOC.SEAL", "", "Mührün zorunlu bir bölümü eksik; belge yeniden mühürlenmeli.", rule
        data = next(seal.iter(f"{{{DS}}}X509Data"), None)
        if data is not None and data.find(f"{{{DS}}}X509Certificate") is None:
            yield "DOC.SEAL_CERTIFICATE", "", "Mühürde sertifika yok; belge yeniden mühürlenmeli.", "X509DataCheck"
        for name in seal.iter(f"{{{DS}}}X509SubjectName"):
            if not nodes.own_text(name):
                yield "DOC.SEAL_SUBJECT", "", "Mühürdeki sertifika sahibinin adı boş.", "X509SubjectNameCheck"
        method = next(seal.iter(f"{{{DS}}}SignatureMethod"), None)
        if case.kind == "Invoice" and method is not None and method.get("Algorithm") == _RSA_SHA1:
            yield (
                "DOC.SEAL_METHOD",
                "",
                "Mühür eski SHA-1 yöntemiyle yapılmış; SHA-256 gerekir.",
                "SignatureMethodCheck",
            )
        for transforms in seal.iter(f"{{{DS}}}Transforms"):
            if case.kind == "Invoice" and len(transforms.findall(f"{{{DS}}}Transform")) > 1:
                yield "DOC.SEAL_TRANSFORMS", "", "Mühürde birden çok dönüşüm (Transform) var.", "TransformCountCheck"


def _receipts_of_tills(case: _Case) -> Iterator[tuple[str, str, str, str]]:
    """The link to a yazarkasa's information slip."""
    for element in case.root.iterfind(f"{cac('BillingReference')}/{cac('AdditionalDocumentReference')}"):
        code, kind = nodes.text(element, cbc("DocumentTypeCode")), nodes.text(element, cbc("DocumentType"))
        if (code == "OKCBF") != (kind == "OKCBilgiFisi"):
            yield "DOC.TILL", "", "Yazarkasa fişi atfında kod OKCBF, tür OKCBilgiFisi olmalı.", "BillingReferenceCheck"
        elif code == "OKCBF":
            start = nodes.text(element, cac("ValidityPeriod"), cbc("StartDate"))
            needed = (
                nodes.text(element, _ID),
                nodes.text(element, cbc("DocumentDescription")),
                nodes.text(element, cac("Attachment"), cac("ExternalReference"), cbc("URI")),
                nodes.text(element, cac("IssuerParty"), cbc("EndpointID")),
            )
            if not all(needed) or start != nodes.text(element, cbc("IssueDate")):
                yield (
                    "DOC.TILL",
                    "",
                    "Yazarkasa fişi atfında fiş no, tarih, tür, Z no ve cihaz sicil no bulunmalı.",
                    "BillingReferenceCheck",
                )


def _answer(case: _Case) -> Iterator[tuple[str, str, str, str]]:
    if case.kind != "ApplicationResponse":
        return
    root = case.root
    responses = root.findall(cac("DocumentResponse"))
    if len(responses) != 1:
        yield "DOC.RESPONSES", "", "Yanıtta tam bir sonuç (DocumentResponse) olmalı.", "DocumentResponseCountCheck"
    code = nodes.text(responses[0] if responses else None, cac("Response"), cbc("ResponseCode"))
    profile = nodes.text(root, cbc("ProfileID"))
    if code not in _RESPONSE_CODES:
        yield (
            "DOC.RESPONSE_CODE",
            "",
            f"Yanıt kodu '{code[:15]}' geçersiz; KABUL ya da RED olmalı.",
            "ResponseCodeCheck",
        )
    is_answer = code in _ANSWERS
    if (is_answer and profile not in ("TICARIFATURA", "IHRACAT")) or (
        code == "S_APR" and profile != "UBL-TR-PROFILE-1"
    ):
        yield (
            "DOC.RESPONSE_PROFILE",
            "profile",
            "Yanıtın senaryosu TICARIFATURA olmalı (sistem yanıtında UBL-TR-PROFILE-1).",
            "ApplicationResponseProfileIDCheck",
        )
    if is_answer and profile != "IHRACAT" and root.find(cac("Signature")) is None:
        yield "DOC.RESPONSE_SIGNER", "", "Uygulama yanıtında imza bilgisi yok.", "ARSignatureCheck"
    if code == "KABUL" and profile == "IHRACAT":
        sender = root.find(cac("SenderParty"))
        ids = {
            e.get("schemeID", ""): nodes.own_text(e)
            for e in (() if sender is None else sender.iterfind(f"{_PARTY_IDENTIFICATION}/{_ID}"))
        }
        day = ids.get("GTB_FIILI_IHRACAT_TARIHI", "")
        if "GTB_GCB_TESCILNO" not in ids or not _CUSTOMS_DAY.fullmatch(day):
            yield (
                "DOC.CUSTOMS",
                "",
                "Gümrük kabulünde çıkış beyannamesi tescil no ve fiilî ihracat tarihi bulunmalı.",
                "ARPartyIdentificationGTBCheck",
            )


_CHECKS: Final[tuple[Check, ...]] = (
    _header,
    _codes,
    _code_elements,
    _amounts,
    _returned,
    _lines,
    _parties,
    _seal,
    _receipts_of_tills,
    _answer,
)

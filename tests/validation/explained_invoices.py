"""Failing examples of what GİB rejects in any invoice: its head, its parties, its references, its taxes."""

from __future__ import annotations

from tests.validation.explained_cases import case, second

SALE = "TEMELFATURA/SATIS"
RETURN = "TEMELFATURA/IADE"
WITHHELD = "TEMELFATURA/TEVKIFAT"
INCENTIVE = "YATIRIMTESVIK/SATIS"
SUPPORT = "EARSIVFATURA/TEKNOLOJIDESTEK"
ENVELOPE = "envelope:TEMELFATURA/SATIS"
BUYER = '<cbc:ID schemeID="VKN">7750409379</cbc:ID>'
SIGNER = '<cac:SignatoryParty>\n      <cac:PartyIdentification>\n        <cbc:ID schemeID="VKN">'
HEADER = (
    case("UBLVersionIDCheck", SALE, "DOC.UBL_VERSION", (">2.1<", ">2.0<")),
    case("CustomizationIDCheck", SALE, "DOC.CUSTOMIZATION", (">TR1.2.1<", ">TR1.1<")),
    case("ProfileIDCheck", SALE, "INV.PROFILE", at="profile", profile="TEMEL"),
    case(
        "ProfileIDCheck.SCHEMA",
        SALE,
        "DOC.SCHEMA_LOCATION",
        ("UBL-Invoice-2.1.xsd", "UBL-Invoice-2.0.xsd"),
        at="profile",
    ),
    case("InvoiceIDCheck", SALE, "DOC.NUMBER", (">CNR2026", ">CNŞ2026"), at="number"),
    case("CopyIndicatorCheck", SALE, "DOC.COPY", ("or>false<", "or>true<")),
    case("TimeCheck.FUTURE", SALE, "INV.DATE_FUTURE", at="issue_date", issue_date="2026-03-10"),
    case("TimeCheck.OLD", SALE, "INV.DATE_OLD", at="issue_date", issue_date="2004-03-09"),
    case("UUIDCheck", SALE, "DOC.UUID", ("<cbc:UUID>", "<cbc:UUID>{"), at="uuid"),
    case("InvoiceTypeCodeCheck", SALE, "INV.TYPE", at="type", type="SATIŞ"),
    case("InvoiceTypeCodeCheck.RETURN", "TICARIFATURA/IADE", "INV.PROFILE_TYPE", at="profile"),
    case("InvoiceTypeCodeCheck.ENERGY", "TEMELFATURA/SARJ", "INV.PROFILE_TYPE", at="profile"),
    case("InvoiceTypeCodeCheck.TECHNOLOGY", "TEMELFATURA/TEKNOLOJIDESTEK", "INV.PROFILE_TYPE", at="profile"),
    case(
        "CurrencyCodeCheck",
        "usd",
        "INV.CURRENCY",
        ("DocumentCurrencyCode>USD", "DocumentCurrencyCode>TL"),
        at="currency",
    ),
    case("CurrencyCodeCheck.RATE", SALE, "INV.RATE", at="exchange_rate", currency="USD"),
    case(
        "CurrencyCodeCheck.DECIMALS",
        SALE,
        "INV.RATE_DECIMALS",
        at="exchange_rate.rate",
        currency="USD",
        exchange_rate={"rate": "41.1234567", "day": "2026-03-09"},
    ),
    case(
        "GeneralCurrencyCodeCheck",
        "usd",
        "DOC.CURRENCY_CODE",
        ("TargetCurrencyCode>TRY", "TargetCurrencyCode>TL"),
        at="currency",
    ),
    case(
        "GeneralCurrencyIDCheck",
        SALE,
        "DOC.CURRENCY",
        ('<cbc:PriceAmount currencyID="TRY"', '<cbc:PriceAmount currencyID="TL"'),
        at="currency",
    ),
    case(
        "CountryCodeCheck",
        SALE,
        "INV.COUNTRY",
        at="customer.address.country_code",
        customer__address__country_code="XY",
        customer__address__country="Atlantis",
    ),
    case("GeneralUnitCodeCheck", SALE, "INV.LINE_UNIT", at="lines[0].unit", lines0__unit="ADET"),
    case("InvoicedQuantityCheck", SALE, "DOC.QUANTITY", (' unitCode="C62"', ""), at="lines[0].unit"),
    case(
        "GeneralChannelCodeCheck",
        SALE,
        "DOC.CHANNEL",
        ("<cbc:LineCountNumeric>", "<cbc:ChannelCode>x</cbc:ChannelCode><cbc:LineCountNumeric>"),
    ),
    case(
        "MimeCodeCheck",
        SALE,
        "DOC.MIME",
        ('mimeCode="application/xml"', 'mimeCode="application/vnd.openxmlformats-officedocument"'),
    ),
    case("decimalCheck", SALE, "INV.NEGATIVE", at="lines", lines0__unit_price="-5"),
)
PARTIES = (
    case(
        "PartyIdentificationSchemeIDCheck",
        SALE,
        "INV.PARTY_SCHEME",
        at="customer.identifiers",
        customer__identifiers=[{"scheme": "KIMLIKNO", "value": "1"}],
    ),
    case(
        "PartyIdentificationTCKNVKNCheck.VKN",
        SALE,
        "DOC.TAX_NUMBER",
        (BUYER, BUYER.replace(">7", ">")),
        at="customer.tax_number",
    ),
    case(
        "PartyIdentificationTCKNVKNCheck.TCKN",
        "person",
        "DOC.TAX_NUMBER",
        ('schemeID="TCKN">1', 'schemeID="TCKN">'),
        at="customer.tax_number",
    ),
    case(
        "PartyIdentificationPartyNamePersonCheck.MISSING",
        SALE,
        "INV.PARTY_NUMBER",
        (BUYER, BUYER.replace("VKN", "BAYINO")),
        at="customer.tax_number",
    ),
    case(
        "PartyIdentificationPartyNamePersonCheck.BOTH",
        SALE,
        "INV.PARTY_SECOND_NUMBER",
        at="customer.tax_number",
        customer__identifiers=[{"scheme": "TCKN", "value": "10000000146"}],
        customer__name="Işıl",
        customer__surname="Şahin",
    ),
    case(
        "PartyIdentificationPartyNamePersonCheck.TITLE",
        SALE,
        "INV.PARTY_TITLE",
        at="customer.title",
        customer__title=None,
    ),
    case(
        "PartyIdentificationPartyNamePersonCheck.PERSON",
        SUPPORT,
        "INV.PARTY_PERSON",
        at="customer.name",
        customer__name=None,
    ),
    case(
        "PartyIdentificationTEKNOLOJIDESTEKCheck",
        SUPPORT,
        "INV.TECH_ONLY_TCKN",
        at="customer.tax_number",
        customer__identifiers=[{"scheme": "MUSTERINO", "value": "1"}],
    ),
    case(
        "DocumentSenderCheck",
        ENVELOPE,
        "ENV.SENDER",
        ("<sh:Contact>9205121120<", "<sh:Contact>4840847211<"),
        at="supplier.tax_number",
    ),
    case(
        "DocumentReceiverCheck",
        ENVELOPE,
        "ENV.RECEIVER",
        ("<sh:Contact>7750409379<", "<sh:Contact>4840847211<"),
        at="customer.tax_number",
    ),
    case("TaxFreeInvoiceCheck", SALE, "INV.CUSTOMS_BUYER", at="profile", customer__vkn="1460415308"),
    case(
        "SignatureCountCheck",
        SALE,
        "DOC.SIGNATURES",
        ("<cac:Signature>", "<cac:Signature/><cac:Signature>"),
        also="SignatureCheck",
    ),
    case("SignatureCheck", SALE, "DOC.SIGNER", ("VKN_TCKN", "VKN"), at="supplier.tax_number"),
    case(
        "SignatoryPartyPartyIdentificationCheck",
        SALE,
        "DOC.SIGNATORY",
        (SIGNER, SIGNER.replace("VKN", "BAYINO")),
        at="supplier.tax_number",
    ),
)
REFERENCES = (
    case("IADEInvioceCheck", RETURN, "INV.RETURN_REFERENCE", at="returned_invoices", returned_invoices=None),
    case("BillingReferenceCheck", "till", "DOC.TILL", ("<cbc:EndpointID>9</cbc:EndpointID>", "")),
    case("PaymentMeansCodeCheck", SALE, "INV.PAYMENT_CODE", at="payment.code", payment={"code": "99"}),
    case("KamuFaturaCheck", "KAMU/SATIS", "INV.KAMU_IBAN", at="payment.iban", payment__iban=None),
    case(
        "YatirimTesvikContractDocumentReferenceIDCheck",
        INCENTIVE,
        "INV.INCENTIVE",
        at="incentive.number",
        incentive__number="12",
    ),
)
TAXES = (
    second(
        "TaxTypeCheck", SALE, "INV.TAX_CODE", at="lines[1].other_taxes", other_taxes=[{"code": "9999", "rate": "5"}]
    ),
    second(
        "TaxExemptionReasonCheck", "TEMELFATURA/ISTISNA", "INV.EXEMPTION", at="lines[1].exemption.code", vat_rate="0"
    ),
    case(
        "TaxExemptionReasonCodeCheck.TEXT",
        "TEMELFATURA/ISTISNA",
        "DOC.EXEMPTION_REASON",
        ("Reason>11/1-a Mal İhracatı<", "Reason> <"),
        at="lines[0].exemption.reason",
        also="TaxExemptionReasonCheck",
    ),
    second(
        "TaxExemptionReasonCodeCheck.CODE",
        SALE,
        "INV.EXEMPTION_CODE",
        at="lines[1].exemption.code",
        vat_rate="0",
        exemption={"code": "999", "reason": "Bilinmiyor"},
    ),
    second(
        "TaxExemptionReasonCodeCheck.EXEMPT",
        SALE,
        "INV.EXEMPTION_TYPE",
        at="type",
        vat_rate="0",
        exemption={"code": "301"},
    ),
    second(
        "TaxExemptionReasonCodeCheck.SPECIAL_BASE", SALE, "INV.EXEMPTION_TYPE", at="type", exemption={"code": "805"}
    ),
    second(
        "TaxExemptionReasonCodeCheck.EXPORT_REGISTERED",
        SALE,
        "INV.EXEMPTION_TYPE",
        at="type",
        vat_rate="0",
        exemption={"code": "701"},
    ),
    case(
        "TaxExemptionReasonCodeCheck.GTIP702",
        "TEMELFATURA/IHRACKAYITLI",
        "INV.DIIB_GTIP",
        at="lines[0].delivery",
        lines0__delivery__customs_id="0206",
    ),
    second(
        "DemirbasKDVTaxExemptionCheck.PROFILE",
        "OZELFATURA/SATIS",
        "INV.EXEMPTION_555",
        at="lines[1].exemption.code",
        exemption={"code": "555"},
    ),
    second(
        "DemirbasKDVTaxExemptionCheck.ZERO",
        SALE,
        "INV.EXEMPTION_555",
        at="lines[1].vat_rate",
        vat_rate="0",
        exemption={"code": "555"},
    ),
    second(
        "GeneralWithholdingTaxTotalCheck.TYPE",
        SALE,
        "INV.WITHHOLDING_TYPE",
        at="type",
        withholding={"code": "606", "rate": "90"},
    ),
    second(
        "GeneralWithholdingTaxTotalCheck.T4171",
        SALE,
        "INV.TAX_4171",
        at="type",
        other_taxes=[{"code": "4171", "rate": "5"}],
    ),
    case(
        "WithholdingTaxTotalCheck.EMPTY",
        WITHHELD,
        "DOC.WITHHOLDING_TEXT",
        ("<cbc:Percent>90<", "<cbc:Percent><"),
        at="lines[0].withholding.code",
        also="WithholdingTaxTotalCheck.RATE",
    ),
    second(
        "WithholdingTaxTotalCheck.CODE",
        WITHHELD,
        "INV.WITHHOLDING_CODE",
        at="lines[1].withholding.code",
        withholding={"code": "699", "rate": "90"},
        also="WithholdingTaxTotalCheck.RATE",
    ),
    second(
        "WithholdingTaxTotalCheck.RATE",
        WITHHELD,
        "INV.WITHHOLDING_RATE",
        at="lines[1].withholding.rate",
        withholding={"code": "606", "rate": "50"},
    ),
)
INVOICES = (*HEADER, *PARTIES, *REFERENCES, *TAXES)

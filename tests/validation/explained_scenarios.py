"""Failing examples of single scenarios, of despatch notes, answers and envelopes, and of the seal."""

from __future__ import annotations

from tests.validation.explained_cases import case

EXPORT = "IHRACAT/ISTISNA"
TRAVELLER = "YOLCUBERABERFATURA/ISTISNA"
INCENTIVE = "YATIRIMTESVIK/SATIS"
EXEMPT_INCENTIVE = "YATIRIMTESVIK/ISTISNA"
SUPPORT = "EARSIVFATURA/TEKNOLOJIDESTEK"
SHIPPED = "IDIS/SATIS"
NOTE = "TEMELIRSALIYE/SEVK"
SEALED = "sealed:TEMELFATURA/SATIS"
ENVELOPE = "envelope:TEMELFATURA/SATIS"
ANSWERS = "envelope:answer"
ID_LABEL = "urn:mail:defaultpk@isik.example"
SCENARIOS = (
    case(
        "IhracatYolcuBeraberCheck.TAXFREE",
        TRAVELLER,
        "INV.TRAVELLER",
        at="buyer.party_type",
        buyer__party_type=None,
        schema="XSD.ORDER",
    ),
    case(
        "IhracatYolcuBeraberCheck.EXPORT",
        EXPORT,
        "INV.EXPORT_BUYER",
        at="buyer.party_type",
        buyer__party_type=None,
        schema="XSD.ORDER",
    ),
    case(
        "IhracatYolcuBeraberCheck.LABEL",
        ENVELOPE,
        "ENV.LABEL",
        (ID_LABEL, "urn:mail:ihracatpk@gtb.gov.tr"),
        at="receiver_label",
    ),
    case("OfficelTitleCheck", EXPORT, "INV.EXPORT_BUYER_NAME", at="buyer.legal_name", buyer__legal_name=None),
    case("PartyVDCheck", EXPORT, "INV.EXPORT_TAX_OFFICE", at="supplier.tax_office", by={"tax_office": ""}),
    case("LineDeliveryCheck.TERMS", EXPORT, "INV.EXPORT_INCOTERMS", at="delivery.incoterms", delivery__incoterms=None),
    case("LineDeliveryCheck.ADDRESS", EXPORT, "INV.EXPORT_ADDRESS", at="delivery.address", delivery__address=None),
    case(
        "LineDeliveryCheck.MODE",
        EXPORT,
        "INV.EXPORT_TRANSPORT",
        at="delivery.transport_mode",
        delivery__transport_mode=None,
    ),
    case(
        "LineDeliveryCheck.GTIP",
        EXPORT,
        "INV.EXPORT_GTIP",
        at="lines[0].delivery.customs_id",
        lines0__delivery__customs_id=None,
    ),
    case("DeliveryCodeCheck.TERMS", EXPORT, "INV.INCOTERMS", at="delivery.incoterms", delivery__incoterms="DAT"),
    case(
        "DeliveryCodeCheck.PACKAGE",
        EXPORT,
        "INV.PACKAGE",
        at="lines[0].delivery.packages",
        lines0__delivery__packages=[{"type_code": "KUTU"}],
    ),
    case(
        "DeliveryCodeCheck.MODE", EXPORT, "INV.TRANSPORT", at="delivery.transport_mode", delivery__transport_mode="99"
    ),
    case(
        "PriceAmountCheck",
        EXPORT,
        "DOC.PRICE",
        (">100.10</cbc:PriceAmount>", "></cbc:PriceAmount>"),
        at="lines[0].unit_price",
    ),
    case(
        "PackageCheck",
        EXPORT,
        "INV.LINE_QUANTITY",
        (">15</cbc:InvoicedQuantity>", "></cbc:InvoicedQuantity>"),
        at="lines[0].quantity",
    ),
    case(
        "TaxFreeNationalityIDCheck", TRAVELLER, "INV.TRAVELLER_NATION", at="buyer.nationality", buyer__nationality=None
    ),
    case("PassportIDCheck", TRAVELLER, "INV.TRAVELLER_PASSPORT", at="buyer.passport_no", buyer__passport_no=None),
    case(
        "TaxRepresentativePartyCheck",
        TRAVELLER,
        "INV.AGENT",
        at="tax_representative.number",
        tax_representative__number=None,
    ),
    case("HKSInvioceCheck", "HKS/SATIS", "INV.HKS_TAG", at="lines[0].item_ids", lines0__item_ids=None),
    case("IlacTibbiCihazInvoiceTypeCodeCheck", "ILAC_TIBBICIHAZ/OZELMATRAH", "INV.PROFILE_TYPE", at="type"),
    case(
        "IlacTibbiCihazAdditionalItemIdentificationCheck",
        "ILAC_TIBBICIHAZ/SATIS",
        "INV.MEDICAL_ID",
        at="lines[0].item_ids",
        lines0__item_ids=None,
    ),
    case(
        "TeknolojiDestekAdditionalItemIdentificationCheck",
        SUPPORT,
        "INV.TECH_ID",
        at="lines[0].item_ids",
        lines0__item_ids=None,
    ),
    case(
        "IhracKayitliPartyIdentificationIDTypeCheck",
        "TEMELFATURA/IHRACKAYITLI",
        "DOC.CUSTOMS_SCHEME",
        ("SATICIDIBSATIRKOD", "SATICIKOD"),
        at="lines[0].delivery",
    ),
    case("YatirimTesvikInvoiceTypeCodeCheck", "YATIRIMTESVIK/SGK", "INV.PROFILE_TYPE", at="type"),
    case(
        "YatirimTesvikCommodityClassificationCheck",
        INCENTIVE,
        "INV.EXPENSE_KIND",
        at="lines[1].classification",
        lines1__classification=None,
        also="YatirimTesvikItemClassificationCodeCheck",
    ),
    case(
        "YatirimTesvikItemClassificationCodeCheck",
        INCENTIVE,
        "INV.EXPENSE_KIND",
        at="lines[1].classification",
        lines1__classification="07",
    ),
    case("YatirimTesvikItemInstanceCheck", INCENTIVE, "INV.MACHINE", at="lines[0].trace_id", lines0__trace_id=None),
    case(
        "YatirimTesvikKDVCheck",
        INCENTIVE,
        "INV.INCENTIVE_VAT",
        at="lines[1].vat_rate",
        lines1__vat_rate="0",
        lines1__exemption={"code": "351"},
        also="YatirimTesvikLineKDVCheck",
    ),
    case(
        "YatirimTesvikLineKDVCheck",
        INCENTIVE,
        "INV.INCENTIVE_VAT",
        at="lines[1].vat_rate",
        lines1__vat_rate="0",
        lines1__exemption={"code": "351"},
        also="YatirimTesvikKDVCheck",
    ),
    case(
        "YatirimTesvikItemClassificationCodeIstisnaCheck",
        EXEMPT_INCENTIVE,
        "INV.INCENTIVE_KIND",
        at="lines[1].classification",
        lines1__classification="03",
    ),
    case(
        "YatirimTesvikItemClassificationCodeIstisnaCalculationSequenceNumericCheck",
        EXEMPT_INCENTIVE,
        "INV.INCENTIVE_SHOWN",
        at="lines[1].vat_shown_only",
        lines1__vat_shown_only=None,
    ),
    case(
        "YatirimTesvikTaxExemptionReasonCode308Check",
        EXEMPT_INCENTIVE,
        "INV.INCENTIVE_CODE",
        at="lines[0].exemption.code",
        lines0__exemption={"code": "350"},
    ),
    case(
        "YatirimTesvikTaxExemptionReasonCode339Check",
        EXEMPT_INCENTIVE,
        "INV.INCENTIVE_CODE",
        at="lines[1].exemption.code",
        lines1__exemption={"code": "350"},
    ),
    case("IdisInvoiceTypeCodeCheck", "IDIS/SGK", "INV.PROFILE_TYPE", at="type"),
    case("IdisSevkiyatNoCheck", SHIPPED, "INV.IDIS_SHIPMENT", at="shipment_no", shipment_no=None),
    case("IdisEtiketNoCheck", SHIPPED, "INV.IDIS_TAG", at="lines[0].item_ids", lines0__item_ids=None),
)
DESPATCH = (
    case("ProfileIDTypeDespatchAdvice", NOTE, "DSP.PROFILE", at="profile", profile="TEMELFATURA"),
    case("DespatchAdviceTypeCodeCheck.CODE", NOTE, "DSP.TYPE", at="type", type="SATIS"),
    case("DespatchAdviceTypeCodeCheck.PAPER", "TEMELIRSALIYE/MATBUDAN", "DSP.PAPER", at="paper", paper=None),
    case("DespatchDateCheck", NOTE, "DSP.DESPATCH_DAY", at="shipment.despatch_day", shipment__despatch_day=None),
    case("DespatchTimeCheck", NOTE, "DSP.DESPATCH_TIME", at="shipment.despatch_time", shipment__despatch_time=None),
    case(
        "DespatchAddressCheck.DISTRICT",
        NOTE,
        "DSP.ADDRESS",
        at="shipment.address.district",
        shipment__address__district=None,
    ),
    case("DespatchAddressCheck.CITY", NOTE, "DSP.ADDRESS", at="shipment.address.city", shipment__address__city=None),
    case("DespatchAddressCheck.COUNTRY", NOTE, "DSP.ADDRESS", (">Türkiye<", "><"), at="shipment.address.country"),
    case(
        "DespatchAddressCheck.POSTCODE",
        NOTE,
        "DSP.POSTAL_CODE",
        at="shipment.address.postal_code",
        shipment__address__postal_code="99100",
    ),
    case(
        "DespatchCarrierDriverCheck.MISSING",
        NOTE,
        "DSP.CARRIER",
        at="shipment.drivers",
        shipment__drivers=None,
        shipment__carrier=None,
    ),
    case(
        "DespatchCarrierDriverCheck.DRIVER", NOTE, "DSP.DRIVER", at="shipment.drivers", shipment__drivers0__surname=None
    ),
    case("DeliveredQuantityCheck", NOTE, "DOC.QUANTITY", (' unitCode="KGM"', ""), at="lines[1].quantity"),
    case("ItemNameCheck", NOTE, "DSP.LINE_NAME", at="lines[1].name", lines1__name=" "),
    case(
        "DespatchLineIdCheck",
        NOTE,
        "DOC.LINE_ID",
        ("<cac:DespatchLine>\n    <cbc:ID>2<", "<cac:DespatchLine>\n    <cbc:ID>b<"),
        at="lines[1]",
    ),
    case(
        "LicensePlateIDSchemeIDCheck", NOTE, "DOC.PLATE", ('schemeID="PLAKA"', 'schemeID="ARAC"'), at="shipment.plate"
    ),
    case(
        "DespatchAdviceHKSKunyeCheck", "HKSIRSALIYE/SEVK", "DSP.HKS_TAG", at="lines[1].item_ids", lines1__item_ids=None
    ),
    case("DespatchIdisSevkiyatNoCheck", "IDISIRSALIYE/SEVK", "DSP.IDIS_SHIPMENT", at="shipment_no", shipment_no=None),
    case(
        "DespatchIdisEtiketNoCheck", "IDISIRSALIYE/SEVK", "DSP.IDIS_TAG", at="lines[1].item_ids", lines1__item_ids=None
    ),
    case("ReceiptAdviceTypeCodeCheck", "receipt", "RCP.TYPE", ("TypeCode>SEVK<", "TypeCode>IADE<"), at="type"),
    case("ReceiptAdviceIDCheck", "receipt", "RCP.NUMBER", ("<cbc:ID>YNT", "<cbc:ID>YN"), at="number"),
)
ANSWER = (
    case("ApplicationResponseProfileIDCheck", "answer", "DOC.RESPONSE_PROFILE", (">TICARIFATURA<", ">TEMELFATURA<")),
    case("ResponseCodeCheck", "answer", "DOC.RESPONSE_CODE", (">KABUL<", ">OLUR<")),
    case(
        "DocumentResponseCountCheck",
        "answer",
        "DOC.RESPONSES",
        ("</cac:DocumentResponse>", "</cac:DocumentResponse>TWICE"),
    ),
    case("ARSignatureCheck", "answer", "DOC.RESPONSE_SIGNER", ("cac:Signature>", "cac:Nobody>")),
    case(
        "PostBoxResponseCodeCheck",
        ANSWERS,
        "ENV.RESPONSE_CODE",
        (">KABUL<", ">S_APR<"),
        also="ApplicationResponseProfileIDCheck DocumentResponseCheck",
    ),
    case("ARPartyIdentificationGTBCheck", "answer/IHRACAT", "DOC.CUSTOMS", ("GTB_GCB_TESCILNO", "GTB_REFNO")),
)
SEAL = (
    case(
        "XadesSignatureCheck", "sealed:answer", "DOC.SEAL", ("xades:SigningCertificate>", "xades:SigningCertificateV2>")
    ),
    case(
        "XadesSignatureCheckForInvoice",
        SEALED,
        "DOC.SEAL",
        ("xades:SigningCertificate>", "xades:SigningCertificateV2>"),
    ),
    case("X509DataCheck", SEALED, "DOC.SEAL_CERTIFICATE", ("ds:X509Certificate>", "ds:X509Other>")),
    case(
        "X509SubjectNameCheck",
        SEALED,
        "DOC.SEAL_SUBJECT",
        ("<ds:X509Certificate>", "<ds:X509SubjectName> </ds:X509SubjectName><ds:X509Certificate>"),
    ),
    case(
        "SignatureMethodCheck",
        SEALED,
        "DOC.SEAL_METHOD",
        ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
    ),
    case(
        "TransformCountCheck",
        SEALED,
        "DOC.SEAL_TRANSFORMS",
        ("</ds:Transforms>", '<ds:Transform Algorithm="urn:x"/></ds:Transforms>'),
    ),
)
OTHERS = (*SCENARIOS, *DESPATCH, *ANSWER, *SEAL)

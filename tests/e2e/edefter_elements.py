"""Every XBRL element that GİB's guides name, document by document."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def names(text: str) -> list[str]:
    return text.split()


#: Every element that the guides name for the heads of all documents (Genel Açıklamalar), in their order.
HEAD_ELEMENTS = names("""
    gl-cor:entriesType gl-cor:uniqueID gl-cor:language gl-cor:creationDate gl-bus:creator gl-cor:entriesComment
    gl-cor:periodCoveredStart gl-cor:periodCoveredEnd gl-bus:sourceApplication gl-muc:defaultCurrency
    gl-bus:entityPhoneNumber gl-bus:phoneNumberDescription gl-bus:phoneNumber gl-bus:entityFaxNumberStructure
    gl-bus:entityFaxNumber gl-bus:entityEmailAddressStructure gl-bus:entityEmailAddress gl-bus:organizationIdentifiers
    gl-bus:organizationIdentifier gl-bus:organizationDescription gl-bus:organizationAddress
    gl-bus:organizationBuildingNumber gl-bus:organizationAddressStreet gl-bus:organizationAddressStreet2
    gl-bus:organizationAddressCity gl-bus:organizationAddressZipOrPostalCode gl-bus:organizationAddressCountry
    gl-bus:entityWebSite gl-bus:webSiteURL gl-bus:businessDescription gl-bus:fiscalYearStart gl-bus:fiscalYearEnd
    gl-bus:accountantInformation gl-bus:accountantName gl-bus:accountantAddress gl-bus:accountantBuildingNumber
    gl-bus:accountantStreet gl-bus:accountantAddressStreet2 gl-bus:accountantCity gl-bus:accountantCountry
    gl-bus:accountantZipOrPostalCode gl-bus:accountantEngagementTypeDescription gl-bus:accountantContactInformation
    gl-bus:accountantContactPhone gl-bus:accountantContactPhoneNumberDescription gl-bus:accountantContactPhoneNumber
    gl-bus:accountantContactFax gl-bus:accountantContactFaxNumber gl-bus:accountantContactEmail
    gl-bus:accountantContactEmailAddress
""")
#: Of a line in both ledgers (Yevmiye Defteri Kılavuzu, entryDetail), in their order.
CURRENCY_ELEMENTS = names("""
    gl-muc:amountCurrency gl-muc:amountOriginalExchangeRateDate gl-muc:amountOriginalAmount
    gl-muc:amountOriginalCurrency gl-muc:amountOriginalExchangeRate gl-muc:amountOriginalExchangeRateSource
    gl-muc:amountOriginalExchangeRateComment
""")
LINE_ELEMENTS = [
    *names("""gl-cor:lineNumber gl-cor:lineNumberCounter gl-cor:account gl-cor:accountMainID
    gl-cor:accountMainDescription gl-cor:accountSub gl-cor:accountSubDescription gl-cor:accountSubID gl-cor:amount"""),
    *CURRENCY_ELEMENTS,
    *names("""gl-cor:debitCreditCode gl-cor:postingDate gl-cor:documentType gl-cor:documentTypeDescription
    gl-cor:documentNumber gl-cor:documentReference gl-cor:documentDate gl-bus:paymentMethod gl-cor:detailComment
    gl-bus:measurable gl-bus:measurableCode gl-bus:measurableCodeDescription gl-bus:measurableQuantity
    gl-bus:measurableQualifier gl-bus:measurableUnitOfMeasure gl-bus:measurableCostPerUnit"""),
]
BATCH = ["gl-bus:batchID", "gl-bus:batchDescription"]
JOURNAL_ELEMENTS = [
    *names("gl-cor:entryHeader gl-cor:enteredBy gl-cor:enteredDate gl-cor:entryNumber gl-cor:entryComment"),
    *BATCH,
    *names("gl-bus:totalDebit gl-bus:totalCredit gl-cor:entryNumberCounter gl-cor:entryDetail"),
    *LINE_ELEMENTS,
]
LEDGER_ELEMENTS = [
    "gl-cor:entryHeader", *BATCH, "gl-bus:totalDebit", "gl-bus:totalCredit", "gl-cor:entryDetail", *LINE_ELEMENTS
]  # fmt: skip
BERAT_ELEMENTS = names("""
    xbrli:segment gl-cor:uniqueID gl-bus:measurableQuantity gl-cor:qualifierEntry gl-cor:lineNumber
    gl-cor:accountMainID gl-cor:accountMainDescription gl-cor:amount gl-cor:debitCreditCode gl-cor:xbrlInfo
    gl-cor:xbrlInclude
""")
INVENTORY_ELEMENTS = [
    *names("gl-cor:entryHeader gl-cor:enteredBy gl-cor:enteredDate gl-cor:entryNumber gl-cor:entryComment"),
    *BATCH,
    *names("""gl-cor:entryNumberCounter gl-cor:entryDetail gl-cor:lineNumber gl-cor:lineNumberCounter gl-cor:account
    gl-cor:accountMainID gl-cor:accountMainDescription gl-cor:accountSub gl-cor:accountSubDescription
    gl-cor:accountSubID gl-cor:amount"""),
    *CURRENCY_ELEMENTS,
    *names("""gl-cor:detailComment gl-bus:measurable gl-bus:measurableID gl-bus:measurableDescription
    gl-bus:measurableQuantity gl-bus:measurableUnitOfMeasure"""),
]


def ensure_elements(path: Path, wanted: Sequence[str]) -> None:
    text = path.read_text("utf-8")
    assert [name for name in wanted if f"<{name} " not in text and f"<{name}>" not in text] == [], path.name

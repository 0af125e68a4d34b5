"""XML names of UBL-TR documents, in one place."""

from __future__ import annotations

from typing import Final

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"

INVOICE: Final = _UBL + "Invoice-2"
CREDIT_NOTE: Final = _UBL + "CreditNote-2"
DESPATCH_ADVICE: Final = _UBL + "DespatchAdvice-2"
RECEIPT_ADVICE: Final = _UBL + "ReceiptAdvice-2"
APPLICATION_RESPONSE: Final = _UBL + "ApplicationResponse-2"
#: Freelance receipts as Nilvera and NES write them; GİB knows neither.
VOUCHER: Final = _UBL + "Voucher-2"
FREELANCER_VOUCHER: Final = _UBL + "FreelancerVoucher-2"
CAC: Final = _UBL + "CommonAggregateComponents-2"
CBC: Final = _UBL + "CommonBasicComponents-2"
EXT: Final = _UBL + "CommonExtensionComponents-2"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
XSL: Final = "http://www.w3.org/1999/XSL/Transform"
#: The envelope ("zarf") and the GİB package inside it.
SBDH: Final = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
PACKAGE: Final = "http://www.efatura.gov.tr/package-namespace"

#: Prefixes for XPath and for reading by hand.
NSMAP: Final[dict[str, str]] = {
    "cac": CAC,
    "cbc": CBC,
    "ext": EXT,
    "ds": DS,
    "xades": XADES,
    "sh": SBDH,
    "ef": PACKAGE,
}

UBL_VERSION: Final = "2.1"
#: The Schematron accepts TR1.2 and TR1.2.1.
CUSTOMIZATION: Final = "TR1.2.1"


def cac(name: str) -> str:
    """`{namespace}name` of an aggregate component."""
    return f"{{{CAC}}}{name}"


def cbc(name: str) -> str:
    """`{namespace}name` of a basic component."""
    return f"{{{CBC}}}{name}"


def ext(name: str) -> str:
    """`{namespace}name` of an extension component."""
    return f"{{{EXT}}}{name}"

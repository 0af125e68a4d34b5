"""The SignatureTimeStamp of a XAdES signature (XAdES-T), read and judged. Source: ETSI TS 101 903 v1.3.2, 7.3."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from cryptography import x509
from lxml import etree

from app.signing.canonical import DEFAULT_METHOD, METHODS, canonical_element
from app.signing.report import TimeStampReport
from app.signing.stamp_checks import judge_token
from app.ubl.namespaces import DS

_NS = {"ds": DS}
_XADES = "http://uri.etsi.org/01903/"


def read_time_stamp(signature: etree._Element, anchors: Sequence[x509.Certificate]) -> TimeStampReport | None:
    """The first time stamp over this signature's own value; None when there is none."""
    stamp = _find(signature)
    if stamp is None:
        return None
    value = signature.find("ds:SignatureValue", _NS)
    tokens = [child for child in stamp if _local(child) == "EncapsulatedTimeStamp"]
    if value is None or not tokens or any(_local(child) in ("Include", "HashDataInfo") for child in stamp):
        return _unknown("Zaman damgasının neyi kapsadığı anlaşılamadı.")
    method = stamp.find("ds:CanonicalizationMethod", _NS)
    algorithm = method.get("Algorithm", "") if method is not None else ""
    if algorithm and algorithm not in METHODS:
        return _unknown(f"Zaman damgasının kurallı biçimi (C14N) desteklenmiyor: {algorithm[:80]}")
    try:
        token = base64.b64decode("".join((tokens[0].text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        token = b""
    return judge_token(token, canonical_element(value, METHODS.get(algorithm, DEFAULT_METHOD)), anchors=anchors)


def _find(signature: etree._Element) -> etree._Element | None:
    """Not those of a counter signature inside: each signature is asked for its own."""
    for unsigned in signature.iterfind("ds:Object/*/*", _NS):
        if _local(unsigned) != "UnsignedProperties":
            continue
        for properties in unsigned:
            for candidate in properties:
                if _local(candidate) == "SignatureTimeStamp":
                    return candidate
    return None


def _local(element: etree._Element) -> str:
    if not isinstance(element.tag, str):
        return ""
    name = etree.QName(element)
    return name.localname if (name.namespace or "").startswith(_XADES) else ""


def _unknown(why: str) -> TimeStampReport:
    return TimeStampReport(valid=None, time=None, authority="", policy="", trusted=None, reasons=(why,))

"""GİB's part in the demo: a berat comes back with a counter seal, which is a TEST seal under GİB's own number.

Source: Berat Kılavuzu (counter signature inside the main seal's unsigned properties, over its SignatureValue).
"""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import Final

from app.domain.protocols import Sealer
from app.signing.canonical import C14N_10, RSA_SHA256, SHA256, SIGNED_PROPERTIES_TYPE, canonical_element
from app.ubl.namespaces import DS, XADES
from app.ubl.xmlsafe import parse

_END: Final = "</xades:QualifyingProperties>"
_EMPTY: Final = base64.b64encode(b"\0").decode()


def approved(raw: bytes, sealer: Sealer, *, at: datetime) -> bytes:
    """The berat as GİB gives it back. `sealer` bears GİB's number, `at` is the moment of approval (aware)."""
    values = [one for one in parse(raw).iter(f"{{{DS}}}SignatureValue") if one.get("Id")]
    ours = values[-1]
    text = raw.decode("utf-8")

    def placed(of_value: str, of_properties: str, value: str) -> bytes:
        seal = _counter_seal(str(ours.get("Id")), of_value, of_properties, value, sealer, at)
        return text.replace(_END, _unsigned(seal) + _END).encode("utf-8")

    # Inclusive C14N takes the namespaces around an element into its digest: each is digested where it will stand.
    of_value = _b64(hashlib.sha256(canonical_element(ours)).digest())
    of_properties = _b64(_digest_of(placed(_EMPTY, _EMPTY, _EMPTY), f"{{{XADES}}}SignedProperties"))
    of_info = _digest_of(placed(of_value, of_properties, _EMPTY), f"{{{DS}}}SignedInfo")
    return placed(of_value, of_properties, _b64(sealer.sign([of_info])[0]))


def _digest_of(document: bytes, tag: str) -> bytes:
    """The digest of the counter seal's own element: it stands after ours."""
    return hashlib.sha256(canonical_element(list(parse(document).iter(tag))[-1])).digest()


def _unsigned(seal: str) -> str:
    return (
        f'<xades:UnsignedProperties xmlns:xades="{XADES}"><xades:UnsignedSignatureProperties><xades:CounterSignature>'
        f"{seal}</xades:CounterSignature></xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
    )


def _counter_seal(target: str, of_value: str, of_properties: str, value: str, sealer: Sealer, at: datetime) -> str:
    method = f'<ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod>'
    certificate = sealer.certificate
    own = _b64(hashlib.sha256(certificate.der).digest())
    return (
        f'<ds:Signature xmlns:ds="{DS}" Id="Signature_GIB"><ds:SignedInfo>'
        f'<ds:CanonicalizationMethod Algorithm="{C14N_10}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{RSA_SHA256}"></ds:SignatureMethod>'
        f'<ds:Reference URI="#{target}"><ds:Transforms><ds:Transform Algorithm="{C14N_10}"></ds:Transform>'
        f"</ds:Transforms>{method}<ds:DigestValue>{of_value}</ds:DigestValue></ds:Reference>"
        f'<ds:Reference Type="{SIGNED_PROPERTIES_TYPE}" URI="#SignedProperties_GIB">{method}'
        f"<ds:DigestValue>{of_properties}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
        f'<ds:SignatureValue Id="SignatureValue_GIB">{value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>'
        f"<ds:X509Certificate>{_b64(certificate.der)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo><ds:Object>"
        f'<xades:QualifyingProperties xmlns:xades="{XADES}" Target="#Signature_GIB">'
        '<xades:SignedProperties Id="SignedProperties_GIB"><xades:SignedSignatureProperties>'
        f"<xades:SigningTime>{at.isoformat(timespec='seconds')}</xades:SigningTime>"
        f"<xades:SigningCertificate><xades:Cert><xades:CertDigest>{method}<ds:DigestValue>{own}</ds:DigestValue>"
        f"</xades:CertDigest><xades:IssuerSerial><ds:X509IssuerName>{certificate.issuer}</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{int(certificate.serial_hex, 16)}</ds:X509SerialNumber></xades:IssuerSerial>"
        "</xades:Cert></xades:SigningCertificate></xades:SignedSignatureProperties></xades:SignedProperties>"
        "</xades:QualifyingProperties></ds:Object></ds:Signature>"
    )


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")

"""The child's side of `demo_token`: writes a key and certificates to a SoftHSM2 token."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography import x509
from pkcs11 import Attribute, CertificateType, KeyType, ObjectClass

from app.signing.pkcs11_door import load_library, translated

_KEY_ID = b"\x01"
_PARTS = {
    "n": Attribute.MODULUS,
    "e": Attribute.PUBLIC_EXPONENT,
    "d": Attribute.PRIVATE_EXPONENT,
    "p": Attribute.PRIME_1,
    "q": Attribute.PRIME_2,
    "dp": Attribute.EXPONENT_1,
    "dq": Attribute.EXPONENT_2,
    "qi": Attribute.COEFFICIENT,
}


def store(module: str, config: str, label: str, pin: str, parts: dict[str, bytes], certificates: list[bytes]) -> None:
    """Create the private key (not extractable) and the certificates, all under one CKA_ID."""
    os.environ["SOFTHSM2_CONF"] = config
    library = load_library(Path(module))
    with (
        translated("Deneme tokenine yazılamadı."),
        library.get_token(token_label=label).open(rw=True, user_pin=pin) as session,
    ):
        session.create_object(
            {
                Attribute.CLASS: ObjectClass.PRIVATE_KEY,
                Attribute.KEY_TYPE: KeyType.RSA,
                Attribute.TOKEN: True,
                Attribute.PRIVATE: True,
                Attribute.SENSITIVE: True,
                Attribute.EXTRACTABLE: False,
                Attribute.SIGN: True,
                Attribute.ID: _KEY_ID,
                Attribute.LABEL: "TEST",
                **{_PARTS[name]: value for name, value in parts.items()},
            }
        )
        for der in certificates:
            certificate = x509.load_der_x509_certificate(der)
            session.create_object(
                {
                    Attribute.CLASS: ObjectClass.CERTIFICATE,
                    Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
                    Attribute.TOKEN: True,
                    Attribute.PRIVATE: False,
                    Attribute.ID: _KEY_ID,
                    Attribute.LABEL: "TEST",
                    Attribute.SUBJECT: certificate.subject.public_bytes(),
                    Attribute.ISSUER: certificate.issuer.public_bytes(),
                    Attribute.VALUE: der,
                }
            )

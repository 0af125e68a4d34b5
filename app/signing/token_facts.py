"""What a token shows of itself without a PIN, as plain values that also travel between processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.domain.errors import InputError
from app.domain.protocols import CertificateInfo
from app.signing.certificates import describe_certificate, is_authority, load_certificate


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCertificate:
    """A certificate on a token. `key_id` is CKA_ID in hex; `is_authority` marks the issuer's own certificates."""

    info: CertificateInfo
    label: str
    key_id: str
    is_authority: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFacts:
    """One token in one reader. The `pin_*` marks are the token's own flags; some drivers never set them.

    `can_sign` is whether it offers CKM_RSA_PKCS; `unreadable` counts certificates that could not be parsed.
    """

    module: str
    slot_id: int
    reader: str
    label: str
    serial: str
    model: str
    manufacturer: str
    initialized: bool
    pin_pad: bool
    pin_set: bool
    pin_low: bool
    pin_final_try: bool
    pin_locked: bool
    pin_must_change: bool
    can_sign: bool
    certificates: tuple[TokenCertificate, ...] = ()
    unreadable: int = 0

    @property
    def title(self) -> str:
        """`SoftHSM project / demo (PKCS#11)`."""
        maker = self.manufacturer or self.model
        return f"{maker} / {self.label} (PKCS#11)" if maker else f"{self.label} (PKCS#11)"

    @property
    def identity(self) -> str:
        """The same for the same piece of hardware."""
        return "|".join((self.manufacturer, self.model, self.serial, self.label))

    @property
    def own_certificates(self) -> tuple[TokenCertificate, ...]:
        """Those that can belong to a key: not the issuers'."""
        return tuple(c for c in self.certificates if not c.is_authority)

    def to_plain(self) -> dict[str, Any]:
        """For the pipe between processes."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        plain["certificates"] = [{"der": c.info.der, "label": c.label, "key_id": c.key_id} for c in self.certificates]
        return plain

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> TokenFacts:
        """The inverse of `to_plain`."""
        values = {name: plain[name] for name in _PLAIN}
        found = [(c["der"], c["label"], c["key_id"]) for c in plain["certificates"]]
        certificates, unreadable = describe_all(found)
        return cls(**{**values, "certificates": certificates, "unreadable": values["unreadable"] + unreadable})


_PLAIN = (
    "module",
    "slot_id",
    "reader",
    "label",
    "serial",
    "model",
    "manufacturer",
    "initialized",
    "pin_pad",
    "pin_set",
    "pin_low",
    "pin_final_try",
    "pin_locked",
    "pin_must_change",
    "can_sign",
    "unreadable",
)


def describe_all(found: list[tuple[bytes, str, str]]) -> tuple[tuple[TokenCertificate, ...], int]:
    """Parse (DER, label, key id in hex); a certificate that cannot be read is counted, not raised."""
    certificates, unreadable = [], 0
    for der, label, key_id in found:
        try:
            info = describe_certificate(der)
            authority = is_authority(load_certificate(der))
        except InputError:
            unreadable += 1
            continue
        certificates.append(TokenCertificate(info=info, label=label, key_id=key_id, is_authority=authority))
    return tuple(certificates), unreadable

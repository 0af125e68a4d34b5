"""Choosing the one token and the one certificate that are meant, or saying which were found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import SealError
from app.domain.taxnumber import TaxNumber
from app.domain.turkish import format_date
from app.signing.token_facts import TokenCertificate, TokenFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which token and certificate are meant; empty fields do not narrow.

    `label` and `serial` are the token's; `certificate_serial` is hex, for tokens with several certificates of one
    owner. `at` (aware) leaves out certificates that are not in force then, when others remain.
    """

    label: str = ""
    serial: str = ""
    owner: TaxNumber | None = None
    certificate_serial: str = ""
    at: datetime | None = None


def choose_token(tokens: Sequence[TokenFacts], wanted: Wanted) -> TokenFacts:
    """Return the one token that fits. Raises: SealError (TOKEN.NOT_FOUND, TOKEN.AMBIGUOUS, SEAL.FOREIGN_CERT)."""
    ready = [t for t in tokens if t.initialized]
    fitting = [t for t in ready if wanted.label in ("", t.label) and wanted.serial in ("", t.serial)]
    if not fitting:
        raise SealError(
            "TOKEN.NOT_FOUND",
            "Mühür tokeni bulunamadı.",
            why=f"Takılı tokenler: {_list(ready)}." if ready else "Takılı token yok.",
            todo="Mali mührü takın; takılıysa okuyucusunu ve sürücüsünü denetleyin.",
        )
    if wanted.owner is not None:
        owned = [t for t in fitting if _fitting(t.own_certificates, wanted)]
        # Some tokens show their certificates only after the login; such a one may still be the right one.
        closed = [t for t in fitting if not t.own_certificates]
        if not owned and not closed:
            raise _foreign([c for t in fitting for c in t.own_certificates], wanted)
        fitting = owned or closed
    if len(fitting) > 1:
        raise SealError(
            "TOKEN.AMBIGUOUS",
            "Hangi tokenle mühürleneceği belli değil.",
            why=f"Uygun birden çok token var: {_list(fitting)}.",
            todo="Tokeni etiketiyle (--token) seçin ya da ötekini çıkarın.",
        )
    return fitting[0]


def choose_certificate(certificates: Sequence[TokenCertificate], wanted: Wanted) -> TokenCertificate:
    """Return the one certificate that fits.

    Raises: SealError (TOKEN.NO_CERTIFICATE, SEAL.FOREIGN_CERT, TOKEN.MANY_CERTIFICATES).
    """
    own = [c for c in certificates if not c.is_authority]
    if not own:
        raise SealError(
            "TOKEN.NO_CERTIFICATE",
            "Tokende mühür sertifikası yok.",
            why="Anahtarıyla birlikte bir sertifika bulunamadı.",
            todo="Doğru tokenin takılı olduğunu denetleyin; sertifika yüklenmemişse Kamu SM'ye başvurun.",
        )
    fitting = _fitting(own, wanted)
    if not fitting:
        raise _foreign(own, wanted)
    if wanted.at is not None and len(fitting) > 1:
        at = wanted.at
        fitting = [c for c in fitting if c.info.not_before <= at <= c.info.not_after] or fitting
    if len(fitting) > 1:
        raise SealError(
            "TOKEN.MANY_CERTIFICATES",
            "Hangi sertifikayla mühürleneceği belli değil.",
            why=f"Tokende {len(fitting)} uygun sertifika var: {'; '.join(_describe(c) for c in fitting)}.",
            todo="Kullanılacak sertifikayı seri numarasıyla seçin.",
        )
    return fitting[0]


def _fitting(certificates: Sequence[TokenCertificate], wanted: Wanted) -> list[TokenCertificate]:
    serial = wanted.certificate_serial.upper().lstrip("0")
    return [
        c
        for c in certificates
        if (wanted.owner is None or c.info.owner == wanted.owner) and serial in ("", c.info.serial_hex.lstrip("0"))
    ]


def _foreign(found: Sequence[TokenCertificate], wanted: Wanted) -> SealError:
    if wanted.owner is None:
        return SealError(
            "TOKEN.NO_CERTIFICATE",
            "İstenen sertifika tokende yok.",
            why=f"Bulunanlar: {'; '.join(_describe(c) for c in found)}.",
            todo="Sertifika seri numarasını denetleyin.",
        )
    return SealError(
        "SEAL.FOREIGN_CERT",
        "Takılı mühür bu firmanın değil.",
        why=f"{wanted.owner} numaralı mükellefin sertifikası aranıyor; bulunanlar: "
        f"{'; '.join(_describe(c) for c in found)}.",
        todo="Firmanın kendi mali mührünü takın.",
    )


def _describe(certificate: TokenCertificate) -> str:
    info = certificate.info
    return (
        f"{info.owner or 'numarasız'} {info.owner_name} (seri {info.serial_hex}, {format_date(info.not_after.date())})"
    )


def _list(tokens: Sequence[TokenFacts]) -> str:
    return ", ".join(f"{t.label} (seri {t.serial})" for t in tokens)

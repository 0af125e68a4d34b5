"""What the upper rooms need from the lower ones, by shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.domain.taxnumber import TaxNumber


class Clock(Protocol):
    """Where now comes from. `now` is aware (UTC)."""

    def now(self) -> datetime: ...

    def today(self) -> date:
        """The Istanbul calendar day."""
        ...


class Progress(Protocol):
    """Handed to a job. Any thread."""

    def report(self, done: int, total: int, what: str) -> None:
        """Overwrite the progress; cheap, call it per item."""
        ...

    def checkpoint(self) -> None:
        """Raise JobCancelled if the user asked to stop. Call it between items, never inside a send or a seal."""
        ...


class NoProgress:
    """A Progress that shows nothing and is never cancelled."""

    def report(self, done: int, total: int, what: str) -> None:
        return None

    def checkpoint(self) -> None:
        return None


class SecretStore(Protocol):
    """Login data, kept in the OS keyring or in the vault file. Never in the database or a log."""

    def get(self, name: str) -> str | None: ...

    def set(self, name: str, value: str) -> None: ...

    def delete(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class CertificateInfo:
    """What matters of a sealing certificate. `der` is the whole certificate; times are aware."""

    der: bytes
    subject: str
    issuer: str
    serial_hex: str
    owner: TaxNumber | None
    owner_name: str
    not_before: datetime
    not_after: datetime
    is_test: bool


class Sealer(Protocol):
    """Something that signs on behalf of one certificate holder. Token thread only for PKCS#11 ones.

    `sign` takes SHA-256 digests (32 bytes each) and returns RSASSA-PKCS1-v1_5 signatures, in order. It raises
    SealError and then nothing of the batch counts.
    """

    @property
    def certificate(self) -> CertificateInfo: ...

    @property
    def is_test(self) -> bool:
        """True for the software TEST seal: never allowed on a live endpoint."""
        ...

    @property
    def title(self) -> str:
        """For the report and the history, e.g. `SoftHSM2 / demo (PKCS#11)`."""
        ...

    def sign(self, digests: Sequence[bytes]) -> list[bytes]: ...


class TimeStamper(Protocol):
    """A time stamp authority (zaman damgası): says that some bytes existed at a time. Any thread; asks the network.

    `stamp` gives the DER token (RFC 3161) over `data`, already checked. It raises SealError or ConfigError (TSA.*).
    """

    @property
    def title(self) -> str:
        """For the report, e.g. `zd.kamusm.gov.tr`."""
        ...

    def stamp(self, data: bytes) -> bytes: ...

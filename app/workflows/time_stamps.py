"""The office's time stamp authority: its settings, its password, and the stamper that a build asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from app.domain.books import BookKind
from app.domain.errors import ConfigError, InputError
from app.domain.ledger_terms import StampedFiles
from app.domain.party import Company
from app.domain.protocols import SecretStore, TimeStamper
from app.runtime.settings import TSA_FILES, TSA_LOGIN, TSA_POLICY, TSA_ROOTS, TSA_URL, TSA_USER, Settings
from app.signing.chain import load_anchors
from app.signing.report import TimeStampReport
from app.signing.stamp_checks import judge_token
from app.signing.timestamp import Rfc3161Stamper

_TRIAL = b"Muhurdar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamping:
    """Who stamps, and which files."""

    stamper: TimeStamper
    files: StampedFiles

    def stamper_for(self, kind: BookKind) -> TimeStamper | None:
        """The stamper of a file of this kind; None for one that gets no stamp."""
        is_wanted = self.files is StampedFiles.ALL or (self.files is StampedFiles.BERATS and kind.is_berat)
        return self.stamper if is_wanted else None


def secret_name(url: str, user: str) -> str:
    """Under which name the secret store holds the password."""
    return f"tsa:{urlsplit(url.strip()).hostname or ''}:{user}"


def wanted_files(settings: Settings, company: Company) -> StampedFiles:
    """Which ledgers of the company are stamped: its card's word, else the office's."""
    said = company.ledger.time_stamp
    return StampedFiles(settings.get(TSA_FILES)) if said is StampedFiles.OFFICE else said


def stamping_of(
    settings: Settings,
    secrets: Callable[[], SecretStore],
    company: Company,
    *,
    files: StampedFiles = StampedFiles.OFFICE,
) -> Stamping | None:
    """How a build of the company stamps; None when it does not. `files` is this build's own word.

    `secrets` opens the store: a build that stamps nothing, or needs no password, leaves it shut. No network here.
    Raises: ConfigError (TSA.NOT_SET, TSA.PASSWORD, TSA.*), InputError.
    """
    chosen = wanted_files(settings, company) if files is StampedFiles.OFFICE else files
    if chosen is StampedFiles.NEVER:
        return None
    return Stamping(stamper=office_stamper(settings, secrets), files=chosen)


def office_stamper(settings: Settings, secrets: Callable[[], SecretStore]) -> TimeStamper:
    """The stamper of the office's settings. Raises: as `stamping_of`."""
    # The HTTP library is not loaded for a build that stamps nothing.
    from app.connectors.timestamps import Login, TimeStampLine

    url, user, login = settings.get(TSA_URL).strip(), settings.get(TSA_USER).strip(), Login(settings.get(TSA_LOGIN))
    if not url:
        raise ConfigError(
            "TSA.NOT_SET",
            "Zaman damgası istenmiş ama adresi yazılmamış.",
            why="Ofis ayarlarında zaman damgası kurumu tanımlı değil.",
            todo="Ayarlar › Defter'de zaman damgası adresini yazın ya da damgasız sürdürmeyi seçin.",
        )
    password = (secrets().get(secret_name(url, user)) or "") if login is not Login.NONE else ""
    if login is not Login.NONE and not password:
        raise ConfigError(
            "TSA.PASSWORD",
            "Zaman damgası parolası kayıtlı değil.",
            why="Anahtar kasasında bu kullanıcının parolası yok.",
            todo="Ayarlar › Defter'de parolayı yeniden yazın.",
        )
    line = TimeStampLine(url, login=login, user=user, password=password)
    return Rfc3161Stamper(line.post, title=line.title, policy=settings.get(TSA_POLICY).strip(), trust=_roots(settings))


def stamper_at(
    url: str, *, login: str = "none", user: str = "", password: str = "", policy: str = "", roots: Sequence[Path] = ()
) -> TimeStamper:
    """The stamper of an address that stands in no setting. Raises: ConfigError (TSA.*), InputError (TSA.ROOTS)."""
    from app.connectors.timestamps import Login, TimeStampLine

    line = TimeStampLine(url, login=Login(login), user=user, password=password)
    return Rfc3161Stamper(line.post, title=line.title, policy=policy, trust=[_read_root(path) for path in roots])


def save_password(settings: Settings, secrets: SecretStore, password: str) -> None:
    """Keep the password of the address and user that the settings name; an empty one is forgotten."""
    name = secret_name(settings.get(TSA_URL), settings.get(TSA_USER).strip())
    if password:
        secrets.set(name, password)
    else:
        secrets.delete(name)


def try_stamper(settings: Settings, secrets: SecretStore) -> TimeStampReport:
    """Ask for one stamp over nothing of importance; it counts as used. Network. Raises: SealError, ConfigError."""
    token = office_stamper(settings, lambda: secrets).stamp(_TRIAL)
    return judge_token(token, _TRIAL, anchors=load_anchors(_roots(settings)))


def _roots(settings: Settings) -> list[bytes]:
    return [_read_root(Path(line.strip())) for line in settings.get(TSA_ROOTS).splitlines() if line.strip()]


def _read_root(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            "TSA.ROOTS",
            "Zaman damgası kök sertifikası okunamadı.",
            why=f"{path.name} bulunamadı ya da açılamıyor.",
            todo="Dosyanın yerini düzeltin (Ayarlar › Defter).",
            raw_text=type(error).__name__,
        ) from error

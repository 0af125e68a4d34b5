"""Which seals a company can be sealed with here and now, and how each is opened. No Qt; token lane for the cards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.connectors.base import EndpointKind
from app.demo.seals import test_sealer
from app.domain.errors import SealError
from app.domain.protocols import Sealer
from app.domain.turkish import format_date
from app.office import Office
from app.runtime import masking
from app.signing.isolated import IsolatedSealer, ModuleLook, look_at_modules
from app.signing.pins import PinSource
from app.signing.soft import Pkcs12Sealer
from app.signing.token_facts import TokenFacts
from app.storage import companies as stored_companies
from app.storage.records import CompanyRecord

OPEN, TOKEN, FILE, TEST = "open", "token", "file", "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealSource:
    """One line of the chooser. `blocked` says in Turkish why it cannot be chosen; empty when it can.

    `warning` is the tries-left warning in words; `needs_consent` means that this is the last try.
    """

    kind: str
    title: str
    sentence: str = ""
    blocked: str = ""
    warning: str = ""
    needs_consent: bool = False
    has_keypad: bool = False
    token: TokenFacts | None = field(default=None, repr=False)

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.token.identity}" if self.token is not None else self.kind

    @property
    def wants_secret(self) -> bool:
        """Whether something must be typed in the window."""
        return self.kind == FILE or (self.kind == TOKEN and not self.has_keypad)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Tokens in their readers, and one sentence per module that could not be asked."""

    sources: list[SealSource]
    faults: list[str]


def allows_test(office: Office, company: CompanyRecord, *, is_demo: bool) -> bool:
    """A TEST seal is offered only where nothing can reach a live endpoint: the sandbox, or a demo office."""
    with office.db.read() as s:
        account = stored_companies.get_account(s, company.id)
    endpoint = office.endpoint(account)
    return is_demo if endpoint is None else endpoint.kind is EndpointKind.SANDBOX


def find_tokens(office: Office, company: CompanyRecord) -> Found:
    """Look into every reader. Token lane; ends within the deadline of the modules, whatever a driver does."""
    looks = look_at_modules(office.seal_modules())
    return Found(
        sources=[_token_source(token, company) for token in _seen_once(looks)],
        faults=[f"{look.title}: {look.error.sentence}" for look in looks if look.error is not None],
    )


def open_token(office: Office, company: CompanyRecord, source: SealSource, pin: PinSource, *, last_try: bool) -> Sealer:
    """Log in, once. Token lane. Raises: as `IsolatedSealer.open`."""
    assert source.token is not None
    return IsolatedSealer.open(
        [Path(source.token.module)],
        pin=pin,
        token_label=source.token.label,
        serial=source.token.serial,
        owner=company.company.tax_number,
        at=office.clock.now(),
        accept_last_try=last_try,
    )


def open_file(company: CompanyRecord, path: Path, ask: Callable[[], str]) -> Sealer:
    """Open a PKCS#12 file. Raises: as `Pkcs12Sealer.load`, SealError (SEAL.FOREIGN_CERT)."""
    password = ask()
    masking.hide(password)
    sealer = Pkcs12Sealer.load(path, password)
    owner = sealer.certificate.owner
    if owner is not None and owner != company.company.tax_number:
        raise SealError(
            "SEAL.FOREIGN_CERT",
            "Bu mühür dosyası bu firmanın değil.",
            why=f"Sertifikanın sahibi {owner} {sealer.certificate.owner_name}.",
            todo="Firmanın kendi mühür dosyasını seçin.",
        )
    return sealer


def open_test(office: Office, company: CompanyRecord) -> Sealer:
    """The company's TEST seal, made when there is none."""
    return test_sealer(office, company.company.tax_number)


def source_of_open(sealer: Sealer) -> SealSource:
    """The line for a seal that is open in this session."""
    return SealSource(kind=OPEN, title=sealer.title, sentence="Bu oturumda açıldı; PIN yeniden sorulmaz.")


def _seen_once(looks: list[ModuleLook]) -> list[TokenFacts]:
    """One card may show up through two modules: the first that can sign with it counts."""
    kept: dict[tuple[str, ...], TokenFacts] = {}
    for token in (token for look in looks for token in look.tokens if token.initialized):
        owned = sorted(c.info.serial_hex + c.info.issuer for c in token.own_certificates)
        key = tuple(owned) or (token.module, str(token.slot_id))
        if key not in kept or (token.can_sign and not kept[key].can_sign):
            kept[key] = token
    return list(kept.values())


def _token_source(token: TokenFacts, company: CompanyRecord) -> SealSource:
    owner = company.company.tax_number
    owned = [c.info for c in token.own_certificates if c.info.owner == owner]
    strangers = [c.info for c in token.own_certificates if c.info.owner != owner]
    blocked, warning = "", ""
    if not owned and strangers:
        # Some tokens show their certificates only after the login: none at all may still be the right one.
        blocked = f"Bu firmanın değil: {strangers[0].owner_name}"
    elif token.pin_locked:
        blocked = "PIN kilitli; PUK ile açın ya da mührü veren kuruma başvurun."
    elif not token.pin_set:
        blocked = "PIN belirlenmemiş; tokenin kendi programıyla belirleyin."
    elif not token.can_sign:
        blocked = "Bu token imza atamıyor."
    elif token.pin_final_try:
        warning = "SON deneme: bu PIN de yanlış olursa token kilitlenir ve yenisi gerekir."
    elif token.pin_low:
        warning = "Bu tokende yanlış PIN girilmiş; az deneme hakkı kaldı."
    shown = owned[0] if owned else None
    about = f"{format_date(shown.not_after.date())} tarihine kadar · {shown.owner_name}" if shown else ""
    reader = f"okuyucu: {token.reader}" if token.reader else ""
    return SealSource(
        kind=TOKEN,
        title=token.title,
        sentence=" · ".join(part for part in (about, f"seri {token.serial}", reader) if part),
        blocked=blocked,
        warning=warning,
        needs_consent=token.pin_final_try,
        has_keypad=token.pin_pad,
        token=token,
    )

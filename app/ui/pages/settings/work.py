"""What the settings' jobs do, without any widget: read cards and series, store them, try an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from app.connectors.base import AuthenticationFailed, EndpointKind, Taxpayer, Unreachable
from app.connectors.registry import ConnectorInfo, list_connectors
from app.domain.document_number import SeriesPurpose
from app.domain.errors import AppError, ConfigError, InputError
from app.domain.findings import Severity
from app.domain.party import Company
from app.domain.turkish import sort_key
from app.office import Office
from app.storage import companies as stored
from app.storage import numbers
from app.storage.database import OpenSession
from app.storage.records import AccountRecord, CompanyRecord
from app.ubl.company_json import company_from_json
from app.ubl.jsonread import InvalidData
from app.workflows import companies
from app.workflows.context import WorkContext

PURPOSE_TITLES: Final[Mapping[SeriesPurpose, str]] = {
    SeriesPurpose.EINVOICE: "e-Fatura",
    SeriesPurpose.EXPORT: "İhracat faturası",
    SeriesPurpose.EARCHIVE: "e-Arşiv",
    SeriesPurpose.EARCHIVE_INTERNET: "e-Arşiv, internet satışı",
    SeriesPurpose.DESPATCH: "e-İrsaliye",
    SeriesPurpose.RECEIPT: "e-İrsaliye yanıtı",
    SeriesPurpose.CREDIT_NOTE: "e-Müstahsil makbuzu",
    SeriesPurpose.SMM: "e-Serbest meslek makbuzu",
}
KIND_WORDS: Final[Mapping[EndpointKind, str]] = {
    EndpointKind.SANDBOX: "deneme ortamı (bu bilgisayarda, gerçek gönderim yapılmaz)",
    EndpointKind.TEST: "entegratörün test ortamı (belgeler GİB'e gitmez)",
    EndpointKind.LIVE: "GERÇEK ortam: gönderilen belgeler hukuken geçerlidir",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesState:
    """One purpose's series: the next number, and the date of the last given one (None: none given this year)."""

    purpose: SeriesPurpose
    series: str = ""
    next_sequence: int = 1
    last_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """What the account form starts from: `account` is the one that sends, `accounts` all by connector.

    `with_password` names the connectors whose password is kept; `problem` says why it cannot be looked at.
    """

    company: CompanyRecord
    connectors: tuple[ConnectorInfo, ...]
    account: AccountRecord | None
    has_password: bool
    problem: AppError | None = None
    accounts: Mapping[str, AccountRecord] = field(default_factory=dict)
    with_password: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What stands in the account form. `password` empty means the stored one; `sends`: from now on with this one."""

    connector: str
    url: str
    user: str
    password: str
    labels: tuple[str, ...]
    settings: Mapping[str, str]
    sends: bool = False

    def __repr__(self) -> str:
        return f"Login({self.connector!r}, {self.url!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class TryReport:
    """What was tried, in order, each with whether it went well; `labels` are the company's own addresses."""

    steps: tuple[tuple[bool, str], ...]
    taxpayers: tuple[Taxpayer, ...] = ()
    error: AppError | None = None

    @property
    def went_well(self) -> bool:
        return self.error is None


def list_firms(s: OpenSession) -> list[CompanyRecord]:
    """All companies in Turkish alphabetical order."""
    return sorted(stored.list_companies(s), key=lambda r: sort_key(r.company.party.display_name))


def series_states(s: OpenSession, company: CompanyRecord, year: int) -> list[SeriesState]:
    """The series of every purpose and where each goes on in `year`."""
    states = []
    for purpose in SeriesPurpose:
        series = company.company.series.get(purpose.value) or numbers.series_for(s, company.id, purpose) or ""
        if not series:
            states.append(SeriesState(purpose=purpose))
            continue
        number, last_date = numbers.peek_next(s, company.id, series, year)
        states.append(SeriesState(purpose=purpose, series=series, next_sequence=number.sequence, last_date=last_date))
    return states


def save_firm(
    ctx: WorkContext,
    data: Mapping[str, Any],
    starts: Mapping[SeriesPurpose, int],
    *,
    is_new: bool,
    ledgers: Path | None = None,
) -> CompanyRecord:
    """Store a card that was written as JSON, and where its series go on. `ledgers` holds the ledger files.

    Raises: InvalidData (COMPANY.INVALID), InputError COMPANY.KNOWN for a new card with a stored number, RuleBroken.
    """
    company = company_from_json(data)
    if not is_new and ledgers is not None:
        _ensure_start(ctx, company, ledgers)
    if is_new:
        with ctx.db.read() as s:
            known = stored.get_company(s, company.tax_number)
        if known is not None:
            raise InputError(
                "COMPANY.KNOWN",
                f"{company.tax_number} numarasıyla kayıtlı bir firma var: {known.company.party.display_name}.",
                todo="Var olan kartı listeden açıp değiştirin.",
            )
    record = companies.save_company(ctx, company)
    for purpose, next_sequence in starts.items():
        companies.start_number(
            ctx,
            record,
            purpose=purpose,
            series=company.series[purpose.value],
            year=ctx.clock.today().year,
            next_sequence=next_sequence,
        )
    return record


def _ensure_start(ctx: WorkContext, company: Company, ledgers: Path) -> None:
    """A start that was changed must hold: numbers that books were built with are never changed under them.

    Raises: InvalidData (COMPANY.INVALID).
    """
    with ctx.db.read() as s:
        known = stored.get_company(s, company.tax_number)
    said = company.ledger_start
    if known is None or said == known.company.ledger_start:
        return
    # Opens a ledger file: not wanted where nothing has changed.
    from app.workflows.ledger_start import KEYS, LedgerStart, start_findings

    before = known.company.ledger_start
    written = {key: said.get(key, "") for key in KEYS}
    problems = [f"ledger_start.{k}: Yalnız rakam yazın." for k, text in written.items() if text and not text.isdigit()]
    if not problems:
        entry, line, sequence = (int(text or 0) for text in written.values())
        # A start that is taken away is judged in the year it stood for.
        period = said.get("period", "") or (before.get("period", "") if not any(written.values()) else "")
        if period or any(written.values()):
            found = start_findings(
                ctx, known, LedgerStart(period=period, entry=entry, line=line, sequence=sequence), folder=ledgers
            )
            errors = [finding for finding in found if finding.severity is Severity.ERROR]
            problems = [f"ledger_start.period: {finding.message}" for finding in errors]
    if problems:
        raise InvalidData("COMPANY.INVALID", "Firma bilgisi okunamadı.", problems)


def account_state(office: Office, company: CompanyRecord) -> AccountState:
    """Connectors, the company's account, and whether its password can be had. Never raises for a closed vault."""
    with office.db.read() as s:
        account = stored.get_account(s, company.id)
        accounts = {one.connector: one for one in stored.list_accounts(s, company.id)}
    with_password: set[str] = set()
    problem = None
    for key, one in accounts.items():
        try:
            if office.secrets.get(one.secret_name) is not None:
                with_password.add(key)
        except AppError as e:
            problem = e
    return AccountState(
        company=company,
        connectors=tuple(list_connectors()),
        account=account,
        has_password=account is not None and account.connector in with_password,
        problem=problem,
        accounts=accounts,
        with_password=frozenset(with_password),
    )


def save_account(office: Office, ctx: WorkContext, company: CompanyRecord, login: Login) -> AccountRecord:
    """Store address, user and labels; the password goes to the secret store. Raises: as `set_connector`."""
    connector = office.connector(login.connector)
    account = companies.set_connector(
        ctx,
        company,
        connector,
        url=login.url,
        user=login.user,
        password=_password(office, company, login),
        secrets=office.secrets,
        settings=login.settings,
        labels=login.labels,
    )
    if login.sends:
        companies.choose_account(ctx, company, account.connector)
    office.forget(account.id)
    return account


def try_account(office: Office, company: CompanyRecord, login: Login) -> TryReport:
    """Log in as the form says and ask for the company itself. What goes wrong stands in the report."""
    from app.connectors.base import Credentials

    steps: list[tuple[bool, str]] = []
    number = company.company.tax_number
    try:
        connector = office.connector(login.connector)
        kind = connector.endpoint_kind(login.url)
        where = f"{connector.title}, {KIND_WORDS[kind]}"
        credentials = Credentials(
            url=login.url,
            user=login.user,
            password=_password(office, company, login),
            settings=dict(login.settings),
        )
        session = connector.open(credentials)
    except AppError as e:
        return TryReport(steps=((False, f"Bağlantı kurulmadı. {e.sentence}"),), error=e)
    try:
        taxpayers = session.check_taxpayer(number.digits)
    except AppError as e:
        if isinstance(e, Unreachable):
            steps.append((False, f"{login.url} adresine bağlanılamadı ({where}). {e.sentence}"))
        elif isinstance(e, AuthenticationFailed):
            steps.append((True, f"{login.url} adresine bağlanıldı ({where})."))
            steps.append((False, f"“{login.user}” kullanıcısıyla giriş yapılamadı. {e.sentence}"))
        else:
            steps.append((True, f"{login.url} adresine bağlanıldı ({where})."))
            steps.append((False, f"{number} sorgulanamadı. {e.sentence}"))
        return TryReport(steps=tuple(steps), error=e)
    finally:
        session.close()
    steps.append((True, f"{login.url} adresine bağlanıldı ({where})."))
    steps.append((True, f"“{login.user}” kullanıcısıyla giriş yapıldı."))
    live = [t for t in taxpayers if not t.deleted]
    if live:
        gb, pk = (sum(t.unit.upper() == unit for t in live) for unit in ("GB", "PK"))
        steps.append((True, f"{number} soruldu: e-Fatura mükellefi; {gb} gönderici, {pk} posta kutusu etiketi."))
    else:
        steps.append((True, f"{number} soruldu: e-Fatura mükellefi olarak kayıtlı değil."))
    return TryReport(steps=tuple(steps), taxpayers=tuple(live))


def _password(office: Office, company: CompanyRecord, login: Login) -> str:
    """The typed password, else the stored one: only for the place and the user it was stored for.

    Raises: ConfigError CONNECTOR.PASSWORD; what opening the secret store raises.
    """
    if login.password:
        return login.password
    with office.db.read() as s:
        account = stored.get_account(s, company.id, login.connector)
    if account is not None and (account.url, account.user) == (login.url.rstrip("/"), login.user):
        kept = office.secrets.get(account.secret_name)
        if kept is not None:
            return kept
    raise ConfigError(
        "CONNECTOR.PASSWORD",
        "Parola yazılmamış.",
        why="Adres ya da kullanıcı değişince parola yeniden yazılır; eski parola başka bir adrese gönderilmez.",
        todo="Entegratör parolasını yazın.",
    )

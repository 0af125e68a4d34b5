"""Company cards, their series and their integrator accounts."""

from __future__ import annotations

from collections.abc import Mapping

from app.connectors.base import Connector, Credentials, EndpointKind
from app.domain.document_number import SeriesPurpose, parse_series
from app.domain.errors import ConfigError, RuleBroken
from app.domain.findings import Finding, Layer, Severity
from app.domain.lifecycle import State
from app.domain.party import Company
from app.domain.protocols import SecretStore
from app.storage import companies, documents, numbers, outbox
from app.storage.database import OpenSession
from app.storage.records import AccountRecord, CompanyRecord
from app.workflows import points
from app.workflows.context import WorkContext


def save_company(ctx: WorkContext, company: Company) -> CompanyRecord:
    """Add or change a company card with its series. Raises: RuleBroken (SERIES.SHARED), InputError (SERIES.SHAPE)."""
    ensure_series_apart(company.series)
    with ctx.db.write(points.COMPANY) as s:
        record = companies.save_company(s, company, at=ctx.clock.now())
        for purpose, series in company.series.items():
            numbers.set_series(s, record.id, SeriesPurpose(purpose), parse_series(series), year=ctx.clock.today().year)
    return record


def ensure_series_apart(series: Mapping[str, str]) -> None:
    """Raise RuleBroken when two purposes share one series (e-Fatura, export, e-Arşiv, internet sale)."""
    seen: dict[str, str] = {}
    known = {p.value for p in SeriesPurpose}
    for purpose, text in series.items():
        if purpose not in known:
            raise RuleBroken(
                "SERIES.PURPOSE",
                f"Bilinmeyen seri türü: {purpose}.",
                todo=f"Şunlardan birini kullanın: {', '.join(sorted(known))}.",
            )
        if text in seen:
            raise RuleBroken(
                "SERIES.SHARED",
                f"{text} serisi iki ayrı iş için kullanılamaz.",
                why="e-Fatura, ihracat, e-Arşiv ve internet satışının serileri ayrı olmalıdır.",
                todo="Her biri için başka üç karakter seçin.",
            )
        seen[text] = purpose


def start_number(
    ctx: WorkContext, company: CompanyRecord, *, purpose: SeriesPurpose, series: str, year: int, next_sequence: int
) -> None:
    """Go on where another program stopped: the next number of this series and year."""
    with ctx.db.write(points.COMPANY) as s:
        numbers.set_series(s, company.id, purpose, parse_series(series), year=year, next_sequence=next_sequence)


def company_findings(company: Company) -> list[Finding]:
    """What is odd or missing on a card. The check digit is a warning: official test numbers fail it too."""
    findings: list[Finding] = []

    def add(severity: Severity, code: str, field: str, message: str) -> None:
        findings.append(Finding(severity, Layer.BUILTIN, code, field, message))

    party = company.party
    if not party.tax_number.is_checksum_valid:
        add(
            Severity.WARNING,
            "COMPANY.CHECKSUM",
            "vkn" if party.tax_number.is_vkn else "tckn",
            "Vergi numarasının kontrol basamağı tutmuyor; levhadan yeniden okuyun.",
        )
    if not party.tax_office:
        add(Severity.WARNING, "COMPANY.TAX_OFFICE", "tax_office", "Vergi dairesi boş; faturada görünmesi gerekir.")
    for field_name, value in (("city", party.address.city), ("district", party.address.district)):
        if not value:
            add(Severity.WARNING, "COMPANY.ADDRESS", f"address.{field_name}", "Adreste il ve ilçe yazılmalı.")
    if not company.labels.gb:
        add(Severity.INFO, "COMPANY.GB", "labels.gb", "Gönderici birim etiketi boş; göndermek için gerekir.")
    return findings


def set_connector(
    ctx: WorkContext,
    company: CompanyRecord,
    connector: Connector,
    *,
    url: str,
    user: str,
    password: str,
    secrets: SecretStore,
    settings: Mapping[str, str],
    labels: tuple[str, ...] = (),
) -> AccountRecord:
    """Point a company at its integrator. The password goes to the secret store first, never to the database.

    Raises: ConfigError for an address that is not safe to log in to, or that is none; for a setting out of bounds.
    """
    kind = connector.endpoint_kind(url)
    if kind is not EndpointKind.SANDBOX and not url.lower().startswith("https://"):
        raise ConfigError(
            "CONNECTOR.HTTP",
            "Entegratör adresi https ile başlamalı.",
            why="Parola ve oturum şifrelenmeden gönderilemez.",
            todo="Adresi entegratörünüzden alıp https:// ile yazın.",
        )
    # Judged without a login: an address or a setting that can never work is not stored.
    connector.open(Credentials(url=url, user=user, password=password, settings=dict(settings))).close()
    secret_name = f"{connector.key}:{company.company.tax_number.digits}:{user}"
    secrets.set(secret_name, password)
    with ctx.db.write(points.COMPANY) as s:
        known = companies.get_account(s, company.id, connector.key)
        if known is not None and known.url != url.rstrip("/"):
            _park_unknown_outcomes(ctx, s, company, known.url)
        return companies.save_account(
            s,
            company.id,
            connector=connector.key,
            url=url.rstrip("/"),
            user=user,
            secret_name=secret_name,
            settings=dict(settings),
            labels=labels,
        )


def choose_account(ctx: WorkContext, company: CompanyRecord, connector_key: str) -> AccountRecord:
    """Send this company's documents with its account at this integrator from now on.

    Sends whose outcome the old account alone can tell go to a person, as when an account is pointed elsewhere.
    Raises: ConfigError (ACCOUNT.UNKNOWN).
    """
    with ctx.db.write(points.COMPANY) as s:
        before = companies.get_account(s, company.id)
        chosen = companies.choose_account(s, company.id, connector_key)
        if before is not None and before.id != chosen.id:
            _park_unknown_outcomes(ctx, s, company, before.url)
        return chosen


def _park_unknown_outcomes(ctx: WorkContext, s: OpenSession, company: CompanyRecord, old_url: str) -> None:
    """Only the old place knows what became of these: the new one would say "no record" and they would go out twice."""
    now = ctx.clock.now()
    for row in outbox.of_unknown_outcome(s, company.id):
        record = documents.get(s, row.document_id)
        if record.state is State.SENDING:
            documents.set_state(s, record.id, State.UNKNOWN, at=now, note="Gönderim sürerken entegratör değiştirildi.")
        reason = f"Sonucu öğrenilemeden entegratör adresi değiştirildi (eskisi {old_url})."
        documents.flag_review(
            s,
            record.id,
            code="ACCOUNT.MOVED",
            reason=reason,
            todo="Eski adresin portalında belgeyi arayın; oraya ulaştıysa yeniden göndermeyin.",
            at=now,
        )
        # Only a question to that very address can show later that it has nothing.
        outbox.park(
            s,
            row.id,
            error_code="ACCOUNT.MOVED",
            error_text=reason,
            at=now,
            payload={**row.payload, "sent_to": old_url},
        )


def require_company(ctx: WorkContext, tax_number: str) -> CompanyRecord:
    """The company of this VKN or TCKN. Raises: ConfigError (COMPANY.UNKNOWN)."""
    with ctx.db.read() as s:
        record = companies.get_company(s, tax_number)
    if record is None:
        raise ConfigError(
            "COMPANY.UNKNOWN",
            "Bu vergi numarasıyla kayıtlı firma yok.",
            why=f"Aranan: {tax_number}.",
            todo="'muhurdar company list' ile firmaları görün ya da 'muhurdar company add' ile ekleyin.",
        )
    return record


def require_account(ctx: WorkContext, company: CompanyRecord) -> AccountRecord:
    """The integrator account the company sends with. Raises: ConfigError (CONNECTOR.MISSING)."""
    with ctx.db.read() as s:
        account = companies.get_account(s, company.id)
    if account is None:
        raise ConfigError(
            "CONNECTOR.MISSING",
            f"{company.company.party.display_name} için entegratör tanımlı değil.",
            todo="'muhurdar connector set' ile entegratör adresini ve kullanıcıyı girin.",
        )
    return account

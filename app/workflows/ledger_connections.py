"""The views of accounting programs that a company's vouchers come from; logins stand in the secret store."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from app.domain.errors import ConfigError, InputError
from app.domain.protocols import SecretStore
from app.storage import foreign_drivers, settings_store
from app.storage.database import OpenSession
from app.storage.foreign import ensure_one_select
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext

#: Among the office's settings; the company's id follows.
_KEPT: Final = "ledger_views:"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A query over a foreign database. No login stands here. `database` is the file's path for a database in a file."""

    name: str
    driver: str
    query: str
    host: str = ""
    port: int = 0
    database: str = ""
    odbc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Who asks. Empty for a file, or where the computer's own user is known to the server."""

    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return "Login(…)"


def views(s: OpenSession, company_id: int) -> list[View]:
    """The company's kept views by name."""
    kept = settings_store.load_setting(s, f"{_KEPT}{company_id}")
    known = {field.name for field in fields(View)}
    found = [View(**{key: value for key, value in one.items() if key in known}) for one in kept or []]
    return sorted(found, key=lambda view: view.name.casefold())


def save_view(ctx: WorkContext, company: CompanyRecord, view: View, login: Login, *, secrets: SecretStore) -> None:
    """Keep a view; one of the same name is replaced. The login goes to the secret store first, never to the database.

    Raises: InputError LEDGER.VIEW (no name), LEDGER.SQL_QUERY; what the secret store raises.
    """
    if not view.name.strip():
        raise InputError("LEDGER.VIEW", "Sorgu saklanmadı.", why="Adı boş.", todo="Sorguya bir ad verin.")
    ensure_one_select(view.query)
    secrets.set(_secret_name(company, view), json.dumps(asdict(login)))
    _change(ctx, company, lambda kept: [one for one in kept if one["name"] != view.name] + [asdict(view)])


def delete_view(ctx: WorkContext, company: CompanyRecord, name: str, *, secrets: SecretStore) -> None:
    """Forget a view and its login."""
    with ctx.db.read() as s:
        gone = [view for view in views(s, company.id) if view.name == name]
    for view in gone:
        secrets.delete(_secret_name(company, view))
    _change(ctx, company, lambda kept: [one for one in kept if one["name"] != name])


def login_of(company: CompanyRecord, view: View, *, secrets: SecretStore) -> Login:
    """The login that was kept with the view; an empty one when there is none."""
    kept = secrets.get(_secret_name(company, view))
    return Login(**json.loads(kept)) if kept else Login()


def address_of(view: View, login: Login) -> str:
    """The address that the database is reached at; it holds the password. Raises: ConfigError LEDGER.SQL_URL."""
    if not view.database or (not foreign_drivers.driver_of(view.driver).is_file and not view.host):
        raise ConfigError(
            "LEDGER.SQL_URL",
            "Veritabanına bağlanılmadı.",
            why="Sunucu ya da veritabanı yazılmamış.",
            todo="Muhasebe programının sunucu ve veritabanı adını yazın.",
        )
    return foreign_drivers.address(
        view.driver,
        host=view.host,
        port=view.port,
        database=view.database,
        user=login.user,
        password=login.password,
        odbc=view.odbc,
    )


def _secret_name(company: CompanyRecord, view: View) -> str:
    """With its place: a view that was pointed elsewhere never takes its login there."""
    where = f"{view.driver}|{view.host}|{view.port}|{view.database}"
    return f"ledger-view:{company.company.tax_number.digits}:{view.name}:{where}"


def _change(
    ctx: WorkContext, company: CompanyRecord, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
) -> None:
    with ctx.db.write(settings_store.POINT) as s:
        kept = settings_store.load_setting(s, f"{_KEPT}{company.id}") or []
        settings_store.save_setting(s, f"{_KEPT}{company.id}", change(kept))

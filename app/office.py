"""The composition root: wires data folder, database, secrets, connectors and children together. No logic here.

Everything heavy (SQLAlchemy, zeep, children, Qt) is imported when first needed: `muhurdar --help` stays instant.
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from app.domain.lifecycle import DocumentKind
from app.domain.protocols import Clock, NoProgress, Progress, SecretStore
from app.runtime.clock import SystemClock
from app.runtime.paths import DataFolder

if TYPE_CHECKING:
    from app.connectors.base import Connector, Session
    from app.rendering.html import Renderer
    from app.rendering.pdf import PdfPrinter
    from app.runtime.children import ChildPool
    from app.runtime.settings import Settings
    from app.storage.backup import RestoreReport
    from app.storage.database import Database
    from app.storage.records import AccountRecord, CompanyRecord
    from app.validation.packages.installed import InstalledRules
    from app.validation.packages.lists import CodeLists
    from app.validation.packages.store import PackageStore
    from app.workflows.context import Endpoint, WorkContext
    from app.workflows.floors import Intervals
    from app.workflows.sync import Line

log = logging.getLogger(__name__)


class Office:
    """One open data folder. Use as a context manager; closing logs out of every integrator."""

    def __init__(
        self,
        folder: DataFolder,
        *,
        owner: str,
        clock: Clock | None = None,
        secrets: SecretStore | None = None,
        passphrase: str | None = None,
    ) -> None:
        self.folder = folder
        self.clock: Clock = clock or SystemClock()
        self.owner = owner
        self._passphrase = passphrase
        self._secrets = secrets
        self._db: Database | None = None
        # Held while the database file is replaced: whoever asks for it then gets the new one.
        self._db_door = threading.RLock()
        self._connectors: dict[str, Connector] = {}
        self._sessions: dict[int, tuple[AccountRecord, Session]] = {}
        self._pool: ChildPool | None = None
        self._printer: PdfPrinter | None = None
        self._settings: Settings | None = None
        self._rules: InstalledRules | None = None

    @classmethod
    def open(
        cls,
        data_dir: Path,
        *,
        owner: str,
        clock: Clock | None = None,
        secrets: SecretStore | None = None,
        passphrase: str | None = None,
    ) -> Office:
        """Open (and create when absent) the data folder."""
        folder = DataFolder(data_dir)
        folder.ensure()
        return cls(folder, owner=owner, clock=clock, secrets=secrets, passphrase=passphrase)

    def __enter__(self) -> Office:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def db(self) -> Database:
        with self._db_door:
            if self._db is None:
                from app.storage.database import Database

                self._db = Database.open(self.folder.database, clock=self.clock)
            return self._db

    @property
    def secrets(self) -> SecretStore:
        if self._secrets is None:
            from app.runtime.secrets import open_secret_store

            self._secrets = open_secret_store(self.folder, passphrase=self._passphrase)
        return self._secrets

    def unlock_secrets(self, passphrase: str) -> None:
        """Open the place for login data again, with a vault passphrase that the user typed. It is kept in memory only.

        Raises: ConfigError VAULT.PASSPHRASE when it is wrong, and what `open_secret_store` raises.
        """
        from app.runtime.secrets import open_secret_store

        self._secrets = open_secret_store(self.folder, passphrase=passphrase)
        self._passphrase = passphrase

    def restore_database(self, source: Path) -> RestoreReport:
        """Put a backup in the place of the open database; every account logs in anew. No other job may run.

        Raises: as `storage.backup.restore`; the present database is then as it was.
        """
        from app.storage.backup import restore

        with self._db_door:
            for account_id in list(self._sessions):
                self.forget(account_id)
            if self._db is not None:
                self._db.close()
                self._db = None
            report = restore(source, self.folder.database, clock=self.clock, aside=self.folder.backups)
            self._settings = None
            return report

    def seal_modules(self) -> list[Path]:
        """The PKCS#11 modules to look for a seal: the known ones that are installed, and those the user added."""
        from app.runtime.settings import SEAL_MODULES
        from app.signing.modules import known_modules

        added = [Path(line) for line in self.settings.get(SEAL_MODULES).splitlines() if line.strip()]
        return list(dict.fromkeys([*known_modules(), *added]))

    @property
    def pool(self) -> ChildPool:
        if self._pool is None:
            from app.runtime.children import ChildPool

            self._pool = ChildPool()
        return self._pool

    @property
    def rules(self) -> InstalledRules:
        """GİB's rules of the packages installed in this data folder; it says so while there is none."""
        if self._rules is None:
            from app.validation.packages.installed import InstalledRules
            from app.validation.packages.store import PackageStore

            store = PackageStore(self.folder.packages, pool=lambda: self.pool, now=self.clock.now)
            self._rules = InstalledRules(store, pool=lambda: self.pool, today=self.clock.today)
        return self._rules

    @property
    def packages(self) -> PackageStore:
        """Where GİB's packages are installed, listed and rolled back."""
        return self.rules.store

    @property
    def code_lists(self) -> CodeLists:
        """The code lists of the installed e-Fatura package; the built-in copy until one is installed."""
        return self.rules.code_lists()

    @property
    def renderer(self) -> Renderer:
        from app.rendering.html import Renderer

        return Renderer(self.pool)

    @property
    def printer(self) -> PdfPrinter:
        if self._printer is None:
            from app.rendering.pdf import PdfPrinter

            self._printer = PdfPrinter()
        return self._printer

    def context(self, progress: Progress | None = None) -> WorkContext:
        from app.workflows.context import WorkContext

        return WorkContext(
            db=self.db, clock=self.clock, owner=self.owner, progress=progress or NoProgress(), rules=self.rules
        )

    def connector(self, key: str) -> Connector:
        """The connector of this key. Raises: ConfigError when there is none."""
        if key not in self._connectors:
            from app.connectors.registry import load_connector

            self._connectors[key] = load_connector(key, cache_folder=self.folder.cache, clock=self.clock)
        return self._connectors[key]

    def endpoint(self, account: AccountRecord | None) -> Endpoint | None:
        if account is None:
            return None
        from app.workflows.context import Endpoint

        connector = self.connector(account.connector)
        return Endpoint(
            kind=connector.endpoint_kind(account.url),
            title=connector.title,
            max_request_bytes=connector.capabilities.max_request_bytes,
            kinds=connector.capabilities.kinds,
            receipt_spelling="send_type" if account.settings.get("receipt_spelling") == "send_type" else "type_code",
        )

    def session(self, account: AccountRecord) -> Session:
        """The account's session; one per account as long as the office is open (it logs in with its first call).

        An account that was pointed elsewhere, or has another user, gets a session of its own.
        """
        known = self._sessions.get(account.id)
        if known is not None and known[0] != account:
            self.forget(account.id)
            known = None
        if known is None:
            from app.connectors.base import Credentials
            from app.domain.errors import ConfigError

            password = self.secrets.get(account.secret_name)
            if password is None:
                raise ConfigError(
                    "CONNECTOR.PASSWORD",
                    "Entegratör parolası bulunamadı.",
                    why="Parola bu bilgisayarın anahtar kasasında yok.",
                    todo="'muhurdar connector set' ile parolayı yeniden girin.",
                )
            credentials = Credentials(url=account.url, user=account.user, password=password, settings=account.settings)
            known = account, self.connector(account.connector).open(credentials)
            self._sessions[account.id] = known
        return known[1]

    def forget(self, account_id: int) -> None:
        """Log out of an account; its next call logs in anew. Call it when its password has changed."""
        known = self._sessions.pop(account_id, None)
        if known is not None:
            known[1].close()

    def line(self, account: AccountRecord) -> Line:
        from app.workflows.sync import Line

        connector = self.connector(account.connector)
        return Line(
            account=account,
            connector=connector,
            open_session=lambda: self.session(account),
            intervals=self.intervals(connector),
        )

    @property
    def settings(self) -> Settings:
        """The office's settings, stored in the database."""
        if self._settings is None:
            from app.runtime.settings import Settings
            from app.storage.settings_store import POINT, load_settings, save_setting

            def load() -> dict[str, object]:
                with self.db.read() as s:
                    return dict(load_settings(s))

            def save(name: str, value: object) -> None:
                with self.db.write(POINT) as s:
                    save_setting(s, name, value)

            self._settings = Settings(load, save)
        return self._settings

    def intervals(self, connector: Connector) -> Intervals:
        """How often the user wants to poll. Raises: ConfigError when that is below the integrator's floors."""
        from app.runtime.settings import RECEIVE_INTERVAL_MIN, STATUS_INTERVAL_HOURS
        from app.workflows.floors import Intervals, ensure_intervals

        intervals = Intervals(
            receive=timedelta(minutes=self.settings.get(RECEIVE_INTERVAL_MIN)),
            status=timedelta(hours=self.settings.get(STATUS_INTERVAL_HOURS)),
        )
        ensure_intervals(intervals, connector.capabilities.floors)
        return intervals

    def template(self, company: CompanyRecord, kind: DocumentKind = DocumentKind.INVOICE) -> bytes:
        """The template of a company's documents of this kind, with its logo and stamp."""
        from app.rendering.template import own_template, personalise

        return personalise(own_template(kind), logo=company.company.logo, stamp=company.company.stamp)

    def close(self) -> None:
        """Log out, stop the children, close the database. Never raises."""
        for account_id in list(self._sessions):
            self.forget(account_id)
        for part in (self._printer, self._pool, self._db):
            if part is None:
                continue
            try:
                part.close()
            except Exception:
                log.exception("closing %s", type(part).__name__)
        self._printer = self._pool = self._db = None

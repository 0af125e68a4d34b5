"""Backups as the settings page sees them: where they lie, when the last one was made, what a file holds."""

from __future__ import annotations

import json
import logging
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.domain.dates import ISTANBUL
from app.domain.errors import InputError, StorageError
from app.office import Office
from app.runtime.files import write_output
from app.storage import backup as storage_backup
from app.storage.backup import BackupReport, RestoreReport
from app.storage.records import CompanyRecord

log = logging.getLogger(__name__)

_LAST = "son-yedek.json"
_PREFIX = "muhurdar-yedek-"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A database file in the backups folder. `is_aside`: kept when a backup took its place."""

    path: Path
    at: datetime
    size_bytes: int
    is_aside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupState:
    """`last_at` None: no backup was ever made from this folder."""

    last_at: datetime | None
    last_path: Path | None
    kept: tuple[KeptFile, ...]


def file_name(moment: datetime) -> str:
    """The name a backup made now is offered, in Istanbul time."""
    return f"{_PREFIX}{moment.astimezone(ISTANBUL):%Y%m%d-%H%M%S}.db"


def state(office: Office) -> BackupState:
    """What lies in the backups folder, newest first, and when the last backup was made wherever it went."""
    kept = []
    for path in office.folder.backups.glob("*.db"):
        facts = path.stat()
        is_aside = not path.name.startswith(_PREFIX)
        at = datetime.fromtimestamp(facts.st_mtime, UTC)
        kept.append(KeptFile(path=path, at=at, size_bytes=facts.st_size, is_aside=is_aside))
    kept.sort(key=lambda file: (file.at, file.path.name), reverse=True)
    last_at, last_path = _read_last(office.folder.backups / _LAST)
    return BackupState(last_at=last_at, last_path=last_path, kept=tuple(kept))


def make(office: Office, target: Path | None) -> BackupReport:
    """Back up into `target` (None: the backups folder) and remember when. Raises: as `storage.backup.backup`."""
    now = office.clock.now()
    path = target or office.folder.backups / file_name(now)
    report = storage_backup.backup(office.folder.database, path)
    note = json.dumps({"at": now.isoformat(), "path": str(path)})
    write_output(office.folder.backups / _LAST, note.encode())
    return report


def try_restore(source: Path) -> RestoreReport:
    """Copy, check and migrate `source` in a place of its own; the office's database is not even looked at.

    Raises: InputError BACKUP.*, StorageError STORAGE.*.
    """
    if source.is_dir():
        raise InputError("FILE.IS_FOLDER", f"{source.name} bir klasör.", todo="Yedek dosyasını seçin.")
    try:
        with tempfile.TemporaryDirectory(prefix="muhurdar-") as folder:
            return storage_backup.restore(source, Path(folder) / "deneme.db", dry_run=True)
    except StorageError as error:
        if error.code not in ("STORAGE.DAMAGED", "STORAGE.FOREIGN"):
            raise
        raise InputError(
            "BACKUP.DAMAGED",
            f"{source.name} geri yüklenemez.",
            why="Dosya bozuk ya da bir Mühürdar yedeği değil.",
            todo="Başka bir yedek seçin; veritabanınıza dokunulmadı.",
        ) from error


def put_back(office: Office, source: Path, company: CompanyRecord | None) -> tuple[RestoreReport, CompanyRecord | None]:
    """Replace the database; also returns the company that was chosen, as the restored database knows it."""
    from app.storage import companies

    report = office.restore_database(source)
    if company is None:
        return report, None
    with office.db.read() as s:
        return report, companies.get_company(s, company.company.tax_number)


def _read_last(path: Path) -> tuple[datetime | None, Path | None]:
    try:
        note = json.loads(path.read_text("utf-8"))
        return datetime.fromisoformat(note["at"]), Path(note["path"])
    except FileNotFoundError:
        return None, None
    except (OSError, ValueError, KeyError, TypeError) as e:
        log.info("the note of the last backup is not readable: %s", type(e).__name__)
        return None, None

"""Where the application keeps its data, and a warning when that place is synced by a cloud program."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from app.domain.errors import EnvironmentFault

ENV_DATA_DIR = "MUHURDAR_DATA_DIR"
_APP_FOLDER = "Muhurdar"

# A sync program copies an open SQLite file half-written and may put an older copy back over it.
# Names of folders as the programs make them, by (pattern of one path part, what the user calls it).
_CLOUD_PARTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"onedrive([ -].*)?", re.IGNORECASE), "OneDrive"),
    (re.compile(r"dropbox([ (-].*)?", re.IGNORECASE), "Dropbox"),
    (re.compile(r"google ?drive([ (-].*)?|googledrive-.*|my drive|drive['’]ım|drivefs", re.IGNORECASE), "Google Drive"),
    (re.compile(r"icloud ?drive|com~apple~clouddocs|mobile documents", re.IGNORECASE), "iCloud"),
    (re.compile(r"yandex\.?disk", re.IGNORECASE), "Yandex.Disk"),
)
# On Windows OneDrive may sync a folder that does not carry its name; it tells where in these variables.
_ONEDRIVE_VARIABLES = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The one folder that holds everything of this office. `root` is absolute."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "muhurdar.db"

    @property
    def taxpayers(self) -> Path:
        """The list of registered e-Fatura users; can be fetched again, so it is not backed up."""
        return self.root / "taxpayers.db"

    @property
    def packages(self) -> Path:
        return self.root / "packages"

    @property
    def ledgers(self) -> Path:
        return self.root / "ledgers"

    @property
    def edefter(self) -> Path:
        return self.root / "edefter"

    @property
    def vault(self) -> Path:
        return self.root / "vault.bin"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def cache(self) -> Path:
        """Everything in here can be deleted at any time (WSDLs, compiled packages)."""
        return self.root / "cache"

    def ensure(self) -> DataFolder:
        """Make the folders that are missing, readable by this user only, and return self.

        Raises: EnvironmentFault DATA.FOLDER when the place cannot be written to.
        """
        folders = (self.root, self.packages, self.ledgers, self.edefter, self.backups, self.logs, self.cache)
        try:
            for folder in folders:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as e:
            raise EnvironmentFault(
                "DATA.FOLDER",
                f"Veri klasörü hazırlanamadı: {self.root}",
                why=f"İşletim sistemi klasörü oluşturmaya izin vermedi ({e.strerror or type(e).__name__}).",
                todo="Yazma izniniz olan bir klasör seçin (--data-dir).",
                retry_safe=True,
                raw_text=str(e),
            ) from e
        return self


def resolve_data_dir(arg: str | None) -> Path:
    """The data folder: `arg`, else MUHURDAR_DATA_DIR, else the platform's user data folder. Absolute, not made yet."""
    chosen = arg or os.environ.get(ENV_DATA_DIR)
    if chosen:
        return Path(os.path.expandvars(chosen)).expanduser().absolute()
    return Path(platformdirs.user_data_dir(_APP_FOLDER, appauthor=False))


def cloud_folder_warning(path: Path) -> str | None:
    """A Turkish sentence when `path` lies in a folder that a cloud program syncs, else None."""
    name = _cloud_name(path)
    if name is None:
        return None
    return (
        f"Veri klasörü {name} ile eşitlenen bir yerde: {path} "
        "Eşitleme programı açık veritabanını yarım kopyalayıp bozabilir. "
        "Veri klasörünü bu bilgisayarda eşitlenmeyen bir yere taşıyın (--data-dir)."
    )


def _cloud_name(path: Path) -> str | None:
    for candidate in (path.absolute(), path.resolve()):
        for part in candidate.parts:
            for pattern, name in _CLOUD_PARTS:
                if pattern.fullmatch(part):
                    return name
        for variable in _ONEDRIVE_VARIABLES:
            root = os.environ.get(variable)
            if root and candidate.is_relative_to(Path(root)):
                return "OneDrive"
    return None

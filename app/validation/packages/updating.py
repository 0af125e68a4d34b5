"""Fetching GİB's packages anew from the addresses in a data file, and installing those that changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import AppError, ConfigError
from app.runtime.resources import resource_path
from app.validation.packages.content import MAX_ZIP_BYTES, TITLES, PackageKind
from app.validation.packages.store import InstallReport, PackageStore

#: Address and most bytes -> the file. Raises AppError.
Fetch = Callable[[str, int], bytes]
FILE_NAME = "addresses.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One package: `report` when a new release was installed, `error` when it could not be, neither when the present
    one is the latest."""

    kind: PackageKind
    address: str
    report: InstallReport | None = None
    error: AppError | None = None

    @property
    def sentence(self) -> str:
        if self.error is not None:
            return f"{TITLES[self.kind]}: {self.error.sentence}"
        if self.report is None:
            return f"{TITLES[self.kind]}: kurulu olan güncel."
        return f"{TITLES[self.kind]}: {self.report.installed.release:%d.%m.%Y} sürümü kuruldu."


def addresses(folder: Path) -> dict[PackageKind, tuple[str, ...]]:
    """Where each package is published: the user's own file in `folder`, else the one that ships with the program.

    Raises: ConfigError PACKAGE.ADDRESSES when the file cannot be read.
    """
    own = folder / FILE_NAME
    file = own if own.is_file() else resource_path(f"packages/{FILE_NAME}")
    try:
        data = json.loads(file.read_text("utf-8-sig"))
        return {
            PackageKind(entry["kind"]): tuple(str(address) for address in entry["addresses"])
            for entry in data["packages"]
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            "PACKAGE.ADDRESSES",
            f"Paket adresleri okunamadı: {file}",
            why="Dosya geçerli bir JSON değil ya da tanınmayan bir paket adı içeriyor.",
            todo="Dosyayı düzeltin; silerseniz programla gelen adresler kullanılır.",
            raw_text=str(error),
        ) from error


def update(
    store: PackageStore, where: dict[PackageKind, tuple[str, ...]], fetch: Fetch, *, only: frozenset[PackageKind]
) -> Iterator[Outcome]:
    """Fetch each package of `only` and install what is new. One that fails does not stop the others."""
    for kind, places in where.items():
        if kind in only and places:
            yield _update_one(store, kind, places, fetch)


def _update_one(store: PackageStore, kind: PackageKind, places: tuple[str, ...], fetch: Fetch) -> Outcome:
    error: AppError | None = None
    for address in places:
        try:
            raw = fetch(address, MAX_ZIP_BYTES)
            digest = hashlib.sha256(raw).hexdigest()
            if any(one.kind is kind and one.sha256 == digest for one in store.installed()):
                return Outcome(kind=kind, address=address)
            return Outcome(kind=kind, address=address, report=store.install(raw, address.rsplit("/", 1)[-1]))
        except AppError as problem:
            error = error or problem
    return Outcome(kind=kind, address=places[0], error=error)

"""Fetching GİB's packages anew from the addresses in a data file, and installing those that changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import AppError, ConfigError
from app.runtime import crashpoints
from app.runtime.files import replace_file
from app.runtime.resources import resource_path
from app.validation.packages.content import MAX_ZIP_BYTES, TITLES, PackageKind
from app.validation.packages.store import InstallReport, PackageStore

#: Address, most bytes and the tag of the last time -> the file (None: unchanged since) and its tag. Raises AppError.
Fetch = Callable[[str, int, str], tuple[bytes | None, str]]
FILE_NAME = "addresses.json"
_TAGS = "fetched.json"
TAGS = crashpoints.declare("package.tags", "what the servers called the packages fetched last")


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
    tags = _Tags(store.folder / _TAGS)
    for address in places:
        try:
            known = _not_newer(store, kind)
            raw, tag = fetch(address, MAX_ZIP_BYTES, tags.of(address, known))
            if raw is None:
                return Outcome(kind=kind, address=address)
            digest = hashlib.sha256(raw).hexdigest()
            report = None if digest in known else store.install(raw, address.rsplit("/", 1)[-1])
            tags.keep(address, tag, digest)
            return Outcome(kind=kind, address=address, report=report)
        except AppError as problem:
            error = error or problem
    return Outcome(kind=kind, address=places[0], error=error)


def _not_newer(store: PackageStore, kind: PackageKind) -> frozenset[str]:
    """Checksums of the stored packages that change nothing: the one in use and those older than it.

    A newer one that is stored was left by going back; fetching it again returns to it.
    """
    current = store.current(kind)
    if current is None:
        return frozenset()
    older = (one for one in store.installed() if one.kind is kind and one.release <= current.release)
    return frozenset(one.sha256 for one in older)


class _Tags:
    """What the servers called the files fetched last. A convenience: lost or damaged, everything is fetched anew."""

    def __init__(self, file: Path) -> None:
        self._file = file
        try:
            data = json.loads(file.read_bytes())
            self._known = {str(address): (str(tag), str(digest)) for address, (tag, digest) in data.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self._known = {}

    def of(self, address: str, known: frozenset[str]) -> str:
        """The tag, while the file that it stands for would change nothing."""
        tag, digest = self._known.get(address, ("", ""))
        return tag if digest in known else ""

    def keep(self, address: str, tag: str, digest: str) -> None:
        self._known[address] = (tag, digest)
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(self._file, json.dumps(self._known, indent=1, sort_keys=True).encode(), point=TAGS)

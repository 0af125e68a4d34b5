"""Where the packages are kept: `packages/` in the data folder.

    <id>.zip              the package as GİB published it; never unpacked, never changed
    sheets/<hash>.json    compiled rules; can be deleted at any time
    index.json            which are installed and which one of each kind is in use

A package is proven whole in a child process before the first byte is written; the index is replaced last, so that a
crash anywhere leaves the old state or the new one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from app.domain.errors import AppError, InputError
from app.runtime import crashpoints
from app.runtime.children import ChildPool
from app.runtime.filelock import hold
from app.runtime.files import remove_leftovers, replace_file
from app.validation.packages.changes import Changes, changes_between
from app.validation.packages.content import TITLES, Package, PackageKind, read_package
from app.validation.packages.lists import CodeLists, built_in_lists, code_lists

FILE = crashpoints.declare("package.file", "a GİB package that is being installed")
SHEET = crashpoints.declare("package.sheet", "the compiled form of a GİB package")
INDEX = crashpoints.declare("package.index", "which GİB packages are installed and in use")
_ID = re.compile(r"(ubl-tr|e-fatura|e-arsiv|e-defter)-(\d{8})-([0-9a-f]{12})")
_EXAMINE_DEADLINE_S = 60.0
_EXAMINE_MEMORY_MB = 1536


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A stored release. `release` is GİB's own date; `name` the file it came from."""

    id: str
    kind: PackageKind
    release: date
    sha256: str
    name: str
    installed_at: str
    is_current: bool

    @property
    def title(self) -> str:
        return TITLES[self.kind]

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind.value,
            "title": self.title,
            "release": self.release.isoformat(),
            "sha256": self.sha256,
            "file": self.name,
            "installed_at": self.installed_at,
            "current": self.is_current,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallReport:
    """What an installation did. `changes` against the release that was in use before; None when there was none."""

    installed: Installed
    was_known: bool
    previous: Installed | None
    changes: Changes | None


class PackageStore:
    """The packages of one data folder. Any thread, any number of processes (a file lock orders the writers)."""

    def __init__(self, folder: Path, *, pool: Callable[[], ChildPool], now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._pool = pool
        self._now = now
        self._seen: tuple[int, int] | None = None
        self._known: list[Installed] = []
        self._lists: tuple[str, CodeLists] | None = None

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def sheets(self) -> Path:
        return self._folder / "sheets"

    def installed(self) -> list[Installed]:
        """Every stored release, by kind, the newest first."""
        stamp = self._stamp()
        if stamp is None or stamp != self._seen:
            self._known = self._load()
            self._seen = stamp
        return list(self._known)

    def current(self, kind: PackageKind) -> Installed | None:
        return next((one for one in self.installed() if one.kind is kind and one.is_current), None)

    def in_force(self, kind: PackageKind, day: date | None) -> Installed | None:
        """The release for a document: the one in use; for one issued on `day`, the last one published by then, if it
        is stored."""
        current = self.current(kind)
        if current is None or day is None or day >= current.release:
            return current
        older = [one for one in self.installed() if one.kind is kind and one.release <= day]
        return older[0] if older else current

    def path(self, one: Installed) -> Path:
        return self._folder / f"{one.id}.zip"

    def read(self, one: Installed) -> Package:
        """The content of a stored release. Raises: InputError PACKAGE.DAMAGED when its file is gone or was changed."""
        try:
            raw = self.path(one).read_bytes()
        except OSError as error:
            raise _damaged(one, str(error)) from error
        if hashlib.sha256(raw).hexdigest() != one.sha256:
            raise _damaged(one, "checksum")
        return read_package(raw)

    def code_lists(self) -> CodeLists:
        """The lists of the e-Fatura package in use, or the built-in copy."""
        current = self.current(PackageKind.E_INVOICE)
        if current is None:
            return built_in_lists()
        # The forms ask with every check; a release never changes once it is stored.
        if self._lists is None or self._lists[0] != current.sha256:
            self._lists = current.sha256, code_lists(self.read(current))
        return self._lists[1]

    def install(self, raw: bytes, name: str) -> InstallReport:
        """Prove a package whole, keep it and, when it is the newest of its kind, use it from now on.

        A package that is there already is put in use again (the way back after a rollback).
        Raises: InputError ZIP.*, PACKAGE.*; AppError CHILD.* when it cannot be examined; EnvironmentFault FILE.*. In
        all of these cases nothing has changed.
        """
        examined = self._pool().call(
            "app.validation.packages.child:examine",
            raw,
            deadline_s=_EXAMINE_DEADLINE_S,
            memory_mb=_EXAMINE_MEMORY_MB,
        )
        kind = PackageKind(examined["kind"])
        made = Installed(
            id=examined["id"],
            kind=kind,
            release=date.fromisoformat(examined["release"]),
            sha256=examined["sha256"],
            name=Path(name).name[:200],
            installed_at=self._now().isoformat(timespec="seconds"),
            is_current=True,
        )
        self.sheets.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove_leftovers(self._folder)
        remove_leftovers(self.sheets)
        with hold(self._folder / "index.lock"):
            known = self._load()
            before = next((one for one in known if one.kind is kind and one.is_current), None)
            was_known = any(one.id == made.id for one in known)
            for key, body in examined["sheets"].items():
                digest = hashlib.sha256(body).hexdigest().encode()
                replace_file(self.sheets / f"{key}.json", body + b"\n" + digest, point=SHEET)
            replace_file(self.path(made), raw, point=FILE)
            is_newest = before is None or was_known or made.release >= before.release
            rest = [one for one in known if one.id != made.id]
            self._save([*rest, made], _used(known) | ({kind.value: made.id} if is_newest else {}))
        stored = next(one for one in self.installed() if one.id == made.id)
        changes = None
        if before is not None and before.id != made.id:
            changes = self._changes(before, stored)
        return InstallReport(installed=stored, was_known=was_known, previous=before, changes=changes)

    def rollback(self, kind: PackageKind) -> InstallReport:
        """Use the release before the one in use. Raises: InputError PACKAGE.NO_EARLIER, PACKAGE.NONE."""
        with hold(self._folder / "index.lock"):
            known = self._load()
            current = next((one for one in known if one.kind is kind and one.is_current), None)
            if current is None:
                raise InputError(
                    "PACKAGE.NONE",
                    f"{TITLES[kind]} kurulu değil.",
                    todo="'muhurdar package install' ile paketi yükleyin.",
                )
            of_kind = [one for one in known if one.kind is kind]
            behind = of_kind[of_kind.index(current) + 1 :]
            if not behind:
                raise InputError(
                    "PACKAGE.NO_EARLIER",
                    f"{TITLES[kind]} için daha eski bir sürüm saklı değil.",
                    why=f"Kullanılan sürüm {current.release:%d.%m.%Y}.",
                    todo="Eski sürümün ZIP dosyası elinizdeyse onu yükleyin.",
                )
            self._save(known, _used(known) | {kind.value: behind[0].id})
        stored = next(one for one in self.installed() if one.id == behind[0].id)
        return InstallReport(installed=stored, was_known=True, previous=current, changes=self._changes(current, stored))

    def changes(self, kind: PackageKind) -> Changes | None:
        """From the stored release before the one in use to the one in use; None when there are no two."""
        of_kind = [one for one in self.installed() if one.kind is kind]
        current = next((one for one in of_kind if one.is_current), None)
        if current is None:
            return None
        behind = of_kind[of_kind.index(current) + 1 :]
        return self._changes(behind[0], current) if behind else None

    def _changes(self, old: Installed, new: Installed) -> Changes | None:
        try:
            return changes_between(self.read(old), self.read(new))
        except AppError:
            # The comparison is for reading; a damaged older package must not stop the newer one.
            return None

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = (self._folder / "index.json").stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino

    def _load(self) -> list[Installed]:
        try:
            data = json.loads((self._folder / "index.json").read_bytes())
            current = set(data["current"].values())
            found = [
                Installed(
                    id=str(one["id"]),
                    kind=PackageKind(one["kind"]),
                    release=date.fromisoformat(one["release"]),
                    sha256=str(one["sha256"]),
                    name=str(one["name"]),
                    installed_at=str(one["installed_at"]),
                    is_current=one["id"] in current,
                )
                for one in data["packages"]
                if _ID.fullmatch(str(one["id"]))
            ]
        except FileNotFoundError:
            found = self._found_on_disk()
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            found = self._found_on_disk()
        return sorted(found, key=lambda one: (one.kind.value, -one.release.toordinal(), one.installed_at, one.id))

    def _found_on_disk(self) -> list[Installed]:
        """The packages as their own files tell, when the index is lost: the newest of each kind is in use."""
        found: dict[str, Installed] = {}
        newest: dict[PackageKind, Installed] = {}
        for file in sorted(self._folder.glob("*.zip")):
            match = _ID.fullmatch(file.stem)
            if match is None:
                continue
            try:
                raw = file.read_bytes()
                release = date.fromisoformat(match[2])
            except (OSError, ValueError):
                continue
            sha256 = hashlib.sha256(raw).hexdigest()
            if not sha256.startswith(match[3]):
                continue
            one = Installed(
                id=file.stem,
                kind=PackageKind(match[1]),
                release=release,
                sha256=sha256,
                name=file.name,
                installed_at=datetime.fromtimestamp(file.stat().st_mtime, UTC).isoformat(timespec="seconds"),
                is_current=False,
            )
            found[one.id] = one
            if one.kind not in newest or newest[one.kind].release <= release:
                newest[one.kind] = one
        used = {one.id for one in newest.values()}
        return [replace(one, is_current=one.id in used) for one in found.values()]

    def _save(self, packages: list[Installed], used: dict[str, str]) -> None:
        data = {
            "schema_version": 1,
            "packages": [
                {
                    "id": one.id,
                    "kind": one.kind.value,
                    "release": one.release.isoformat(),
                    "sha256": one.sha256,
                    "name": one.name,
                    "installed_at": one.installed_at,
                }
                for one in packages
            ],
            "current": used,
        }
        raw = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True).encode()
        replace_file(self._folder / "index.json", raw, point=INDEX)
        self._seen = None


def _used(packages: list[Installed]) -> dict[str, str]:
    """Kind -> id of the release in use."""
    return {one.kind.value: one.id for one in packages if one.is_current}


def _damaged(one: Installed, raw: str) -> InputError:
    return InputError(
        "PACKAGE.DAMAGED",
        f"Kurulu {one.title} ({one.release:%d.%m.%Y}) bozulmuş ya da silinmiş.",
        todo="Paketi yeniden yükleyin ('muhurdar package install').",
        raw_text=raw,
    )

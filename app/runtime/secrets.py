"""Where login data lives: the operating system's keyring, else the vault file. Never plain text.

`keyring` would pick its backend from an environment variable, a configuration file or any installed plug-in
(keyrings.alt writes clear text). So it is never asked: the four backends below are made directly, by name, and each
must prove itself by a write, a read and a delete of a random value.
"""

from __future__ import annotations

import hashlib
import importlib
import logging
import os
import secrets as random
import sys
from collections.abc import Iterable, Iterator
from typing import Protocol

from app.domain.errors import ConfigError, EnvironmentFault
from app.runtime import crashpoints, filelock, files, masking
from app.runtime.paths import DataFolder
from app.runtime.vault import Vault

SCOPE_POINT = crashpoints.declare("file.scope", "the id under which this data folder's secrets stand in the keyring")

# module, class, platform, what the user calls it
ALLOWED_BACKENDS: tuple[tuple[str, str, str, str], ...] = (
    ("keyring.backends.Windows", "WinVaultKeyring", "win32", "Windows Kimlik Bilgileri Yöneticisi"),
    ("keyring.backends.macOS", "Keyring", "darwin", "macOS Anahtar Zinciri"),
    ("keyring.backends.SecretService", "Keyring", "linux", "Gizli Servis (GNOME Anahtarlık)"),
    ("keyring.backends.kwallet", "DBusKeyring", "linux", "KDE Cüzdanı"),
)
# The Windows store takes 2,560 bytes of UTF-16, 1,280 units; 600 characters stay under it whatever they are.
PART_CHARS = 600

_USER = "muhurdar"
_ENV_PROPERTY = "KEYRING_PROPERTY_"
_log = logging.getLogger(__name__)


class Backend(Protocol):
    """What we use of a keyring backend."""

    def get_password(self, service: str, username: str, /) -> str | None: ...

    def set_password(self, service: str, username: str, password: str, /) -> None: ...

    def delete_password(self, service: str, username: str, /) -> None: ...


class NamedSecretStore(Protocol):
    """A SecretStore that can say in Turkish where it keeps things."""

    @property
    def title(self) -> str: ...

    def get(self, name: str) -> str | None: ...

    def set(self, name: str, value: str) -> None: ...

    def delete(self, name: str) -> None: ...


class MemorySecretStore:
    """Keeps secrets until the process ends, for tests and the demo."""

    title = "Bellek (geçici)"

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"MemorySecretStore({len(self._values)} names)"

    def get(self, name: str) -> str | None:
        return self._values.get(name)

    def set(self, name: str, value: str) -> None:
        masking.hide(value)
        self._values[name] = value

    def delete(self, name: str) -> None:
        self._values.pop(name, None)


class KeyringStore:
    """A SecretStore over one keyring backend. Values of any length; long ones are kept in parts. Any thread.

    Each secret is a service of its own: the Windows backend shuffles entries that share one.
    """

    def __init__(self, backend: Backend, *, title: str, scope: str) -> None:
        self._backend = backend
        self._title = title
        self._scope = scope

    def __repr__(self) -> str:
        return f"KeyringStore({self._title!r})"

    @property
    def title(self) -> str:
        return self._title

    def get(self, name: str) -> str | None:
        """The value, or None. Raises: EnvironmentFault SECRET.KEYRING (locked, gone) or SECRET.INCOMPLETE."""
        head = self._call_get(name)
        if head is None:
            return None
        value = self._joined(name, head)
        masking.hide(value)
        return value

    def set(self, name: str, value: str) -> None:
        """Raises: EnvironmentFault SECRET.KEYRING; the old value then still stands."""
        masking.hide(value)
        old = self._call_get(name)
        if len(value) <= PART_CHARS - 1:
            self._call_set(name, "1" + value)
        else:
            # Parts first, under names of their own; the head that makes them count last. A crash between leaves
            # the old value readable.
            parts = [value[i : i + PART_CHARS] for i in range(0, len(value), PART_CHARS)]
            generation = random.token_hex(4)
            for index, part in enumerate(parts):
                self._call_set(_part_name(name, generation, index), part)
            self._call_set(name, f"n{generation}:{len(parts)}:{_digest(value)}")
        self._delete_parts(name, old)

    def delete(self, name: str) -> None:
        """Forget `name`; nothing happens when it is not there."""
        head = self._call_get(name)
        if head is not None:
            self._call_delete(name)
            self._delete_parts(name, head)

    def _joined(self, name: str, head: str) -> str:
        if head.startswith("1"):
            return head[1:]
        generation, count, digest = _split_head(head)
        parts = [self._call_get(_part_name(name, generation, index)) for index in range(count)]
        value = "".join(part or "" for part in parts)
        if not count or _digest(value) != digest:
            raise EnvironmentFault(
                "SECRET.INCOMPLETE",
                "Kayıtlı şifre okunamadı.",
                why=f"{self._title} içindeki kayıt eksik ya da başka bir program değiştirmiş.",
                todo="Entegratör şifresini yeniden girin.",
            )
        return value

    def _delete_parts(self, name: str, head: str | None) -> None:
        if head is not None and head.startswith("n"):
            generation, count, _digest_of_all = _split_head(head)
            for index in range(count):
                if self._call_get(_part_name(name, generation, index)) is not None:
                    self._call_delete(_part_name(name, generation, index))

    def _service(self, name: str) -> str:
        return f"muhurdar/{self._scope}/{name}"

    def _call_get(self, name: str) -> str | None:
        try:
            return self._backend.get_password(self._service(name), _USER)
        except Exception as e:  # each backend raises its own classes, D-Bus and Win32 ones among them
            raise self._fault("okunamadı", e) from e

    def _call_set(self, name: str, value: str) -> None:
        try:
            self._backend.set_password(self._service(name), _USER, value)
        except Exception as e:
            raise self._fault("kaydedilemedi", e) from e

    def _call_delete(self, name: str) -> None:
        try:
            self._backend.delete_password(self._service(name), _USER)
        except Exception as e:
            raise self._fault("silinemedi", e) from e

    def _fault(self, what: str, error: Exception) -> EnvironmentFault:
        return EnvironmentFault(
            "SECRET.KEYRING",
            f"Kayıtlı şifre {what}.",
            why=f"{self._title} izin vermedi; kilitli olabilir.",
            todo="Anahtarlığın kilidini açıp yeniden deneyin.",
            retry_safe=True,
            raw_code=type(error).__name__,
            raw_text=masking.mask(str(error)),
        )


class LayeredStore:
    """The keyring, with a vault from earlier days still read."""

    def __init__(self, first: NamedSecretStore, then: NamedSecretStore) -> None:
        self._first = first
        self._then = then

    def __repr__(self) -> str:
        return f"LayeredStore({self._first!r}, {self._then!r})"

    @property
    def title(self) -> str:
        return self._first.title

    def get(self, name: str) -> str | None:
        value = self._first.get(name)
        return value if value is not None else self._then.get(name)

    def set(self, name: str, value: str) -> None:
        self._first.set(name, value)

    def delete(self, name: str) -> None:
        self._first.delete(name)
        self._then.delete(name)


def open_secret_store(folder: DataFolder, *, passphrase: str | None, allow_keyring: bool = True) -> NamedSecretStore:
    """The place for login data on this machine: a working keyring, else the vault under `passphrase`.

    Raises: ConfigError SECRET.NO_PLACE (no keyring and no passphrase) or SECRET.LOCKED (a vault is there, the
    passphrase is not), and what `Vault` raises.
    """
    keyring = find_keyring(folder, _backends()) if allow_keyring else None
    folder.ensure()
    vault = Vault(folder.vault, passphrase) if passphrase and (keyring is None or folder.vault.exists()) else None
    if keyring is not None:
        return LayeredStore(keyring, vault) if vault else keyring
    if vault is not None:
        return vault
    if folder.vault.exists():
        raise ConfigError(
            "SECRET.LOCKED",
            "Kasa parolası verilmedi.",
            why="Entegratör şifreleri parola kasasında duruyor.",
            todo="MUHURDAR_VAULT_PASSPHRASE değişkenine kasa parolasını yazın.",
        )
    raise ConfigError(
        "SECRET.NO_PLACE",
        "Entegratör şifresini saklayacak güvenli bir yer yok.",
        why="Bu bilgisayarda çalışan bir işletim sistemi anahtarlığı bulunamadı; şifreler düz metin olarak saklanmaz.",
        todo="Anahtarlığı etkinleştirin ya da MUHURDAR_VAULT_PASSPHRASE değişkenine bir kasa parolası yazın.",
    )


def find_keyring(folder: DataFolder, candidates: Iterable[tuple[Backend, str]]) -> KeyringStore | None:
    """The first of `candidates` (backend, title) that proves itself, or None."""
    for backend, title in candidates:
        if probe(backend):
            return KeyringStore(backend, title=title, scope=_scope(folder))
    return None


def probe(backend: Backend) -> bool:
    """Whether `backend` keeps, gives back and forgets a random value. Never raises."""
    service, value = f"muhurdar/probe/{random.token_hex(4)}", random.token_hex(16)
    try:
        backend.set_password(service, _USER, value)
        try:
            is_kept = backend.get_password(service, _USER) == value
        finally:
            backend.delete_password(service, _USER)
        is_gone = backend.get_password(service, _USER) is None
    except Exception as e:  # noqa: BLE001 - absent, locked, refused by the user: all mean the next one
        _log.info("keyring %s does not work: %s", type(backend).__name__, type(e).__name__)
        return False
    return is_kept and is_gone


def _backends() -> Iterator[tuple[Backend, str]]:
    """The allowed backends of this platform, made directly. Imported here: keyring costs 0.1 s at start."""
    for module_name, class_name, platform, title in ALLOWED_BACKENDS:
        if platform != sys.platform:
            continue
        try:
            kind = getattr(importlib.import_module(module_name), class_name)
            _ = kind.priority  # raises where the service is not there; spares a slow first call
            backend: Backend = kind()
        except Exception as e:  # noqa: BLE001 - not installed or not running: the next one
            _log.info("keyring %s is not there: %s", module_name, type(e).__name__)
            continue
        _drop_environment(backend)
        yield backend, title


def _drop_environment(backend: Backend) -> None:
    """Undo what keyring sets from KEYRING_PROPERTY_* variables: they may put any attribute on the object."""
    for variable in os.environ:
        if variable.startswith(_ENV_PROPERTY):
            vars(backend).pop(variable.removeprefix(_ENV_PROPERTY).lower(), None)


def _scope(folder: DataFolder) -> str:
    """An id of this data folder, so that two offices on one machine do not read each other's passwords.

    It is kept in the folder and moves with it.
    """
    path = folder.root / "keyring.id"
    folder.ensure()
    with filelock.hold(folder.root / "keyring.lock"):
        if path.exists():
            kept = path.read_text("ascii", errors="replace").strip()
            if len(kept) == 16 and kept.isalnum():
                return kept
        fresh = random.token_hex(8)
        files.replace_file(path, fresh.encode("ascii"), point=SCOPE_POINT)
        return fresh


def _part_name(name: str, generation: str, index: int) -> str:
    return f"{name}#{generation}#{index}"


def _split_head(head: str) -> tuple[str, int, str]:
    """The generation, the number of parts and the digest; zero parts when the entry is not ours."""
    fields = head[1:].split(":")
    if not head.startswith("n") or len(fields) != 3 or not fields[1].isdecimal() or int(fields[1]) > 10_000:
        return "", 0, ""
    return fields[0], int(fields[1]), fields[2]


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8")).hexdigest()

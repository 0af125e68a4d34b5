"""The vault file: login data under a passphrase, for machines without a working OS keyring.

Layout of `vault.bin` (format 1):
    8 bytes   magic
    4 bytes   length of the header, big-endian
    header    JSON: format, Argon2id parameters, salt, nonce, passphrase check
    sealed    AES-256-GCM of the JSON object {name: value}; everything before it is the associated data
    32 bytes  SHA-256 of all the above

The passphrase is stretched with Argon2id to 64 bytes: the key, and a check value that is stored. So a wrong
passphrase (check differs), a damaged file (SHA-256 differs) and a forged one (GCM refuses) are told apart. The
passphrase itself is kept nowhere; this object holds the key only.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import struct
import unicodedata
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import NoReturn

from app.domain.errors import ConfigError, EnvironmentFault, StorageError
from app.runtime import crashpoints, filelock, files, masking

POINT = crashpoints.declare("file.vault", "the vault file with the login data")

_MAGIC = b"MHRVAULT"
_FORMAT = 1
_LENGTH = struct.Struct(">I")
_MAX_HEADER_BYTES = 4096
_MAX_FILE_BYTES = 16 * 1024 * 1024
_SHA_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class KdfParameters:
    """RFC 9106 section 4, second recommended option: 3 passes, 4 lanes, 64 MiB (about 0.15 s on two cores)."""

    iterations: int = 3
    lanes: int = 4
    memory_kib: int = 64 * 1024

    def is_sane(self) -> bool:
        """A header may be forged: it must not make us fill the memory before the check fails."""
        return 1 <= self.iterations <= 16 and 1 <= self.lanes <= 16 and 8 * self.lanes <= self.memory_kib <= 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """What stands in clear at the head of the file; bytes as hex."""

    format: int
    kdf: KdfParameters
    salt: str
    nonce: str
    check: str

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":")).encode("ascii")


@dataclass(frozen=True, slots=True)
class _Sealed:
    header: _Header
    associated: bytes
    content: bytes


class Vault:
    """A SecretStore in one file. Any thread and any number of processes: each change rereads under a lock."""

    title = "Parola kasası (vault.bin)"

    def __init__(self, path: Path, passphrase: str, *, kdf: KdfParameters | None = None) -> None:
        """Open the vault at `path`, or make an empty one there. Takes about 0.15 s.

        It is made at once and under the lock, so that two processes that start together share one salt. `kdf`
        counts only for a new vault.
        Raises: ConfigError VAULT.PASSPHRASE (wrong) or VAULT.NO_PASSPHRASE (empty); StorageError VAULT.DAMAGED or
        VAULT.NEWER; EnvironmentFault when the file cannot be read or made.
        """
        if not passphrase.strip():
            raise ConfigError(
                "VAULT.NO_PASSPHRASE",
                "Kasa parolası boş.",
                why="Entegratör şifreleri bu parolayla korunur.",
                todo="MUHURDAR_VAULT_PASSPHRASE değişkenine bir parola yazın.",
            )
        masking.hide(passphrase)
        self._path = path
        self._lock_path = path.with_suffix(".lock")
        with filelock.hold(self._lock_path):
            sealed = self._load()
            if sealed is None:
                salt = os.urandom(16).hex()
                header = _Header(format=_FORMAT, kdf=kdf or KdfParameters(), salt=salt, nonce="", check="")
                self._key, check = _stretch(passphrase, header)
                self._header = replace(header, check=check.hex())
                files.replace_file(self._path, self._encrypt({}), point=POINT)
                return
        self._header = sealed.header
        self._key, check = _stretch(passphrase, sealed.header)
        if not hmac.compare_digest(check.hex(), sealed.header.check):
            raise _wrong_passphrase()
        self._decrypt(sealed)

    def __repr__(self) -> str:
        return f"Vault({str(self._path)!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a vault does not travel to another process")

    def get(self, name: str) -> str | None:
        value = self._read_all().get(name)
        if value is not None:
            masking.hide(value)
        return value

    def set(self, name: str, value: str) -> None:
        masking.hide(value)
        self._change({name: value})

    def delete(self, name: str) -> None:
        """Forget `name`; nothing happens when it is not there."""
        self._change({name: None})

    def _read_all(self) -> dict[str, str]:
        # Under the lock too: on Windows a file being replaced cannot be opened.
        with filelock.hold(self._lock_path):
            sealed = self._load()
        return self._decrypt(sealed) if sealed else {}

    def _change(self, changes: dict[str, str | None]) -> None:
        with filelock.hold(self._lock_path):
            # Reread: another process may have written since, and its entries must not be lost.
            sealed = self._load()
            old = self._decrypt(sealed) if sealed else {}
            new = {name: value for name, value in (old | changes).items() if value is not None}
            if new != old:
                files.replace_file(self._path, self._encrypt(new), point=POINT)

    def _load(self) -> _Sealed | None:
        try:
            with self._path.open("rb") as file:
                raw = file.read(_MAX_FILE_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as e:
            raise EnvironmentFault(
                "VAULT.READ",
                f"Parola kasası okunamadı: {self._path}",
                why=f"İşletim sistemi izin vermedi ({e.strerror or type(e).__name__}).",
                todo="Dosyanın izinlerini denetleyip yeniden deneyin.",
                retry_safe=True,
                raw_text=str(e),
            ) from e
        return _parse(raw, self._path)

    def _decrypt(self, sealed: _Sealed) -> dict[str, str]:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        mine, theirs = self._header, sealed.header
        if (theirs.salt, theirs.kdf, theirs.check) != (mine.salt, mine.kdf, mine.check):
            raise ConfigError(
                "VAULT.REPLACED",
                "Parola kasası bu arada değiştirilmiş.",
                why="Dosya başka bir parolayla yeniden oluşturulmuş.",
                todo="Programı kapatıp doğru kasa parolasıyla yeniden açın.",
            )
        try:
            plain = AESGCM(self._key).decrypt(bytes.fromhex(theirs.nonce), sealed.content, sealed.associated)
            values = json.loads(plain)
        except (InvalidTag, ValueError) as e:
            raise _damaged(self._path, type(e).__name__) from e
        if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
            raise _damaged(self._path, "shape")
        return values

    def _encrypt(self, values: dict[str, str]) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(12)  # a new one for every write: GCM breaks when one repeats under the same key
        header = replace(self._header, nonce=nonce.hex()).to_bytes()
        associated = _MAGIC + _LENGTH.pack(len(header)) + header
        plain = json.dumps(values, ensure_ascii=False, sort_keys=True).encode("utf-8")
        whole = associated + AESGCM(self._key).encrypt(nonce, plain, associated)
        return whole + hashlib.sha256(whole).digest()


def _stretch(passphrase: str, header: _Header) -> tuple[bytes, bytes]:
    """The key (32 bytes) and the check value (32 bytes). One composed form: `ş` is typed in two ways."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    kdf = header.kdf
    try:
        stretched = Argon2id(
            salt=bytes.fromhex(header.salt),
            length=64,
            iterations=kdf.iterations,
            lanes=kdf.lanes,
            memory_cost=kdf.memory_kib,
        ).derive(unicodedata.normalize("NFC", passphrase).encode("utf-8"))
    except (UnsupportedAlgorithm, MemoryError) as e:
        raise EnvironmentFault(
            "VAULT.KDF",
            "Parola kasası bu bilgisayarda açılamıyor.",
            why=f"Şifreleme kitaplığı Argon2id hesabını yapamadı ({type(e).__name__}).",
            todo="Programı yeniden kurun ya da boş belleği artırın.",
        ) from e
    return stretched[:32], hashlib.sha256(b"muhurdar vault check" + stretched[32:]).digest()


def _parse(raw: bytes, path: Path) -> _Sealed:
    """Take the file apart; says damaged, or from a newer version, before any passphrase is tried."""
    start = len(_MAGIC) + _LENGTH.size
    if len(raw) < start + _SHA_BYTES or len(raw) > _MAX_FILE_BYTES or not raw.startswith(_MAGIC):
        raise _damaged(path, "magic or size")
    whole, digest = raw[:-_SHA_BYTES], raw[-_SHA_BYTES:]
    if hashlib.sha256(whole).digest() != digest:
        raise _damaged(path, "sha-256")
    (length,) = _LENGTH.unpack_from(whole, len(_MAGIC))
    if length > _MAX_HEADER_BYTES or start + length > len(whole):
        raise _damaged(path, "header length")
    try:
        fields = json.loads(whole[start : start + length])
        if fields["format"] > _FORMAT:
            raise StorageError(
                "VAULT.NEWER",
                "Parola kasası programın daha yeni bir sürümüyle yazılmış.",
                why=f"Kasa biçimi {fields['format']}, bu sürüm {_FORMAT} biçimini okuyor.",
                todo="Programı güncelleyin.",
            )
        header = _Header(**{**fields, "kdf": KdfParameters(**fields["kdf"])})
        is_well_formed = (
            len(bytes.fromhex(header.salt)) == 16
            and len(bytes.fromhex(header.nonce)) == 12
            and len(bytes.fromhex(header.check)) == 32
            and header.kdf.is_sane()
        )
    except (ValueError, TypeError, KeyError, AttributeError) as e:
        raise _damaged(path, type(e).__name__) from e
    if not is_well_formed:
        raise _damaged(path, "header values")
    return _Sealed(header, whole[: start + length], whole[start + length :])


def _wrong_passphrase() -> ConfigError:
    return ConfigError(
        "VAULT.PASSPHRASE",
        "Kasa parolası yanlış.",
        why="Dosya sağlam, ama bu parolayla açılmıyor.",
        todo="Parolayı yeniden yazın; unutulduysa vault.bin dosyasını kaldırıp entegratör şifrelerini yeniden girin.",
    )


def _damaged(path: Path, detail: str) -> StorageError:
    return StorageError(
        "VAULT.DAMAGED",
        f"Parola kasası bozuk: {path}",
        why="Dosya yarım kalmış ya da program dışında değiştirilmiş.",
        todo="Yedekten geri alın ya da dosyayı kaldırıp entegratör şifrelerini yeniden girin.",
        raw_text=detail,
    )

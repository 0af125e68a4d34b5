"""Reading what the user points at. Every way in which a file can disappoint ends in one sentence."""

from __future__ import annotations

import errno
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.domain.errors import AppError, EnvironmentFault, InputError

_MIB = 1024 * 1024
MAX_FILE_BYTES = 256 * _MIB
_MAX_JSON_BYTES = 16 * _MIB


def read_file(path: str | Path, *, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """The bytes of a file, a pipe or a device, at most `max_bytes` of them. Raises: InputError (FILE.*)."""
    parts: list[bytes] = []
    size = 0
    try:
        with open(path, "rb") as source:
            while part := source.read(_MIB):
                parts.append(part)
                size += len(part)
                if size > max_bytes:
                    raise InputError(
                        "FILE.TOO_BIG",
                        f"{path} okunmadı.",
                        why=f"Dosya {max_bytes // _MIB} MB'tan büyük.",
                        todo="Doğru dosyayı seçtiğinizi kontrol edin.",
                    )
    except OSError as error:
        raise read_fault(path, error) from error
    return b"".join(parts)


def read_fault(path: str | Path | bytes | None, error: OSError) -> AppError:
    """The operating system's refusal in the user's words; an InputError where another file would do."""
    name = "" if path is None else str(path)
    if isinstance(error, FileNotFoundError) and name:
        return InputError("FILE.MISSING", f"Dosya bulunamadı: {name}.", todo="Yolu kontrol edin.")
    if isinstance(error, PermissionError) and name:
        return InputError(
            "FILE.DENIED",
            f"Dosyaya erişim yok: {name}.",
            todo="Dosya başka programda açık olabilir; izinleri kontrol edin.",
        )
    if isinstance(error, IsADirectoryError) and name:
        return InputError("FILE.IS_FOLDER", f"{name} bir klasör.", todo="Bir dosya verin.")
    if isinstance(error, FileExistsError | NotADirectoryError) and name:
        return InputError(
            "FILE.NOT_FOLDER", f"{name} bir klasör değil.", todo="Yolu kontrol edin ya da başka bir klasör verin."
        )
    if error.errno == errno.EADDRINUSE:
        return EnvironmentFault(
            "PORT.BUSY", "Bu bağlantı noktası kullanılıyor.", todo="--port ile başka bir numara verin."
        )
    if error.errno == errno.ENOSPC:
        return EnvironmentFault("FILE.FULL", "Diskte yer kalmadı.", todo="Diskte yer açıp yeniden deneyin.")
    what = f"{name} okunamadı veya yazılamadı." if name else "Bir dosya okunamadı veya yazılamadı."
    return EnvironmentFault(
        "FILE.OS",
        what,
        why=f"({error.strerror or type(error).__name__})",
        todo="Diskte yer ve izin olduğunu kontrol edin.",
    )


def read_json(path: str) -> dict[str, Any]:
    """A JSON object of a file, broken numbers as Decimal. Raises: InputError (FILE.*, JSON.*)."""
    raw = read_file(path, max_bytes=_MAX_JSON_BYTES)
    if not raw.strip():
        raise InputError("JSON.EMPTY", f"{path} boş.", todo="İçinde bir JSON nesnesi olan dosyayı verin.")
    try:
        value = json.loads(raw.decode("utf-8-sig"), parse_float=Decimal, object_pairs_hook=_object)
        # A lone half of a surrogate pair can be written in JSON but in no file and no database.
        json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(
            "JSON.TEXT",
            f"{path} okunamadı.",
            why="Bir metnin içinde yarım bir karakter (\\ud8.. gibi) var.",
            todo="O metni yeniden yazın.",
        ) from error
    except UnicodeDecodeError as error:
        raise InputError("JSON.ENCODING", f"{path} UTF-8 değil.", todo="Dosyayı UTF-8 olarak kaydedin.") from error
    except json.JSONDecodeError as error:
        raise InputError(
            "JSON.SYNTAX",
            f"{path} okunamadı.",
            why=f"{error.lineno}. satır, {error.colno}. sütunda yazım hatası var.",
            todo="JSON yazımını düzeltin.",
        ) from error
    except RecursionError as error:
        raise InputError(
            "JSON.DEEP", f"{path} okunamadı.", why="İç içe çok fazla parantez var.", todo="Doğru dosyayı verin."
        ) from error
    except _Doubled as error:
        raise InputError(
            "JSON.DOUBLED", f"{path} okunamadı.", why=f"{error} alanı iki kez yazılmış.", todo="Birini silin."
        ) from error
    except ValueError as error:  # Python reads no whole number of more than 4,300 digits
        raise InputError(
            "JSON.NUMBER", f"{path} okunamadı.", why="İçinde okunamayacak kadar uzun bir sayı var.", todo="Düzeltin."
        ) from error
    if not isinstance(value, dict):
        raise InputError("JSON.SHAPE", f"{path} bir JSON nesnesi değil.", todo="Dosya { ile başlayıp } ile bitmeli.")
    return value


class _Doubled(Exception):
    pass


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Plain `json` would keep the last of two fields of one name and say nothing."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _Doubled(name[:60])
        found[name] = value
    return found

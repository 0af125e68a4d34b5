"""The only door to python-pkcs11 (MIT, kept up by pyHanko's author, wheels for Windows on 3.11-3.13).

One PKCS#11 library per process: drivers keep global state, and two of them in one process have crashed each other.
The path is resolved first, so that a link and its target are one library. Token thread only.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pkcs11
from pkcs11 import exceptions as p11

from app.domain.errors import PinRefused, SealError

_lock = threading.Lock()
_loaded: dict[str, Any] = {}

_GONE = (
    p11.DeviceRemoved,
    p11.TokenNotPresent,
    p11.TokenNotRecognised,
    p11.SlotIDInvalid,
    p11.SessionHandleInvalid,
    p11.SessionClosed,
)
# What drivers answer when a card is pulled out in the middle, without saying so.
_MAYBE_GONE = (
    p11.DeviceError,
    p11.GeneralError,
    p11.FunctionFailed,
    p11.KeyHandleInvalid,
    p11.ObjectHandleInvalid,
    p11.UserNotLoggedIn,
)
_WRONG_PIN = (p11.PinIncorrect, p11.PinInvalid, p11.PinLenRange)


def load_library(module: Path) -> Any:
    """Return the python-pkcs11 library of `module`, initialised.

    Raises: SealError (TOKEN.MODULE_MISSING, TOKEN.NOT_PKCS11, TOKEN.SECOND_MODULE, TOKEN.MODULE_FAILED).
    """
    path = _resolved(module)
    with _lock:
        if path in _loaded:
            return _loaded[path]
        if _loaded:
            raise SealError(
                "TOKEN.SECOND_MODULE",
                "İkinci bir mühür sürücüsü aynı anda açılamaz.",
                why=f"Bu çalışmada {Path(next(iter(_loaded))).name} kullanılıyor.",
                todo="Programı kapatıp açın ya da tek sürücü seçin.",
            )
        try:
            _loaded[path] = library = pkcs11.lib(path)
        except p11.PKCS11Error as e:
            raise _load_error(path, e) from e
        return library


def refresh(library: Any) -> None:
    """Make the driver look for tokens again. Only while no session is open: it closes them all."""
    with translated("Tokenler yeniden okunamadı."):
        library.reinitialize()


@contextmanager
def translated(what: str, *, token: Any = None) -> Iterator[None]:
    """Turn the driver's exceptions into SealError.

    `what` is the Turkish sentence for the faults without a name; `token` is asked whether it is still there.
    """
    try:
        yield
    except p11.PKCS11Error as e:
        raise _translate(e, what, token) from e


def _translate(error: p11.PKCS11Error, what: str, token: Any) -> SealError:
    name = type(error).__name__
    if isinstance(error, _WRONG_PIN):
        return PinRefused(
            "PIN.WRONG",
            "Token PIN'i kabul etmedi.",
            why="PIN yanlış.",
            todo="Doğru PIN'i yazın; program yanlış PIN'i kendiliğinden yeniden denemez.",
            raw_code=name,
        )
    if isinstance(error, p11.PinLocked):
        return PinRefused(
            "PIN.LOCKED",
            "Tokenin PIN'i kilitlendi.",
            why="Art arda yanlış PIN girilmiş.",
            todo="PUK ile kilidi açın; olmuyorsa mührü veren kuruma başvurun.",
            raw_code=name,
        )
    if isinstance(error, p11.PinExpired):
        return PinRefused(
            "PIN.EXPIRED",
            "Token PIN'i kabul etmedi.",
            why="PIN'in değiştirilmesi gerekiyor.",
            todo="Tokenin kendi programıyla yeni PIN belirleyin.",
            raw_code=name,
        )
    if isinstance(error, (p11.FunctionCancelled, p11.FunctionRejected)):
        return PinRefused(
            "PIN.CANCELLED",
            "PIN girilmedi.",
            why="Okuyucudaki PIN girişi iptal edildi ya da süresi doldu.",
            todo="Yeniden deneyip PIN'i okuyucunun tuş takımından girin.",
            raw_code=name,
        )
    if isinstance(error, (p11.UserAlreadyLoggedIn, p11.AnotherUserAlreadyLoggedIn)):
        # The driver does not look at the PIN of a second login, so it must not count as accepted.
        return SealError(
            "TOKEN.ALREADY_OPEN",
            "Token bu programda zaten açık.",
            why="Açık tokende PIN denetlenmez.",
            todo="Önce açık oturumu kapatın.",
            raw_code=name,
        )
    if isinstance(error, _GONE) or (isinstance(error, _MAYBE_GONE) and not _is_present(token)):
        return SealError(
            "TOKEN.REMOVED",
            "Token çıkarılmış, mühür basılmadı.",
            why="Okuyucuda token görünmüyor.",
            todo="Mali mührü takıp yeniden deneyin; yarım kalan mühür saklanmadı.",
            raw_code=name,
        )
    return SealError(
        "TOKEN.FAILED",
        what,
        why="Tokenin sürücüsü hata verdi.",
        todo="Tokeni çıkarıp takın ve yeniden deneyin; sürerse sürücüsünü güncelleyin.",
        raw_code=name,
        raw_text=str(error),
    )


def _is_present(token: Any) -> bool:
    """Whether the very token (same serial) still answers; True when nobody can tell."""
    if token is None:
        return True
    try:
        return bool(token.slot.get_token().serial == token.serial)
    except p11.PKCS11Error:
        return False


def _resolved(module: Path) -> str:
    try:
        path = module.expanduser().resolve(strict=True)
    except OSError as e:
        raise SealError(
            "TOKEN.MODULE_MISSING",
            "Mühür sürücüsü bulunamadı.",
            why=f"{module} dosyası yok.",
            todo="Sürücüyü kurun ya da dosyanın yerini doğru yazın.",
        ) from e
    if not path.is_file():
        raise SealError(
            "TOKEN.MODULE_MISSING",
            "Mühür sürücüsü bulunamadı.",
            why=f"{module} bir dosya değil.",
            todo="Sürücünün .dll veya .so dosyasını seçin.",
        )
    return str(path)


def _load_error(path: str, error: p11.PKCS11Error) -> SealError:
    text = str(error)
    name = Path(path).name
    if text.startswith("OS exception"):
        return SealError(
            "TOKEN.NOT_PKCS11",
            f"{name} bir mühür sürücüsü değil ya da yüklenemiyor.",
            why="PKCS#11 kitaplığı olarak açılamadı (başka bir dosya, 32/64 bit uyuşmazlığı veya eksik bir parça).",
            todo="Mührü veren kurumun 64 bit sürücüsünü kurup onun PKCS#11 dosyasını seçin.",
            raw_text=text,
        )
    return SealError(
        "TOKEN.MODULE_FAILED",
        f"{name} sürücüsü başlatılamadı.",
        why="Sürücü hata verdi.",
        todo="Okuyucu hizmetinin çalıştığını denetleyin, sürücüyü yeniden kurun.",
        raw_code=type(error).__name__,
        raw_text=text,
    )

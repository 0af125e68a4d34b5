"""The road to a time stamp authority (zaman damgası kurumu): RFC 3161 questions by HTTP, with the login it wants.

Source: RFC 3161 section 3.4 (HTTP). KamuSM prescribes no login by HTTP's own means; its clients send a header
`identity`: the hex of a DER sequence (customer number, salt, rounds, iv, the imprint under AES-256-CBC with a key that
PBKDF2-HMAC-SHA256 makes of the password). That form is known from public clients only and is unconfirmed by KamuSM.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import os
import time
from enum import StrEnum
from typing import ClassVar, Final, cast
from urllib.parse import urlsplit

import requests
import urllib3
from asn1crypto import core
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from app.domain.errors import ConfigError, SealError
from app.runtime import crashpoints

POST: Final = crashpoints.declare("tsa.post", "a question to a time stamp authority; it may count as used")
_TIMEOUT_S: Final = (10.0, 30.0)
_DEADLINE_S: Final = 60.0
_MAX_ANSWER: Final = 1024 * 1024
_CHUNK: Final = 16 * 1024
_KAMUSM_ROUNDS: Final = 100
_HTTP_OK: Final = 200
_HTTP_LOGIN: Final = (401, 403, 407)


class Login(StrEnum):
    """How an authority knows its customer."""

    NONE = "none"
    BASIC = "basic"
    KAMUSM = "kamusm"


class _Identity(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar = [
        ("user", core.Integer),
        ("salt", core.OctetString),
        ("iterations", core.Integer),
        ("iv", core.OctetString),
        ("sealed_imprint", core.OctetString),
    ]


class _NoAuth(requests.auth.AuthBase):
    """Keeps requests from reading ~/.netrc and adding somebody's password to our calls."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class TimeStampLine:
    """One authority's address and login. Any thread, one question at a time. The password is in no repr and no log."""

    def __init__(self, url: str, *, login: Login = Login.NONE, user: str = "", password: str = "") -> None:
        """Raises: ConfigError (TSA.ADDRESS, TSA.HTTP, TSA.USER)."""
        self._host = _ensure_address(url, login)
        if login is not Login.NONE and not user:
            raise _config("TSA.USER", "Müşteri (kullanıcı) numarası yazılmamış.", "Kurumun verdiği numarayı yazın.")
        if login is Login.KAMUSM and not (user.isascii() and user.isdigit()):
            raise _config("TSA.USER", "Kamu SM'de müşteri numarası yalnız rakamdır.", "Müşteri numarasını yazın.")
        self._url, self._login, self._user, self._password = url, login, user, password

    def __repr__(self) -> str:
        return f"TimeStampLine({self._host!r})"

    @property
    def title(self) -> str:
        return self._host

    def post(self, query: bytes, imprint: bytes) -> bytes:
        """Send a DER question, give the DER answer. `imprint` is what the question asks to be stamped.

        Raises: SealError (TSA.UNREACHABLE, TSA.LOGIN, TSA.STATUS).
        """
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        headers |= self._login_headers(imprint)
        with crashpoints.point(POST):
            return self._exchange(query, headers)

    def _exchange(self, query: bytes, headers: dict[str, str]) -> bytes:
        started = time.monotonic()
        with requests.Session() as session:
            session.auth = _NoAuth()
            session.headers["User-Agent"] = "Muhurdar"
            if _is_loopback(self._host):
                session.trust_env = False  # a proxy has no business between us and this machine
            try:
                with session.post(
                    self._url, data=query, headers=headers, timeout=_TIMEOUT_S, allow_redirects=False, stream=True
                ) as response:
                    content = self._read(response, started)
                    status = response.status_code
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                # The request inside holds the login header: it must not travel on.
                if isinstance(error, requests.RequestException):
                    error.request = error.response = None
                error.__cause__ = error.__context__ = None
                raise self._unreachable(type(error).__name__) from error.with_traceback(None)
        if status in _HTTP_LOGIN:
            raise SealError(
                "TSA.LOGIN",
                "Zaman damgası alınamadı.",
                why=f"{self._host} kullanıcı bilgilerini kabul etmedi.",
                todo="Zaman damgası ayarlarında kullanıcıyı, parolayı ve giriş yöntemini denetleyin.",
                raw_code=f"HTTP {status}",
            )
        if status != _HTTP_OK:
            raise SealError(
                "TSA.STATUS",
                "Zaman damgası alınamadı.",
                why=f"{self._host} isteği yerine getirmedi (HTTP {status}).",
                todo="Zaman damgası adresini denetleyin; doğruysa sonra yeniden deneyin ya da damgasız sürdürün.",
                raw_code=f"HTTP {status}",
                retry_safe=True,
            )
        return content

    def _read(self, response: requests.Response, started: float) -> bytes:
        parts: list[bytes] = []
        size = 0
        while part := response.raw.read1(_CHUNK, decode_content=True):
            size += len(part)
            parts.append(part)
            # The socket's own timeout starts anew with each packet; a server that drips must end too.
            if size > _MAX_ANSWER or time.monotonic() - started > _DEADLINE_S:
                raise self._unreachable("too much or too slow")
        return b"".join(parts)

    def _login_headers(self, imprint: bytes) -> dict[str, str]:
        if self._login is Login.BASIC:
            pair = base64.b64encode(f"{self._user}:{self._password}".encode()).decode("ascii")
            return {"Authorization": f"Basic {pair}"}
        if self._login is Login.KAMUSM:
            return {"identity": identity(int(self._user), self._password, imprint)}
        return {}

    def _unreachable(self, detail: str) -> SealError:
        return SealError(
            "TSA.UNREACHABLE",
            "Zaman damgası alınamadı.",
            why=f"{self._host} adresine ulaşılamadı ya da yanıt gelmedi.",
            todo="İnternet bağlantısını denetleyip yeniden deneyin; beklemek istemezseniz damgasız sürdürmeyi seçin.",
            raw_code=detail,
            retry_safe=True,
        )


def identity(user: int, password: str, imprint: bytes, *, salt: bytes | None = None) -> str:
    """KamuSM's login header for one question: hex. `salt` (16 bytes, also the iv) is random unless a test gives it."""
    salt = os.urandom(16) if salt is None else salt
    key = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _KAMUSM_ROUNDS, 32)
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(salt)).encryptor()
    sealed = encryptor.update(padder.update(imprint) + padder.finalize()) + encryptor.finalize()
    fields = {"user": user, "salt": salt, "iterations": _KAMUSM_ROUNDS, "iv": salt, "sealed_imprint": sealed}
    return cast(bytes, _Identity(fields).dump()).hex()


def _ensure_address(url: str, login: Login) -> str:
    """The host. A password may go over plain http to this machine only; KamuSM's header hides it by itself."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise _config(
            "TSA.ADDRESS", f"Adres anlaşılmadı: {host or 'boş'}.", "http(s)://zd.kamusm.gov.tr biçiminde yazın."
        )
    if login is Login.BASIC and parts.scheme != "https" and not _is_loopback(host):
        raise _config(
            "TSA.HTTP", "Parola şifrelenmeden gönderilemez.", "Adresi https:// ile yazın ya da giriş yöntemini seçin."
        )
    return host


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _config(code: str, why: str, todo: str) -> ConfigError:
    return ConfigError(code, "Zaman damgası ayarları eksik ya da yanlış.", why=why, todo=todo)

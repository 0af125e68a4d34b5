"""Fetching a published file, such as a package of GİB's, over the web. It only reads: nothing over there changes."""

from __future__ import annotations

import ipaddress
import time
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from app.domain.errors import EnvironmentFault, InputError

_CHUNK = 256 * 1024
_MAX_HOPS = 5


def download(address: str, *, max_bytes: int, deadline_s: float = 120.0) -> bytes:
    """The whole file, or an error: a cut transfer is never handed on.

    https only (plain http on this machine, for tests). Raises: InputError DOWNLOAD.ADDRESS, EnvironmentFault
    DOWNLOAD.UNREACHABLE, DOWNLOAD.REFUSED, DOWNLOAD.TOO_BIG, DOWNLOAD.CUT (all but the first may be tried again).
    """
    limit = time.monotonic() + deadline_s
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=0))
        session.mount("http://", HTTPAdapter(max_retries=0))
        session.headers["User-Agent"] = "Muhurdar"
        session.headers["Accept-Encoding"] = "identity"
        try:
            for _ in range(_MAX_HOPS):
                _ensure_allowed(address)
                session.trust_env = not _is_loopback(address)
                with session.get(address, stream=True, timeout=(10, 30), allow_redirects=False) as reply:
                    if reply.is_redirect:
                        address = requests.compat.urljoin(address, reply.headers["Location"])
                        continue
                    if reply.status_code != 200:
                        raise _fault(
                            "DOWNLOAD.REFUSED",
                            address,
                            f"Sunucu {reply.status_code} yanıtını verdi; dosya taşınmış olabilir.",
                        )
                    return _body(reply, address, max_bytes=max_bytes, limit=limit)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise _fault("DOWNLOAD.UNREACHABLE", address, "Sunucuya ulaşılamadı.", str(error)) from error
    raise _fault("DOWNLOAD.REFUSED", address, "Sunucu durmadan başka adrese yönlendiriyor.")


def _body(reply: requests.Response, address: str, *, max_bytes: int, limit: float) -> bytes:
    announced = reply.headers.get("Content-Length", "")
    parts: list[bytes] = []
    size = 0
    try:
        for part in reply.iter_content(_CHUNK):
            size += len(part)
            if size > max_bytes:
                raise _fault("DOWNLOAD.TOO_BIG", address, f"Dosya {max_bytes >> 20} MB'tan büyük.")
            if time.monotonic() > limit:
                raise _fault("DOWNLOAD.CUT", address, "İndirme çok uzun sürdü.")
            parts.append(part)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise _fault("DOWNLOAD.CUT", address, "Bağlantı indirme bitmeden koptu.", str(error)) from error
    if announced.isdigit() and int(announced) != size and "Content-Encoding" not in reply.headers:
        raise _fault("DOWNLOAD.CUT", address, "Bağlantı indirme bitmeden koptu.")
    return b"".join(parts)


def _ensure_allowed(address: str) -> None:
    parts = urlsplit(address)
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(address))):
        return
    raise InputError(
        "DOWNLOAD.ADDRESS",
        f"Bu adresten indirilmez: {address[:200]}",
        why="Adres https ile başlamıyor.",
        todo="Adres dosyasını düzeltin.",
    )


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _fault(code: str, address: str, why: str, raw: str | None = None) -> EnvironmentFault:
    return EnvironmentFault(
        code,
        f"İndirilemedi: {address[:200]}",
        why=why,
        todo="Bağlantıyı kontrol edip yeniden deneyin ya da paketi tarayıcıyla indirip dosyadan yükleyin.",
        retry_safe=True,
        raw_text=raw,
    )

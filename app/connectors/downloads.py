"""Fetching a published file, such as a package of GİB's, over the web. It only reads: nothing over there changes."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from app.domain.errors import EnvironmentFault, InputError

_CHUNK = 256 * 1024
_MAX_HOPS = 5
_MAX_TAG = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A published file. `raw` None: it is still the one of the `tag` that was given. `tag` is empty where the server
    gives none."""

    raw: bytes | None = field(repr=False)
    tag: str = ""


def _nothing() -> None:
    """Nobody asked to be able to cancel."""


def download(
    address: str,
    *,
    max_bytes: int,
    tag: str = "",
    deadline_s: float = 120.0,
    silence_s: float = 30.0,
    checkpoint: Callable[[], None] = _nothing,
) -> Download:
    """The whole file, or an error: a cut transfer is never handed on, and the next try begins anew.

    `tag` is what the last download gave: the server may answer that nothing has changed. `checkpoint` is called between
    the pieces and may raise to cancel. https only (plain http on this machine, for tests), and never to another
    publisher's host. Raises: InputError DOWNLOAD.ADDRESS, DOWNLOAD.ELSEWHERE; EnvironmentFault DOWNLOAD.UNREACHABLE,
    DOWNLOAD.REFUSED, DOWNLOAD.PAGE, DOWNLOAD.TOO_BIG, DOWNLOAD.CUT (these may be tried again).
    """
    limit = time.monotonic() + deadline_s
    asked = address
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=0))
        session.mount("http://", HTTPAdapter(max_retries=0))
        session.headers["User-Agent"] = "Muhurdar"
        session.headers["Accept-Encoding"] = "identity"
        if tag:
            session.headers["If-None-Match"] = tag
        try:
            for _ in range(_MAX_HOPS):
                checkpoint()
                _ensure_allowed(address)
                session.trust_env = not _is_loopback(address)
                with session.get(address, stream=True, timeout=(10, silence_s), allow_redirects=False) as reply:
                    if reply.is_redirect:
                        address = requests.compat.urljoin(address, reply.headers["Location"])
                        _ensure_same_publisher(asked, address)
                        continue
                    if reply.status_code == 304 and tag:
                        return Download(raw=None, tag=tag)
                    if reply.status_code != 200:
                        raise _fault(
                            "DOWNLOAD.REFUSED",
                            address,
                            f"Sunucu {reply.status_code} yanıtını verdi; dosya taşınmış olabilir.",
                        )
                    raw = _body(reply, address, max_bytes=max_bytes, limit=limit, checkpoint=checkpoint)
                    _ensure_no_page(reply, raw, address)
                    return Download(raw=raw, tag=reply.headers.get("ETag", "")[:_MAX_TAG])
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise _fault("DOWNLOAD.UNREACHABLE", address, "Sunucuya ulaşılamadı.", str(error)) from error
    raise _fault("DOWNLOAD.REFUSED", address, "Sunucu durmadan başka adrese yönlendiriyor.")


def _body(
    reply: requests.Response, address: str, *, max_bytes: int, limit: float, checkpoint: Callable[[], None]
) -> bytes:
    announced = reply.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > max_bytes:
        raise _too_big(address, max_bytes)
    parts: list[bytes] = []
    size = 0
    try:
        for part in reply.iter_content(_CHUNK):
            checkpoint()
            size += len(part)
            if size > max_bytes:
                raise _too_big(address, max_bytes)
            if time.monotonic() > limit:
                raise _fault("DOWNLOAD.CUT", address, "İndirme çok uzun sürdü.")
            parts.append(part)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise _fault("DOWNLOAD.CUT", address, "Bağlantı indirme bitmeden koptu.", str(error)) from error
    if announced.isdigit() and int(announced) != size and "Content-Encoding" not in reply.headers:
        raise _fault("DOWNLOAD.CUT", address, "Bağlantı indirme bitmeden koptu.")
    return b"".join(parts)


def _ensure_no_page(reply: requests.Response, raw: bytes, address: str) -> None:
    """A busy site, a captive portal or a moved file answers 200 with a page to look at."""
    kind = reply.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml") or raw[:256].lstrip().lower().startswith(
        (b"<!doctype", b"<html")
    ):
        raise _fault("DOWNLOAD.PAGE", address, "Dosya yerine bir web sayfası geldi; dosya taşınmış olabilir.")


def _ensure_same_publisher(asked: str, address: str) -> None:
    """A redirect stays with who was asked: the host itself or another of the same institution (`*.gib.gov.tr`)."""
    _ensure_allowed(address)
    here, there = (_institution(one) for one in (asked, address))
    if here == there:
        return
    raise InputError(
        "DOWNLOAD.ELSEWHERE",
        f"İndirilmedi: {asked[:200]}",
        why=f"Sunucu başka bir siteye yönlendiriyor: {urlsplit(address).hostname or ''}.",
        todo="O site doğruysa adres dosyasına onu yazın; değilse paketi tarayıcıyla indirip dosyadan yükleyin.",
    )


def _institution(address: str) -> str:
    host = (urlsplit(address).hostname or "").lower()
    return host if _is_loopback(address) else ".".join(host.split(".")[-3:])


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


def _too_big(address: str, max_bytes: int) -> EnvironmentFault:
    return _fault("DOWNLOAD.TOO_BIG", address, f"Dosya {max_bytes >> 20} MB'tan büyük.")


def _fault(code: str, address: str, why: str, raw: str | None = None) -> EnvironmentFault:
    return EnvironmentFault(
        code,
        f"İndirilemedi: {address[:200]}",
        why=why,
        todo="Bağlantıyı kontrol edip yeniden deneyin ya da paketi tarayıcıyla indirip dosyadan yükleyin.",
        retry_safe=True,
        raw_text=raw,
    )

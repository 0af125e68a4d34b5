"""Where an account lives: its base address, judged before anything is sent there, and its settings."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

from app.connectors.base import EndpointKind
from app.domain.errors import ConfigError
from app.runtime.settings import described

# Source: İzibiz guide, "Webservice Endpoint (WSDL) URL" and "Portal Uygulaması".
TEST_HOSTS = frozenset({"efaturatest.izibiz.com.tr", "portaltest.izibiz.com.tr"})

SECONDS_FLOOR, SECONDS_CEILING = 0.05, 3600.0

_PATH = re.compile(r"(/[A-Za-z0-9._-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class IzibizSettings:
    """What a user may set per account, beside address and login. All have working defaults."""

    einvoice_path: str = described(
        "/EInvoiceWS",
        title="e-Fatura servisinin yolu",
        description="Adresin sonuna eklenir; entegratörünüz başka bir yol bildirdiyse yazın, örneğin /EFaturaOIB.",
    )
    """`/EInvoiceWS` as the guide names it, or its sister `/EFaturaOIB`."""
    auth_path: str = described(
        "/AuthenticationWS",
        title="Giriş servisinin yolu",
        description="Oturum açılan ve mükellef listesi alınan servis; yalnız entegratörünüz isterse değiştirin.",
    )
    application_name: str = described(
        "MUHURDAR",
        title="Uygulama adı",
        description="Her istekte entegratöre bildirilen program adı; en çok 50 harf.",
    )
    channel_name: str = described(
        "MUHURDAR",
        title="Kanal adı",
        description="Her istekte entegratöre bildirilen kanal adı; en çok 50 harf.",
    )
    receipt_spelling: str = described(
        "type_code",
        title="Makbuzların yazılışı",
        description="e-Serbest meslek ve e-müstahsil makbuzunda gönderim şeklinin nasıl yazılacağı; entegratörünüz "
        "başka türlüsünü istemedikçe değiştirmeyin.",
        choices=(("type_code", "SendingType türünde (İzibiz)"), ("send_type", "SEND_TYPE kodunda")),
    )
    """How e-SMM and e-MM tell the sending type; `workflows.context.Endpoint` hands it to whoever builds them."""
    connect_timeout_s: float = described(
        10.0,
        title="Bağlanma süresi",
        description="Sunucuya bağlanmak için en çok bu kadar beklenir.",
        unit="saniye",
        minimum=SECONDS_FLOOR,
        maximum=SECONDS_CEILING,
    )
    timeout_s: float = described(
        120.0,
        title="Sessizlik süresi",
        description="Sunucu bir yanıtın ortasında bu kadar susarsa bağlantı kesilir.",
        unit="saniye",
        minimum=SECONDS_FLOOR,
        maximum=SECONDS_CEILING,
    )
    """Longest silence of the server within one answer; sending runs its checks while we wait."""
    deadline_s: float = described(
        600.0,
        title="Bir yanıtın en uzun süresi",
        description="Yanıtın tamamı bu sürede gelmezse iş bırakılır ve sonra sonucu sorulur.",
        unit="saniye",
        minimum=SECONDS_FLOOR,
        maximum=SECONDS_CEILING,
    )
    """Longest time one answer may take as a whole."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A judged base address, without a slash at its end."""

    base: str
    kind: EndpointKind

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.base)
        return urlunsplit((parts.scheme, parts.netloc, "", "", ""))

    @property
    def host(self) -> str:
        return urlsplit(self.base).hostname or ""

    def address(self, path: str) -> str:
        return self.base + path

    def at_home(self, url: str) -> str:
        """`url` moved to this endpoint's own scheme, host and port.

        A WSDL behind a proxy names the machine it thinks it runs on, often over http; nothing of ours goes there.
        """
        home, foreign = urlsplit(self.base), urlsplit(url)
        return urlunsplit((home.scheme, home.netloc, foreign.path, foreign.query, ""))


def endpoint_kind(url: str) -> EndpointKind:
    """Loopback is the sandbox, known test hosts are tests, everything else (also what cannot be read) is live."""
    try:
        host = _host(urlsplit(url.strip()))
    except ValueError:
        return EndpointKind.LIVE
    if _is_loopback(host):
        return EndpointKind.SANDBOX
    return EndpointKind.TEST if host in TEST_HOSTS else EndpointKind.LIVE


def parse_endpoint(url: str) -> Endpoint:
    """Judge the base address of an account.

    Raises: ConfigError IZIBIZ.URL for something that is no plain web address, IZIBIZ.HTTP for an unencrypted one.
    A password or session id never goes over http, loopback (the sandbox) aside.
    """
    text = url.strip().rstrip("/")
    try:
        parts = urlsplit(text)
        host = _host(parts)
        has_port = parts.port is None or 0 < parts.port < 65536
    except ValueError:
        parts, host, has_port = SplitResult("", "", "", "", ""), "", False
    is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
    path_ok = not parts.path or _PATH.fullmatch(parts.path) is not None
    if parts.scheme not in ("http", "https") or not host or not has_port or not is_plain or not path_ok:
        raise ConfigError(
            "IZIBIZ.URL",
            "Entegratör adresi okunamadı.",
            why="Adres 'https://sunucu' biçiminde olmalı; içinde kullanıcı adı, soru işareti ya da boşluk bulunmamalı.",
            todo="Adresi entegratörünüzün verdiği gibi yazın, örneğin https://efaturatest.izibiz.com.tr.",
        )
    kind = endpoint_kind(text)
    if parts.scheme == "http" and kind is not EndpointKind.SANDBOX:
        raise ConfigError(
            "IZIBIZ.HTTP",
            "Entegratör adresi https ile başlamalı.",
            why="http ile parola ve oturum kimliği şifrelenmeden gider.",
            todo="Adresi https:// ile yazın; kılavuzda http yazan adreslerin de https karşılığı vardır.",
        )
    return Endpoint(text, kind)


def parse_settings(values: Mapping[str, str]) -> IzibizSettings:
    """The account's settings; unknown names belong to others and are left alone. Raises: ConfigError IZIBIZ.SETTING."""
    default = IzibizSettings()
    return IzibizSettings(
        einvoice_path=_path(values, "einvoice_path", default.einvoice_path),
        auth_path=_path(values, "auth_path", default.auth_path),
        application_name=_token(values, "application_name", default.application_name),
        channel_name=_token(values, "channel_name", default.channel_name),
        receipt_spelling=_one_of(values, "receipt_spelling", default.receipt_spelling, ("type_code", "send_type")),
        connect_timeout_s=_seconds(values, "connect_timeout_s", default.connect_timeout_s),
        timeout_s=_seconds(values, "timeout_s", default.timeout_s),
        deadline_s=_seconds(values, "deadline_s", default.deadline_s),
    )


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".").lower()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _path(values: Mapping[str, str], name: str, default: str) -> str:
    text = values.get(name, "").strip().rstrip("/") or default
    if not _PATH.fullmatch(text) or ".." in text:
        raise _bad_setting(name, "eğik çizgiyle başlayan bir yol olmalı, örneğin /EFaturaOIB")
    return text


def _token(values: Mapping[str, str], name: str, default: str) -> str:
    text = " ".join(values.get(name, "").split()) or default
    if not text.isprintable() or len(text) > 50:
        raise _bad_setting(name, "en çok 50 harf olmalı")
    return text


def _one_of(values: Mapping[str, str], name: str, default: str, known: tuple[str, ...]) -> str:
    text = values.get(name, "").strip() or default
    if text not in known:
        raise _bad_setting(name, f"şunlardan biri olmalı: {', '.join(known)}")
    return text


def _seconds(values: Mapping[str, str], name: str, default: float) -> float:
    text = values.get(name, "").strip()
    if not text:
        return default
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not SECONDS_FLOOR <= seconds <= SECONDS_CEILING:
        raise _bad_setting(name, "0,05 ile 3600 arasında saniye olmalı")
    return seconds


def _bad_setting(name: str, rule: str) -> ConfigError:
    return ConfigError(
        "IZIBIZ.SETTING",
        f"Entegratör ayarı geçersiz: {name}.",
        why=f"Bu ayar {rule}.",
        todo="Ayarı düzeltin ya da silin.",
    )

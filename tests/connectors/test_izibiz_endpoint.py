"""Addresses are judged before anything is sent there."""

from __future__ import annotations

import pytest

from app.connectors.base import Credentials, EndpointKind
from app.connectors.izibiz import IzibizConnector
from app.connectors.izibiz.endpoint import endpoint_kind, parse_endpoint, parse_settings
from app.domain.errors import ConfigError


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://127.0.0.1:8080", EndpointKind.SANDBOX),
        ("http://localhost:1", EndpointKind.SANDBOX),
        ("http://[::1]:1", EndpointKind.SANDBOX),
        ("https://127.9.9.9", EndpointKind.SANDBOX),
        ("https://efaturatest.izibiz.com.tr", EndpointKind.TEST),
        ("https://EFATURATEST.izibiz.com.tr.:443/x", EndpointKind.TEST),
        ("https://portaltest.izibiz.com.tr", EndpointKind.TEST),
        ("https://efatura.izibiz.com.tr", EndpointKind.LIVE),
        ("https://efaturatest.izibiz.com.tr.example.com", EndpointKind.LIVE),
        ("https://127.0.0.1.example.com", EndpointKind.LIVE),
        ("https://127.0.0.1@example.com", EndpointKind.LIVE),
        ("https://localhost.example.com", EndpointKind.LIVE),
        ("http://2130706433", EndpointKind.LIVE),
        ("http://[bozuk", EndpointKind.LIVE),
        ("", EndpointKind.LIVE),
    ],
)
def test_kind(url: str, kind: EndpointKind) -> None:
    assert endpoint_kind(url) is kind
    assert IzibizConnector().endpoint_kind(url) is kind


@pytest.mark.parametrize("url", ["http://efaturatest.izibiz.com.tr", "http://efatura.izibiz.com.tr", "HTTP://10.0.0.1"])
def test_no_session_over_http(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_endpoint(url)
    assert caught.value.code == "IZIBIZ.HTTP"
    assert "https" in caught.value.todo


@pytest.mark.parametrize(
    "url",
    ["", "ftp://x", "efatura.izibiz.com.tr", "https://", "https://u:p@x.com", "https://x.com?a=1", "https://x.com:99999",
     "https://x.com/a b", "file:///etc/passwd", "http://[bozuk"],
)  # fmt: skip
def test_odd_addresses_are_refused(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        IzibizConnector().open(Credentials(url=url, user="u", password="p"))
    assert caught.value.code == "IZIBIZ.URL"


def test_a_base_with_a_path_keeps_it() -> None:
    endpoint = parse_endpoint(" https://x.com:8443/izibiz/ ")
    assert endpoint.address("/EInvoiceWS") == "https://x.com:8443/izibiz/EInvoiceWS"
    assert endpoint.at_home("http://10.1.1.1:80/EInvoiceWS?xsd=4") == "https://x.com:8443/EInvoiceWS?xsd=4"


def test_settings_have_defaults_and_limits() -> None:
    assert parse_settings({}).einvoice_path == "/EInvoiceWS"
    assert parse_settings({"einvoice_path": "/EFaturaOIB", "yabanci": "1"}).einvoice_path == "/EFaturaOIB"
    name, value = "application_name", "x" * 51
    for bad in (
        {"einvoice_path": "//evil.com/x"},
        {"einvoice_path": "EFaturaOIB"},
        {"auth_path": "/../x"},
        {"timeout_s": "0"},
        {"timeout_s": "uzun"},
        {"timeout_s": "nan"},
        {name: value},
    ):
        with pytest.raises(ConfigError) as caught:
            parse_settings(bad)
        assert caught.value.code == "IZIBIZ.SETTING"


def test_secrets_do_not_show() -> None:
    credentials = Credentials(url="http://127.0.0.1:9", user="u", password="Gizli-7")
    session = IzibizConnector().open(credentials)
    assert "Gizli-7" not in repr(session) + str(session) + repr(credentials) + repr(IzibizConnector())

"""Serving the sandbox's own WSDL and XSD files with the real address written in."""

from __future__ import annotations

import re
from functools import lru_cache

from app.runtime.resources import resource_path

# ?xsd=N of each service.
_SCHEMAS = {
    "AuthenticationWS": ("common.xsd", "entity_auth.xsd", "xmlmime.xsd", "AuthenticationWS.xsd"),
    "EInvoiceWS": ("common.xsd", "entity.xsd", "xmlmime.xsd", "EInvoiceWS.xsd"),
    "EFaturaOIB": ("common.xsd", "entity.xsd", "xmlmime.xsd", "EFaturaOIB.xsd"),
}
_LOCATION = re.compile(r'schemaLocation="([^"]+)"')
_ADDRESS = re.compile(r'(<soap:address location=")[^"]*(")')


def wsdl_of(service: str, base_url: str) -> bytes:
    """The WSDL of a service under `base_url` (http://127.0.0.1:PORT)."""
    text = _located(_file(f"{service}.wsdl"), service, base_url)
    return _ADDRESS.sub(rf"\g<1>{base_url}/{service}\g<2>", text).encode("utf-8")


def xsd_of(service: str, number: str, base_url: str) -> bytes | None:
    """The schema `?xsd=N`, N from 1; None when there is no such one."""
    names = _SCHEMAS[service]
    if not number.isdigit() or not 1 <= int(number) <= len(names):
        return None
    return _located(_file(names[int(number) - 1]), service, base_url).encode("utf-8")


def _located(text: str, service: str, base_url: str) -> str:
    names = _SCHEMAS[service]

    def address(match: re.Match[str]) -> str:
        return f'schemaLocation="{base_url}/{service}?xsd={names.index(match[1]) + 1}"'

    return _LOCATION.sub(address, text)


@lru_cache
def _file(name: str) -> str:
    return resource_path(f"sandbox/{name}").read_text(encoding="utf-8")

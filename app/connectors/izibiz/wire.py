"""zeep, driven by the endpoint's own WSDL: the only module that imports it at the top.

zeep builds the envelope; `http` sends it and `replies` reads what comes back.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import zeep
from lxml import etree
from zeep.wsdl.bindings.soap import Soap11Binding
from zeep.wsdl.wsdl import Document

from app.connectors.base import EndpointKind, Unreachable
from app.connectors.izibiz import points
from app.connectors.izibiz.endpoint import Endpoint, IzibizSettings
from app.connectors.izibiz.errors import ErrorInfo, build_error
from app.connectors.izibiz.faults import contract_changed, not_reached
from app.connectors.izibiz.http import HttpLine
from app.connectors.izibiz.replies import Answer, HttpReply, read_answer
from app.connectors.izibiz.wsdl_cache import Bundle, keep_bundle, load_bundle
from app.domain.protocols import Clock
from app.runtime import crashpoints

# Its transport and schema loggers write whole messages, passwords included, at DEBUG.
logging.getLogger("zeep").setLevel(logging.WARNING)

_log = logging.getLogger(__name__)
_DTD = b"<!DOCTYPE"
# zeep has annotations here and there but no stubs; these two take a transport by its shape.
_Client: Any = zeep.Client
_Document: Any = Document


@dataclass(frozen=True, slots=True)
class Contract:
    """A parsed WSDL. Shared by the accounts of one endpoint; only read."""

    document: Any = field(repr=False)
    binding: Any = field(repr=False)
    fetched_at: datetime


class Wire:
    """One account's way to the two services. One thread at a time."""

    def __init__(
        self,
        endpoint: Endpoint,
        settings: IzibizSettings,
        *,
        contracts: dict[str, Contract],
        lock: threading.Lock,
        cache_folder: Path | None,
        clock: Clock,
        max_request_bytes: int,
    ) -> None:
        self._endpoint = endpoint
        self._settings = settings
        self._contracts = contracts
        self._lock = lock
        self._folder = cache_folder / "wsdl" if cache_folder is not None else None
        self._clock = clock
        self._line = HttpLine(endpoint, settings)
        self._poster = _Poster(self._line, max_request_bytes)
        self._proxies: dict[str, tuple[Contract, Any]] = {}

    def call(self, path: str, operation: str, arguments: Mapping[str, Any], *, secrets: Sequence[str] = ()) -> Answer:
        """Make one call to the service at `path` and return its answer or the integrator's error in it.

        Raises: Unreachable, RateLimited, ContractBroken; Rejected for a request over the size limit, which is not sent.
        """
        changes = operation in points.CHANGING
        contract, proxy = self._service(path)
        if operation not in contract.binding.all():
            raise contract_changed(f"no operation {operation}")
        bound = contract.binding.get(operation)
        self._poster.changes = changes
        with crashpoints.point(points.of(operation)):
            reply = self._post(proxy, operation, arguments)
        return read_answer(reply, expected=str(bound.output.body.qname), changes=changes, secrets=secrets)

    def close(self) -> None:
        self._line.close()

    def _post(self, proxy: Any, operation: str, arguments: Mapping[str, Any]) -> HttpReply:
        try:
            reply: HttpReply = proxy[operation](**arguments)
        except (zeep.exceptions.Error, TypeError, ValueError, AttributeError, LookupError) as error:
            # Raised while the message was being built: the line's own failures are ConnectorErrors. The message is
            # dropped because it may quote what we wanted to send.
            raise contract_changed(f"{operation}: {type(error).__name__}") from None
        return reply

    def _service(self, path: str) -> tuple[Contract, Any]:
        if path not in self._proxies:
            contract = self._contract(self._endpoint.address(path) + "?wsdl")
            client = _Client(contract.document, transport=self._poster, settings=_settings())
            # Not the WSDL's soap:address: a server behind a proxy names another host there, or http.
            proxy = client.create_service(contract.binding.name, self._endpoint.address(path))
            self._proxies[path] = (contract, proxy)
        return self._proxies[path]

    def _contract(self, url: str) -> Contract:
        with self._lock:
            known = self._contracts.get(url)
        if known is not None:
            return known
        contract = self._load_contract(url)
        with self._lock:
            self._contracts[url] = contract
        return contract

    def _load_contract(self, url: str) -> Contract:
        now = self._clock.now()
        kept = load_bundle(self._folder, url) if self._folder is not None else None
        # The sandbox is next door and may have been replaced by a newer one: always asked.
        is_fresh = kept is not None and kept.is_fresh(now) and self._endpoint.kind is not EndpointKind.SANDBOX
        if kept is not None and is_fresh:
            try:
                return _parse_contract(url, _Loader(kept.documents.get, self._endpoint), kept.fetched_at)
            except Unreachable:
                _log.info("kept contract does not parse, fetching anew")
        loader = _Loader(self._fetch, self._endpoint)
        try:
            contract = _parse_contract(url, loader, now)
        except Unreachable:
            if kept is None:
                raise
            _log.info("contract cannot be fetched, using the kept one of %s", kept.fetched_at.date())
            return _parse_contract(url, _Loader(kept.documents.get, self._endpoint), kept.fetched_at)
        if self._folder is not None:
            keep_bundle(self._folder, url, Bundle(now, loader.loaded))
        return contract

    def _fetch(self, url: str) -> bytes:
        return self._line.get(url).content


class _Poster:
    """What zeep sees as its transport: serialises, checks the size, sends. Raw answers go back unread."""

    def __init__(self, line: HttpLine, max_request_bytes: int) -> None:
        self._line = line
        self._max_request_bytes = max_request_bytes
        self.changes = True

    def post_xml(self, address: str, envelope: etree._Element, headers: dict[str, str]) -> HttpReply:
        body: bytes = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        if len(body) > self._max_request_bytes:
            raise build_error(ErrorInfo(10010, f"{len(body)} bayt (program göndermedi)"))
        return self._line.post(address, body, headers, changes=self.changes)

    def load(self, url: str) -> bytes:
        # zeep asks this for entities of an answer; answers are not parsed by zeep and have none.
        raise contract_changed("unexpected load")


class _Loader:
    """Gives zeep the documents of one contract and remembers them."""

    def __init__(self, source: Callable[[str], bytes | None], endpoint: Endpoint) -> None:
        self._source = source
        self._endpoint = endpoint
        self.loaded: dict[str, bytes] = {}

    def load(self, url: str) -> bytes:
        if not url.lower().startswith(("http://", "https://")):
            raise not_reached("WSDL import of a local file", contract=True)
        home = self._endpoint.at_home(url)
        if home not in self.loaded:
            self.loaded[home] = _ensure_xml(self._source(home))
        return self.loaded[home]


def _ensure_xml(raw: bytes | None) -> bytes:
    # zeep reads a contract with a repairing parser too: a cut-off WSDL would become one with fewer operations.
    if raw is None or _DTD in raw:
        raise not_reached("no WSDL document", contract=True)
    try:
        etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise not_reached(f"WSDL: {type(error).__name__}", contract=True) from error
    return raw


def _parse_contract(url: str, loader: _Loader, fetched_at: datetime) -> Contract:
    try:
        document = _Document(url, loader, settings=_settings())
        binding = next(b for b in document.bindings.values() if type(b) is Soap11Binding)
    except Unreachable:
        raise
    except (zeep.exceptions.Error, etree.Error, StopIteration, LookupError, TypeError, ValueError, AttributeError) as e:
        raise not_reached(f"WSDL: {type(e).__name__}", contract=True) from e
    return Contract(document, binding, fetched_at)


def _settings() -> Any:
    # strict=False: results may carry ERROR_TYPE after a required element that is absent. raw_response: see `replies`.
    return zeep.Settings(strict=False, xml_huge_tree=True, raw_response=True, forbid_dtd=True)

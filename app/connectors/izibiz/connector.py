"""The İzibiz connector: what it can do and how a session is opened."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from app.connectors.base import Capabilities, Credentials, EndpointKind, PollingFloors, Session
from app.connectors.izibiz.endpoint import Endpoint, IzibizSettings, endpoint_kind, parse_endpoint, parse_settings
from app.connectors.izibiz.limits import (
    BUTTON_FLOOR,
    MAX_DOCUMENTS,
    MAX_REQUEST_BYTES,
    RECEIVE_FLOOR,
    STATUS_FLOOR,
)
from app.connectors.izibiz.session import IzibizSession
from app.domain.lifecycle import Direction, DocumentKind
from app.domain.protocols import Clock
from app.runtime.clock import SystemClock

if TYPE_CHECKING:
    from app.connectors.izibiz.wire import Contract, Wire


class IzibizConnector:
    """Made once per program; keeps parsed contracts for all accounts of one endpoint. Any thread."""

    key: ClassVar[str] = "izibiz"
    title: ClassVar[str] = "İzibiz"
    settings_schema: ClassVar[type] = IzibizSettings
    capabilities: ClassVar[Capabilities] = Capabilities(
        kinds=frozenset({DocumentKind.INVOICE}),
        directions=frozenset({Direction.OUT, Direction.IN}),
        server_numbering=False,
        server_sealing=True,
        client_sealed_answers=True,
        max_documents=MAX_DOCUMENTS,
        max_request_bytes=MAX_REQUEST_BYTES,
        floors=PollingFloors(receive=RECEIVE_FLOOR, button=BUTTON_FLOOR, status=STATUS_FLOOR),
    )

    def __init__(self, *, cache_folder: Path | None = None, clock: Clock | None = None) -> None:
        """`cache_folder` holds the endpoints' WSDLs between runs; without it they are fetched at each start."""
        self._cache_folder = cache_folder
        self._clock: Clock = clock if clock is not None else SystemClock()
        self._contracts: dict[str, Contract] = {}
        self._lock = threading.Lock()

    def endpoint_kind(self, url: str) -> EndpointKind:
        return endpoint_kind(url)

    def open(self, credentials: Credentials) -> Session:
        """A session that logs in at its first call. Raises: ConfigError IZIBIZ.URL, IZIBIZ.HTTP, IZIBIZ.SETTING."""
        endpoint = parse_endpoint(credentials.url)
        settings = parse_settings(credentials.settings)
        return IzibizSession(
            lambda: self._wire(endpoint, settings),
            endpoint,
            settings,
            user=credentials.user,
            password=credentials.password,
            clock=self._clock,
        )

    def __repr__(self) -> str:
        return "<IzibizConnector>"

    def _wire(self, endpoint: Endpoint, settings: IzibizSettings) -> Wire:
        # Here and not above: zeep costs half a second at import.
        from app.connectors.izibiz.wire import Wire

        return Wire(
            endpoint,
            settings,
            contracts=self._contracts,
            lock=self._lock,
            cache_folder=self._cache_folder,
            clock=self._clock,
            max_request_bytes=MAX_REQUEST_BYTES,
        )

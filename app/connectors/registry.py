"""Finding integrators. A new one is a new package and no edit elsewhere.

Our own are the packages beside this module, each with a `CONNECTOR` in its `__init__`; others register in the
entry-point group `muhurdar.connectors`. Scanning works where the project's metadata is absent too (a source tree that
was never installed, a frozen build).

Neither this module nor `base` imports a SOAP library: naming the connectors costs nothing at start.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Protocol, cast

from app.connectors.base import Connector
from app.domain.errors import ConfigError
from app.domain.protocols import Clock

GROUP = "muhurdar.connectors"
_HERE = "app.connectors"

_log = logging.getLogger(__name__)


class ConnectorFactory(Protocol):
    """What `CONNECTOR` and an entry point name: something that makes the connector without touching the network."""

    def __call__(self, *, cache_folder: Path | None, clock: Clock | None) -> Connector: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorInfo:
    """A registered connector. `problem` says in Turkish why it cannot be used, empty when it can."""

    key: str
    title: str
    problem: str = ""


def connector_keys() -> list[str]:
    """Keys of all registered connectors, sorted; nothing is imported."""
    return sorted(_registered())


def list_connectors() -> list[ConnectorInfo]:
    """All registered connectors. One that cannot load is listed with its problem and never stops the others."""
    found = []
    for key in connector_keys():
        try:
            connector = load_connector(key)
        except ConfigError as error:
            found.append(ConnectorInfo(key=key, title=key, problem=error.sentence))
        else:
            found.append(ConnectorInfo(key=key, title=connector.title))
    return found


def load_connector(key: str, *, cache_folder: Path | None = None, clock: Clock | None = None) -> Connector:
    """The connector registered as `key`; `cache_folder` is where it may keep contracts (WSDL) between runs.

    Raises: ConfigError CONNECTOR.UNKNOWN or CONNECTOR.BROKEN.
    """
    target = _registered().get(key)
    if target is None:
        raise ConfigError(
            "CONNECTOR.UNKNOWN",
            f"Bilinmeyen entegratör: {key}.",
            why=f"Tanınanlar: {', '.join(connector_keys())}.",
            todo="Firma için bunlardan birini seçin.",
        )
    try:
        connector = _resolve(target)(cache_folder=cache_folder, clock=clock)
    except Exception as error:
        _log.exception("connector %s cannot be loaded", key)
        raise ConfigError(
            "CONNECTOR.BROKEN",
            f"{key} entegratör eklentisi yüklenemedi.",
            why=f"Eklenti hata verdi ({type(error).__name__}).",
            todo="Eklentiyi güncelleyin ya da kaldırın; öbür entegratörler çalışmaya devam eder.",
            raw_text=str(error),
        ) from error
    return connector


def _registered() -> dict[str, EntryPoint | str]:
    found: dict[str, EntryPoint | str] = {entry.name: entry for entry in entry_points(group=GROUP)}
    # Our own ones always come from this tree: another installed copy must not replace them.
    for module in pkgutil.iter_modules(importlib.import_module(_HERE).__path__):
        if module.ispkg:
            found[module.name] = f"{_HERE}.{module.name}:CONNECTOR"
    return found


def _resolve(target: EntryPoint | str) -> ConnectorFactory:
    if not isinstance(target, str):
        return cast(ConnectorFactory, target.load())
    module, _, name = target.partition(":")
    return cast(ConnectorFactory, getattr(importlib.import_module(module), name))

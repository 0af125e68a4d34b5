"""Contracts kept between runs: a WSDL with its schemas as one bundle, written whole or not at all.

A bundle and not single files, because a new WSDL over an old schema would be a contract that never was.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.connectors.izibiz import points
from app.domain.errors import EnvironmentFault
from app.runtime.files import replace_file

MAX_AGE = timedelta(days=1)
_FORGET_AFTER = timedelta(days=90)
_VERSION = 1

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bundle:
    """All documents of one contract by address."""

    fetched_at: datetime
    documents: Mapping[str, bytes]

    def is_fresh(self, now: datetime) -> bool:
        # A bundle from the future (the machine's clock was wrong) is not fresh either.
        return timedelta(0) <= now - self.fetched_at < MAX_AGE


def load_bundle(folder: Path, url: str) -> Bundle | None:
    """The bundle kept for `url`, however old; None when there is none or it is damaged."""
    path = _path(folder, url)
    try:
        kept = json.loads(path.read_bytes())
        if kept["version"] != _VERSION or kept["url"] != url:
            return None
        documents = {str(name): base64.b64decode(text, validate=True) for name, text in kept["documents"].items()}
        digest = _digest(documents)
        if digest != kept["sha256"]:
            return None
        return Bundle(datetime.fromisoformat(kept["fetched_at"]).astimezone(UTC), documents)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        _log.info("kept contract is unreadable (%s), fetching anew", type(error).__name__)
        return None


def keep_bundle(folder: Path, url: str, bundle: Bundle) -> None:
    """Write the bundle. A full disk or a locked file costs only the next start some time, so it is only logged."""
    kept = {
        "version": _VERSION,
        "url": url,
        "fetched_at": bundle.fetched_at.isoformat(),
        "sha256": _digest(bundle.documents),
        "documents": {name: base64.b64encode(raw).decode() for name, raw in sorted(bundle.documents.items())},
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(_path(folder, url), json.dumps(kept).encode(), point=points.WSDL_CACHE)
        _forget_old(folder, bundle.fetched_at)
    except (OSError, EnvironmentFault) as error:
        _log.info("contract could not be kept (%s)", type(error).__name__)


def _forget_old(folder: Path, now: datetime) -> None:
    for path in folder.glob("izibiz-*.json"):
        if now.timestamp() - path.stat().st_mtime > _FORGET_AFTER.total_seconds():
            path.unlink(missing_ok=True)


def _path(folder: Path, url: str) -> Path:
    return folder / f"izibiz-{hashlib.sha256(url.encode()).hexdigest()[:32]}.json"


def _digest(documents: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name, raw in sorted(documents.items()):
        whole.update(f"{name}\0{len(raw)}\0".encode())
        whole.update(raw)
    return whole.hexdigest()

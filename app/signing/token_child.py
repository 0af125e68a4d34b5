"""The side of `isolated` that runs in the child process: one module, one open token, plain values only.

State lives in this process between calls, so its pool has one child. Nothing here is meant to be called directly.
"""

from __future__ import annotations

import os
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from app.domain.taxnumber import TaxNumber
from app.signing.choose import Wanted
from app.signing.pkcs11_door import load_library
from app.signing.pkcs11_sealer import Pkcs11Sealer, ensure_can_sign, session_lost, survey

_tokens: dict[int, Any] = {}
_facts: dict[int, Any] = {}
_sealers: list[Pkcs11Sealer] = []


def look(module: str, environment: dict[str, str]) -> dict[str, Any]:
    """Load the module and describe its readers and tokens. `environment` is what drivers need of the user's own."""
    os.environ.update(environment)
    library = load_library(Path(module))
    surveyed = survey(library, Path(module))
    _tokens.clear()
    _facts.clear()
    for token, facts in surveyed:
        _tokens[facts.slot_id] = token
        _facts[facts.slot_id] = facts
    return {
        "description": f"{library.manufacturer_id.strip()} {library.library_description.strip()}".strip(),
        "version": ".".join(map(str, library.library_version)),
        "readers": [slot.slot_description.strip() for slot in library.get_slots()],
        "tokens": [facts.to_plain() for facts in _facts.values()],
    }


def login(slot_id: int, pin: str | None, owner: str, certificate_serial: str, at: str) -> dict[str, Any]:
    """Log in to a token that `look` described, once."""
    wanted = Wanted(
        owner=TaxNumber(owner) if owner else None,
        certificate_serial=certificate_serial,
        at=datetime.fromisoformat(at) if at else None,
    )
    ensure_can_sign(_facts[slot_id])
    sealer = Pkcs11Sealer.login(_tokens[slot_id], _facts[slot_id], wanted, pin)
    _sealers.append(sealer)
    return {"certificate": sealer.certificate.der, "title": sealer.title}


def sign(digests: list[bytes]) -> list[bytes]:
    """Sign with the open token."""
    if not _sealers:
        # This child replaced one that died; the PIN died with it.
        raise session_lost()
    return _sealers[-1].sign(digests)


def test_sign(slot_id: int, pin: str | None, owner: str, certificate_serial: str, at: str) -> dict[str, Any]:
    """Log in, sign one digest, log out; the signature is checked and thrown away."""
    opened = login(slot_id, pin, owner, certificate_serial, at)
    started = time.perf_counter()
    try:
        sign([bytes(32)])
    finally:
        _sealers.pop().close()
    return {"certificate": opened["certificate"], "seconds": time.perf_counter() - started}


def logout() -> None:
    """Close the open token."""
    while _sealers:
        _sealers.pop().close()

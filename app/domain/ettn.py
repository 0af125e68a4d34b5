"""ETTN, the universal id of a document."""

from __future__ import annotations

import re
import uuid

from app.domain.errors import InputError

_SHAPE = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def parse_ettn(text: str) -> str:
    """Return the ETTN in lower case. Shape: 8-4-4-4-12 hex, no braces. Raises: InputError (ETTN.SHAPE)."""
    candidate = text.strip()
    if not _SHAPE.fullmatch(candidate):
        raise InputError(
            "ETTN.SHAPE",
            f"ETTN geçersiz: {candidate[:40]!r}.",
            todo="ETTN 8-4-4-4-12 haneli bir kimliktir, örneğin 123e4567-e89b-42d3-a456-426614174000.",
        )
    return candidate.lower()


def new_ettn() -> str:
    """A fresh random ETTN."""
    return str(uuid.uuid4())

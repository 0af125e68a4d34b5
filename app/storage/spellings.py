"""Received ETTNs as the integrator lists them: its look-ups may tell upper and lower case apart."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert

from app.storage.database import OpenSession
from app.storage.models import SpellingRow, table

_SPELLING: Final = table(SpellingRow)


def keep_spelling(s: OpenSession, company_id: int, document_id: int, ettn: str) -> None:
    """Remember how this document's ETTN is written over there; the latest word counts."""
    s.execute(
        upsert(SpellingRow)
        .values(document_id=document_id, company_id=company_id, ettn=ettn)
        .on_conflict_do_update(index_elements=["document_id"], set_={"ettn": ettn})
    )


def load_spellings(s: OpenSession, document_ids: Collection[int]) -> dict[int, str]:
    """The kept spellings by document id; those that are written as we write them are not in it."""
    rows = s.execute(
        select(_SPELLING.c.document_id, _SPELLING.c.ettn).where(_SPELLING.c.document_id.in_(list(document_ids)))
    )
    return {row.document_id: row.ettn for row in rows}

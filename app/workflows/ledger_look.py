"""A ledger file looked at by itself: in this process, or in a child, where the function is called by its name.

What is told are plain values: they travel between processes.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.domain.errors import AppError
from app.edefter.archive import BookFacts, read_facts, seal_reasons, verify_seal
from app.signing.report import TimeStampReport

_CHUNK = 1024 * 1024


def look(path: str, owner: str, period: str, is_gibs: bool) -> dict[str, Any]:
    """Whether the file is readable, sealed, and what its name says (`owner`, `period` "202603").

    Tells `sha256`, `size_bytes`, `problems`, `time_stamp` and `facts`, the latter None for a file that is none.
    """
    told: dict[str, Any] = {"sha256": "", "size_bytes": 0, "problems": [], "time_stamp": None, "facts": None}
    try:
        _look(Path(path), told, owner, period, is_gibs=is_gibs)
    except OSError as error:
        told["problems"].append(f"Dosya okunamadı ({error.strerror or type(error).__name__}).")
    return told


def facts_of(told: dict[str, Any]) -> BookFacts | None:
    """The facts that `look` told."""
    facts = told["facts"]
    if facts is None:
        return None
    return BookFacts(**facts | {"debit": Decimal(facts["debit"]), "credit": Decimal(facts["credit"])})


def stamp_of(told: dict[str, Any]) -> TimeStampReport | None:
    """The time stamp that `look` told of."""
    stamp = told["time_stamp"]
    if stamp is None:
        return None
    time = datetime.fromisoformat(stamp["time"]) if stamp["time"] else None
    return TimeStampReport(**stamp | {"time": time, "reasons": tuple(stamp["reasons"])})


def _look(path: Path, told: dict[str, Any], owner: str, period: str, *, is_gibs: bool) -> None:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            told["size_bytes"] += len(chunk)
    told["sha256"] = digest.hexdigest()
    problems = told["problems"]
    if not told["size_bytes"]:
        problems.append("Dosya boş.")
        return
    facts = read_facts(path)
    problems += facts.problems
    if facts.problems and not facts.owner:
        return
    try:
        seal = verify_seal(path)
        stamp = next((one.time_stamp for one in seal.signatures if one.time_stamp), None)
        told["time_stamp"] = stamp.to_json() if stamp else None
        if not seal.valid:
            problems += [f"Mühür tutmuyor: {reason}" for reason in seal_reasons(seal)]
        if is_gibs and len(seal.signatures) < 2:
            problems.append("GİB'in karşı mührü yok.")
    except AppError as error:
        problems.append(f"Mühür denetlenemedi: {error.sentence}")
    if facts.owner != owner:
        problems.append("Dosya adındaki vergi numarası ile içindeki farklı.")
    if facts.period_start[:4] + facts.period_start[5:7] != period:
        problems.append("Dosya adındaki dönem ile içindeki farklı.")
    told["facts"] = asdict(facts) | {"debit": str(facts.debit), "credit": str(facts.credit)}

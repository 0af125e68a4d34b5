"""What reading a document's bytes costs: the seal, the fields, the attachments. Also run in a child process, so no Qt.

A document of twenty thousand lines takes many seconds of Python; in the window's own process every thread would wait
for them. Plain values in, plain values out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.domain.lifecycle import Direction, State
from app.ui.reading.fields import Group, fields_of
from app.ui.reading.verdict import verdict_of

#: Larger ones go to a child.
HEAVY_BYTES = 1 << 20
#: Seconds for a file of the size that an integrator still takes.
DEADLINE_S = 300.0
MEMORY_MB = 2048
_LOOK, _MARK = "app.ui.reading.heavy:look", "app.workflows.viewing:watermark_of"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the verdict needs to know of the document's row."""

    direction: Direction
    state: State
    sealed_by: str


#: Between the names, and between the values, of a group on its way: XML cannot hold it. One long text comes over whole,
#: twenty thousand short ones take the interpreter from the window.
_BETWEEN = "\x1f"


def look(raw: bytes, direction: str, state: str, sealed_by: str) -> dict[str, Any]:
    """The seal's verdict, the groups of fields, the attachments (name, mime, content).

    Raises: InputError (XML.*) when the bytes cannot be read.
    """
    # XML and cryptography come with the first document, in a worker or a child, never with the window.
    from app.signing.verify import verify_document
    from app.ubl.attachments import find_attachments
    from app.ubl.reader import summarize

    known = Known(direction=Direction(direction), state=State(state), sealed_by=sealed_by)
    verdict = verdict_of(verify_document(raw), known, sender=summarize(raw).supplier_vkn)
    groups = [
        [group.key, group.title, _BETWEEN.join(n for n, _ in group.fields), _BETWEEN.join(v for _, v in group.fields)]
        for group in fields_of(raw)
    ]
    attachments = [[each.name, each.mime, each.content] for each in find_attachments(raw)]
    return {
        "verdict": [verdict.kind, verdict.sentence, list(verdict.details)],
        "groups": groups,
        "attachments": attachments,
    }


def groups_of(told: dict[str, Any]) -> list[Group]:
    """The groups of fields in what `look` has told."""
    return [
        Group(key=key, title=title, fields=tuple(zip(names.split(_BETWEEN), values.split(_BETWEEN), strict=True)))
        for key, title, names, values in told["groups"]
    ]


def look_in(pool: Any, raw: bytes, record: Any) -> dict[str, Any]:
    """`look`, here or in a child of `pool`, by size. Raises: as `look`; AppError CHILD.*."""
    asked = (raw, record.direction.value, record.state.value, record.sealed_by)
    if len(raw) < HEAVY_BYTES:
        return look(*asked)
    told: dict[str, Any] = pool().call(_LOOK, *asked, deadline_s=DEADLINE_S, memory_mb=MEMORY_MB)
    return told


def watermark_in(pool: Any, raw: bytes) -> str:
    """`workflows.viewing.watermark_of`, here or in a child of `pool`, by size. Raises: as it does; AppError CHILD.*."""
    from app.workflows.viewing import watermark_of

    if len(raw) < HEAVY_BYTES:
        return watermark_of(raw)
    return str(pool().call(_MARK, raw, deadline_s=DEADLINE_S, memory_mb=MEMORY_MB))

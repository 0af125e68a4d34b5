"""Uyumsoft's XML of vouchers, read as the rows of a table: one element per voucher, its lines inside it.

Element names are compared like column headers (`fields.field_of`), with or without a namespace, and attributes count
like elements; which element is a voucher and which a line is told by what they hold. That makes a line of what has an
amount and a side, and a voucher of what has a number, a date or a name beside its lines; GİB's own journal is read the
same way. Source: Uyumsoft LedgerIntegration, field list (the vendor publishes no schema).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from lxml import etree

from app.domain.errors import InputError
from app.edefter.sources.fields import BY_KEY, field_of
from app.ubl.xmlsafe import pull

#: The columns of the table that the file is read as.
KEYS = tuple(BY_KEY)
_CHUNK = 256 * 1024
_HEAD = frozenset({"reference", "entry_number", "entry_comment", "entered_by", "entered_day"})
#: Lines that found no voucher around them are given out as they are, rather than kept without end.
_MAX_WAITING = 50_000


@dataclass(slots=True)
class _Group:
    """An element that is still open: what its small children said, and the lines inside it."""

    fields: dict[str, str] = field(default_factory=dict)
    lines: list[dict[str, str]] = field(default_factory=list)


def is_xml(head: str) -> bool:
    """Whether the text begins as XML."""
    return head.lstrip("\ufeff \t\r\n").startswith("<")


def xml_cells(path: Path) -> Iterator[list[str]]:
    """The lines of the file as cells in the order of `KEYS`, after a first row that names them.

    Raises: InputError XML.*, also in the middle.
    """
    yield list(KEYS)
    seen: Counter[str] = Counter()
    groups: dict[etree._Element | None, _Group] = {}
    with path.open("rb") as file:
        for element in pull(iter(lambda: file.read(_CHUNK), b""), tag="{*}*"):
            above = element.getparent()
            parent = groups.get(above)
            if parent is None:
                parent = groups[above] = _Group()
            for line in _take(element, groups.pop(element, None), parent, seen):
                yield [line.get(key, "") for key in KEYS]
    for group in groups.values():
        for line in group.lines:
            yield [line.get(key, "") for key in KEYS]


def ensure_lines(sample: list[list[str]]) -> None:
    """Raise InputError LEDGER.XML when nothing in the file looks like a voucher's line."""
    if len(sample) < 2:
        raise InputError(
            "LEDGER.XML",
            "XML dosyasında yevmiye satırı bulunamadı.",
            why="Tutarı ve borç/alacağı olan bir öge (Amount, DebitCreditCode) yok.",
            todo="Muhasebe programından e-Defter için XML ya da CSV olarak yeniden alın.",
        )


def _take(
    element: etree._Element, group: _Group | None, parent: _Group, seen: Counter[str]
) -> Iterator[dict[str, str]]:
    """Sort an element that has ended into what stands around it; gives out the lines that are complete."""
    for name, value in element.items():
        if key := _key_of(str(name)):
            group = group or _Group()
            group.fields.setdefault(key, str(value))
    if group is None:
        if key := _key_of(str(element.tag)):
            parent.fields.setdefault(key, element.text or "")
        return
    if _is_line(group.fields):
        if "day" in group.fields and ("entry_number" in group.fields or "reference" in group.fields):
            yield group.fields
        else:
            parent.lines.append(group.fields)
    elif group.lines and _HEAD & group.fields.keys():
        yield from _joined(group, seen)
    else:
        for key, value in group.fields.items():
            parent.fields.setdefault(key, value)
        parent.lines += group.lines
    if len(parent.lines) > _MAX_WAITING and not _HEAD & parent.fields.keys():
        yield from parent.lines
        parent.lines = []


def _joined(group: _Group, seen: Counter[str]) -> Iterator[dict[str, str]]:
    """A voucher's lines with its head. A second voucher of the same number is told apart, never put together."""
    head = group.fields
    if not head.get("reference", "").strip():
        number = head.get("counter") or group.lines[0].get("counter") or head.get("entry_number", "")
        month = (head.get("day") or head.get("entered_day") or group.lines[0].get("day", ""))[:7]
        name = f"{number.strip()}@{month}"
        seen[name] += 1
        if seen[name] > 1:
            head = {**head, "reference": f"{name}#{seen[name]}"}
    for line in group.lines:
        yield {**head, **line}


def _is_line(fields: dict[str, str]) -> bool:
    return ("amount" in fields and "side" in fields) or "debit" in fields or "credit" in fields


@cache
def _key_of(tag: str) -> str:
    """The field that an element or attribute names; empty when it is none."""
    return field_of(tag.rpartition("}")[2]) or ""

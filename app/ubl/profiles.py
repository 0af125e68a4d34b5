"""Which extra fields each pair of profile and invoice type asks for: one table, for the editor and for the checks.

The table is resources/codes/extra_fields.json. A path is written in the draft's own words: `lines[]` stands for every
line, `item_ids[KUNYENO]` for the entry with that scheme (or type code), `a|b` for either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from app.ubl import codes

_INDEXED = re.compile(r"(\w+)\[([\w|]*)\]")
_SCHEME_KEYS: Final = ("scheme", "type_code", "code")
_VALUE_KEYS: Final = ("value", "kind", "number", "rate", "per_unit")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraField:
    """One field that a scenario needs beyond the ordinary ones.

    `kind` tells the editor what to show: text, number, date, time, flag, code (from the list named `codes`), iban,
    address, account, list or fixed (one value only, `pattern` holds it). `level` is error, warning or optional: what a
    missing value is. `condition` names a flag that must be true for the field to count, `line_if` a line field and
    its value, `if_any_exemption` an exemption code that one line must carry. `instead` is a path that serves as well
    when it is filled on every line. `is_hidden` fields are checked but not shown again. `message` may hold {nth} for
    "3. satır". `rule` is GİB's rule, `guide` the text that asks for it where no machine rule does.
    """

    path: str
    title: str
    kind: str = "text"
    level: str = "error"
    codes: str = ""
    pattern: str = ""
    code: str = ""
    message: str = ""
    rule: str = ""
    guide: str = ""
    condition: str = ""
    line_if: tuple[str, str] | None = None
    if_any_exemption: str = ""
    unless_payment: tuple[str, ...] = ()
    instead: str = ""
    draft_only: bool = False
    checked_elsewhere: bool = False
    is_hidden: bool = False

    @property
    def is_per_line(self) -> bool:
        return self.path.startswith("lines[]")

    @property
    def is_required(self) -> bool:
        return self.level == "error"


@dataclass(frozen=True, slots=True)
class Place:
    """A value of the draft and where it stands (`lines[2].delivery.customs_id`); the value is None where missing."""

    path: str
    value: Any


@dataclass(frozen=True, slots=True)
class _Row:
    field: ExtraField
    when: tuple[tuple[frozenset[str], frozenset[str]], ...]

    def applies(self, profile: str, type_code: str) -> bool:
        return any((not p or profile in p) and (not t or type_code in t) for p, t in self.when)


@cache
def fields_for(profile: str, type_code: str) -> tuple[ExtraField, ...]:
    """The extra fields of this pair in the order of the form. Any thread; an unknown pair has none."""
    return tuple(row.field for row in _rows() if row.applies(profile, type_code))


@cache
def titles() -> Mapping[str, str]:
    """What the form calls each extra field, by its path in the draft (`incentive.day`; `lines[].` left out)."""
    found: dict[str, str] = {}
    for row in _rows():
        found.setdefault(row.field.path.removeprefix("lines[]."), row.field.title)
    return found


def values_at(data: Mapping[str, Any], path: str) -> list[Place]:
    """All places of `path` in draft JSON; a missing value gives a Place with None, a missing list of lines none."""
    best: list[Place] = []
    for one in path.split("|") if "[" not in path else [path]:
        found = list(_walk(data, one.split("."), ""))
        if not best or any(_is_told(place.value) for place in found):
            best = found
        if any(_is_told(place.value) for place in best):
            break
    return best


def _walk(value: Any, steps: list[str], so_far: str) -> Iterator[Place]:
    if not steps:
        yield Place(so_far, value if _is_told(value) else None)
        return
    step, rest = steps[0], steps[1:]
    match = _INDEXED.fullmatch(step)
    if match is None:
        inner = value.get(step) if isinstance(value, Mapping) else None
        yield from _walk(inner, rest, f"{so_far}.{step}" if so_far else step)
        return
    name, schemes = match[1], match[2]
    items = value.get(name) if isinstance(value, Mapping) else None
    items = items if isinstance(items, list) else []
    base = f"{so_far}.{name}" if so_far else name
    if schemes:
        yield Place(base, _with_scheme(items, schemes.split("|")))
        return
    for index, item in enumerate(items):
        yield from _walk(item, rest, f"{base}[{index}]")


def _with_scheme(items: list[Any], schemes: list[str]) -> str | None:
    """The value of the first entry with one of these schemes; an entry without a value counts as told (TABLET_PC)."""
    for item in items:
        if isinstance(item, Mapping) and any(item.get(key) in schemes for key in _SCHEME_KEYS):
            told = (item.get(key) for key in _VALUE_KEYS)
            return next((str(value) for value in told if value), " ")
    return None


def _is_told(value: Any) -> bool:
    return value not in (None, "", [], {})


@cache
def _rows() -> tuple[_Row, ...]:
    return tuple(
        _Row(
            ExtraField(
                path=item["path"],
                title=item["title"],
                kind=item["kind"],
                level=item["level"],
                codes=item.get("codes", ""),
                pattern=item.get("pattern", ""),
                code=item.get("code", ""),
                message=item.get("message", ""),
                rule=item.get("rule", ""),
                guide=item.get("guide", ""),
                condition=item.get("condition", ""),
                line_if=(item["line_if"][0], item["line_if"][1]) if "line_if" in item else None,
                if_any_exemption=item.get("if_any_exemption", ""),
                unless_payment=tuple(item.get("unless_payment", ())),
                instead=item.get("instead", ""),
                draft_only=item.get("draft_only", False),
                checked_elsewhere=item.get("checked_elsewhere", False),
                is_hidden=item.get("hidden", False),
            ),
            tuple((frozenset(w.get("profiles", ())), frozenset(w.get("types", ()))) for w in item["when"]),
        )
        for item in codes.items("extra_fields")
    )

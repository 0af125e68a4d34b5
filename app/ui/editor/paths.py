"""Reading and writing a draft by the paths of the table of extra fields: `delivery.customs_id`, `item_ids[KUNYENO]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from app.ubl import profiles
from app.ui.editor.cells import put

_INDEXED: Final = re.compile(r"(\w+)\[([\w|]*)\]")


def value_at(data: Mapping[str, Any], path: str) -> Any:
    """The value at a path of the table in draft JSON, or in a line of it; of a list the first."""
    found = profiles.values_at(data, path)
    return found[0].value if found else None


def write_at(data: Mapping[str, Any], path: str, value: Any, *, day: str = "") -> dict[str, Any]:
    """A copy with `value` at the path, without what then is empty. `day` dates a new reference (ISO)."""
    first = path.split("|")[0] if "[" not in path else path
    return _write(data, first.split("."), value, day)


def _write(data: Any, steps: list[str], value: Any, day: str) -> dict[str, Any]:
    base = dict(data) if isinstance(data, Mapping) else {}
    step, rest = steps[0], steps[1:]
    match = _INDEXED.fullmatch(step)
    if match is None:
        return put(base, step, _write(base.get(step), rest, value, day) if rest else value)
    name, schemes = match[1], match[2].split("|") if match[2] else []
    items = list(base.get(name) or ())
    if not schemes:
        inner = _write(items[0] if items else {}, rest, value, day)
        return put(base, name, [*([inner] if inner else []), *items[1:]])
    at = next((n for n, item in enumerate(items) if _names(item) & set(schemes)), None)
    entry = [_entry(name, (_names(items[at]) & set(schemes)).pop() if at is not None else schemes[0], value, day)]
    if value in (None, ""):
        entry = []
    items = [*items, *entry] if at is None else [*items[:at], *entry, *items[at + 1 :]]
    return put(base, name, items)


def _names(item: Mapping[str, Any]) -> set[str]:
    return {str(item[key]) for key in ("scheme", "type_code", "code") if item.get(key)}


def _entry(name: str, scheme: str, value: Any, day: str) -> dict[str, Any]:
    if name != "references":
        return {"scheme": scheme, "value": value}
    if "_" in scheme:
        # The institutions' own data (SGK): named by the document type, its value repeated as the kind.
        return {"type_code": scheme, "number": value, "kind": value, "day": day}
    return {"scheme": scheme, "number": value, "day": day}

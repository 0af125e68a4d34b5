"""Domain dataclasses to JSON and back, by their type hints.

Used for cards (Company, Party) that are kept whole. Unknown keys are ignored and missing ones take their default, so
that an added field needs no migration. Pictures (bytes) are left out: they have columns of their own.
"""

from __future__ import annotations

import json
import types
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def dumps(value: object) -> str:
    """Compact JSON with sorted keys; Decimals become strings. Raises: TypeError for anything JSON cannot say."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_default)


def loads(text: str) -> Any:
    """JSON with exact numbers: fractions come as Decimal."""
    return json.loads(text, parse_float=Decimal)


def _default(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def to_plain(value: Any) -> Any:
    """A dataclass as dicts, lists and strings; bytes fields are skipped."""
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        result = {}
        for field in fields(value):
            item = getattr(value, field.name)
            if not isinstance(item, bytes):
                result[field.name] = to_plain(item)
        return result
    if isinstance(value, dict):
        return {to_plain(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    return value


def from_plain(kind: type[T], data: Any, **known: Any) -> T:
    """The dataclass `kind` out of `to_plain`'s result; `known` gives fields that are kept elsewhere."""
    hints: dict[str, Any] = _hints(cast("Any", kind))
    values = {name: _restore(hints[name], data[name]) for name in hints if name in data and name not in known}
    return kind(**values, **known)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _restore(hint: Any, data: Any) -> Any:
    origin = get_origin(hint)
    if origin is tuple:
        args = get_args(hint)
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(_restore(args[0], item) for item in data)
        return tuple(_restore(arg, item) for arg, item in zip(args, data, strict=True))
    if origin is dict:
        key_hint, value_hint = get_args(hint)
        return {_restore(key_hint, key): _restore(value_hint, item) for key, item in data.items()}
    if origin in (Union, types.UnionType):
        if data is None:
            return None
        return _restore(next(arg for arg in get_args(hint) if arg is not type(None)), data)
    if isinstance(hint, type) and is_dataclass(hint):
        return from_plain(hint, data)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(data)
    return data

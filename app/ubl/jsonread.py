"""Reading JSON that people wrote: every problem is collected and told at once, in Turkish, with its path."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from app.domain.errors import InputError
from app.domain.money import parse_decimal
from app.domain.taxnumber import TaxNumber, parse_tax_number

_MISSING = object()


class InvalidData(InputError):
    """The data cannot be used; `problems` lists every reason as `path: sentence`."""

    def __init__(self, code: str, what: str, problems: list[str]) -> None:
        more = f" (ve {len(problems) - 1} sorun daha)" if len(problems) > 1 else ""
        super().__init__(
            code, what, why=f"{problems[0]}{more}", todo="Düzeltip yeniden deneyin; biçim resources/schemas altındadır."
        )
        self.problems = problems


class Fields:
    """One JSON object being read. Each key is asked once; `close` tells the keys nobody asked for."""

    def __init__(self, data: Mapping[str, Any], path: str, problems: list[str]) -> None:
        self._data = data
        self._path = path
        self._asked: set[str] = set()
        self.problems = problems

    def where(self, key: str) -> str:
        """`lines[2].quantity`"""
        return f"{self._path}.{key}" if self._path else key

    def problem(self, key: str, sentence: str) -> None:
        self.problems.append(f"{self.where(key)}: {sentence}")

    def has(self, key: str) -> bool:
        """Whether the key is there with a value (null counts as absent)."""
        return self._data.get(key) is not None

    def peek(self, key: str) -> Any:
        """The value as it stands, without counting as asked."""
        return self._data.get(key)

    def is_object(self, key: str) -> bool:
        return isinstance(self._data.get(key), Mapping)

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """A string. Numbers are refused, so that a VKN with a leading zero is never written as a number."""
        value = self._take(key)
        if value is _MISSING or value == "":
            if required:
                self.problem(key, "Bu alan zorunlu.")
            return default
        if not isinstance(value, str):
            self.problem(key, "Metin olmalı (tırnak içinde).")
            return default
        return value.strip()

    def number(self, key: str, *, required: bool = False) -> Decimal | None:
        """A string or integer (or a Decimal the caller parsed); never a float."""
        value = self._take(key)
        if value is _MISSING:
            if required:
                self.problem(key, "Bu alan zorunlu.")
            return None
        try:
            return parse_decimal(value)
        except InputError:
            self.problem(key, f'Sayı okunamadı ({str(value)[:30]!r}); "1250.50" gibi yazın.')
            return None

    def flag(self, key: str) -> bool | None:
        value = self._take(key)
        if value is _MISSING:
            return None
        if not isinstance(value, bool):
            self.problem(key, "true ya da false olmalı.")
            return None
        return value

    def day(self, key: str, *, required: bool = False) -> date | None:
        """An ISO date."""
        value = self.text(key, required=required)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.problem(key, f"Tarih okunamadı ({value[:20]!r}); 2026-01-31 gibi yazın.")
            return None

    def clock_time(self, key: str) -> time | None:
        """An ISO wall-clock time, whole seconds."""
        value = self.text(key)
        if not value:
            return None
        try:
            return time.fromisoformat(value).replace(tzinfo=None, microsecond=0)
        except ValueError:
            self.problem(key, f"Saat okunamadı ({value[:20]!r}); 14:30:00 gibi yazın.")
            return None

    def tax_number(self) -> TaxNumber | None:
        """The object's `vkn` or `tckn`, exactly one of them."""
        told = len(self.problems)
        vkn, tckn = self.text("vkn"), self.text("tckn")
        if len(self.problems) > told:
            return None
        if bool(vkn) == bool(tckn):
            self.problem("vkn", "vkn ya da tckn alanlarından yalnız biri yazılmalı.")
            return None
        key, digits, length = ("vkn", vkn, 10) if vkn else ("tckn", tckn, 11)
        try:
            number = parse_tax_number(digits)
        except InputError as e:
            self.problem(key, e.why)
            return None
        if len(number.digits) != length:
            self.problem(key, f"{length} rakam olmalı, {len(number.digits)} rakam yazılmış.")
            return None
        return number

    def nested(self, key: str) -> Fields | None:
        """An object; None when it is absent."""
        value = self._take(key)
        if value is _MISSING:
            return None
        if not isinstance(value, Mapping):
            self.problem(key, "Bir nesne ({...}) olmalı.")
            return None
        return Fields(value, self.where(key), self.problems)

    def each(self, key: str) -> list[Fields]:
        """A list of objects; empty when absent."""
        result: list[Fields] = []
        for index, value in enumerate(self.items(key)):
            if isinstance(value, Mapping):
                result.append(Fields(value, f"{self.where(key)}[{index}]", self.problems))
            else:
                self.problem(f"{key}[{index}]", "Bir nesne ({...}) olmalı.")
        return result

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings, or one string; empty strings are dropped."""
        value = self._data.get(key)
        values = [self._take(key)] if isinstance(value, str) else self.items(key)
        result: list[str] = []
        for index, item in enumerate(values):
            if not isinstance(item, str):
                self.problem(f"{key}[{index}]", "Metin olmalı (tırnak içinde).")
            elif item.strip():
                result.append(item.strip())
        return tuple(result)

    def items(self, key: str) -> list[Any]:
        """A list of anything; empty when absent."""
        value = self._take(key)
        if value is _MISSING:
            return []
        if not isinstance(value, list):
            self.problem(key, "Bir liste ([...]) olmalı.")
            return []
        return value

    def mapping(self, key: str) -> dict[str, str]:
        """An object of strings."""
        fields = self.nested(key)
        if fields is None:
            return {}
        return {name: fields.text(name) for name in fields.names()}

    def names(self) -> list[str]:
        """The keys of this object."""
        return [str(name) for name in self._data]

    def close(self) -> None:
        """Tell the keys that this object should not have: a typing mistake must not be ignored in silence."""
        for name in self._data:
            if name not in self._asked:
                self.problem(str(name), "Bilinmeyen alan; adını kontrol edin.")

    def _take(self, key: str) -> Any:
        self._asked.add(key)
        value = self._data.get(key)
        return _MISSING if value is None else value

"""The columns of the line grid: how a line's cell is shown, typed and found again in a finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Literal

from app.domain.turkish import fold
from app.ubl import codes
from app.ui.editor.numbers import is_number, read_number, shown_number, stored_number, typed_number

Line = dict[str, Any]
Kind = Literal["text", "number", "code", "computed"]
WITHHOLDING_TYPES: Final = frozenset({"TEVKIFAT", "IADE"})
#: What a new line starts with; a line that holds nothing else is blank.
NEW_LINE: Final[Mapping[str, Any]] = {"unit": "C62", "vat_rate": "20"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `read` gives the kept text of a line, `write` a new line with a typed text in it."""

    key: str
    title: str
    width: int
    kind: Kind
    read: Callable[[Line], str]
    write: Callable[[Line, str], Line]
    #: Finding places (`lines[2].<place>`) that belong to this cell, by their beginning.
    places: tuple[str, ...] = ()
    decimals: int = 0
    options: Callable[[], list[Option]] = field(default=list)

    def shown(self, line: Line) -> str:
        text = self.read(line)
        if self.kind == "number":
            return shown_number(text, decimals=self.decimals)
        if self.kind == "code":
            return next((o.short for o in self.options() if o.code == text), text)
        return text

    def typed(self, line: Line) -> str:
        """What stands in the editor when the cell is opened."""
        text = self.read(line)
        return typed_number(text) if self.kind == "number" else text

    def is_odd(self, line: Line) -> bool:
        """Whether the kept text is no number where one is wanted."""
        text = self.read(line)
        return self.kind == "number" and bool(text) and not is_number(text.removeprefix("%"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of a picker: `KGM`, what a cell shows, and the words it is found by."""

    code: str
    short: str
    title: str

    @property
    def folded(self) -> str:
        return fold(f"{self.code} {self.title}")


@cache
def _unit_options() -> list[Option]:
    return [Option(code=u.code, short=u.name, title=f"{u.name} · {u.code}") for u in codes.units().values()]


@cache
def _withholding_options() -> list[Option]:
    return [
        Option(code=w.code, short=f"{w.code} · %{w.current}", title=f"{w.code} · %{w.current} · {w.name}")
        for w in codes.withholdings().values()
    ]


@cache
def _exemption_options() -> list[Option]:
    return [
        Option(code=e.code, short=f"{e.code} · {e.name}", title=f"{e.code} · {e.name}")
        for e in codes.exemptions().values()
    ]


@cache
def _tax_options() -> list[Option]:
    return [
        Option(code=t.code, short=t.short, title=f"{t.code} · {t.name}")
        for t in codes.tax_types().values()
        if t.code != "0015"
    ]


def find_code(options: list[Option], typed: str) -> str:
    """The code that a typed word means: the code itself, a name, or the only option that holds the words."""
    text = typed.strip()
    if not text:
        return ""
    folded = fold(text)
    for option in options:
        if fold(option.code) == folded or fold(option.short) == folded or fold(option.title) == folded:
            return option.code
    words = folded.split()
    found = [o for o in options if all(word in o.folded for word in words)]
    starts = [o for o in found if fold(o.short).startswith(folded)]
    if len(starts) == 1 or len(found) == 1:
        return (starts if len(starts) == 1 else found)[0].code
    return text


def _text(key: str) -> Callable[[Line], str]:
    return lambda line: str(line.get(key, ""))


def put(line: Line, key: str, value: Any) -> Line:
    """A copy of the line with `key` set, or without it when the value is empty."""
    result = {k: v for k, v in line.items() if k != key}
    if value not in ("", None, [], {}):
        result[key] = value
    return result


def _put_text(key: str) -> Callable[[Line, str], Line]:
    return lambda line, text: put(line, key, " ".join(text.split()))


def _put_number(key: str) -> Callable[[Line, str], Line]:
    return lambda line, text: put(line, key, stored_number(text))


def _read_discount(line: Line) -> str:
    """The first discount: `%5` for a rate, the number for an amount."""
    first = next(iter(line.get("discounts", ())), None)
    if not isinstance(first, Mapping):
        return ""
    if "rate" in first:
        rate = str(first["rate"])
        value = read_number(typed_number(rate)) if is_number(rate) else None
        return f"%{format((value * 100).normalize(), 'f')}" if value is not None else f"%{rate}"
    return str(first.get("amount", ""))


def _write_discount(line: Line, text: str) -> Line:
    """`%5`, `5%` or `5 %` is a rate; a plain number is an amount. A reason and further discounts stay."""
    bare = text.strip()
    old = list(line.get("discounts", ()))
    rest = {"reason": old[0]["reason"]} if old and old[0].get("reason") else {}
    if not bare:
        return put(line, "discounts", old[1:])
    value = read_number(bare.replace("%", ""))
    if "%" in bare and value is not None:
        first: dict[str, str] = {"rate": format((value / 100).normalize(), "f")}
    else:
        first = {"amount": stored_number(bare)}
    return put(line, "discounts", [first | rest, *old[1:]])


def _read_nested(key: str, inner: str) -> Callable[[Line], str]:
    return lambda line: str((line.get(key) or {}).get(inner, ""))


def _write_withholding(line: Line, text: str) -> Line:
    code = find_code(_withholding_options(), text)
    known = codes.withholdings().get(code)
    if not code:
        return put(line, "withholding", None)
    if known is not None:
        return put(line, "withholding", {"code": code, "rate": str(known.current)})
    return put(line, "withholding", {"code": code})


def _write_withholding_rate(line: Line, text: str) -> Line:
    old = dict(line.get("withholding") or {})
    return put(line, "withholding", put(old, "rate", stored_number(text)))


def _write_exemption(line: Line, text: str) -> Line:
    code = find_code(_exemption_options(), text)
    known = codes.exemptions().get(code)
    if not code:
        return put(line, "exemption", None)
    return put(line, "exemption", {"code": code} | ({"reason": known.name} if known else {}))


def _read_tax(line: Line) -> str:
    first = next(iter(line.get("other_taxes", ())), None)
    return str(first.get("code", "")) if isinstance(first, Mapping) else ""


def _write_tax(line: Line, text: str) -> Line:
    code = find_code(_tax_options(), text)
    old = list(line.get("other_taxes", ()))
    if not code:
        return put(line, "other_taxes", old[1:])
    rest = {k: v for k, v in (old[0] if old else {}).items() if k in ("rate", "per_unit")}
    return put(line, "other_taxes", [{"code": code} | (rest or {"rate": "0"}), *old[1:]])


def _read_tax_rate(line: Line) -> str:
    first = next(iter(line.get("other_taxes", ())), None)
    return str(first.get("rate", "")) if isinstance(first, Mapping) else ""


def _write_tax_rate(line: Line, text: str) -> Line:
    old = list(line.get("other_taxes", ()))
    if not old:
        return line
    first = {k: v for k, v in old[0].items() if k not in ("rate", "per_unit")} | {"rate": stored_number(text) or "0"}
    return put(line, "other_taxes", [first, *old[1:]])


def _write_unit(line: Line, text: str) -> Line:
    return put(line, "unit", find_code(_unit_options(), text))


def _keep(line: Line, _text: str) -> Line:
    return line


COLUMNS: Final = (
    Column(
        key="name",
        title="Mal / hizmet",
        width=22,
        kind="text",
        read=_text("name"),
        write=_put_text("name"),
        places=("name",),
    ),
    Column(
        key="quantity",
        title="Miktar",
        width=7,
        kind="number",
        read=_text("quantity"),
        write=_put_number("quantity"),
        places=("quantity",),
    ),
    Column(
        key="unit",
        title="Birim",
        width=8,
        kind="code",
        read=_text("unit"),
        write=_write_unit,
        places=("unit",),
        options=_unit_options,
    ),
    Column(
        key="unit_price",
        title="Birim fiyat",
        width=11,
        kind="number",
        read=_text("unit_price"),
        write=_put_number("unit_price"),
        places=("unit_price",),
        decimals=2,
    ),
    Column(
        key="discount",
        title="İndirim",
        width=7,
        kind="number",
        read=_read_discount,
        write=_write_discount,
        places=("discounts", "charges"),
    ),
    Column(
        key="vat_rate",
        title="KDV %",
        width=8,
        kind="number",
        read=_text("vat_rate"),
        write=_put_number("vat_rate"),
        places=("vat_rate",),
    ),
    Column(
        key="withholding",
        title="Tevkifat",
        width=12,
        kind="code",
        read=_read_nested("withholding", "code"),
        write=_write_withholding,
        places=("withholding",),
        options=_withholding_options,
    ),
    Column(
        key="withholding_rate",
        title="Tevkifat %",
        width=9,
        kind="number",
        read=_read_nested("withholding", "rate"),
        write=_write_withholding_rate,
        places=("withholding.rate",),
    ),
    Column(
        key="exemption",
        title="İstisna",
        width=13,
        kind="code",
        read=_read_nested("exemption", "code"),
        write=_write_exemption,
        places=("exemption",),
        options=_exemption_options,
    ),
    Column(
        key="other_tax",
        title="Diğer vergi",
        width=10,
        kind="code",
        read=_read_tax,
        write=_write_tax,
        places=("other_taxes",),
        options=_tax_options,
    ),
    Column(
        key="other_tax_rate",
        title="Vergi %",
        width=7,
        kind="number",
        read=_read_tax_rate,
        write=_write_tax_rate,
    ),
    Column(
        key="seller_code",
        title="Stok kodu",
        width=10,
        kind="text",
        read=_text("seller_code"),
        write=_put_text("seller_code"),
        places=("seller_code",),
    ),
    Column(key="net", title="Tutar", width=12, kind="computed", read=lambda _line: "", write=_keep),
)
KEYS: Final = tuple(column.key for column in COLUMNS)
NET: Final = KEYS.index("net")


def column_of_place(place: str) -> int:
    """The column to which `withholding.rate` in a finding's field belongs; 0 for the line as a whole."""
    best, length = 0, 0
    for index, column in enumerate(COLUMNS):
        for start in column.places:
            if (place == start or place.startswith((f"{start}.", f"{start}["))) and len(start) > length:
                best, length = index, len(start)
    return best


def is_blank(line: Line) -> bool:
    """Whether nobody has written anything into the line."""
    return all(line.get(key) == NEW_LINE.get(key) for key in line)


def visible_keys(type_code: str, lines: list[Line]) -> set[str]:
    """The columns this invoice uses. What a line holds is always shown: nothing works behind the user's back."""
    keys = set(KEYS) - {"withholding", "withholding_rate", "exemption", "other_tax", "other_tax_rate", "seller_code"}
    if type_code in WITHHOLDING_TYPES or any("withholding" in line for line in lines):
        keys |= {"withholding", "withholding_rate"}
    if type_code == "ISTISNA" or any("exemption" in line or line.get("vat_rate") == "0" for line in lines):
        keys.add("exemption")
    if any("other_taxes" in line for line in lines):
        keys |= {"other_tax", "other_tax_rate"}
    if any("seller_code" in line for line in lines):
        keys.add("seller_code")
    return keys

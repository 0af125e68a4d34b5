"""What stands in a line of the draft: its parts as people type them, and the codes to choose from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.domain.turkish import fold
from app.ubl import codes
from app.ui.editor import catalogue
from app.ui.editor.catalogue import Option, by_code
from app.ui.editor.numbers import is_number, read_number, shown_number, stored_number, typed_number

__all__ = ["Line", "Option", "by_code"]

Line = dict[str, Any]


def short_of(options: Callable[[], list[Option]], code: str) -> str:
    option = by_code(options).get(code)
    return option.short if option is not None else code


def unit_options() -> list[Option]:
    return catalogue.current().units


def withholding_options() -> list[Option]:
    return catalogue.current().withholdings


def exemption_options() -> list[Option]:
    return catalogue.current().exemptions


def tax_options() -> list[Option]:
    return catalogue.current().taxes


def find_code(options: list[Option], typed: str) -> str:
    """The code that a typed word means: the code itself, a name, or the only option that holds the words."""
    text = typed.strip()
    if not text:
        return ""
    folded = fold(text)
    for option in options:
        if folded in option.names:
            return option.code
    words = folded.split()
    found = [o for o in options if all(word in o.folded for word in words)]
    starts = [o for o in found if any(part.startswith(folded) for part in (fold(o.short), *fold(o.title).split(" · ")))]
    if len(starts) == 1 or len(found) == 1:
        return (starts if len(starts) == 1 else found)[0].code
    return text


def read_text(key: str) -> Callable[[Line], str]:
    return lambda line: str(line.get(key, ""))


def put(line: Line, key: str, value: Any) -> Line:
    """A copy of the line with `key` set, or without it when the value is empty."""
    result = {k: v for k, v in line.items() if k != key}
    if value not in ("", None, [], {}):
        result[key] = value
    return result


def put_text(key: str) -> Callable[[Line, str], Line]:
    return lambda line, text: put(line, key, " ".join(text.split()))


def put_number(key: str) -> Callable[[Line, str], Line]:
    return lambda line, text: put(line, key, stored_number(text))


def allowance_text(item: Any) -> str:
    """One discount or charge as it is typed: `%5` for a rate, the number for an amount."""
    if not isinstance(item, Mapping):
        return ""
    if "rate" in item:
        rate = str(item["rate"])
        value = read_number(typed_number(rate)) if is_number(rate) else None
        return f"%{format((value * 100).normalize(), 'f')}" if value is not None else f"%{rate}"
    return str(item.get("amount", ""))


def allowance_of(text: str, reason: str = "") -> dict[str, str]:
    """`%5`, `5%` or `5 %` is a rate (kept as a fraction); a plain number is an amount."""
    bare = text.strip()
    value = read_number(bare.replace("%", ""))
    if "%" in bare and value is not None:
        item = {"rate": format((value / 100).normalize(), "f")}
    else:
        item = {"amount": stored_number(bare)}
    return item | ({"reason": reason} if reason else {})


def read_allowance(key: str) -> Callable[[Line], str]:
    return lambda line: allowance_text(next(iter(line.get(key, ())), None))


def write_allowance(key: str) -> Callable[[Line, str], Line]:
    """The first of them; its reason and further ones stay."""

    def write(line: Line, text: str) -> Line:
        old = list(line.get(key, ()))
        if not text.strip():
            return put(line, key, old[1:])
        return put(line, key, [allowance_of(text, str(old[0].get("reason", "")) if old else ""), *old[1:]])

    return write


def shown_allowance(text: str) -> str:
    """`%7.5` as `%7,5`, an amount with two decimals."""
    if text.startswith("%"):
        return f"%{shown_number(text[1:])}"
    return shown_number(text, decimals=2)


def show_allowances(key: str) -> Callable[[Line], str]:
    return lambda line: " + ".join(shown_allowance(allowance_text(item)) for item in line.get(key, ()))


def typed_allowance(item: Any) -> str:
    """A discount or charge as its editor starts with it: `%7,5` or `150,5`."""
    text = allowance_text(item)
    return f"%{typed_number(text[1:])}" if text.startswith("%") else typed_number(text)


def edit_allowance(key: str) -> Callable[[Line], str]:
    return lambda line: typed_allowance(next(iter(line.get(key, ())), None))


def read_nested(key: str, inner: str) -> Callable[[Line], str]:
    return lambda line: str((line.get(key) or {}).get(inner, ""))


def write_withholding(line: Line, text: str) -> Line:
    code = find_code(withholding_options(), text)
    if not code:
        return put(line, "withholding", None)
    rate = catalogue.current().withholding_rate(code)
    if rate is not None:
        return put(line, "withholding", {"code": code, "rate": str(rate)})
    return put(line, "withholding", {"code": code})


def write_withholding_rate(line: Line, text: str) -> Line:
    old = dict(line.get("withholding") or {})
    return put(line, "withholding", put(old, "rate", stored_number(text)))


def write_exemption(line: Line, text: str) -> Line:
    code = find_code(exemption_options(), text)
    known = codes.exemptions().get(code)
    if not code:
        return put(line, "exemption", None)
    return put(line, "exemption", {"code": code} | ({"reason": known.name} if known else {}))


def first_tax(line: Line) -> Mapping[str, Any]:
    first = next(iter(line.get("other_taxes", ())), None)
    return first if isinstance(first, Mapping) else {}


def read_tax(line: Line) -> str:
    return str(first_tax(line).get("code", ""))


def show_taxes(line: Line) -> str:
    return " + ".join(short_of(tax_options, str(tax.get("code", ""))) for tax in line.get("other_taxes", ()))


def write_tax(line: Line, text: str) -> Line:
    code = find_code(tax_options(), text)
    old = list(line.get("other_taxes", ()))
    if not code:
        return put(line, "other_taxes", old[1:])
    rest = {k: v for k, v in (old[0] if old else {}).items() if k in ("rate", "per_unit")}
    return put(line, "other_taxes", [{"code": code} | (rest or {"rate": "0"}), *old[1:]])


def tax_value_text(tax: Mapping[str, Any]) -> str:
    """`10` for a percent, `2,5/br` for an amount per unit: as it is typed."""
    if "per_unit" in tax:
        return f"{typed_number(str(tax['per_unit']))}/br"
    return typed_number(str(tax.get("rate", "")))


def tax_value_of(text: str) -> dict[str, str]:
    """A plain number is a percent; with `/br` (or any slash, or TL) it is an amount for each unit sold."""
    bare = text.strip()
    if "/" in bare or fold(bare).endswith("tl"):
        return {"per_unit": stored_number(bare.partition("/")[0])}
    return {"rate": stored_number(bare.replace("%", "")) or "0"}


def read_tax_rate(line: Line) -> str:
    tax = first_tax(line)
    return str(tax.get("per_unit", tax.get("rate", "")))


def show_tax_rate(line: Line) -> str:
    tax = first_tax(line)
    text = shown_number(read_tax_rate(line))
    return f"{text}/br" if "per_unit" in tax else text


def write_tax_rate(line: Line, text: str) -> Line:
    old = list(line.get("other_taxes", ()))
    if not old:
        return line
    first = {k: v for k, v in old[0].items() if k not in ("rate", "per_unit")} | tax_value_of(text)
    return put(line, "other_taxes", [first, *old[1:]])


def write_unit(line: Line, text: str) -> Line:
    return put(line, "unit", find_code(unit_options(), text))


def keep(line: Line, read_text: str) -> Line:
    return line

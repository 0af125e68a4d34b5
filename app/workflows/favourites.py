"""Goods and buyers that a firm keeps at the top of the editor's pickers: stored with the office's own data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.storage import settings_store
from app.storage.database import OpenSession
from app.storage.settings_store import POINT
from app.workflows.context import WorkContext

#: With the number of the company behind it.
_NAME: Final = "editor.favourites."


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """`goods` are beginnings of lines, `buyers` tax numbers, both in the order in which they were marked."""

    goods: list[dict[str, Any]] = field(default_factory=list)
    buyers: list[str] = field(default_factory=list)


def load(ctx: WorkContext, company_id: int) -> Kept:
    """What the firm has marked."""
    with ctx.db.read() as s:
        return _load(s, company_id)


def mark_good(ctx: WorkContext, company_id: int, good: Mapping[str, Any], *, on: bool) -> Kept:
    """Keep a line's beginning by its name, or forget it. The list is read anew: another window may have changed it."""
    name = str(good.get("name", ""))
    with ctx.db.write(POINT) as s:
        kept = _load(s, company_id)
        others = [one for one in kept.goods if one["name"] != name]
        return _save(s, company_id, Kept(goods=[*others, dict(good)] if on else others, buyers=kept.buyers))


def mark_buyer(ctx: WorkContext, company_id: int, number: str, *, on: bool) -> Kept:
    """The same for a buyer's tax number."""
    with ctx.db.write(POINT) as s:
        kept = _load(s, company_id)
        others = [one for one in kept.buyers if one != number]
        return _save(s, company_id, Kept(goods=kept.goods, buyers=[*others, number] if on else others))


def take_over(ctx: WorkContext, found: Mapping[int, Any]) -> None:
    """Favourites by company as an earlier version kept them beside the window's sizes; what is stored stays first."""
    with ctx.db.write(POINT) as s:
        for company_id, value in found.items():
            kept, old = _load(s, company_id), _of(value)
            names = {good["name"] for good in kept.goods}
            goods = [*kept.goods, *(good for good in old.goods if good["name"] not in names)]
            buyers = list(dict.fromkeys([*kept.buyers, *old.buyers]))
            _save(s, company_id, Kept(goods=goods, buyers=buyers))


def _load(s: OpenSession, company_id: int) -> Kept:
    return _of(settings_store.load_setting(s, f"{_NAME}{company_id}"))


def _save(s: OpenSession, company_id: int, kept: Kept) -> Kept:
    settings_store.save_setting(s, f"{_NAME}{company_id}", {"goods": kept.goods, "buyers": kept.buyers})
    return kept


def _of(value: Any) -> Kept:
    """Whatever stands there; what cannot be read counts as forgotten."""
    found = value if isinstance(value, Mapping) else {}
    goods, buyers = found.get("goods"), found.get("buyers")
    return Kept(
        goods=[good for good in goods if isinstance(good, dict) and good.get("name")]
        if isinstance(goods, list)
        else [],
        buyers=[str(number) for number in buyers] if isinstance(buyers, list) else [],
    )

"""Goods and buyers that a firm keeps at the top of its pickers, whatever was sold last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.editor.sources import GOODS_KEYS
from app.ui.memory import memory_of

MARK: Final = "★"


class Favourites:
    """Of one company, kept in the window's memory. GUI thread only."""

    def __init__(self, desk: Desk, company: CompanyRecord) -> None:
        self._memory = memory_of(desk)
        self._key = f"editor/favourites/{company.id}"

    @property
    def goods(self) -> list[dict[str, Any]]:
        """Beginnings of lines, in the order they were marked."""
        return [good for good in self._read("goods") if isinstance(good, dict) and good.get("name")]

    @property
    def buyers(self) -> list[str]:
        """Tax numbers."""
        return [str(number) for number in self._read("buyers")]

    def toggle_good(self, line: dict[str, Any]) -> bool:
        """Whether the line's goods are a favourite now."""
        name = str(line.get("name", ""))
        others = [good for good in self.goods if good["name"] != name]
        is_new = len(others) == len(self.goods)
        self._write("goods", [*others, {k: line[k] for k in GOODS_KEYS if k in line}] if is_new else others)
        return is_new

    def toggle_buyer(self, number: str) -> bool:
        """Whether the buyer is a favourite now."""
        others = [known for known in self.buyers if known != number]
        is_new = len(others) == len(self.buyers)
        self._write("buyers", [*others, number] if is_new else others)
        return is_new

    def goods_first(self, goods: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The favourites before what was sold most."""
        mine = self.goods
        names = {good["name"] for good in mine}
        return [*mine, *(good for good in goods if good["name"] not in names)]

    def _read(self, what: str) -> list[Any]:
        kept = self._memory.get(self._key, {})
        found = kept.get(what, []) if isinstance(kept, dict) else []
        return found if isinstance(found, list) else []

    def _write(self, what: str, value: list[Any]) -> None:
        kept = self._memory.get(self._key, {})
        self._memory.set(self._key, (kept if isinstance(kept, dict) else {}) | {what: value})

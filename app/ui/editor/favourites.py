"""Goods and buyers that a firm keeps at the top of its pickers, whatever was sold last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.editor.sources import GOODS_KEYS
from app.ui.memory import memory_of
from app.workflows import favourites
from app.workflows.context import WorkContext
from app.workflows.favourites import Kept

MARK: Final = "★"
#: Where an earlier version kept them: tax numbers have no place in a plain file.
_OLD: Final = "editor/favourites"


class Favourites(QObject):
    """Of one company. `changed` when they were read, or marked elsewhere. GUI thread only."""

    changed = Signal()

    def __init__(self, desk: Desk, company: CompanyRecord, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._company = desk, company
        self._kept = Kept()
        #: Marks of this window that are still being written; an answer that is older than they are is not shown.
        self._writing = 0
        memory = memory_of(desk)
        old = {int(k): memory.get(f"{_OLD}/{k}") for k in memory.names_in(_OLD) if k.isdecimal()}

        def read(ctx: WorkContext) -> Kept:
            if old:
                favourites.take_over(ctx, old)
            return favourites.load(ctx, company.id)

        def then(kept: Kept) -> None:
            if old:
                memory.forget(_OLD)
                memory.sync()
            self._on_kept(kept)

        desk.run("Okunuyor", read, then, owner=self, lane=desk.lanes.account("editor"))

    @property
    def goods(self) -> list[dict[str, Any]]:
        """Beginnings of lines, in the order they were marked."""
        return list(self._kept.goods)

    @property
    def buyers(self) -> list[str]:
        """Tax numbers."""
        return list(self._kept.buyers)

    def toggle_good(self, line: dict[str, Any]) -> bool:
        """Whether the line's goods are a favourite now."""
        name = str(line.get("name", ""))
        others = [good for good in self._kept.goods if good["name"] != name]
        is_new = len(others) == len(self._kept.goods)
        good = {k: line[k] for k in GOODS_KEYS if k in line}
        self._kept = Kept(goods=[*others, good] if is_new else others, buyers=self._kept.buyers)
        company_id = self._company.id
        self._write(lambda ctx: favourites.mark_good(ctx, company_id, good, on=is_new))
        return is_new

    def toggle_buyer(self, number: str) -> bool:
        """Whether the buyer is a favourite now."""
        others = [known for known in self._kept.buyers if known != number]
        is_new = len(others) == len(self._kept.buyers)
        self._kept = Kept(goods=self._kept.goods, buyers=[*others, number] if is_new else others)
        company_id = self._company.id
        self._write(lambda ctx: favourites.mark_buyer(ctx, company_id, number, on=is_new))
        return is_new

    def goods_first(self, goods: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The favourites before what was sold most."""
        mine = self.goods
        names = {good["name"] for good in mine}
        return [*mine, *(good for good in goods if good["name"] not in names)]

    def _write(self, work: Any) -> None:
        # One after another, as they were clicked. The desk holds the job: the window may close at once.
        self._writing += 1
        handle = self._desk.run(
            "Kaydediliyor", work, self._on_kept, owner=self, lane=self._desk.lanes.account("editor")
        )
        handle.ended.connect(self._on_written)

    def _on_written(self, _outcome: object) -> None:
        self._writing -= 1

    def _on_kept(self, kept: Kept) -> None:
        if self._writing <= 1 and kept != self._kept:
            self._kept = kept
            self.changed.emit()

"""Signed files change places together: the old ones go to the folder of cancelled ones, the new ones come.

New files are written aside. The month's record and the list of all moves are written in one transaction; from then on
the new state holds, and whoever next works on the company's ledgers finishes what a crash left undone. No signed file
is ever written over. Source: e-Defter Saklama Kılavuzu, Uygulama Kılavuzu 1.12.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from app.domain.errors import LeaseHeld
from app.domain.voucher import Period
from app.edefter.archive import CANCELLED_FOLDER, parse_name
from app.runtime.crashpoints import declare
from app.runtime.files import file_aside, move_file, remove_leftovers, sync_file
from app.storage import leases
from app.storage.ledgers import moves
from app.storage.ledgers.database import LedgerConnection, LedgerDatabase
from app.storage.ledgers.moves import MOVED, PendingMove
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext

BOOK_FILE = declare("ledger.book", "a sealed ledger, berat or package taking its place in the tree")
#: An inventory goes its own way (`ledger_inventory_life`).
MONTHS_KINDS: Final = frozenset({"Y", "K", "YB", "KB", "DR"})


class Laying:
    """Files on their way into the tree. As a context manager: what was not recorded is removed on leaving."""

    def __init__(self) -> None:
        self._new: list[tuple[Path, Path]] = []
        self._is_recorded = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_recorded:
            return
        for temporary, _target in self._new:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)

    def target(self, path: Path) -> Path:
        """A file aside that will stand at `path`. Raises: EnvironmentFault FILE.*."""
        temporary = file_aside(path)
        self._new.append((temporary, path))
        return temporary

    def sync(self) -> None:
        """Bring the files to the disk; before `record`. Raises: EnvironmentFault FILE.*."""
        for temporary, _target in self._new:
            sync_file(temporary)

    def record(self, connection: LedgerConnection, aside: Sequence[Path] = ()) -> list[Path]:
        """Say in the month's transaction what will move: `aside` go, the new ones come. Returns where those go to.

        After the commit the caller calls `finish_moves`.
        """
        gone = aside_targets(aside)
        moves.plan_moves(connection, [_move(old, new, is_aside=True) for old, new in zip(aside, gone, strict=True)])
        moves.plan_moves(connection, [_move(temporary, path, is_aside=False) for temporary, path in self._new])
        # Should the commit not come to pass, the files stay as leftovers, which the next build removes.
        self._is_recorded = True
        return gone


def finish_moves(ledger: LedgerDatabase) -> None:
    """Move what the record says and a crash may have left undone. Under the company's lease; again changes nothing.

    Raises: EnvironmentFault FILE.* (the rest stays to be done).
    """
    with ledger.read() as connection:
        pending = moves.pending_moves(connection)
    if not pending:
        return
    for move in pending:
        source, target = Path(move.source), Path(move.target)
        # What stands aside already has come there by this very move: a new file may have its old place by now.
        if not source.exists() or (move.is_aside and target.exists()):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        move_file(source, target, point=BOOK_FILE)
    with ledger.write(MOVED) as connection:
        moves.forget_moves(connection)


def finish_interrupted(ctx: WorkContext, company: CompanyRecord, ledgers: Path) -> None:
    """Finish what a crash left undone in any fiscal year of a company; one at work elsewhere is left to its holder.

    `ledgers` is the folder of the ledger files. Raises: EnvironmentFault FILE.*; StorageError.
    """
    for path in sorted(ledgers.glob(f"{company.company.tax_number.digits}-[0-9][0-9][0-9][0-9].db")):
        ledger = LedgerDatabase.open(path)
        try:
            with ledger.read() as connection:
                is_due = bool(moves.pending_moves(connection))
            if is_due:
                with suppress(LeaseHeld), leases.acquire(ctx.db, company.id, owner=ctx.owner):
                    finish_moves(ledger)
        finally:
            ledger.close()


def clear_place(place: Path) -> None:
    """Remove what broken off builds left in a month's folder. Under the company's lease, after `finish_moves`."""
    remove_leftovers(place, older_than_s=0.0)


def months_files(
    place: Path, company: CompanyRecord, period: Period, *, kinds: frozenset[str] = MONTHS_KINDS
) -> list[Path]:
    """The month's signed files of these kinds and their packages in its folder. A package has its berat's name."""
    owner = company.company.tax_number.digits
    found = []
    for path in sorted(place.glob("*")):
        said = parse_name(f"{path.stem}.xml") if path.suffix in (".xml", ".zip") and path.is_file() else None
        if said and said.owner == owner and said.period == period.compact and said.kind in kinds:
            found.append(path)
    return found


def aside_targets(files: Sequence[Path]) -> list[Path]:
    """Where each file goes in its folder's folder of cancelled ones; an earlier file of a name stays there."""
    targets: list[Path] = []
    for path in files:
        aside = path.parent / CANCELLED_FOLDER
        target, number = aside / path.name, 2
        while target.exists() or target in targets:
            target = aside / f"{path.stem} ({number}){path.suffix}"
            number += 1
        targets.append(target)
    return targets


def _move(source: Path, target: Path, *, is_aside: bool) -> PendingMove:
    return PendingMove(source=str(source.absolute()), target=str(target.absolute()), is_aside=is_aside)

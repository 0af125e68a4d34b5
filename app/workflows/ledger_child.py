"""The writer's side of a month's ledgers: one book of one month, part after part, in this process or in a child.

In a child these functions are called by name (`ledger_crew`), with plain values only; the month that is open lives in
this module. Nothing here signs: what is told is the digest, what comes back is the finished signature.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from app.domain.books import BookKind
from app.domain.errors import RuleBroken
from app.edefter.books.body import CLOSE_BODY, BodyFile
from app.edefter.books.lines import (
    JOURNAL_CONTEXT,
    Lines,
    branch_piece,
    journal_entries,
    ledger_entries,
    line_weights,
)
from app.edefter.splitting import TooLarge, cut_month
from app.runtime.files import write_fault
from app.storage.ledgers.book_rows import BookRows


class BookWriter:
    """One book (Y or K) of one branch's month, over one snapshot of the ledger file. One thread."""

    def __init__(self, path: str, period: int, branch_no: str, branch_name: str) -> None:
        self._rows = BookRows(Path(path), period=period, branch_no=branch_no)
        self._branch = {"branch_no": branch_no, "branch_name": branch_name}
        self._files: dict[str, tuple[BodyFile, str]] = {}

    def cuts(
        self, first: int, last: int, first_day: str, last_day: str, max_bytes: int, split_after: list[str]
    ) -> list[dict[str, Any]]:
        """The parts of these madde numbers, each as the fields of a `Cut`. Raises: RuleBroken LEDGER.TOO_LARGE."""
        lines = Lines(JOURNAL_CONTEXT, self._rows.names)
        try:
            cuts = cut_month(
                (batch for batch in self._rows.sizes(first, last, line_weights())),
                lambda main, sub: len(lines.account_of(main, sub)),
                first_day=date.fromisoformat(first_day),
                last_day=date.fromisoformat(last_day),
                max_bytes=max_bytes,
                split_after=tuple(map(date.fromisoformat, split_after)),
                branch_bytes=len(branch_piece(JOURNAL_CONTEXT, **self._branch)),
            )
        except TooLarge as error:
            raise RuleBroken(
                "LEDGER.TOO_LARGE",
                f"{error.entry} numaralı madde bir parçaya sığmıyor.",
                why=f"Tek başına {error.size_bytes / 1_048_576:.0f} MB tutuyor; bir fiş iki parçaya bölünemez.",
                todo="Fişi hesap hesap özetleyin (önce ne olacağı gösterilir) ya da kaynak programda bölün.",
                raw_code=str(error.entry),
            ) from error
        return [{**asdict(cut), "start": cut.start.isoformat(), "end": cut.end.isoformat()} for cut in cuts]

    def write(
        self, kind: str, first: int, last: int, path: str, packed: str, shown: str, opening: str, ending: str
    ) -> dict[str, Any]:
        """Write a book from its declaration up to where its signature stands; `finish` completes it.

        `packed` names the file for the deflate stream, empty for none; `shown` is what the file will be called.
        Tells size, digest (what is to be signed), lines, vouchers (Y), and sums: debit and credit, by main account
        (K). Raises: EnvironmentFault FILE.*, StorageError.
        """
        with self._told(path, shown):
            body = BodyFile(Path(path), packed=Path(packed) if packed else None)
            self._files[path] = body, shown
            body.write(opening.encode())
            told = self._journal(body, first, last) if kind == BookKind.JOURNAL else self._ledger(body, first, last)
            body.write(CLOSE_BODY)
            return {"size_bytes": body.size_bytes, "digest": body.digest(ending.encode()), **told}

    def finish(self, path: str, tail: bytes) -> dict[str, Any]:
        """Add signature and end tag, bring the file to the disk; tells the fields of its `FileFacts`."""
        body, shown = self._files[path]
        with self._told(path, shown):
            facts = asdict(body.finish(tail))
            del self._files[path]
            return facts

    def close(self) -> None:
        """Let go of everything; files that were not finished stay as they are."""
        for body, _ in self._files.values():
            body.close()
        self._files.clear()
        self._rows.close()

    def _journal(self, body: BodyFile, first: int, last: int) -> dict[str, Any]:
        lines = vouchers = debit = credit = 0

        def batches() -> Iterator[Any]:
            nonlocal lines
            for batch in self._rows.journal(first, last):
                lines += len(batch)
                yield batch

        def heads() -> Iterator[Any]:
            nonlocal vouchers, debit, credit
            for head in self._rows.heads(first, last):
                vouchers += 1
                debit += head.debit
                credit += head.credit
                yield head

        for piece in journal_entries(batches(), heads(), self._rows.names, **self._branch):
            body.write(piece)
        return {"lines": lines, "vouchers": vouchers, "debit": debit, "credit": credit}

    def _ledger(self, body: BodyFile, first: int, last: int) -> dict[str, Any]:
        totals, batches = self._rows.ledger(first, last)
        lines = 0
        mains: dict[str, list[int]] = {}
        for total in totals:
            lines += total.lines
            sums = mains.setdefault(total.main.decode(), [0, 0])
            sums[0] += total.debit
            sums[1] += total.credit
        for piece in ledger_entries(batches, totals, self._rows.names, **self._branch):
            body.write(piece)
        debit, credit = (sum(sums[side] for sums in mains.values()) for side in (0, 1))
        return {"lines": lines, "debit": debit, "credit": credit, "mains": mains}

    @contextlib.contextmanager
    def _told(self, path: str, shown: str) -> Iterator[None]:
        """The system's refusal in the user's words; the file is called by the name that it will have."""
        try:
            yield
        except OSError as error:
            raise write_fault(Path(path).with_name(shown), error) from error


# ---- the child's doors: plain values, one month at a time --------------------------------------------------------

_writer: BookWriter | None = None


def start(path: str, period: int, branch_no: str, branch_name: str) -> None:
    """Take a month in hand; the one before is let go."""
    global _writer
    if _writer is not None:
        _writer.close()
    _writer = BookWriter(path, period, branch_no, branch_name)


def do(verb: str, *args: Any) -> Any:
    """A method of the month in hand."""
    assert _writer is not None
    return getattr(_writer, verb)(*args)

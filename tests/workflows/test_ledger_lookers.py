"""An archive's files looked at in two children: the same verdicts as at home, an end at once when it is cancelled."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.errors import JobCancelled
from app.edefter.archive import FileName, parse_name
from app.workflows.ledger_look import facts_of, look, stamp_of
from app.workflows.ledger_lookers import look_at

from .test_ledger_life import Month, month

__all__ = ["month"]


class Steps:
    """Keeps what is reported; from the `until`-th question on the user has pressed cancel."""

    def __init__(self, until: int = 0) -> None:
        self.told: list[tuple[int, int, str]] = []
        self._until = until
        self._asked = 0

    def report(self, done: int, total: int, text: str) -> None:
        self.told.append((done, total, text))

    def checkpoint(self) -> None:
        self._asked += 1
        if self._until and self._asked >= self._until:
            raise JobCancelled


def files_of(month: Month) -> list[tuple[Path, FileName]]:
    paths = sorted(month.place.glob("*.xml"))
    return [(path, name) for path in paths if (name := parse_name(path.name)) is not None]


def harm(month: Month) -> None:
    """A changed letter, an empty file, and one that is no XML at all."""
    (book,) = month.place.glob("*-Y-*.xml")
    book.write_bytes(book.read_bytes().replace(b"MERKEZ", b"MERKEX", 1))
    (month.place / book.name.replace("-Y-", "-EB-")).write_bytes(b"")
    (month.place / book.name.replace("-Y-", "-DR-")).write_bytes(b"x" * 10)


@pytest.mark.parametrize("is_harmed", [False, True])
def test_children_see_what_we_see(month: Month, is_harmed: bool) -> None:
    if is_harmed:
        harm(month)
    files = files_of(month)
    here = [look(str(path), name.owner, name.period, name.is_gibs) for path, name in files]
    steps = Steps()
    there = list(look_at(files, steps, small_bytes=0))
    assert there == here and any(told["problems"] for told in here) is is_harmed
    assert [facts_of(told) for told in there] == [facts_of(told) for told in here]
    assert all(stamp_of(told) is None for told in there)
    assert [text for _, _, text in steps.told if text.endswith("denetlendi (MB)")] == [
        f"{path.name}: denetlendi (MB)" for path, _ in files
    ]


def test_a_small_archive_starts_nobody(month: Month) -> None:
    files = files_of(month)
    steps = Steps()
    assert len(list(look_at(files, steps))) == len(files)
    assert [text for _, _, text in steps.told] == [path.name for path, _ in files]


def test_cancelled_the_children_end(month: Month) -> None:
    before = children()
    with pytest.raises(JobCancelled):
        list(look_at(files_of(month) * 50, Steps(until=3), small_bytes=0))
    assert children() == before


def children() -> set[str]:
    """The processes that this one has started and that have not ended."""
    found: set[str] = set()
    for path in Path("/proc/self/task").glob("*/children"):
        found |= set(path.read_text("ascii").split())
    return found


def test_a_file_that_cannot_be_read_is_its_own_verdict(month: Month) -> None:
    files = files_of(month)
    gone = files[0][0]
    gone.unlink()
    told = list(look_at(files, Steps(), small_bytes=0))
    assert told[0]["problems"][0].startswith("Dosya okunamadı") and told[0]["facts"] is None
    assert not any(one["problems"] for one in told[1:])

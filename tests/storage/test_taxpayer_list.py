"""The office's copy of the taxpayer list: whole lists take each other's place at once, damage costs nothing but it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import StorageError
from app.storage.taxpayer_list import ListedAddress, apply_changes, find, find_many, read_state, replace_all

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
LATER = AT + timedelta(hours=2)


def address(vkn: str, alias: str = "", *, unit: str = "PK", is_deleted: bool = False) -> ListedAddress:
    return ListedAddress(
        vkn=vkn,
        unit=unit,
        alias=alias or f"urn:mail:pk@{vkn}.example",
        title=f"Firma {vkn}",
        is_deleted=is_deleted,
    )


def test_without_a_list_nobody_knows_anything(tmp_path: Path) -> None:
    path = tmp_path / "taxpayers.db"
    assert read_state(path) is None
    assert find(path, "1234567803") is None
    assert find_many(path, ["1234567803"]) == {}
    assert not path.exists(), "a question makes no file"
    with pytest.raises(LookupError):
        apply_changes(path, [address("1234567803")], at=AT)
    assert read_state(path) is None


def test_a_whole_list_answers_yes_and_no(tmp_path: Path) -> None:
    path = tmp_path / "taxpayers.db"
    state = replace_all(
        path,
        [
            address("111"),
            address("222", "urn:mail:a@2"),
            address("222", "urn:mail:b@2"),
            address("222", "g", unit="GB"),
        ],
        source="test",
        at=AT,
    )
    assert (state.taxpayers, state.addresses, state.source, state.asked_at) == (2, 4, "test", AT)
    assert read_state(path) == state
    found = find(path, "222")
    assert found is not None and [a.alias for a in found[1] if a.unit == "PK"] == ["urn:mail:a@2", "urn:mail:b@2"]
    assert find(path, "333") == (state, [])
    assert find_many(path, ["222", "333", "111"]) == {
        "222": ["urn:mail:a@2", "urn:mail:b@2"],
        "111": ["urn:mail:pk@111.example"],
    }


def test_changes_add_and_delete_and_leave_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "taxpayers.db"
    replace_all(path, [address("111"), address("222")], source="live", at=AT)
    changes = [address("333"), address("111", is_deleted=True), address("222", is_deleted=True), address("222")]
    state, numbers = apply_changes(path, changes, at=LATER)
    assert numbers == {"111", "222", "333"}
    assert (state.taxpayers, state.addresses, state.asked_at, state.full_at) == (2, 2, LATER, AT)
    assert find_many(path, ["111", "222", "333"]).keys() == {"222", "333"}, "closed and opened again is open"


def test_a_list_that_breaks_off_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "taxpayers.db"
    replace_all(path, [address("111")], source="live", at=AT)

    def broken() -> Iterator[ListedAddress]:
        for n in range(12_000):
            yield address(f"9{n:09d}")
        raise OSError("line gone")

    with pytest.raises(OSError, match="line gone"):
        replace_all(path, broken(), source="live", at=LATER)
    with pytest.raises(OSError, match="line gone"):
        apply_changes(path, broken(), at=LATER)
    assert find_many(path, ["111", "9000000001"]).keys() == {"111"}
    state = read_state(path)
    assert state is not None and state.asked_at == AT


def test_a_list_of_nobody_is_no_list(tmp_path: Path) -> None:
    path = tmp_path / "taxpayers.db"
    replace_all(path, [address("111")], source="live", at=AT)
    with pytest.raises(ValueError, match="nobody"):
        replace_all(path, [address("222", is_deleted=True)], source="live", at=LATER)
    assert find_many(path, ["111"])


@pytest.mark.parametrize("rubbish", [b"not a database at all" * 400, None])
def test_a_damaged_file_is_as_good_as_none_and_is_made_anew(
    tmp_path: Path, rubbish: bytes | None, expected_logs: Any
) -> None:
    expected_logs("taxpayer list is damaged")
    path = tmp_path / "taxpayers.db"
    replace_all(path, [address(f"1{n:09d}") for n in range(20_000)], source="live", at=AT)
    if rubbish is None:
        raw = bytearray(path.read_bytes())
        raw[4096:] = bytes(len(raw) - 4096)
        rubbish = bytes(raw)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    path.write_bytes(rubbish)
    assert find(path, "1000000001") is None
    assert read_state(path) is None
    if rubbish.startswith(b"SQLite"):
        # The damage is met while writing: this attempt fails, the next one finds a clean place.
        with pytest.raises(StorageError, match="Mükellef listesi"):
            replace_all(path, [address("111")], source="live", at=LATER)
    state = replace_all(path, [address("111")], source="live", at=LATER)
    assert state.addresses == 1
    assert find_many(path, ["111"])


CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from app.storage.taxpayer_list import ListedAddress, apply_changes, replace_all
at = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
new = [ListedAddress(vkn=f"2{n:09d}", unit="PK", alias="urn:x", title="Yeni") for n in range(7_000)]
if sys.argv[2] == "whole":
    replace_all(Path(sys.argv[1]), new, source="live", at=at)
else:
    apply_changes(Path(sys.argv[1]), new, at=at)
"""


@pytest.mark.parametrize("way", ["whole", "changes"])
@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("passage", [1, 2, 3, 4])
def test_a_crash_leaves_the_old_list_or_the_new_one(tmp_path: Path, way: str, phase: str, passage: int) -> None:
    """SIGKILL at each passage of "db.taxpayers": a reader never sees a part, and the next renewal works."""
    path = tmp_path / "taxpayers.db"
    replace_all(path, [address("111")], source="live", at=AT)
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(path), way],
        env=os.environ | {"MUHURDAR_CRASH_AT": f"db.taxpayers:{phase}:{passage}", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    last = 4 if way == "whole" else 1
    assert done.returncode == (-signal.SIGKILL if passage <= last else 0), done.stderr.decode()
    is_new = (passage, phase) == (last, "after") or passage > last
    state = read_state(path)
    assert state is not None
    known = find_many(path, ["111", "2000000000", "2000006999"])
    if way == "whole":
        assert known.keys() == ({"2000000000", "2000006999"} if is_new else {"111"})
        assert state.addresses == (7_000 if is_new else 1)
    else:
        assert known.keys() == ({"111", "2000000000", "2000006999"} if is_new else {"111"})
    assert replace_all(path, [address("333")], source="live", at=LATER).addresses == 1

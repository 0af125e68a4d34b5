"""Fetching GİB's packages: one that fails stops no other, and a cancel changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from app.domain.errors import JobCancelled
from app.runtime.children import ChildPool
from app.validation.packages.content import PackageKind
from app.validation.packages.store import PackageStore
from app.workflows.rule_packages import update_packages
from tests.connectors.rawserver import Server, reply
from tests.validation.packagemaker import archive_files, e_invoice_files, zipped


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PackageStore]:
    with ChildPool(1) as pool:
        yield PackageStore(tmp_path, pool=lambda: pool, now=lambda: datetime(2026, 11, 21, tzinfo=UTC))


class Shown:
    """A progress that cancels at the n-th checkpoint."""

    def __init__(self, cancel_at: int = 0) -> None:
        self.seen: list[tuple[int, int, str]] = []
        self._left = cancel_at

    def report(self, done: int, total: int, what: str) -> None:
        self.seen.append((done, total, what))

    def checkpoint(self) -> None:
        self._left -= 1
        if self._left == 0:
            raise JobCancelled


def publish(store: PackageStore, server: Server, *kinds: str) -> None:
    entries = [{"kind": kind, "addresses": [server.address.replace("paket", kind)]} for kind in kinds]
    (store.folder / "addresses.json").write_text(json.dumps({"packages": entries}), "utf-8")


def by_path(**bodies: bytes) -> Callable[[Any, str], None]:
    def answer(connection: Any, head: str) -> None:
        name = head.split()[1].strip("/").removesuffix(".zip").replace("-", "_")
        there = reply(bodies[name]) if name in bodies else reply(b"", status="404 Not Found")
        there(connection, head)

    return answer


def test_one_that_fails_stops_no_other(store: PackageStore, server: Server) -> None:
    publish(store, server, "e-fatura", "ubl-tr", "e-arsiv")
    server.answer = by_path(e_fatura=zipped(e_invoice_files()), e_arsiv=zipped(archive_files()))
    shown = Shown()
    outcomes = {one.kind.value: one for one in update_packages(store, progress=shown)}
    assert [kind for kind, one in outcomes.items() if one.error] == ["ubl-tr"]
    assert [one.kind.value for one in store.installed()] == ["e-arsiv", "e-fatura"]
    assert [(done, total) for done, total, _ in shown.seen] == [(1, 3), (2, 3), (3, 3)]
    assert "404" in shown.seen[1][2]
    assert [one.kind.value for one in update_packages(store, only=frozenset({PackageKind.UBL_TR}))] == ["ubl-tr"]


@pytest.mark.parametrize("cancel_at", [1, 2, 3])
def test_a_cancel_in_a_download_changes_nothing(store: PackageStore, server: Server, cancel_at: int) -> None:
    publish(store, server, "e-fatura")
    files = e_invoice_files() | {"e-FaturaPaketi/dolgu.bin": Random(1).randbytes(700_000)}
    server.answer = by_path(e_fatura=zipped(files))
    before = sorted(path.name for path in store.folder.iterdir())
    with pytest.raises(JobCancelled):
        list(update_packages(store, progress=Shown(cancel_at)))
    assert sorted(path.name for path in store.folder.iterdir()) == before
    (outcome,) = update_packages(store)
    assert outcome.report is not None

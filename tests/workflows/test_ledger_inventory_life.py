"""A sealed inventory filed, held fast, taken back; GİB's berat for it is asked for and judged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import RuleBroken
from app.domain.taxnumber import parse_tax_number
from app.domain.voucher import Period, PeriodState
from app.edefter.archive import CANCELLED_FOLDER
from app.signing.soft import TestSealer
from app.workflows.ledger_heads import BuildOptions, month_folder
from app.workflows.ledger_inventory import build_inventory, import_inventory
from app.workflows.ledger_inventory_life import (
    inventory_state,
    record_inventory_filed,
    take_approved_inventory,
    take_back_inventory,
)
from app.workflows.ledger_life import GIB_NUMBER, take_back
from tests.workflows.ledger_office import LedgerOffice, ledger_office, voucher

from .test_ledger_life import countersigned

DAY = date(2026, 12, 31)
ITEMS = "Ana Hesap;Ana Hesap Adı;Hesap Kodu;Hesap Adı;Tutar\n100;KASA;100.01;Merkez;1.250,40\n"
OPTIONS = BuildOptions(source_application="9205121120##X##Mühürdar##0", creator="Ayşe")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerOffice]:
    with ledger_office(tmp_path) as made:
        yield made


def listed(world: LedgerOffice, text: str = ITEMS, **more: Any) -> Any:
    path = world.path / "envanter.csv"
    path.write_text(text, "utf-8")
    return import_inventory(world.ctx, world.company, path, DAY, folder=world.ledgers, **more)


def out(world: LedgerOffice) -> Path:
    return world.path / "defterler"


def built(world: LedgerOffice, *, again: bool = False) -> list[Path]:
    seal = TestSealer.create(world.company.company.tax_number, "Çınaraltı")
    report = build_inventory(
        world.ctx, world.company, DAY, seal, OPTIONS, folder=world.ledgers, out=out(world), again=again
    )
    assert report.is_built
    return sorted(month_folder(out(world), world.company, Period.of(DAY)).glob("*-E*"))


def state(world: LedgerOffice) -> PeriodState | None:
    return inventory_state(world.company, DAY, folder=world.ledgers)


def filed(world: LedgerOffice) -> None:
    record_inventory_filed(world.ctx, world.company, DAY, folder=world.ledgers)


def back(world: LedgerOffice, **words: str) -> list[Path]:
    return take_back_inventory(world.ctx, world.company, DAY, folder=world.ledgers, out=out(world), **words)


def test_a_day_goes_from_its_list_to_filed(world: LedgerOffice) -> None:
    assert state(world) is None
    listed(world)
    assert state(world) is PeriodState.IMPORTED
    with pytest.raises(RuleBroken) as caught:
        filed(world)
    assert caught.value.code == "LEDGER.NOT_SEALED"
    built(world)
    assert state(world) is PeriodState.BERAT_SEALED
    filed(world)
    assert state(world) is PeriodState.FILED


def test_a_filed_day_takes_no_second_list_and_no_second_ledger(world: LedgerOffice) -> None:
    listed(world)
    built(world)
    filed(world)
    other = ITEMS.replace("1.250,40", "9,00")
    for action in (lambda: listed(world, other, replace=True), lambda: built(world)):
        with pytest.raises(RuleBroken) as caught:
            action()
        assert caught.value.code == "LEDGER.LOCKED"
    assert listed(world).is_same


def test_gibs_berats_are_asked_for_after_filing_and_judged(world: LedgerOffice) -> None:
    listed(world)
    files = built(world)
    berat = next(path for path in files if "-EB-" in path.name and path.suffix == ".xml")

    def approve(*given: Path) -> Any:
        return take_approved_inventory(world.ctx, world.company, DAY, given, folder=world.ledgers, out=out(world))

    with pytest.raises(RuleBroken) as caught:
        approve(berat)
    assert caught.value.code == "LEDGER.NOT_FILED"
    filed(world)
    stranger = world.path / "GIB-9205121120-202612-YB-000000.xml"
    stranger.write_bytes(berat.read_bytes())
    unsealed = world.path / f"GIB-{berat.name}"
    unsealed.write_bytes(berat.read_bytes())
    report = approve(stranger, unsealed)
    assert [name for name, _ in report.refused] == [stranger.name, unsealed.name]
    assert "GIB-VKN-YYYYAA-EB-000000.xml" in report.refused[0][1]
    assert "GİB'in mührü yok" in report.refused[1][1], "our own berat carries no counter seal"
    assert not report.is_complete and state(world) is PeriodState.FILED


def test_gibs_good_berat_closes_the_day(world: LedgerOffice) -> None:
    listed(world)
    berat = next(path for path in built(world) if "-EB-" in path.name and path.suffix == ".xml")
    filed(world)
    gib = TestSealer.create(parse_tax_number(GIB_NUMBER), "Gelir İdaresi Başkanlığı")
    answer = world.path / f"GIB-{berat.name}"
    answer.write_bytes(countersigned(berat, gib))
    report = take_approved_inventory(world.ctx, world.company, DAY, [answer], folder=world.ledgers, out=out(world))
    assert report.refused == [] and report.is_complete and state(world) is PeriodState.COMPLETED
    assert (berat.parent / answer.name).read_bytes() == answer.read_bytes()
    with pytest.raises(RuleBroken) as caught:
        back(world, deleted_by="Ayşe", deleted_on="2027-01-20")
    assert caught.value.code == "LEDGER.APPROVED"


def test_a_sealed_day_is_built_again_on_the_users_word(world: LedgerOffice) -> None:
    listed(world)
    before = {path.name: path.read_bytes() for path in built(world)}
    with pytest.raises(RuleBroken) as caught:
        built(world)
    assert caught.value.code == "LEDGER.SEALED"
    now = built(world, again=True)
    place = now[0].parent
    assert {path.name: path.read_bytes() for path in (place / CANCELLED_FOLDER).iterdir()} == before
    assert {path.name for path in now} == set(before)
    assert all(path.read_bytes() != before[path.name] for path in now if path.suffix == ".xml")


def test_a_day_is_taken_back_and_its_files_alone_are_set_aside(world: LedgerOffice) -> None:
    listed(world)
    files = built(world)
    place = files[0].parent
    book = place / "9205121120-202612-Y-000000.xml"
    book.write_text("<x/>", "utf-8")
    filed(world)
    with pytest.raises(RuleBroken) as caught:
        back(world)
    assert caught.value.code == "LEDGER.FILED"
    moved = back(world, deleted_by="Ayşe", deleted_on="2027-01-20")
    assert sorted(path.name for path in moved) == [path.name for path in files]
    assert all(path.parent.name == CANCELLED_FOLDER for path in moved)
    assert book.exists(), "the month's own ledgers stay"
    assert state(world) is PeriodState.IMPORTED
    assert built(world)
    assert len(back(world)) == len(files)
    with pytest.raises(RuleBroken) as caught:
        back(world)
    assert caught.value.code == "LEDGER.NOT_SEALED"


def test_a_month_that_is_taken_back_leaves_the_inventory(world: LedgerOffice) -> None:
    listed(world)
    files = built(world)
    december = Period(2026, 12)
    world.take(voucher(day="2026-12-02"), period=december)
    book = files[0].parent / "9205121120-202612-Y-000000.xml"
    book.write_text("<x/>", "utf-8")
    moved = take_back(world.ctx, world.company, december, folder=world.ledgers, out=out(world))
    assert [path.name for path in moved] == [book.name]
    assert all(path.exists() for path in files)

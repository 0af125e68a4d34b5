"""GİB's compliance scenarios for e-Defter software, by the public commands: ledgers (S) and inventories (E).

Each test bears the name of its row: EDF-S1..S7, EDF-E1..E5 (Uyumluluk Onay Kılavuzu 1.7). Vouchers are generated; GİB's
own XSD and Schematron and xmlsec1 judge what is built, and the berats are stamped as they are sent there.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from lxml import etree

from tests.e2e.edefter_desk import BRANCH, CARD, Desk, Judge, inventory_list, mains_of, month, numbers_of, official
from tests.e2e.edefter_elements import (
    BERAT_ELEMENTS,
    HEAD_ELEMENTS,
    INVENTORY_ELEMENTS,
    JOURNAL_ELEMENTS,
    LEDGER_ELEMENTS,
    ensure_elements,
)


@official
def test_edf_s1_every_kind_of_line(stamped: Desk, judge: Judge) -> None:
    stamped.take(month(stamped.tmp / "a.csv", "2023-04", 24))
    judge(stamped.build("2023-04"), files=4, zip_mb=1, stamped=True)
    assert len(mains_of(stamped.file("Y", "2023-04"))) >= 10
    with zipfile.ZipFile(stamped.file("KB", "2023-04", end="zip")) as package:
        assert len(package.namelist()) == 2  # until 2024 the general ledger goes along


def full_card(desk: Desk) -> None:
    """A card that leaves nothing out: fax, second street, the accountant's address, fax and mail, an auditor."""
    where = {"street": "Moda Cad.", "building": "Kule", "building_no": "7", "district": "Kadıköy", "city": "İstanbul"}
    reach = {"address": {**where, "postal_code": "34710"}, "phone": "2165550143", "fax": "2165550144"}
    accountant = {**CARD["accountant"], **reach, "email": "smmm@ornek.example", "contract_date": "2022-01-02"}
    auditor = {"name": "Yasemin Mert", "engagement_type": "Tam tasdik sözleşmesi", **reach}
    desk.card(fax="2165550145", web="www.ornek.example", accountant=accountant, auditor=auditor)


def with_every_field(path: Path) -> Path:
    """The month with a first voucher that buys fund units, and foreign lines that say where their rate is from."""
    more = ("Tutarın Para Birimi", "Kur Kaynağı", "Kur Açıklaması", "Fon Payı Adedi", "Fon Payı Birim Maliyeti")
    head, *rows = path.read_text("cp1254").splitlines()
    day = rows[0].split(";")[1]
    width = len(head.split(";"))
    found = [";".join((head, *more))]
    for sub, sides, units in (("118.01", ("15,00", ""), ("1000", "0,015")), ("102.01", ("", "15,00"), ("", ""))):
        cells = ["FON", day, sub[:3], "HESAP", sub, "ALT", *sides, *[""] * 7, "Fon alışı", "Ayşe Işık"]
        branch = [rows[0].split(";")[place] for place in (17, 18)]
        found.append(";".join([*cells, *branch, *[""] * (width - len(cells) - 2), "", "", "", *units]))
    for row in rows:
        source = ("TRY", "T.C.M.B.", "Döviz alış kuru") if ";USD;" in row else ("", "", "")
        found.append(";".join((row, *source, "", "")))
    path.write_text("\r\n".join(found) + "\r\n", "cp1254", newline="")
    return path


@official
def test_edf_s1_every_element_of_the_guides(stamped: Desk, judge: Judge) -> None:
    full_card(stamped)
    path = month(stamped.tmp / "a.csv", "2023-04", 24, branch="0001")
    told = stamped.take(with_every_field(path))
    assert told["bad"] == 0
    judge(stamped.build("2023-04"), files=4, zip_mb=1, stamped=True)
    for kind, wanted in (
        ("Y", JOURNAL_ELEMENTS),
        ("K", LEDGER_ELEMENTS),
        ("YB", [*BERAT_ELEMENTS, "gl-bus:numberOfEntries"]),
        ("KB", BERAT_ELEMENTS),
    ):
        ensure_elements(stamped.file(kind, "2023-04", branch="0001"), [*HEAD_ELEMENTS, *wanted])
    for kind, viewer in (("Y", "yevmiye.xslt"), ("K", "kebir.xslt")):
        path = stamped.file(kind, "2023-04", branch="0001")
        shown = " ".join(str(etree.XSLT(etree.parse(path.parent / viewer))(etree.parse(path))).split())
        assert "Fon: 1000 adet × 0,015" in shown and "USD · kur 41,2500 (T.C.M.B.)" in shown


@official
def test_edf_e1_every_element_of_the_inventory(stamped: Desk, judge: Judge) -> None:
    full_card(stamped)
    path = inventory_list(stamped.tmp / "e.csv", "0001")
    head, *rows = path.read_text("cp1254").splitlines()
    found = [f"{head};Tutarın Para Birimi;Kur Kaynağı;Kur Açıklaması"]
    found += [f"{row};{'TRY;T.C.M.B.;Alış kuru' if ';USD;' in row else ';;'}" for row in rows]
    path.write_text("\n".join(found), "cp1254")
    judge(stamped.inventory(path, "2024-01-01"), files=2, zip_mb=1, stamped=True)
    ensure_elements(stamped.file("E", "2024-01", branch="0001"), [*HEAD_ELEMENTS, *INVENTORY_ELEMENTS])
    ensure_elements(
        stamped.file("EB", "2024-01", branch="0001"), [*HEAD_ELEMENTS, "gl-bus:numberOfEntries", *BERAT_ELEMENTS[:3]]
    )


def test_a_fund_whose_cost_is_not_its_amount_is_told(desk: Desk) -> None:
    path = with_every_field(month(desk.tmp / "a.csv", "2026-01", 4))
    path.write_text(path.read_text("cp1254").replace("1000;0,015", "1000;0,016"), "cp1254", newline="")
    desk.take(path)
    found = {one["code"] for one in desk.check("2026-01", code=1)["findings"]}
    assert "DEFTER.MEASURE_AMOUNT" in found and desk.build("2026-01", code=1)["built"] is False


@official
@pytest.mark.parametrize(
    ("period", "special"), [("2022-12", "Kapanış"), ("2023-01", "Açılış")], ids=["edf_s2", "edf_s3"]
)
def test_edf_s2_s3_closing_and_opening(stamped: Desk, judge: Judge, period: str, special: str) -> None:
    stamped.take(month(stamped.tmp / "a.csv", period, 120, mains=18, special=special))
    told = stamped.build(period)
    judge(told, files=4, zip_mb=2, stamped=True)
    assert told["checks"][0]["vouchers"] == 120 and len(mains_of(stamped.file("Y", period))) >= 15
    assert f"{special} fişi" in stamped.file("Y", period).read_text("utf-8")


@official
def test_edf_s4_five_thousand_vouchers(stamped: Desk, judge: Judge) -> None:
    stamped.take(month(stamped.tmp / "a.csv", "2023-02", 5_000, mains=23))
    told = stamped.build("2023-02")
    judge(told, files=4, zip_mb=10, stamped=True)
    assert told["checks"][0]["vouchers"] == 5_000 and len(mains_of(stamped.file("K", "2023-02"))) >= 20


@official
def test_edf_s5_s6_a_month_in_two_parts(stamped: Desk, judge: Judge) -> None:
    stamped.take(month(stamped.tmp / "a.csv", "2023-04", 40))
    told = stamped.build("2023-04", "--split-after", "2023-04-14")
    judge(told, files=8, zip_mb=10, stamped=True)
    one, two = stamped.file("Y", "2023-04", 1), stamped.file("Y", "2023-04", 2)
    assert "2023-04-14</gl-cor:periodCoveredEnd>" in one.read_text("utf-8")
    assert "2023-04-15</gl-cor:periodCoveredStart>" in two.read_text("utf-8")
    for tag in ("entryNumberCounter", "lineNumber"):
        numbers = numbers_of(one, tag) + numbers_of(two, tag)
        assert numbers == list(range(1, len(numbers) + 1))


@official
def test_edf_s7_a_branch_in_every_step(stamped: Desk, judge: Judge) -> None:
    stamped.take(month(stamped.tmp / "a.csv", "2023-04", 20, branch="0001"))
    judge(stamped.build("2023-04"), files=4, zip_mb=1, stamped=True)
    for kind in ("Y", "YB", "K", "KB"):
        text = stamped.file(kind, "2023-04", branch="0001").read_text("utf-8")
        assert ">Şube No<" in text and f">{BRANCH}<" in text
        assert kind in ("YB", "KB") or ">0001</gl-bus:batchID>" in text


@official
@pytest.mark.parametrize("day", ["2024-01-01", "2024-12-31", "2025-01-01"], ids=["edf_e1", "edf_e2", "edf_e3"])
def test_edf_e1_e2_e3_inventories(stamped: Desk, judge: Judge, day: str) -> None:
    told = stamped.inventory(inventory_list(stamped.tmp / "e.csv", ""), day)
    judge(told, files=2, zip_mb=1, stamped=True)
    assert 10 <= told["checks"][0]["vouchers"] <= 30


@official
def test_edf_e4_e5_inventories_of_two_branches(stamped: Desk, judge: Judge) -> None:
    judge(
        stamped.inventory(inventory_list(stamped.tmp / "e.csv", "0001", "0002"), "2025-01-01"),
        files=4,
        zip_mb=1,
        stamped=True,
    )
    for branch in ("0001", "0002"):
        for kind in ("E", "EB"):
            assert f">{branch}<" in stamped.file(kind, "2025-01", branch=branch).read_text("utf-8")

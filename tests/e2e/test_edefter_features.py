"""The integrator's feature list for e-Defter (İzibiz, E-Defter chapter), IZ-E-*, by the public commands."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.cli import main
from app.domain.taxnumber import parse_tax_number
from app.office import Office
from app.runtime.settings import TSA_FILES, TSA_LOGIN, TSA_URL, TSA_USER
from app.sandbox.tsa import TimeStampAuthority
from app.signing.soft import TestSealer
from app.signing.verify import verify_document
from app.workflows.time_stamps import save_password
from tests.e2e.edefter_desk import GIB, OTHER, VKN, Desk, Judge, approve, month, numbers_of, official
from tests.workflows.test_ledger_life import countersigned


def database(path: Path, rows: Sequence[tuple[object, ...]]) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE fis (no TEXT, gun TEXT, kod TEXT, ad TEXT, borc REAL, alacak REAL, kim TEXT)")
    connection.executemany("INSERT INTO fis VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()


LEDGER = [
    ("1", "2026-01-05", "100.01", "KASA", 118.5, 0, "Ayşe"),
    ("1", "2026-01-05", "600.01", "SATIŞ", 0, 118.5, "Ayşe"),
]


@pytest.mark.parametrize("kind", ["csv", "view"])
def test_iz_e_01_02_by_csv_or_by_a_view_of_any_database(desk: Desk, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    columns = ("--column", "kod=sub_id", "--column", "ad=sub_name", "--column", "kim=entered_by")
    if kind == "csv":
        path = desk.tmp / "a.csv"
        rows = [";".join(map(str, row)) for row in LEDGER]
        path.write_text("\n".join(["Fiş No;Tarih;kod;ad;Borç;Alacak;kim", *rows]), "utf-8")
        told = desk.take(path, *columns)
    else:
        database(desk.tmp / "a.db", LEDGER)
        monkeypatch.setenv("ERP", f"sqlite:///{desk.tmp / 'a.db'}")
        query = desk.tmp / "a.sql"
        query.write_text('SELECT no AS "Fiş No", gun AS Tarih, kod, ad, borc AS Borç, alacak AS Alacak, kim FROM fis')
        told = desk.json("ledger", "import", "--company", VKN, "--sql-url-env", "ERP", "--query", query, *columns)
    assert (told["lines"], told["new"], told["periods"]) == (2, 1, ["2026-01"])


@pytest.mark.parametrize("given", [True, False], ids=["from the source", "given here"])
def test_iz_e_03_numbers_of_the_source_or_ours(desk: Desk, given: bool) -> None:
    path = month(desk.tmp / "a.csv", "2026-01", 3)
    rows = path.read_text("cp1254").splitlines()
    if given:
        numbers = {f"F01-{index}": str(index) for index in (1, 2, 3)}
        rows = [f"{rows[0]};Yevmiye No;Satır No"] + [
            f"{row};{numbers[row.split(';')[0]]};{line}" for line, row in enumerate(rows[1:], start=1)
        ]
    path.write_text("\n".join(rows), "cp1254")
    desk.take(path)
    desk.build("2026-01")
    assert numbers_of(desk.file("Y", "2026-01"), "entryNumberCounter") == [1, 2, 3]
    assert numbers_of(desk.file("Y", "2026-01"), "lineNumber") == list(range(1, len(rows)))


@pytest.mark.parametrize(
    ("kinds", "tag"),
    [
        (("Y", "K"), b"<gl-cor:entryHeader>"),
        (("Y", "K"), b"<ds:SignatureValue"),
        (("YB", "KB"), b"<xbrli:segment>"),
        (("YB", "KB"), b"<ds:SignatureValue"),
    ],
    ids=["iz_e_05", "iz_e_06", "iz_e_07", "iz_e_08"],
)
def test_iz_e_05_06_07_08_ledgers_and_berats_made_and_sealed(desk: Desk, kinds: tuple[str, ...], tag: bytes) -> None:
    desk.take(month(desk.tmp / "a.csv", "2026-01", 3))
    desk.build("2026-01")
    for kind in kinds:
        raw = desk.file(kind, "2026-01").read_bytes()
        assert tag in raw and verify_document(raw).valid


def test_iz_e_11_12_many_companies_and_branches(desk: Desk) -> None:
    desk.card(OTHER, title="İKİNCİ FİRMA A.Ş.")
    desk.take(month(desk.tmp / "a.csv", "2026-01", 3))
    one, two = (month(desk.tmp / f"{no}.csv", "2026-01", 4, branch=no) for no in ("0001", "0002"))
    both = desk.tmp / "b.csv"
    rows = two.read_text("cp1254").splitlines()[1:]
    both.write_text("\n".join([*one.read_text("cp1254").splitlines(), *rows]), "cp1254")
    desk.take(both, vkn=OTHER)
    assert [one["branch"] for one in desk.build("2026-01")["checks"]] == [""]
    assert [one["branch"] for one in desk.build("2026-01", vkn=OTHER)["checks"]] == ["0001", "0002"]
    for branch in ("0001", "0002"):
        path = desk.file("Y", "2026-01", branch=branch, vkn=OTHER)
        assert numbers_of(path, "entryNumberCounter") == [1, 2, 3, 4]
    assert desk.run("ledger", "verify", desk.out)[0] == 0


def test_iz_e_13_a_month_in_three_commands(desk: Desk) -> None:
    desk.take(month(desk.tmp / "a.csv", "2026-01", 10))
    assert desk.build("2026-01")["built"]
    assert desk.run("ledger", "filed", "--company", VKN, "--period", "2026-01")[0] == 0


@official
@pytest.mark.parametrize(("files", "kinds"), [("berats", ("YB", "KB")), ("all", ("Y", "K", "YB", "KB"))])
def test_iz_e_17_a_time_stamp_beside_the_seal(
    judged: Desk,
    judge: Judge,
    tsa: TimeStampAuthority,
    monkeypatch: pytest.MonkeyPatch,
    files: str,
    kinds: tuple[str, ...],
) -> None:
    monkeypatch.setenv("TSA_PASSWORD", "gizli")
    root = judged.tmp / "kok.pem"
    root.write_bytes(tsa.root_pem)
    judged.take(month(judged.tmp / "a.csv", "2026-01", 3))
    login = ("--tsa-login", "kamusm", "--tsa-user", "7521", "--tsa-password-env", "TSA_PASSWORD", "--tsa-trust", root)
    judge(judged.build("2026-01", "--time-stamp", files, "--tsa", tsa.url, *login), files=4, zip_mb=1)
    for kind in ("Y", "K", "YB", "KB"):
        raw = judged.file(kind, "2026-01").read_bytes()
        assert (b"SignatureTimeStamp" in raw) is (kind in kinds)
        stamp = verify_document(raw, trust=[tsa.root_pem]).signatures[0].time_stamp
        assert (stamp is not None) is (kind in kinds) and (stamp is None or (stamp.valid and stamp.trusted))
    judged.capsys.readouterr()
    assert main(["verify", str(judged.file("YB", "2026-01"))]) == 0
    assert re.search(r"Zaman damgası: .*TEST Zaman Damgası Kurumu \(geçerli\)", judged.capsys.readouterr().out)
    told = judged.json("ledger", "verify", judged.out)
    said = [one["time_stamp"] for one in told["files"] if one["time_stamp"]]
    assert len(said) == len(kinds) and {one["authority"] for one in said} == {"TEST Zaman Damgası Kurumu"}


def test_iz_e_17_by_the_office_s_settings(desk: Desk, tsa: TimeStampAuthority) -> None:
    with Office.open(desk.data, owner="test", passphrase="kasa-icin-uzun-bir-parola") as office:
        for setting, value in ((TSA_URL, tsa.url), (TSA_LOGIN, "kamusm"), (TSA_USER, "7521"), (TSA_FILES, "berats")):
            office.settings.set(setting, value)
        save_password(office.settings, office.secrets, "gizli")
    desk.take(month(desk.tmp / "a.csv", "2026-01", 3))
    desk.build("2026-01")
    assert b"SignatureTimeStamp" in desk.file("YB", "2026-01").read_bytes()
    desk.card(ledger={"time_stamp": "never"})
    desk.build("2026-01", "--again")
    assert b"SignatureTimeStamp" not in desk.file("YB", "2026-01").read_bytes()


def test_iz_e_17_gib_s_counter_seal_stands_beside_the_stamp(desk: Desk) -> None:
    desk.take(month(desk.tmp / "a.csv", "2026-01", 3))
    with TimeStampAuthority() as tsa:
        desk.build("2026-01", "--time-stamp", "berats", "--tsa", tsa.url)
    assert desk.run("ledger", "filed", "--company", VKN, "--period", "2026-01")[0] == 0
    gib = TestSealer.create(parse_tax_number(GIB), "Gelir İdaresi Başkanlığı")
    files = []
    for kind in ("YB", "KB"):
        files.append(desk.tmp / f"GIB-{desk.file(kind, '2026-01').name}")
        files[-1].write_bytes(countersigned(desk.file(kind, "2026-01"), gib))
    assert approve(desk, *files)["complete"] is True
    told = desk.json("ledger", "verify", desk.out)
    stamped = {Path(one["file"]).name.removeprefix("GIB-") for one in told["files"] if one["time_stamp"]}
    assert len(stamped) == 2 and len([one for one in told["files"] if one["time_stamp"]]) == 4


def test_iz_e_17_without_a_stamp_only_when_told_so(desk: Desk) -> None:
    with TimeStampAuthority() as gone:
        url = gone.url
    desk.take(month(desk.tmp / "a.csv", "2026-01", 3))
    refused = desk.build("2026-01", "--time-stamp", "berats", "--tsa", url, code=1)
    assert refused["error"]["code"] == "TSA.UNREACHABLE" and "damgasız" in refused["error"]["message"]
    assert not list(desk.out.rglob("*.xml"))
    assert desk.build("2026-01", "--time-stamp", "never", "--tsa", url)["built"]


def test_iz_e_18_by_days_of_the_period_and_by_size(desk: Desk) -> None:
    desk.take(month(desk.tmp / "a.csv", "2026-01", 400))
    assert desk.build("2026-01", "--split-after", "2026-01-15", "--max-mb", 1)["parts"] >= 2
    assert desk.run("ledger", "verify", desk.out)[0] == 0


def test_iz_e_19_steps_in_their_order_only(desk: Desk) -> None:
    for number in (1, 2):
        desk.take(month(desk.tmp / f"{number}.csv", f"2026-{number:02d}", 3))
    period = ("--company", VKN, "--period", "2026-01")
    assert "oluşturulup mühürlenmemiş" in desk.run("ledger", "filed", *period)[2]
    assert desk.build("2026-02", code=1)["error"]["code"] == "LEDGER.ORDER"
    desk.build("2026-01")
    code, _, err = desk.run("ledger", "report", *period, "--out", desk.out, "--seal", "test")
    assert code == 1 and "onaylandıktan sonra" in err


def test_iz_e_20_every_faulty_row_is_told(desk: Desk) -> None:
    path = month(desk.tmp / "a.csv", "2026-01", 4)
    rows = path.read_text("cp1254").splitlines()
    rows[2] = rows[2].replace("2026-01-", "2026-13-", 1)
    rows[4] = rows[4].replace(";Satır;", ";Sat\x07ır;", 1)
    path.write_text("\n".join(rows), "cp1254")
    told = desk.take(path, code=1)
    assert [(one["line"], one["code"]) for one in told["findings"]] == [(3, "LEDGER.DAY"), (5, "LEDGER.CONTROL")]
    assert told["lines"] == len(rows) - 3

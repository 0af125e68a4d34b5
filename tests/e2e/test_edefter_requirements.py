"""GİB's demands on e-Defter software, EDF-R1..R9 (Uyumluluk Onay Kılavuzu 1.7), by the public commands."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from app.domain.taxnumber import parse_tax_number
from app.signing.soft import TestSealer
from tests.e2e.edefter_desk import GIB, VKN, Desk, Judge, approve, month, numbers_of, official
from tests.workflows.test_ledger_life import countersigned


def test_edf_r1_the_mapping_is_shown(desk: Desk) -> None:
    told = desk.take(month(desk.tmp / "a.csv", "2026-01", 2), "--preview")
    assert told["columns"]["Ana Hesap"] == "main_id" and told["columns"]["Tarih"] == "day" and told["rows"]


def test_edf_r2_all_errors_together_in_plain_words(desk: Desk) -> None:
    path = month(desk.tmp / "a.csv", "2026-01", 4)
    text = path.read_text("cp1254").replace("Ayşe Işık", "A", 1).replace(";invoice;", ";fatora;", 1)
    path.write_text(text, "cp1254", newline="")
    desk.take(path)
    check = desk.check("2026-01", code=1)
    found = {one["code"]: one for one in check["findings"] if one["severity"] == "error"}
    assert {"DEFTER.ENTERED_BY", "DEFTER.DOCUMENT_TYPE"} <= found.keys()
    assert all(one["message"] and one["explanation"] for one in found.values())
    assert found["DEFTER.DOCUMENT_TYPE"]["field"] and found["DEFTER.DOCUMENT_TYPE"]["line"]
    assert desk.build("2026-01", code=1)["built"] is False


def test_edf_r3_split_by_size_and_by_day(desk: Desk) -> None:
    desk.take(month(desk.tmp / "a.csv", "2026-01", 500))
    assert desk.build("2026-01", "--max-mb", 1)["parts"] >= 2
    by_day = desk.build("2026-01", "--split-after", "2026-01-10", "--split-after", "2026-01-20", "--again")
    assert by_day["parts"] == 3


def test_edf_r4_the_tree_with_its_viewers(desk: Desk) -> None:
    desk.take(month(desk.tmp / "a.csv", "2026-01", 3))
    desk.build("2026-01")
    folder = desk.out / VKN / "01.01.2026-31.12.2026" / "01"
    viewers = {"yevmiye.xslt", "kebir.xslt", "berat.xslt"}
    assert viewers <= {path.name for path in folder.iterdir()}
    shown = etree.XSLT(etree.parse(folder / "yevmiye.xslt"))(etree.parse(desk.file("Y", "2026-01")))
    assert "ALT 100.01" in str(shown)


def test_edf_r5_gibs_berats_are_checked(desk: Desk) -> None:
    desk.take(month(desk.tmp / "a.csv", "2026-01", 3))
    desk.build("2026-01")
    assert desk.run("ledger", "filed", "--company", VKN, "--period", "2026-01")[0] == 0
    gib = TestSealer.create(parse_tax_number(GIB), "Gelir İdaresi Başkanlığı")
    good = []
    for kind in ("YB", "KB"):
        path = desk.tmp / f"GIB-{desk.file(kind, '2026-01').name}"
        path.write_bytes(countersigned(desk.file(kind, "2026-01"), gib))
        good.append(path)
    bad = desk.tmp / "bad" / good[0].name
    bad.parent.mkdir()
    bad.write_bytes(desk.file("YB", "2026-01").read_bytes())
    refused = approve(desk, bad, code=1)
    assert refused["taken"] == [] and "GİB" in refused["refused"][0]["reason"]
    assert approve(desk, *good)["complete"] is True


def sides(desk: Desk, kind: str, part: int = 1) -> tuple[Path, Path]:
    """The file of May 2026 before the liquidation and the one after: they bear the same name."""
    found = {path.parent.parent.name: path for path in desk.out.rglob(f"*-{kind}-{part:06d}.xml")}
    return found["01.01.2026-31.12.2026"], found["15.05.2026-31.12.2026"]


def test_edf_r6_liquidation(desk: Desk) -> None:
    desk.take(month(desk.tmp / "a.csv", "2026-05", 20))
    desk.build("2026-05", "--liquidation", "2026-05-15")
    (after,) = (path for path in desk.out.rglob("*-Y-000001.xml") if "15.05.2026" in str(path))
    assert numbers_of(after, "entryNumberCounter")[0] == 1
    assert "2026-05-15</gl-bus:fiscalYearStart>" in after.read_text("utf-8")


@official
def test_edf_r6_liquidation_in_every_step(judged: Desk, judge: Judge) -> None:
    for number in (4, 5, 6):
        judged.take(month(judged.tmp / f"{number}.csv", f"2026-{number:02d}", 20, seed=number))
    judge(judged.build("2026-04"), files=4, zip_mb=1)
    told = judged.build("2026-05", "--liquidation", "2026-05-15")
    judge(told, files=8, zip_mb=1)
    assert len(told["files"]) == 12 and told["parts"] == 2
    before, after = sides(judged, "Y")
    april = judged.file("Y", "2026-04")
    for tag in ("entryNumberCounter", "lineNumber"):
        assert numbers_of(before, tag)[0] == numbers_of(april, tag)[-1] + 1
        assert numbers_of(after, tag)[0] == 1
    for path, first, period, unique in (
        (before, "2026-01-01", ("2026-05-01", "2026-05-15"), "YEV202605000002"),
        (after, "2026-05-15", ("2026-05-15", "2026-05-31"), "YEV202605000001"),
    ):
        text = path.read_text("utf-8")
        assert f"{first}</gl-bus:fiscalYearStart>" in text and ">2026-12-31</gl-bus:fiscalYearEnd>" in text
        assert f"{period[0]}</gl-cor:periodCoveredStart>" in text and f"{period[1]}</gl-cor:periodCoveredEnd>" in text
        assert f">{unique}</gl-cor:uniqueID>" in text
    assert not list(judged.out.rglob("*-202605-*-000000*"))
    judge(judged.build("2026-06"), files=4, zip_mb=1)
    june = judged.file("Y", "2026-06")
    assert june.parent.parent == after.parent.parent
    assert numbers_of(june, "lineNumber")[0] == numbers_of(after, "lineNumber")[-1] + 1
    assert ">YEV202606000002</gl-cor:uniqueID>" in june.read_text("utf-8")
    code, out, err = judged.run("ledger", "verify", judged.out)
    assert code == 0, out + err


def test_edf_r6_both_periods_live_their_month(desk: Desk) -> None:
    desk.card(liquidation_start="2026-05-15")
    path = month(desk.tmp / "a.csv", "2026-05", 20)
    desk.take(path)
    assert desk.take(path)["same"] == 20
    checks = desk.json("ledger", "check", "--company", VKN, "--period", "2026-05")["checks"]
    assert [check["entries"] for check in checks] == [[1, 10], [1, 10]]
    mine = ("--company", VKN, "--period", "2026-05")
    export = ("ledger", "export", *mine, "--format", "turkcell", "-o")
    assert desk.json(*export, desk.tmp / "x.txt", code=2)["error"]["code"] == "LEDGER.SIDE"
    for side, begun in (("before", "2026-01-01"), ("after", "2026-05-15")):
        assert desk.json(*export, desk.tmp / f"{side}.txt", "--side", side)["written"]
        assert (desk.tmp / f"{side}.txt").read_text("utf-8").startswith(f"Y\t{begun}\t2026-12-31")
    desk.build("2026-05")
    assert desk.run("ledger", "takeback", *mine, "--out", desk.out)[0] == 0
    assert len(list(desk.out.rglob("İPTAL EDİLENLER-SİLİNENLER"))) == 2
    desk.build("2026-05")
    assert desk.run("ledger", "filed", *mine)[0] == 0
    gib = TestSealer.create(parse_tax_number(GIB), "Gelir İdaresi Başkanlığı")
    for number, place in enumerate((0, 1)):
        files = []
        for kind in ("YB", "KB"):
            berat = sides(desk, kind)[place]
            aside = desk.tmp / str(number) / f"GIB-{berat.name}"
            aside.parent.mkdir(exist_ok=True)
            aside.write_bytes(countersigned(berat, gib))
            files.append(aside)
        told = desk.json("ledger", "approve", *files, *mine, "--out", desk.out)
        assert told["refused"] == [] and told["complete"] is (place == 1)
        assert {Path(name).parent for name in told["taken"]} == {sides(desk, "YB")[place].parent}
    assert desk.run("ledger", "report", *mine, "--out", desk.out, "--seal", "test")[0] == 0
    assert len(list(desk.out.rglob("*-DR-000000.xml"))) == 2


def test_edf_r7_the_summary_before_the_upload(desk: Desk) -> None:
    desk.take(month(desk.tmp / "a.csv", "2026-01", 6))
    check = desk.check("2026-01")
    assert check["entries"] == [1, 6] and check["vouchers"] == 6 and check["debit"] == check["credit"] != "0"
    assert desk.build("2026-01")["parts"] == 1


def test_edf_r8_taken_back_only_before_the_upload_or_deleted_there(desk: Desk) -> None:
    desk.take(month(desk.tmp / "a.csv", "2026-01", 3))
    desk.build("2026-01")
    back = ("ledger", "takeback", "--company", VKN, "--period", "2026-01", "--out", desk.out)
    assert desk.run(*back)[0] == 0
    desk.build("2026-01")
    assert desk.run("ledger", "filed", "--company", VKN, "--period", "2026-01")[0] == 0
    code, _, err = desk.run(*back)
    assert code == 1 and "GİB'e yüklenmiş" in err
    assert desk.run(*back, "--deleted-by", "Ayşe Işık", "--deleted-on", "2026-06-10")[0] == 0
    assert list(desk.out.rglob("İPTAL EDİLENLER-SİLİNENLER"))


def test_edf_r9_nothing_is_mended_in_silence(desk: Desk) -> None:
    path = month(desk.tmp / "a.csv", "2026-01", 3)
    rows = path.read_text("cp1254").splitlines()
    path.write_text("\n".join(rows[:-1]), "cp1254")
    desk.take(path)
    before = desk.check("2026-01", code=1)
    told = desk.build("2026-01", code=1)
    assert not told["built"] and not list(desk.out.rglob("*.xml"))
    assert told["checks"][0]["debit"] == before["debit"] != before["credit"]

"""Files too large to be carried about: `validate` and what is dropped on the window look at them by their path."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.domain.errors import JobCancelled
from app.ui.lists.file_check import check_paths
from app.validation.packages import ledger_files
from app.workflows import large_ledgers
from app.workflows.large_ledgers import check_large_ledger, is_large_ledger
from app.workflows.validating import documents_of
from tests.validation.ledgermaker import make_month, package_zip, run

TODAY = date(2026, 4, 2)


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        patch.setenv("MUHURDAR_VAULT_PASSPHRASE", "kasa-icin-uzun-bir-parola")
        yield make_month(tmp_path_factory.mktemp("ay"))


@pytest.fixture
def all_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_ledgers, "LARGE_BYTES", 1000)
    monkeypatch.setattr(ledger_files, "WHOLE_BYTES", 0)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    monkeypatch.setenv("MUHURDAR_VAULT_PASSPHRASE", "kasa-icin-uzun-bir-parola")


def _never(path: Path) -> bytes:
    raise AssertionError(f"{path} was read")


@pytest.mark.usefixtures("all_large")
def test_a_large_ledger_is_known_by_its_head_and_not_read(month: dict[str, Path], tmp_path: Path) -> None:
    assert is_large_ledger(month["Y"])
    assert list(documents_of(month["Y"], read=_never)) == [(str(month["Y"]), month["Y"])]
    other = tmp_path / "a.xml"
    other.write_bytes(b"<Invoice/>" + b" " * 2000)
    assert not any(map(is_large_ledger, (other, tmp_path, tmp_path / "none.xml")))


@pytest.mark.usefixtures("all_large")
def test_the_seal_of_a_large_ledger_is_looked_at(month: dict[str, Path], tmp_path: Path) -> None:
    whole = check_large_ledger(month["K"], rules=None)
    assert whole.kind == "ledger-k" and [f.code for f in whole.findings] == ["OFFICIAL.NO_PACKAGE"]
    spoilt = tmp_path / month["K"].name
    spoilt.write_bytes(month["K"].read_bytes().replace(b"Sat\xc4\xb1r</", b"SATIR</", 1))
    assert [f.code for f in check_large_ledger(spoilt, rules=None).findings] == ["OFFICIAL.NO_PACKAGE", "SEAL.BROKEN"]
    cut = tmp_path / "cut.xml"
    cut.write_bytes(month["K"].read_bytes()[:5000])
    assert [f.code for f in check_large_ledger(cut, rules=None).findings][1:] != []


@pytest.mark.shared
@pytest.mark.usefixtures("all_large")
def test_validate_tells_what_was_asked_of_a_large_ledger(
    month: dict[str, Path], tmp_path: Path, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = tmp_path / "edefter.zip"
    package.write_bytes(package_zip(shared))
    data = ("--data-dir", str(tmp_path / "data"))
    run("package", "install", package, *data)
    bad = tmp_path / month["Y"].name
    bad.write_bytes(
        month["Y"].read_bytes().replace(b">2</gl-cor:entryNumberCounter>", b">22</gl-cor:entryNumberCounter>", 1)
    )
    assert main(["validate", str(month["Y"]), str(bad), "--json", *data]) == 1
    good, broken = json.loads(capsys.readouterr().out)["files"]
    assert good["ok"] and good["kind"] == "ledger-y"
    (engines,) = good["findings"]
    assert engines["code"] == "OFFICIAL.ENGINES" and "xsd stream, schematron 20" in engines["message"]
    assert {f["official"][:38] for f in broken["findings"] if f["severity"] == "error"} == {
        "gl-cor:entryNumberCounter müteselsil b",
        "gl-cor:lineNumberCounter elemanının de",
    }
    assert any(f["code"] == "SEAL.BROKEN" for f in broken["findings"])
    assert all("entryHeader[" in f["xpath"] for f in broken["findings"] if f["severity"] == "error")


@pytest.mark.usefixtures("all_large")
def test_a_dropped_file_of_any_size_is_not_read_into_the_window(tmp_path: Path, month: dict[str, Path]) -> None:
    head, _, tail = month["Y"].read_bytes().partition(b"<gl-cor:entryHeader>")
    path = tmp_path / month["Y"].name
    with path.open("wb") as file:
        file.write(head)
        for _ in range(80):
            file.write(b"<!--" + b"x" * (1 << 20) + b"-->")
        file.write(b"<gl-cor:entryHeader>" + tail)
    said: list[str] = []
    tracemalloc.start()
    try:
        (checked,) = check_paths(
            [path], today=TODAY, report=lambda *told: said.append(str(told[2])), checkpoint=lambda: None
        )
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert checked.kind == "ledger-y" and peak < 20 << 20
    assert any("mühür denetleniyor" in what for what in said)


@pytest.mark.usefixtures("all_large")
def test_a_cancelled_look_at_a_dropped_file_ends(month: dict[str, Path]) -> None:
    asked = 0

    def checkpoint() -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        check_paths([month["Y"]], today=TODAY, report=lambda *_: None, checkpoint=checkpoint)


def test_a_file_that_has_gone_meanwhile_is_a_finding(tmp_path: Path) -> None:
    report = check_large_ledger(tmp_path / "gone.xml", rules=None)
    assert (report.kind, [f.code for f in report.findings]) == ("unknown", ["FILE.UNREADABLE"])


@pytest.mark.shared
@pytest.mark.usefixtures("all_large")
def test_an_archive_is_held_against_gibs_rules_when_asked_to(
    month: dict[str, Path], tmp_path: Path, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = tmp_path / "edefter.zip"
    package.write_bytes(package_zip(shared))
    data = ("--data-dir", str(tmp_path / "data"))
    run("package", "install", package, *data)
    folder = tmp_path / "arsiv"
    folder.mkdir()
    for kind in ("Y", "K", "YB", "KB"):
        raw = month[kind].read_bytes()
        raw = raw.replace(b">2</gl-cor:lineNumber>", b">222</gl-cor:lineNumber>", 1) if kind == "Y" else raw
        (folder / month[kind].name).write_bytes(raw)
    found: dict[bool, dict[str, Any]] = {}
    for asked in (False, True):
        assert main(["ledger", "verify", str(folder), "--json", *(["--rules"] if asked else []), *data]) == 1
        found[asked] = {
            Path(one["file"]).name.split("-")[2]: one for one in json.loads(capsys.readouterr().out)["files"]
        }
    spoken = [one for one in found[True]["Y"]["problems"] if one.startswith("GİB kuralı: gl-cor:lineNumber müteselsil")]
    # The line before it misses its follower, and it misses its own.
    assert len(spoken) == 2 and all("entryDetail[" in one for one in spoken)
    assert [one["engine"] for one in found[True]["KB"]["engine_rules"]] == ["xsd", "schematron"]
    assert not found[False]["Y"]["engine_rules"] and not any("GİB kuralı" in p for p in found[False]["Y"]["problems"])
    assert found[True]["K"]["problems"] == found[False]["K"]["problems"]


@pytest.mark.shared
@pytest.mark.usefixtures("all_large")
def test_a_month_of_large_books_is_judged_whole_before_it_takes_its_place(
    tmp_path: Path, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every file of the month under the name it will have; the report says which rule was asked of which file."""
    books = make_month(tmp_path)
    package = tmp_path / "edefter.zip"
    package.write_bytes(package_zip(shared))
    data = ("--data-dir", str(tmp_path / "data"))
    run("package", "install", package, *data)
    owner, period = books["Y"].name.split("-")[:2]
    month = ("--company", owner, "--period", f"{period[:4]}-{period[4:]}")
    words = ["ledger", "build", *month, "--out", str(tmp_path / "neu"), "--seal", "test", "--again", "--json", *data]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["built"] and told["official"] == []
    for name, rules in told["engine_rules"].items():
        assert [(one["engine"], one["how"]) for one in rules] == [("xsd", "stream"), ("schematron", "whole")]
        assert len(rules[1]["rules"]) > 100
        assert told["engines"][name].startswith("builtin, xsd stream, schematron 20")
    assert {name.split("-")[2] for name in told["engine_rules"]} == {"Y", "K", "YB", "KB"}
    assert not list((tmp_path / "neu").rglob("*.tmp"))

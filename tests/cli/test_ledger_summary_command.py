"""A voucher that fits no part: told with its number, shown, summarised, built, undone; and SIGKILL on the way."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest
from lxml import etree

from .test_ledger_build_crash import muhurdar, office

__all__ = ["office"]

COR = "{http://www.xbrl.org/int/gl/cor/2006-10-25}"
HEAD = "Fiş No;Tarih;Ana Hesap;Ana Hesap Adı;Borç;Alacak;Kaydeden;Açıklama"


def large_voucher(path: Path, count: int) -> Path:
    """A voucher of `count` lines of cost, each with a text of its own, against one of debt; and a small one."""
    rows = [HEAD]
    rows += [f"BORDRO;2026-02-03;770;GİDERLER;10,00;;Ayşe Işık;Sicil {n} {'x' * 100}" for n in range(count)]
    rows.append(f"BORDRO;2026-02-03;335;BORÇLAR;;{count * 10},00;Ayşe Işık;Ücretler")
    rows += ["F2;2026-02-04;100;KASA;5,00;;Ayşe Işık;", "F2;2026-02-04;600;SATIŞLAR;;5,00;Ayşe Işık;"]
    path.write_text("\n".join(rows), "utf-8")
    return path


def test_shown_done_built_and_undone(office: tuple[Path, str], tmp_path: Path) -> None:
    folder, vkn = office
    mine = ("--company", vkn, "--period", "2026-02")
    tree = tmp_path / "defterler"
    build = ("ledger", "build", *mine, "--out", tree, "--seal", "test", "--max-mb", "1", "--json")
    first = ("ledger", "build", "--company", vkn, "--period", "2026-01", "--out", tree, "--seal", "test")
    assert muhurdar(folder, *first).returncode == 0
    taken = muhurdar(folder, "ledger", "import", large_voucher(tmp_path / "a.csv", 2_000), "--company", vkn)
    assert taken.returncode == 0, taken.stderr
    refused = muhurdar(folder, *build)
    assert "error" in json.loads(refused.stdout), refused.stdout[-1500:]
    told = json.loads(refused.stdout)["error"]
    assert refused.returncode == 1 and told["code"] == "LEDGER.TOO_LARGE" and "özet" in told["message"]
    entry = told["message"].split(" ")[0]
    word = ("ledger", "summarise", *mine, "--entry", entry, "--json")
    shown = json.loads(muhurdar(folder, *word, "--preview").stdout)
    assert (shown["lines_before"], shown["lines_after"], shown["done"]) == (2_001, 2, False)
    assert shown["debit"] == shown["credit"] == "20000.00" and shown["bytes_after"] < shown["bytes_before"] // 100
    assert muhurdar(folder, *build).returncode == 1, "a preview changes nothing"
    done = json.loads(muhurdar(folder, *word, "--yes", "--who", "Ayşe Işık").stdout)
    assert done["done"] is True
    built = muhurdar(folder, *build)
    assert built.returncode == 0, built.stdout + built.stderr
    (journal,) = tree.rglob("*-202602-Y-000000.xml")
    assert [e.text for e in etree.parse(journal).iter(f"{COR}amount")] == ["20000.00", "20000.00", "5.00", "5.00"]
    late = muhurdar(folder, *word, "--undo")
    assert json.loads(late.stdout)["error"]["code"] == "LEDGER.SUMMARY_BUILT"
    assert muhurdar(folder, "ledger", "takeback", *mine, "--out", tree).returncode == 0
    assert json.loads(muhurdar(folder, *word, "--undo").stdout)["lines"] == 2_001


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGKILL")
@pytest.mark.parametrize("phase", ["before", "after"])
def test_killed_it_is_the_old_voucher_or_the_new_one(office: tuple[Path, str], tmp_path: Path, phase: str) -> None:
    folder, vkn = office
    mine = ("--company", vkn, "--period", "2026-02")
    assert muhurdar(folder, "ledger", "import", large_voucher(tmp_path / "a.csv", 20), "--company", vkn).returncode == 0
    check = json.loads(muhurdar(folder, "ledger", "check", *mine, "--json").stdout)["checks"][0]
    word = ("ledger", "summarise", *mine, "--entry", str(check["entries"][0]), "--json")
    killed = muhurdar(folder, *word, "--yes", crash_at=f"ledger.summarised:{phase}")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    after = json.loads(muhurdar(folder, "ledger", "check", *mine, "--json").stdout)["checks"][0]
    assert after["lines"] == (23 if phase == "before" else 4)
    assert after["debit"] == after["credit"] == check["debit"]

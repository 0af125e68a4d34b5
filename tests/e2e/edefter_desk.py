"""An office of the test's own with its commands, generated months, and the outside judges of what is built."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from app.cli import main
from app.demo import people
from app.signing.verify import verify_document

VKN = str(people.SELLER["vkn"])
OTHER = str(people.BUYERS[0]["vkn"])
GIB = "3900383669"
BRANCH = "Kadıköy Şubesi"
COR = "{http://www.xbrl.org/int/gl/cor/2006-10-25}"
CARD: dict[str, Any] = {
    "phone": "2165550142",
    "email": "muhasebe@ornek.example",
    "nace": "310903",
    "fiscal_year_start": "2026-01-01",
    "fiscal_year_end": "2026-12-31",
    "accountant": {"name": "Şükriye Yağcıoğlu", "engagement_type": "SMMM sözleşmesi", "contract_no": "M10120"},
}
HEAD = (
    "Fiş No;Tarih;Ana Hesap;Ana Hesap Adı;Hesap Kodu;Hesap Adı;Borç;Alacak;Belge Türü;Belge Türü Açıklaması;Belge No;"
    "Belge Tarihi;Belge Referansı;Ödeme Şekli;Açıklama;Fiş Açıklaması;Kaydeden;Şube No;Şube Adı;Döviz Cinsi;"
    "Döviz Tutarı;Kur;Kur Tarihi"
)
MAINS = (
    "100", "102", "120", "121", "150", "153", "191", "254", "255", "300", "320", "335", "360", "391", "500", "600",
    "601", "602", "621", "632", "760", "770", "780",
)  # fmt: skip


def money(units: int) -> str:
    return f"{units // 100},{units % 100:02d}"


def month(
    path: Path, period: str, count: int, *, branch: str = "", mains: int = 12, special: str = "", seed: int = 7
) -> Path:
    """A balanced month. `special` names a first voucher without documents: an opening or a closing."""
    dice = random.Random(seed)
    used = MAINS[:mains]
    rows = [HEAD]
    for index in range(count):
        day = f"{period}-{1 + index * 28 // count:02d}"
        fis = f"F{period[5:]}-{index + 1}"
        opening = bool(special) and index == (0 if special == "Açılış" else count - 1)
        size = 5 if opening or index % 6 == 0 else 1
        debits = [(used[(index + step) % len(used)], dice.randint(100, 10**7)) for step in range(size)]
        lines = [(code, units, "D") for code, units in debits]
        lines.append((used[(index + size) % len(used)], sum(units for _, units in debits), "C"))
        kind = "" if opening else ("invoice", "check", "other", "receipt", "voucher")[index % 5]
        for code, units, side in lines:
            sides = (money(units), "") if side == "D" else ("", money(units))
            paper = (kind, "dekont" if kind == "other" else "", f"B{index + 1}", day, fis) if kind else ("",) * 5
            foreign = ("USD", money(units // 40), "41,2500", day) if index % 9 == 4 and side == "D" else ("",) * 4
            sub = f"{code}.{1 + index % 3:02d}"
            said = (f"{special} fişi" if opening else "Kayıt & <iş>", "Ayşe Işık", branch, BRANCH if branch else "")
            cells = (
                fis,
                day,
                code,
                f"HESAP {code}",
                sub,
                f"ALT {sub}",
                *sides,
                *paper,
                "Banka",
                "Satır",
                *said,
                *foreign,
            )
            rows.append(";".join(cells))
    path.write_text("\r\n".join(rows) + "\r\n", "cp1254", newline="")
    return path


@dataclass
class Desk:
    """An office of the test's own, and its commands."""

    data: Path
    tmp: Path
    out: Path
    capsys: pytest.CaptureFixture[str]
    #: Options of every build.
    more: tuple[object, ...] = ()

    def run(self, *words: object) -> tuple[int, str, str]:
        self.capsys.readouterr()
        code = main([str(word) for word in words] + ["--data-dir", str(self.data)])
        told = self.capsys.readouterr()
        return code, told.out, told.err

    def json(self, *words: object, code: int = 0) -> dict[str, Any]:
        found, out, err = self.run(*words, "--json")
        assert found == code, out + err
        told: dict[str, Any] = json.loads(out)
        return told

    def card(self, vkn: str = VKN, **changes: Any) -> None:
        data = people.SELLER | CARD | {"vkn": vkn} | changes
        data["address"] = {
            **people.SELLER["address"],
            "street": "Bahariye Cad.",
            "city": "İstanbul",
            "postal_code": "34710",
        }
        path = self.tmp / f"{vkn}.json"
        path.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
        assert self.run("company", "add", "--from", path)[0] == 0

    def take(self, path: Path, *more: object, vkn: str = VKN, code: int = 0) -> dict[str, Any]:
        return self.json("ledger", "import", path, "--company", vkn, *more, code=code)

    def check(self, period: str, *, vkn: str = VKN, code: int = 0) -> dict[str, Any]:
        told: dict[str, Any] = self.json("ledger", "check", "--company", vkn, "--period", period, code=code)["checks"][
            0
        ]
        return told

    def build(self, period: str, *more: object, vkn: str = VKN, code: int = 0) -> dict[str, Any]:
        base = ("ledger", "build", "--company", vkn, "--period", period, "--out", self.out, "--seal", "test")
        return self.json(*base, *self.more, *more, code=code)

    def inventory(self, path: Path, day: str) -> dict[str, Any]:
        self.json("ledger", "inventory", "import", path, "--company", VKN, "--day", day)
        base = ("ledger", "inventory", "build", "--company", VKN, "--day", day)
        return self.json(*base, "--out", self.out, "--seal", "test", *self.more)

    def file(self, kind: str, period: str, part: int = 0, branch: str = "", vkn: str = VKN, end: str = "xml") -> Path:
        name = f"{vkn}-{period.replace('-', '')}-{kind}-{part:06d}{f'-{branch}' if branch else ''}.{end}"
        (found,) = [path for path in self.out.rglob(name) if path.parent.name == period[5:]]
        return found


def holds(told: dict[str, Any], *, files: int, zip_mb: float, stamped: bool = False) -> None:
    """Official rules asked and silent, every seal good for xmlsec1, berats stamped, every package small enough."""
    assert told["built"] and told["official"] == []
    engines = {name: engine for name, engine in told["engines"].items() if name != "data"}
    assert len(engines) == files and all("schematron" in engine for engine in engines.values()), engines
    program = shutil.which("xmlsec1")
    assert program is not None
    ids = ["--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"]
    for path in (Path(one["file"]) for one in told["files"]):
        if path.suffix == ".zip":
            assert path.stat().st_size <= zip_mb * 1024 * 1024
            continue
        ran = subprocess.run([program, "--verify", "--insecure", *ids, path], capture_output=True, check=False)
        assert ran.returncode == 0, (path.name, ran.stderr)
        if stamped:
            stamp = verify_document(path.read_bytes()).signatures[0].time_stamp
            assert (stamp is not None and stamp.valid) is (path.name.split("-")[2] in ("YB", "KB", "EB")), path.name


def mains_of(path: Path) -> set[str]:
    return {e.text or "" for e in etree.parse(path).iter(f"{COR}accountMainID")}


def numbers_of(path: Path, tag: str) -> list[int]:
    return [int(e.text or 0) for e in etree.parse(path).iter(f"{COR}{tag}")]


official = pytest.mark.parametrize(
    "judge", [pytest.param(holds, marks=[pytest.mark.shared, pytest.mark.xmlsec])], ids=[""]
)
Judge = Callable[..., None]


def inventory_list(path: Path, *branches: str) -> Path:
    rows = [
        "Ana Hesap;Ana Hesap Adı;Hesap Kodu;Hesap Adı;Ürün Kodu;Ürün Adı;Miktar;Birim;Tutar;Açıklama;Şube No;Şube Adı;"
        "Döviz Cinsi;Döviz Tutarı;Kur;Kur Tarihi"
    ]
    for branch in branches:
        for index, code in enumerate(MAINS[:14]):
            for sub in range(1, 4 if index % 3 == 0 else 2):
                stock = (f"S{index}-{sub}", "Mal & <öğe>", "12,5", "kg") if code in ("150", "153") else ("",) * 4
                foreign = ("USD", "10,00", "41,2500", "01.01.2024") if index == 1 else ("",) * 4
                name = f"{BRANCH} {branch}" if branch else ""
                cells = (code, f"HESAP {code}", f"{code}.{sub:02d}", f"ALT {sub}", *stock, f"{100 + index},50", "Sayım")
                rows.append(";".join((*cells, branch, name, *foreign)))
    path.write_text("\n".join(rows), "cp1254", newline="")
    return path


def approve(desk: Desk, *files: Path, code: int = 0) -> dict[str, Any]:
    base = ("--company", VKN, "--period", "2026-01", "--out", desk.out)
    return desk.json("ledger", "approve", *files, *base, code=code)

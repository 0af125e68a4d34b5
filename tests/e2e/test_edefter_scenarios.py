"""GİB's compliance scenarios for e-Defter software and the integrator's feature list, by the public commands.

Each test bears the name of its row: EDF-S1..S7, EDF-E1..E5, EDF-R1..R9 (Uyumluluk Onay Kılavuzu 1.7), IZ-E-* (İzibiz,
E-Defter chapter). Vouchers are generated; GİB's own XSD and Schematron and xmlsec1 judge what is built.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from app.cli import main
from app.demo import people
from app.domain.taxnumber import parse_tax_number
from app.office import Office
from app.runtime.settings import TSA_FILES, TSA_LOGIN, TSA_URL, TSA_USER
from app.sandbox.tsa import TimeStampAuthority
from app.signing.soft import TestSealer
from app.signing.verify import verify_document
from app.workflows.time_stamps import save_password
from tests.workflows.test_ledger_life import countersigned

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


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    monkeypatch.setenv("MUHURDAR_VAULT_PASSPHRASE", "kasa-icin-uzun-bir-parola")
    made = Desk(tmp_path / "veri", tmp_path, tmp_path / "defterler", capsys)
    made.card()
    return made


@pytest.fixture(scope="module")
def with_package(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds GİB's e-Defter package: installed once, copied for every test."""
    place = tmp_path_factory.mktemp("paket")
    with zipfile.ZipFile(place / "edefter.zip", "w") as archive:
        folder = shared / "gib" / "edefter-paketi"
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, str(path.relative_to(folder)))
    assert main(["package", "install", str(place / "edefter.zip"), "--data-dir", str(place / "veri")]) == 0
    return place / "veri" / "packages"


@pytest.fixture
def judged(desk: Desk, with_package: Path) -> Desk:
    """The office with GİB's e-Defter package: every file that it builds is judged by the official rules."""
    shutil.copytree(with_package, desk.data / "packages", dirs_exist_ok=True)
    return desk


@pytest.fixture(scope="module")
def open_tsa() -> Iterator[TimeStampAuthority]:
    with TimeStampAuthority() as authority:
        yield authority


@pytest.fixture
def stamped(judged: Desk, open_tsa: TimeStampAuthority) -> Desk:
    """The judged office, its berats stamped: what is sent to GİB for approval is (Uyumluluk Onay Kılavuzu 1.7)."""
    judged.more = ("--time-stamp", "berats", "--tsa", open_tsa.url)
    return judged


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


@official
def test_edf_s1_every_kind_of_line(stamped: Desk, judge: Judge) -> None:
    stamped.take(month(stamped.tmp / "a.csv", "2023-04", 24))
    judge(stamped.build("2023-04"), files=4, zip_mb=1, stamped=True)
    assert len(mains_of(stamped.file("Y", "2023-04"))) >= 10
    with zipfile.ZipFile(stamped.file("KB", "2023-04", end="zip")) as package:
        assert len(package.namelist()) == 2  # until 2024 the general ledger goes along


def names(text: str) -> list[str]:
    return text.split()


#: Every element that the guides name for the heads of all documents (Genel Açıklamalar), in their order.
HEAD_ELEMENTS = names("""
    gl-cor:entriesType gl-cor:uniqueID gl-cor:language gl-cor:creationDate gl-bus:creator gl-cor:entriesComment
    gl-cor:periodCoveredStart gl-cor:periodCoveredEnd gl-bus:sourceApplication gl-muc:defaultCurrency
    gl-bus:entityPhoneNumber gl-bus:phoneNumberDescription gl-bus:phoneNumber gl-bus:entityFaxNumberStructure
    gl-bus:entityFaxNumber gl-bus:entityEmailAddressStructure gl-bus:entityEmailAddress gl-bus:organizationIdentifiers
    gl-bus:organizationIdentifier gl-bus:organizationDescription gl-bus:organizationAddress
    gl-bus:organizationBuildingNumber gl-bus:organizationAddressStreet gl-bus:organizationAddressStreet2
    gl-bus:organizationAddressCity gl-bus:organizationAddressZipOrPostalCode gl-bus:organizationAddressCountry
    gl-bus:entityWebSite gl-bus:webSiteURL gl-bus:businessDescription gl-bus:fiscalYearStart gl-bus:fiscalYearEnd
    gl-bus:accountantInformation gl-bus:accountantName gl-bus:accountantAddress gl-bus:accountantBuildingNumber
    gl-bus:accountantStreet gl-bus:accountantAddressStreet2 gl-bus:accountantCity gl-bus:accountantCountry
    gl-bus:accountantZipOrPostalCode gl-bus:accountantEngagementTypeDescription gl-bus:accountantContactInformation
    gl-bus:accountantContactPhone gl-bus:accountantContactPhoneNumberDescription gl-bus:accountantContactPhoneNumber
    gl-bus:accountantContactFax gl-bus:accountantContactFaxNumber gl-bus:accountantContactEmail
    gl-bus:accountantContactEmailAddress
""")
#: Of a line in both ledgers (Yevmiye Defteri Kılavuzu, entryDetail), in their order.
CURRENCY_ELEMENTS = names("""
    gl-muc:amountCurrency gl-muc:amountOriginalExchangeRateDate gl-muc:amountOriginalAmount
    gl-muc:amountOriginalCurrency gl-muc:amountOriginalExchangeRate gl-muc:amountOriginalExchangeRateSource
    gl-muc:amountOriginalExchangeRateComment
""")
LINE_ELEMENTS = [
    *names("""gl-cor:lineNumber gl-cor:lineNumberCounter gl-cor:account gl-cor:accountMainID
    gl-cor:accountMainDescription gl-cor:accountSub gl-cor:accountSubDescription gl-cor:accountSubID gl-cor:amount"""),
    *CURRENCY_ELEMENTS,
    *names("""gl-cor:debitCreditCode gl-cor:postingDate gl-cor:documentType gl-cor:documentTypeDescription
    gl-cor:documentNumber gl-cor:documentReference gl-cor:documentDate gl-bus:paymentMethod gl-cor:detailComment
    gl-bus:measurable gl-bus:measurableCode gl-bus:measurableCodeDescription gl-bus:measurableQuantity
    gl-bus:measurableQualifier gl-bus:measurableUnitOfMeasure gl-bus:measurableCostPerUnit"""),
]
BATCH = ["gl-bus:batchID", "gl-bus:batchDescription"]
JOURNAL_ELEMENTS = [
    *names("gl-cor:entryHeader gl-cor:enteredBy gl-cor:enteredDate gl-cor:entryNumber gl-cor:entryComment"),
    *BATCH,
    *names("gl-bus:totalDebit gl-bus:totalCredit gl-cor:entryNumberCounter gl-cor:entryDetail"),
    *LINE_ELEMENTS,
]
LEDGER_ELEMENTS = [
    "gl-cor:entryHeader", *BATCH, "gl-bus:totalDebit", "gl-bus:totalCredit", "gl-cor:entryDetail", *LINE_ELEMENTS
]  # fmt: skip
BERAT_ELEMENTS = names("""
    xbrli:segment gl-cor:uniqueID gl-bus:measurableQuantity gl-cor:qualifierEntry gl-cor:lineNumber
    gl-cor:accountMainID gl-cor:accountMainDescription gl-cor:amount gl-cor:debitCreditCode gl-cor:xbrlInfo
    gl-cor:xbrlInclude
""")
INVENTORY_ELEMENTS = [
    *names("gl-cor:entryHeader gl-cor:enteredBy gl-cor:enteredDate gl-cor:entryNumber gl-cor:entryComment"),
    *BATCH,
    *names("""gl-cor:entryNumberCounter gl-cor:entryDetail gl-cor:lineNumber gl-cor:lineNumberCounter gl-cor:account
    gl-cor:accountMainID gl-cor:accountMainDescription gl-cor:accountSub gl-cor:accountSubDescription
    gl-cor:accountSubID gl-cor:amount"""),
    *CURRENCY_ELEMENTS,
    *names("""gl-cor:detailComment gl-bus:measurable gl-bus:measurableID gl-bus:measurableDescription
    gl-bus:measurableQuantity gl-bus:measurableUnitOfMeasure"""),
]


def ensure_elements(path: Path, wanted: Sequence[str]) -> None:
    text = path.read_text("utf-8")
    assert [name for name in wanted if f"<{name} " not in text and f"<{name}>" not in text] == [], path.name


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


def approve(desk: Desk, *files: Path, code: int = 0) -> dict[str, Any]:
    base = ("--company", VKN, "--period", "2026-01", "--out", desk.out)
    return desk.json("ledger", "approve", *files, *base, code=code)


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


@pytest.fixture(scope="module")
def tsa() -> Iterator[TimeStampAuthority]:
    with TimeStampAuthority(login="kamusm", user="7521", password="gizli") as authority:
        yield authority


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

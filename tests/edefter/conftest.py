"""A company, a seal and a month of vouchers for the ledgers' tests; GİB's own rules where the reference folder is."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from app.demo import people
from app.domain.books import BookHead
from app.domain.ledger_rows import LedgerRow
from app.domain.party import Accountant, Address, Company
from app.domain.voucher import Period
from app.runtime.crashpoints import declare
from app.signing.soft import TestSealer
from app.storage.ledgers.books import Part, entry_range, give_numbers
from app.storage.ledgers.database import LedgerDatabase
from app.storage.ledgers.importing import begin_import
from app.ubl.company_json import company_from_json
from app.validation.packages.content import read_package
from app.validation.schematron.compiler import compile_schema
from app.validation.schematron.engine import Engine
from app.validation.schematron.model import read_schema

NUMBERED = declare("test.ledger.numbered", "numbers given by a test")
APPLICATION = "9205121120##ÇINARALTI YAZILIM##Mühürdar##0.1"
ACCOUNTS = {
    "100": "KASA",
    "102": "BANKALAR",
    "120": "ALICILAR",
    "153": "TİCARİ MALLAR",
    "191": "İNDİRİLECEK KDV",
    "320": "SATICILAR",
    "391": "HESAPLANAN KDV",
    "600": "YURT İÇİ SATIŞLAR",
    "770": "GENEL YÖNETİM GİDERLERİ",
}


@pytest.fixture
def company() -> Company:
    made = company_from_json(people.SELLER)
    return replace(
        made,
        accountant=Accountant(
            name="Şükriye Yağcıoğlu",
            engagement_type="SMMM sözleşmesi",
            contract_date="2026-01-02",
            contract_no="M10120",
            phone="2165550143",
            email="smmm@ornek.example",
            address=Address(street="Bahariye Caddesi", building_no="7", city="İstanbul", postal_code="34710"),
        ),
    )


@pytest.fixture
def seal(company: Company) -> TestSealer:
    return TestSealer.create(company.tax_number, company.party.display_name)


@pytest.fixture
def head(company: Company) -> BookHead:
    return BookHead(
        company=company,
        period=Period(2026, 3),
        start=date(2026, 3, 1),
        end=date(2026, 3, 31),
        created=date(2026, 4, 2),
        fiscal_start=date(2026, 1, 1),
        fiscal_end=date(2026, 12, 31),
        sequence=3,
        creator="Ayşe Işık",
        source_application=APPLICATION,
    )


def month_rows(count: int, *, seed: int = 1, branch: str = "") -> Iterator[LedgerRow]:
    """`count` balanced vouchers of March 2026 with every element the ledgers know."""
    dice = random.Random(seed)
    line = 1
    for index in range(count):
        day = f"2026-03-{1 + index * 31 // count:02d}"
        debits = [(dice.choice(list(ACCOUNTS)), dice.randint(1, 9_999_999) * 100) for _ in range(dice.randint(1, 3))]
        rows = [(code, units, "D") for code, units in debits]
        rows.append((dice.choice(list(ACCOUNTS)), sum(units for _, units in debits), "C"))
        for code, units, side in rows:
            line += 1
            document = dice.choice(["", "invoice", "other", "check"])
            foreign = index % 7 == 3 and side == "D"
            yield LedgerRow(
                line,
                day,
                f"F{index + 1}",
                branch,
                "Kadıköy Şubesi" if branch else "",
                f"F-{index + 1}",
                'Açılış & <kapanış> "fişi"' if index % 5 == 0 else "",
                "Ayşe Işık",
                0,
                0,
                code,
                ACCOUNTS[code],
                f"{code}.{dice.randint(1, 9):02d}" if index % 4 else "",
                "Alt hesap > «öğe»" if index % 4 else "",
                units,
                side,
                document,
                "dekont" if document == "other" else "",
                f"BLG{line}" if document else "",
                "2026-03-01" if document else "",
                f"F-{index + 1}" if document else "",
                dice.choice(["", "Nakit", "Banka"]),
                "Açıklama ığüşöç €" if index % 3 else "",
                "USD" if foreign else "",
                units // 2 if foreign else 0,
                "41,2500" if foreign else "",
                day if foreign else "",
            )


@pytest.fixture
def fill(tmp_path: Path) -> Iterator[Callable[..., tuple[LedgerDatabase, Part]]]:
    """Call with rows: a ledger file that holds them, numbered from 41 and 808 on, and the part that is the month."""
    opened: list[LedgerDatabase] = []

    def make(rows: Iterator[LedgerRow], *, branch: str = "") -> tuple[LedgerDatabase, Part]:
        db = LedgerDatabase.open(tmp_path / f"l{len(opened)}.db")
        opened.append(db)
        staged = begin_import(db, name="x", sha256="", source_format="csv", at="2026-04-02")
        for _ in staged.add(rows):
            pass
        staged.finish(at="2026-04-02")
        with db.write(NUMBERED) as connection:
            give_numbers(connection, period=202603, branch_no=branch, next_entry=41, next_line=808)
            bounds = entry_range(connection, period=202603, branch_no=branch)
        assert bounds is not None
        return db, Part(branch_no=branch, first=bounds[0], last=bounds[1])

    yield make
    for db in opened:
        db.close()


@pytest.fixture(scope="session")
def official(shared: Path) -> Callable[[Path], list[str]]:
    """GİB's XSD and Schematron over a ledger file under its final name: every complaint as one line."""
    from lxml import etree

    folder = shared / "gib" / "edefter-paketi"
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, str(path.relative_to(folder)))
    package = read_package(packed.getvalue())
    schema = etree.XMLSchema(etree.parse(folder / "xsd" / "edefter.xsd", etree.XMLParser(no_network=True)))
    engine = Engine()
    rules = {
        ("defter", "journal"): "sch/edefter_yevmiye.sch",
        ("defter", "ledger"): "sch/edefter_kebir.sch",
        ("berat", "journal"): "sch/edefter_berat.sch",
        ("berat", "ledger"): "sch/edefter_berat.sch",
        ("defterraporu", "trialbalance"): "sch/edefter_rapor.sch",
        ("defter", "assets"): "sch/envanter_defter.sch",
        ("berat", "assets"): "sch/envanter_berat.sch",
    }

    def check(path: Path) -> list[str]:
        tree = etree.parse(path, etree.XMLParser(no_network=True, huge_tree=True))
        root = tree.getroot()
        schema.validate(tree)
        # libxml2 takes no xs:integer of more than 24 digits, which a certificate's serial number may have.
        said = [f"XSD {e.line}: {e.message}" for e in schema.error_log if "X509SerialNumber" not in e.message]
        entries = next(root.iter("{http://www.xbrl.org/int/gl/cor/2006-10-25}entriesType")).text or ""
        name = rules[etree.QName(root).localname, entries]

        def read(file: str) -> bytes:
            return package.files[file]

        engine.load(name, lambda: compile_schema(read_schema(name, read)))
        document = engine.document(root, base_uri=f"file:///{path.name}")
        hits = engine.run(name, document, today="2026-04-02", parameters={})
        return said + [f"SCH {hit.entry.code}: {hit.text}" for hit in hits]

    return check

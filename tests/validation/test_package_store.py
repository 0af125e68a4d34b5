"""Installing, keeping, rolling back and comparing packages; what is damaged or wrong changes nothing and says why."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.domain.errors import AppError, InputError
from app.runtime.children import ChildPool
from app.ubl import codes
from app.validation.packages.content import PackageKind, read_package
from app.validation.packages.store import PackageStore
from tests.validation.packagemaker import RULES, e_invoice_files, schema, ubl_files, zipped

E_INVOICE, UBL_TR = PackageKind.E_INVOICE, PackageKind.UBL_TR
OLD = e_invoice_files(release="20250101", lists={"CurrencyCodeList": "TRY,USD", "UnitCodeList": "C62"})
NEW = e_invoice_files()
NEXT_RULES = RULES.replace('id="InvoiceIDCheck"', 'id="NumberCheck"').replace(
    "le xs:date(current", "lt xs:date(current"
)


@pytest.fixture(scope="module")
def pool() -> Iterator[ChildPool]:
    with ChildPool(1) as made:
        yield made


@pytest.fixture
def store(pool: ChildPool, tmp_path: Path) -> PackageStore:
    return PackageStore(tmp_path, pool=lambda: pool, now=lambda: datetime(2026, 11, 21, 12, 0, tzinfo=UTC))


def _state(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != "index.lock"
    }


def test_a_package_is_recognised_by_content_and_dated_by_its_history(store: PackageStore) -> None:
    report = store.install(zipped(NEW), "baska-ad.zip")
    one = report.installed
    assert (one.kind, one.release, one.is_current, one.name) == (E_INVOICE, date(2026, 3, 12), True, "baska-ad.zip")
    assert (report.previous, report.changes, report.was_known) == (None, None, False)
    # No history of its own: the day of its newest file.
    assert store.install(zipped(ubl_files()), "u.zip").installed.release == date(2026, 1, 12)
    assert [one.kind for one in store.installed()] == [E_INVOICE, UBL_TR]


def test_a_ledger_package_and_the_archive_package_are_recognised() -> None:
    rule = schema('<pattern id="p"><rule context="/"><assert test="1">x</assert></rule></pattern>', binding="xslt2")
    root = b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>'
    ledger = read_package(
        zipped({"p/xsd/edefter.xsd": root, "p/xsd/in/x.xsd": root, "p/sch/edefter_yevmiye.sch": rule})
    )
    assert ledger.kind is PackageKind.LEDGER
    assert sorted(ledger.files) == ["sch/edefter_yevmiye.sch", "xsd/edefter.xsd", "xsd/in/x.xsd"]
    archive = read_package(zipped({"x/eArsivVeri.xsd": b'<s targetNamespace="http://earsiv.efatura.gov.tr"/>'}))
    assert archive.kind is PackageKind.E_ARCHIVE


def test_the_names_in_a_package_are_turkish_code_page_857() -> None:
    package = read_package(zipped({**NEW, "e-FaturaPaketi/schematron/Açıklamalar.xml": b"<x/>"}))
    assert "schematron/Açıklamalar.xml" in package.files


def test_earlier_releases_are_kept_compared_and_returned_to(store: PackageStore) -> None:
    old = store.install(zipped(OLD), "old.zip").installed
    report = store.install(
        zipped(e_invoice_files(rules=NEXT_RULES.replace("NumberCheck", "InvoiceIDCheck"))), "new.zip"
    )
    assert report.previous is not None and report.previous.id == old.id
    changes = report.changes
    assert changes is not None
    assert changes.changed_rules == ("TimeCheck",)
    assert (changes.added_rules, changes.removed_rules) == ((), ())
    assert changes.added_codes == {"CurrencyCodeList": ("EUR",), "UnitCodeList": ("KGM",)}
    assert changes.removed_codes == {"CurrencyCodeList": ("USD",)}
    assert any("EUR" in line for line in changes.lines())
    back = store.rollback(E_INVOICE)
    assert back.installed.id == old.id and store.current(E_INVOICE) == back.installed
    assert back.changes is not None and back.changes.added_codes == {"CurrencyCodeList": ("USD",)}
    with pytest.raises(InputError) as caught:
        store.rollback(E_INVOICE)
    assert caught.value.code == "PACKAGE.NO_EARLIER"
    assert len(store.installed()) == 2


def test_the_same_zip_again_returns_to_it_and_is_stored_once(store: PackageStore) -> None:
    store.install(zipped(OLD), "old.zip")
    new = store.install(zipped(NEW), "new.zip").installed
    store.rollback(E_INVOICE)
    again = store.install(zipped(NEW), "new.zip")
    assert again.was_known and again.installed.is_current and again.installed.id == new.id
    assert len(store.installed()) == 2


def test_rules_that_came_and_went_are_named(store: PackageStore) -> None:
    store.install(zipped(OLD), "old.zip")
    main = b'<sch:extends rule="InvoiceIDCheck"/>'
    files = e_invoice_files(rules=NEXT_RULES)
    name = "e-FaturaPaketi/schematron/UBL-TR_Main_Schematron.xml"
    files[name] = files[name].replace(main, b'<sch:extends rule="NumberCheck"/>')
    changes = store.install(zipped(files), "new.zip").changes
    assert changes is not None
    assert (changes.added_rules, changes.removed_rules) == (("NumberCheck",), ("InvoiceIDCheck",))


def test_an_older_release_is_stored_but_not_used(store: PackageStore) -> None:
    new = store.install(zipped(NEW), "new.zip").installed
    late = store.install(zipped(OLD), "old.zip")
    assert not late.installed.is_current
    assert store.current(E_INVOICE) == new


def test_a_document_meets_the_release_of_its_day_where_it_is_stored(store: PackageStore) -> None:
    old, new = (store.install(zipped(files), "x.zip").installed for files in (OLD, NEW))
    old = next(one for one in store.installed() if one.id == old.id)

    def release(day: date | None) -> str:
        found = store.in_force(E_INVOICE, day)
        assert found is not None
        return found.id

    assert release(None) == release(date(2026, 3, 12)) == release(date(2026, 12, 1)) == new.id
    assert release(date(2026, 3, 11)) == release(date(2025, 1, 1)) == old.id
    # Nothing that old is stored: the present rules are better than none.
    assert release(date(2024, 1, 1)) == new.id
    store.rollback(E_INVOICE)
    assert release(date(2026, 6, 1)) == old.id


def test_code_lists_come_from_the_package_and_before_from_the_program(store: PackageStore) -> None:
    before = store.code_lists()
    assert before.release == "" and before.get("currency") == tuple(codes.currencies())
    store.install(zipped(NEW), "new.zip")
    lists = store.code_lists()
    assert lists.release == "20260312"
    assert lists.get("currency") == ("TRY", "EUR") and lists.get("unit") == ("C62", "KGM")
    assert lists.get("profile") == ("TEMELFATURA", "TICARIFATURA", "EARSIVFATURA")
    # 650 stands among the percents only: a code that is always rejected is not offered.
    assert lists.percents == {"601": (30, 40), "606": (90,)}
    assert lists.name("currency", "TRY") == codes.currencies()["TRY"].name and lists.name("unit", "??") == "??"
    # What this package lacks is taken from the program.
    assert lists.get("country") == tuple(codes.countries())
    with pytest.raises(KeyError):
        lists.get("no such list")


@pytest.mark.shared
def test_the_official_packages_are_installed_and_their_lists_read(store: PackageStore, shared: Path) -> None:
    for name in ("UBL-TR1.2.1_Paketi.zip", "e-FaturaPaketi.zip"):
        store.install((shared / "gib" / name).read_bytes(), name)
    assert {one.kind: one.release for one in store.installed()} == {
        E_INVOICE: date(2026, 3, 12),
        UBL_TR: date(2026, 1, 12),
    }
    lists = store.code_lists()
    assert len(lists.get("unit")) == 2152 and lists.get("invoice_type")[:2] == ("SATIS", "IADE")
    assert set(lists.get("profile")) == set(codes.profiles())
    assert set(lists.get("exemption")) == set(codes.exemptions())
    assert {code: set(p) for code, p in lists.percents.items()} == {
        code: set(one.accepted) for code, one in codes.withholdings().items()
    }


@pytest.mark.shared
def test_the_ledger_folder_zipped_is_installed(store: PackageStore, shared: Path) -> None:
    root = shared / "gib" / "edefter-paketi"
    files = {
        f"edefter/{p.relative_to(root).as_posix()}": p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()
    }
    one = store.install(zipped(files), "edefter.zip").installed
    assert one.kind is PackageKind.LEDGER
    assert len(list(store.sheets.glob("*.json"))) == 6
    # The same with one rule less and one schema changed, as a later release.
    name = next(name for name in files if name.endswith("edefter_yevmiye.sch"))
    rule = re.search(rb"<assert\b.*?</assert>|<sch:assert\b.*?</sch:assert>", files[name], re.DOTALL)
    assert rule is not None
    schema = next(name for name in files if name.endswith("edefter.xsd"))
    changed = {
        **files,
        name: files[name].replace(rule[0], b"", 1),
        schema: files[schema]
        .replace(b"</xs:schema>", b"<!-- x --></xs:schema>")
        .replace(b"</schema>", b"<!-- x --></schema>"),
    }
    report = store.install(zipped(changed, day=(2027, 5, 1)), "edefter-2.zip")
    assert report.changes is not None and report.previous == one
    assert [*report.changes.removed_rules, *report.changes.changed_rules] != []
    assert report.changes.added_rules == () and report.changes.changed_files == ("xsd/edefter.xsd",)
    assert store.rollback(PackageKind.LEDGER).installed.id == one.id


# ---- what must not be installed -----------------------------------------------------------------------------------


def _with(changed: dict[str, bytes]) -> bytes:
    return zipped({**NEW, **changed})


_COMMON = "e-FaturaPaketi/schematron/UBL-TR_Common_Schematron.xml"
_MAIN = "e-FaturaPaketi/schematron/UBL-TR_Main_Schematron.xml"


def _entry(name: str, *, link: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for known, data in NEW.items():
            archive.writestr(known, data)
        info = zipfile.ZipInfo(name)
        if link:
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, b"/etc/passwd")
    return out.getvalue()


def _laughing(schema: bytes) -> bytes:
    """A schema with an attribute that grows to a terabyte. A DTD alone is no reason: GİB's schema of seals has one."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    head = f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]>'.encode()
    return head + schema.replace(b"<xs:element", b'<xs:element id="&e11;"', 1)


BAD = {
    "empty": (b"", "ZIP.EMPTY"),
    "no zip": (b"<html>404</html>", "ZIP.NOT_ZIP"),
    "half downloaded": (zipped(NEW)[: len(zipped(NEW)) // 2], "ZIP.DAMAGED"),
    "another zip": (zipped({"a.txt": b"x"}), "PACKAGE.UNKNOWN"),
    "two packages": (zipped({**NEW, **ubl_files()}), "PACKAGE.TWO"),
    "out of the folder": (_entry("../../kotu.txt"), "ZIP.TRAVERSAL"),
    "absolute": (_entry("/etc/kotu.txt"), "ZIP.TRAVERSAL"),
    "a link": (_entry("e-FaturaPaketi/schematron/bag.xml", link=True), "ZIP.LINK"),
    "a bomb": (zipped({**NEW, "e-FaturaPaketi/schematron/b.xml": b" " * (31 << 20)}), "ZIP.BOMB"),
    "rules cut off": (_with({_COMMON: NEW[_COMMON][:-40]}), "PACKAGE.SCHEMATRON"),
    "rules missing": (zipped({n: d for n, d in NEW.items() if n != _COMMON}), "PACKAGE.SCHEMATRON"),
    "a rule that is no XPath": (
        _with({_COMMON: NEW[_COMMON].replace(b"matches(cbc:ID", b"matches((cbc:ID")}),
        "PACKAGE.SCHEMATRON",
    ),
    "a DTD": (
        _with({_MAIN: b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + NEW[_MAIN]}),
        "PACKAGE.SCHEMATRON",
    ),
    "laughs in a schema": (
        zipped({n: _laughing(d) if n.endswith("UBL-CreditNote-2.1.xsd") else d for n, d in ubl_files().items()}),
        "PACKAGE.SCHEMA",
    ),
    "rules nested without end": (_with({_COMMON: b"<a>" * 20_000 + b"</a>" * 20_000}), "PACKAGE.SCHEMATRON"),
    "NUL bytes in the rules": (_with({_COMMON: NEW[_COMMON].replace(b"Senaryo", b"Sen\0ryo")}), "PACKAGE.SCHEMATRON"),
    "rules in a wrong encoding": (
        _with({_COMMON: b'<?xml version="1.0" encoding="UTF-8"?>' + NEW[_COMMON].replace(b"Senaryo", b"\xfe\xf0")}),
        "PACKAGE.SCHEMATRON",
    ),
    "too many files": (
        zipped({**NEW, **{f"e-FaturaPaketi/{n}.txt": b"" for n in range(5_001)}}),
        "ZIP.TOO_MANY",
    ),
    "schemas cut off": (
        zipped({n: (d[:200] if n.endswith("UBL-CreditNote-2.1.xsd") else d) for n, d in ubl_files().items()}),
        "PACKAGE.SCHEMA",
    ),
    "schemas missing": (zipped({n: d for n, d in ubl_files().items() if "Receipt" not in n}), "PACKAGE.SCHEMA"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_damaged_or_wrong_changes_nothing_and_says_why(store: PackageStore, tmp_path: Path, name: str) -> None:
    store.install(zipped(OLD), "old.zip")
    before = _state(tmp_path)
    raw, code = BAD[name]
    with pytest.raises(AppError) as caught:
        store.install(raw, "bad.zip")
    assert caught.value.code == code
    assert caught.value.what and caught.value.todo
    assert _state(tmp_path) == before
    assert [one.release for one in store.installed()] == [date(2025, 1, 1)]


def test_a_byte_changed_on_disk_is_noticed(store: PackageStore) -> None:
    one = store.install(zipped(NEW), "new.zip").installed
    raw = bytearray(store.path(one).read_bytes())
    raw[-1] ^= 1
    store.path(one).write_bytes(bytes(raw))
    with pytest.raises(InputError) as caught:
        store.read(one)
    assert caught.value.code == "PACKAGE.DAMAGED"


@pytest.mark.parametrize("spoil", ["gone", "empty", "[]", '{"packages": [{"id": "../x"}], "current": {}}'])
def test_a_lost_index_is_made_again_from_the_packages(store: PackageStore, tmp_path: Path, spoil: str) -> None:
    store.install(zipped(OLD), "old.zip")
    new = store.install(zipped(NEW), "new.zip").installed
    index = tmp_path / "index.json"
    if spoil == "gone":
        index.unlink()
    else:
        index.write_text("" if spoil == "empty" else spoil, "utf-8")
    (tmp_path / "e-fatura-20290101-000000000000.zip").write_bytes(b"no package")
    current = store.current(E_INVOICE)
    if spoil.startswith("{"):
        # A readable index that names nothing we know: nothing is installed.
        assert current is None
    else:
        assert current is not None and (current.id, len(store.installed())) == (new.id, 2)
        assert datetime.fromisoformat(current.installed_at).tzinfo is not None


def test_another_process_sees_an_installation_at_once(store: PackageStore, pool: ChildPool, tmp_path: Path) -> None:
    other = PackageStore(tmp_path, pool=lambda: pool, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    assert other.installed() == []
    store.install(zipped(NEW), "new.zip")
    assert [one.release for one in other.installed()] == [date(2026, 3, 12)]
    store.install(zipped(ubl_files()), "u.zip")
    assert len(other.installed()) == 2

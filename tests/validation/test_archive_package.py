"""The e-Arşiv package: no official copy is at hand, so one of its known shape is made. Known, kept, compared, left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.domain.errors import InputError
from app.domain.findings import Severity
from app.runtime.children import ChildPool
from app.validation.files import check_file
from app.validation.packages.content import PackageKind, read_package
from app.validation.packages.installed import InstalledRules
from app.validation.packages.store import PackageStore
from tests.validation.packagemaker import archive_files, e_invoice_files, invoice, ubl_files, zipped

KIND = PackageKind.E_ARCHIVE
TODAY = date(2026, 11, 21)
OLD = zipped(archive_files(), day=(2025, 6, 1))
NEW = zipped(archive_files(fields="faturaNo,ETTN,gonderimSekli", rules="2"), day=(2026, 8, 11))


@pytest.fixture(scope="module")
def pool() -> Iterator[ChildPool]:
    with ChildPool(1) as made:
        yield made


@pytest.fixture
def store(pool: ChildPool, tmp_path: Path) -> PackageStore:
    return PackageStore(tmp_path, pool=lambda: pool, now=lambda: datetime(2026, 11, 21, tzinfo=UTC))


def test_it_is_known_by_its_content_and_dated_by_its_newest_file() -> None:
    package = read_package(NEW)
    assert (package.kind, package.release) == (KIND, date(2026, 8, 11))
    assert {name.removeprefix("files/") for name in package.files} == set(archive_files()) - {"EArsivWs.wsdl"}
    nested = read_package(zipped({f"earsiv_paket_v1.1_8/{n}": d for n, d in archive_files().items()}))
    assert nested.kind is KIND
    with_history = read_package(zipped({**archive_files(), "History.txt": b"20240101\n---\n20250309\n---\n"}))
    assert with_history.release == date(2025, 3, 9)


def test_a_zip_with_schemas_of_something_else_is_not_it() -> None:
    files = {name: data.replace(b"earsiv.efatura", b"baska") for name, data in archive_files().items()}
    with pytest.raises(InputError) as caught:
        read_package(zipped(files))
    assert caught.value.code == "PACKAGE.UNKNOWN"


def test_installed_compared_and_left(store: PackageStore) -> None:
    store.install(OLD, "earsiv_paket_v1.1_6.zip")
    report = store.install(NEW, "earsiv_paket_v1.1_8.zip")
    assert report.installed.is_current and report.previous is not None
    assert report.changes is not None
    assert report.changes.changed_files == ("files/eArsivVeri.xsd", "files/earsiv_schematron.xsl")
    assert report.changes.lines() == ["Değişen şema dosyaları: files/eArsivVeri.xsd, files/earsiv_schematron.xsl"]
    back = store.rollback(KIND)
    assert (back.installed.release, back.installed.name) == (date(2025, 6, 1), "earsiv_paket_v1.1_6.zip")
    again = store.install(NEW, "earsiv_paket_v1.1_8.zip")
    assert again.was_known and again.installed.is_current
    found = store.in_force(KIND, date(2025, 12, 31))
    assert found is not None and found.release == date(2025, 6, 1)


@pytest.mark.parametrize("name", ["eArsivVeri.xsd", "earsiv_schematron.xsl"])
def test_a_damaged_one_changes_nothing(store: PackageStore, name: str) -> None:
    store.install(OLD, "eski.zip")
    files = archive_files()
    with pytest.raises(InputError) as caught:
        store.install(zipped({**files, name: files[name][:-9]}), "yeni.zip")
    assert caught.value.code == "PACKAGE.SCHEMA" and name in caught.value.why
    assert [one.name for one in store.installed()] == ["eski.zip"]


def test_documents_are_checked_as_before_with_it_installed(store: PackageStore, pool: ChildPool) -> None:
    rules = InstalledRules(store, pool=lambda: pool, today=lambda: TODAY)
    store.install(NEW, "earsiv.zip")
    (only,) = rules.check(invoice(profile="EARSIVFATURA"), kind="invoice", issue_date=None)[:1]
    assert only.code == "OFFICIAL.NO_PACKAGE"
    store.install(zipped(e_invoice_files()), "e.zip")
    store.install(zipped(ubl_files()), "u.zip")
    assert rules.check(invoice(profile="EARSIVFATURA"), kind="invoice", issue_date=None) == []
    report = check_file(b'<eArsivRaporu xmlns="http://earsiv.efatura.gov.tr"/>', today=TODAY, rules=rules)
    assert (report.kind, [f.severity for f in report.findings]) == ("unknown", [Severity.ERROR])

"""What is dropped on the window is checked as `validate` checks it: envelopes, ZIPs in ZIPs, the release of the day."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.domain.errors import JobCancelled
from app.runtime.children import ChildPool
from app.ui.lists.file_check import CheckedFile, check_paths
from app.ui.reading.places import place_of
from app.validation.packages.installed import InstalledRules
from app.validation.packages.store import PackageStore
from tests.validation.explained_cases import sound_bytes
from tests.validation.packagemaker import e_invoice_files, invoice, ubl_files, zipped
from tests.validation.test_enveloped import envelope

TODAY = date(2026, 11, 21)
SEAL = (
    "<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent>"
    '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'
    "</ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
)


@pytest.fixture
def rules(tmp_path: Path) -> Iterator[InstalledRules]:
    with ChildPool(1) as pool:
        store = PackageStore(tmp_path / "p", pool=lambda: pool, now=lambda: datetime(2026, 3, 20, tzinfo=UTC))
        store.install(zipped(ubl_files()), "u.zip")
        store.install(zipped(e_invoice_files()), "e.zip")
        old = e_invoice_files(release="20250101", lists={"CurrencyCodeList": "USD"})
        store.install(zipped(old), "eski.zip")
        yield InstalledRules(store, pool=lambda: pool, today=lambda: TODAY)


def nothing(*_: object) -> None:
    """Neither shown nor cancelled."""


def check(*paths: Path, rules: InstalledRules | None = None) -> list[CheckedFile]:
    return check_paths(paths, today=TODAY, report=nothing, checkpoint=nothing, rules=rules)


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return out.getvalue()


def test_an_issued_document_meets_the_release_of_its_day(rules: InstalledRules, tmp_path: Path) -> None:
    (tmp_path / "eski.xml").write_bytes(invoice(day="2026-03-11", head=SEAL))
    (tmp_path / "yeni.xml").write_bytes(invoice(day="2026-03-12", head=SEAL))
    old, new = check(tmp_path / "eski.xml", tmp_path / "yeni.xml", rules=rules)
    assert "CurrencyIDCheck" in [f.code for f in old.findings]
    assert "CurrencyIDCheck" not in [f.code for f in new.findings]


def test_an_envelope_in_a_zip_in_a_zip_names_the_document_in_words(tmp_path: Path) -> None:
    sound = sound_bytes("TEMELFATURA/SATIS")
    bad = sound.replace(b"<cbc:CopyIndicator>false", b"<cbc:CopyIndicator>true")
    path = tmp_path / "posta.zip"
    path.write_bytes(packed(ic_zip=packed(zarf_xml=envelope(sound, bad)), not_txt=b"x"))
    (only,) = check(path)
    assert (only.name, only.kind) == ("posta.zip ▸ ic.zip ▸ zarf.xml", "envelope")
    found = next(f for f in only.findings if f.code == "DOC.COPY")
    assert place_of(found) == "2. belge" and found.message.startswith("2. belge (")


def test_a_cancel_ends_it_between_the_documents_of_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "cok.zip"
    path.write_bytes(packed(**{f"b{n}_xml": b"<a/>" for n in range(10)}))
    asked = iter(range(100))

    def checkpoint() -> None:
        if next(asked) == 5:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        check_paths([path], today=TODAY, report=nothing, checkpoint=checkpoint)
    assert next(asked) == 6

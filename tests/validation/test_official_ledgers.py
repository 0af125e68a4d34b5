"""e-Defter files are known by content and meet the rules of the installed package under their final name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.domain.findings import Finding
from app.runtime.children import ChildPool
from app.validation.files import check_file, ledger_kind
from app.validation.packages.installed import InstalledRules
from app.validation.packages.store import PackageStore
from tests.validation.packagemaker import schema, zipped

GL = "http://www.xbrl.org/int/gl/cor/2006-10-25"
TODAY = date(2026, 3, 20)


def _ledger(root: str, entries: str, *, lines: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><?xml-stylesheet href="x.xslt"?><edefter:{root} '
        f'xmlns:edefter="http://www.edefter.gov.tr" xmlns:gl-cor="{GL}">'
        f'<gl-cor:entriesType contextRef="c">{entries}</gl-cor:entriesType>{lines}</edefter:{root}>'
    ).encode()


@pytest.mark.parametrize(
    ("root", "entries", "kind"),
    [
        ("defter", "journal", "ledger-y"),
        ("defter", "ledger", "ledger-k"),
        ("defter", "assets", "ledger-e"),
        ("berat", "journal", "ledger-yb"),
        ("berat", "ledger", "ledger-kb"),
        ("berat", "assets", "ledger-eb"),
        ("defterraporu", "trialbalance", "ledger-dr"),
        ("defter", "something", ""),
    ],
)
def test_the_kind_of_a_ledger_file(root: str, entries: str, kind: str) -> None:
    raw = _ledger(root, entries)
    assert ledger_kind(raw) == kind
    assert check_file(raw, today=TODAY).kind == (kind or "unknown")


def test_other_files_are_no_ledgers() -> None:
    assert ledger_kind(b"<a>http://www.edefter.gov.tr</a>") == ledger_kind(b"") == ""


_HEAD = f'<ns prefix="gl-cor" uri="{GL}"/><ns prefix="edefter" uri="http://www.edefter.gov.tr"/>'
_RULES = (
    '<let name="dosyaAdi" value="base-uri()"/><pattern id="p"><rule context="/edefter:defter">'
    "<assert test=\"contains($dosyaAdi, '1234567808-')\">Dosya adı yanlış.</assert></rule></pattern>"
    '<pattern id="q"><rule context="gl-cor:line"><assert test="not(preceding-sibling::node()/gl-cor:n) or '
    'xs:decimal(gl-cor:n) &gt;= max(preceding-sibling::node()/xs:decimal(gl-cor:n))">Sıra yanlış.</assert></rule>'
    "</pattern>"
)
_XSD = (
    b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.edefter.gov.tr">'
    b'<xs:element name="defter"><xs:complexType><xs:sequence><xs:any maxOccurs="unbounded" processContents="skip"/>'
    b"</xs:sequence></xs:complexType></xs:element></xs:schema>"
)


@pytest.fixture
def rules(tmp_path: Path) -> Iterator[InstalledRules]:
    with ChildPool(1) as pool:
        store = PackageStore(tmp_path, pool=lambda: pool, now=lambda: datetime(2026, 3, 20, tzinfo=UTC))
        yield InstalledRules(store, pool=lambda: pool, today=lambda: TODAY)


def _found(rules: InstalledRules, raw: bytes, name: str) -> list[Finding]:
    return check_file(raw, today=TODAY, rules=rules, file_name=name).findings


def test_a_ledger_meets_its_rules_under_its_name(rules: InstalledRules) -> None:
    good = "1234567808-202601-K-000001.xml"
    raw = _ledger(
        "defter", "ledger", lines="".join(f"<gl-cor:line><gl-cor:n>{n}</gl-cor:n></gl-cor:line>" for n in (1, 3, 2))
    )
    assert [f.code for f in _found(rules, raw, good)] == ["OFFICIAL.NO_PACKAGE"]
    body = schema(_HEAD + _RULES, binding="xslt2")
    files = {"p/xsd/edefter.xsd": _XSD, "p/sch/edefter_kebir.sch": body, "p/sch/edefter_yevmiye.sch": body}
    rules.store.install(zipped(files), "defter.zip")
    (found,) = _found(rules, raw, good)
    assert (found.official, found.xpath) == ("Sıra yanlış.", "/defter/gl-cor:line[3]")
    assert found.code.startswith("q-")
    assert sorted(f.official for f in _found(rules, raw, "baska.xml")) == ["Dosya adı yanlış.", "Sıra yanlış."]
    # A kind whose rules the package does not hold is checked by its schema alone.
    assert _found(rules, _ledger("defter", "assets"), good) == []


@pytest.mark.shared
def test_the_official_ledger_rules_run_on_every_kind(rules: InstalledRules, shared: Path) -> None:
    root = shared / "gib" / "edefter-paketi"
    files = {f"e/{p.relative_to(root).as_posix()}": p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}
    rules.store.install(zipped(files), "defter.zip")
    for name, entries in (
        ("defter", "journal"),
        ("defter", "ledger"),
        ("defter", "assets"),
        ("berat", "journal"),
        ("berat", "ledger"),
        ("berat", "assets"),
        ("defterraporu", "trialbalance"),
    ):
        findings = _found(rules, _ledger(name, entries), "1234567808-202601-X-000000.xml")
        assert not [f for f in findings if f.code.startswith("OFFICIAL.")]
        assert any(f.layer == "xsd" for f in findings), (name, entries)
        if name != "defterraporu":
            # The report's rules do not miss a seal; those of all others do.
            assert any("ds:Signature" in f.official for f in findings if f.layer == "schematron"), (name, entries)

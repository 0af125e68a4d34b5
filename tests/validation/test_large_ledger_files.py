"""Ledger files that no process of ours holds whole: the same findings at the same places as of small ones, the same
doors shut, and an end when the user wants one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.domain.errors import JobCancelled
from app.domain.findings import Finding, Severity
from app.runtime.children import ChildPool
from app.validation.official import LedgerVerdict, NoPackage
from app.validation.packages import ledger_files
from app.validation.packages.installed import InstalledRules
from app.validation.packages.store import PackageStore
from tests.validation.ledgermaker import make_month, package_zip
from tests.validation.packagemaker import schema, zipped

GL = "http://www.xbrl.org/int/gl/cor/2006-10-25"
NAME = "1234567808-202601-K-000001.xml"
HEAD = f'<ns prefix="c" uri="{GL}"/><ns prefix="e" uri="http://www.edefter.gov.tr"/>'
RULES = (
    '<pattern id="p"><rule context="/e:defter"><assert test="contains(base-uri(), \'1234567808-\')">Dosya adı yanlış.'
    "</assert></rule></pattern>"
    '<pattern id="q"><rule context="c:line"><assert id="Next" test="not(following::node()/c:n) or '
    'following::node()/c:n = c:n + 1">Sıra kopuk: <value-of select="c:n"/>.</assert>'
    '<assert id="Code" test="not(@k) or @k = \'1\'">Kod yanlış.</assert></rule></pattern>'
    '<pattern id="r"><rule context="@k"><assert id="K" test=". != \'9\'">Dokuz olmaz.</assert></rule></pattern>'
)
XS = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.edefter.gov.tr" '
    'xmlns:c="{GL}"><xs:import namespace="{GL}" schemaLocation="gl.xsd"/><xs:element name="defter"><xs:complexType>'
    '<xs:sequence><xs:element ref="c:entriesType"/><xs:element ref="c:line" minOccurs="0" maxOccurs="unbounded"/>'
    "</xs:sequence></xs:complexType></xs:element></xs:schema>"
).replace("{GL}", GL)
GL_XS = (
    f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{GL}" elementFormDefault="qualified">'
    '<xs:element name="entriesType" type="xs:string"/><xs:element name="line"><xs:complexType><xs:sequence>'
    '<xs:element name="n" type="xs:integer"/><xs:element name="x" minOccurs="0"><xs:complexType><xs:sequence>'
    '<xs:element name="y" type="xs:date" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>'
    '</xs:sequence><xs:attribute name="k" type="xs:integer"/></xs:complexType></xs:element></xs:schema>'
)


@pytest.fixture
def rules(tmp_path: Path) -> Iterator[InstalledRules]:
    with ChildPool(1) as pool:
        store = PackageStore(tmp_path / "p", pool=lambda: pool, now=lambda: datetime(2026, 3, 20, tzinfo=UTC))
        yield InstalledRules(store, pool=lambda: pool, today=lambda: date(2026, 3, 20))


@pytest.fixture
def streamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is large."""
    monkeypatch.setattr(ledger_files, "WHOLE_BYTES", 0)


def install(rules: InstalledRules, body: str = RULES) -> InstalledRules:
    files = {
        "p/xsd/edefter.xsd": XS.encode(),
        "p/xsd/gl.xsd": GL_XS.encode(),
        "p/sch/edefter_kebir.sch": schema(HEAD + body, binding="xslt2"),
        "p/sch/edefter_yevmiye.sch": schema(HEAD + body, binding="xslt2"),
    }
    rules.store.install(zipped(files), "defter.zip")
    return rules


def ledger(*lines: str, entries: str = "ledger") -> bytes:
    body = "\n".join(lines)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- > --><e:defter xmlns:e="http://www.edefter.gov.tr" '
        f'xmlns:c="{GL}"><c:entriesType>{entries}</c:entriesType>\n{body}</e:defter>'
    ).encode()


def line(number: object, more: str = "", attributes: str = "") -> str:
    return f"<c:line{attributes}><c:n>{number}</c:n>{more}</c:line>"


def judged(rules: InstalledRules, path: Path, raw: bytes, name: str = NAME) -> LedgerVerdict:
    path.write_bytes(raw)
    return rules.check_ledger(path, kind="ledger-k", file_name=name)


def told(findings: list[Finding]) -> list[tuple[str, str, str, int | None, str]]:
    return [(f.layer, f.code, f.official or f.message, f.line, f.xpath) for f in findings]


CASES = {
    "good": ledger(*(line(n) for n in range(1, 30))),
    "gap": ledger(*(line(n) for n in (1, 2, 5, 6))),
    "one line only": ledger(line(1)),
    "no line": ledger(),
    "attribute": ledger(line(1, attributes=" k='1'"), line(2, attributes=" k='9'"), line(3, attributes=" k='7'")),
    "no number": ledger(line(1), line("x"), line(3)),
    "number no integer": ledger(line(1), line("2.0"), line(3)),
    "element too many": ledger(line(1, "<c:z/>"), line(2)),
    "element missing": ledger("<c:line/>", line(2), "<c:line></c:line>"),
    "text between": ledger(line(1), "söz > söz", line(2), "son"),
    "bad date deep": ledger(line(1, "<c:x><c:y>2026-01-01</c:y>\n<c:y>2026-13-01</c:y></c:x>"), line(2)),
    "missing deep": ledger(line(1, "<c:x></c:x>"), line(2, "<c:x/>")),
    "unknown attribute": ledger(line(1, attributes=' z="a > b"'), line(2)),
    "bad attribute": ledger(line(1, attributes=" k='bir'"), line(2)),
    "other prefix": ledger(line(1))
    .replace(b"xmlns:c=", b"xmlns:gl=")
    .replace(b"<c:", b"<gl:")
    .replace(b"</c:", b"</gl:"),
    "no prefix": ledger("<line xmlns='" + GL + "'><n>x</n></line>", line(9)),
    "wrong root": b'<e:berat xmlns:e="http://www.edefter.gov.tr"/>',
    "no entries type": b'<e:defter xmlns:e="http://www.edefter.gov.tr"/>',
    "other entries type": ledger(line(1), entries="bilinmeyen"),
    "utf-16": ledger(line(1), line(3)).decode().replace("UTF-8", "UTF-16").encode("utf-16"),
}


DTD = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


def test_a_large_file_gives_what_a_small_one_gives(
    rules: InstalledRules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(rules)
    small = {name: judged(rules, tmp_path / "a.xml", raw) for name, raw in CASES.items()}
    monkeypatch.setattr(ledger_files, "WHOLE_BYTES", 0)
    seen = set()
    for name, raw in CASES.items():
        large = judged(rules, tmp_path / ".b.tmp", raw)
        assert told(large.findings) == told(small[name].findings), name
        assert [one.rules for one in large.work] == [one.rules for one in small[name].work], name
        seen |= {finding.code for finding in large.findings}
    assert {"Next", "Code", "K", "XSD.VALUE", "XSD.MISSING", "XSD.TEXT", "XSD.ATTRIBUTE"} <= seen, seen
    assert [f.code for f in small["good"].findings] == []
    assert [f.xpath for f in small["gap"].findings] == ["/defter/c:line[2]"]


@pytest.mark.parametrize("whole_bytes", [0, 1 << 30])
def test_a_ledger_may_hold_any_number_of_ampersands(
    rules: InstalledRules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole_bytes: int
) -> None:
    """Saxon's parser counts them as entities and by itself takes no more than 100,000."""
    monkeypatch.setattr(ledger_files, "WHOLE_BYTES", whole_bytes)
    verdict = judged(install(rules), tmp_path / "a.xml", ledger(line(1), "&amp;" * 100_010, line(3)))
    codes = {finding.code for finding in verdict.findings}
    assert "Next" in codes and "OFFICIAL.ENGINE" not in codes


@pytest.mark.usefixtures("streamed")
def test_the_file_is_judged_by_its_final_name(rules: InstalledRules, tmp_path: Path) -> None:
    install(rules)
    good = judged(rules, tmp_path / ".muhurdar-1.tmp", CASES["good"])
    assert good.findings == []
    assert [f.official for f in judged(rules, tmp_path / NAME, CASES["good"], "x.xml").findings] == [
        "Dosya adı yanlış."
    ]
    odd = tmp_path / "Ayşe'nin %20 defterleri #1"
    odd.mkdir()
    assert judged(rules, odd / NAME, CASES["good"], "").findings == []
    assert [(w.engine, w.how, len(w.rules)) for w in good.work] == [("xsd", "stream", 1), ("schematron", "whole", 4)]
    assert good.words.startswith("xsd stream, schematron 20") and good.words.endswith(" (4 kural)")
    assert good.work[1].to_json()["rules"][1:] == ["Next", "Code", "K"]


@pytest.mark.usefixtures("streamed")
@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "XML.EMPTY"),
        (ledger(line(1))[:-30], "XML.TRUNCATED"),
        (ledger(line("&bad;")), "XML.MALFORMED"),
        (DTD + ledger(line("&x;")).partition(b"?>\n")[2], "XML.DTD"),
        (
            ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
             "<a>&b;</a>").encode("utf-16"),
            "XML.DTD",
        ),
    ],
)  # fmt: skip
def test_what_is_no_xml_or_wants_to_be_more_is_refused(
    raw: bytes, code: str, rules: InstalledRules, tmp_path: Path
) -> None:
    (found,) = judged(install(rules), tmp_path / "a.xml", raw).findings
    assert (found.code, found.severity, found.layer) == (code, Severity.ERROR, "read")


@pytest.mark.usefixtures("streamed")
@pytest.mark.parametrize(
    "reach",
    [
        "doc('file:///etc/hostname')/*",
        "doc('http://127.0.0.1:9/x')/*",
        "unparsed-text('file:///etc/hostname')",
        "document('/etc/hostname')",
        "collection('/etc')",
        "environment-variable('PATH') = 'x'",
    ],
)
def test_a_rule_that_reaches_outside_gets_nothing(reach: str, rules: InstalledRules, tmp_path: Path) -> None:
    body = f'<pattern id="p"><rule context="/e:defter"><assert id="Out" test="{reach}">x</assert></rule></pattern>'
    (found,) = judged(install(rules, body), tmp_path / "a.xml", CASES["good"]).findings
    assert (found.code, found.severity) == ("Out", Severity.ERROR)


@pytest.mark.usefixtures("streamed")
@pytest.mark.expected_logs("official rules stopped")
def test_a_rule_that_loops_is_stopped(rules: InstalledRules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = (
        '<pattern id="p"><rule context="/e:defter"><assert id="Loop" test="sum(for $x in 1 to 2000000, $y in 1 to '
        '2000000 return $x mod $y) = 1">x</assert></rule></pattern>'
    )
    install(rules, body)
    monkeypatch.setattr(ledger_files, "_DEADLINE_S", 3.0)
    (found,) = judged(rules, tmp_path / "a.xml", CASES["good"]).findings
    assert (found.code, found.severity) == ("OFFICIAL.STOPPED", Severity.ERROR)


class Impatient:
    """Cancelled once the rules are asked."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def report(self, done: int, total: int, what: str) -> None:
        self.said.append(what)

    def checkpoint(self) -> None:
        if any("kuralları" in what for what in self.said):
            raise JobCancelled


@pytest.mark.usefixtures("streamed")
def test_cancelling_ends_the_child_and_the_next_file_is_served(rules: InstalledRules, tmp_path: Path) -> None:
    body = (
        '<pattern id="p"><rule context="/e:defter"><assert id="Loop" test="sum(for $x in 1 to 2000000, $y in 1 to '
        '2000000 return $x mod $y) = 1">x</assert></rule></pattern>'
    )
    install(rules, body)
    path = tmp_path / NAME
    path.write_bytes(CASES["good"])
    impatient = Impatient()
    with pytest.raises(JobCancelled):
        rules.check_ledger(path, kind="ledger-k", progress=impatient)
    assert impatient.said == [f"{NAME}: GİB şeması denetleniyor", f"{NAME}: GİB kuralları denetleniyor"]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ledger-check")]
    assert judged(install(rules), path, CASES["good"]).findings == []


@pytest.mark.usefixtures("streamed")
def test_a_file_larger_than_gib_takes_is_told_and_its_schema_looked_at(
    rules: InstalledRules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(rules)
    monkeypatch.setattr(ledger_files, "LARGEST_BYTES", 100)
    verdict = judged(rules, tmp_path / "a.xml", CASES["gap"])
    assert [(f.code, f.severity) for f in verdict.findings] == [("OFFICIAL.TOO_LARGE", Severity.ERROR)]
    assert [one.engine for one in verdict.work] == ["xsd"]


@pytest.mark.usefixtures("streamed")
def test_a_flood_of_faults_is_cut_off(rules: InstalledRules, tmp_path: Path) -> None:
    install(rules)
    flood = judged(rules, tmp_path / "a.xml", ledger(*(line(7, attributes=" k='x'") for _ in range(9_000))))
    for layer in ("xsd", "schematron"):
        found = [f for f in flood.findings if f.layer == layer]
        assert len(found) == 2_001 and found[-1].code == "OFFICIAL.MORE", layer
        assert found[0].line == 3 and found[0].xpath.startswith("/defter/c:line[1]")
        assert found[1_998].xpath.startswith("/defter/c:line[")


def test_without_a_package_it_says_so(rules: InstalledRules, tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(CASES["gap"])
    for verdict in (rules.check_ledger(path, kind="ledger-k"), NoPackage().check_ledger(path, kind="ledger-k")):
        assert [f.code for f in verdict.findings] == ["OFFICIAL.NO_PACKAGE"]
        assert verdict.work == () and verdict.words == ""


@pytest.mark.shared
def test_a_sealed_month_and_a_spoilt_one_by_the_official_package(
    rules: InstalledRules, tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    monkeypatch.setenv("MUHURDAR_VAULT_PASSPHRASE", "kasa-icin-uzun-bir-parola")
    (tmp_path / "ay").mkdir()
    books = make_month(tmp_path / "ay")
    rules.store.install(package_zip(shared), "defter.zip")
    spoilt = {
        # A certificate's number of 160 bits is right: the schema's engine cannot hold it.
        "Y": (b"</ds:X509SerialNumber>", b"123456789012345678901234567890</ds:X509SerialNumber>"),
        "K": (b"</gl-cor:postingDate>", b"0</gl-cor:postingDate>"),
        "YB": (b"<gl-bus:webSiteURL", b"<gl-bus:webSite"),
    }
    small: dict[str, LedgerVerdict] = {}
    for size in (8 << 20, 0):
        monkeypatch.setattr(ledger_files, "WHOLE_BYTES", size)
        for kind, (before, after) in spoilt.items():
            raw = (
                books[kind].read_bytes().replace(before, after).replace(b"</gl-bus:webSiteURL>", BROKEN.get(kind, URL))
            )
            verdict = judged(rules, tmp_path / "a.xml", raw, books[kind].name)
            assert bool(verdict.findings) == (kind != "Y"), (kind, verdict.findings)
            assert told(verdict.findings) == told(small.setdefault(kind, verdict).findings)
            assert verdict.work[1].rules == small[kind].work[1].rules and len(verdict.work[1].rules) > 100


URL = b"</gl-bus:webSiteURL>"
BROKEN = {"YB": b"</gl-bus:webSite>"}

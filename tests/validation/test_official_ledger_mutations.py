"""GİB's ledger rules as they are written, in our quick form and in the form for large files say the same: of sealed
ledgers, of the same with one rule after another broken, and of ones broken anywhere.

Nothing of the official rules is left to checks of our own, whatever a file's size; this is what stands behind that.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app.validation.schematron.compiler import compile_schema
from app.validation.schematron.engine import EngineFailed, FileEngine
from app.validation.schematron.model import Schema, read_schema
from tests.validation.ledgermaker import WAYS, change, make_month, mutations
from tests.validation.schematronrun import TODAY, skeleton

pytestmark = pytest.mark.shared
SHEETS = {
    "Y": "edefter_yevmiye",
    "K": "edefter_kebir",
    "YB": "edefter_berat",
    "KB": "edefter_berat",
    "E": "envanter_defter",
    "EB": "envanter_berat",
}
COR, BUS = "{http://www.xbrl.org/int/gl/cor/2006-10-25}", "{http://www.xbrl.org/int/gl/bus/2006-10-25}"
#: (rule's words or the beginning of its id, ordinal, attribute, whether the test itself broke)
Found = list[tuple[str, int, str, bool]]
#: What all tests use breaks (the period, the file's number), and nothing can be said of the file.
NOT_ASKED: Found = [("", 0, "", True)]


class Judges:
    """One kind's rules in all their forms."""

    def __init__(self, schema: Schema, tmp: Path) -> None:
        start = tmp / "start.xml"
        start.write_text("<a/>")
        self._engine = FileEngine()
        self._engine.open(start)
        self.total = 0
        for name, compiled in (
            ("quick", compile_schema(schema)),
            ("plain careful", compile_schema(schema, hoist=False, careful=True)),
            ("probe", compile_schema(schema, probe=True)),
            ("large", compile_schema(schema, nodes_told=10_000)),
            ("large careful", compile_schema(schema, nodes_told=10_000, careful=True)),
        ):
            self._engine.load(name, lambda compiled=compiled: compiled)  # type: ignore[misc]
            self.total = len(compiled.entries)
        self.as_written = skeleton(schema)

    def quick(self, root: etree._Element, uri: str) -> Found:
        """As `child.check` does it, with a document in memory."""
        document = self._engine.document(root, base_uri=uri)
        try:
            hits = self._engine.run("quick", document, today=TODAY, parameters={})
        except EngineFailed:
            try:
                hits = self._engine.run("plain careful", document, today=TODAY, parameters={})
            except EngineFailed:
                return NOT_ASKED
        return sorted((hit.entry.test, hit.ordinal, hit.attribute, hit.broke) for hit in hits)

    def large(self, root: etree._Element, name: str) -> Found:
        """As `ledger_child.check_rules` does it, of a file that goes by another name still."""
        document = self._engine.document(root, base_uri="file:///tmp/.half-written.tmp")
        told = {"today": TODAY, "file_name": name}
        try:
            if not self._engine.fails("probe", document, **told):
                return []
            hits, is_cut = self._engine.find("large", document, **told)
        except EngineFailed:
            try:
                hits, is_cut = self._engine.find("large careful", document, **told)
            except EngineFailed:
                return NOT_ASKED
        assert not is_cut and hits
        places = self._engine.ordinals(document, [hit.identity for hit in hits if hit.identity])
        return sorted((h.entry.test, places.get(h.identity, 0), h.attribute, h.broke) for h in hits)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("ay")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        patch.setenv("MUHURDAR_VAULT_PASSPHRASE", "kasa-icin-uzun-bir-parola")
        return make_month(place)


@pytest.fixture(scope="module")
def judges(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Judges]:
    made: dict[str, Judges] = {}

    def of(kind: str) -> Judges:
        name = f"sch/{SHEETS[kind]}.sch"
        if name not in made:
            folder = shared / "gib" / "edefter-paketi"
            schema = read_schema(name, lambda one: (folder / one).read_bytes())
            made[name] = Judges(schema, tmp_path_factory.mktemp("saxon"))
        return made[name]

    return of


def agreed(judge: Judges, root: etree._Element, name: str) -> Found:
    """What all forms of the rules find; the test fails where they differ."""
    found = judge.large(root, name)
    assert found == judge.quick(root, f"file:///{name}")
    if not any(broke for *_, broke in found):
        plain = [
            (test, ordinal, attribute, False)
            for _, test, ordinal, attribute in judge.as_written(root, base_uri=f"file:///{name}")
        ]
        assert found == sorted(plain)
    return found


@pytest.mark.parametrize("kind", SHEETS)
def test_sealed_ledgers_break_nothing_and_a_wrong_name_is_seen(
    kind: str, books: dict[str, Path], judges: Callable[[str], Judges]
) -> None:
    root = etree.parse(books[kind]).getroot()
    assert agreed(judges(kind), root, books[kind].name) == []
    assert agreed(judges(kind), root, "1111111111-202601-X-000000.xml")


def _set(tag: str, value: str, place: int = 0) -> Callable[[etree._Element], None]:
    def do(root: etree._Element) -> None:
        list(root.iter(tag))[place].text = value

    return do


def _remove(tag: str) -> Callable[[etree._Element], None]:
    def do(root: etree._Element) -> None:
        for element in list(root.iter(tag)):
            element.getparent().remove(element)  # type: ignore[union-attr]

    return do


def _backwards(tag: str) -> Callable[[etree._Element], None]:
    def do(root: etree._Element) -> None:
        elements = list(root.iter(tag))
        for element, text in zip(elements, [one.text for one in reversed(elements)], strict=True):
            element.text = text

    return do


def _all(tag: str, value: str) -> Callable[[etree._Element], None]:
    def do(root: etree._Element) -> None:
        for element in root.iter(tag):
            element.text = value

    return do


def _first_goes_last(root: etree._Element) -> None:
    headers = list(root.iter(f"{COR}entryHeader"))
    headers[-1].addnext(headers[0])


def _double_header(root: etree._Element) -> None:
    first = next(root.iter(f"{COR}entryHeader"))
    first.addnext(etree.fromstring(etree.tostring(first)))


def _foreign_line(root: etree._Element) -> None:
    """A line of one account under another's header."""
    first, *_, last = root.iter(f"{COR}entryHeader")
    first.append(next(last.iter(f"{COR}entryDetail")))


#: (kind, what is broken, the words of the rule that must speak) for all rules that look across vouchers and accounts.
ACROSS = [
    ("Y", _set(f"{COR}entryNumberCounter", "77", 4), "following::node()/gl-cor:entryNumberCounter"),
    ("Y", _all(f"{COR}entryNumberCounter", "5"), "following::node()/gl-cor:entryNumberCounter"),
    ("Y", _backwards(f"{COR}entryNumberCounter"), "following::node()/gl-cor:entryNumberCounter"),
    ("Y", _first_goes_last, "following::node()/gl-cor:entryNumberCounter"),
    ("Y", _set(f"{COR}enteredDate", "2026-03-31", 0), "following::node()/gl-cor:enteredDate"),
    ("Y", _backwards(f"{COR}enteredDate"), "following::node()/gl-cor:enteredDate"),
    ("Y", _set(f"{COR}lineNumber", "x", 3), "following::node()/number(gl-cor:lineNumber)"),
    ("Y", _all(f"{COR}lineNumber", "3"), "following::node()/number(gl-cor:lineNumber)"),
    ("Y", _backwards(f"{COR}lineNumber"), "following::node()/number(gl-cor:lineNumber)"),
    ("Y", _remove(f"{COR}lineNumber"), "gl-cor:lineNumber"),
    ("Y", _remove(f"{COR}entryHeader"), "$entryHeaderSayisi > 0"),
    ("E", _set(f"{COR}entryNumberCounter", "77", 4), "following::node()/gl-cor:entryNumberCounter"),
    ("E", _all(f"{COR}lineNumber", "3"), "following::node()/number(gl-cor:lineNumber)"),
    ("E", _backwards(f"{COR}lineNumber"), "following::node()/number(gl-cor:lineNumber)"),
    ("E", _set(f"{COR}enteredDate", "2026-04-01", 0), "following::node()/gl-cor:enteredDate"),
    ("K", _first_goes_last, "fct:isSorted($accoundMainIdList)"),
    ("K", _double_header, "$altHesapSayisi = $farkliAltHesapSayisi"),
    (
        "K",
        _foreign_line,
        "count(distinct-values(gl-cor:entryDetail/gl-cor:account/normalize-space(gl-cor:accountMainID",
    ),
    ("K", _backwards(f"{COR}lineNumberCounter"), "preceding-sibling::node()"),
    ("K", _set(f"{COR}lineNumberCounter", "99", 0), "preceding-sibling::node()"),
    ("K", _set(f"{COR}lineNumberCounter", "x", 1), "preceding-sibling::node()"),
    ("K", _remove(f"{COR}accountSub"), "$altHesabiOlmayanAnaHesapSayisi = $farkliAltHesabiOlmayanAnaHesapSayisi"),
    ("K", _set(f"{BUS}totalDebit", "x", 0), "gl-bus:totalDebit >= 0"),
    ("K", _set(f"{COR}amount", "bin", 2), "gl-bus:totalDebit - gl-bus:totalCredit"),
]


@pytest.mark.parametrize(("kind", "break_it", "rule"), ACROSS, ids=[f"{k}-{n}" for n, (k, *_) in enumerate(ACROSS)])
def test_a_rule_that_looks_across_the_document_speaks_in_every_form(
    kind: str,
    break_it: Callable[[etree._Element], None],
    rule: str,
    books: dict[str, Path],
    judges: Callable[[str], Judges],
) -> None:
    root = etree.parse(books[kind]).getroot()
    break_it(root)
    found = agreed(judges(kind), root, books[kind].name)
    assert any(rule in test for test, *_ in found), found


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "wanted"), [("Y", 100), ("K", 90), ("YB", 70)])
def test_ledgers_broken_anywhere_are_judged_alike(
    kind: str, wanted: int, books: dict[str, Path], judges: Callable[[str], Judges]
) -> None:
    """As many of the official checks as the mutations reach: a form that forgot one of them would not go unnoticed."""
    judge, root = judges(kind), etree.parse(books[kind]).getroot()
    broken: dict[str, int] = defaultdict(int)
    for _, other in mutations(root, seed=len(kind)):
        for test, *_ in agreed(judge, other, books[kind].name):
            broken[test] += 1
    assert len(broken) >= wanted, (len(broken), judge.total)


@settings(max_examples=60)
@given(choice=st.randoms(use_true_random=False), kind=st.sampled_from(["Y", "K"]))
def test_any_change_is_judged_alike(
    choice: random.Random, kind: str, books: dict[str, Path], judges: Callable[[str], Judges]
) -> None:
    root = etree.parse(books[kind]).getroot()
    elements = list(root.iter(etree.Element))
    for _ in range(choice.randint(1, 5)):
        change(choice.choice(elements[1:]), choice, choice.randrange(WAYS))
    agreed(judges(kind), root, books[kind].name)

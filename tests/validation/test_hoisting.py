"""The rewrites make tests cheaper and change no finding: piece by piece, on random trees, on all official samples and
on mutated ones, against the same rules left as they are written and against the plain skeleton way."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from app.validation.schematron import compiler
from app.validation.schematron.hoist import MANY_ELEMENTS, Hoisted
from app.validation.schematron.model import Schema, read_schema
from app.validation.schematron.xpath import joined, split_union, words
from tests.validation.packagemaker import schema
from tests.validation.schematronrun import Runner, read, skeleton


@pytest.mark.parametrize(
    "expression",
    [
        "not(//cbc:UBLVersionID = '2.1') or contains($UnitCodeList, concat(',',.,','))",
        "a-b.c/d:e[@x != \"it''s ../a\"] (: a comment (: inside :) :) | $v:n + 1.5e3 * .5",
        "matches(., '^(\\s)*?[0-9]{0,16}$') and ../.. is /",
    ],
)
def test_words_put_together_are_the_expression(expression: str) -> None:
    tokens = words(expression)
    assert "".join(token.text for token in tokens) == expression
    assert [token.text for token in words("a (: ../b :) ..")] == ["a", " ", "(: ../b :)", " ", ".."]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Rule 1: a path of names from the top.
        ("not(//a = '1')", "not($mhr:g1 = '1')"),
        ("//a/b[1]", "$mhr:g1/b[1]"),
        ("//a/b/c", "$mhr:g1"),
        ("//a[1]", "//a[1]"),
        ("a//b", "a//b"),
        ("a/*//b", "a/*//b"),
        ("(a)//b", "(a)//b"),
        ("2 * //b", "2 * $mhr:g1"),
        ("and //b", "and //b"),
        ("a and //b", "a and $mhr:g1"),
        ("//text()", "//text()"),
        ("//@n", "//@n"),
        ("//a//b", "$mhr:g1//b"),
        ("'//a'", "'//a'"),
        # Rule 2: a child of the parent, of the parent's parent ...
        ("../a = 1", "key('mhr:k1', generate-id(..)) = 1"),
        ("../../a/b", "key('mhr:k1', generate-id(../..))/b"),
        ("../a[1]/@x", "key('mhr:k1', generate-id(..))[1]/@x"),
        ("b[../a]", "b[key('mhr:k1', generate-id(..))]"),
        ("b/../a", "b/../a"),
        ("../@x", "../@x"),
        ("../*", "../*"),
        ("../text()", "../text()"),
        ("../child::a", "../child::a"),
        # Rule 3: a child of an ancestor.
        ("ancestor::x/a", "ancestor::x/key('mhr:k1', generate-id(.))"),
        ("b/ancestor::x/a", "b/ancestor::x/a"),
        # Rule 4: a look back over all earlier siblings.
        (
            "n >= max(preceding-sibling::node()/xs:decimal(n))",
            "n >= (.[not(. instance of attribute())]/accumulator-before('mhr:a1')(generate-id(..)) "
            "treat as xs:decimal?)",
        ),
        (
            "not(preceding-sibling::node()/n)",
            "not(.[not(. instance of attribute())]/accumulator-before('mhr:a1')(generate-id(..)))",
        ),
        ("not(preceding-sibling::b/n)", "not(preceding-sibling::b/n)"),
        ("not(preceding-sibling::node()/n/m)", "not(preceding-sibling::node()/n/m)"),
        ("max(preceding-sibling::b/xs:decimal(n))", "max(preceding-sibling::b/xs:decimal(n))"),
        # Rule 5: a code list.
        ("contains($other, concat(',',.,','))", "contains($other, concat(',',.,','))"),
        ("contains($list, concat(',',.,';'))", "contains($list, concat(',',.,';'))"),
        ("contains($list, .)", "contains($list, .)"),
        ("for $list in x return contains($list, concat(',',.,','))",) * 2,
        # Rule 6: the day is the application's.
        ("xs:date(current-date())", "xs:date($mhr:today)"),
    ],
)
def test_what_is_rewritten_and_what_is_left_alone(before: str, after: str) -> None:
    assert Hoisted(strings={"list"}).rewrite(before) == after


def test_without_hoisting_only_the_day_is_replaced() -> None:
    expression = "//a = ../b or contains($list, concat(',',.,','))"
    assert Hoisted(active=False, strings={"list"}).rewrite(expression) == expression
    assert Hoisted(active=False).rewrite("current-date()") == "$mhr:today"


def test_alternatives_are_split_outside_brackets_only() -> None:
    assert split_union("a | b[c | d] | (e|f)") == ["a", "b[c | d]", "(e|f)"]
    assert joined(words("a(: x :)b")) == "a b"


TRICKY = schema(
    """
<let name="list" value="',A,B,C,,D E,'"/>
<rule context="//@k"><assert id="K" test="contains($list, concat(',', ., ','))">k</assert></rule>
<pattern id="p">
  <rule context="a/b"><assert id="AB1" test="../k = 'A' or ../../k">1</assert>
    <assert id="AB2" test="count(../b) = count(//b)">2</assert>
    <assert id="AB3" test="count(../b[1]/k) + count(//b[1]) &gt; 2">3</assert>
    <assert id="AB4" test="contains($list, concat(',', k, @k, ','))">4</assert>
    <assert id="AB5" test="ancestor::a/k = 'B'">5</assert>
    <assert id="AB6" test="k/../../k = ../k">6</assert></rule>
  <rule context="b|a"><assert id="BA" test="contains($list, concat(',', ../k, ','))">7</assert></rule>
  <rule context="k"><assert id="KN" test="count(../k) = 1 and not(../../../a/k = .)">8</assert>
    <assert id="KL" test="string-length(../../b) != 1">9</assert></rule>
</pattern>
<pattern id="q"><rule context="*[@k]"><assert id="Q" test="//a/b/@k = @k or ../@k">10</assert></rule></pattern>
"""
)


def _random_tree(seed: int) -> etree._Element:
    chance = random.Random(seed)

    def grow(depth: int) -> etree._Element:
        element = etree.Element(chance.choice("aabbk"))
        if chance.random() < 0.5:
            element.set("k", chance.choice(["A", "B", "X", "A,B", "", "D E"]))
        for _ in range(chance.randint(0, 4) if depth else 0):
            element.append(grow(depth - 1))
        if not len(element):
            element.text = chance.choice(["A", "B", "X", "", "A,B", ","])
        return element

    return grow(5)


@pytest.fixture(params=[0, MANY_ELEMENTS], ids=["with tables of the lists", "without"])
def many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """From how many elements on a document's code lists are asked by tables."""
    monkeypatch.setattr(compiler, "MANY_ELEMENTS", request.param)


@pytest.mark.usefixtures("many")
def test_random_trees_give_the_same_findings_three_ways() -> None:
    made = read({"main.sch": TRICKY})
    hoisted, plain, walked = Runner(made, hoist=True), Runner(made, hoist=False), skeleton(made)
    total = 0
    for seed in range(60):
        tree = _random_tree(seed)
        found = hoisted(tree)
        assert found == plain(tree) == walked(tree), etree.tostring(tree)
        total += len(found)
    assert total > 500


LOOK_BACK = schema(
    '<pattern id="p"><rule context="line"><assert id="Sorted" test="not(preceding-sibling::node()) or not(n) or '
    "not(preceding-sibling::node()/n) or xs:decimal(n) &gt;= max(preceding-sibling::node()/xs:decimal(n))"
    '">sıra</assert>'
    '<assert id="First" test="not(preceding-sibling::node())">ilk</assert></rule>'
    '<rule context="n"><assert id="Only" test="not(preceding-sibling::node()/n) and not(preceding-sibling::node())">'
    'tek</assert></rule></pattern><pattern id="q"><rule context="@k|/|text()"><assert id="Every" '
    'test="not(preceding-sibling::node()) and not(preceding-sibling::node()/n)">ilk</assert></rule></pattern>',
    binding="xslt2",
)


def test_a_look_back_over_earlier_lines_gives_the_same_findings() -> None:
    made = read({"main.sch": LOOK_BACK})
    hoisted, plain, walked = Runner(made, hoist=True), Runner(made, hoist=False), skeleton(made)
    chance = random.Random(7)
    seen = 0
    for _ in range(30):
        root = etree.Element("book")
        for _ in range(3):
            account = etree.SubElement(root, "account")
            for _ in range(chance.randint(0, 12)):
                line = etree.SubElement(account, chance.choice(["line", "line", "note"]), k="1")
                line.tail = chance.choice(["", " "])
                if chance.random() < 0.8:
                    etree.SubElement(line, "n").text = str(chance.randint(1, 9) + chance.choice([0, 0.5]))
        assert hoisted(root) == plain(root) == walked(root)
        seen += len(hoisted(root))
    assert seen > 200


# ---- the official rules ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def samples(shared: Path) -> dict[str, etree._Element]:
    """The well-formed official samples, by zip and name."""
    found = {}
    for name in ("UBL-TR1.2.1_Paketi.zip", "e-FaturaPaketi.zip"):
        with zipfile.ZipFile(shared / "gib" / name) as archive:
            for member in archive.namelist():
                if member.endswith(".xml") and "/xml/" in member and "7_UYGULAMA_YANITI_IADE.xml" not in member:
                    found[member] = etree.fromstring(archive.read(member))
    assert len(found) == 72
    return found


@pytest.fixture(scope="module")
def official(shared: Path) -> Schema:
    with zipfile.ZipFile(shared / "gib" / "e-FaturaPaketi.zip") as archive:
        return read_schema("UBL-TR_Main_Schematron.xml", lambda n: archive.read(f"e-FaturaPaketi/schematron/{n}"))


@pytest.mark.shared
@pytest.mark.usefixtures("many")
def test_official_samples_and_mutated_ones_give_the_same_findings_three_ways(
    official: Schema, samples: dict[str, etree._Element]
) -> None:
    hoisted, plain, walked = Runner(official, hoist=True), Runner(official, hoist=False), skeleton(official)
    total = mutated = 0
    for number, (name, root) in enumerate(samples.items()):
        mode = "earchive" if number % 5 == 0 else "efatura"
        found = hoisted(root, type=mode)
        assert found == plain(root, type=mode) == walked(root, type=mode), name
        total += len(found)
        for other in _mutations(root, seed=number):
            found = hoisted(other, type=mode)
            assert found == plain(other, type=mode) == walked(other, type=mode), name
            mutated += len(found)
    assert total > 300
    assert mutated > 1000


def _mutations(root: etree._Element, *, seed: int) -> Iterator[etree._Element]:
    """Two documents with some leaves emptied, doubled, removed or filled with what belongs elsewhere."""
    chance = random.Random(seed)
    for _ in range(2):
        other = etree.fromstring(etree.tostring(root))
        leaves = [e for e in other.iter(etree.Element) if not len(e) and e.getparent() is not None]
        # A date that is none breaks the rules themselves; that is another test's matter.
        leaves = [e for e in leaves if etree.QName(e).localname != "IssueDate"]
        texts = [e.text or "" for e in leaves if len(e.text or "") < 40]
        for leaf in chance.sample(leaves, min(12, len(leaves))):
            parent = leaf.getparent()
            assert parent is not None
            what = chance.randrange(5)
            if what == 0:
                parent.remove(leaf)
            elif what == 1:
                leaf.text = ""
            elif what == 2:
                leaf.text = chance.choice(texts)
            elif what == 3:
                parent.insert(parent.index(leaf), etree.fromstring(etree.tostring(leaf, with_tail=False)))
            else:
                for key in leaf.attrib:
                    leaf.set(key, chance.choice(["", "XX", "TRY", "C62", "VKN", "A,B"]))
        yield other

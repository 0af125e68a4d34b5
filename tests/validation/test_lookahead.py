"""Looks ahead over the rest of a document and looks back over an account: asked quickly, with the same findings."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from lxml import etree

from app.validation.schematron.compiler import compile_schema
from app.validation.schematron.engine import Engine, FileEngine
from app.validation.schematron.hoist import Hoisted
from app.validation.schematron.model import Schema
from tests.validation.packagemaker import schema
from tests.validation.schematronrun import TODAY, Runner, read, skeleton


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("not(following::node()/a)", "mhr:f1none(.)"),
        ("not( following::node() / a )", "mhr:f1none(.)"),
        ("following::node()/a = a + 1", "mhr:f1equal(., a + 1)"),
        ("not(a) or following::node()/x:a=b+1", "not(a) or mhr:f1equal(., b + 1)"),
        ("following::node()/number(a) = number(b) + 1 or c", "mhr:f1number(., number(b) + 1) or c"),
        ("following::node()/a >= b", "mhr:f1least(., b)"),
        ("c[following::node()/a >= b]", "c[mhr:f1least(., b)]"),
        # What is not understood to the last word stays.
        ("not(following::node())",) * 2,
        ("not(following::a/b)",) * 2,
        ("not(following::node()/a/b)",) * 2,
        ("not(following::node()/a[1])",) * 2,
        ("not(following::node()/@a)",) * 2,
        ("not(following::node()/text())",) * 2,
        ("following::node()/a = b",) * 2,
        ("following::node()/a = a + b",) * 2,
        ("following::node()/a = a + 1 + 2",) * 2,
        ("following::node()/a = a + 1 = c",) * 2,
        ("following::node()/a >= b/c",) * 2,
        ("following::node()/a >= 3",) * 2,
        ("following::node()/a > b",) * 2,
        ("c/following::node()/a >= b",) * 2,
        ("1 + following::node()/a >= b",) * 2,
        ("following::node()/number(a) = number(b)",) * 2,
        ("base-uri() = 'x' and contains(base-uri(.), 'y')", "mhr:named(.) = 'x' and contains(mhr:named(.), 'y')"),
        ("a/base-uri()",) * 2,
        ("base-uri(a)",) * 2,
    ],
)
def test_what_is_rewritten_and_what_is_left_alone(before: str, after: str) -> None:
    assert Hoisted().rewrite(before) == after


def test_where_comparisons_mean_something_else_nothing_is_rewritten() -> None:
    assert Hoisted(compat=True).rewrite("following::node()/a >= b") == "following::node()/a >= b"


_GUARD = "not(following::node()) or not(following::node()/n) or not(n) or "
AHEAD = schema(
    '<pattern id="p"><rule context="v|w"><assert id="None" test="not(following::node()/n)">1</assert>'
    f'<assert id="Next" test="{_GUARD}following::node()/n = n + 1">2</assert>'
    f'<assert id="Number" test="{_GUARD}following::node()/number(n) = number(n) + 1">3</assert>'
    '<assert id="Date" test="following::node()/d &gt;= d">4</assert>'
    '<assert id="All" test="not(following::node()) or not(following::node()/d) or not(d) or '
    'following::node()/d &gt;= d">5</assert></rule>'
    '<rule context="@k|text()|/"><assert id="Odd" test="not(following::node()/n) and not(following::node()/d)">6'
    "</assert></rule></pattern>",
    binding="xslt2",
)


def _tree(chance: random.Random, *, words: bool) -> etree._Element:
    """Vouchers in vouchers, with several numbers, without any, and with ones that are none where `words` says so."""

    def grow(depth: int) -> etree._Element:
        element = etree.Element(chance.choice("vvwx"), k="1")
        for _ in range(chance.randint(0, 4)):
            kind = chance.choice("nnd" if depth else "nd") if chance.random() < 0.6 else "+"
            if kind == "+" and depth:
                element.append(grow(depth - 1))
            elif kind == "n":
                values = ["1", "2", "3", "4", " 5 ", "2.0", "NaN", *(["", "x"] if words else [])]
                etree.SubElement(element, "n").text = chance.choice(values)
            elif kind == "d":
                etree.SubElement(element, "d").text = f"2026-0{chance.randint(1, 4)}"
        return element

    root = etree.Element("book")
    for _ in range(chance.randint(1, 6)):
        root.append(grow(3))
    return root


def test_random_trees_give_the_same_findings_three_ways() -> None:
    made = read({"main.sch": AHEAD})
    quick, plain, walked = Runner(made, hoist=True), Runner(made, hoist=False), skeleton(made)
    careful = _careful(made)
    chance = random.Random(11)
    seen = {"broke": 0, "found": 0}
    for number in range(240):
        tree = _tree(chance, words=number % 2 == 0)
        first, second = (careful(name, tree) for name in ("quick", "plain"))
        assert first == second, etree.tostring(tree)
        broke = sum(is_broken for *_, is_broken in first)
        seen["broke"] += broke
        if not broke:
            expected = walked(tree)
            assert quick(tree) == plain(tree) == expected, etree.tostring(tree)
            seen["found"] += len(expected)
    assert seen["broke"] > 100 and seen["found"] > 100, seen


def _careful(made: Schema) -> Callable[[str, etree._Element], list[tuple[str, int, str, bool]]]:
    """The rules in the form that catches what breaks, `quick` and `plain`."""
    engine = Engine()
    for name, hoist in (("quick", True), ("plain", False)):
        engine.load(name, lambda hoist=hoist: compile_schema(made, hoist=hoist, careful=True))  # type: ignore[misc]

    def found(name: str, tree: etree._Element) -> list[tuple[str, int, str, bool]]:
        hits = engine.run(name, engine.document(tree), today=TODAY, parameters={})
        return sorted((hit.entry.code, hit.ordinal, hit.attribute, hit.broke) for hit in hits)

    return found


def test_what_breaks_a_test_breaks_the_same_ones_and_no_others() -> None:
    """A value that is no number, several where one may stand: told where it is, and everything else is still judged."""
    careful = _careful(read({"main.sch": BROKEN}))
    chance = random.Random(5)
    broken = 0
    for _ in range(60):
        root = etree.Element("book")
        for _ in range(3):
            account = etree.SubElement(root, "account", total=chance.choice(["1", "2", "x"]))
            for _ in range(chance.randint(0, 8)):
                line = etree.SubElement(account, "line")
                for _ in range(chance.choice((0, 1, 1, 1, 1, 1, 1, 2))):
                    etree.SubElement(line, "n").text = chance.choice(["1", "2", "3", "4", "5", "6", "x"])
        found = careful("quick", root)
        assert found == careful("plain", root), etree.tostring(root)
        broken += sum(is_broken for *_, is_broken in found)
    assert broken > 50


BROKEN = schema(
    '<pattern id="p"><rule context="line"><assert id="Sorted" test="not(preceding-sibling::node()) or not(n) or '
    "not(preceding-sibling::node()/n) or xs:decimal(n) &gt;= max(preceding-sibling::node()/xs:decimal(n))"
    '">a</assert><assert id="Any" test="n">b</assert></rule>'
    '<rule context="account"><let name="sum" value="sum(line/xs:decimal(n))"/><let name="own" value="number(@total)"/>'
    '<assert id="Sum" test="$sum = 0">c</assert><assert id="Own" test="$own &gt; 1">d</assert></rule></pattern>',
    binding="xslt2",
)


def test_a_sheet_for_large_documents_tells_the_first_and_says_that_there_are_more() -> None:
    made = read(
        {
            "main.sch": schema(
                '<pattern id="p"><rule context="a|b"><assert id="A" test="@k">k</assert></rule>'
                '</pattern><pattern id="q"><rule context="@z"><report id="Z" test="true()">'
                "<value-of select='.'/></report></rule></pattern>",
                binding="xslt2",
            )
        }
    )
    document = etree.fromstring("<a k='1'>" + "<b/><c><b z='9'/></c>" * 4 + "</a>")
    engine = Engine()
    big = FileEngine()
    big._processor = engine._saxon()
    big.load("three", lambda: compile_schema(made, nodes_told=3))
    big.load("ten", lambda: compile_schema(made, nodes_told=10))
    big.load("probe", lambda: compile_schema(made, probe=True))
    held = big.document(document)
    hits, is_cut = big.find("three", held, today=TODAY, file_name="")
    places = big.ordinals(held, [hit.identity for hit in hits])
    told = [(hit.entry.code, places[hit.identity], hit.attribute, hit.text) for hit in hits]
    assert is_cut and told == [
        *(("A", ordinal, "", "k") for ordinal in (2, 4, 5)),
        *(("Z", ordinal, "z", "9") for ordinal in (4, 7, 10)),
    ]
    hits, is_cut = big.find("ten", held, today=TODAY, file_name="")
    assert not is_cut and len(hits) == 12
    assert big.fails("probe", held, today=TODAY, file_name="")
    assert not big.fails("probe", big.document(etree.fromstring("<a k='1'/>")), today=TODAY, file_name="")

"""What the small compiler understands of Schematron, each on a schema of a few lines."""

from __future__ import annotations

import pytest

from app.domain.errors import InputError
from app.validation.schematron.compiler import Compiled, compile_schema, fingerprint
from tests.validation.packagemaker import schema
from tests.validation.schematronrun import codes, read, run

DOCUMENT = b'<a kind="x"><b n="1">one</b><b n="2">two</b><c/></a>'


def test_an_assert_that_fails_says_which_rule_where_and_in_which_words() -> None:
    body = (
        '<pattern id="p"><rule context="b" id="BCheck"><assert test="@n &lt; 2">Sayı <value-of select="@n"/> '
        "büyük: <name/>  <emph>dikkat</emph></assert></rule></pattern>"
    )
    (hit,) = run(read({"main.sch": schema(body)}), DOCUMENT)
    assert (hit.entry.code, hit.entry.severity, hit.ordinal, hit.attribute) == ("BCheck", "error", 3, "")
    assert hit.text == "Sayı 2 büyük: b dikkat"


def test_a_document_cannot_forge_findings_with_our_own_marks() -> None:
    body = (
        '<pattern id="p"><rule context="a"><assert id="Says" test="false()">(<value-of select="."/>)</assert>'
        '<assert id="Breaks" test="xs:date(.) lt current-date()">x</assert></rule></pattern>'
    )
    forged = "x\ue0000\ue0011\ue001\ue001y\ue000"
    says, breaks = run(read({"main.sch": schema(body)}), f"<a>{forged}</a>".encode(), careful=True)
    assert says.text == "(x01y)"
    assert breaks.broke and "x01y" in breaks.text


def test_the_first_rule_that_matches_takes_the_node_and_each_pattern_looks_anew() -> None:
    body = (
        '<pattern id="p"><rule context="b[@n = 1]" id="First"><assert test="false()">1</assert></rule>'
        '<rule context="b" id="Second"><assert test="false()">2</assert></rule></pattern>'
        '<pattern id="q"><rule context="b" id="Third"><assert test="false()">3</assert></rule></pattern>'
    )
    assert codes(run(read({"main.sch": schema(body)}), DOCUMENT)) == ["First", "Second", "Third", "Third"]


def test_rules_outside_every_pattern_run_over_elements_and_attributes() -> None:
    body = (
        '<rule context="//b"><extends rule="Text"/></rule><rule context="//@n"><extends rule="Number"/></rule>'
        '<pattern id="store"><rule abstract="true" id="Text"><assert test="false()">metin</assert></rule>'
        '<rule abstract="true" id="Number"><assert test=". &gt; 1">sayı</assert></rule></pattern>'
    )
    hits = run(read({"main.sch": schema(body)}), DOCUMENT)
    assert [(hit.entry.code, hit.ordinal, hit.attribute) for hit in hits] == [
        ("Text", 2, ""),
        ("Number", 2, "n"),
        ("Text", 3, ""),
    ]


def test_an_include_takes_the_element_of_that_id_and_not_the_file() -> None:
    other = schema(
        '<pattern id="lists"><let name="known" value="\',1,3,\'"/></pattern>'
        '<pattern id="rest"><rule context="a"><assert id="Never" test="false()">x</assert></rule></pattern>'
    )
    body = (
        '<include href="other.sch#lists"/><pattern id="p"><rule context="b" id="Known">'
        "<assert test=\"contains($known, concat(',', @n, ','))\">x</assert></rule></pattern>"
    )
    hits = run(read({"main.sch": schema(body), "other.sch": other}), DOCUMENT)
    assert [(hit.entry.code, hit.ordinal) for hit in hits] == [("Known", 3)]


def test_an_abstract_pattern_is_filled_with_its_parameters() -> None:
    body = (
        '<pattern abstract="true" id="atleast"><rule context="$what"><assert id="Least" test="count($part) &gt; $least"'
        '>az</assert></rule></pattern><pattern is-a="atleast" id="one"><param name="what" value="a"/>'
        '<param name="part" value="b"/><param name="least" value="1"/></pattern>'
        '<pattern is-a="atleast" id="two"><param name="what" value="a"/><param name="part" value="c"/>'
        '<param name="least" value="1"/></pattern>'
    )
    hits = run(read({"main.sch": schema(body)}), DOCUMENT)
    assert [(hit.entry.code, hit.entry.pattern) for hit in hits] == [("Least", "two")]


def test_lets_of_schema_pattern_and_rule_and_a_parameter_from_outside() -> None:
    body = (
        '<let name="limit" value="5"/>'
        '<pattern id="p"><let name="twice" value="2"/><rule context="b"><let name="own" value="@n * $twice"/>'
        '<assert id="P" test="$own &lt; $limit">p</assert></rule></pattern>'
        '<pattern id="q"><let name="twice" value="20"/><rule context="b"><assert id="Q" test="@n * $twice &lt; $limit"'
        ">q</assert></rule></pattern>"
    )
    made = read({"main.sch": schema(body)})
    assert codes(run(made, DOCUMENT)) == ["Q", "Q"]
    assert codes(run(made, DOCUMENT, limit="3")) == ["P", "Q", "Q"]


def test_a_phase_turns_on_its_patterns_only() -> None:
    body = (
        '<phase id="quick"><active pattern="p"/></phase>'
        '<pattern id="p"><rule context="a"><assert id="P" test="false()">p</assert></rule></pattern>'
        '<pattern id="q"><rule context="a"><assert id="Q" test="false()">q</assert></rule></pattern>'
    )
    made = read({"main.sch": schema(body)})
    assert codes(run(made, DOCUMENT, phase="quick")) == ["P"]
    assert codes(run(made, DOCUMENT, phase="#ALL")) == ["P", "Q"]
    with pytest.raises(InputError, match="kullanılamıyor"):
        compile_schema(made, phase="other")


def test_diagnostics_reports_and_roles() -> None:
    body = (
        '<pattern id="p"><rule context="c"><report id="Empty" role="warning" test="not(node())" diagnostics="d e">boş'
        "</report></rule></pattern><diagnostics><diagnostic id=\"d\">Yer: <value-of select='name(..)'/></diagnostic>"
        "</diagnostics>"
    )
    (hit,) = run(read({"main.sch": schema(body)}), DOCUMENT)
    assert (hit.entry.severity, hit.text) == ("warning", "boş Yer: a")


def test_the_query_binding_chooses_the_version() -> None:
    """Under XPath 1.0 rules a function takes the first of several nodes; under 2.0 that is an error."""
    body = '<pattern id="p"><rule context="a"><assert id="One" test="string-length(b) = 3">x</assert></rule></pattern>'
    assert run(read({"main.sch": schema(body)}), DOCUMENT) == []
    assert run(read({"main.sch": schema(body, binding="xslt")}), DOCUMENT) == []
    (hit,) = run(read({"main.sch": schema(body, binding="xslt2")}), DOCUMENT, careful=True)
    assert hit.broke and hit.entry.code == "One" and "more than one item" in hit.text


def test_embedded_functions_and_keys_are_used() -> None:
    xsl = 'xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:f="f" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    body = (
        '<ns prefix="f" uri="f"/><xsl:key name="byN" match="b" use="@n"/>'
        '<xsl:function name="f:twice" as="xs:integer"><xsl:param name="n"/><xsl:sequence select="xs:integer($n) * 2"/>'
        '</xsl:function><pattern id="p"><rule context="b"><assert id="Twice" test="f:twice(@n) = 2 and '
        "key('byN', '2')\">x</assert></rule></pattern>"
    )
    hits = run(read({"main.sch": schema(body, binding="xslt2", extra=xsl)}), DOCUMENT)
    assert [hit.ordinal for hit in hits] == [3]


def test_a_code_comes_from_the_assert_its_words_or_its_rule_and_never_from_its_place() -> None:
    def code(rule: str, test: str = "false()") -> str:
        filler = '<pattern id="p"><rule context="zzz"><assert test="1">başka</assert></rule></pattern>'
        whole = f'<pattern id="p">{rule.replace("TEST", test)}</pattern>'
        first, second = (codes(run(read({"main.sch": schema(body)}), DOCUMENT)) for body in (whole, filler + whole))
        assert first == second
        return first[0]

    assert code('<rule context="a"><assert id="Mine" test="TEST">söz</assert></rule>') == "Mine"
    assert (
        code('<rule context="a" id="Rule"><assert test="TEST">InvoiceIDCheck: söz</assert></rule>') == "InvoiceIDCheck"
    )
    assert code('<rule context="a" id="Rule"><assert test="TEST">söz</assert></rule>') == "Rule"
    named = code('<rule context="a"><assert test="TEST">söz</assert></rule>')
    assert named.startswith("p-")
    # The next release mends the test and leaves the words: the same code.
    assert code('<rule context="a"><assert test="TEST">söz</assert></rule>', "not(b)") == named


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"main.sch": b"<html/>"}, "Schematron"),
        ({"main.sch": b"<schema"}, "okunamadı"),
        ({"main.sch": schema('<include href="gone.sch#x"/>')}, "pakette yok"),
        ({"main.sch": schema('<include href="main.sch#x"/>')}, "bölüm yok"),
        ({"main.sch": schema('<include href="../../etc/passwd"/>')}, "dışındaki"),
        ({"main.sch": schema('<include href="http://example.com/x.sch"/>')}, "dışındaki"),
        (
            {"main.sch": schema('<pattern id="p"><rule context="a"><extends rule="gone"/></rule></pattern>')},
            "soyut kural",
        ),
        ({"main.sch": schema('<pattern id="p"><rule context="a"><assert>x</assert></rule></pattern>')}, "boş"),
        ({"main.sch": schema('<pattern id="p"><rule><assert test="1">x</assert></rule></pattern>')}, "nereye"),
        ({"main.sch": schema('<pattern id="p"/>')}, "hiç kural yok"),
        ({"main.sch": schema('<pattern is-a="gone" id="p"/>')}, "soyut bölüm"),
        ({"main.sch": schema("", binding="stx")}, "sorgu dili"),
    ],
)
def test_a_schema_that_cannot_be_used_says_why(files: dict[str, bytes], words: str) -> None:
    with pytest.raises(InputError) as caught:
        read(files)
    assert caught.value.code == "PACKAGE.SCHEMATRON"
    assert words in (caught.value.why or "")


def test_rules_that_extend_or_include_each_other_for_ever_are_refused() -> None:
    rules = (
        '<rule abstract="true" id="A"><extends rule="B"/></rule><rule abstract="true" id="B"><extends rule="A"/></rule>'
    )
    body = f'<pattern id="p">{rules}<rule context="a"><extends rule="A"/></rule></pattern>'
    with pytest.raises(InputError, match="kullanılamıyor"):
        read({"main.sch": schema(body)})
    one, two = (
        schema(f'<pattern id="{a}"><include href="{b}.sch#{b}"/></pattern>')
        for a, b in (("one", "two"), ("two", "one"))
    )
    with pytest.raises(InputError, match="kullanılamıyor"):
        read({"main.sch": schema('<include href="one.sch#one"/>'), "one.sch": one, "two.sch": two})


def test_the_compiled_form_is_kept_as_it_was_and_named_by_all_that_it_is_made_of() -> None:
    body = '<pattern id="p"><rule context="a"><assert id="P" test="false()">ğüş</assert></rule></pattern>'
    compiled = compile_schema(read({"main.sch": schema(body)}))
    assert Compiled.from_json(compiled.to_json()) == compiled
    assert fingerprint({"a": b"1", "b": b"2"}) == fingerprint({"b": b"2", "a": b"1"})
    assert len({fingerprint({"a": b"1"}), fingerprint({"a": b"2"}), fingerprint({"b": b"1"})}) == 3

"""Tests that look at everything behind a node, asked so that their cost does not grow with the square of the document.

`following::node()/a` are the `a` whose parents begin behind the end of the node one stands on. Those parents are, in
document order, a tail of all elements that have an `a`; so it is enough to know where that tail begins:

1. `not(following::node()/a)`: whether the last of those parents is in front of the node's end. It is when it does not
   come after the node, or stands inside it.
2. `following::node()/a = b + 1` and `following::node()/number(a) = number(b) + 1`: nearly always the first of the tail
   answers with yes; else a table by value tells the last parent that holds it, and the question is whether that one
   belongs to the tail. Values are compared as doubles, as the operands are (untyped against xs:double); NaN equals
   nothing. Where a value is no number, or a parent holds several, the question is asked as written.
3. `following::node()/a >= b`: as strings, for neither side has a type; the greatest of each tail is kept.

Only for elements, which the contexts of rules are; any other node asks as written. Not for XPath 1.0 compatibility,
where these comparisons mean something else.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.validation.schematron.xpath import Word

_AHEAD = ("following", "::", "node", "(", ")", "/")
_ENDS = frozenset({"and", "or", ")", "]", ","})
_STARTS = frozenset({"and", "or", "(", "[", ","})


def look_ahead(tokens: Sequence[Word], at: int, before: Sequence[Word]) -> tuple[str, str, str, int]:
    """(kind, name asked for, the other operand, how many tokens it takes) of a look ahead that starts at `at`.

    Kinds: none, equal, number, least; empty where nothing of the kind starts here.
    """
    places = [i for i in range(at, len(tokens)) if tokens[i].kind != "space"]
    words = [tokens[i] for i in places]
    text = [word.text for word in words]
    if text[:2] == ["not", "("] and tuple(text[2:8]) == _AHEAD and _is_name(words, 8) and text[9:10] == [")"]:
        return "none", text[8], "", places[9] + 1 - at
    if tuple(text[:6]) != _AHEAD or (before and before[-1].text not in _STARTS):
        return "", "", "", 0
    if _is_name(words, 6) and text[7:8] == ["="] and _is_name(words, 8) and text[9:10] == ["+"]:
        kind, name, other, size = "equal", text[6], f"{text[8]} + {''.join(text[10:11])}", 11
        is_whole = len(words) > 10 and words[10].kind == "number"
    elif _is_name(words, 6) and text[7:8] == [">="]:
        is_whole = _is_name(words, 8)
        kind, name, other, size = "least", text[6], text[8] if is_whole else "", 9
    elif text[6:8] == ["number", "("] and _is_name(words, 8) and text[9:13] == [")", "=", "number", "("]:
        is_whole = _is_name(words, 13) and text[14:16] == [")", "+"] and len(words) > 16 and words[16].kind == "number"
        kind, name, size = "number", text[8], 17
        other = f"number({text[13]}) + {text[16]}" if is_whole else ""
    else:
        return "", "", "", 0
    if not is_whole or (len(text) > size and text[size] not in _ENDS):
        return "", "", "", 0
    return kind, name, other, places[size - 1] + 1 - at


def declarations(prefix: str, names: dict[str, str]) -> list[str]:
    """The variables and functions of the sheet that the rewritten tests call, by element name."""
    return [_declared(prefix, name, asked) for name, asked in names.items()]


def _declared(prefix: str, name: str, asked: str) -> str:
    p = f"{prefix}:{asked}"
    ahead = f"$c/following::node()/{name}"
    node = '<xsl:param name="c" as="node()"/>'
    is_element = "$c instance of element()"
    place = f"${p}at(generate-id($next))"

    def function(kind: str, more: str, select: str) -> str:
        select = select.replace(">", "&gt;").replace("<", "&lt;")
        return (
            f'<xsl:function name="{p}{kind}" as="xs:boolean">{node}{more}'
            f'<xsl:sequence select="{select}"/></xsl:function>'
        )

    def found(first: str, plain: str, condition: str) -> str:
        return (
            f"if (not({is_element})) then {plain} else if (not($v = $v) or {p}none($c)) then "
            f"false() else for $next in $c/following::*[{name}][1] return if ({first}) then true() else "
            f"if (not({condition})) then {plain} else exists(${p}last($v)[. ge {place}])"
        )

    number = '<xsl:param name="v" as="xs:double?"/>'
    untyped = '<xsl:param name="v" as="node()*"/>'
    return "\n".join(
        [
            f'<xsl:variable name="{p}all" as="element()*" select="//*[{name}]"/>',
            f'<xsl:variable name="{p}end" as="element()?" select="${p}all[last()]"/>',
            f'<xsl:variable name="{p}at" as="map(xs:string, xs:integer)" select="map:merge(for $i in 1 to '
            f'count(${p}all) return map:entry(generate-id(${p}all[$i]), $i))"/>',
            f'<xsl:variable name="{p}last" as="map(xs:double, xs:integer)" select="map:merge(for $i in 1 to '
            f"count(${p}all), $x in ${p}all[$i]/{name} return map:entry(number($x), $i), "
            "map{'duplicates': 'use-last'})\"/>",
            f'<xsl:variable name="{p}numbers" as="xs:boolean" '
            f'select="every $x in ${p}all/{name} satisfies $x castable as xs:double"/>',
            f'<xsl:variable name="{p}single" as="xs:boolean" '
            f'select="every $x in ${p}all satisfies count($x/{name}) eq 1"/>',
            f'<xsl:variable name="{p}greatest" as="xs:string*"><xsl:variable name="down" as="xs:string*">'
            f'<xsl:iterate select="reverse(${p}all)"><xsl:param name="top" as="xs:string?" select="()"/>'
            f'<xsl:variable name="now" as="xs:string" select="max(($top, {name}/string(.)))"/>'
            '<xsl:sequence select="$now"/><xsl:next-iteration><xsl:with-param name="top" select="$now"/>'
            '</xsl:next-iteration></xsl:iterate></xsl:variable><xsl:sequence select="reverse($down)"/></xsl:variable>',
            function(
                "none",
                "",
                f"if ({is_element}) then not(${p}end >> $c) or exists(${p}end/ancestor::*[. is $c]) else not({ahead})",
            ),
            function("equal", number, found(f"$next/{name} = $v", f"{ahead} = $v", f"${p}numbers")),
            function(
                "number",
                number,
                found(f"$next/number({name}) = $v", f"$c/following::node()/number({name}) = $v", f"${p}single"),
            ),
            function(
                "least",
                untyped,
                f"if (not({is_element})) then {ahead} >= $v else if (empty($v) or {p}none($c)) then false() else "
                f"for $next in $c/following::*[{name}][1] return $next/{name} >= $v or ${p}greatest[{place}] >= $v",
            ),
        ]
    )


def _is_name(words: Sequence[Word], at: int) -> bool:
    """Whether a plain element name stands there: no wildcard, no function, no axis, no predicate behind it."""
    if at >= len(words) or words[at].kind != "name" or "*" in words[at].text:
        return False
    return at + 1 >= len(words) or words[at + 1].text not in ("(", "::", "[", "/", "//")

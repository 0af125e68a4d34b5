"""From a schema to one XSLT sheet that says in one line per finding what failed where.

The sheet is XSLT 3.0; each test carries the version that the schema's query binding asks for (1.0: of several nodes a
function takes the first, as in the copies that are in circulation). Instead of a walk over the whole document per
pattern, the nodes that the contexts of a pattern select are fetched and sent to its rules, first match first. Both see
the same nodes: a node matches `a/b` exactly when `//a/b` selects it (XSLT 2.0, 5.5.3).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from app.validation.schematron.hoist import MANY, MANY_ELEMENTS, NAMED, NAMESPACE, PREFIX, TODAY, Hoisted
from app.validation.schematron.lookahead import declarations
from app.validation.schematron.model import XSL, Check, Pattern, Piece, Rule, Schema, select_phase
from app.validation.schematron.xpath import rename_variables, split_union, words

#: Goes into the name of the cached form: change it with anything that changes the sheet.
VERSION = "6"
#: Between findings and between the parts of one: characters that no document of this world uses.
END_OF_FINDING = "\ue000"
END_OF_PART = "\ue001"
#: In the place of a check's number: a pattern of a large sheet was not asked to its end.
CUT_SHORT = "+"
_XSD = "http://www.w3.org/2001/XMLSchema"
_MAP = "http://www.w3.org/2005/xpath-functions/map"
#: Declared for all expressions although no schema declares them.
_GIVEN = {"xs": _XSD, "fn": "http://www.w3.org/2005/xpath-functions"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the number in a line of the result stands for."""

    code: str
    severity: str
    pattern: str
    context: str
    test: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """`entries` by the number that the sheet prints."""

    xslt: str
    entries: tuple[Entry, ...]

    def to_json(self) -> bytes:
        return json.dumps(
            {"xslt": self.xslt, "entries": [asdict(entry) for entry in self.entries]}, ensure_ascii=False
        ).encode()

    @classmethod
    def from_json(cls, raw: bytes) -> Compiled:
        data = json.loads(raw)
        return cls(xslt=data["xslt"], entries=tuple(Entry(**entry) for entry in data["entries"]))


def fingerprint(parts: dict[str, bytes]) -> str:
    """The name under which the compiled form of these files is kept."""
    digest = hashlib.sha256(f"{VERSION}\n".encode())
    for name in sorted(parts):
        digest.update(f"{name}\n{len(parts[name])}\n".encode())
        digest.update(parts[name])
    return digest.hexdigest()


def compile_schema(
    schema: Schema,
    *,
    phase: str = "",
    hoist: bool = True,
    careful: bool = False,
    nodes_told: int = 0,
    probe: bool = False,
) -> Compiled:
    """The sheet of a schema. Raises: InputError PACKAGE.SCHEMATRON.

    `hoist` False leaves every expression as it is. `careful` catches the failure of each single test: slower, for
    documents on which an expression of the rules itself breaks. With `nodes_told` the sheet is one for large documents:
    it names a node by its `generate-id()` instead of counting all elements in front of it, and of each pattern it tells
    the first so many nodes that fail. The sheet of a `probe` writes one character for each failure and nothing else.
    """
    patterns = select_phase(schema, phase)
    sheet = _Sheet(schema, hoist=hoist, careful=careful, nodes_told=nodes_told, probe=probe)
    compiled = sheet.compiled(patterns)
    kept = {run[2]: run for run in sheet.runs if run[0] != "some"}
    if not any(run[0] == "some" and run[2] in kept for run in sheet.runs):
        return compiled
    # Known only now: one look back does for both questions, which saves memory for each line of a ledger.
    sheet = _Sheet(schema, hoist=hoist, careful=careful, nodes_told=nodes_told, probe=probe, kept=kept)
    return sheet.compiled(patterns)


class _Sheet:
    def __init__(
        self,
        schema: Schema,
        *,
        hoist: bool,
        careful: bool,
        nodes_told: int,
        probe: bool,
        kept: dict[str, tuple[str, str, str]] | None = None,
    ) -> None:
        self._schema = schema
        self._hoisted = Hoisted(active=hoist, compat=schema.compat, kept=kept or {})
        self._careful = careful
        self._nodes_told = nodes_told
        self._probe = probe
        self._version = "1.0" if schema.compat else "3.0"
        self._entries: list[Entry] = []

    @property
    def runs(self) -> Sequence[tuple[str, str, str]]:
        """The looks back over earlier siblings that the sheet asks for."""
        return tuple(self._hoisted.runs)

    def compiled(self, patterns: list[Pattern]) -> Compiled:
        lets = list(self._schema.lets)
        seen = {let.name for let in lets}
        body: list[str] = []
        calls: list[str] = []
        top: list[str] = [self._parameter(let.name, let.value) for let in lets]
        once = Counter([let.name for let in lets] + [let.name for p in patterns for let in p.lets])
        own = {let.name for p in patterns for rule in p.rules for let in rule.lets}
        self._hoisted.strings = {
            let.name
            for let in [*lets, *(let for p in patterns for let in p.lets)]
            if _is_literal(let.value) and once[let.name] == 1 and let.name not in own
        }
        for number, pattern in enumerate(patterns):
            names: dict[str, str] = {}
            for let in pattern.lets:
                if let.name in seen:
                    # Two patterns may use one name for different things; the first is seen from everywhere.
                    names[let.name] = f"{let.name}.{number}"
                seen.add(names.get(let.name, let.name))
            for let in pattern.lets:
                value = rename_variables(let.value, names)
                top.append(self._variable(names.get(let.name, let.name), value))
            if pattern.rules:
                rules = [_renamed(rule, names) for rule in pattern.rules]
                body += self._rules(pattern, rules, number)
                calls.append(self._call(rules, number))
        text = "\n".join([self._head(), *top, self._main(calls), *body, self._tail(), "</xsl:stylesheet>"])
        return Compiled(xslt=text, entries=tuple(self._entries))

    def _head(self) -> str:
        spaces = {**_GIVEN, **self._schema.namespaces, "xsl": XSL, "map": _MAP, PREFIX: NAMESPACE}
        for element in self._schema.foreign:
            spaces = {**{p: u for p, u in element.nsmap.items() if p}, **spaces}
        declared = " ".join(f"xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in spaces.items() if prefix and uri)
        return (
            f'<xsl:stylesheet version="3.0" {declared} exclude-result-prefixes="#all">\n'
            '<xsl:output method="text"/>\n'
            f'<xsl:param name="{PREFIX}:day" as="xs:string" select="\'\'"/>\n'
            f'<xsl:variable name="{TODAY}" as="xs:date" '
            f'select="if (${PREFIX}:day) then xs:date(${PREFIX}:day) else current-date()"/>\n'
            # Only the name that the document itself goes by is replaced: an element may have a base of its own.
            f'<xsl:param name="{PREFIX}:name" as="xs:string" select="\'\'"/>\n'
            f'<xsl:function name="{NAMED}" as="xs:anyURI?"><xsl:param name="node" as="item()"/><xsl:sequence select="'
            f"for $uri in base-uri($node) return if (${PREFIX}:name and $uri = base-uri(root($node))) "
            f'then xs:anyURI(${PREFIX}:name) else $uri"/></xsl:function>'
        )

    def _parameter(self, name: str, value: str) -> str:
        return f'<xsl:param name="{name}" version="{self._version}" select={self._expression(value)}/>'

    def _variable(self, name: str, value: str) -> str:
        return f'<xsl:variable name="{name}" version="{self._version}" select={self._expression(value)}/>'

    def _expression(self, text: str) -> str:
        return quoteattr(self._hoisted.rewrite(text))

    def _main(self, calls: list[str]) -> str:
        counting = [] if self._nodes_told or self._probe else [f"{PREFIX}:nr"]
        accumulators = " ".join([*counting, *(f"{PREFIX}:{name}" for name in self._hoisted.runs.values())])
        return (
            f'<xsl:mode use-accumulators="{accumulators}"/>\n'
            f'<xsl:accumulator name="{PREFIX}:nr" as="xs:integer" initial-value="0">'
            '<xsl:accumulator-rule match="*" select="$value + 1"/></xsl:accumulator>\n'
            f'<xsl:template match="/">{"".join(calls)}</xsl:template>'
        )

    def _call(self, rules: list[Rule], number: int) -> str:
        wanted = dict.fromkeys(part for rule in rules for part in _candidates(rule.context))
        select = self._hoisted.rewrite(" | ".join(wanted))
        if not self._nodes_told:
            return f'<xsl:apply-templates select={quoteattr(select)} mode="m{number}"/>'
        left, found = f"{PREFIX}:left", f"{PREFIX}:found"
        cut = f"{_text(CUT_SHORT + END_OF_PART * 3 + END_OF_FINDING)}<xsl:break/>"
        return (
            f'<xsl:iterate select={quoteattr(select)}><xsl:param name="{left}" as="xs:integer" '
            f'select="{self._nodes_told}"/><xsl:variable name="{found}" as="node()*">'
            f'<xsl:apply-templates select="." mode="m{number}"/></xsl:variable><xsl:choose>'
            f'<xsl:when test="empty(${found})"><xsl:next-iteration/></xsl:when>'
            f'<xsl:when test="${left} eq 0">{cut}</xsl:when>'
            f'<xsl:otherwise><xsl:sequence select="${found}"/><xsl:next-iteration><xsl:with-param name="{left}" '
            f'select="${left} - 1"/></xsl:next-iteration></xsl:otherwise></xsl:choose></xsl:iterate>'
        )

    def _rules(self, pattern: Pattern, rules: list[Rule], number: int) -> list[str]:
        out = [f'<xsl:mode name="m{number}" on-no-match="deep-skip"/>']
        for index, rule in enumerate(rules):
            lets = "".join(self._variable(let.name, let.value) for let in rule.lets)
            # What breaks in a let breaks the tests that use it, and not the whole run.
            inside, lets = (lets, "") if self._careful else ("", lets)
            checks = "".join(self._check(pattern, rule, check, inside) for check in rule.checks)
            out.append(
                f'<xsl:template match={quoteattr(rule.context)} mode="m{number}" priority="{len(rules) - index}" '
                f'version="{self._version}">{lets}{checks}</xsl:template>'
            )
        return out

    def _check(self, pattern: Pattern, rule: Rule, check: Check, lets: str) -> str:
        number = len(self._entries)
        self._entries.append(
            Entry(
                code=check.code,
                severity=check.severity,
                pattern=pattern.name,
                context=rule.context,
                test=check.test,
            )
        )
        test = check.test if check.is_report else f"not({check.test})"
        if self._probe:
            return f"<xsl:if test={self._expression(test)}>{_text(END_OF_FINDING)}</xsl:if>"
        pieces = "".join(self._piece(piece) for piece in check.message)
        # A document may quote our own marks into its message.
        message = (
            f'<xsl:variable name="{PREFIX}:text">{pieces}</xsl:variable><xsl:value-of version="3.0" '
            f'select="{_clean(f"${PREFIX}:text")}"/>'
        )
        line = self._line(str(number))
        written = f"<xsl:if test={self._expression(test)}>{line}{message}{_text(END_OF_FINDING)}</xsl:if>"
        if not self._careful:
            return written
        reason = f'<xsl:value-of version="3.0" select="{_clean("$err:description")}"/>'
        failed = f"{self._line(f'!{number}')}{reason}{_text(END_OF_FINDING)}"
        errors = 'xmlns:err="http://www.w3.org/2005/xqt-errors"'
        return f"<xsl:try>{lets}{written}<xsl:catch {errors}>{failed}</xsl:catch></xsl:try>"

    def _line(self, number: str) -> str:
        """number · where (the ordinal of the element in the document, or its id) · attribute's name, if it is one."""
        owner = "(if (. instance of attribute()) then .. else .)/ancestor-or-self::*[1]"
        place = f"generate-id({owner})" if self._nodes_told else f"{owner}/accumulator-before('{PREFIX}:nr')"
        attribute = "if (. instance of attribute()) then name() else ''"
        return (
            f"{_text(number + END_OF_PART)}"
            f'<xsl:value-of version="3.0" select="{place}"/>{_text(END_OF_PART)}'
            f'<xsl:value-of version="3.0" select="{attribute}"/>{_text(END_OF_PART)}'
        )

    def _piece(self, piece: Piece) -> str:
        if piece.is_name:
            return f"<xsl:value-of select={quoteattr(f'name({piece.select})')}/>"
        if piece.select:
            return f"<xsl:value-of select={self._expression(piece.select)}/>"
        return _text(" ".join(piece.text.split()).join(_edges(piece.text)))

    def _tail(self) -> str:
        """What the rewritten expressions name; written last, when all of them are known."""
        out = [f'<xsl:variable name="{PREFIX}:{name}" select="{path}"/>' for path, name in self._hoisted.paths.items()]
        out += [
            f'<xsl:key name="{PREFIX}:{key}" match="{name}" use="generate-id(..)"/>'
            for name, key in self._hoisted.keys.items()
        ]
        out += [
            f'<xsl:accumulator name="{PREFIX}:{run}" as="map(xs:string, item())" initial-value="map{{}}">'
            f'<xsl:accumulator-rule match="*[{name}]" phase="end" '
            f'select="map:put($value, generate-id(..), {_next_value(function, kind, name)})"/>'
            "</xsl:accumulator>"
            for (function, kind, name), run in self._hoisted.runs.items()
        ]
        if self._hoisted.lists:
            out.append(f'<xsl:variable name="{MANY}" as="xs:boolean" select="count(//*) gt {MANY_ELEMENTS}"/>')
        out += [
            f'<xsl:variable name="{PREFIX}:{held}" as="map(xs:string, xs:boolean)" select="'
            f"map:merge(for $part in tokenize(string({name}), ',')[position() gt 1 and position() lt last()] "
            'return map{$part: true()})"/>'
            for name, held in self._hoisted.lists.items()
        ]
        out += declarations(PREFIX, self._hoisted.ahead)
        out += [etree.tostring(element, encoding="unicode", with_tail=False) for element in self._schema.foreign]
        return "\n".join(out)


def _clean(value: str) -> str:
    """An expression for the text of `value` without our own marks."""
    return f"translate(string({value}), '{END_OF_FINDING}{END_OF_PART}', '')"


def _next_value(function: str, kind: str, name: str) -> str:
    """What an accumulator holds for a parent once one more of its children has been passed.

    A value that cannot be taken spoils what comes after it under the same parent, and nothing else: the string that is
    held from there on is refused where it is asked for, as the conversion is in the test as it was written.
    """
    held = "$value(generate-id(..))"
    if function == "some":
        return "true()"
    is_spoilt = f"{held} instance of xs:string or count({name}) gt 1 or not({name} castable as {kind})"
    return f"if ({is_spoilt}) then 'x' else {function}(({held}, {kind}({name})))"


def _text(text: str) -> str:
    return f"<xsl:text>{escape(text)}</xsl:text>" if text else ""


def _edges(text: str) -> list[str]:
    """One blank where the text began or ended with one: words of a message must not grow together."""
    return [" " if text[:1].isspace() else "", " " if text[-1:].isspace() and text.strip() else ""]


def _candidates(context: str) -> list[str]:
    """Expressions that select every node which the match pattern `context` matches."""
    found = []
    for part in split_union(context):
        first = next((word for word in words(part) if word.kind not in ("space", "comment")), None)
        if first is None:
            continue
        is_absolute = first.text in ("/", "//")
        # `key(...)` and `id(...)` at the start of a pattern are absolute too.
        is_call = first.text in ("key", "id") and part[len(first.text) :].lstrip().startswith("(")
        found.append(part if is_absolute or is_call else f"//{part}")
    return found


def _is_literal(value: str) -> bool:
    """Whether the expression is one string in quotes."""
    found = [word for word in words(value) if word.kind not in ("space", "comment")]
    return len(found) == 1 and found[0].kind == "string"


def _renamed(rule: Rule, names: dict[str, str]) -> Rule:
    """The rule with the pattern's variables under their new names; its own lets stay as they are."""
    names = {old: new for old, new in names.items() if old not in {let.name for let in rule.lets}}
    if not names:
        return rule

    def new(text: str) -> str:
        return rename_variables(text, names)

    return Rule(
        context=new(rule.context),
        lets=tuple(type(let)(name=let.name, value=new(let.value)) for let in rule.lets),
        checks=tuple(
            Check(
                code=check.code,
                test=new(check.test),
                is_report=check.is_report,
                severity=check.severity,
                message=tuple(Piece(text=p.text, select=new(p.select), is_name=p.is_name) for p in check.message),
            )
            for check in rule.checks
        ),
    )

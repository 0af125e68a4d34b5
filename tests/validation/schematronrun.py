"""Runs a schema on a document, by our compiler and by a plain one that walks the whole document as the reference
skeleton does: one mode per pattern, first match first, nothing rewritten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.sax.saxutils import quoteattr

from lxml import etree

from app.validation.schematron.compiler import compile_schema
from app.validation.schematron.engine import Engine, Hit
from app.validation.schematron.model import Schema, read_schema

TODAY = "2026-11-21"


def read(files: Mapping[str, bytes], main: str = "main.sch") -> Schema:
    return read_schema(main, files.__getitem__)


def run(
    schema: Schema,
    raw: bytes,
    *,
    hoist: bool = True,
    careful: bool = False,
    phase: str = "",
    base_uri: str = "",
    **parameters: str,
) -> list[Hit]:
    """What our compiled form finds."""
    engine = Engine()
    engine.load("sheet", lambda: compile_schema(schema, hoist=hoist, careful=careful, phase=phase))
    document = engine.document(etree.fromstring(raw), base_uri=base_uri)
    return engine.run("sheet", document, today=TODAY, parameters=parameters)


def codes(hits: list[Hit]) -> list[str]:
    return [hit.entry.code for hit in hits]


class Runner:
    """One schema, compiled once by `make`, run on many documents. Gives (test number, ordinal, attribute, text)."""

    def __init__(self, schema: Schema, *, hoist: bool) -> None:
        self._engine = Engine()
        self._engine.load("sheet", lambda: compile_schema(schema, hoist=hoist))

    def __call__(
        self, root: etree._Element, *, base_uri: str = "", **parameters: str
    ) -> list[tuple[str, str, int, str]]:
        document = self._engine.document(root, base_uri=base_uri)
        hits = self._engine.run("sheet", document, today=TODAY, parameters=parameters)
        return sorted((hit.entry.code, hit.entry.test, hit.ordinal, hit.attribute) for hit in hits)


def skeleton(schema: Schema) -> Callable[..., list[tuple[str, str, int, str]]]:
    """The same schema the plain way; the result in the shape of `Runner`."""
    import saxonche

    version = "1.0" if schema.compat else "2.0"
    spaces = {"xs": "http://www.w3.org/2001/XMLSchema", **schema.namespaces}
    declared = " ".join(f"xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in spaces.items())
    tests: list[tuple[str, str]] = []
    out = [
        f'<xsl:stylesheet version="{version}" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" {declared}>'
        '<xsl:output method="text"/>'
    ]
    day = f"xs:date('{TODAY}')"

    def xpath(text: str) -> str:
        return quoteattr(text.replace("current-date()", day))

    out += [f"<xsl:param name='{let.name}' select={xpath(let.value)}/>" for let in schema.lets]
    walks = []
    for number, pattern in enumerate(schema.patterns):
        out += [f"<xsl:variable name='{let.name}' select={xpath(let.value)}/>" for let in pattern.lets]
        walks.append(f'<xsl:apply-templates select="/" mode="M{number}"/>')
        for index, rule in enumerate(pattern.rules):
            body = "".join(f"<xsl:variable name='{let.name}' select={xpath(let.value)}/>" for let in rule.lets)
            for check in rule.checks:
                fails = check.test if check.is_report else f"not({check.test})"
                body += (
                    f'<xsl:if test={xpath(fails)}>{len(tests)},<xsl:value-of select="count(ancestor-or-self::*) + '
                    'count(ancestor-or-self::*/preceding::*)"/>,<xsl:if test="count(../@*|.)=count(../@*)">'
                    "<xsl:value-of select='name()'/></xsl:if>;</xsl:if>"
                )
                tests.append((check.code, check.test))
            out.append(
                f'<xsl:template match={quoteattr(rule.context)} mode="M{number}" priority="{9000 - index}">{body}'
                f'<xsl:apply-templates select="@*|node()" mode="M{number}"/></xsl:template>'
            )
        out.append(f'<xsl:template match="text()|@*" mode="M{number}" priority="-9"/>')
        out.append(
            f'<xsl:template match="*|/" mode="M{number}" priority="-9">'
            f'<xsl:apply-templates select="@*|node()" mode="M{number}"/></xsl:template>'
        )
    out.append(f'<xsl:template match="/">{"".join(walks)}</xsl:template>')
    out += [etree.tostring(element, encoding="unicode", with_tail=False) for element in schema.foreign]
    out.append("</xsl:stylesheet>")
    processor = saxonche.PySaxonProcessor(license=False)
    sheet = processor.new_xslt30_processor().compile_stylesheet(stylesheet_text="".join(out))

    def found(root: etree._Element, *, base_uri: str = "", **parameters: str) -> list[tuple[str, str, int, str]]:
        builder = processor.new_document_builder()
        if base_uri:
            builder.set_base_uri(base_uri)
        document = builder.parse_xml(xml_text=etree.tostring(root, encoding="unicode", with_tail=False))
        sheet.clear_parameters()
        for name, value in parameters.items():
            sheet.set_parameter(name, processor.make_string_value(value))
        text = sheet.transform_to_string(xdm_node=document) or ""
        rows = [part.split(",") for part in text.split(";")[:-1]]
        return sorted((*tests[int(number)], int(ordinal), attribute) for number, ordinal, attribute in rows)

    return found

"""Runs compiled sheets with Saxon, every door shut. In child processes only: Saxon keeps the interpreter's lock.

Doors: `allowedProtocols` empty *and* `allow-external-functions` false (each alone leaves a way to files or to the
environment), and while a sheet runs the process cannot open anything (`shut_doors`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from app.runtime.shutdoors import shut_doors
from app.validation.schematron.compiler import CUT_SHORT, END_OF_FINDING, END_OF_PART, Compiled, Entry
from app.validation.schematron.hoist import NAMESPACE

_KEPT_SHEETS = 12
_FEATURE = "http://saxon.sf.net/feature/"
#: What Saxon's own parser must not take: a DTD, and with it every entity.
_NO_DTD = "parserFeature?uri=http%3A//apache.org/xml/features/disallow-doctype-decl"
#: The parser counts every &amp; &lt; &gt; &quot; as an entity and refuses more than 100,000 of them, which a large
#: ledger has. What the limits are for cannot come: no DTD reaches the parser. 0 is no limit.
_NO_LIMIT = tuple(
    f"parserProperty?uri=jdk.xml.{name}" for name in ("maxGeneralEntitySizeLimit", "totalEntitySizeLimit")
)
#: The ordinals of the elements whose ids are asked for, in one flat walk.
_LOCATE = f"""<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:map="http://www.w3.org/2005/xpath-functions/map">
<xsl:output method="text"/><xsl:param name="ids" as="xs:string" select="''"/>
<xsl:template match="/"><xsl:variable name="wanted" as="map(xs:string, xs:boolean)"
 select="map:merge(for $id in tokenize($ids, ' ') return map:entry($id, true()))"/>
<xsl:iterate select="//*"><xsl:param name="number" as="xs:integer" select="1"/>
<xsl:if test="map:contains($wanted, generate-id())"><xsl:value-of select="generate-id(), $number"/>
<xsl:text>{END_OF_PART}</xsl:text></xsl:if><xsl:next-iteration>
<xsl:with-param name="number" select="$number + 1"/></xsl:next-iteration></xsl:iterate></xsl:template>
</xsl:stylesheet>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A check that failed. `ordinal` counts the document's elements from 1; 0 is the document itself.

    `broke` tells that the check could not be made at all; `text` is then the engine's reason. A sheet for large
    documents gives the element's `identity` instead; `FileEngine.ordinals` turns it into the ordinal.
    """

    entry: Entry
    ordinal: int
    attribute: str
    text: str
    broke: bool
    identity: str = ""


class EngineFailed(Exception):
    """The rules themselves break on this document. `args[0]` is the engine's reason."""


class Engine:
    """Saxon and the sheets it has compiled, by name. One thread."""

    def __init__(self) -> None:
        self._processor: Any = None
        self._sheets: OrderedDict[str, tuple[Any, Compiled]] = OrderedDict()
        self._values: dict[str, Any] = {}

    def load(self, name: str, make: Callable[[], Compiled]) -> None:
        """Compile a sheet unless it is there. Raises EngineFailed when Saxon does not take it."""
        if name in self._sheets:
            self._sheets.move_to_end(name)
            return
        compiled = make()
        processor = self._saxon()
        import saxonche

        try:
            with shut_doors():
                executable = processor.new_xslt30_processor().compile_stylesheet(stylesheet_text=compiled.xslt)
        except saxonche.PySaxonApiError as error:
            raise EngineFailed(str(error).strip()[:600]) from error
        self._sheets[name] = (executable, compiled)
        if len(self._sheets) > _KEPT_SHEETS:
            self._sheets.popitem(last=False)

    def document(self, root: etree._Element, *, base_uri: str = "") -> Any:
        """The document in Saxon's own form. Serialised by us: no DTD and no entity reaches its parser."""
        processor = self._saxon()
        text = etree.tostring(root, encoding="unicode", with_tail=False)
        if not base_uri:
            return processor.parse_xml(xml_text=text)
        builder = processor.new_document_builder()
        builder.set_base_uri(base_uri)
        return builder.parse_xml(xml_text=text)

    def run(self, name: str, document: Any, *, today: str, parameters: dict[str, str]) -> list[Hit]:
        """Every check of the sheet that fails, in the sheet's order. Raises EngineFailed."""
        executable, compiled = self._sheets[name]
        result = self._transform(executable, document, {**parameters, f"{{{NAMESPACE}}}day": today})
        return list(_hits(result, compiled))

    def _transform(self, executable: Any, document: Any, parameters: dict[str, str]) -> str:
        import saxonche

        processor = self._saxon()
        try:
            executable.clear_parameters()
            for key, value in parameters.items():
                if value not in self._values:
                    # Kept, for Saxon's binding never gives the few bytes of one back.
                    self._values[value] = processor.make_string_value(value)
                executable.set_parameter(key, self._values[value])
            with shut_doors():
                return executable.transform_to_string(xdm_node=document) or ""
        except saxonche.PySaxonApiError as error:
            raise EngineFailed(str(error).strip()[:600]) from error

    def _saxon(self) -> Any:
        if self._processor is None:
            import saxonche

            processor = saxonche.PySaxonProcessor(license=False)
            _set_up(processor)
            processor.set_configuration_property(f"{_FEATURE}allowedProtocols", "")
            self._processor = processor
        return self._processor


class FileEngine(Engine):
    """Saxon for one file that is too large to be carried from hand to hand. One document in its life, one thread.

    Saxon reads the file itself, before any sheet is there; then its doors are shut like those of `Engine`. Who calls
    has read the file as XML already: Saxon's parser refuses a DTD too, but says so only in English.
    """

    def open(self, path: Path) -> Any:
        """The document in Saxon's own form. Raises EngineFailed when Saxon cannot read it."""
        import saxonche

        processor = saxonche.PySaxonProcessor(license=False)
        _set_up(processor)
        processor.set_configuration_property(_FEATURE + _NO_DTD, "true")
        try:
            # A URI is ASCII, whatever letters the user's folders are called by.
            document = processor.new_document_builder().parse_xml(xml_uri=path.resolve().as_uri())
        except saxonche.PySaxonApiError as error:
            raise EngineFailed(str(error).strip()[:600]) from error
        # From here on nothing may be read; this cannot be taken back.
        processor.set_configuration_property(f"{_FEATURE}allowedProtocols", "")
        self._processor = processor
        return document

    def fails(self, name: str, document: Any, *, today: str, file_name: str) -> bool:
        """Whether any check of the sheet of a probe fails. Raises EngineFailed."""
        executable, _ = self._sheets[name]
        return bool(self._transform(executable, document, _named(today, file_name)))

    def find(self, name: str, document: Any, *, today: str, file_name: str) -> tuple[list[Hit], bool]:
        """The checks that fail, and whether there were too many to tell them all. Raises EngineFailed."""
        executable, compiled = self._sheets[name]
        result = self._transform(executable, document, _named(today, file_name))
        return list(_hits(result, compiled)), f"{CUT_SHORT}{END_OF_PART}" in result

    def ordinals(self, document: Any, identities: Sequence[str]) -> dict[str, int]:
        """The ordinal of each element by its identity."""
        processor = self._saxon()
        with shut_doors():
            executable = processor.new_xslt30_processor().compile_stylesheet(stylesheet_text=_LOCATE)
        told = self._transform(executable, document, {"ids": " ".join(identities)})
        pairs = (pair.split() for pair in told.split(END_OF_PART)[:-1])
        return {identity: int(number) for identity, number in pairs}


def _set_up(processor: Any) -> None:
    processor.set_configuration_property(f"{_FEATURE}allow-external-functions", "false")
    for limit in _NO_LIMIT:
        processor.set_configuration_property(_FEATURE + limit, "0")


def _named(today: str, file_name: str) -> dict[str, str]:
    """The parameters of a sheet over a file that goes by another name until it is whole."""
    return {f"{{{NAMESPACE}}}day": today, f"{{{NAMESPACE}}}name": f"file:///{file_name}" if file_name else ""}


def _hits(result: str, compiled: Compiled) -> Iterator[Hit]:
    for line in result.split(END_OF_FINDING)[:-1]:
        number, place, attribute, text = line.split(END_OF_PART, 3)
        if number == CUT_SHORT:
            continue
        yield Hit(
            entry=compiled.entries[int(number.lstrip("!"))],
            ordinal=int(place) if place.isdecimal() else 0,
            attribute=attribute,
            text=" ".join(text.split()),
            broke=number.startswith("!"),
            identity="" if place.isdecimal() else place,
        )

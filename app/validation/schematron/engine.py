"""Runs compiled sheets with Saxon, every door shut. In child processes only: Saxon keeps the interpreter's lock.

Doors: `allowedProtocols` empty *and* `allow-external-functions` false (each alone leaves a way to files or to the
environment), and while a sheet runs the process cannot open anything (`shut_doors`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from app.runtime.shutdoors import shut_doors
from app.validation.schematron.compiler import END_OF_FINDING, END_OF_PART, Compiled, Entry
from app.validation.schematron.hoist import NAMESPACE

_KEPT_SHEETS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A check that failed. `ordinal` counts the document's elements from 1; 0 is the document itself.

    `broke` tells that the check could not be made at all; `text` is then the engine's reason.
    """

    entry: Entry
    ordinal: int
    attribute: str
    text: str
    broke: bool


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
        import saxonche

        executable, compiled = self._sheets[name]
        processor = self._saxon()
        try:
            executable.clear_parameters()
            for key, value in {**parameters, f"{{{NAMESPACE}}}day": today}.items():
                if value not in self._values:
                    # Kept, for Saxon's binding never gives the few bytes of one back.
                    self._values[value] = processor.make_string_value(value)
                executable.set_parameter(key, self._values[value])
            with shut_doors():
                result = executable.transform_to_string(xdm_node=document) or ""
        except saxonche.PySaxonApiError as error:
            raise EngineFailed(str(error).strip()[:600]) from error
        return list(_hits(result, compiled))

    def _saxon(self) -> Any:
        if self._processor is None:
            import saxonche

            processor = saxonche.PySaxonProcessor(license=False)
            processor.set_configuration_property("http://saxon.sf.net/feature/allowedProtocols", "")
            processor.set_configuration_property("http://saxon.sf.net/feature/allow-external-functions", "false")
            self._processor = processor
        return self._processor


def _hits(result: str, compiled: Compiled) -> Iterator[Hit]:
    for line in result.split(END_OF_FINDING)[:-1]:
        number, ordinal, attribute, text = line.split(END_OF_PART, 3)
        yield Hit(
            entry=compiled.entries[int(number.lstrip("!"))],
            ordinal=int(ordinal or 0),
            attribute=attribute,
            text=" ".join(text.split()),
            broke=number.startswith("!"),
        )

"""What is drawn for each line asks nothing of the whole document: twenty thousand lines would each walk past all."""

from __future__ import annotations

import pytest
from lxml import etree

from app.runtime.resources import resource_path

XSL = "{http://www.w3.org/1999/XSL/Transform}"
SHEETS = ("invoice", "despatch", "receipt", "creditnote", "smm")


def drawn_for_a_line(sheet: etree._Element) -> list[etree._Element]:
    """The templates of the lines, and those they call."""
    found = [t for t in sheet.iter(f"{XSL}template") if (t.get("match") or "").endswith("Line")]
    named = {t.get("name"): t for t in sheet.iter(f"{XSL}template") if t.get("name")}
    for template in found:
        found += [
            named[name]
            for call in template.iter(f"{XSL}call-template")
            if (name := call.get("name")) in named and named[name] not in found
        ]
    return found


@pytest.mark.parametrize("name", SHEETS)
def test_no_line_looks_over_the_whole_document(name: str) -> None:
    sheet = etree.fromstring(resource_path(f"templates/{name}.xslt").read_bytes())
    templates = drawn_for_a_line(sheet)
    assert templates
    asked = [value for t in templates for e in t.iter() for value in e.attrib.values() if "$doc/" in str(value)]
    assert asked == []

"""An envelope ("zarf") with what it carries: its own checks, and those of each document in it as if it came alone.

A finding of a document names it: `2. belge (ABC2026000000002): …`, field `documents[1].customer.tax_number`, path and
line as they are in the envelope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from lxml import etree

from app.domain.findings import Finding, Layer, Severity
from app.ubl import nodes
from app.ubl.envelope import ELEMENT_TYPES, MAX_ELEMENTS, Envelope, read_envelope
from app.ubl.namespaces import cbc
from app.ubl.xmlsafe import parse
from app.validation.builtin_envelope import check_envelope
from app.validation.packages.places import Places
from app.validation.rules import Notebook

#: The findings of one document by its bytes, as of a file of its own.
CheckOne = Callable[[bytes], Iterable[Finding]]
_NO_PACKAGE: Final = "OFFICIAL.NO_PACKAGE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A document in an envelope: its place from 0, its number (or kind), its path and the lines before it."""

    index: int
    name: str
    path: str
    lines_before: int
    raw: bytes

    def own(self, finding: Finding) -> Finding:
        """A finding of this document alone, told of it inside the envelope."""
        _, _, rest = finding.xpath.lstrip("/").partition("/")
        return replace(
            finding,
            message=f"{self.index + 1}. belge ({self.name}): {finding.message}",
            field=f"documents[{self.index}]{f'.{finding.field}' if finding.field else ''}",
            xpath=f"{self.path}/{rest}" if rest else self.path,
            line=finding.line + self.lines_before if finding.line else finding.line,
        )

    def holds(self, xpath: str) -> bool:
        return xpath == self.path or xpath.startswith(f"{self.path}/")


def carried_by(raw: bytes) -> tuple[Envelope, list[Carried]]:
    """The documents in an envelope, `MAX_ELEMENTS` at most; what is none of ours (user accounts) is left out.

    Raises: InputError as `read_envelope`.
    """
    envelope = read_envelope(raw)
    root = parse(raw).getroot()
    places = Places(root)
    elements = [one for listed in root.iter("ElementList") for one in listed.iterchildren(etree.Element)]
    found: list[Carried] = []
    for element, document in zip(elements, envelope.documents, strict=True):
        if len(found) == MAX_ELEMENTS:
            break
        if document.root not in ELEMENT_TYPES:
            continue
        found.append(
            Carried(
                index=len(found),
                name=nodes.text(element, cbc("ID"))[:40] or document.root,
                path=places.path(element),
                lines_before=_line(element) - _line(parse(document.raw).getroot()),
                raw=document.raw,
            )
        )
    return envelope, found


def check_carried(carried: Sequence[Carried], check_one: CheckOne) -> Iterator[Finding]:
    """The findings of each document. What holds for all of them, such as a package that is absent, is left out."""
    for document in carried:
        for finding in check_one(document.raw):
            if finding.code != _NO_PACKAGE:
                yield document.own(finding)


def of_the_envelope(official: Iterable[Finding], carried: Sequence[Carried], known: Iterable[Finding]) -> list[Finding]:
    """The official findings on the envelope: its own, and those of a document that come of being in this envelope.

    The rules look at the documents inside too; what `known` says of them already is not said twice.
    """
    told = {(f.code, f.official, f.xpath) for f in known}
    found: list[Finding] = []
    for finding in official:
        document = next((one for one in carried if one.holds(finding.xpath)), None)
        if document is None:
            found.append(finding)
        elif (finding.code, finding.official, finding.xpath) not in told:
            name = f"{document.index + 1}. belge ({document.name})"
            field = f"documents[{document.index}]{f'.{finding.field}' if finding.field else ''}"
            found.append(replace(finding, message=f"{name}: {finding.message}", field=field))
    return found


def summary_of(envelope: Envelope, carried: Sequence[Carried]) -> Finding:
    """How many documents were looked at, so that nobody takes a part for the whole."""
    left_out = len(envelope.documents) - len(carried)
    message = f"Zarfta {len(carried)} belge var; her biri ayrıca denetlendi."
    if left_out:
        message += f" Bunların dışında {left_out} öğenin yalnız zarf kuralları denetlendi."
    return Finding(Severity.INFO, Layer.BUILTIN, "ENV.CONTENT", "", message)


def check_envelope_alone(root: etree._Element) -> list[Finding]:
    """What our own rules find on the envelope itself, each mistake once. For while no official package is installed."""
    book = Notebook()
    for code, place, message, rule in dict.fromkeys(check_envelope(root)):
        book.error(code, place, message, explanation=f"GİB bunu denetler ({rule}).")
    return book.findings


def _line(element: etree._Element) -> int:
    return element.sourceline or 0  # type: ignore[return-value]

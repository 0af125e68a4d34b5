"""What of a document our model does not hold: read it, write it again, and see what is missing.

A bookkeeper who makes a draft out of a received document must be told what does not come along.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from lxml import etree

from app.domain.errors import InputError
from app.domain.lifecycle import DocumentKind
from app.ubl import nodes
from app.ubl.creditnote import build_credit_note, read_credit_note
from app.ubl.despatch import build_despatch, read_despatch
from app.ubl.namespaces import cbc
from app.ubl.numbertext import read_decimal
from app.ubl.reader import read_invoice
from app.ubl.receipt import build_receipt, read_receipt
from app.ubl.response import build_response, read_response
from app.ubl.smm import VENDOR_ROOTS
from app.ubl.summary import summarize_tree
from app.ubl.writer import build_invoice
from app.ubl.xmlsafe import parse

#: Written by us as they must be, whatever stood there, or dealt with elsewhere (the seal, attachments).
_OURS: Final = frozenset({"UBLExtensions", "Signature", "UBLVersionID", "CustomizationID", "CopyIndicator"})
#: One street line of ours holds all of these.
_STREET: Final = frozenset({"StreetName", "Room", "BlockName", "District", "Region"})
_WHITE = re.compile(r"\s+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_FRACTION = re.compile(r"(\d\d:\d\d:\d\d)\.\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """`unmodelled`: elements that tell something and that our model has no place for; `changed`: places that come back
    with another value, as `path: theirs`. Paths are local names from the root down, without positions.
    """

    unmodelled: tuple[str, ...]
    changed: tuple[str, ...]


def coverage_of(raw: bytes) -> Coverage:
    """Compare a document with what reading and writing makes of it. Any thread.

    Raises: InputError as the readers do, UBL.NO_MODEL for a kind that has no writer.
    """
    theirs = _leaves(parse(raw).getroot())
    ours = _leaves(parse(_again(raw)).getroot())
    known = {path for path, _ in ours}
    unmodelled: set[str] = set()
    changed: list[str] = []
    for path, value in sorted((theirs - ours).elements()):
        if path in known:
            changed.append(f"{path}: {value}")
        else:
            unmodelled.add(path)
    return Coverage(unmodelled=tuple(sorted(unmodelled)), changed=tuple(changed))


def _again(raw: bytes) -> bytes:
    root = parse(raw).getroot()
    kind = summarize_tree(root).kind
    if kind in (DocumentKind.INVOICE, DocumentKind.EARCHIVE) and root.tag not in VENDOR_ROOTS:
        read = read_invoice(raw)
        return build_invoice(read.invoice, read.stated, template=None)
    if kind is DocumentKind.CREDIT_NOTE:
        read = read_credit_note(raw)
        return build_credit_note(read.invoice, read.stated, template=None)
    if kind is DocumentKind.DESPATCH:
        return build_despatch(read_despatch(raw).despatch, template=None)
    if kind is DocumentKind.RECEIPT:
        return build_receipt(read_receipt(raw).receipt, template=None)
    if kind is DocumentKind.APPLICATION_RESPONSE:
        return build_response(read_response(raw))
    raise InputError(
        "UBL.NO_MODEL",
        "Bu tür belge karşılaştırılamaz.",
        why="Program bu türü okur ama yazmaz.",
        todo="Fatura, irsaliye, makbuz ya da yanıt seçin.",
    )


def _leaves(root: etree._Element) -> Counter[tuple[str, str]]:
    """(path, value) of every element that tells something; attachments and what we write by rule left out."""
    found: Counter[tuple[str, str]] = Counter()

    def walk(element: etree._Element, path: str) -> None:
        street: list[str] = []
        for child in element:
            if not isinstance(child.tag, str):
                continue
            name = etree.QName(child).localname
            if (element is root and name in _OURS) or _is_attachment(child) or _is_empty_discount(child):
                continue
            if name in _STREET:
                street.append(nodes.own_text(child))
                continue
            where = f"{path}/{name}" if path else name
            if any(isinstance(grandchild.tag, str) for grandchild in child):
                walk(child, where)
                continue
            value = _normal(nodes.own_text(child))
            if value:
                found[where, value] += 1
        told = sorted(word for part in street for word in part.split())
        if told:
            found[f"{path}/StreetName", " ".join(told)] += 1

    walk(root, "")
    return found


def _is_attachment(element: etree._Element) -> bool:
    name = etree.QName(element).localname
    return name == "AdditionalDocumentReference" and any(True for _ in element.iter("{*}EmbeddedDocumentBinaryObject"))


def _is_empty_discount(element: etree._Element) -> bool:
    """Many programs write a discount of zero without a reason on every line: it tells nothing."""
    if etree.QName(element).localname != "AllowanceCharge":
        return False
    return not nodes.number(element, cbc("Amount")) and not nodes.text(element, cbc("AllowanceChargeReason"))


def _normal(text: str) -> str:
    """Numbers by value, times without fractions, UUIDs in lower case, blanks folded; nothing for a bare zero."""
    number = read_decimal(text) if not (text.startswith("0") and len(text) > 1 and text.isdigit()) else None
    if number is not None:
        return "" if number == 0 else format(number.normalize() + Decimal(0), "f")
    folded = _FRACTION.sub(r"\1", _WHITE.sub(" ", text)).strip()
    return folded.lower() if _UUID.fullmatch(folded) else folded

"""The one door to lxml for documents that strangers wrote: no DTD, no entities, no network, no giants.

Every other room that must read XML comes through `parse`; what goes wrong is an InputError with one Turkish sentence
and one of the codes XML.EMPTY, XML.PDF, XML.TRUNCATED, XML.ENCODING, XML.DTD, XML.TOO_BIG, XML.MALFORMED.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from app.domain.errors import InputError

MAX_BYTES = 64 * 1024 * 1024

_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
# White space, processing instructions (the XML declaration too) and comments before the root or a DOCTYPE.
_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_BINARY_SIGNATURES = (
    b"%PDF",
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\xd0\xcf\x11\xe0",
    b"\x1f\x8b",
    b"Rar!",
)
# What XML 1.0 cannot hold, not even escaped.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# libxml2 error numbers (xmlParserErrors), stable since 2.6.
_ERR_EXTRA_CONTENT = 5
_ERR_TAG_NOT_FINISHED = 77
_ENCODING_ERRORS = frozenset({31, 32, 79, 81})
_CUT_ERRORS = frozenset({_ERR_TAG_NOT_FINISHED, 40, 45, 53, 65, 73})
_LIMIT_WORDS = ("huge text node", "limit", "too deep", "too long", "excessive depth")
_EXPANSION_WORDS = ("amplification", "entity reference loop")


def parse(raw: bytes, *, max_bytes: int = MAX_BYTES) -> etree._ElementTree:
    """Parse one untrusted document. Any thread.

    Comments, processing instructions, white space and CDATA are kept, so that a seal can still be checked.
    A text longer than 10 MB is refused (libxml2's own limit, left on). Raises: InputError, codes in the module text.
    """
    _ensure_plausible(raw, max_bytes)
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        strip_cdata=False,
        collect_ids=False,
    )
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as e:
        raise _translate(e, raw) from e
    except ValueError as e:  # an encoding name lxml itself refuses
        raise _encoding_error(str(e)) from e
    tree = root.getroottree()
    # UTF-16 documents pass the byte check above, and so are asked here.
    if tree.docinfo.internalDTD is not None:
        raise _dtd_error()
    return tree


def pull(chunks: Iterable[bytes], *, tag: str) -> Iterator[etree._Element]:
    """Each element called `tag` when its end has come, in the order of the ends; what was given out is then emptied.

    For untrusted documents of any size with flat memory; the doors are those of `parse`. Raises: InputError XML.*,
    also in the middle.
    """
    parser = etree.XMLPullParser(
        events=("end",),
        tag=tag,
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        collect_ids=False,
    )
    head = b""
    is_first = True
    try:
        for chunk in chunks:
            if not head:
                head = chunk
                _ensure_plausible(head, len(head))
            parser.feed(chunk)
            for element in _ended(parser):
                if is_first and element.getroottree().docinfo.internalDTD is not None:
                    raise _dtd_error()
                is_first = False
                yield element
                _give_back(element)
        root = parser.close()
        if root.getroottree().docinfo.internalDTD is not None:
            raise _dtd_error()
        for element in _ended(parser):
            yield element
            _give_back(element)
    except etree.XMLSyntaxError as e:
        raise _translate(e, head) from e
    except ValueError as e:
        raise _encoding_error(str(e)) from e


def scan(chunks: Iterable[bytes], *, schema: etree.XMLSchema) -> Iterator[list[Any]]:
    """What the schema says of a document of any size: after each chunk all that its log holds by then, while it grows.

    Nothing of the document is kept. The doors are those of `parse`. The entries of the log have a `message`; where in
    the document they belong is known by the chunk alone. Raises: InputError XML.*, also in the middle.
    """
    nobody: Any = _Nobody()  # the stubs want the methods that are better left out
    parser = etree.XMLParser(
        target=nobody,
        schema=schema,
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        collect_ids=False,
    )
    head = b""
    told = 0
    is_whole = False
    try:
        for chunk in chunks:
            if not head:
                head = chunk
                _ensure_plausible(head, len(head))
            parser.feed(chunk)
            log: Any = parser.feed_error_log
            if len(log) > told:
                told = len(log)
                yield list(log)
        if not head:
            _ensure_plausible(head, 0)
        is_whole = True
        parser.close()
        log = parser.feed_error_log
        if len(log) > told:
            yield list(log)
    except etree.XMLSyntaxError as e:
        # What is wrong before the end has come is not that the end is missing.
        raise _translate(e, head if is_whole else head + b">") from e
    except ValueError as e:
        raise _encoding_error(str(e)) from e


class _Nobody:
    """Takes a document's parts and keeps none of them; a DTD is where it stops."""

    def doctype(self, *_: object) -> None:
        raise _dtd_error()

    def close(self) -> None:
        return None


def _ended(parser: etree.XMLPullParser) -> Iterator[etree._Element]:
    # The stubs allow for other things than elements, which other events would give.
    return (element for _, element in parser.read_events() if isinstance(element, etree._Element))


def _give_back(element: etree._Element) -> None:
    """Let the memory go: of the element and of what stands before it."""
    element.clear()
    before = element.getprevious()
    parent = element.getparent() if before is not None else None
    while parent is not None and before is not None:
        parent.remove(before)
        before = element.getprevious()


def serialize(tree: etree._ElementTree | etree._Element) -> bytes:
    """UTF-8 bytes with an XML declaration, nothing re-indented."""
    return etree.tostring(tree, encoding="UTF-8", xml_declaration=True)


def clean_text(text: str) -> str:
    """`text` without characters that XML cannot hold; line ends become `\\n` as a parser would read them back."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ILLEGAL.sub(" ", text)


def _ensure_plausible(raw: bytes, max_bytes: int) -> None:
    if not raw.strip(b" \t\r\n\0"):
        raise InputError(
            "XML.EMPTY",
            "Belge okunamadı.",
            why="Dosya boş.",
            todo="Dosyayı gönderenden yeniden isteyin.",
        )
    if len(raw) > max_bytes:
        raise _too_big(f"Dosya {len(raw) // (1024 * 1024)} MB.")
    if raw.startswith(_BINARY_SIGNATURES):
        kind = "PDF" if raw.startswith(b"%PDF") else "başka türden, ikili"
        raise InputError(
            "XML.PDF",
            "Belge okunamadı.",
            why=f"Bu dosya XML değil, {kind} bir dosya.",
            todo="Belgenin XML (UBL) biçimini seçin ya da gönderenden isteyin.",
        )
    if raw.startswith(_UTF16_BOMS) or b"\0" in raw[:4]:
        return
    body = raw[3:] if raw.startswith(_BOM) else raw
    match = _PROLOG.match(body)
    start = match.end() if match else 0
    if body[start : start + 9].upper() == b"<!DOCTYPE":
        raise _dtd_error()


def _translate(error: etree.XMLSyntaxError, raw: bytes) -> InputError:
    code: int = getattr(error, "code", 0)  # missing from the type stubs
    text = str(error)
    low = text.lower()
    # Only a UTF-16 document comes this far with entities of its own: the byte check stopped the others.
    if any(word in low for word in _EXPANSION_WORDS) or (raw.startswith(_UTF16_BOMS) and b"D\0O\0C\0T\0Y\0P\0E" in raw):
        return _dtd_error()
    if any(word in low for word in _LIMIT_WORDS):
        return _too_big("Bir alanı olağanüstü uzun ya da iç içe.")
    if code in _ENCODING_ERRORS or "encoding" in low or "utf-8" in low:
        return _encoding_error(text)
    is_cut = code in _CUT_ERRORS or (code != _ERR_EXTRA_CONTENT and not raw.rstrip(b" \t\r\n\0").endswith(b">"))
    if is_cut and (raw[3:] if raw.startswith(_BOM) else raw).lstrip().startswith(b"<"):
        return InputError(
            "XML.TRUNCATED",
            "Belge okunamadı.",
            why="Dosyanın sonu eksik; yarım inmiş ya da kesilmiş görünüyor.",
            todo="Dosyayı yeniden indirin ya da gönderenden yeniden isteyin.",
            raw_text=text[:300],
        )
    return InputError(
        "XML.MALFORMED",
        "Belge okunamadı.",
        why=f"XML yapısı bozuk{f' (satır {error.lineno})' if error.lineno else ''}.",
        todo="Dosyayı gönderenden yeniden isteyin; elle değiştirilmişse geri alın.",
        raw_text=text[:300],
    )


def _dtd_error() -> InputError:
    return InputError(
        "XML.DTD",
        "Belge güvenlik nedeniyle açılmadı.",
        why="İçinde DOCTYPE veya varlık (entity) tanımı var; e-Belgelerde böyle bir bölüm bulunmaz.",
        todo="Belgeyi gönderene bildirin; bu dosyayı başka programla da açmayın.",
    )


def _too_big(why: str) -> InputError:
    return InputError(
        "XML.TOO_BIG",
        "Belge açılmadı.",
        why=f"{why} Olağan bir e-Belge bu büyüklükte olmaz.",
        todo="Gönderenden ekleri küçültülmüş bir belge isteyin.",
    )


def _encoding_error(text: str) -> InputError:
    return InputError(
        "XML.ENCODING",
        "Belge okunamadı.",
        why="Harf kodlaması (encoding) bozuk ya da belgede yazandan farklı.",
        todo="Belgeyi UTF-8 olarak kaydedilmiş biçimde yeniden isteyin.",
        raw_text=text[:300],
    )

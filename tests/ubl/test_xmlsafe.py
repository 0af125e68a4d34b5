"""The door for documents that strangers wrote."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.domain.errors import InputError
from app.ubl.reader import read_invoice, summarize
from app.ubl.response import read_response
from app.ubl.xmlsafe import clean_text, parse, serialize

XXE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
LAUGHS = (
    '<!DOCTYPE a [<!ENTITY x0 "ha">'
    + "".join(f'<!ENTITY x{i} "{f"&x{i - 1};" * 10}">' for i in range(1, 10))
    + '<!ELEMENT a ANY>]><a b="&x9;">&x9;</a>'
)
UTF16 = '<?xml version="1.0" encoding="UTF-16"?>'

BAD = {
    "empty": (b"", "XML.EMPTY"),
    "blanks": (b" \r\n\t", "XML.EMPTY"),
    "nul bytes": (b"\0" * 10, "XML.EMPTY"),
    "pdf": (b"%PDF-1.7\n<a/>", "XML.PDF"),
    "zip": (b"PK\x03\x04...", "XML.PDF"),
    "png": (b"\x89PNG\r\n\x1a\n", "XML.PDF"),
    "gzip": (b"\x1f\x8b\x08\0\0", "XML.PDF"),
    "text": ("merhaba dünya".encode(), "XML.MALFORMED"),
    "json": (b'{"a": 1}', "XML.MALFORMED"),
    "cut in a text": (b"<a><b>yar", "XML.TRUNCATED"),
    "cut after an element": (b"<a><b>x</b>", "XML.TRUNCATED"),
    "cut in a tag": (b"<a><b", "XML.TRUNCATED"),
    "cut in an attribute": (b'<a b="1', "XML.TRUNCATED"),
    "cut in an escape": (b"<a>x &am", "XML.TRUNCATED"),
    "wrong nesting": (b"<a><b></a></b>", "XML.MALFORMED"),
    "two roots": (b"<a/><b/>", "XML.MALFORMED"),
    "undeclared entity": (b"<a>&bad;</a>", "XML.MALFORMED"),
    "latin bytes called UTF-8": (b'<?xml version="1.0" encoding="UTF-8"?><a>\xfe\xf0</a>', "XML.ENCODING"),
    "unknown encoding": (b'<?xml version="1.0" encoding="klingon"?><a/>', "XML.ENCODING"),
    "xxe": (XXE, "XML.DTD"),
    "xxe behind a comment": (b"<?xml version='1.0'?>\n<!-- x --> " + XXE, "XML.DTD"),
    "xxe behind a BOM": (b"\xef\xbb\xbf" + XXE, "XML.DTD"),
    "xxe in UTF-16": ((UTF16 + XXE.decode()).encode("utf-16"), "XML.DTD"),
    "harmless DTD": (b"<!DOCTYPE a><a/>", "XML.DTD"),
    "billion laughs": (LAUGHS.encode(), "XML.DTD"),
    "billion laughs in UTF-16": ((UTF16 + LAUGHS).encode("utf-16"), "XML.DTD"),
    "very deep": (b"<a>" * 100_000, "XML.TOO_BIG"),
}


@pytest.mark.parametrize("reader", [parse, summarize, read_invoice, read_response])
@pytest.mark.parametrize("name", BAD)
def test_bad_input_gives_one_clear_sentence(name: str, reader: Callable[[bytes], object]) -> None:
    raw, code = BAD[name]
    with pytest.raises(InputError) as caught:
        reader(raw)
    assert caught.value.code == code
    assert caught.value.what and caught.value.why and caught.value.todo
    assert "\n" not in caught.value.sentence


def test_a_fifty_megabyte_note_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        parse(b"<a><Note>" + b"x" * (50 * 1024 * 1024) + b"</Note></a>")
    assert caught.value.code == "XML.TOO_BIG"


def test_a_file_beyond_the_limit_is_not_even_parsed() -> None:
    with pytest.raises(InputError) as caught:
        parse(b"<a>" + b"x" * 100 + b"</a>", max_bytes=50)
    assert caught.value.code == "XML.TOO_BIG"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-9", "windows-1254"])
def test_turkish_letters_in_every_usual_encoding(encoding: str) -> None:
    raw = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?><a>ŞığİÖÇ</a>'.encode(encoding)
    assert parse(raw).getroot().text == "ŞığİÖÇ"


def test_a_doctype_inside_a_text_is_only_text() -> None:
    assert parse(b"<a><![CDATA[<!DOCTYPE html>]]></a>").getroot().text == "<!DOCTYPE html>"


def test_nothing_is_lost_that_a_seal_covers() -> None:
    raw = b"<?xml version='1.0' encoding='UTF-8'?>\n<a>\n <!-- not --><?pi x?><b> </b>\n</a>"
    assert serialize(parse(raw)) == raw


def test_clean_text_joins_line_ends_and_drops_what_xml_cannot_hold() -> None:
    assert clean_text("a\r\nb\rc\x07d\ud800e\t\U0001f600") == "a\nb\nc d e\t\U0001f600"

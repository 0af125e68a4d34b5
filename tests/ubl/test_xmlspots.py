"""Where elements of a file stand, and what a schema says of a stream."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from app.domain.errors import InputError
from app.ubl.xmlsafe import scan
from app.ubl.xmlspots import find_spots

RAW = b"""<?xml version="1.0"?>
<r xmlns="urn:r" xmlns:p="urn:p"><!-- <p:a> -->
  <p:a/><p:a k=">"><b/>
    <p:a>x</p:a></p:a>
  <b><![CDATA[<b>]]></b></r>
"""


def _write(tmp_path: Path, raw: bytes) -> Path:
    path = tmp_path / "a.xml"
    path.write_bytes(raw)
    return path


def test_elements_by_their_ordinal(tmp_path: Path) -> None:
    found, _ = find_spots(_write(tmp_path, RAW), ordinals=range(1, 10))
    assert {number: (spot.path, spot.line) for number, spot in found.items()} == {
        1: ("/r", 2),
        2: ("/r/p:a[1]", 3),
        3: ("/r/p:a[2]", 3),
        4: ("/r/p:a[2]/b", 3),
        5: ("/r/p:a[2]/p:a", 4),
        6: ("/r/b", 5),
    }
    assert found[5].tag == "{urn:p}a" and found[5].within("{urn:r}r") is found[1]
    assert found[5].within("nobody") is found[5]


def test_elements_by_the_offset_behind_their_tag(tmp_path: Path) -> None:
    behind = {RAW.index(tag) + len(tag): path for tag, path in (
        (b"<p:a/>", "/r/p:a[1]"),
        (b'<p:a k=">">', "/r/p:a[2]"),
        (b"<b/>", "/r/p:a[2]/b"),
        (b"x</p:a>", "/r/p:a[2]/p:a"),
        (b"</p:a></p:a>", "/r/p:a[2]"),
        (b"</r>", "/r"),
    )}  # fmt: skip
    _, found = find_spots(_write(tmp_path, RAW), offsets=[*behind, 3, len(RAW) + 50])
    assert {offset: spot.path for offset, spot in found.items()} == behind | {len(RAW) + 50: "/r"}


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    for raw in (b"", b"<a", b"\xff\xfe<", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "söz".encode("utf-16")):
        found, behind = find_spots(_write(tmp_path, raw), ordinals={1}, offsets={2})
        assert found == {} and behind == {}
    found, _ = find_spots(_write(tmp_path, b"<a><b/><c>"), ordinals={2, 9})
    assert [spot.path for spot in found.values()] == ["/a/b"]


def _schema() -> etree.XMLSchema:
    xs = "http://www.w3.org/2001/XMLSchema"
    return etree.XMLSchema(
        etree.fromstring(
            f'<xs:schema xmlns:xs="{xs}"><xs:element name="a"><xs:complexType><xs:sequence><xs:element name="b" '
            'type="xs:integer" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element></xs:schema>'
        )
    )


def _chunks(raw: bytes, size: int) -> Iterator[bytes]:
    return (raw[at : at + size] for at in range(0, len(raw), size))


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_schemas_word_comes_with_the_chunk_it_belongs_to(size: int) -> None:
    good = b"<a>" + b"<b>1</b>" * 50 + b"</a>"
    assert list(scan(_chunks(good, size), schema=_schema())) == []
    bad = good.replace(b"<b>1</b>" * 20, b"<b>1</b>" * 19 + b"<b>x</b>")
    logs = list(scan(_chunks(bad, size), schema=_schema()))
    assert [len(log) for log in logs] in ([1, 2], [2]) and "'x'" in logs[-1][0].message


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "XML.EMPTY"),
        (b"%PDF-1.7", "XML.PDF"),
        (b"<a><b>1</b>", "XML.TRUNCATED"),
        (b"<a><b>1</c></a>", "XML.MALFORMED"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a/>', "XML.DTD"),
        (b"<!-- -->\n<!DOCTYPE a SYSTEM 'file:///etc/hostname'><a/>", "XML.DTD"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"), "XML.DTD"),
        (b"<?xml version='1.0' encoding='UTF-8'?><a>\xfe</a>", "XML.ENCODING"),
    ],
)
def test_the_doors_are_those_of_a_whole_document(raw: bytes, code: str) -> None:
    for size in (9, 4096):
        with pytest.raises(InputError) as caught:
            list(scan(_chunks(raw, size), schema=_schema()))
        assert caught.value.code == code

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InputError
from app.runtime import safezip

XML = b"<?xml version='1.0'?><Invoice/>"


def make(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # duplicate names
        with zipfile.ZipFile(out, "w", method) as archive:
            for name, data in members:
                archive.writestr(name, data, compress_type=method)
    return out.getvalue()


def code_of(raw: bytes, **limits: int) -> str:
    with pytest.raises(InputError) as caught:
        safezip.read_single_xml(raw, **limits)
    error = caught.value
    assert error.what.endswith(".")
    assert error.todo
    assert "\n" not in error.sentence
    return error.code


def test_the_one_document_comes_out() -> None:
    assert safezip.read_single_xml(make(("a.xml", XML))) == XML
    assert safezip.read_single_xml(make(("a.xml", XML), method=zipfile.ZIP_STORED)) == XML


def test_folders_and_mac_side_files_do_not_count() -> None:
    raw = make(("klasör/", b""), ("klasör/a.xml", XML), ("__MACOSX/klasör/._a.xml", b"x"), ("klasör/.DS_Store", b"x"))
    assert safezip.read_single_xml(raw) == XML
    assert [m.name for m in safezip.iter_members(raw)] == ["klasör/a.xml"]


@pytest.mark.parametrize(
    "name",
    [
        "../a.xml",
        "a/../../b.xml",
        "/etc/passwd",
        "C:/a.xml",
        "C:a.xml",
        "..\\a.xml",
        "\\\\sunucu\\a.xml",
        "a/..",
        "x\\..\\y",
    ],
)
def test_a_name_that_leaves_the_folder(name: str) -> None:
    assert code_of(make((name, XML))) == "ZIP.TRAVERSAL"


def test_an_unsafe_name_anywhere_stops_everything_before_the_first_member() -> None:
    with pytest.raises(InputError) as caught:
        next(safezip.iter_members(make(("a.xml", XML), ("../b.xml", XML))))
    assert caught.value.code == "ZIP.TRAVERSAL"


def test_dots_inside_a_name_are_fine() -> None:
    assert safezip.read_single_xml(make(("a..b...xml", XML))) == XML


def test_a_link_is_refused() -> None:
    info = zipfile.ZipInfo("a.xml")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert code_of(make((info, b"/etc/passwd"))) == "ZIP.LINK"


def test_an_encrypted_member_is_refused() -> None:
    raw = bytearray(make(("a.xml", XML)))
    raw[6] |= 1  # flag bit 0 in the local header
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    assert code_of(bytes(raw)) == "ZIP.ENCRYPTED"


def test_a_bomb_is_stopped() -> None:
    assert code_of(make(("a.xml", bytes(20 * safezip.MIB)))) == "ZIP.BOMB"


def test_a_bomb_whose_header_lies_is_stopped_too() -> None:
    raw = bytearray(make(("a.xml", bytes(20 * safezip.MIB))))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = raw.index(signature) + offset
        raw[at : at + 4] = struct.pack("<I", 1000)
    assert code_of(bytes(raw)) == "ZIP.DAMAGED"


def test_a_small_file_of_blanks_is_no_bomb() -> None:
    data = b" " * 3_000_000
    assert safezip.read_single_xml(make(("a.xml", data))) == data


def test_too_big_for_the_caller() -> None:
    assert code_of(make(("a.xml", XML)), max_bytes=len(XML) - 1) == "ZIP.TOO_BIG"
    assert safezip.read_single_xml(make(("a.xml", XML)), max_bytes=len(XML)) == XML


def test_all_members_together_have_a_limit() -> None:
    raw = make(*((f"{i}.xml", b"x" * 100) for i in range(10)))
    assert len(list(safezip.iter_members(raw, max_total_bytes=1000))) == 10
    members = safezip.iter_members(raw, max_total_bytes=999)
    assert len([next(members) for _ in range(9)]) == 9
    with pytest.raises(InputError) as caught:
        next(members)
    assert caught.value.code == "ZIP.TOO_BIG"


def test_too_many_members() -> None:
    raw = make(*((f"{i}.xml", b"x") for i in range(11)), method=zipfile.ZIP_STORED)
    assert len(list(safezip.iter_members(raw, max_members=11))) == 11
    with pytest.raises(InputError) as caught:
        next(safezip.iter_members(raw, max_members=10))
    assert caught.value.code == "ZIP.TOO_MANY"


def test_more_than_the_one_document() -> None:
    assert code_of(make(("a.xml", XML), ("b.xml", XML))) == "ZIP.MANY"


@pytest.mark.parametrize("raw", [b"", make(), make(("klasör/", b""))])
def test_nothing_inside(raw: bytes) -> None:
    assert code_of(raw) == "ZIP.EMPTY"


@pytest.mark.parametrize("raw", [XML, b"%PDF-1.7 ...", b"\x00" * 100, b"PK"])
def test_not_a_zip(raw: bytes) -> None:
    assert code_of(raw) == "ZIP.NOT_ZIP"


def test_half_a_zip_is_damaged() -> None:
    raw = make(("a.xml", XML * 100))
    assert code_of(raw[: len(raw) // 2]) == "ZIP.DAMAGED"


def test_a_changed_byte_is_damaged() -> None:
    raw = bytearray(make(("a.xml", XML), method=zipfile.ZIP_STORED))
    raw[raw.index(XML) + 3] ^= 1
    assert code_of(bytes(raw)) == "ZIP.DAMAGED"


def test_an_unusual_method_is_refused() -> None:
    assert code_of(make(("a.xml", XML), method=zipfile.ZIP_BZIP2)) == "ZIP.METHOD"


def test_turkish_names_without_the_utf8_flag() -> None:
    """GİB's packages: cp857 bytes, flag not set, so that zipfile alone reads `YTB_Satìs`."""
    raw = make(("YTB_Sat@s.xml", XML)).replace(b"YTB_Sat@s", "YTB_Satıs".encode("cp857"))
    assert [m.name for m in safezip.iter_members(raw)] == ["YTB_Satıs.xml"]
    assert safezip.read_single_xml(raw) == XML


def test_names_in_utf8_with_and_without_the_flag() -> None:
    flagged = make(("Ağustos Şubesi.xml", XML))
    assert next(safezip.iter_members(flagged)).name == "Ağustos Şubesi.xml"
    bare = make(("A@@ustos.xml", XML)).replace(b"A@@ustos", "Ağustos".encode())
    assert next(safezip.iter_members(bare)).name == "Ağustos.xml"


def test_packing_gives_the_same_bytes_whatever_the_day() -> None:
    packed = safezip.pack_single("a.xml", XML)
    assert packed == safezip.pack_single("a.xml", XML)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        (info,) = archive.infolist()
    assert info.date_time == (1980, 1, 1, 0, 0, 0)
    assert info.create_system == 3


@given(
    st.binary(max_size=5000),
    st.text(st.characters(codec="utf-8", exclude_characters="\0/\\:."), min_size=1, max_size=30),
)
def test_what_is_packed_comes_back(data: bytes, name: str) -> None:
    packed = safezip.pack_single(name, data)
    assert safezip.read_single_xml(packed) == data
    assert next(safezip.iter_members(packed)).name == name


@given(st.data())
def test_any_damage_gives_the_bytes_or_one_typed_error(data: st.DataObject) -> None:
    raw = bytearray(make(("a.xml", XML * 3), ("b/ç.xml", XML)))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    raw = raw[: data.draw(st.integers(0, len(raw)))]
    try:
        members = list(safezip.iter_members(bytes(raw)))
    except InputError as e:
        assert e.code.startswith("ZIP.")
    else:
        assert all(isinstance(m.data, bytes) for m in members)


def test_a_member_does_not_show_its_content() -> None:
    assert "Invoice" not in repr(safezip.Member("a.xml", XML))

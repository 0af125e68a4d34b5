"""Packages of ledgers: every reader of zip files finds in them what was written, and they are always the same bytes."""

from __future__ import annotations

import hashlib
import io
import shutil
import struct
import subprocess
import zipfile
import zlib
from pathlib import Path

import pytest

from app.edefter.books.body import BodyFile
from app.edefter.package import Member, write_package


@pytest.fixture
def members(tmp_path: Path) -> list[Member]:
    """A small file, and one that was deflated while it was written."""
    small, large, packed = tmp_path / "b.xml", tmp_path / "a.xml", tmp_path / "a.z"
    small.write_bytes("<berat>İ</berat>".encode())
    with BodyFile(large, packed=packed) as body:
        for number in range(3_000):
            body.write(f"<line>{number} Ağaç</line>".encode())
        facts = body.finish(b"<end/>")
    assert facts.sha256 == hashlib.sha256(large.read_bytes()).hexdigest()
    assert facts.size_bytes == large.stat().st_size and facts.packed_bytes == packed.stat().st_size
    deflated = Member(
        name="9-Y.xml",
        path=large,
        deflated=packed,
        size_bytes=facts.size_bytes,
        crc32=facts.crc32,
        packed_bytes=facts.packed_bytes,
    )
    return [Member(name="9-YB.xml", path=small), deflated]


def test_python_reads_a_package(tmp_path: Path, members: list[Member]) -> None:
    target = tmp_path / "p.zip"
    digest = write_package(target, members)
    assert digest == hashlib.sha256(target.read_bytes()).hexdigest()
    with zipfile.ZipFile(target) as package:
        assert package.namelist() == ["9-YB.xml", "9-Y.xml"] and package.testzip() is None
        for member, info in zip(members, package.infolist(), strict=True):
            assert package.read(info) == member.path.read_bytes()
            assert info.compress_type == zipfile.ZIP_DEFLATED and info.date_time == (1980, 1, 1, 0, 0, 0)
            assert not info.is_dir() and info.flag_bits & 0x08 == 0 and info.extra == b""


def test_a_reader_that_never_seeks_finds_sizes_and_crc_in_front(tmp_path: Path, members: list[Member]) -> None:
    """As Java's ZipInputStream reads: local headers one after the other, without the central directory."""
    target = tmp_path / "p.zip"
    write_package(target, members)
    stream = io.BytesIO(target.read_bytes())
    for member in members:
        signature, _, flags, method, _, _, crc, packed, size, name, extra = struct.unpack("<4s5H3I2H", stream.read(30))
        assert (signature, flags & 0x08, method, extra) == (b"PK\x03\x04", 0, 8, 0)
        assert stream.read(name).decode() == member.name
        inflater = zlib.decompressobj(-15)
        content = inflater.decompress(stream.read(packed))
        assert inflater.eof and inflater.unused_data == b""
        assert content == member.path.read_bytes()
        assert (size, crc) == (len(content), zlib.crc32(content))
    assert stream.read(4) == b"PK\x01\x02"


def test_unzip_reads_a_package(tmp_path: Path, members: list[Member]) -> None:
    program = shutil.which("unzip")
    if program is None:
        pytest.skip("unzip is not installed")
    target = tmp_path / "p.zip"
    write_package(target, members)
    ran = subprocess.run([program, "-t", str(target)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0 and "No errors" in ran.stdout, ran.stdout + ran.stderr


def test_the_same_files_give_the_same_bytes(tmp_path: Path, members: list[Member]) -> None:
    written = [write_package(tmp_path / name, members) for name in ("one.zip", "two.zip")]
    assert written[0] == written[1]


def test_a_stream_that_is_not_what_it_says_is_refused(tmp_path: Path, members: list[Member]) -> None:
    deflated = members[1].deflated
    assert deflated is not None
    deflated.write_bytes(deflated.read_bytes()[:-1])
    with pytest.raises(ValueError, match="bytes deflated"):
        write_package(tmp_path / "p.zip", members)

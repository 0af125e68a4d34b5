"""Reading ZIP files that strangers made, and packing our own the same way every time.

Documents travel between us and an integrator zipped; GİB's packages are zips. Nothing is ever unpacked to disk here,
no size in a header is believed, and each way a zip can hurt ends in one sentence with its own code.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.domain.errors import InputError

MIB = 1024 * 1024
MAX_DOCUMENT_BYTES = 64 * MIB
# GİB's own packages hold some hundred files; a page of documents holds at most a hundred.
MAX_MEMBERS = 5_000
MAX_TOTAL_BYTES = 512 * MIB
# Dense UBL invoices pack about 1:10 to 1:60. Deflate can reach 1:1032, which only filler does.
MAX_RATIO = 250
# Below this size the ratio says nothing: a short file of blanks is harmless.
_RATIO_COUNTS_FROM = 4 * MIB
_CHUNK = 256 * 1024

_LOCAL_HEADER = b"PK\x03\x04"
_EMPTY_ARCHIVE = b"PK\x05\x06"
_CENTRAL_HEADER = b"PK\x01\x02"
_FLAG_UTF8 = 0x800
# 0x1 encrypted, 0x40 strong encryption, 0x2000 encrypted central directory.
_FLAGS_ENCRYPTED = 0x1 | 0x40 | 0x2000
# What zipfile raises on bytes that only look like a zip.
_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    UnicodeDecodeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive. `name` uses `/`, holds no `..` and is not absolute."""

    name: str
    data: bytes = field(repr=False)


def read_single_xml(raw: bytes, *, max_bytes: int = MAX_DOCUMENT_BYTES) -> bytes:
    """The content of the only file in the zip `raw`. Folders and macOS side files do not count.

    Raises: InputError ZIP.NOT_ZIP, ZIP.EMPTY, ZIP.MANY, ZIP.TRAVERSAL, ZIP.BOMB, ZIP.TOO_BIG, ZIP.TOO_MANY,
    ZIP.ENCRYPTED, ZIP.LINK, ZIP.METHOD or ZIP.DAMAGED. Whether it is XML is for the caller to see.
    """
    with _open(raw, max_members=1_000) as archive:
        infos = _files(archive)
        if len(infos) > 1:
            raise _refused(
                "ZIP.MANY",
                f"Tek belge beklenen ZIP dosyasında {len(infos)} dosya var.",
                todo="Her belgeyi ayrı bir ZIP olarak gönderin.",
            )
        return _read(archive, infos[0], max_bytes=max_bytes)


def iter_members(
    raw: bytes,
    *,
    max_members: int = MAX_MEMBERS,
    max_member_bytes: int = MAX_DOCUMENT_BYTES,
    max_total_bytes: int = MAX_TOTAL_BYTES,
) -> Iterator[Member]:
    """The files of the zip `raw` in their order, one in memory at a time. All names are checked before the first.

    Raises: InputError as `read_single_xml`, ZIP.MANY aside.
    """
    with _open(raw, max_members=max_members) as archive:
        left = max_total_bytes
        for info in _files(archive):
            data = _read(archive, info, max_bytes=min(max_member_bytes, left))
            left -= len(data)
            yield Member(_decoded_name(info), data)


def member_names(raw: bytes, *, max_members: int = MAX_MEMBERS) -> list[str]:
    """The files' names in the zip `raw`, all of them checked. Raises: InputError as `iter_members`."""
    with _open(raw, max_members=max_members) as archive:
        return [_decoded_name(info) for info in _files(archive)]


def iter_chunks(raw: bytes, name: str, *, max_bytes: int) -> Iterator[bytes]:
    """One member piece by piece, so that it need not fit into memory. Raises: KeyError; InputError as `iter_members`.

    That the whole is undamaged is known only at the end.
    """
    with _open(raw, max_members=MAX_MEMBERS) as archive:
        info = {_decoded_name(one): one for one in _files(archive)}[name]
        yield from _chunks(archive, info, max_bytes=max_bytes)


def pack_single(name: str, data: bytes) -> bytes:
    """A zip with one deflated file; the same input gives the same bytes with the same zlib, on any day and system."""
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3  # else it tells Windows from the rest
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(info, data, compresslevel=6)
    return out.getvalue()


def _open(raw: bytes, *, max_members: int) -> zipfile.ZipFile:
    if not raw:
        raise _refused("ZIP.EMPTY", "ZIP dosyası boş (0 bayt).", todo="Dosyayı yeniden isteyin.")
    if raw.startswith(_EMPTY_ARCHIVE):
        raise _nothing_inside()
    if not raw.startswith(_LOCAL_HEADER):
        raise _refused(
            "ZIP.NOT_ZIP", "Bu dosya bir ZIP dosyası değil.", todo="Doğru dosyayı seçin ya da yeniden isteyin."
        )
    # Counted before zipfile builds an object for each: a directory of a million entries costs a gigabyte.
    if raw.count(_CENTRAL_HEADER) > max_members:
        raise _refused(
            "ZIP.TOO_MANY",
            f"ZIP dosyasında çok fazla dosya var (en çok {max_members}).",
            todo="Dosyayı göndereni uyarın; içeriği açılmadı.",
        )
    try:
        return zipfile.ZipFile(io.BytesIO(raw))
    except _BROKEN as e:
        raise _damaged(e) from e


def _files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The real files; raises for the first member that is unsafe, folders included."""
    found = []
    for info in archive.infolist():
        name = _decoded_name(info)
        _ensure_safe_name(name, "\0" in info.orig_filename)
        _ensure_plain(info)
        side_file = name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1] == ".DS_Store"
        if not name.endswith("/") and not side_file:
            found.append(info)
    if not found:
        raise _nothing_inside()
    return found


def _ensure_safe_name(name: str, has_nul: bool) -> None:
    is_absolute = name.startswith("/") or (len(name) > 1 and name[1] == ":" and name[0].isalpha())
    if has_nul or is_absolute or not name or ".." in name.split("/"):
        raise _refused(
            "ZIP.TRAVERSAL",
            "ZIP dosyasındaki bir dosya adı klasör dışına çıkmaya çalışıyor.",
            why="Böyle adlar zararlı dosyalarda görülür.",
            todo="Dosya açılmadı; gönderenle görüşün.",
        )


def _ensure_plain(info: zipfile.ZipInfo) -> None:
    if info.flag_bits & _FLAGS_ENCRYPTED:
        raise _refused("ZIP.ENCRYPTED", "ZIP dosyası parolalı.", todo="Gönderenden parolasız bir dosya isteyin.")
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _refused(
            "ZIP.LINK",
            "ZIP dosyasının içinde bağlantı (kısayol) var.",
            why="Bağlantılar bilgisayardaki başka dosyalara götürebilir.",
            todo="Dosya açılmadı; gönderenden belgenin kendisini isteyin.",
        )
    # bz2 and lzma members cannot be unpacked in a bounded way by zipfile, and nobody in this field makes them.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refused(
            "ZIP.METHOD",
            "ZIP dosyası desteklenmeyen bir yöntemle sıkıştırılmış.",
            todo="Gönderenden olağan ZIP (deflate) dosyası isteyin.",
        )


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, max_bytes: int) -> bytes:
    return b"".join(_chunks(archive, info, max_bytes=max_bytes))


def _chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, max_bytes: int) -> Iterator[bytes]:
    packed = max(info.compress_size, 1)
    # A size the header admits is reason enough. When it lies downwards, zipfile stops at the lie and the checksum
    # tells; the count in the loop does not rely on that.
    _ensure_size(info.file_size, packed, max_bytes)
    size = 0
    try:
        with archive.open(info) as member:
            while chunk := member.read(_CHUNK):
                size += len(chunk)
                _ensure_size(size, packed, max_bytes)
                yield chunk
    except _BROKEN as e:
        raise _damaged(e) from e
    if size != info.file_size:
        raise _damaged(None)


def _ensure_size(size: int, packed: int, max_bytes: int) -> None:
    if size > _RATIO_COUNTS_FROM and size > packed * MAX_RATIO:
        raise _refused(
            "ZIP.BOMB",
            "ZIP dosyası açılınca olağan dışı büyüyor.",
            why="Böyle dosyalar bilgisayarı kilitlemek için hazırlanır.",
            todo="Dosya açılmadı; gönderenle görüşün.",
        )
    if size > max_bytes:
        raise _refused(
            "ZIP.TOO_BIG",
            "ZIP dosyasının içindeki dosya çok büyük.",
            why=f"Açılmış boyut {max(max_bytes, 0) / MIB:.0f} MB sınırını aşıyor.",
            todo="Gönderenden belgeyi küçültmesini isteyin.",
        )


def _decoded_name(info: zipfile.ZipInfo) -> str:
    """The member's name with `/` between its parts.

    Without the UTF-8 flag the standard says cp437; GİB's packages are made on Turkish Windows and mean cp857
    (UBL-TR package, 2026), and some servers write UTF-8 and forget the flag.
    """
    name = info.filename
    if not info.flag_bits & _FLAG_UTF8 and not name.isascii():
        as_bytes = name.encode("cp437")
        for encoding in ("utf-8", "cp857"):
            try:
                name = as_bytes.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def _nothing_inside() -> InputError:
    return _refused("ZIP.EMPTY", "ZIP dosyasının içinde hiç dosya yok.", todo="Dosyayı yeniden isteyin.")


def _damaged(cause: BaseException | None) -> InputError:
    return InputError(
        "ZIP.DAMAGED",
        "ZIP dosyası bozuk ya da yarım.",
        why="İçindeki veri bütün olarak okunamadı.",
        todo="Dosyayı yeniden isteyin.",
        raw_text=f"{type(cause).__name__}: {cause}" if cause else None,
    )


def _refused(code: str, what: str, *, why: str = "", todo: str) -> InputError:
    return InputError(code, what, why=why, todo=todo)

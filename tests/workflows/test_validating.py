"""Files from outside: folders, ZIPs in ZIPs, envelopes with seals, a thousand at once, and what strangers send."""

from __future__ import annotations

import io
import stat
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from app.cli.inputs import read_file
from app.domain.errors import AppError
from app.ubl.envelope import EnvelopeParty, build_envelope
from app.workflows.validating import Allowance, check_document, documents_of
from tests.validation.explained_cases import UUID, sound_bytes

TODAY = date(2026, 11, 21)
SOUND = "TEMELFATURA/SATIS"


def packed(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def envelope(*documents: bytes) -> bytes:
    return build_envelope(
        documents,
        uuid=UUID,
        sender=EnvelopeParty(label="urn:mail:defaultgb@cinar.example", number="9205121120", title="Çınar"),
        receiver=EnvelopeParty(label="urn:mail:defaultpk@isik.example", number="7750409379", title="Işık"),
        created=datetime(2026, 3, 9, 12),
    )


def found_in(path: Path) -> list[tuple[str, str]]:
    """(name below the folder, code of the refusal or kind) of every document."""
    found = []
    for name, document in documents_of(path, read=read_file):
        shown = name.removeprefix(str(path.parent)).lstrip("/\\")
        if isinstance(document, AppError):
            found.append((shown, document.code))
        else:
            found.append((shown, check_document(document, today=TODAY, rules=None, file_name=shown).kind))
    return found


def test_kinds_of_all_sorts_in_a_folder_in_zips_and_in_zips_of_zips(tmp_path: Path) -> None:
    folder = tmp_path / "gelen"
    (folder / "alt").mkdir(parents=True)
    (folder / "1.xml").write_bytes(sound_bytes(SOUND))
    (folder / "2.zip").write_bytes(
        packed(
            ("irsaliye.xml", sound_bytes("TEMELIRSALIYE/SEVK")),
            ("resim.png", b"\x89PNG"),
            ("ay/ocak.zip", packed(("yanit.xml", sound_bytes("answer")), ("not.txt", b"x"))),
        )
    )
    (folder / "alt" / "zarf.xml").write_bytes(envelope(sound_bytes(SOUND)))
    (folder / "alt" / "yarim.xml").write_bytes(sound_bytes(SOUND)[:500])
    (folder / "alt" / "bozuk.zip").write_bytes(packed(("a.xml", sound_bytes(SOUND)))[:300])
    assert found_in(folder) == [
        ("gelen/1.xml", "invoice"),
        ("gelen/2.zip!irsaliye.xml", "despatch"),
        ("gelen/2.zip!ay/ocak.zip!yanit.xml", "application-response"),
        ("gelen/alt/bozuk.zip", "ZIP.DAMAGED"),
        ("gelen/alt/yarim.xml", "unknown"),
        ("gelen/alt/zarf.xml", "envelope"),
    ]


def test_zips_in_zips_end_somewhere(tmp_path: Path) -> None:
    raw = packed(("belge.xml", sound_bytes(SOUND)))
    for number in range(3):
        raw = packed((f"{number}.zip", raw), ("yan.xml", sound_bytes(SOUND)))
    path = tmp_path / "a.zip"
    path.write_bytes(raw)
    assert found_in(path) == [
        ("a.zip!2.zip!1.zip!0.zip", "ZIP.NESTED"),
        ("a.zip!2.zip!1.zip!yan.xml", "invoice"),
        ("a.zip!2.zip!yan.xml", "invoice"),
        ("a.zip!yan.xml", "invoice"),
    ]


def test_many_small_zips_share_one_allowance(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"

    def codes(**allowed: int) -> list[str]:
        found = documents_of(path, read=read_file, allowance=lambda: Allowance(**allowed))
        return [one.code if isinstance(one, AppError) else "read" for _, one in found]

    small = packed(("1.xml", b"<a/>"), ("2.xml", b"<a/>"))
    path.write_bytes(packed(*((f"{n}.zip", small) for n in range(4))))
    assert codes() == ["read"] * 8
    assert codes(documents=7) == ["read"] * 4 + ["ZIP.TOO_MANY", "ZIP.TOO_MANY"]
    large = packed(("1.xml", bytes(range(256)) * 8_000))
    path.write_bytes(packed(("1.zip", large), ("2.zip", large)))
    assert codes() == ["read", "read"]
    assert codes(size_bytes=3_000_000) == ["read", "ZIP.TOO_BIG"]


def test_a_thousand_files_each_once_and_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "cok"
    folder.mkdir()
    raw = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'
    for number in range(1_000):
        (folder / f"{number:04}.xml").write_bytes(raw if number % 2 else b"<kirik")
    names = [name for name, _ in documents_of(folder, read=read_file)]
    assert names == [str(folder / f"{number:04}.xml") for number in range(1_000)]


def test_the_seals_of_the_documents_in_an_envelope_are_looked_at_without_it() -> None:
    sealed = sound_bytes(f"sealed:{SOUND}")
    changed = sealed.replace(b"<cbc:Note>", "<cbc:Note>ş".encode(), 1)
    assert changed != sealed
    report = check_document(envelope(sealed, changed), today=TODAY, rules=None, file_name="zarf.xml")
    (broken,) = [f for f in report.findings if f.code == "SEAL.BROKEN"]
    assert broken.field == "documents[1]" and broken.message.startswith("2. belge (")
    alone = check_document(changed, today=TODAY, rules=None, file_name="a.xml")
    assert "SEAL.BROKEN" in [f.code for f in alone.findings]


# ---- what strangers send ------------------------------------------------------------------------------------------

_HEAD = '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"'
HOSTILE = {
    "external entity": (
        b'<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/passwd">]><Invoice>&x;</Invoice>',
        "XML.DTD",
    ),
    "parameter entity": (b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/">%x;]><a/>', "XML.DTD"),
    "billion laughs": (
        b'<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><l>&c;</l>',
        "XML.DTD",
    ),
    "a DTD alone": (b"<!DOCTYPE Invoice><Invoice/>", "XML.DTD"),
    "a DTD in UTF-16": ("\ufeff<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".encode("utf-16-le"), "XML.DTD"),
    "a huge attribute": (f'{_HEAD} x="{"A" * 20_000_000}"/>'.encode(), "XML.TOO_BIG"),
    "deep nesting": (b"<a>" * 20_000 + b"</a>" * 20_000, "XML.TOO_BIG"),
    "a wrong encoding": ('<?xml version="1.0" encoding="UTF-8"?><a>İşık</a>'.encode("cp1254"), "XML.ENCODING"),
    "an unknown encoding": (b'<?xml version="1.0" encoding="x-yok"?><a/>', "XML.ENCODING"),
    "NUL bytes": (b"<a>\0\0</a>", "XML.MALFORMED"),
    "nothing but NUL bytes": (b"\0" * 4_096, "XML.EMPTY"),
    "nothing": (b"", "XML.EMPTY"),
    "blanks": (b" \n\t ", "XML.EMPTY"),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("is_zipped", [False, True], ids=["file", "zip"])
def test_a_hostile_document_is_one_sentence(tmp_path: Path, name: str, is_zipped: bool) -> None:
    raw, code = HOSTILE[name]
    path = tmp_path / "a"
    path.write_bytes(packed(("a.xml", raw), method=zipfile.ZIP_STORED) if is_zipped else raw)
    ((_, document),) = documents_of(path, read=read_file)
    assert isinstance(document, bytes)
    report = check_document(document, today=TODAY, rules=None, file_name="a.xml")
    assert (report.kind, [f.code for f in report.findings]) == ("unknown", [code])
    assert "root:" not in report.findings[0].message


@pytest.mark.parametrize("name", ["external entity", "billion laughs", "NUL bytes"])
def test_hostile_in_an_envelope_is_hostile_too(name: str) -> None:
    raw = envelope(sound_bytes(SOUND))
    bad, code = HOSTILE[name]
    spoilt = bad.split(b"]>")[0] + b"]>" + raw.split(b"?>", 1)[1] if b"]>" in bad else raw.replace(b"<sh:Type>", bad)
    report = check_document(spoilt, today=TODAY, rules=None, file_name="a.xml")
    assert [f.code for f in report.findings] == [code]


def _link(name: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (packed(("../a.xml", b"<a/>")), "ZIP.TRAVERSAL"),
        (packed(("/etc/a.xml", b"<a/>")), "ZIP.TRAVERSAL"),
        (packed(("C:\\a.xml", b"<a/>")), "ZIP.TRAVERSAL"),
        (packed(("alt\\..\\..\\a.xml", b"<a/>")), "ZIP.TRAVERSAL"),
        (packed(("a.xml", b" " * 60_000_000)), "ZIP.BOMB"),
        (_link("a.xml"), "ZIP.LINK"),
    ],
    ids=["slip", "absolute", "drive", "backslashes", "bomb", "link"],
)
@pytest.mark.parametrize("is_nested", [False, True], ids=["outer", "inner"])
def test_a_hostile_zip_is_one_sentence_and_its_neighbours_are_checked(
    tmp_path: Path, raw: bytes, code: str, is_nested: bool
) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "a.zip").write_bytes(packed(("ic.zip", raw), ("son.xml", sound_bytes(SOUND))) if is_nested else raw)
    (folder / "b.xml").write_bytes(sound_bytes(SOUND))
    found = [outcome for _, outcome in found_in(folder)]
    assert found == ([code, "invoice", "invoice"] if is_nested else [code, "invoice"])
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.zip", "b.xml", "d"]

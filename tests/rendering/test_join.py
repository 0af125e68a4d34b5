"""Joining PDFs: every page whole, what repeats written once, the process no larger than for one."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.annotations import Link, Text
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    Fit,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from app.domain.errors import AppError
from app.rendering.join import join
from app.rendering.pdf import merge_files

PICTURE = bytes(range(256)) * 400


def made(words: list[str], *, size: tuple[float, float] = (595, 842), outline: bool = False) -> bytes:
    """A PDF with a page per word, one font and one picture, with its media box on the tree as some programs put it."""
    writer = PdfWriter()
    font = writer._add_object(
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
    )
    picture = StreamObject()
    picture._data = PICTURE
    shape = {"/Type": "/XObject", "/Subtype": "/Image", "/ColorSpace": "/DeviceGray"}
    picture.update({NameObject(key): NameObject(value) for key, value in shape.items()})
    for key, number in (("/Width", 320), ("/Height", 320), ("/BitsPerComponent", 8)):
        picture[NameObject(key)] = NumberObject(number)
    seen = writer._add_object(picture)
    for word in words:
        page = PageObject.create_blank_page(width=size[0], height=size[1])
        content = StreamObject()
        content._data = f"BT /F1 12 Tf 72 700 Td ({word}) Tj ET q 10 0 0 10 9 9 cm /Im1 Do Q".encode()
        page[NameObject("/Contents")] = writer._add_object(content)
        page[NameObject("/Resources")] = DictionaryObject(
            {
                NameObject("/Font"): DictionaryObject({NameObject("/F1"): font}),
                NameObject("/XObject"): DictionaryObject({NameObject("/Im1"): seen}),
            }
        )
        del page[NameObject("/MediaBox")]
        writer.add_page(page)
    box = ArrayObject(FloatObject(x) for x in (0, 0, *size))
    tree = writer._root_object["/Pages"].get_object()
    tree[NameObject("/MediaBox")] = box  # type: ignore[index]
    if outline:
        writer.add_annotation(0, Text(rect=(50, 50, 90, 90), text="not"))
        writer.add_annotation(0, Link(rect=(0, 0, 50, 50), url="https://example.invalid/"))
        writer.add_annotation(0, Link(rect=(0, 0, 50, 50), target_page_index=1, fit=Fit.fit()))
        writer.add_outline_item(title="Bölüm", page_number=1)
        writer.add_metadata({NameObject("/Title"): TextStringObject("gizli")})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def stored(folder: Path, *pdfs: bytes) -> list[Path]:
    paths = [folder / f"{number}.pdf" for number in range(len(pdfs))]
    for path, content in zip(paths, pdfs, strict=True):
        path.write_bytes(content)
    return paths


def test_pages_sizes_and_links_survive_and_nothing_leads_astray(tmp_path: Path) -> None:
    parts = stored(tmp_path, made(["bir", "iki"], outline=True), made(["uc"], size=(1000, 842)))
    out = tmp_path / "hepsi.pdf"
    assert join([str(p) for p in parts], str(out)) == [2, 1]
    reader = PdfReader(out, strict=True)
    assert [page.extract_text().strip() for page in reader.pages] == ["bir", "iki", "uc"]
    assert [float(page.mediabox.width) for page in reader.pages] == [595, 595, 1000]
    kinds = [note.get_object()["/Subtype"] for note in reader.pages[0]["/Annots"]]  # type: ignore[attr-defined]
    assert kinds == ["/Text", "/Link"], "the link to a page of the old document is gone, the outward one stays"
    assert not reader.outline and not reader.metadata
    told = subprocess.run(["pdftotext", str(out), "-"], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["bir", "iki", "uc"] and not told.stderr


def test_what_repeats_is_written_once(tmp_path: Path) -> None:
    parts = stored(tmp_path, *(made([f"belge{n}"]) for n in range(30)))
    out = tmp_path / "hepsi.pdf"
    assert merge_files(parts, out) == [1] * 30
    assert out.read_bytes().count(PICTURE) == 1
    found = [page.extract_text().strip() for page in PdfReader(out, strict=True).pages]
    assert found == [f"belge{n}" for n in range(30)]


def test_a_damaged_one_is_named_and_leaves_nothing_behind(tmp_path: Path) -> None:
    parts = stored(tmp_path, made(["bir"]), made(["iki"])[:300])
    folder = tmp_path / "hedef"
    folder.mkdir()
    with pytest.raises(AppError) as caught:
        merge_files(parts, folder / "hepsi.pdf")
    assert caught.value.code == "PDF.DAMAGED" and "2. belge" in caught.value.sentence
    assert not list(folder.iterdir())


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(AppError) as caught:
        merge_files(stored(tmp_path, made(["bir"])), tmp_path / "yok" / "hepsi.pdf")
    assert caught.value.code == "FILE.NO_FOLDER"

"""An envelope through the commands on files: validate, render and verify take the documents in it one by one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.ubl.envelope import EnvelopeParty, build_envelope
from tests.validation.explained_cases import UUID, sound_bytes

SENDER = EnvelopeParty(label="urn:mail:defaultgb@cinar.example", number="9205121120", title="Çınar")
RECEIVER = EnvelopeParty(label="urn:mail:defaultpk@isik.example", number="7750409379", title="Işık")
SEALED = sound_bytes("sealed:TEMELFATURA/SATIS")
OTHER = SEALED.replace(b"CNR2026000000001", b"CNR2026000000002")


def write(path: Path, *documents: bytes) -> Path:
    created = datetime(2026, 3, 9, 12)
    path.write_bytes(build_envelope(documents, uuid=UUID, sender=SENDER, receiver=RECEIVER, created=created))
    return path


@pytest.fixture
def zarf(tmp_path: Path) -> Path:
    assert OTHER != SEALED
    return write(tmp_path / "zarf.xml", SEALED, OTHER)


def test_validate_names_the_document_and_its_seal(run: Any, zarf: Path) -> None:
    done = run("validate", zarf, "--json")
    (entry,) = done.json("validate")["files"]
    assert (entry["kind"], done.code) == ("envelope", 0)
    (broken,) = [f for f in entry["findings"] if f["code"] == "SEAL.BROKEN"]
    assert broken["field"] == "documents[1]" and broken["message"].startswith("2. belge (CNR2026000000002): ")
    assert "[documents[1]]" in run("validate", zarf).out


def test_verify_judges_each_seal_without_the_envelope(run: Any, zarf: Path, tmp_path: Path) -> None:
    done = run("verify", zarf, "--json")
    shown = done.json("verify")
    assert [one["digest_ok"] for one in shown["signatures"]] == [True, False]
    assert (done.code, shown["valid"]) == (1, False)
    good = run("verify", write(tmp_path / "iyi.xml", SEALED), "--json")
    assert (good.code, good.json("verify")["valid"]) == (0, True)


def test_render_draws_every_document_and_says_so(run: Any, zarf: Path, tmp_path: Path) -> None:
    out = tmp_path / "cikti.html"
    done = run("render", zarf, "--html", out, "--json")
    assert done.code == 0 and "Zarfta 2 belge var; hepsi çizildi." in done.err
    written = [Path(name) for name in done.json("render")["written"]]
    assert written == [out, tmp_path / "cikti-2.html"]
    assert ["CNR202600000000" + str(n) in path.read_text("utf-8") for n, path in enumerate(written, 1)] == [True, True]
    folder = tmp_path / "klasor"
    folder.mkdir()
    done = run("render", zarf, "--html", folder, "--json")
    assert sorted(path.name for path in folder.iterdir()) == [
        "zarf-1-CNR2026000000001.html",
        "zarf-2-CNR2026000000002.html",
    ]


def test_render_puts_every_document_into_one_pdf(run: Any, zarf: Path, tmp_path: Path) -> None:
    from pypdf import PdfReader

    out = tmp_path / "hepsi.pdf"
    assert run("render", zarf, "--pdf", out).code == 0
    text = "".join(page.extract_text() for page in PdfReader(out).pages)
    assert "CNR2026000000001" in text and "CNR2026000000002" in text


def test_an_envelope_of_one_is_drawn_as_its_document(run: Any, tmp_path: Path) -> None:
    out = tmp_path / "tek.html"
    done = run("render", write(tmp_path / "z.xml", SEALED), "--html", out, "--json")
    assert done.json("render")["written"] == [str(out)] and "hepsi" not in done.err

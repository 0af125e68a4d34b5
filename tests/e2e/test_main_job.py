"""`muhurdar demo --out DIR` as a process: the main job end to end, its report and what it left behind."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pypdf import PdfReader

from app.domain.lifecycle import Direction, State
from app.runtime.clock import SystemClock
from app.signing.verify import verify_document
from app.storage import companies, documents, search
from app.storage.database import Database

STEPS = ["company", "token", "draft", "seal", "send", "track", "receive", "answer", "render"]
REPORT = {
    "type": "object",
    "required": ["seal", "steps"],
    "properties": {
        "seal": {"type": "string", "minLength": 1},
        "steps": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["step", "outcome", "documents", "seconds", "sha256", "detail"],
                "properties": {
                    "outcome": {"enum": ["ok", "failed"]},
                    "documents": {"type": "array", "items": {"type": "string"}},
                    "seconds": {"type": "number", "minimum": 0},
                    "sha256": {"type": "string", "pattern": "^([0-9a-f]{64})?$"},
                },
            },
        },
    },
}


def _demo(out: Path | str, *more: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", "demo", "--out", str(out), *more],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=200,
        check=False,
        cwd=cwd,
        env={**os.environ, **environment},
    )


def _digest(parts: list[bytes]) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def _report(out: Path) -> tuple[str, dict[str, dict[str, Any]]]:
    """Which seal, and the steps by name."""
    report = json.loads((out / "report.json").read_text("utf-8"))
    jsonschema.validate(report, REPORT)
    assert [s["step"] for s in report["steps"]] == STEPS[: len(report["steps"])]
    assert {s["outcome"] for s in report["steps"]} == {"ok"}
    return report["seal"], {s["step"]: s for s in report["steps"]}


class Left:
    """The demo's database, read as any other program of ours would."""

    def __init__(self, out: Path) -> None:
        self.db = Database.open(out / "data" / "muhurdar.db", clock=SystemClock())

    def __enter__(self) -> Left:
        return self

    def __exit__(self, *_: object) -> None:
        self.db.close()

    def content(self, ettns: list[str], direction: Direction, *roles: str) -> list[bytes]:
        found = []
        with self.db.read() as s:
            (company,) = companies.list_companies(s)
            for ettn in ettns:
                record = documents.find(s, company.id, direction, ettn)
                assert record is not None
                found.append(next(raw for role in roles if (raw := documents.load_file(s, record.id, role))))
        return found

    def states(self, direction: Direction) -> dict[str, State]:
        with self.db.read() as s:
            (company,) = companies.list_companies(s)
            query = search.DocumentQuery(company_id=company.id, direction=direction)
            return {r.ettn: r.state for r in search.rows(s, search.ids(s, query))}


@pytest.mark.softhsm
@pytest.mark.slow
def test_main_job_with_a_token(tmp_path: Path, project: Path) -> None:
    out = tmp_path / "deneme"
    # As users type it: a folder relative to where they stand.
    done = _demo("deneme", cwd=tmp_path, PYTHONPATH=str(project))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    seal, report = _report(out)
    assert list(report) == STEPS
    assert "PKCS#11" in seal and seal == report["token"]["detail"]

    sent, received = report["draft"]["documents"], report["receive"]["documents"]
    assert len(sent) == 3 and len(received) == 25 and len(report["render"]["documents"]) == 28
    with Left(out) as left:
        sealed = left.content(sent, Direction.OUT, "sealed")
        assert all(verify_document(raw).valid for raw in sealed)
        assert report["seal"]["sha256"] == _digest(sealed)
        assert report["track"]["sha256"] == _digest(left.content(sent, Direction.OUT, "legal", "sealed"))
        assert report["receive"]["sha256"] == _digest(left.content(received, Direction.IN, "received"))
        states = left.states(Direction.OUT)
        assert [states[e] for e in sent] == [State.DELIVERED, State.ACCEPTED, State.REJECTED]
        answered = left.states(Direction.IN)
        assert [e for e, state in answered.items() if state is State.ANSWERED] == report["answer"]["documents"]
    _check_pdfs(out, report)


def _check_pdfs(out: Path, report: dict[str, dict[str, Any]]) -> None:
    """One PDF for each of the 28, in the order of the report, each naming its ETTN or its number."""
    files = [next((out / "pdf").glob(f"*_{ettn[:8]}.pdf")) for ettn in report["render"]["documents"]]
    assert len(set(files)) == 28 == len(list((out / "pdf").iterdir()))
    assert report["render"]["sha256"] == _digest([path.read_bytes() for path in files])
    for path, ettn in zip(files, report["render"]["documents"], strict=True):
        text = "".join("".join(page.extract_text() for page in PdfReader(path).pages).split())
        assert ettn in text.lower() or path.name.partition("_")[0] in text, path


def test_main_job_without_softhsm_uses_the_test_seal(tmp_path: Path) -> None:
    out = tmp_path / "deneme"
    done = _demo(out, "--no-pdf", "--json", PATH=str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    seal, report = _report(out)
    assert json.loads(done.stdout)["seal"] == seal and "TEST" in seal
    assert "PKCS#11" not in seal
    with Left(out) as left:
        for raw in left.content(report["draft"]["documents"], Direction.OUT, "sealed"):
            verified = verify_document(raw)
            assert verified.valid
            assert all(s.certificate is not None and s.certificate.is_test for s in verified.signatures)
    # Once more into the same folder: what the first demo left there is no obstacle.
    again = _demo(out, "--no-pdf", PATH=str(tmp_path))
    assert again.returncode == 0, again.stdout + again.stderr
    assert _report(out)[1]["draft"]["documents"] != report["draft"]["documents"]


@pytest.mark.parametrize("mine", ["data/muhurdar.db", "pdf/sozlesme.pdf"])
def test_demo_never_touches_a_folder_that_is_not_its_own(tmp_path: Path, mine: str) -> None:
    kept = tmp_path / mine
    kept.parent.mkdir()
    kept.write_bytes(b"kullanicinin kendi dosyasi")
    done = _demo(tmp_path, "--no-pdf")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert kept.read_bytes() == b"kullanicinin kendi dosyasi"


def test_demo_into_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dosya").touch()
    done = _demo(tmp_path / "dosya")
    assert done.returncode == 2 and "bir klasör değil" in done.stderr

"""The command line run in this process, an office of the test's own, and the shapes that other programs rely on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from app.cli import main
from app.demo import people
from app.domain.taxnumber import TaxNumber, parse_tax_number
from app.runtime.clock import SystemClock
from app.runtime.paths import resolve_data_dir
from app.sandbox.server import Sandbox
from app.signing.soft import TestSealer

VKN = str(people.SELLER["vkn"])
PASSWORD = "Entegrator-Parolasi-71"
PASSPHRASE = "kasa-icin-uzun-bir-parola"
P12_PASSWORD = "muhur-dosyasi-parolasi"

_TEXT: dict[str, Any] = {"type": "string"}
_FLAG: dict[str, Any] = {"type": "boolean"}


def _object(**properties: Any) -> dict[str, Any]:
    """All of these must be there; a program may ignore more."""
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_FINDING = _object(
    severity={"enum": ["error", "warning", "info"]},
    layer={"enum": ["read", "xsd", "schematron", "builtin", "seal"]},
    code={"type": "string", "minLength": 1},
    field=_TEXT,
    message={"type": "string", "minLength": 1},
    explanation=_TEXT,
    official=_TEXT,
    fix=_TEXT,
    line={"type": ["integer", "null"]},
    xpath=_TEXT,
)
_KINDS = ["invoice", "despatch", "receipt", "creditnote", "application-response", "envelope", "unknown"]
_SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_DOCUMENT = _object(
    ettn=_TEXT,
    number=_TEXT,
    direction={"enum": ["in", "out"]},
    kind=_TEXT,
    profile=_TEXT,
    type=_TEXT,
    partner=_object(tax_number=_TEXT, name=_TEXT),
    currency=_TEXT,
    payable={"type": ["string", "null"]},
    state=_TEXT,
    is_final=_FLAG,
    review={"type": ["object", "null"]},
)
_BULK = _object(done=_list(_TEXT), failed=_list(_object(ettn=_TEXT, code=_TEXT, message=_TEXT)), stopped=_FLAG)
SHAPES: dict[str, dict[str, Any]] = {
    "error": _object(
        error=_object(code={"type": "string", "minLength": 1}, message={"type": "string", "minLength": 1})
    ),
    "validate": _object(files=_list(_object(file=_TEXT, kind={"enum": _KINDS}, ok=_FLAG, findings=_list(_FINDING)))),
    "verify": _object(
        file=_TEXT,
        valid=_FLAG,
        signatures=_list(
            _object(
                valid=_FLAG,
                digest_ok=_FLAG,
                signature_ok=_FLAG,
                certificate={"type": ["object", "null"]},
                signing_time={"type": ["string", "null"]},
                reasons=_list(_TEXT),
            )
        ),
    ),
    "sign": _object(file=_TEXT, seal=_TEXT, sha256=_SHA256),
    "render": _object(written=_list(_TEXT), failed=_list(_object(name=_TEXT, code=_TEXT, message=_TEXT))),
    "company add": _object(id={"type": "integer"}, tax_number=_TEXT, title=_TEXT, findings=_list(_FINDING)),
    "company list": _object(companies=_list(_object(tax_number=_TEXT, title=_TEXT, sealing_mode=_TEXT))),
    "connector set": _object(connector=_TEXT, title=_TEXT, url=_TEXT, kind={"enum": ["sandbox", "test", "live"]}),
    "create": _object(ettn=_TEXT, number=_TEXT, findings=_list(_FINDING)),
    "queue": _object(sealing=_BULK, queueing=_BULK, numbers={"type": "object"}),
    "answer": _object(ettn=_TEXT, number=_TEXT, answer={"enum": ["KABUL", "RED"]}, state=_TEXT),
    "list": _object(total={"type": "integer"}, documents=_list(_DOCUMENT)),
    "show": _object(ettn=_TEXT, history=_list(_object(at=_TEXT, state=_TEXT, code=_TEXT, text=_TEXT, note=_TEXT))),
    "export": _object(file=_TEXT, role=_TEXT),
    "sync": _object(offline=_FLAG, retry_at={"type": ["string", "null"]}, steps=_list(_object(step=_TEXT))),
    "backup": _object(file=_TEXT, size_bytes={"type": "integer"}, companies={"type": "integer"}),
    "token list": _object(modules=_list(_object(path=_TEXT, title=_TEXT, tokens={"type": "array"}))),
}


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    def json(self, shape: str = "") -> Any:
        """The one JSON object on stdout, held against its documented shape."""
        value = json.loads(self.out)
        assert isinstance(value, dict)
        if shape:
            jsonschema.validate(value, SHAPES[shape])
        return value

    def refused(self, code: int, *words: str) -> None:
        """It ended with this code and one Turkish sentence that names these words, and printed nothing else."""
        assert self.code == code, (self.code, self.out, self.err)
        assert "Traceback" not in self.err
        assert self.out == ""
        assert self.err.count("\n") == 1, self.err
        for word in words:
            assert word in self.err


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("company", "list", "--json")` as the console script would run it, in this process."""
    # No test may leave passwords in the keyring of whoever runs it.
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    monkeypatch.setenv("MUHURDAR_VAULT_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("PAROLA", PASSWORD)
    monkeypatch.setenv("P12", P12_PASSWORD)

    def start(*argv: str | Path) -> Ran:
        capsys.readouterr()
        code = main([str(word) for word in argv])
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return start


@pytest.fixture
def data_dir() -> Path:
    """The data folder that the commands of this test use."""
    return resolve_data_dir(None)


@pytest.fixture
def today() -> str:
    return SystemClock().today().isoformat()


def write_json(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture
def company_file(tmp_path: Path) -> Path:
    return write_json(tmp_path / "firma.json", people.SELLER)


@pytest.fixture
def draft_file(tmp_path: Path, today: str) -> Callable[..., Path]:
    """`draft_file(1, uuid=...)` writes one of the demo drafts, changed; returns its path."""

    def write(index: int = 0, **changes: Any) -> Path:
        return write_json(tmp_path / f"taslak{index}.json", people.drafts(today)[index] | changes)

    return write


@pytest.fixture
def company(run: Run, company_file: Path) -> str:
    """The demo seller is in the office; its VKN."""
    assert run("company", "add", "--from", company_file).code == 0
    return VKN


@pytest.fixture
def unsigned(run: Run, company: str, draft_file: Callable[..., Path], tmp_path: Path) -> Path:
    """A numbered invoice of the company without a seal."""
    out = tmp_path / "fatura.xml"
    year = SystemClock().today().year
    draft = draft_file(number=f"CNR{year}000000001")
    assert run("invoice", "create", draft, "--company", company, "-o", out).code == 0
    return out


@pytest.fixture(scope="session")
def p12(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """`p12(vkn)` is a PKCS#12 TEST seal of that taxpayer, made once; more words go to `TestSealer.create`."""
    folder = tmp_path_factory.mktemp("p12")
    made: dict[str, Path] = {}

    def make(owner: str = VKN, **life: Any) -> Path:
        name = f"{owner}{len(life)}.p12"
        if name not in made:
            number: TaxNumber = parse_tax_number(owner)
            made[name] = folder / name
            made[name].write_bytes(TestSealer.create(number, "Deneme", **life).to_pkcs12(P12_PASSWORD))
        return made[name]

    return make


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """The integrator, on the machine's clock as the commands are; it knows the demo's seller and buyers."""
    with Sandbox() as box:
        box.add_account(
            "deneme",
            PASSWORD,
            vkn=VKN,
            title=str(people.SELLER["title"]),
            gb=people.SELLER["labels"]["gb"],
            pk=people.SELLER["labels"]["pk"],
        )
        for index in range(len(people.BUYERS)):
            box.register(people.buyer_number(index), people.buyer_name(index), pk=people.buyer_labels(index), gb=[])
        yield box


@pytest.fixture
def connected(run: Run, company: str, sandbox: Sandbox) -> str:
    """The company sends through the sandbox; its VKN."""
    words = ("--key", "izibiz", "--url", sandbox.url, "--user", "deneme", "--password-env", "PAROLA")
    assert run("connector", "set", "--company", company, *words).code == 0
    return company

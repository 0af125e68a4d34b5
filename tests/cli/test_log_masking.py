"""After a whole day of commands: no VKN, TCKN, password, PIN or session id in the logs; no secret in the database."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.demo import people
from app.runtime.logs import configure
from app.runtime.paths import DataFolder
from app.sandbox.server import Sandbox

from .conftest import P12_PASSWORD, PASSPHRASE, PASSWORD

_LONG_DIGITS = re.compile(r"(?<![0-9A-Za-z-])\d{10,11}(?![0-9A-Za-z-])")


def _logs(data_dir: Path) -> str:
    return "".join(p.read_text("utf-8") for p in sorted((data_dir / "logs").iterdir()))


def test_nothing_secret_is_left_behind(
    run: Any, connected: str, sandbox: Sandbox, draft_file: Any, data_dir: Path, p12: Any, tmp_path: Path
) -> None:
    def command(*words: Any, code: int = 0) -> str:
        ran = run(*words, "--verbose")
        assert ran.code == code, ran.err
        said.append(ran.err)
        return str(ran.out)

    said: list[str] = []
    seal = ("--pkcs12", p12(), "--password-env", "P12")
    ettns = [command("invoice", "create", draft_file(i), "--company", connected).strip() for i in range(3)]
    command("invoice", "queue", *ettns, "--company", connected, *seal)
    sandbox.add_incoming(count=4, sealed=False)
    sandbox.add_raw_incoming(b"bozuk")
    sandbox.arm("session_expired", "SendInvoice")
    command("sync", "--company", connected)
    command("invoice", "list", "--company", connected)
    command("invoice", "export", ettns[0], "--company", connected, "-o", tmp_path / "a.xml")
    command("verify", tmp_path / "a.xml")
    command("invoice", "queue", ettns[0], "--company", connected, *seal, code=1)
    sandbox.set_password("deneme", "simdi-baska-bir-parola")
    command("invoice", "create", draft_file(0), "--company", connected)
    command("backup", tmp_path / "yedek.db")

    logs = _logs(data_dir)
    assert logs.strip(), "the commands logged nothing at all: this test would see nothing"
    sessions = {call.session for call in sandbox.calls} - {"", "-1"}  # what Login itself carries
    assert sessions
    numbers = {connected, *(people.buyer_number(i) for i in range(len(people.BUYERS)))}
    secrets = {PASSWORD, PASSPHRASE, P12_PASSWORD, *sessions}
    for text in (logs, *said):
        found = {value for value in numbers | secrets if value in text}
        assert not found
        assert _LONG_DIGITS.findall(text) == []
    stored = b"".join(p.read_bytes() for p in data_dir.glob("muhurdar.db*")) + (tmp_path / "yedek.db").read_bytes()
    assert not [value for value in secrets if value.encode() in stored]
    assert not [value for value in secrets if value.encode() in (data_dir / "vault.bin").read_bytes()]


def test_the_scan_would_see_an_unmasked_number(data_dir: Path) -> None:
    """Guards the test above: the same numbers logged by anybody come out masked, and the pattern finds bare ones."""
    session = configure(DataFolder(data_dir), verbose=False)
    try:
        logging.getLogger("app.anywhere").info("firma %s, kişi %s, parola=%s", "9205121120", "10000000146", "gizli")
        try:
            raise ValueError("9205121120 okunamadı")
        except ValueError:
            logging.getLogger("app.anywhere").info("yarım kaldı", exc_info=True)
    finally:
        session.close()
    logs = _logs(data_dir)
    assert "92******20" in logs and "10*******46" in logs and "ValueError" in logs
    assert _LONG_DIGITS.findall(logs) == [] and "gizli" not in logs
    assert _LONG_DIGITS.findall(f"{datetime.now(UTC).isoformat()} firma 9205121120") == ["9205121120"]

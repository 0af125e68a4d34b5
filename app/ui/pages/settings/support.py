"""The support package: logs and facts of the machine, without a secret and without a personal number."""

from __future__ import annotations

import importlib.metadata
import io
import json
import platform
import re
import sys
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import app
from app.domain.dates import ISTANBUL
from app.domain.errors import AppError
from app.domain.party import Party
from app.domain.turkish import format_datetime
from app.office import Office
from app.runtime.files import write_output
from app.runtime.masking import mask
from app.runtime.settings import ALL, OFFICE_NAME, SEAL_MODULES
from app.storage import companies as stored
from app.storage import schema, search
from app.storage.search import DocumentQuery

#: Newest log files that go in, and the most of each.
_LOG_FILES = 5
_LOG_BYTES = 2 * 1024 * 1024
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")
# Ten or eleven digits in any grouping: phones, and numbers that somebody wrote with blanks.
_GROUPED = re.compile(r"(?<![\w-])\(?(?:\+?90[ .-]?)?\(?0?\d{3}\)?[ .-]\d{3}[ .-]?\d{2}[ .-]?\d{2}(?![\w-])")
#: Where a word begins; a phone may begin with its plus or bracket.
_WORD = re.compile(r"(?<!\w)[\w+(]")
#: So many letters of a name are looked up at once; shorter words would blank half of a log.
_KEY = 4
_LIBRARIES = ("PySide6", "SQLAlchemy", "zeep", "lxml", "cryptography", "python-pkcs11", "saxonche")


def file_name(moment: datetime) -> str:
    """The name the package is offered."""
    return f"muhurdar-destek-{moment.astimezone(ISTANBUL):%Y%m%d-%H%M}.zip"


def scrub(text: str, names: list[str], others: Mapping[str, list[str]] | None = None) -> str:
    """`text` without numbers, secrets, mail addresses, phones and the given names (firms, users, the home folder).

    `others` are the many: customers and senders, as `by_beginning` sorts them; they go where a word begins.
    """
    if others:
        text = _without(text, others)
    for name in names:
        text = text.replace(name, "[ad]")
    text = _EMAIL.sub("[e-posta]", text)
    return mask(_GROUPED.sub("[numara]", text))


def by_beginning(names: Iterable[str]) -> dict[str, list[str]]:
    """Names by their first letters, the longest first: a hundred thousand of them are looked for in one walk."""
    found: dict[str, list[str]] = {}
    for name in sorted(set(names), key=len, reverse=True):
        if len(name) >= _KEY:
            found.setdefault(name[:_KEY], []).append(name)
    return found


def _without(text: str, names: Mapping[str, list[str]]) -> str:
    parts: list[str] = []
    done = 0
    for match in _WORD.finditer(text):
        at = match.start()
        if at < done:
            continue
        name = next((n for n in names.get(text[at : at + _KEY], ()) if text.startswith(n, at)), None)
        if name is not None:
            parts += text[done:at], "[ad]"
            done = at + len(name)
    return "".join([*parts, text[done:]])


def build(office: Office, target: Path) -> Path:
    """Write the package to `target`. Raises: EnvironmentFault FILE.*."""
    names, others = _names(office)
    now = office.clock.now()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        facts = json.dumps(_facts(office), ensure_ascii=False, indent=2)
        package.writestr("bilgi.json", scrub(facts, names, others))
        for path in sorted(office.folder.logs.glob("muhurdar-*.log"))[-_LOG_FILES:]:
            raw = path.read_bytes()[-_LOG_BYTES:]
            package.writestr(f"gunluk/{path.name}", scrub(raw.decode("utf-8", errors="replace"), names, others))
        package.writestr(
            "OKU.txt",
            f"Mühürdar destek paketi, {format_datetime(now)}\n\n"
            "İçindekiler: program ve bilgisayar bilgileri, son günlük dosyaları.\n"
            "Parola, PIN, vergi ya da kimlik numarası, IBAN, telefon, e-posta, firma adı ve belge içeriği yoktur.\n",
        )
    write_output(target, buffer.getvalue())
    return target


def _facts(office: Office) -> dict[str, Any]:
    settings = {
        setting.name: office.settings.get(setting) for setting in ALL if setting not in (OFFICE_NAME, SEAL_MODULES)
    }
    with office.db.read() as s:
        accounts = stored.list_accounts(s)
        counts = {
            "companies": len(stored.list_companies(s)),
            "accounts": len(accounts),
            "documents": search.count(s, DocumentQuery(company_id=None)),
        }
    return {
        "program": {"version": app.__version__, "frozen": bool(getattr(sys, "frozen", False))},
        "machine": {
            "system": platform.system(),
            "release": platform.release(),
            "machine": platform.machine(),
            "python": platform.python_version(),
        },
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "database": {"tables": schema.VERSION, "size_kb": office.folder.database.stat().st_size // 1024} | counts,
        "endpoints": sorted({_endpoint(office, account.connector, account.url) for account in accounts}),
        "settings": settings,
        "seal_modules": [path.name for path in office.seal_modules()],
    }


def _endpoint(office: Office, key: str, url: str) -> str:
    try:
        return f"{key}: {office.connector(key).endpoint_kind(url).value}"
    except AppError as e:
        return f"{key}: {e.code}"


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "-"


def _names(office: Office) -> tuple[list[str], dict[str, list[str]]]:
    """Words that tell who this is, the longest first; and those of everybody the firms deal with."""
    with office.db.read() as s:
        records = stored.list_companies(s)
        users = [account.user for account in stored.list_accounts(s)]
        parties = [p.party for record in records for p in stored.list_partners(s, record.id, limit=100_000)]
        senders = stored.dealt_with(s)
    names = {word for record in records for word in _words(record.company.party)}
    names |= {str(Path.home()), Path.home().name, office.settings.get(OFFICE_NAME)}
    # Two letters would blank half of the log; a user called "demo" must not.
    found = [name for name in names | set(users) if len(name) > 3]
    others = by_beginning([word for party in parties for word in _words(party)] + senders)
    return sorted(found, key=len, reverse=True), others


def _words(party: Party) -> list[str]:
    words = (party.display_name, party.mersis, party.trade_registry_no, party.phone, party.fax)
    return [word for word in words if word]

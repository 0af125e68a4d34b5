"""Forms that cannot be stored as drafts yet (no buyer, half a number): whole files in the data folder, one per form."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from app.domain.errors import InputError
from app.domain.ettn import parse_ettn
from app.office import Office
from app.runtime import files

log = logging.getLogger(__name__)
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForm:
    """A form as it was typed; `fields` are the draft's words, perhaps not readable as an invoice."""

    ettn: str
    company_vkn: str
    saved_at: datetime
    fields: dict[str, Any] = field(repr=False)

    @property
    def title(self) -> str:
        """By what the user knows it again."""
        customer = self.fields.get("customer")
        names = customer if isinstance(customer, Mapping) else {}
        person = f"{names.get('name', '')} {names.get('surname', '')}".strip()
        name = str(names.get("title") or person)
        lines = self.fields.get("lines") or [{}]
        return name or str(lines[0].get("name") or "") or "adsız form"


class RecoveryStore:
    """Any thread; one writer per form. Files hold what the user typed, so they are readable by the owner only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, company_vkn: str, fields: Mapping[str, Any], *, at: datetime) -> KeptForm:
        """Write the form whole; the earlier one of the same ETTN is replaced. Raises: EnvironmentFault FILE.*."""
        form = KeptForm(ettn=parse_ettn(fields["uuid"]), company_vkn=company_vkn, saved_at=at, fields=dict(fields))
        body = {"version": _VERSION, "company": company_vkn, "saved_at": at.isoformat(), "fields": form.fields}
        self._folder.mkdir(parents=True, exist_ok=True)
        files.replace_file(self._path(form.ettn), json.dumps(body, ensure_ascii=False).encode(), point=files.OUTPUT)
        return form

    def drop(self, ettn: str) -> None:
        """Forget a form: it became a draft, or the user does not want it."""
        self._path(ettn).unlink(missing_ok=True)

    def load(self, ettn: str) -> KeptForm | None:
        return self._read(self._path(ettn))

    def waiting(self, company_vkn: str = "") -> list[KeptForm]:
        """All kept forms (of a company), the latest first. One that cannot be read is left where it lies."""
        found = [form for path in self._folder.glob("*.json") if (form := self._read(path)) is not None]
        mine = [form for form in found if company_vkn in ("", form.company_vkn)]
        return sorted(mine, key=lambda form: (form.saved_at, form.ettn), reverse=True)

    def _path(self, ettn: str) -> Path:
        return self._folder / f"{parse_ettn(ettn)}.json"

    def _read(self, path: Path) -> KeptForm | None:
        try:
            body = json.loads(path.read_bytes())
            if body["version"] != _VERSION:
                return None
            return KeptForm(
                ettn=parse_ettn(path.stem),
                company_vkn=str(body["company"]),
                saved_at=datetime.fromisoformat(body["saved_at"]),
                fields=dict(body["fields"]),
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, InputError):
            log.warning("kept form %s is not readable", path.name)
            return None


def recovery_of(office: Office) -> RecoveryStore:
    """The store of an office's data folder."""
    return RecoveryStore(office.folder.root / "unfinished")

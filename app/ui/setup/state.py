"""How far the set-up has come, kept as a small file in the data folder."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from app.runtime.files import write_output
from app.runtime.paths import DataFolder
from app.storage import companies
from app.ui.desk import Desk

log = logging.getLogger(__name__)

_FILE: Final = "kurulum.json"
STEPS: Final = ("office", "company", "integrator", "seal", "series", "finish")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupState:
    """`company` is the tax number of the company being set up, empty before it is stored."""

    step: str = STEPS[0]
    done: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    company: str = ""
    is_finished: bool = False

    def with_done(self, step: str) -> SetupState:
        others = tuple(s for s in self.done if s != step)
        return replace(self, done=(*others, step), skipped=tuple(s for s in self.skipped if s != step))

    def with_skipped(self, step: str) -> SetupState:
        """A step that was done before stays done."""
        if step in self.done:
            return self
        others = tuple(s for s in self.skipped if s != step)
        return replace(self, skipped=(*others, step))


def load_state(folder: DataFolder) -> SetupState | None:
    """The state as it was left; None when the set-up has never begun (or its file cannot be read)."""
    try:
        data = json.loads(_path(folder).read_text("utf-8"))
        state = SetupState(
            step=str(data["step"]),
            done=tuple(data["done"]),
            skipped=tuple(data["skipped"]),
            company=str(data["company"]),
            is_finished=bool(data["is_finished"]),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as e:
        log.info("the state of the set-up is not readable: %s", type(e).__name__)
        return None
    return state if state.step in STEPS else replace(state, step=STEPS[0])


def save_state(folder: DataFolder, state: SetupState) -> None:
    """Keep the state. Raises: EnvironmentFault FILE.*."""
    write_output(_path(folder), json.dumps(asdict(state), ensure_ascii=False).encode())


def needs_setup(desk: Desk) -> bool:
    """Whether to offer the set-up at start: it was left half-way, or the office is empty and never saw it.

    Quick enough for the GUI thread: one small file and at most one row.
    """
    if desk.is_demo:
        return False
    state = load_state(desk.office.folder)
    if state is not None:
        return not state.is_finished
    with desk.office.db.read() as s:
        return not companies.has_companies(s)


def _path(folder: DataFolder) -> Path:
    return folder.root / _FILE

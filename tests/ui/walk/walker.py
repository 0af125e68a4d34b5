"""The walk itself, in a process of its own because the scale is set before Qt starts: prints its faults as JSON.

`python walker.py GROUND PERCENT`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import looking

from app.domain.lifecycle import Direction, State
from app.ui.app import make_application
from app.ui.pages.registry import available
from app.ui.theme.style import theme
from app.ui.tour import ground
from app.ui.tour.scenes import NotThere
from app.ui.tour.stage import Stage

LOOKS = {
    "cut": looking.cut_words,
    "squeezed": looking.squeezed,
    "tabs": looking.hidden_tabs,
    "nameless": looking.nameless,
    "english": looking.english,
    "contrast": looking.weak_contrast,
}


def walk(stage: Stage) -> dict[str, dict[str, list[str]]]:
    """Every page (and every subject of the settings) in both themes; {place: {what: faults}}."""
    found: dict[str, dict[str, list[str]]] = {}
    for name in ("light", "dark"):
        theme().apply(name)
        for spec in available():
            page = stage.page(spec.key, stage.busiest())
            if spec.key in ("inbox", "outbox"):
                _select(stage, page, spec.key)
            if spec.key == "settings":
                for key in page.keys():  # noqa: SIM118 - not a dict
                    page.subject(key)
                    stage.settle()
                    found[f"settings/{key} {name}"] = _look(stage)
                continue
            found[f"{spec.key} {name}"] = _look(stage)
        stage.page("today", window=stage.bare("empty"))
        found[f"empty {name}"] = {what: look(stage.bare("empty")) for what, look in LOOKS.items()}
    return found


def _look(stage: Stage) -> dict[str, list[str]]:
    stage.wait(80)
    faults = {what: look(stage.window) for what, look in LOOKS.items()}
    faults["unreachable"] = looking.unreachable(stage.window, stage.window)
    return faults


def _select(stage: Stage, page: Any, key: str) -> None:
    """A document with as much to say as there is."""
    try:
        if key == "inbox":
            record = stage.documents(Direction.IN, State.ANSWER_DUE)[0]
        else:
            record = stage.documents(Direction.OUT, State.FAILED)[0]
    except NotThere:
        return
    stage.page(key, stage.company_of(record))
    stage.select(page, [record.id])


def main(root: Path, percent: int) -> int:
    make_application()
    with ground.opened(root) as (office, sandbox):
        theme().apply("light")
        stage = Stage(office, sandbox, root, scale=percent / 100)
        try:
            found = walk(stage)
        finally:
            stage.close()
    print(json.dumps(found, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))

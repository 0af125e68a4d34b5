"""Prints how fast the program is, each figure beside a yardstick taken in the same run. Never a test: see README.

    python -m tests.bench [start] [lists] [render] [issue] [receive] [validate] [ledger] [ui] [--big] [--lines N]
        [--json FILE]

`ui` is all of the window: start, lists, reading pane, editor, stalls of the event loop, memory of an hour; each part
(`ui-start`, `ui-lists`, …) may be asked for by itself. Without names all sections run; `--big` adds the
million-document office (some minutes, about 1.5 GB on disk).
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.stopwatch import Board

# Section: module and function. Several sections run in a process each: the peak memory of one is not another's.
SECTIONS = {
    "start": ("start", "run"),
    "lists": ("lists", "run"),
    "render": ("rendering", "run"),
    "issue": ("issuing", "run_issue"),
    "receive": ("issuing", "run_receive"),
    "validate": ("validating", "run"),
    "ledger": ("ledgering", "run"),
    "ui-start": ("windowstart", "run"),
    "ui-lists": ("windowlists", "run"),
    "ui-reading": ("windowreading", "run"),
    "ui-editing": ("windowediting", "run"),
    "ui-stalls": ("windowstalls", "run"),
    "ui-hour": ("windowhour", "run"),
}
#: One name for several sections.
GROUPS = {"ui": [name for name in SECTIONS if name.startswith("ui-")]}


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("sections", nargs="*", choices=[[], *SECTIONS, *GROUPS], default=[])
    parser.add_argument("--big", action="store_true", help="also the million-document office")
    parser.add_argument("--lines", type=int, action="append", help="lines of a ledger's month (only `ledger`)")
    parser.add_argument("--json", metavar="FILE", help="write the figures to FILE too")
    arguments = parser.parse_args(argv)
    sections = [part for name in arguments.sections or SECTIONS for part in GROUPS.get(name, [name])]
    if len(sections) == 1:
        if sections[0] in GROUPS["ui"]:
            _without_screen()
        board = Board()
        board.head(sections[0])
        module, function = SECTIONS[sections[0]]
        more = {"lines": arguments.lines} if sections[0] == "ledger" else {}
        getattr(importlib.import_module(f"tests.bench.{module}"), function)(board, big=arguments.big, **more)
        rows = board.rows
    else:
        rows = [row for name in sections for row in _run_alone(name, big=arguments.big)]
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(rows, indent=2, ensure_ascii=False), "utf-8")
    return 0


def _without_screen() -> None:
    """The window is measured unseen unless a platform is asked for; Chromium refuses its own sandbox to root."""
    if sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        if os.geteuid() == 0:
            os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")


def _run_alone(name: str, *, big: bool) -> list[dict[str, Any]]:
    """The rows of one section, run in a process of its own that prints them itself."""
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "rows.json"
        command = [sys.executable, "-m", "tests.bench", name, "--json", str(figures), *(["--big"] if big else [])]
        ended = subprocess.run(command, check=False).returncode
        if ended:
            raise SystemExit(ended)
        rows: list[dict[str, Any]] = json.loads(figures.read_text("utf-8"))
        return rows


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

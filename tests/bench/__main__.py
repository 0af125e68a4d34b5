"""Prints how fast the program is, each figure beside a yardstick taken in the same run. Never a test: see README.

    python -m tests.bench [start] [lists] [render] [issue] [receive] [--big] [--json FILE]

Without names all sections run; `--big` adds the million-document office (some minutes, about 1.5 GB on disk).
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

from tests.bench.stopwatch import Board

# Section: module and function; imported when run, so that one section's memory is not another's.
SECTIONS = {
    "start": ("start", "run"),
    "lists": ("lists", "run"),
    "render": ("rendering", "run"),
    "issue": ("issuing", "run_issue"),
    "receive": ("issuing", "run_receive"),
}


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("sections", nargs="*", choices=[[], *SECTIONS], default=[])
    parser.add_argument("--big", action="store_true", help="also the million-document office")
    parser.add_argument("--json", metavar="FILE", help="write the figures to FILE too")
    arguments = parser.parse_args(argv)
    board = Board()
    for name in arguments.sections or SECTIONS:
        board.head(name)
        module, function = SECTIONS[name]
        getattr(importlib.import_module(f"tests.bench.{module}"), function)(board, big=arguments.big)
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(board.rows, indent=2, ensure_ascii=False), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""tour: pictures of every page and state of the window."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.shell import note, print_json, say


def cmd_tour(arguments: argparse.Namespace) -> int:
    from app.ui.tour.run import run_tour

    quiet = arguments.json
    report = run_tour(Path(arguments.out), quick=arguments.quick, say=(lambda _line: None) if quiet else say)
    if quiet:
        print_json(report)
    else:
        for line in (*report["missing"], *report["failed"]):
            note(line)
        say(f"{len(report['pictures'])} resim: {Path(arguments.out) / 'index.html'}")
    return 1 if report["failed"] else 0

"""demo: the main job end to end without a window."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.shell import print_json, say


def cmd_run(arguments: argparse.Namespace) -> int:
    from app.demo.run import Demo

    quiet = arguments.json
    demo = Demo(Path(arguments.out), with_pdf=not arguments.no_pdf, say=(lambda _line: None) if quiet else say)
    report = demo.run()
    if arguments.json:
        print_json(report)
    else:
        say(f"Rapor: {demo.out / 'report.json'}  (mühür: {demo.seal_title})")
    return 0 if demo.is_clean else 1

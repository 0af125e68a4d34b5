"""Headless commands, thin over the workflows.

Nothing heavy is imported until a command needs it. Every command ends in an exit code: 0 done, 1 something is wrong
with what was given, 2 it cannot be read or used, 3 somebody else is working on that company.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str]) -> int:
    """Parse `argv`, run the command, turn any known failure into one Turkish sentence on stderr."""
    from app.cli.parser import build_parser

    _speak_utf8()
    arguments = build_parser().parse_args(list(argv))
    from app.cli.shell import run_command

    return run_command(arguments)


def _speak_utf8() -> None:
    """Windows consoles default to a code page without ğ and ş."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")

"""Headless commands, thin over the workflows.

Nothing heavy is imported until a command needs it. Every command ends in an exit code: 0 done, 1 something is wrong
with what was given, 2 it cannot be read or used, 3 somebody else is working on that company, 130 stopped by Ctrl+C,
141 nobody reads the output any more.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str]) -> int:
    """Parse `argv`, run the command, turn any known failure into one Turkish sentence on stderr."""
    try:
        return _run(list(argv))
    except KeyboardInterrupt:
        # Pressed while something was still being imported, or once more while the command was ending.
        return 130


def _run(argv: list[str]) -> int:
    from app.cli.parser import build_parser
    from app.cli.words import UsageError

    _speak_utf8()
    try:
        arguments = build_parser().parse_args(argv)
    except UsageError as error:
        from app.cli.shell import complain_about_usage

        return complain_about_usage(str(error), as_json="--json" in argv)
    except SystemExit as ended:  # --help and --version
        from app.cli.shell import flush

        return flush(int(ended.code or 0))
    from app.cli.shell import run_command

    return run_command(arguments)


def _speak_utf8() -> None:
    """Windows consoles default to a code page without ğ and ş."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")

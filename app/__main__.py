"""Entry of `muhurdar` and of the frozen program."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; the frozen program's child processes come through here too."""
    try:
        return _run(sys.argv[1:])
    except KeyboardInterrupt:
        # Imports are work too: Ctrl+C in the first tenth of a second prints no traceback either.
        return 130


def _run(argv: list[str]) -> int:
    if getattr(sys, "frozen", False):
        import multiprocessing

        multiprocessing.freeze_support()
    # A bundle has one executable: its children are this very program, told apart by their first word.
    if argv[:1] == ["--muhurdar-child"]:
        from app.runtime.childwire import serve

        serve()
        return 0
    if argv[:1] == ["--muhurdar-pdf"]:
        import runpy

        runpy.run_module("app.pdfworker", run_name="__main__")
        return 0
    from app.cli import main as run

    return run(argv)


if __name__ == "__main__":
    sys.exit(main())

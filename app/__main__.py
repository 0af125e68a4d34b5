"""Entry of `muhurdar` and of the frozen program."""

from __future__ import annotations

import multiprocessing
import sys


def main() -> int:
    """Run the command line; the frozen program's child processes come through here too."""
    multiprocessing.freeze_support()
    # A bundle has one executable: its children are this very program, told apart by their first word.
    if sys.argv[1:2] == ["--muhurdar-child"]:
        from app.runtime.childwire import serve

        serve()
        return 0
    if sys.argv[1:2] == ["--muhurdar-pdf"]:
        import runpy

        runpy.run_module("app.pdfworker", run_name="__main__")
        return 0
    from app.cli import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())

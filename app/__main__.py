"""Entry of `muhurdar` and of the frozen program."""

from __future__ import annotations

import multiprocessing
import sys


def main() -> int:
    """Run the command line; the frozen program's child processes come through here too."""
    multiprocessing.freeze_support()
    from app.cli import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())

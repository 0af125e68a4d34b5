"""Start of the command line: `--help` and a command that opens the office."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.stopwatch import Board, median_of


def run(board: Board, *, big: bool) -> None:
    muhurdar = str(Path(sys.executable).with_name("muhurdar"))
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"MUHURDAR_DATA_DIR": folder}

        def call(*command: str) -> None:
            subprocess.run(command, env=env, check=True, capture_output=True)

        board.row("yardstick: python -c pass", median_of(lambda: call(sys.executable, "-c", "pass"), runs=11))
        board.row("muhurdar --help", median_of(lambda: call(muhurdar, "--help"), runs=11), aim="150 ms")
        board.row("muhurdar company list (opens the database)", median_of(lambda: call(muhurdar, "company", "list")))

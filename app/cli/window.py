"""No command: the window. And tour: pictures of its every page and state. Qt is imported inside the functions only."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from app.cli.shell import note, print_json, say
from app.domain.errors import EnvironmentFault


def cmd_open(arguments: argparse.Namespace) -> int:
    """Open the window; with `--demo` on the demo office. Without a screen one sentence says what to do instead."""
    from app.runtime.paths import resolve_data_dir

    ensure_screen()
    from app.ui.app import run_window

    passphrase = os.environ.get(arguments.vault_passphrase_env) or None
    return run_window(resolve_data_dir(arguments.data_dir), demo=arguments.demo, passphrase=passphrase)


def cmd_tour(arguments: argparse.Namespace) -> int:
    from app.ui.tour.run import run_tour

    quiet = arguments.json
    only = tuple(filter(None, arguments.only.split(",")))
    report = run_tour(Path(arguments.out), quick=arguments.quick, only=only, say=(lambda _line: None) if quiet else say)
    if quiet:
        print_json(report)
    else:
        for line in (*report["missing"], *report["failed"]):
            note(line)
        say(f"{len(report['pictures'])} resim: {Path(arguments.out) / 'index.html'}")
    return 1 if report["failed"] else 0


def ensure_screen() -> None:
    """Qt would abort the whole process without a screen. Raises: EnvironmentFault (WINDOW.NO_SCREEN)."""
    if not sys.platform.startswith("linux"):
        return
    if any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")):
        return
    raise EnvironmentFault(
        "WINDOW.NO_SCREEN",
        "Pencere açılamadı.",
        why="Bu oturumda ekran yok.",
        todo="Masaüstünde çalıştırın ya da penceresiz deneyin: muhurdar demo --out KLASÖR.",
    )

"""sandbox serve: the training integrator on this computer."""

from __future__ import annotations

import argparse
import signal
import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.shell import flush, print_json, say
from app.domain.errors import InputError

if TYPE_CHECKING:
    from app.sandbox.server import Sandbox


def cmd_serve(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl+C or SIGTERM; with `--json` the one object is printed as soon as it listens."""
    from app.sandbox import training

    enough = threading.Event()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: enough.set())
    with _open(arguments) as sandbox:
        news = training.furnish(sandbox)
        if arguments.json:
            print_json({"url": sandbox.url, "port": sandbox.port, "state": arguments.state, "is_new": bool(news)})
        else:
            say(sandbox.url)
            say(f"{news}Durdurmak için Ctrl+C.")
        # Whoever started it waits for the address.
        flush(0)
        try:
            enough.wait()
        except KeyboardInterrupt:
            enough.set()
    if not arguments.json:
        say("Deneme entegratörü durdu.")
    return 0


def _open(arguments: argparse.Namespace) -> Sandbox:
    """Raises: InputError (SANDBOX.STATE) when the state file cannot be one."""
    from app.sandbox.server import Sandbox

    try:
        return Sandbox(Path(arguments.state) if arguments.state else None, port=arguments.port)
    except sqlite3.Error as error:
        raise InputError(
            "SANDBOX.STATE",
            f"{arguments.state} deneme entegratörünün durumu olarak açılamadı.",
            why="Bir klasör, başka bir dosya ya da yazılamayan bir yer olabilir.",
            todo="Başka bir dosya adı verin.",
            raw_text=str(error),
        ) from error

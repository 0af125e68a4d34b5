"""sandbox serve: the training integrator on this computer."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path

from app.cli.shell import flush, print_json, say


def cmd_serve(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl+C or SIGTERM; with `--json` the one object is printed as soon as it listens."""
    from app.sandbox import training
    from app.sandbox.server import Sandbox

    enough = threading.Event()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: enough.set())
    with Sandbox(Path(arguments.state) if arguments.state else None, port=arguments.port) as sandbox:
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

"""sandbox serve: the training integrator on this computer."""

from __future__ import annotations

import argparse


def cmd_serve(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from app.sandbox import server

    return server.serve(port=arguments.port, state=Path(arguments.state) if arguments.state else None)

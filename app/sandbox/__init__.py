"""An integrator simulator on loopback, for training, the demo and the tests. `server.Sandbox` is the way in."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m app.sandbox [--port N] [--state FILE]`: run until Ctrl+C."""
    import argparse
    from pathlib import Path

    from app.domain.errors import AppError
    from app.sandbox.server import serve

    parser = argparse.ArgumentParser(
        prog="app.sandbox", description="Mühürdar deneme entegratörü (yalnızca bu bilgisayar)"
    )
    parser.add_argument("--port", type=int, default=0, help="dinlenecek kapı; verilmezse boş bir kapı seçilir")
    parser.add_argument("--state", type=Path, default=None, help="durumun saklanacağı dosya; verilmezse bellekte kalır")
    given = parser.parse_args(arguments)
    try:
        return serve(port=given.port, state=given.state)
    except (AppError, OSError, OverflowError) as e:
        parser.exit(1, f"Deneme entegratörü başlatılamadı: {e}\n")

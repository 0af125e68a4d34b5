"""Refreshes the locks: exact versions with hashes, for every supported Python and for Windows and Linux in one file.

    python installer/lock.py            newest versions within the ranges of pyproject.toml
    python installer/lock.py --keep     only what pyproject.toml changed, all else stays as it is

Needs `uv` (a developer's tool, not part of the product). The registry that was asked is not written down.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = "3.11"
HEADER = "# Made by installer/lock.py; do not edit by hand.\n"
LOCKS: dict[str, tuple[str, ...]] = {
    "requirements.txt": (),
    # The runtime lock binds the dev lock, so that tests run what ships.
    "requirements-dev.txt": ("--extra", "dev", "--constraint", "installer/requirements.txt"),
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Kilit dosyalarını (installer/requirements*.txt) yeniler.")
    parser.add_argument("--keep", action="store_true", help="sürümleri yükseltme, yalnızca eksikleri ekle")
    keep: bool = parser.parse_args().keep
    uv = shutil.which("uv")
    if uv is None:
        print("uv bulunamadı. Kurun (örneğin: pipx install uv) ve komutu yeniden verin.", file=sys.stderr)
        return 69
    for name, options in LOCKS.items():
        lock = ROOT / "installer" / name
        command = [
            uv, "pip", "compile", "pyproject.toml", *options,
            "--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes", "--no-header",
            "--no-emit-index-url", "--no-emit-find-links", "--quiet", "--output-file", f"installer/{name}",
        ]  # fmt: skip
        done = subprocess.run(command if keep else [*command, "--upgrade"], cwd=ROOT, check=False)
        if done.returncode != 0:
            print(f"{name} yenilenemedi; uv'nin iletisi yukarıda.", file=sys.stderr)
            return done.returncode
        text = lock.read_text(encoding="utf-8")
        lock.write_text(HEADER + text.removeprefix(HEADER), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

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
    if argv[:1] == ["--muhurdar-imports"]:
        return _import_everything()
    from app.cli import main as run

    return run(argv)


def _import_everything() -> int:
    """For the build scripts: whether a bundle has whatever any module of ours imports. Tells what is missing."""
    import importlib
    import pkgutil
    from types import ModuleType

    missing = []

    def look(package: ModuleType) -> int:
        seen = 0
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            # What a package starts by its `__main__` runs when it is imported; it is tried by running it.
            if found.name.endswith(".__main__"):
                continue
            try:
                module = importlib.import_module(found.name)
            except ImportError as error:
                missing.append(f"{found.name}: {error}")
                continue
            seen += 1 + (look(module) if found.ispkg else 0)
        return seen

    seen = look(importlib.import_module("app"))
    sys.stdout.write("\n".join([f"{seen} modül yüklendi.", *missing, ""]))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())

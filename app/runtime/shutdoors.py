"""Lets foreign code run in a process that cannot open anything."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def shut_doors() -> Iterator[None]:
    """While this lasts no file, socket or pipe can be opened by this process, whatever an engine overlooks.

    For child processes that run one job at a time. On Windows the engines' own locks stand alone.
    """
    if sys.platform == "win32":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

"""The log file and the hooks for what nobody caught. Everything that is written is masked.

One file per Istanbul day, opened for appending: no rename ever (several windows and commands write at once, and
Windows does not rename an open file), and old ones are deleted by age, number and size.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from app.domain.dates import ISTANBUL
from app.domain.errors import AppError, BugError
from app.runtime.masking import MaskingFilter, mask
from app.runtime.paths import DataFolder

MAX_FILE_BYTES = 8 * 1024 * 1024
KEEP_FILES = 30
# These write whole requests with passwords, or SQL with data, at DEBUG or INFO.
QUIET = ("zeep", "urllib3", "requests", "sqlalchemy", "alembic", "keyring", "secretstorage", "jeepney", "asyncio")

_NAME = re.compile(r"muhurdar-(\d{4}-\d{2}-\d{2})(?:-(\d+))?\.log")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")
_log = logging.getLogger(__name__)


class MaskingFormatter(logging.Formatter):
    """One line per record, Istanbul time; further lines (tracebacks) are indented, so none can be forged."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(process)d %(threadName)s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return datetime.fromtimestamp(record.created, ISTANBUL).isoformat(timespec="milliseconds")

    def format(self, record: logging.LogRecord) -> str:
        # The filter has masked the parts; masking the whole again covers what a library put into other fields.
        return _CONTROL.sub("", mask(super().format(record))).replace("\n", "\n    ")


class DatedFileHandler(logging.Handler):
    """Appends to `muhurdar-<day>[-<n>].log`; a new file each day and each 8 MB. Any thread, any number of processes."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._day: date | None = None
        self._stream: IO[str] | None = None
        self._has_failed = False

    @property
    def path(self) -> Path | None:
        """The file that is open now."""
        return Path(self._stream.name) if self._stream else None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = self.format(record) + "\n"
            stream = self._stream_for(datetime.fromtimestamp(record.created, ISTANBUL).date())
            stream.write(text)
            stream.flush()
        except Exception:  # noqa: BLE001 - a log that cannot be written must not stop the work
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Say it once on stderr, without a traceback: a full disk would else print one for every line."""
        if not self._has_failed and sys.stderr:
            self._has_failed = True
            sys.stderr.write(f"Günlük dosyasına yazılamıyor: {self._folder}. Diskte yer olup olmadığına bakın.\n")

    def close(self) -> None:
        with self.lock or threading.RLock():
            if self._stream:
                self._stream.close()
                self._stream = None
        super().close()

    def _stream_for(self, day: date) -> IO[str]:
        if self._stream and self._day == day and self._stream.tell() < MAX_FILE_BYTES:
            return self._stream
        if self._stream:
            self._stream.close()
            self._stream = None
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = 1
        while _size(path := self._folder / _file_name(day, number)) >= MAX_FILE_BYTES:
            number += 1
        self._stream = open(path, "a", encoding="utf-8", newline="\n", opener=_open_private)  # noqa: SIM115 - kept open
        self._day = day
        _prune(self._folder)
        return self._stream


class LogSession:
    """What `configure` set up; `close` takes it down again."""

    def __init__(self, handlers: list[logging.Handler], levels: dict[str, int]) -> None:
        self._handlers = handlers
        self._levels = levels

    def close(self) -> None:
        root = logging.getLogger()
        for handler in self._handlers:
            root.removeHandler(handler)
            handler.close()
        self._handlers = []
        for name, level in self._levels.items():
            logging.getLogger(name or None).setLevel(level)
        self._levels = {}


_current: LogSession | None = None


def configure(folder: DataFolder, *, verbose: bool = False) -> LogSession:
    """Log into `folder.logs` from now on; with `verbose` debug lines too, and on stderr as well.

    A second call replaces the first. Libraries that would write whole requests stay at WARNING even then.
    """
    global _current
    if _current is not None:
        _current.close()
    levels = {name: logging.getLogger(name or None).level for name in ("", *QUIET)}
    handlers: list[logging.Handler] = [DatedFileHandler(folder.logs)]
    if verbose:
        handlers.append(logging.StreamHandler(sys.stderr))
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for handler in handlers:
        handler.addFilter(_is_quiet_enough)
        handler.addFilter(MaskingFilter())
        handler.setFormatter(MaskingFormatter())
        root.addHandler(handler)
    _current = LogSession(handlers, levels)
    return _current


def install_hooks(on_bug: Callable[[BugError], None] | None = None) -> Callable[[], None]:
    """Catch what nobody caught, in the main thread, in other threads and in destructors: log it with its traceback.

    The user gets one sentence (through `on_bug`, else on stderr), never a traceback. Returns a function that puts
    the former hooks back. Ctrl+C keeps its usual meaning.
    """
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)

    def in_main(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            before[0](kind, error, trace)
            return
        _say(error, "uncaught in the main thread", on_bug)

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            name = args.thread.name if args.thread else "?"
            _say(args.exc_value, f"uncaught in thread {name}", on_bug)

    def in_destructor(args: Any) -> None:
        # Nothing failed for the user; it is a mistake of ours to be seen in the log.
        if isinstance(args.exc_value, BaseException):
            _log.error("ignored in %s", args.err_msg or "a destructor", exc_info=args.exc_value)

    sys.excepthook, threading.excepthook, sys.unraisablehook = in_main, in_thread, in_destructor

    def restore() -> None:
        sys.excepthook, threading.excepthook, sys.unraisablehook = before

    return restore


def _say(error: BaseException, where: str, on_bug: Callable[[BugError], None] | None) -> None:
    _log.critical("%s", where, exc_info=error)
    if on_bug is not None:
        on_bug(error if isinstance(error, BugError) else BugError(error))
    elif sys.stderr:
        # A window started from the desktop has no stderr at all.
        sentence = error.sentence if isinstance(error, AppError) else BugError(error).sentence
        sys.stderr.write(mask(sentence) + "\n")


def _is_quiet_enough(record: logging.LogRecord) -> bool:
    """Belt and braces: a library may set the level of one of its own loggers back."""
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] not in QUIET


def _file_name(day: date, number: int) -> str:
    return f"muhurdar-{day.isoformat()}{'' if number == 1 else f'-{number}'}.log"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1


def _prune(folder: Path) -> None:
    def order(name: str) -> tuple[str, int]:
        match = _NAME.fullmatch(name)
        return (match[1], int(match[2] or 1)) if match else ("", 0)

    names = sorted((p.name for p in folder.iterdir() if _NAME.fullmatch(p.name)), key=order)
    for name in names[:-KEEP_FILES]:
        with suppress(OSError):  # another process may have it open (Windows) or have deleted it already
            (folder / name).unlink()


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)

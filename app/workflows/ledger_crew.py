"""Who writes a month's ledgers: two child processes side by side, one for Y and one for K; or nobody but ourselves.

A small month is written in this process: it costs less than starting another. The seal stays here in any case.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, Self

from app.domain.errors import AppError
from app.runtime.children import ChildPool
from app.workflows.ledger_child import BookWriter

#: Below this many lines the books are written here, in some tenths of a second.
SMALL_LINES: Final = 4_000
_CHILD: Final = "app.workflows.ledger_child"
#: A child holds one part (at most 200 MB of XML) of the general ledger to order it; seen are 170 MB.
_MEMORY_MB: Final = 600
#: Of one part, or of measuring a whole month, on a slow disk.
_DEADLINE_S: Final = 1_800.0


class BookCrew:
    """The writers of Y and of K for one build. Use as a context manager: on leaving, nobody is at work any more."""

    def __init__(self, lines: int) -> None:
        self._writers: list[_Here | _Child] = [_Here(), _Here()] if lines < SMALL_LINES else [_Child(), _Child()]
        self.journal, self.ledger = self._writers

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def take(self, path: Path, *, period: int, branch_no: str, branch_name: str) -> None:
        """Both take this month of a branch in hand, as it is in the ledger file now."""
        begun = [writer.take(str(path.absolute()), period, branch_no, branch_name) for writer in self._writers]
        for one in begun:
            one.result()

    @property
    def process_ids(self) -> list[int]:
        """The living children, for tests and the diagnostics page."""
        return [pid for writer in self._writers for pid in writer.process_ids]

    def close(self) -> None:
        """End both at once; what they had under way ends with an error that nobody waits for."""
        for writer in self._writers:
            writer.close()


class _Here:
    """Writes in this process, in the caller's thread."""

    process_ids: tuple[int, ...] = ()

    def __init__(self) -> None:
        self._writer: BookWriter | None = None

    def take(self, *month: Any) -> Future[Any]:
        self.close()
        self._writer = BookWriter(*month)
        return _done(None)

    def submit(self, verb: str, *args: Any) -> Future[Any]:
        return _done(getattr(self._writer, verb)(*args))

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


class _Child:
    """Writes in a process of its own, which starts at once; a thread waits for it, so that the caller can be asked."""

    def __init__(self) -> None:
        self._pool = ChildPool(1)
        self._pool.warm_up()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger-writer")

    @property
    def process_ids(self) -> list[int]:
        return self._pool.process_ids

    def take(self, *month: Any) -> Future[Any]:
        return self._thread.submit(self._call, "start", *month)

    def submit(self, verb: str, *args: Any) -> Future[Any]:
        return self._thread.submit(self._call, "do", verb, *args)

    def close(self) -> None:
        self._pool.close()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _call(self, function: str, *args: Any) -> Any:
        try:
            return self._pool.call(f"{_CHILD}:{function}", *args, deadline_s=_DEADLINE_S, memory_mb=_MEMORY_MB)
        except AppError as error:
            raise _in_our_words(error) from error


def _done(value: Any) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_result(value)
    return future


def _in_our_words(error: AppError) -> AppError:
    """What happened to a child, told as what it means for the ledgers."""
    if not error.code.startswith("CHILD."):
        return error
    whys = {
        "CHILD.TIMEOUT": "Yazma yarım saatte bitmedi; disk çok yavaş ya da ulaşılamıyor.",
        "CHILD.MEMORY": "Bilgisayarda yeterli boş bellek kalmadı.",
        "CHILD.CLOSED": "İş durduruldu.",
    }
    return AppError(
        "LEDGER.WRITER",
        "Defter yazılamadı; klasörünüzdeki dosyalara dokunulmadı.",
        why=whys.get(error.code, "Defteri yazan yardımcı işlem beklenmedik biçimde kapandı."),
        todo="Yeniden deneyin. Sürerse öteki programları kapatın, günlük dosyasını destek ekibine iletin.",
        retry_safe=True,
        raw_code=error.code,
        raw_text=error.raw_text,
    )

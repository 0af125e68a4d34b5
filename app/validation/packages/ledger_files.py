"""Asking child processes about a ledger file, small or large. No byte of the file comes into this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.domain.protocols import Progress
from app.runtime.children import ChildPool

#: GİB takes no larger ledger file. Source: e-Defter fact sheet, section 11.
LARGEST_BYTES = 209_715_200
#: Up to here a warm child holds the document as a tree, which is quicker than a fresh one.
WHOLE_BYTES = 8 << 20
_CHILD = "app.validation.packages.ledger_child"
_POLL_S = 0.2
_DEADLINE_S = 60.0
#: A slow machine needs a twentieth of these; a rule that loops must end some day.
_SCHEMA_PER_MB_S = 1.0
_RULES_PER_MB_S = 3.0
#: Measured: 5 MB for each megabyte of the densest ledger, and what Saxon's collector leaves lying.
_MEMORY_MB = 512
_MEMORY_PER_MB = 5
_WHOLE_MEMORY_MB = 1536
_one_by_one = threading.Lock()


def ask(
    paths: Mapping[str, str],
    path: Path,
    *,
    today: str,
    file_name: str,
    shared: ChildPool,
    progress: Progress,
) -> list[dict[str, Any]]:
    """What XSD and rules answer: for each engine `engine`, `how`, `release`, `rules`, `rows` (see `child.Row`).

    Above `LARGEST_BYTES` the rules are not asked. Raises: AppError XML.*, CHILD.*; what `progress.checkpoint` raises.
    """
    options = {"today": today, "file_name": file_name}
    size_mb = path.stat().st_size / (1 << 20)
    if path.stat().st_size <= WHOLE_BYTES:
        answer = shared.call(
            f"{_CHILD}:check_whole",
            dict(paths),
            str(path.resolve()),
            options,
            deadline_s=_DEADLINE_S + size_mb * _RULES_PER_MB_S,
            memory_mb=_WHOLE_MEMORY_MB,
        )
        return list(answer)
    answers = []
    with _turn(progress), ChildPool(1) as pool:
        # The rules' own child starts while the schema, which a warm one has compiled, reads the file.
        pool.warm_up()
        progress.report(0, 0, f"{file_name}: GİB şeması denetleniyor")
        schema = shared.call(
            f"{_CHILD}:check_schema",
            dict(paths),
            str(path.resolve()),
            deadline_s=_DEADLINE_S + size_mb * _SCHEMA_PER_MB_S,
            memory_mb=_WHOLE_MEMORY_MB,
        )
        answers.append(schema)
        progress.checkpoint()
        if path.stat().st_size <= LARGEST_BYTES:
            progress.report(0, 0, f"{file_name}: GİB kuralları denetleniyor")
            # Saxon never gives back what a large document took, and a cancelled run can only be ended with its child.
            rules = _call(
                pool,
                progress,
                f"{_CHILD}:check_rules",
                [dict(paths), str(path.resolve()), options],
                deadline_s=_DEADLINE_S + size_mb * _RULES_PER_MB_S,
                memory_mb=int(_MEMORY_MB + size_mb * _MEMORY_PER_MB),
            )
            answers.append(rules)
    return answers


@contextmanager
def _turn(progress: Progress) -> Iterator[None]:
    """One large file at a time in this process: two of them would take two gigabytes."""
    while not _one_by_one.acquire(timeout=_POLL_S):
        progress.checkpoint()
    try:
        yield
    finally:
        _one_by_one.release()


def _call(pool: ChildPool, progress: Progress, target: str, args: list[Any], **limits: Any) -> dict[str, Any]:
    """The child's answer; a cancelled job ends the child at once."""
    with ThreadPoolExecutor(1, thread_name_prefix="ledger-check") as waiting:
        future = waiting.submit(pool.call, target, *args, **limits)
        try:
            while True:
                try:
                    answer: dict[str, Any] = future.result(timeout=_POLL_S)
                except TimeoutError:
                    progress.checkpoint()
                else:
                    return answer
        except BaseException:
            pool.close()
            raise

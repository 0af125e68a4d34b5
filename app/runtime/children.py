"""A small pool of warm child processes for foreign and heavy code: strangers' XSLT, Saxon, long checks.

    pool = ChildPool()
    html = pool.call("app.rendering.xslt_child:render", raw, deadline_s=10, memory_mb=512)

A child is a fresh interpreter (nothing is inherited but two pipes) with a clean environment. It is killed and replaced
when it passes its deadline, its memory cap or its output cap. In a frozen build the executable starts itself with
`CHILD_FLAG`, so its entry point must call `serve_if_asked(sys.argv)` before it imports anything else.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import app.domain.errors as errors
from app.domain.errors import AppError
from app.runtime.childwire import READY, FrameTooBig, pack, read_frame, serve

log = logging.getLogger(__name__)

CHILD_FLAG = "--muhurdar-child"
DEADLINE_S = 30.0
MEMORY_MB = 1024
MAX_OUTPUT_BYTES = 64 << 20
_START_DEADLINE_S = 30.0
#: After so many jobs a child is replaced: what foreign code keeps goes with it. Our own checks need it no more (see
#: `_MALLOC`): 12,000 of them in one child end below where they began.
JOBS_PER_CHILD = 5_000
#: glibc raises by itself the size from which a block goes back to the system when it is freed; after some thousand
#: documents of changing sizes a child then held 460 MB of freed blocks (55 MB after a trim). Fixed, it does not.
_MALLOC = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_ARENA_MAX": "2"}
_KEPT_VARIABLES = ("PATH", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "TEMP", "TMP", "TMPDIR", "TZ", "LD_LIBRARY_PATH")
_KNOWN_ERRORS = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and kind is not errors.BugError
}


def serve_if_asked(argv: list[str]) -> None:
    """For the frozen entry point: become a child and never return when the command line says so."""
    if len(argv) > 1 and argv[1] == CHILD_FLAG:
        serve()


def child_environment() -> dict[str, str]:
    """The few variables that a child of ours gets: no proxy, no token, no path of the user's secrets."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    # A one-folder PyInstaller build recognises its own children by these.
    kept.update({name: value for name, value in os.environ.items() if name.startswith("_PYI_")})
    return kept | {"PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"} | _MALLOC


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    deadline_s: float
    memory_mb: int
    max_output_bytes: int


class ChildPool:
    """Up to `size` children (never more than cores), started when first needed, kept warm. Any thread.

    `close()` ends them; a pool is also a context manager. A call made after that raises CHILD.CLOSED.
    """

    def __init__(self, size: int | None = None, *, jobs_per_child: int = JOBS_PER_CHILD) -> None:
        cores = os.cpu_count() or 1
        self.size = max(1, min(size or cores, cores))
        self._jobs_per_child = jobs_per_child
        self._free = threading.Condition()
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
        self._closed = False

    def __enter__(self) -> ChildPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm_up(self, count: int = 1) -> None:
        """Start children ahead of need, without waiting for them to be ready."""
        with self._free:
            while not self._closed and len(self._idle) + len(self._busy) < min(count, self.size):
                self._idle.append(_Child())

    def call(
        self,
        target: str,
        *args: Any,
        deadline_s: float = DEADLINE_S,
        memory_mb: int = MEMORY_MB,
        max_output_bytes: int = MAX_OUTPUT_BYTES,
    ) -> Any:
        """Run `module:function(*args)` in a child and return its plain value (tuples come back as lists).

        The deadline counts from the moment a child takes the job. Raises the AppError that the function raised, or
        AppError with code CHILD.TIMEOUT, CHILD.MEMORY, CHILD.OUTPUT, CHILD.CRASHED, CHILD.FAILED (an exception that
        is no AppError), CHILD.CLOSED. TypeError for arguments that are not plain values.
        """
        limits = _Limits(deadline_s=deadline_s, memory_mb=memory_mb, max_output_bytes=max_output_bytes)
        request = pack([target, list(args), asdict(limits)])
        child = self._take()
        healthy = False
        try:
            answer = child.ask(request, limits)
            healthy = answer[0] not in ("memory", "crashed", "timeout")
        finally:
            self._give_back(child, healthy=healthy)
        return self._judge(target, answer, limits)

    def close(self) -> None:
        """End all children at once; calls under way end with CHILD.CLOSED."""
        with self._free:
            self._closed = True
            ending = [*self._idle, *self._busy]
            self._idle.clear()
            self._free.notify_all()
        for child in ending:
            child.end()

    @property
    def process_ids(self) -> list[int]:
        """The living children, for tests and the diagnostics page."""
        with self._free:
            return [child.pid for child in (*self._idle, *self._busy)]

    def _take(self) -> _Child:
        with self._free:
            while True:
                if self._closed:
                    raise _closed()
                if self._idle:
                    child = self._idle.pop()
                    break
                if len(self._busy) < self.size:
                    child = _Child()
                    break
                self._free.wait()
            self._busy.add(child)
            return child

    def _give_back(self, child: _Child, *, healthy: bool) -> None:
        healthy = healthy and child.jobs < self._jobs_per_child
        if not healthy:
            child.end()
        with self._free:
            self._busy.discard(child)
            if self._closed:
                child.end()
            else:
                # The replacement starts now, so that the next caller finds it warm.
                self._idle.append(child if healthy else _Child())
            self._free.notify()

    def _judge(self, target: str, answer: list[Any], limits: _Limits) -> Any:
        kind = answer[0]
        if kind == "ok":
            return answer[1]
        if kind == "app":
            raise _rebuilt(answer[1])
        if self._closed:
            raise _closed()
        if kind == "timeout":
            raise AppError(
                "CHILD.TIMEOUT",
                f"İşlem {limits.deadline_s:g} saniyede bitmedi ve durduruldu.",
                why="Belge ya da içindeki tasarım olağan dışı ağır.",
                todo="Öteki belgeler etkilenmedi. Gönderenden belgeyi yeniden isteyin ya da destek ekibine iletin.",
                raw_text=target,
            )
        if kind == "memory":
            raise AppError(
                "CHILD.MEMORY",
                f"İşlem {limits.memory_mb} MB bellek sınırını aştı ve durduruldu.",
                why="Belge ya da içindeki tasarım olağan dışı büyük.",
                todo="Öteki belgeler etkilenmedi. Gönderenden belgeyi yeniden isteyin ya da destek ekibine iletin.",
                raw_text=target,
            )
        if kind == "output":
            raise AppError(
                "CHILD.OUTPUT",
                f"İşlemin sonucu {limits.max_output_bytes >> 20 or 1} MB sınırını aştı; kullanılmadı.",
                why="Belge ya da içindeki tasarım olağan dışı çok içerik üretiyor.",
                todo="Öteki belgeler etkilenmedi. Gönderenden belgeyi yeniden isteyin ya da destek ekibine iletin.",
                raw_text=target,
            )
        if kind == "failed":
            log.warning("child job %s failed: %s", target, answer[2])
            raise AppError(
                "CHILD.FAILED",
                "Yardımcı işlemde beklenmeyen bir hata oldu.",
                todo="Öteki belgeler etkilenmedi. Günlük dosyasını destek ekibine iletin.",
                raw_text=str(answer[1]),
            )
        raise AppError(
            "CHILD.CRASHED",
            "Yardımcı işlem beklenmedik biçimde kapandı.",
            why="Belgenin içindeki tasarım programı çökertmiş ya da bellek yetmemiş olabilir.",
            todo="Öteki belgeler etkilenmedi; yardımcı işlem yeniden başlatıldı. Sürerse destek ekibine iletin.",
            raw_text=f"{target}: {answer[1]}",
        )


class _Child:
    """One process and its two pipes. One caller at a time; `end` may come from any thread."""

    def __init__(self) -> None:
        if getattr(sys, "frozen", False):
            command = [sys.executable, CHILD_FLAG]
        else:
            root = str(Path(errors.__file__).resolve().parents[2])
            start = f"import sys; sys.path.insert(0, {root!r}); from app.runtime.childwire import serve; serve()"
            command = [sys.executable, "-c", start]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child_environment(),
            cwd=Path(os.sep).resolve(),
            close_fds=True,
            # Ctrl+C in a terminal belongs to the parent, which ends its children in order.
            start_new_session=sys.platform != "win32",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self.pid = self._process.pid
        self.jobs = 0
        self._ready = False
        self._ended = False
        self._late = False
        self._lock = threading.Lock()
        if sys.platform == "win32":
            from app.runtime.winjob import Job

            self._job = Job(int(self._process._handle))  # type: ignore[attr-defined]

    def ask(self, request: bytes, limits: _Limits) -> list[Any]:
        """The child's answer, or ["timeout"], ["output", size], ["crashed", exit code]."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.jobs += 1
        if limits.deadline_s <= 0:
            return ["timeout"]  # the time was over before the job began
        try:
            if not self._ready:
                with self._alarm(_START_DEADLINE_S):
                    if read_frame(self._process.stdout, max_bytes=1024) != READY:
                        return ["crashed", "no greeting"]
                self._ready = True
            if sys.platform == "win32":
                self._job.limit(limits.memory_mb << 20)
            with self._alarm(limits.deadline_s):
                self._process.stdin.write(request)
                self._process.stdin.flush()
                # Room for an error's text even where the output cap is tiny.
                answer = read_frame(self._process.stdout, max_bytes=max(limits.max_output_bytes, 64 << 10))
            if self._late:
                # The answer came with the bell: the process is dead already and must not serve the next caller.
                return ["timeout"]
            if not isinstance(answer, list) or not answer:
                return ["crashed", "damaged answer"]
            return answer
        except FrameTooBig as error:
            # The child's own check was not honoured: something else writes there. Read nothing, trust nothing.
            return ["crashed", f"answer of {error.size_bytes} bytes"]
        except (EOFError, OSError, ValueError) as error:
            if self._late:
                return ["timeout"]
            return ["crashed", f"{type(error).__name__}, exit code {self._wait()}"]

    def end(self) -> None:
        """Kill the process and forget it. Safe to call twice."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
        self._process.kill()
        self._wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except (OSError, ValueError) as error:
                    # A request half written to a killed child cannot be flushed any more.
                    log.debug("pipe of child %d: %s", self.pid, error)
        if sys.platform == "win32":
            self._job.close()

    def _wait(self) -> int | None:
        try:
            return self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return None

    def _alarm(self, deadline_s: float) -> _Alarm:
        return _Alarm(deadline_s, self._kill_late)

    def _kill_late(self) -> None:
        self._late = True
        self._process.kill()


class _Alarm:
    """Runs `ring` unless the block ends within `deadline_s`. A timer thread, because Windows pipes cannot be polled."""

    def __init__(self, deadline_s: float, ring: Any) -> None:
        self._timer = threading.Timer(deadline_s, ring)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()


def _rebuilt(described: dict[str, Any]) -> AppError:
    """The error as the child raised it; a class of another room comes back as its nearest base in `domain.errors`."""
    names = described.pop("classes")
    kind = next((_KNOWN_ERRORS[name] for name in names if name in _KNOWN_ERRORS), AppError)
    error: AppError = kind(described.pop("code"), described.pop("what"), **described)
    return error


def _closed() -> AppError:
    return AppError(
        "CHILD.CLOSED",
        "Program kapanırken yeni bir işlem başlatılamaz.",
        todo="Programı yeniden açıp işlemi yineleyin.",
    )

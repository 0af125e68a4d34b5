"""What parent and child process say to each other, and the loop that the child runs.

A frame is `total length (8 bytes) · head length (4) · blob count (4) · blob lengths (8 each) · head (JSON) · blobs`.
Only plain values travel: None, bool, int, float, str, bytes, lists (tuples arrive as lists) and dicts with str keys.
Not pickle: the child runs strangers' programs, and unpickling its answer would let it run code in the parent.

This module is imported by every child, so it stays light and imports nothing of the other rooms.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import struct
import sys
import traceback
from collections.abc import Iterator
from typing import IO, Any

_PREFIX = struct.Struct(">Q")
_HEAD = struct.Struct(">II")
_LENGTH = struct.Struct(">Q")
# Longer strings travel beside the JSON, not escaped inside it.
_INLINE_CHARS = 4096
READY = "ready"


class FrameTooBig(Exception):
    """The announced frame is longer than allowed; nothing of it was read."""

    def __init__(self, size_bytes: int) -> None:
        super().__init__(size_bytes)
        self.size_bytes = size_bytes


def pack(value: Any) -> bytes:
    """The whole frame of a plain value. Raises TypeError for anything that is not plain."""
    blobs: list[bytes] = []

    def plain(item: Any) -> Any:
        if item is None or isinstance(item, bool | int | float):
            return item
        if isinstance(item, str):
            if len(item) <= _INLINE_CHARS:
                return str(item)
            blobs.append(item.encode("utf-8", "surrogatepass"))
            return {"s": len(blobs) - 1}
        if isinstance(item, bytes | bytearray | memoryview):
            blobs.append(bytes(item))
            return {"b": len(blobs) - 1}
        if isinstance(item, list | tuple):
            return [plain(part) for part in item]
        if isinstance(item, dict):
            return {"d": {_key(key): plain(part) for key, part in item.items()}}
        raise TypeError(f"{type(item).__name__} cannot travel between processes")

    head = json.dumps(plain(value), separators=(",", ":")).encode()
    lengths = b"".join(_LENGTH.pack(len(blob)) for blob in blobs)
    body = [_HEAD.pack(len(head), len(blobs)), lengths, head, *blobs]
    return b"".join([_PREFIX.pack(sum(map(len, body))), *body])


def unpack(body: bytes) -> Any:
    """The value of a frame's body (without its length). Raises ValueError for a damaged one."""
    try:
        head_size, count = _HEAD.unpack_from(body)
        start = _HEAD.size + _LENGTH.size * count
        sizes = [_LENGTH.unpack_from(body, _HEAD.size + _LENGTH.size * i)[0] for i in range(count)]
        head = json.loads(body[start : start + head_size])
    except (struct.error, UnicodeDecodeError, RecursionError) as error:
        raise ValueError("damaged frame") from error
    offsets = [start + head_size]
    for size in sizes:
        offsets.append(offsets[-1] + size)
    if offsets[-1] != len(body):
        raise ValueError("damaged frame")

    def rich(item: Any) -> Any:
        if isinstance(item, list):
            return [rich(part) for part in item]
        if isinstance(item, dict):
            ((kind, inner),) = item.items()
            if kind == "d":
                return {key: rich(part) for key, part in inner.items()}
            blob = body[offsets[inner] : offsets[inner + 1]]
            return blob if kind == "b" else blob.decode("utf-8", "surrogatepass")
        return item

    try:
        return rich(head)
    except (TypeError, IndexError, AttributeError, RecursionError) as error:
        raise ValueError("damaged frame") from error


def read_frame(stream: IO[bytes], *, max_bytes: int | None = None) -> Any:
    """The next value. Raises EOFError when the other side is gone, FrameTooBig, ValueError."""
    (size,) = _PREFIX.unpack(_read_exactly(stream, _PREFIX.size))
    if max_bytes is not None and size > max_bytes:
        raise FrameTooBig(size)
    return unpack(_read_exactly(stream, size))


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError("only str keys can travel between processes")
    return key


def _read_exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise EOFError
    return data


# ---- the child's side --------------------------------------------------------------------------------------------


def serve() -> None:
    """Answer requests until the parent closes the pipe. The child's main function; never returns a value."""
    source = os.fdopen(os.dup(0), "rb", buffering=1 << 16)
    sink = os.fdopen(os.dup(1), "wb", buffering=0)
    # Anything that prints (libxslt, Saxon's messages, a stray print) must not reach the protocol.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - stays open for the whole life
    _harden()
    _write(sink, pack(READY))
    while True:
        try:
            target, args, limits = read_frame(source)
        except EOFError:
            # Not sys.exit: foreign libraries' exit handlers have nothing to save here and may hang.
            os._exit(0)
        with _limits(source, limits):
            answer, healthy = _run(target, args, int(limits["max_output_bytes"]))
        _write(sink, answer)
        if not healthy:
            os._exit(3)


def _run(target: str, args: list[Any], max_output_bytes: int) -> tuple[bytes, bool]:
    """(frame to send back, whether this process may go on)."""
    from app.domain.errors import AppError

    try:
        module, _, name = target.partition(":")
        function = getattr(importlib.import_module(module), name)
        answer = pack(["ok", function(*args)])
    except AppError as error:
        return pack(["app", _describe(error)]), True
    except MemoryError:
        return pack(["memory"]), False
    except Exception as error:  # noqa: BLE001 - the parent turns it into one AppError
        text = f"{type(error).__name__}: {error}"[:2000]
        return pack(["failed", text, traceback.format_exc(limit=20)[-8000:]]), True
    if len(answer) > max_output_bytes:
        return pack(["output", len(answer)]), True
    return answer, True


def _describe(error: Any) -> dict[str, Any]:
    return {
        "classes": [kind.__name__ for kind in type(error).__mro__],
        "code": error.code,
        "what": error.what,
        "why": error.why,
        "todo": error.todo,
        "retry_safe": error.retry_safe,
        "raw_code": error.raw_code,
        "raw_text": error.raw_text,
    }


def _write(sink: Any, frame: bytes) -> None:
    view = memoryview(frame)
    try:
        while view:
            view = view[sink.write(view) :]
    except BrokenPipeError:
        os._exit(0)


def _harden() -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@contextlib.contextmanager
def _limits(source: IO[bytes], limits: dict[str, Any]) -> Iterator[None]:
    """Caps that the kernel enforces while a job runs, whoever holds the GIL. On Windows the parent's Job Object does.

    RLIMIT_DATA, not RLIMIT_AS: Saxon's runtime reserves 32 GB of address space without using it.
    The alarm ends a child whose parent died during a job that never gives the GIL back (on Linux SIGIO does, at once).
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl
    import resource
    import signal

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = int(limits["memory_mb"]) << 20
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, float(limits["deadline_s"]) + 1.0)
    flags = None
    if sys.platform == "linux":
        # The parent sends nothing while a job runs, so a signal on this pipe can only mean that it is gone.
        signal.signal(signal.SIGIO, signal.SIG_DFL)
        fcntl.fcntl(source, fcntl.F_SETOWN, os.getpid())
        flags = fcntl.fcntl(source, fcntl.F_GETFL)
        fcntl.fcntl(source, fcntl.F_SETFL, flags | os.O_ASYNC)
        if _is_orphan():
            os._exit(0)
    try:
        yield
    finally:
        if flags is not None:
            fcntl.fcntl(source, fcntl.F_SETFL, flags)
        signal.setitimer(signal.ITIMER_REAL, 0)
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


_PARENT = os.getppid()


def _is_orphan() -> bool:
    return os.getppid() != _PARENT

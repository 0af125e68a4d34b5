"""Pages to PDF and PNG through the PDF child (`app.pdfworker`), one or many, and many PDFs into one."""

from __future__ import annotations

import json
import logging
import os
import signal
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Iterable, Sequence, Sized
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import app.domain.errors as errors
from app.domain.errors import AppError, EnvironmentFault, RenderError
from app.domain.protocols import NoProgress, Progress
from app.runtime import files
from app.runtime.children import ChildPool, child_environment

log = logging.getLogger(__name__)

#: In a frozen build the executable starts itself with this flag; its entry point then runs `app.pdfworker` by runpy.
WORKER_FLAG = "--muhurdar-pdf"
DEADLINE_S = 30.0
DOCUMENTS_PER_CHILD = 100
# Two documents are in the child at a time: one is laid out while the other is written.
_UNDER_WAY = 2
_SPARE_AHEAD = 15
_START_DEADLINE_S = 60.0
#: For joining: so much at least, and a second for every document.
_JOIN_DEADLINE_S = 30.0
_MAX_PDF_BYTES = 256 << 20
_HEAD = struct.Struct(">II")
_WORKER_VARIABLES = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_DATA_HOME", "XDG_CONFIG_HOME")
# Drawing in software, nothing that calls home, and no need for a large /dev/shm in containers.
_CHROMIUM_FLAGS = (
    "--disable-gpu --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage"
    " --disable-extensions --disable-logging --no-first-run --dns-prefetch-disable"
    # A bare connection (rel=preconnect) is asked of no interceptor: so no host is found, and no proxy is there.
    ' --host-resolver-rules="MAP * ~NOTFOUND" --proxy-server=http://0.0.0.0:1 --proxy-bypass-list=<-loopback>'
)
_REASONS = {
    "load": "Sayfa yüklenemedi.",
    "print": "Sayfa basılamadı.",
    "crash": "Sayfayı çizen işlem kapandı.",
    "picture": "Sayfa resme çevrilemedi.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintReport:
    """How a bulk ended: how many were printed, and per index what went wrong with the others."""

    printed: int
    failed: dict[int, AppError] = field(default_factory=dict)


class PdfPrinter:
    """Owns one PDF child, started when first needed and replaced every hundred documents. Any thread, one at a time.

    A document that passes `deadline_s` or crashes the child is tried once more alone; the others are not harmed.
    """

    def __init__(self, *, deadline_s: float = DEADLINE_S) -> None:
        self._deadline_s = deadline_s
        self._lock = threading.Lock()
        self._child: _Worker | None = None
        self._spare: _Worker | None = None

    def __enter__(self) -> PdfPrinter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm_up(self) -> None:
        """Start the child ahead of need, without waiting for it."""
        with self._lock:
            self._child = self._child or _Worker()

    def close(self) -> None:
        """End the child. The printer starts a new one when it is used again."""
        with self._lock:
            self._replace(None)
            if self._spare is not None:
                self._spare.end()
                self._spare = None

    def to_pdf(self, html: str) -> bytes:
        """One page of HTML as an A4 PDF, fitted to the page width. Raises RenderError PDF.*."""
        return self._one(html, "pdf", 0)

    def to_png(self, html: str, *, dpi: int = 120) -> bytes:
        """The same as a picture, the pages one below the other. Raises RenderError PDF.*."""
        return self._one(html, "png", dpi)

    def print_many(
        self,
        htmls: Iterable[str],
        out: Path | Callable[[int, bytes], None],
        *,
        names: Callable[[int], str] = "{:05d}.pdf".format,
        progress: Progress | None = None,
    ) -> PrintReport:
        """Print all, in order, into the folder `out` (file names by index from `names`) or to the callback `out`.

        `htmls` may be a generator: it is asked for the next page while the child prints. One document's failure is in
        the report and stops nothing. Raises what the callback or the disk raises; JobCancelled between documents.
        """
        told = progress or NoProgress()
        total = len(htmls) if isinstance(htmls, Sized) else 0
        printed = 0
        failed: dict[int, AppError] = {}
        with self._lock, closing(self._run(enumerate(htmls), "pdf", 0)) as outcomes:
            for index, outcome in outcomes:
                told.checkpoint()
                if isinstance(outcome, AppError):
                    failed[index] = outcome
                elif isinstance(out, Path):
                    files.write_output(out / names(index), outcome)
                    printed += 1
                else:
                    out(index, outcome)
                    printed += 1
                told.report(index + 1, total, "PDF")
        return PrintReport(printed=printed, failed=failed)

    def _one(self, html: str, want: str, dpi: int) -> bytes:
        with self._lock, closing(self._run(enumerate([html]), want, dpi)) as outcomes:
            _, outcome = next(outcomes)
        if isinstance(outcome, AppError):
            raise outcome
        return outcome

    def _run(self, pages: Iterable[tuple[int, str]], want: str, dpi: int) -> Generator[tuple[int, bytes | AppError]]:
        """Outcomes in the order of `pages`, two in the child at a time.

        Not to be entered twice: what runs between two outcomes must not print.
        """
        source = iter(pages)
        under_way: dict[int, str] = {}
        ready: dict[int, bytes | AppError] = {}
        following = 0
        exhausted = False
        try:
            while True:
                while not exhausted and len(under_way) < _UNDER_WAY and not (under_way and self._is_worn()):
                    page = next(source, None)
                    if page is None:
                        exhausted = True
                        break
                    index, html = page
                    child = self._fresh_enough()
                    under_way[index] = html
                    if not child.send(index, html, want, dpi):
                        self._recover(under_way, ready, want, dpi)
                if under_way:
                    self._collect(under_way, ready, want, dpi)
                while following in ready:
                    yield following, ready.pop(following)
                    following += 1
                if exhausted and not under_way:
                    return
        finally:
            # The caller stopped in the middle: answers still to come would be taken for another document's.
            if under_way:
                self._replace(None)

    def _collect(self, under_way: dict[int, str], ready: dict[int, bytes | AppError], want: str, dpi: int) -> None:
        """Take one answer, or find out that there will be none."""
        assert self._child is not None
        # From now on, not from when it was sent: the caller's generator may have taken its time in between.
        answer = self._child.receive(self._deadline_s)
        if answer is None:
            self._recover(under_way, ready, want, dpi)
            return
        head, body = answer
        index = int(head["id"])
        if head.get("error") == "crash":
            self._recover(under_way, ready, want, dpi)
            return
        del under_way[index]
        ready[index] = _failed(head["error"]) if "error" in head else body

    def _recover(self, under_way: dict[int, str], ready: dict[int, bytes | AppError], want: str, dpi: int) -> None:
        """The child is gone or stuck: each document that it held gets one try alone, so that only the bad one fails."""
        self._replace(None)
        for index, html in list(under_way.items()):
            ready[index] = self._alone(html, want, dpi)
            del under_way[index]

    def _alone(self, html: str, want: str, dpi: int) -> bytes | AppError:
        self._replace(_Worker())
        assert self._child is not None
        child = self._child
        answer = child.receive(self._deadline_s) if child.send(0, html, want, dpi) else None
        if answer is not None:
            head, body = answer
            return _failed(head["error"]) if "error" in head else body
        was_late = child.was_late
        self._replace(None)
        if was_late:
            return RenderError(
                "PDF.TIMEOUT",
                f"Belge {self._deadline_s:g} saniyede PDF'e çevrilemedi; işlem durduruldu.",
                why="Belgenin tasarımı olağan dışı ağır.",
                todo="Öteki belgeler etkilenmedi. Belgeyi ekranda görüntüleyin ya da gönderenden PDF'ini isteyin.",
            )
        return _failed("crash")

    def _is_worn(self) -> bool:
        return self._child is not None and self._child.sent >= DOCUMENTS_PER_CHILD

    def _fresh_enough(self) -> _Worker:
        """The child, or its successor when it has printed its hundred; the successor starts a little ahead."""
        if self._is_worn():
            self._replace(self._spare)
            self._spare = None
        if self._child is None:
            self._child = _Worker()
        if self._child.sent == DOCUMENTS_PER_CHILD - _SPARE_AHEAD and self._spare is None:
            self._spare = _Worker()
        return self._child

    def _replace(self, new: _Worker | None) -> None:
        if self._child is not None:
            self._child.end()
        self._child = new


class _Worker:
    """One PDF child and its pipes. One thread at a time."""

    def __init__(self) -> None:
        if getattr(sys, "frozen", False):
            command = [sys.executable, WORKER_FLAG]
        else:
            root = str(Path(errors.__file__).resolve().parents[2])
            start = f"import runpy, sys; sys.path.insert(0, {root!r}); "
            command = [sys.executable, "-c", start + "runpy.run_module('app.pdfworker', run_name='__main__')"]
        self.sent = 0
        self.was_late = False
        self._greeted = False
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                cwd=Path(os.sep).resolve(),
                close_fds=True,
                start_new_session=sys.platform != "win32",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise EnvironmentFault(
                "PDF.START",
                "PDF oluşturma bölümü başlatılamadı.",
                why=str(error),
                todo="Programı yeniden kurun; sürerse destek ekibine iletin.",
            ) from error
        if sys.platform == "win32":
            from app.runtime.winjob import Job

            self._job = Job(int(self._process._handle), single_process=False)  # type: ignore[attr-defined]

    def send(self, number: int, html: str, want: str, dpi: int) -> bool:
        """False when the child is gone."""
        if not self._greeted:
            greeting = self.receive(_START_DEADLINE_S)
            if greeting is None or not greeting[0].get("ready"):
                code = self._process.poll()
                self.end()
                raise EnvironmentFault(
                    "PDF.START",
                    "PDF oluşturma bölümü başlatılamadı.",
                    why="Qt WebEngine için gereken sistem kitaplıkları eksik olabilir.",
                    todo="Kurulumu yeniden çalıştırın; Linux'ta eksik paketleri kurulum söyler.",
                    raw_text=f"exit code {code}",
                )
            self._greeted = True
        head = json.dumps({"id": number, "want": want, "dpi": dpi}).encode()
        body = html.encode("utf-8", "replace")
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(_HEAD.pack(len(head), len(body)) + head + body)
            self._process.stdin.flush()
        except OSError:
            return False
        self.sent += 1
        return True

    def receive(self, deadline_s: float) -> tuple[dict[str, Any], bytes] | None:
        """The next answer; None when the child passed the deadline (it is dead then) or is gone."""
        assert self._process.stdout is not None
        alarm = threading.Timer(deadline_s, self._kill_late)
        alarm.daemon = True
        alarm.start()
        try:
            head_size, body_size = _HEAD.unpack(self._read(_HEAD.size))
            if head_size > 1 << 20 or body_size > _MAX_PDF_BYTES:
                return None
            head = json.loads(self._read(head_size))
            return head, self._read(body_size)
        except (EOFError, OSError, ValueError):
            return None
        finally:
            alarm.cancel()
            alarm.join()

    def end(self) -> None:
        """Kill the child and the Chromium processes that it started."""
        self._kill()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            log.warning("PDF child %d does not end", self._process.pid)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError as error:
                    log.debug("pipe of the PDF child: %s", error)
        if sys.platform == "win32":
            self._job.close()

    def _read(self, size: int) -> bytes:
        assert self._process.stdout is not None
        data = self._process.stdout.read(size)
        if len(data) != size:
            raise EOFError
        return data

    def _kill_late(self) -> None:
        self.was_late = True
        self._kill()

    def _kill(self) -> None:
        if sys.platform == "win32":
            self._process.kill()
            return
        try:
            # The child leads its own group, which holds Chromium's helper processes too.
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            log.debug("PDF child %d was gone already", self._process.pid)


_sandbox_told = False


def _environment() -> dict[str, str]:
    """The child's environment: our clean one, the user's fonts, no window, no GPU."""
    global _sandbox_told
    made = child_environment() | {name: os.environ[name] for name in _WORKER_VARIABLES if name in os.environ}
    made |= {"QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_CHROMIUM_FLAGS": _CHROMIUM_FLAGS}
    if sys.platform == "linux" and os.geteuid() == 0:
        # Chromium's sandbox cannot start as root, which happens in containers only.
        made["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
        if not _sandbox_told:
            log.info("running as root: the PDF child runs without Chromium's sandbox")
            _sandbox_told = True
    return made


def _failed(reason: str) -> RenderError:
    return RenderError(
        "PDF.FAILED",
        "Belge PDF'e çevrilemedi.",
        why=_REASONS.get(reason, ""),
        todo="Öteki belgeler etkilenmedi. Yeniden deneyin; sürerse belgeyi HTML olarak kaydedin.",
        raw_text=reason,
    )


def merge_files(paths: Sequence[Path], out: Path) -> list[int]:
    """Join PDF files into the file `out`, in order; returns the pages of each.

    In a child process of its own, object by object: neither this process nor the child grows with their number.
    Raises: RenderError PDF.EMPTY when there is nothing to join, PDF.DAMAGED naming the bad one; EnvironmentFault
    FILE.*; AppError CHILD.*.
    """
    if not paths:
        raise RenderError("PDF.EMPTY", "Birleştirilecek PDF yok.", todo="En az bir belge seçin.")
    with files.staged(out, point=files.OUTPUT, mode=0o644) as temporary, ChildPool(1) as pool:
        counts: list[int] = pool.call(
            "app.rendering.join:join",
            [str(path.resolve()) for path in paths],
            str(temporary.resolve()),
            deadline_s=_JOIN_DEADLINE_S + len(paths),
        )
    return counts


def merge(pdfs: Iterable[bytes], out: Path) -> int:
    """Join PDFs into the file `out`, in order; returns the number of pages. `pdfs` may be a generator.

    One at a time is in memory. Raises: as `merge_files`.
    """
    with tempfile.TemporaryDirectory(prefix="muhurdar-pdf-") as folder:
        parts: list[Path] = []
        for number, pdf in enumerate(pdfs):
            part = Path(folder) / f"{number:06d}.pdf"
            part.write_bytes(pdf)
            parts.append(part)
        return sum(merge_files(parts, out))

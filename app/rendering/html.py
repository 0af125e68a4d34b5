"""A document as its sender drew it, as one safe HTML page."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from app.domain.errors import AppError
from app.rendering.clean import TEST_BANNER
from app.runtime.children import ChildPool

__all__ = ["TEST_BANNER", "Rendered", "Renderer"]

log = logging.getLogger(__name__)

_TARGET = "app.rendering.xslt_child:render"
DEADLINE_S = 15.0
MEMORY_MB = 768
MAX_HTML_BYTES = 32 << 20
# A stranger's template did this; our own view does not.
_TEMPLATE_FAULTS = {
    "CHILD.TIMEOUT": "zamanında bitmedi",
    "CHILD.MEMORY": "çok fazla bellek istedi",
    "CHILD.OUTPUT": "aşırı büyük bir sayfa üretti",
    "CHILD.CRASHED": "programı çökertti",
    "CHILD.FAILED": "beklenmeyen bir hata verdi",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One page. `source` is "embedded" (the sender's template) or "own"; `engine` "xslt1" or "saxon".

    `note` is empty, or one Turkish sentence for the reader: why our own view is shown, or what was blocked.
    """

    html: str
    source: str
    engine: str
    note: str


class Renderer:
    """Runs templates in the children of `pool`. Any thread; as many at once as the pool has children."""

    def __init__(self, pool: ChildPool, *, deadline_s: float = DEADLINE_S) -> None:
        self._pool = pool
        self._deadline_s = deadline_s

    def warm_up(self) -> None:
        """Let a child be ready to draw. Takes half a second; raises: AppError CHILD.*."""
        self._pool.call("app.rendering.xslt_child:prepare", memory_mb=MEMORY_MB)

    def render(self, raw: bytes, *, watermark: str = "") -> Rendered:
        """Draw one document. `watermark` "TEST" marks the page as sealed with the test seal.

        Raises: InputError (XML.*) for an unreadable document; RenderError; AppError CHILD.* when even our own view
        passes its limits. Never fails because of the embedded template: then it is our own view, with a note.
        """
        try:
            return self._run(raw, watermark, "")
        except AppError as error:
            if error.code not in _TEMPLATE_FAULTS:
                raise
            log.info("embedded template stopped: %s", error.code)
            fault = _TEMPLATE_FAULTS[error.code]
        note = f"Belgenin kendi tasarımı {fault} ve durduruldu; Mühürdar'ın kendi görünümüyle gösteriliyor."
        return self._run(raw, watermark, note)

    def _run(self, raw: bytes, watermark: str, own_only: str) -> Rendered:
        answer = self._pool.call(
            _TARGET,
            raw,
            watermark,
            own_only,
            deadline_s=self._deadline_s,
            memory_mb=MEMORY_MB,
            max_output_bytes=MAX_HTML_BYTES,
        )
        return Rendered(**answer)

"""Python's garbage collector, kept on the GUI thread.

Left alone, the collector runs on whatever thread happens to allocate. A worker that collects destroys Qt objects of the
window: timers are stopped from the wrong thread, widgets die under the hands of the painter, the process falls.
"""

from __future__ import annotations

import gc
import time
from typing import Final

from PySide6.QtCore import QObject, QTimer, Slot

#: How often the counters are looked at; looking costs a microsecond.
_LOOK_MS: Final = 100
#: New objects, collections of the youngest, collections of the middle generation (Python's own figures).
_THRESHOLDS: Final = (700, 10, 10)
#: The oldest generation is walked whole: some ten milliseconds, so at most this often.
_WHOLE_EVERY_S: Final = 20.0


class GuiCollector(QObject):
    """Switches automatic collection off and collects by a timer of its own thread, the GUI thread.

    What exists when it starts (modules, classes) is set aside and never walked again. `stop` gives everything back.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._whole_at = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        gc.disable()
        gc.freeze()
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Collect the generations whose counter is over its threshold."""
        young, middle, old = gc.get_count()
        if young <= _THRESHOLDS[0]:
            return
        now = time.monotonic()
        if old > _THRESHOLDS[2] and now - self._whole_at >= _WHOLE_EVERY_S:
            self._whole_at = now
            gc.collect()
        else:
            gc.collect(1 if middle > _THRESHOLDS[1] else 0)

    def stop(self) -> None:
        """Python collects by itself again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

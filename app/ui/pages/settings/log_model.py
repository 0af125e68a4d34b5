"""The log as rows: reading the newest lines of the log files, masked once more, and the model of the list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.turkish import fold
from app.runtime.masking import mask
from app.ui.theme.icons import icon
from app.ui.theme.tokens import Tone

#: How much of the newest file is read when the page opens; the rest stays in the file.
TAIL_BYTES: Final = 1024 * 1024
_MAX_LINES: Final = 20_000
#: levelname → (rank, Turkish word, icon, tone)
LEVELS: Final[dict[str, tuple[int, str, str, Tone]]] = {
    "DEBUG": (10, "Ayrıntı", "info", "quiet"),
    "INFO": (20, "Bilgi", "info", "wait"),
    "WARNING": (30, "Uyarı", "warn", "warn"),
    "ERROR": (40, "Hata", "error", "error"),
    "CRITICAL": (50, "Ağır hata", "error", "error"),
}
_LINE = re.compile(r"(\d{4})-(\d{2})-(\d{2})T(\d{2}:\d{2}:\d{2})\S* (\w+) (\d+) (.*?) ([\w.]+): (.*)")
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class LogLine:
    """One record; `more` holds its further lines (a traceback)."""

    at: str
    level: str
    source: str
    message: str
    more: str = ""

    @property
    def rank(self) -> int:
        return LEVELS.get(self.level, LEVELS["INFO"])[0]

    @property
    def text(self) -> str:
        """The record as it is copied."""
        head = f"{self.at} {self.level} {self.source}: {self.message}"
        return f"{head}\n{self.more}" if self.more else head


@dataclass(frozen=True, slots=True)
class Tail:
    """Where reading stopped: go on from `offset` in `path`."""

    path: Path | None = None
    offset: int = 0


def newest_log(folder: Path) -> Path | None:
    """The file that is written to now."""
    files = sorted(folder.glob("muhurdar-*.log"), key=_order)
    return files[-1] if files else None


def read_new(folder: Path, after: Tail) -> tuple[list[LogLine], Tail]:
    """The records written since `after`; a new day's file begins anew. Any thread."""
    path = newest_log(folder)
    if path is None:
        return [], Tail()
    size_bytes = path.stat().st_size
    is_same = after.path == path and after.offset <= size_bytes
    start = after.offset if is_same else max(0, size_bytes - TAIL_BYTES)
    with path.open("rb") as file:
        file.seek(start)
        raw = file.read(TAIL_BYTES)
    # A record that is just being written comes with the next look.
    end = raw.rfind(b"\n") + 1
    if not is_same and start:
        raw, end = raw[raw.find(b"\n") + 1 : end], end
    else:
        raw = raw[:end]
    return parse(raw.decode("utf-8", errors="replace")), Tail(path, start + end)


def parse(text: str) -> list[LogLine]:
    """Records of log text, masked again: an older program may have masked less."""
    found: list[LogLine] = []
    for line in mask(text).splitlines():
        match = _LINE.fullmatch(line)
        if match:
            year, month, day, time, level, _pid, _thread, source, message = match.groups()
            found.append(LogLine(f"{day}.{month}.{year} {time}", level, source, message))
        elif found:
            last = found[-1]
            more = f"{last.more}\n{line.strip()}" if last.more else line.strip()
            found[-1] = LogLine(last.at, last.level, last.source, last.message, more)
        elif line.strip():
            found.append(LogLine("", "INFO", "", line.strip()))
    return found


def _order(path: Path) -> tuple[str, int]:
    match = re.fullmatch(r"muhurdar-(\d{4}-\d{2}-\d{2})(?:-(\d+))?", path.stem)
    return (match[1], int(match[2] or 1)) if match else ("", 0)


class LogModel(QAbstractTableModel):
    """Columns: time, level, source, message. The filter is over the lines in memory, at most 20,000."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[LogLine] = []
        self._shown: list[LogLine] = []
        self._rank = 0
        self._words = ""
        self._titles = (self.tr("Zaman"), self.tr("Düzey"), self.tr("Yer"), self.tr("Ne oldu"))

    def add(self, lines: Sequence[LogLine]) -> None:
        """Append newer lines; the oldest go when there are too many."""
        if not lines:
            return
        self._lines.extend(lines)
        if len(self._lines) > _MAX_LINES:
            del self._lines[: len(self._lines) - _MAX_LINES]
            self._reset()
            return
        fitting = [line for line in lines if self._fits(line)]
        if fitting:
            first = len(self._shown)
            self.beginInsertRows(QModelIndex(), first, first + len(fitting) - 1)
            self._shown.extend(fitting)
            self.endInsertRows()

    def set_filter(self, *, rank: int, words: str) -> None:
        """Only lines of at least this level that hold these words."""
        self._rank, self._words = rank, fold(words)
        self._reset()

    def line(self, row: int) -> LogLine:
        return self._shown[row]

    def lines(self) -> list[LogLine]:
        """What is shown."""
        return list(self._shown)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self._shown[index.row()]
        _rank, word, name, tone = LEVELS.get(line.level, LEVELS["INFO"])
        if role == Qt.ItemDataRole.DisplayRole:
            return (line.at, word, line.source.removeprefix("app."), line.message)[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 1:
            return icon(name, tone)
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 3:
            return line.message
        return None

    def _fits(self, line: LogLine) -> bool:
        return line.rank >= self._rank and (not self._words or self._words in fold(line.text))

    def _reset(self) -> None:
        self.beginResetModel()
        self._shown = [line for line in self._lines if self._fits(line)]
        self.endResetModel()

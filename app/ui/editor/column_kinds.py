"""What a column of a line grid is, and the usual sorts of them: words, numbers, codes, sums."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from app.ui.editor import cells
from app.ui.editor.cells import Line, Option
from app.ui.editor.numbers import is_number, shown_number, typed_number
from app.ui.editor.paths import value_at, write_at

Kind = Literal["text", "number", "code", "computed"]
Read = Callable[[Line], str]
Write = Callable[[Line, str], Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `read` gives the kept text of a line, `write` a new line with a typed text in it."""

    key: str
    title: str
    width: int
    kind: Kind
    read: Callable[[Line], str]
    write: Callable[[Line, str], Line]
    #: Finding places (`lines[2].<place>`) that belong to this cell, by their beginning.
    places: tuple[str, ...] = ()
    decimals: int = 0
    options: Callable[[], list[Option]] = field(default=list)
    #: What a cell says and what its editor starts with, where that is more than the kept text.
    show: Callable[[Line], str] | None = None
    edit: Callable[[Line], str] | None = None
    #: Words that come with the line and are not typed here.
    is_fixed: bool = False

    @property
    def holds(self) -> str:
        """The line's own key behind the cell: `discounts`, `withholding`."""
        return self.places[0].partition(".")[0].partition("[")[0] if self.places else self.key

    def shown(self, line: Line) -> str:
        if self.show is not None:
            return self.show(line)
        text = self.read(line)
        if self.kind == "number":
            return shown_number(text, decimals=self.decimals)
        if self.kind == "code":
            return cells.short_of(self.options, text)
        return text

    def told(self, line: Line) -> str:
        """The cell in full words, for a tool tip: the name behind a code, a text that may be cut."""
        text = self.read(line)
        if self.kind == "code":
            option = cells.by_code(self.options).get(text)
            return option.title if option is not None else text
        return self.shown(line)

    def typed(self, line: Line) -> str:
        """What stands in the editor when the cell is opened."""
        if self.edit is not None:
            return self.edit(line)
        text = self.read(line)
        return typed_number(text) if self.kind == "number" else text

    def is_odd(self, line: Line) -> bool:
        """Whether the kept text is no number where one is wanted."""
        text = self.read(line)
        return self.kind == "number" and bool(text) and not is_number(text.removeprefix("%"))


def words(key: str, title: str, width: int, *, is_fixed: bool = False) -> Column:
    """A text; `is_fixed` where it comes with the line."""
    return Column(
        key=key,
        title=title,
        width=width,
        kind="text",
        read=cells.read_text(key),
        write=cells.keep if is_fixed else cells.put_text(key),
        places=(key,),
        is_fixed=is_fixed,
    )


def number(
    key: str,
    title: str,
    width: int,
    *,
    decimals: int = 0,
    read: Read | None = None,
    write: Write | None = None,
    places: tuple[str, ...] | None = None,
    is_fixed: bool = False,
) -> Column:
    """A number; `read` and `write` where it is not simply kept under its key."""
    return Column(
        key=key,
        title=title,
        width=width,
        kind="number",
        read=read or cells.read_text(key),
        write=cells.keep if is_fixed else write or cells.put_number(key),
        places=(key,) if places is None else places,
        decimals=decimals,
        is_fixed=is_fixed,
    )


def code(
    key: str,
    title: str,
    width: int,
    options: Callable[[], list[Option]],
    write: Write,
    *,
    read: Read | None = None,
    show: Read | None = None,
    places: tuple[str, ...] | None = None,
    is_fixed: bool = False,
) -> Column:
    """One of a code list; by default kept as `{"code": …}` under its key."""
    return Column(
        key=key,
        title=title,
        width=width,
        kind="code",
        read=read or cells.read_nested(key, "code"),
        write=cells.keep if is_fixed else write,
        places=(key,) if places is None else places,
        options=options,
        show=show,
        is_fixed=is_fixed,
    )


def allowance(key: str, title: str, width: int) -> Column:
    """The first of the line's discounts or charges; its cell shows all of them."""
    return Column(
        key=key.removesuffix("s"),
        title=title,
        width=width,
        kind="number",
        read=cells.read_allowance(key),
        write=cells.write_allowance(key),
        places=(key,),
        show=cells.show_allowances(key),
        edit=cells.edit_allowance(key),
    )


def unit(*, is_fixed: bool = False) -> Column:
    return code(
        "unit",
        "Birim",
        8,
        cells.unit_options,
        cells.write_unit,
        read=cells.read_text("unit"),
        places=("unit", "unit_code"),
        is_fixed=is_fixed,
    )


def withholding(title: str) -> Column:
    return code("withholding", title, 11, cells.withholding_options, cells.write_withholding)


def amount(title: str) -> Column:
    """What the line comes to; computed elsewhere."""
    return Column(key="net", title=title, width=12, kind="computed", read=lambda _line: "", write=cells.keep)


def extra(path: str, title: str, width: int) -> Column:
    """What a scenario asks of each line, by its path in the table of extra fields; codes are kept without blanks."""

    def read(line: Line) -> str:
        return str(value_at(line, path) or "").strip()

    def write(line: Line, text: str) -> Line:
        return write_at(line, path, "".join(text.split()).upper())

    place = path.partition("[")[0]
    return Column(key=path, title=title, width=width, kind="text", read=read, write=write, places=(place,))


def holds(column: Column) -> Callable[[Line], bool]:
    """Whether a line holds something in such a column; quick for the many lines that do not."""
    top = column.places[0].partition(".")[0]
    return lambda line: top in line and bool(column.read(line))

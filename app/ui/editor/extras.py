"""Sections that only some invoices have, declared as data: when they are used, which fields they hold.

A new profile or type that needs fields of its own is one more entry of SECTIONS; the form builds the widgets. What a
draft holds is shown even where its type does not use it: nothing works behind the user's back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from app.ubl import profiles
from app.ui.editor import cells
from app.ui.editor.catalogue import Option
from app.ui.editor.columns import EXTRAS

#: `references` is a list of number and date, `reference` a single one; `all_lines` writes one code into every line;
#: `list` is one of `list_edit.KINDS`, named by the end of its path.
ExtraKind = Literal["text", "number", "date", "references", "reference", "all_lines", "list"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """By what a section decides whether it is there."""

    profile: str
    type_code: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraField:
    """One field. `path` is the draft's own (`exchange_rate.rate`); with `all_lines` the key of a grid column.

    `units` is its width in twelfths of the form; `places` are findings' fields that belong to it (the path itself
    where none are given).
    """

    path: str
    title: str
    kind: ExtraKind = "text"
    units: int = 3
    places: tuple[str, ...] = ()
    hint: str = ""
    options: Callable[[], list[Option]] = list


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraSection:
    """A fold of the form. `columns` are optional columns of the grid that come with it."""

    key: str
    title: str
    used: Callable[[Use], bool]
    fields: tuple[ExtraField, ...] = ()
    columns: frozenset[str] = frozenset()


SECTIONS: Final[tuple[ExtraSection, ...]] = (
    ExtraSection(
        key="currency",
        title="Döviz",
        used=lambda use: use.currency not in ("", "TRY"),
        fields=(
            ExtraField(
                path="exchange_rate.rate", title="Kur (1 birim = ? TL)", kind="number", places=("exchange_rate",)
            ),
            ExtraField(path="exchange_rate.day", title="Kur tarihi", kind="date"),
        ),
    ),
    ExtraSection(
        key="return",
        title="İade",
        # Every kind of return has it in its name: IADE, TEVKIFATIADE, YTBIADE.
        used=lambda use: "IADE" in use.type_code,
        fields=(
            ExtraField(
                path="returned_invoices",
                title="İade edilen faturalar",
                kind="references",
                units=12,
                hint="16 haneli fatura no",
            ),
        ),
        columns=frozenset({"withholding", "withholding_rate"}),
    ),
    ExtraSection(
        key="withholding",
        title="Tevkifat",
        used=lambda use: "TEVKIFAT" in use.type_code,
        fields=(
            ExtraField(
                path="withholding",
                title="Tüm satırlara tevkifat kodu",
                kind="all_lines",
                units=12,
                hint="kod ya da iş: 624, yapım, temizlik…",
                options=cells.withholding_options,
            ),
        ),
        columns=frozenset({"withholding"}),
    ),
    ExtraSection(
        key="exemption",
        title="İstisna",
        used=lambda use: "ISTISNA" in use.type_code,
        fields=(
            ExtraField(
                path="exemption",
                title="Tüm satırlara istisna kodu",
                kind="all_lines",
                units=12,
                hint="kod ya da konu: 301, ihracat…",
                options=cells.exemption_options,
            ),
        ),
        columns=frozenset({"exemption"}),
    ),
    ExtraSection(
        key="whole",
        title="Belgenin geneline indirim ve artırım",
        # Most spread it over the lines; it is there when the draft has one, or when the user has asked for it.
        used=lambda _use: False,
        fields=(
            ExtraField(path="discounts", title="İndirim", kind="list", units=6),
            ExtraField(path="charges", title="Artırım", kind="list", units=6),
        ),
    ),
    ExtraSection(
        key="deductions",
        title="Komisyoncu kesintileri",
        used=lambda use: "KOMISYONCU" in use.type_code,
        fields=(ExtraField(path="deductions", title="Üreticiden kesilenler", kind="list", units=12),),
    ),
    ExtraSection(
        key="lodging",
        title="Konaklama vergisi",
        used=lambda use: use.type_code == "KONAKLAMAVERGISI",
        columns=frozenset({"other_tax", "other_tax_rate"}),
    ),
)


def columns_for(use: Use) -> frozenset[str]:
    """The optional columns that this kind of invoice uses."""
    asked = {f.path.removeprefix("lines[].") for f in profiles.fields_for(use.profile, use.type_code) if f.is_per_line}
    own = frozenset(column.key for column in EXTRAS if column.key in asked)
    return own.union(*(section.columns for section in SECTIONS if section.used(use)))

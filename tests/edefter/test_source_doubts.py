"""A question shows the source's own first amount or day that can be read in two ways."""

from __future__ import annotations

import pytest

from app.edefter.sources.doubts import amount_words, day_words
from app.edefter.sources.shape import Format, shape_of_rows

HEAD = ["Fiş No", "Tarih", "Hesap Kodu", "Borç", "Alacak"]


def test_the_files_own_amount_and_day_are_shown() -> None:
    rows = [HEAD, ["1", "15/07/2026", "100.01", "250", ""], ["1", "07/09/2026", "600.01", "", "12.500"]]
    shape = shape_of_rows(rows, Format.TABLE)
    assert shape.questions[0].key == "decimals"
    assert "'12.500'" in shape.questions[0].text
    assert [meaning for _, meaning in shape.questions[0].choices] == [
        "virgül: 12.500 = 12.500,00",
        "nokta: 12.500 = 12,50",
    ]
    # 15/07 proves the order of the days, so nothing is asked of them.
    assert [question.key for question in shape.questions] == ["decimals"]


def test_days_that_stand_alone_are_asked() -> None:
    question, choices = day_words(["", "NULL", "05/05/2026", "02/10/2026"])
    assert "'02/10/2026'" in question
    assert choices == (("dmy", "önce gün: 2 Ekim 2026"), ("mdy", "önce ay: 10 Şubat 2026"))


@pytest.mark.parametrize("cells", [[], ["1.234,50", "1,234.50"]])
def test_without_such_an_amount_both_forms_are_shown(cells: list[str]) -> None:
    question, choices = amount_words(cells)
    assert "hem virgüllü hem noktalı" in question
    assert [value for value, _ in choices] == [",", "."]


def test_small_decimals_are_not_rounded_away() -> None:
    assert amount_words(["1.234"])[1][1][1] == "nokta: 1.234 = 1,234"

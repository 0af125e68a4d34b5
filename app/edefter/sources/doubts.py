"""What to ask where two readings are possible, shown on the source's own first such amount or day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from app.domain.money import SCALE
from app.domain.turkish import format_amount
from app.edefter.sources.values import DayOrder, Decimals, amount_of, day_of, text_of

_MONTHS: Final = (
    "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık",
)  # fmt: skip
Choices = tuple[tuple[str, str], ...]


def amount_words(cells: Iterable[str]) -> tuple[str, Choices]:
    """(question, choices) about the decimal sign."""
    for cell in cells:
        text = text_of(cell)
        read = [_amount(text, sign) for sign in (Decimals.COMMA, Decimals.POINT)]
        if None not in read and read[0] != read[1]:
            question = f"Tutarlarda ondalık işareti hangisi? '{text}' iki türlü okunabiliyor."
            return question, ((",", f"virgül: {text} = {read[0]}"), (".", f"nokta: {text} = {read[1]}"))
    question = "Tutarlarda ondalık işareti hangisi? Dosyada hem virgüllü hem noktalı yazılmış tutarlar var."
    return question, ((",", "virgül: 1.234,50"), (".", "nokta: 1,234.50"))


def day_words(cells: Iterable[str]) -> tuple[str, Choices]:
    """(question, choices) about the order of day and month."""
    for cell in cells:
        text = text_of(cell)
        read = [_day(text, order) for order in (DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST)]
        if None not in read and read[0] != read[1]:
            question = f"Tarihlerde önce gün mü ay mı yazılmış? '{text}' iki türlü okunabiliyor."
            return question, (("dmy", f"önce gün: {read[0]}"), ("mdy", f"önce ay: {read[1]}"))
    question = "Tarihlerde önce gün mü ay mı yazılmış? Dosyada ikisi de var gibi görünüyor."
    return question, (("dmy", "önce gün: 25/04/2026"), ("mdy", "önce ay: 04/25/2026"))


def _amount(text: str, sign: Decimals) -> str | None:
    try:
        units = amount_of(text, sign)
    except ValueError:
        return None
    value = Decimal(units) / SCALE
    return format_amount(value, max(2, -int(value.normalize().as_tuple().exponent)))


def _day(text: str, order: DayOrder) -> str | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(day_of(text, order))
    except ValueError:
        return None
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

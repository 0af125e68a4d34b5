"""What a look at the archive is told as: a sentence per month, a report of all."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.domain.turkish import format_datetime
from app.storage.records import CompanyRecord
from app.ui.ledger.results import LedgerReport
from app.ui.ledger.words import month_name, number
from app.ui.widgets import Line
from app.workflows.ledger_selfcheck import BROKEN, CHANGED, MISSING, TODO, ArchiveCheck

_KINDS = ((MISSING, "{0} dosya eksik"), (CHANGED, "{0} dosya değişmiş"), (BROKEN, "{0} sorun bulundu"))
Found = Sequence[tuple[CompanyRecord, ArchiveCheck]]


def counts_of(check: ArchiveCheck) -> str:
    """`1 dosya eksik, 2 dosya değişmiş`; empty when all is well."""
    found = ((sum(one.kind == kind for one in check.problems), words) for kind, words in _KINDS)
    return ", ".join(words.format(number(count)) for count, words in found if count)


def check_words(check: ArchiveCheck | None) -> str:
    """`Arşiv denetimi 21.11.2026 12:00: dosyalar yerinde, değişmemiş`."""
    if check is None:
        return "Arşiv henüz denetlenmedi"
    told = counts_of(check) or "dosyalar yerinde, değişmemiş"
    return f"Arşiv denetimi {format_datetime(check.checked_at)}: {told}"


def archive_sentence(found: Found) -> str:
    """What all looks together say."""
    bad = [check for _, check in found if not check.ok]
    if not found:
        return "Denetlenecek defter dosyası yok: henüz hiçbir ay oluşturulmamış."
    if not bad:
        return f"{number(len(found))} ayın defter dosyaları denetlendi: hepsi yerinde ve değişmemiş."
    return f"{number(len(found))} ay denetlendi, {number(len(bad))} ayda sorun var."


def archive_report(found: Found, parent: QWidget) -> LedgerReport:
    """Every problem of every month, and what to do."""
    bad = [(company, check) for company, check in found if not check.ok]
    sentences = [archive_sentence(found)]
    if bad:
        sentences.append(TODO)
    lines = [
        Line(
            title=f"{company.company.party.display_name} · {month_name(check.month)}",
            details=(counts_of(check), *(one.message for one in check.problems[:4])),
            wraps=True,
            icon="error",
            tone="error",
            is_strong=True,
            tip="\n".join(one.message for one in check.problems[:20]),
        )
        for company, check in bad
    ]
    copied = "\n".join(
        f"{company.company.tax_number.digits}\t{check.period}\t{one.kind}\t{one.message}"
        for company, check in bad
        for one in check.problems
    )
    return LedgerReport("Defter arşivi denetimi", sentences, lines, copied, parent)

"""What a fix would do, worked out without writing anything: the same plan is shown first and done then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.domain.ledger_terms import LedgerMode, Numbering
from app.domain.voucher import DOCUMENT_TYPE_TITLES, LIQUIDATION, DocumentType, Period
from app.storage.ledgers import fixes, kept, parts
from app.storage.ledgers.database import LedgerConnection
from app.storage.ledgers.fixes import Change, DocumentLine, Head
from app.storage.ledgers.parts import Standing
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext
from app.workflows.ledger_check import standing_of
from app.workflows.ledger_fix_model import FIXABLE, FixChange, FixKind
from app.workflows.ledger_papers import PaperFacts, papers_of

_NUMBER_TROUBLES: Final = tuple(code for code, kind in FIXABLE.items() if kind is FixKind.RENUMBER)
_TITLES: Final = {
    "document_type": "Belge türü",
    "document_description": "Belge adı",
    "document_number": "Belge numarası",
    "document_day": "Belge tarihi",
    "entry": "Madde numarası",
    "day": "Fiş tarihi",
}
#: Which fields each finding wants completed.
_WANTED: Final = {
    "DEFTER.DOCUMENT_NO_TYPE": ("document_type", "document_description"),
    "DEFTER.DOCUMENT_NUMBER": ("document_number",),
    "DEFTER.DOCUMENT_DAY": ("document_day",),
    "DEFTER.DOCUMENT_TEXT": ("document_description",),
    "DEFTER.DOCUMENT_EXPECTED": ("document_number", "document_day"),
    "DEFTER.DOCUMENT_ETTN": ("document_number",),
}


@dataclass(slots=True)
class Plan:
    """What a fix would do, exactly."""

    title: str
    changes: list[Change] = field(default_factory=list)
    splits: list[tuple[Head, str, list[int]]] = field(default_factory=list)
    shown: list[FixChange] = field(default_factory=list)
    vouchers: list[int] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    refusal: str = ""

    @property
    def total(self) -> int:
        return len(self.shown)


def plan_of(
    ctx: WorkContext,
    company: CompanyRecord,
    connection: LedgerConnection,
    period: Period,
    code: str,
    only: Sequence[int],
) -> Plan | None:
    """None when the month has nothing of it."""
    kind = FIXABLE[code]
    if kind is FixKind.RENUMBER:
        return _of_numbers(company, connection, period)
    broken = fixes.vouchers_breaking(connection, period=period.key, code=code, only=only)
    if not broken:
        return None
    if kind is FixKind.SPLIT_DAYS:
        plan = _of_split(broken)
    else:
        numbers = {
            line.document_number
            for _, lines, ids in broken
            for line in lines
            if line.id in ids and line.document_number
        }
        plan = _of_documents(broken, _WANTED[code], papers_of(ctx, company, numbers))
    if not plan.total and not plan.refusal:
        plan.refusal = plan.left_out[0][1]
    return plan


def _of_documents(
    broken: list[tuple[Head, list[DocumentLine], set[int]]],
    wanted: tuple[str, ...],
    papers: dict[str, PaperFacts],
) -> Plan:
    plan = Plan("Eksik belge bilgilerini fişin öteki satırlarından ve kendi e-belgelerinizden tamamla")
    for head, lines, ids in broken:
        before = len(plan.changes)
        for line in lines:
            if line.id not in ids:
                continue
            for name, old, new in _completed(line, lines, wanted, papers):
                plan.changes.append(Change("line", line.id, name, old, new))
                plan.shown.append(_change(head, line.source_line, name, _word(name, old), _word(name, new)))
        if len(plan.changes) > before:
            plan.vouchers.append(head.id)
        else:
            plan.left_out.append(
                (
                    _plain(head.reference),
                    "Fişin öteki satırları ve e-belgeleriniz eksik bilgiyi tek anlamlı söylemiyor.",
                )
            )
    return plan


def _completed(
    line: DocumentLine, lines: Sequence[DocumentLine], wanted: tuple[str, ...], papers: dict[str, PaperFacts]
) -> Iterator[tuple[str, str, str]]:
    """(field, before, after) of what the line lacks and its document says."""
    document_type = line.document_type
    for name in wanted:
        old = getattr(line, name)
        # An ETTN in the number's place is the one value that a fix may replace.
        if old and not (name == "document_number" and _is_ettn(old)):
            continue
        if name == "document_description" and document_type != DocumentType.OTHER.value:
            continue
        new = _found(name, line, lines, papers)
        if new and new != old:
            if name == "document_type":
                document_type = new
            yield name, old, new


def _is_ettn(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4


def _found(name: str, line: DocumentLine, lines: Sequence[DocumentLine], papers: dict[str, PaperFacts]) -> str | None:
    """The one value that the line's document has: by our own e-document first, else by the voucher's other lines."""
    paper = papers.get(line.document_number.casefold())
    if paper is not None:
        value = {
            "document_type": paper.document_type,
            "document_description": paper.description,
            "document_number": paper.number,
            "document_day": paper.day,
        }[name]
        if value:
            return value
    if name == "document_number" and _is_ettn(line.document_number):
        return None
    values = {
        getattr(other, name)
        for other in lines
        if other.id != line.id and getattr(other, name) and _may_be_same(line, other, name)
    }
    return values.pop() if len(values) == 1 else None


def _may_be_same(line: DocumentLine, other: DocumentLine, name: str) -> bool:
    """Whether nothing that both lines say of their document contradicts."""
    return all(
        not getattr(line, one) or not getattr(other, one) or getattr(line, one) == getattr(other, one)
        for one in fixes.FIELDS
        if one != name
    )


def _of_split(broken: list[tuple[Head, list[DocumentLine], set[int]]]) -> Plan:
    plan = Plan("İki tarihli fişi, her biri kendi içinde denk iki fişe böl")
    for head, lines, _ in broken:
        days: dict[str, list[DocumentLine]] = defaultdict(list)
        for line in lines:
            days[line.day].append(line)
        if reason := _reason_against_split(head, days):
            plan.left_out.append((_plain(head.reference), reason))
            continue
        plan.vouchers.append(head.id)
        for day, some in sorted(days.items()):
            if day == head.day:
                continue
            plan.splits.append((head, day, [line.id for line in some]))
            plan.shown += [_change(head, line.source_line, "day", head.day, f"{day} (yeni fiş)") for line in some]
    return plan


def _reason_against_split(head: Head, days: dict[str, list[DocumentLine]]) -> str:
    if head.counter:
        return "Fişin madde numarası kaynak programdan; bölünürse ikinci fişin numarası kalmaz. Kaynakta bölün."
    if any(line.number for some in days.values() for line in some):
        return "Satır numaraları kaynak programdan; bölünürse sıraları bozulur. Fişi kaynakta bölün."
    if any(int(day[:4]) * 100 + int(day[5:7]) != head.period % LIQUIDATION for day in days):
        return "Tarihlerden biri başka bir ayda; fişi kaynak programda bölün."
    for some in days.values():
        balance = sum(line.amount if line.side == "D" else -line.amount for line in some)
        if balance or len(some) < 2:
            return "Tarihlere göre bölününce borç ve alacak denk olmuyor; fişi kaynak programda düzeltin."
    return ""


def _of_numbers(company: CompanyRecord, connection: LedgerConnection, period: Period) -> Plan | None:
    plan = Plan("Mühürdar'ın verdiği madde ve satır numaralarını yeniden ver")
    ours = company.company.ledger.numbering is Numbering.OURS
    for branch_no, _ in parts.branches_of(connection, period=period.key):
        given, total = parts.given_counters(connection, period=period.key, branch_no=branch_no)
        if given == total and not ours:
            if kept.has_any(connection, period=period.key, branch_no=branch_no, codes=_NUMBER_TROUBLES):
                plan.refusal = (
                    "Numaralar kaynak programdan ve değiştirilmez; kaynakta düzeltin ya da firma kartında"
                    " numaraları Mühürdar'ın vermesini seçin."
                )
            continue
        standing = standing_before(company, connection, period, branch_no)
        for voucher_id, reference, source_line, before, after in fixes.numbers_to_give(
            connection, period=period.key, branch_no=branch_no, next_entry=standing.entry + 1
        ):
            plan.vouchers.append(voucher_id)
            plan.shown.append(
                FixChange(
                    voucher_id=voucher_id,
                    reference=_plain(reference),
                    source_line=source_line,
                    field=_TITLES["entry"],
                    before=str(before or "-"),
                    after=str(after),
                )
            )
    return plan if plan.total or plan.refusal else None


def standing_before(company: CompanyRecord, connection: LedgerConnection, period: Period, branch_no: str) -> Standing:
    """Where the numbers stand before the month."""
    built = parts.standing_before(connection, period=period.key, branch_no=branch_no)
    if built is None and company.company.ledger.mode is LedgerMode.INTEGRATOR:
        built = parts.counted_before(connection, period=period.key, branch_no=branch_no)
    return standing_of(company, built, period, branch_no)


def _change(head: Head, source_line: int, name: str, before: str, after: str) -> FixChange:
    return FixChange(
        voucher_id=head.id,
        reference=_plain(head.reference),
        source_line=source_line,
        field=_TITLES[name],
        before=before,
        after=after,
    )


def _word(name: str, value: str) -> str:
    if name == "document_type" and value in {kind.value for kind in DocumentType}:
        return DOCUMENT_TYPE_TITLES[DocumentType(value)]
    return value


def _plain(reference: str) -> str:
    return reference.partition("@")[0]

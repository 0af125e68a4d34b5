"""What a selection is made of and what may be done with it. Values only; decided from tallies, never from rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.domain.invoice import TICARIFATURA
from app.domain.lifecycle import Direction, State
from app.domain.turkish import format_amount
from app.storage.search import Tally
from app.ui.lists.bulk import is_sealable

#: How the profiles of despatch notes and of answers to them end; producer and freelance receipts have one profile.
_DESPATCH = "IRSALIYE"
_RECEIPTS = "EARSIVBELGE"


def _is_other(profile: str) -> bool:
    return profile.endswith(_DESPATCH) or profile == _RECEIPTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """`ids` in the list's order, `tallies` what they are, `names` the titles of their companies."""

    ids: Sequence[int] = ()
    tallies: tuple[Tally, ...] = ()
    names: tuple[str, ...] = ()

    def count(self, test: Callable[[Tally], bool]) -> int:
        return sum(t.count for t in self.tallies if test(t))

    @property
    def total(self) -> int:
        """How many of `ids` there are (still)."""
        return sum(t.count for t in self.tallies)

    @property
    def sealable(self) -> int:
        return self.count(lambda t: is_sealable(t.state, direction=t.direction))

    @property
    def queueable(self) -> int:
        return self.count(lambda t: t.direction is Direction.OUT and t.state is State.SEALED)

    @property
    def failed(self) -> int:
        return self.count(lambda t: t.direction is Direction.OUT and t.state is State.FAILED)

    @property
    def answerable(self) -> int:
        return self.count(lambda t: t.state is State.ANSWER_DUE and t.profile == TICARIFATURA)

    @property
    def returnable(self) -> int:
        """Received invoices that are not answered by the system: there the way back is a return invoice."""
        return self.count(
            lambda t: t.direction is Direction.IN and t.profile != TICARIFATURA and not _is_other(t.profile)
        )

    @property
    def copyable(self) -> int:
        """Invoices: the other kinds are begun anew."""
        return self.count(lambda t: not _is_other(t.profile))

    @property
    def invoiceable(self) -> int:
        """Despatch notes of ours that have their number: their goods can be invoiced."""
        return self.count(lambda t: t.direction is Direction.OUT and t.has_number and t.profile.endswith(_DESPATCH))

    @property
    def despatches(self) -> int:
        """Despatch notes that came: the receiver answers them."""
        return self.count(lambda t: t.direction is Direction.IN and t.profile.endswith(_DESPATCH))

    @property
    def discardable(self) -> int:
        return self.count(lambda t: not t.has_number and t.state in (State.DRAFT, State.READY))

    @property
    def restorable(self) -> int:
        return self.count(lambda t: not t.has_number and t.state is State.CANCELLED)

    @property
    def in_review(self) -> int:
        return self.count(lambda t: t.in_review)

    @property
    def unsettled(self) -> int:
        """Those on the work list: an outcome that nobody knows, or a review."""
        return self.count(lambda t: t.in_review or (t.direction is Direction.OUT and t.state is State.UNKNOWN))

    @property
    def answering(self) -> int:
        """Answers that were given and have not gone out or are under way."""
        return self.count(lambda t: t.direction is Direction.IN and t.state is State.ANSWERING)

    @property
    def unread(self) -> int:
        return self.count(lambda t: not t.is_read)

    @property
    def company_words(self) -> str:
        """Whose documents: the firm's title, or how many firms and which."""
        if len(self.names) <= 1:
            return "".join(self.names)
        shown = ", ".join(self.names[:3]) + ("…" if len(self.names) > 3 else "")
        return f"{len(self.names)} firma: {shown}"

    def sums(self) -> list[tuple[Decimal, str]]:
        """What the selected documents are worth, per currency, TRY first."""
        totals: dict[str, Decimal] = {}
        for tally in self.tallies:
            totals[tally.currency] = totals.get(tally.currency, Decimal(0)) + tally.payable
        return [(totals[c], c) for c in sorted(totals, key=lambda c: (c != "TRY", c))]


def status_text(total: int, selection: Selection) -> str:
    """`1.234 belge · 3 seçili · 12.340,00 TRY`."""
    parts = [f"{total:,} belge".replace(",", ".")]
    if len(selection.ids) > 1:
        parts.append(f"{len(selection.ids):,} seçili".replace(",", "."))
        parts += [f"{format_amount(amount)} {currency}" for amount, currency in selection.sums()]
    return " · ".join(parts)


def unique(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))

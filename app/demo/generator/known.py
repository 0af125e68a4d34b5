"""What the sandbox integrator knows of the made-up documents, so that a real sync finds what the lists say.

Its states follow from the time since the sending and from a plan (see app.sandbox.progress); each story is told to it
in those terms. Drafts and what waits in the queue it does not know.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from app.demo.generator import papers
from app.demo.generator.stories import Step
from app.domain.invoice import Invoice
from app.domain.lifecycle import State
from app.runtime.safezip import pack_single
from app.sandbox.codes import FAILS_AT_GIB, FAILS_AT_RECEIVER
from app.sandbox.records import Plan, Row
from app.storage.records import CompanyRecord

#: Nobody asks about older ones: their states are final, and their numbers long settled.
_KNOWN_FOR: Final = timedelta(days=45)
#: A lost send that is older cannot go out again; the integrator has it.
_RESENDABLE: Final = timedelta(days=5)
_ANSWERS: Final = {State.ACCEPTED: "KABUL", State.REJECTED: "RED"}


def sent_row(
    company: CompanyRecord, invoice: Invoice, steps: Sequence[Step], xml: bytes, *, now: datetime, chance: random.Random
) -> tuple[Row, Plan] | None:
    """The outgoing document as the integrator holds it, with what is to become of it; None when it never came there."""
    states = [step.state for step in steps]
    start = papers.moment_of(invoice)
    last = states[-1] if states else State.DRAFT
    if last is State.UNKNOWN:
        # Half of the lost answers were lost on the way back.
        arrived = now - start > _RESENDABLE or chance.random() < 0.5
        at = start + steps[-1].after - timedelta(minutes=1)
    else:
        arrived = State.SENT in states
        at = start + steps[states.index(State.SENT)].after if arrived else start
    if not arrived or now - start > _KNOWN_FOR:
        return None
    label = company.company.labels.gb[0]
    receiver = f"urn:mail:defaultpk@{invoice.customer.email.partition('@')[2]}"
    row = _row(invoice, company, "OUT", xml, at=at, labels=(label, receiver), chance=chance)
    return row, _plan(last, steps, at, now, start, chance)


def received_row(
    company: CompanyRecord,
    invoice: Invoice,
    steps: Sequence[Step],
    xml: bytes,
    *,
    arrived: datetime,
    now: datetime,
    chance: random.Random,
) -> Row | None:
    """The incoming document, fetched and marked as read, with the answer it has been given."""
    if now - arrived > _KNOWN_FOR:
        return None
    sender = f"urn:mail:defaultgb@{invoice.supplier.email.partition('@')[2]}"
    answer = next((step for step in steps if step.state is State.ANSWERING), None)
    labels = (sender, company.company.labels.pk[0])
    row = _row(invoice, company, "IN", xml, at=arrived, labels=labels, chance=chance, is_read=True)
    if answer is None:
        return row
    return _answered(row, answer, (arrived + answer.after).timestamp())


def _answered(row: Row, answer: Step, at: float) -> Row:
    return replace(row, answer=answer.note, answer_reason="" if answer.note == "KABUL" else "Fiyat farkı", answer_at=at)


def _plan(
    last: State, steps: Sequence[Step], at: datetime, now: datetime, start: datetime, chance: random.Random
) -> Plan:
    if last is State.FAILED:
        code = steps[-1].gib_code or 0
        return Plan(fail_code=code if code in FAILS_AT_GIB or code in FAILS_AT_RECEIVER else min(FAILS_AT_GIB))
    if last in _ANSWERS:
        return Plan(answer=_ANSWERS[last], after_s=(start + steps[-1].after - at).total_seconds())
    if chance.random() < 0.5:
        return Plan(answer=None)
    # Still to come, so that an office that stays open sees answers arrive.
    later = now - at + timedelta(hours=chance.randrange(2, 60))
    return Plan(answer="KABUL" if chance.random() < 0.85 else "RED", after_s=later.total_seconds())


def _row(
    invoice: Invoice,
    company: CompanyRecord,
    direction: str,
    xml: bytes,
    *,
    at: datetime,
    labels: tuple[str, str],
    chance: random.Random,
    is_read: bool = False,
) -> Row:
    index = papers.paper_of(invoice).index
    return Row(
        id=0,
        account=company.company.tax_number.digits,
        direction=direction,
        ettn=invoice.uuid,
        number=str(invoice.number),
        profile=invoice.profile,
        type_code=invoice.type_code,
        issue_date=invoice.issue_date.isoformat(),
        currency=invoice.currency,
        payable=str(index.payable),
        sums=json.dumps({}),
        sender_vkn=invoice.supplier.tax_number.digits,
        sender_name=invoice.supplier.display_name,
        sender_label=labels[0],
        receiver_vkn=invoice.customer.tax_number.digits,
        receiver_name=invoice.customer.display_name,
        receiver_label=labels[1],
        envelope=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        content=pack_single(f"{invoice.uuid}.xml", xml),
        is_read=is_read,
        at=at.timestamp(),
    )

"""Writes a client's documents, step by step through the allowed transitions, with the times they happened at."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.demo.generator import papers, stories
from app.demo.generator.known import received_row, sent_row
from app.demo.generator.stories import Step
from app.domain.dates import answer_deadline
from app.domain.document_number import DocumentNumber
from app.domain.invoice import Invoice
from app.domain.lifecycle import DocumentKind, State
from app.sandbox.records import Plan, Row
from app.storage import documents, numbers, outbox
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord, DocumentRecord
from app.ubl.draft import invoice_to_json

_SEND = "send"
#: Every so manieth client has received an invoice twice, the second time under another ETTN.
_TWICE = 7
_KEEPS_INTENTS = timedelta(days=20)
#: The last round of questions.
_ASKED_AGO = timedelta(minutes=12)
_GOES_OUT = (State.SEALED, State.QUEUED, State.SENT, State.UNKNOWN, State.FAILED)


class Sending:
    """The outgoing documents of one client. `prepare` makes the bytes, `write` stores them."""

    def __init__(self, company: CompanyRecord, chance: random.Random, now: datetime, *, integrator_seals: bool) -> None:
        self._company, self._chance, self._now = company, chance, now
        self._sealed_by = "integrator" if integrator_seals else "test"
        self._ready: list[tuple[Invoice, list[Step], bytes]] = []
        self.sealed = 0
        #: What the integrator knows of them.
        self.known: list[tuple[Row, Plan]] = []

    def prepare(self, invoices: Sequence[Invoice], sealed: int, *, look: bytes) -> None:
        """Decide each one's story, number those that have left the drafts, and write their XML."""
        counters: dict[int, int] = {}
        planned = []
        for invoice in invoices:
            age = self._now - papers.moment_of(invoice)
            steps = [
                step
                for step in stories.outgoing(self._chance, age=age, commercial=invoice.is_answerable)
                if papers.moment_of(invoice) + step.after <= self._now
            ]
            if any(step.state is State.SEALED for step in steps):
                year = invoice.issue_date.year
                counters[year] = counters.get(year, 0) + 1
                invoice = papers.numbered(invoice, DocumentNumber(invoice.series, year, counters[year]))
            planned.append((invoice, steps))
        for place, (invoice, steps) in enumerate(planned):
            last = steps[-1].state if steps else State.DRAFT
            is_young = self._now - papers.moment_of(invoice) < _KEEPS_INTENTS
            # What still goes out must hold before the integrator: a real seal and a look.
            is_real = place >= len(planned) - sealed or (is_young and last in _GOES_OUT)
            xml = b""
            if invoice.number is not None:
                seals = is_real and self._sealed_by == "test"
                xml = papers.xml_of(invoice, look=look if is_real else None, sealed=seals)
                self.sealed += seals
                known = sent_row(
                    self._company, invoice, steps, xml, now=self._now, chance=random.Random(f"known {invoice.uuid}")
                )
                self.known += [known] if known is not None else []
            self._ready.append((invoice, steps, xml))

    def write(self, s: OpenSession) -> int:
        for invoice, steps, xml in self._ready:
            self._write_one(s, invoice, steps, xml)
        return len(self._ready)

    def _write_one(self, s: OpenSession, invoice: Invoice, steps: Sequence[Step], xml: bytes) -> None:
        start = min(papers.moment_of(invoice), self._now)
        paper = papers.paper_of(replace(invoice, number=None))
        record = documents.save_draft(
            s,
            self._company.id,
            kind=DocumentKind.INVOICE,
            ettn=invoice.uuid,
            data=invoice_to_json(replace(invoice, number=None)),
            index=paper.index,
            at=start,
        )
        intent = None
        # Nobody looks up the intents of a send that ended months ago.
        is_recent = self._now - start < _KEEPS_INTENTS
        for step in steps:
            at = start + step.after
            if step.state is State.SEALED and invoice.number is not None:
                self._seal(s, record, invoice, xml, at)
                continue
            set_step(s, record.id, step, at=at)
            if step.state is State.QUEUED and is_recent:
                intent = outbox.enqueue(s, self._company.id, record.id, _SEND, {}, at=at)
            elif step.state is State.SENDING and intent is not None:
                outbox.begin(s, [intent.id], at=at)
            elif step.state is State.SENT and intent is not None:
                outbox.settle(s, intent.id, at=at)
            elif step.state is State.UNKNOWN and intent is not None:
                outbox.postpone(s, intent.id, until=at, error_code="NET.LOST", error_text=step.note, at=at)
            elif step.state is State.FAILED:
                self._flag(s, record, step, at)
        if steps and steps[-1].state is State.DELIVERED and not steps[-1].is_final:
            # Its buyer still has time: asked about at every round, the last of them a little while ago.
            at = max(start + steps[-1].after, self._now - _ASKED_AGO)
            set_step(s, record.id, steps[-1], at=at)
        if any(step.state is State.REJECTED for step in steps):
            documents.set_answer(s, record.id, "RED", at=start + steps[-1].after)
        if any(step.state is State.ACCEPTED for step in steps):
            documents.set_answer(s, record.id, "KABUL", at=start + steps[-1].after)

    def _seal(self, s: OpenSession, record: DocumentRecord, invoice: Invoice, xml: bytes, at: datetime) -> None:
        if invoice.number is None:
            return
        numbers.store_sealed(
            s,
            record.id,
            number=invoice.number,
            xml=xml,
            ettn=invoice.uuid,
            issue_date=invoice.issue_date,
            sealed_by=self._sealed_by,
            sender_label=self._company.company.labels.gb[0],
            receiver_label=f"urn:mail:defaultpk@{invoice.customer.email.partition('@')[2]}",
            index=papers.paper_of(invoice).index,
            at=at,
        )

    def _flag(self, s: OpenSession, record: DocumentRecord, step: Step, at: datetime) -> None:
        """The older failures have been looked at."""
        documents.flag_review(
            s,
            record.id,
            code="SEND.FAILED",
            reason=step.note,
            todo="Düzeltip aynı numara ve ETTN ile yeniden gönderebilirsiniz."
            if step.gib_code != stories.FAILURES[2][0]
            else "Yeniden göndermeyin; önce belgenin GİB'deki durumunu sorgulayın.",
            at=at,
        )
        if self._now - at > timedelta(days=20):
            documents.clear_review(s, record.id, at=at + timedelta(hours=5))


class Receiving:
    """The received documents of one client."""

    def __init__(self, company: CompanyRecord, chance: random.Random, now: datetime) -> None:
        self._company, self._chance, self._now = company, chance, now
        self._ready: list[tuple[Invoice, bytes]] = []
        self.sealed = 0
        #: What the integrator knows of them; complete after `write`.
        self.known: list[Row] = []

    def prepare(self, invoices: Sequence[Invoice], sealed: int, senders: Sequence[int]) -> None:
        """Number them by their senders' series and write their XML; one of them comes twice under another ETTN."""
        counters: dict[tuple[str, int], int] = {}
        made = []
        for invoice in invoices:
            key = (invoice.series, invoice.issue_date.year)
            counters[key] = counters.get(key, self._chance.randrange(1, 900)) + 1
            made.append(papers.numbered(invoice, DocumentNumber(*key, counters[key])))
        if made and self._company.id % _TWICE == _TWICE - 1:
            again = replace(made[-1], uuid=str(uuid.UUID(int=self._chance.getrandbits(128), version=4)))
            made.append(again)
        for place, invoice in enumerate(made):
            is_real = place >= len(made) - sealed
            look = papers.look_of(senders[place % len(senders)]) if is_real else None
            self._ready.append((invoice, papers.xml_of(invoice, look=look, sealed=is_real)))
            self.sealed += is_real

    def write(self, s: OpenSession) -> int:
        read: list[int] = []
        for place, (invoice, xml) in enumerate(self._ready):
            record = self._write_one(s, invoice, xml)
            is_old = record.arrived_at is not None and self._now - record.arrived_at > timedelta(days=3)
            if is_old or self._chance.random() < 0.3:
                read.append(record.id)
            if place == len(self._ready) // 2 and self._company.id % 6 == 0:
                documents.flag_review(
                    s,
                    record.id,
                    code="RECEIVE.OTHER_FIRM",
                    reason="Gelen faturanın alıcısı bu firma değil.",
                    todo="Firmanın entegratör hesabını kontrol edin; hesap başka bir firmaya ait olabilir.",
                    at=self._now - timedelta(days=1),
                )
        documents.mark_read(s, read)
        return len(self._ready)

    def _write_one(self, s: OpenSession, invoice: Invoice, xml: bytes) -> DocumentRecord:
        arrived = min(
            papers.moment_of(invoice) + timedelta(minutes=self._chance.randrange(20, 600)),
            self._now - timedelta(minutes=self._chance.randrange(3, 50)),
        )
        commercial = invoice.is_answerable
        age = self._now - arrived
        record, _ = documents.store_received(
            s,
            self._company.id,
            ettn=invoice.uuid,
            index=papers.index_for_receiver(invoice),
            raw=xml,
            arrived_at=arrived,
            answer_due_at=answer_deadline(arrived) if commercial else None,
            raw_code="132" if commercial else "133",
            raw_text="RECEIVE - WAIT_APPLICATION_RESPONSE" if commercial else "RECEIVE - SUCCEED",
            is_final=not commercial,
            at=arrived,
        )
        documents.set_received_ack(s, record.id, at=arrived + timedelta(seconds=20))
        if not commercial:
            self._know(invoice, [], xml, arrived)
            return record
        steps = [st for st in stories.incoming(self._chance, age=age) if arrived + st.after <= self._now]
        for step in steps:
            if step.state is State.ANSWERING:
                documents.set_answer(s, record.id, step.note, at=arrived + step.after)
            set_step(s, record.id, step, at=arrived + step.after)
        self._know(invoice, steps, xml, arrived)
        return record

    def _know(self, invoice: Invoice, steps: Sequence[Step], xml: bytes, arrived: datetime) -> None:
        chance = random.Random(f"known {invoice.uuid}")
        row = received_row(self._company, invoice, steps, xml, arrived=arrived, now=self._now, chance=chance)
        if row is not None:
            self.known.append(row)


def set_step(s: OpenSession, document_id: int, step: Step, *, at: datetime) -> None:
    """One transition with the words that came with it."""
    documents.set_state(
        s,
        document_id,
        step.state,
        at=at,
        raw_code=step.raw_code,
        raw_text=step.raw_text,
        gib_code=step.gib_code,
        note=step.note,
        is_final=step.is_final,
        status_at=at if step.raw_code else None,
        arrived_at=at if step.state is State.SENT else None,
    )

"""The inbox counts the days left to answer a despatch note, as it does for commercial invoices."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from app.domain.despatch import answer_until
from app.domain.lifecycle import DocumentKind, State
from app.storage import documents
from app.ubl.despatch import build_despatch
from app.ui.lists.columns import Facts, due_text, due_tone, next_step
from app.workflows import papers, points
from tests.ubl.scenarios import despatch_for
from tests.ui.conftest import World


def test_seven_days_are_counted_down(ui_world: World) -> None:
    today, now = ui_world.clock.today(), ui_world.clock.now()
    note = despatch_for(issue_date=today, customer=ui_world.company.company.party)
    note = replace(note, shipment=replace(note.shipment, despatch_day=today, despatch_time=time(8, 0)))
    with ui_world.office.db.write(points.RECEIVE) as s:
        record, _ = documents.store_received(
            s,
            ui_world.company.id,
            kind=DocumentKind.DESPATCH,
            ettn=note.uuid,
            index=papers.index_of_paper(note),
            raw=build_despatch(note, template=None),
            arrived_at=now,
            answer_due_at=answer_until(today),
            at=now,
        )
    assert record.state is State.ANSWER_DUE
    seen = [
        (due_text(record, now + timedelta(days=d)), due_tone(record, now + timedelta(days=d))) for d in (0, 4, 6, 7, 8)
    ]
    assert seen == [
        ("7 gün", "text"),
        ("3 gün", "warn"),
        ("1 gün", "error"),
        ("bugün", "error"),
        ("süre doldu", "error"),
    ]
    assert "irsaliyeye yanıt" in next_step(record, Facts(now=now))

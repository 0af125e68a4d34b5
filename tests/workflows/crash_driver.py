"""One office's whole day as a restartable program, run by test_crash_points in a process that is killed on the way.

Usage: crash_driver.py DATA_DIR SANDBOX_URL SEAL.p12 ISO_NOW own|integrator

Every step looks at what is already there, so that running it again after a crash goes on where it stopped. Nothing here
knows of crash points.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path

from app.connectors.base import Answer
from app.demo import people
from app.domain.errors import RuleBroken
from app.domain.lifecycle import Direction, State
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.signing.soft import Pkcs12Sealer
from app.storage import companies as stored
from app.storage import documents, search
from app.ubl.company_json import company_from_json
from app.workflows import answering, companies, drafting, issuing, sealing, sync

# Two buyers, so that two batches leave; the ETTNs are fixed, so that a second run finds its drafts again.
ETTNS = [f"00000000-0000-4000-8000-00000000000{i}" for i in range(1, 5)]
PUSHES = (timedelta(minutes=3), timedelta(hours=4, minutes=1), timedelta(hours=5), timedelta(hours=5))


def main(data: str, url: str, seal: str, now: str, mode: str) -> None:
    clock = FixedClock(datetime.fromisoformat(now))
    secrets = MemorySecretStore()
    sealer = Pkcs12Sealer.load(Path(seal), "crash")
    with Office.open(Path(data), owner="crash test", clock=clock, secrets=secrets) as office:
        ctx = office.context()
        company = companies.save_company(
            ctx, company_from_json(people.SELLER | {"sealing_mode": mode}, base_dir=Path(data))
        )
        companies.set_connector(
            ctx,
            company,
            office.connector("izibiz"),
            url=url,
            user="demo",
            password="demo-parola",
            secrets=secrets,
            settings={},
        )
        with office.db.read() as s:
            account = stored.get_account(s, company.id)
        assert account is not None
        drafts = people.drafts(clock.today().isoformat())
        for index, ettn in enumerate(ETTNS):
            with office.db.read() as s:
                known = documents.find(s, company.id, Direction.OUT, ettn)
            if known is None:
                drafting.save_draft(ctx, company, drafts[index % 2] | {"uuid": ettn})
        means = sealing.Means(
            sealer=sealer,
            endpoint=office.endpoint(account),
            session=office.session(account),
            template_for=office.template,
        )
        with office.db.read() as s:
            found = [documents.find(s, company.id, Direction.OUT, e) for e in ETTNS]
        pending = [r.ettn for r in found if r is not None and r.state in (State.DRAFT, State.SEALED)]
        if pending:
            issuing.issue(ctx, company, pending, means)
        for push in PUSHES:
            sync.sync_company(ctx, company, office.line(account), sealer=sealer)
            with office.db.read() as s:
                query = search.DocumentQuery(company_id=company.id, direction=Direction.IN, states=(State.ANSWER_DUE,))
                due = search.rows(s, search.ids(s, query))
            for record in due:
                try:
                    answering.answer(ctx, company, record.ettn, Answer.REJECT, "Fiyat siparişle uyuşmuyor")
                except RuleBroken as error:
                    assert error.code in ("ANSWER.ONCE", "ANSWER.LATE"), error
            sync.sync_company(ctx, company, office.line(account), sealer=sealer)
            clock.advance(push)
            _push_sandbox(url, push)


def _push_sandbox(url: str, span: timedelta) -> None:
    body = json.dumps({"seconds": span.total_seconds()}).encode()
    request = urllib.request.Request(f"{url}/_control/advance", data=body, method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        answer.read()


if __name__ == "__main__":
    main(*sys.argv[1:])

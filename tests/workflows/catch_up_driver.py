"""One sync of a restored office, run by test_catching_up in a process that is killed on the way.

Usage: catch_up_driver.py DATA_DIR ISO_NOW
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from app.demo import people
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.workflows import companies, sync


def main(data: str, now: str) -> None:
    secrets = MemorySecretStore()
    with Office.open(
        Path(data), owner="crash test", clock=FixedClock(datetime.fromisoformat(now)), secrets=secrets
    ) as office:
        ctx = office.context()
        company = companies.require_company(ctx, people.SELLER["vkn"])
        account = companies.require_account(ctx, company)
        secrets.set(account.secret_name, "demo-parola")
        report = sync.sync_company(ctx, company, office.line(account))
        assert report.errors == [], report.errors


if __name__ == "__main__":
    main(*sys.argv[1:])

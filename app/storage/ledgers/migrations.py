"""What came to the tables of a ledger file after its first version, step by step.

A new file is made of `tables.STATEMENTS` and every step; an older one takes the steps that it lacks, all in one
transaction. Steps only add (a column, a table, an index), so that a file that fails half-way is as it was: no copy of
a file of gigabytes is made beforehand. A step that is released is never changed; a new one is put at the end.
"""

from __future__ import annotations

from typing import Final

STEPS: Final[tuple[tuple[str, ...], ...]] = (
    # 2: what a check found, kept with the state of the data it belongs to; what the user had us mend, and how it was.
    (
        # Counts every change of the month's vouchers: what was found at an earlier count is stale.
        "ALTER TABLE period ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0",
        """CREATE TABLE month_check (
            period INTEGER NOT NULL,
            branch_no TEXT NOT NULL,
            checked_at TEXT NOT NULL,
            mark TEXT NOT NULL,
            facts TEXT NOT NULL,
            PRIMARY KEY (period, branch_no)
        )""",
        """CREATE TABLE month_finding (
            period INTEGER NOT NULL,
            branch_no TEXT NOT NULL,
            place INTEGER NOT NULL,
            severity TEXT NOT NULL,
            code TEXT NOT NULL,
            message TEXT NOT NULL,
            explanation TEXT NOT NULL,
            voucher_id INTEGER NOT NULL,
            entry INTEGER NOT NULL,
            reference TEXT NOT NULL,
            line INTEGER NOT NULL,
            PRIMARY KEY (period, branch_no, place),
            FOREIGN KEY (period, branch_no) REFERENCES month_check (period, branch_no) ON DELETE CASCADE
        ) WITHOUT ROWID""",
        """CREATE TABLE fix (
            id INTEGER PRIMARY KEY,
            period INTEGER NOT NULL,
            kind TEXT NOT NULL,
            code TEXT NOT NULL,
            title TEXT NOT NULL,
            who TEXT NOT NULL,
            at TEXT NOT NULL,
            undone_at TEXT
        )""",
        # `before` is the source's own word and stays for good.
        """CREATE TABLE fix_change (
            id INTEGER PRIMARY KEY,
            fix_id INTEGER NOT NULL REFERENCES fix (id) ON DELETE CASCADE,
            subject TEXT NOT NULL,
            row_id INTEGER NOT NULL,
            name TEXT NOT NULL,
            before,
            after
        )""",
        "CREATE INDEX fix_change_by_fix ON fix_change (fix_id, id)",
        """CREATE TABLE inventory_day (
            day TEXT NOT NULL,
            branch_no TEXT NOT NULL,
            state INTEGER NOT NULL,
            changed_at TEXT NOT NULL,
            note TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (day, branch_no)
        )""",
    ),
    # 3: sums per account and month, so that a year's balances need not read a year's lines.
    (
        # The `stamp` at which the month was summed.
        "ALTER TABLE period ADD COLUMN summed INTEGER NOT NULL DEFAULT -1",
        """CREATE TABLE account_month (
            period INTEGER NOT NULL,
            branch_no TEXT NOT NULL,
            main INTEGER NOT NULL,
            fine INTEGER NOT NULL,
            debit INTEGER NOT NULL,
            credit INTEGER NOT NULL,
            PRIMARY KEY (period, branch_no, main, fine)
        ) WITHOUT ROWID""",
    ),
    # 4: the rest of what the guides let a line say; a second fiscal period inside the year (tasfiye, whose months
    # have a key of their own, see `app.domain.spans`); vouchers whose lines were put together on the user's word.
    (
        "ALTER TABLE line ADD COLUMN amount_currency TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE line ADD COLUMN rate_source TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE line ADD COLUMN rate_comment TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE line ADD COLUMN measure_quantity TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE line ADD COLUMN measure_cost TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE inventory_item ADD COLUMN amount_currency TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE inventory_item ADD COLUMN rate_source TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE inventory_item ADD COLUMN rate_comment TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX line_with_measure ON line (voucher_id)"
        " WHERE measure_quantity <> '' OR measure_cost <> '' OR amount_currency <> ''",
        # From the day of liquidation the numbers begin again, and with them the references of many programs.
        "DROP INDEX voucher_in_force",
        "CREATE UNIQUE INDEX voucher_in_force ON voucher (branch_no, reference, period > 1000000) WHERE state = 1",
        "DROP INDEX voucher_of_import",
        "CREATE UNIQUE INDEX voucher_of_import ON voucher (import_id, reference, branch_no, period > 1000000)",
        """CREATE TABLE summary (
            id INTEGER PRIMARY KEY,
            voucher_id INTEGER NOT NULL REFERENCES voucher (id) ON DELETE CASCADE,
            who TEXT NOT NULL,
            at TEXT NOT NULL,
            lines_before INTEGER NOT NULL,
            lines_after INTEGER NOT NULL,
            bytes_before INTEGER NOT NULL,
            bytes_after INTEGER NOT NULL,
            undone_at TEXT
        )""",
        "CREATE INDEX summary_by_voucher ON summary (voucher_id)",
        # The lines as they were, column for column: `line` without its id and voucher.
        """CREATE TABLE summary_line (
            id INTEGER PRIMARY KEY,
            summary_id INTEGER NOT NULL REFERENCES summary (id) ON DELETE CASCADE,
            source_line INTEGER NOT NULL,
            number INTEGER NOT NULL,
            day TEXT NOT NULL,
            main INTEGER NOT NULL REFERENCES account (id),
            sub INTEGER REFERENCES account (id),
            amount INTEGER NOT NULL,
            side TEXT NOT NULL,
            document_type TEXT NOT NULL,
            document_description TEXT NOT NULL,
            document_number TEXT NOT NULL,
            document_day TEXT NOT NULL,
            document_reference TEXT NOT NULL,
            payment_method TEXT NOT NULL,
            comment TEXT NOT NULL,
            currency TEXT NOT NULL,
            currency_amount INTEGER NOT NULL,
            currency_rate TEXT NOT NULL,
            currency_rate_day TEXT NOT NULL,
            entry_line INTEGER NOT NULL,
            amount_currency TEXT NOT NULL,
            rate_source TEXT NOT NULL,
            rate_comment TEXT NOT NULL,
            measure_quantity TEXT NOT NULL,
            measure_cost TEXT NOT NULL
        )""",
        "CREATE INDEX summary_line_by_summary ON summary_line (summary_id)",
    ),
    (
        # What is still to be done in the tree since the record of a build (or of its undoing): both or neither.
        """CREATE TABLE pending_move (
            id INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            target TEXT NOT NULL,
            is_aside INTEGER NOT NULL
        )""",
    ),
)

VERSION: Final = 1 + len(STEPS)


def steps_after(version: int) -> tuple[str, ...]:
    """The statements that bring a file of `version` (1 is the first) to `VERSION`."""
    return tuple(statement for step in STEPS[version - 1 :] for statement in step)

"""The tables of a ledger file. Lines are many: integers and short keys, account names and days in tables of their own.

`voucher.state`: 0 staged (its import is not over), 1 in force, 2 replaced by a later import (kept for undo).
Amounts are integers of 1/10,000; days are ISO texts. `entry` and `entry_line` are the yevmiye numbers the ledgers are
written with; `counter` and `number` are those of the source, 0 for none.

This is the first version; what came later stands in `migrations`.
"""

from __future__ import annotations

from typing import Final

#: "MHRL": a ledger file, not the office's database.
APPLICATION_ID: Final = 0x4D48524C

STAGED, IN_FORCE, REPLACED = 0, 1, 2

STATEMENTS: Final = (
    """CREATE TABLE import_file (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        format TEXT NOT NULL,
        started_at TEXT NOT NULL,
        ended_at TEXT,
        lines INTEGER NOT NULL DEFAULT 0,
        vouchers INTEGER NOT NULL DEFAULT 0,
        same INTEGER NOT NULL DEFAULT 0,
        changed INTEGER NOT NULL DEFAULT 0,
        bad INTEGER NOT NULL DEFAULT 0
    )""",
    """CREATE TABLE import_finding (
        id INTEGER PRIMARY KEY,
        import_id INTEGER NOT NULL REFERENCES import_file (id) ON DELETE CASCADE,
        source_line INTEGER NOT NULL,
        code TEXT NOT NULL,
        field TEXT NOT NULL,
        message TEXT NOT NULL,
        text TEXT NOT NULL
    )""",
    "CREATE INDEX import_finding_by_import ON import_finding (import_id, source_line)",
    """CREATE TABLE account (
        id INTEGER PRIMARY KEY,
        code TEXT NOT NULL,
        name TEXT NOT NULL,
        folded TEXT NOT NULL,
        UNIQUE (code, name)
    )""",
    """CREATE TABLE voucher (
        id INTEGER PRIMARY KEY,
        import_id INTEGER NOT NULL REFERENCES import_file (id),
        state INTEGER NOT NULL,
        period INTEGER NOT NULL,
        branch_no TEXT NOT NULL,
        branch_name TEXT NOT NULL,
        reference TEXT NOT NULL,
        day TEXT NOT NULL,
        entry_number TEXT NOT NULL,
        comment TEXT NOT NULL,
        entered_by TEXT NOT NULL,
        counter INTEGER NOT NULL,
        debit INTEGER NOT NULL,
        credit INTEGER NOT NULL,
        lines INTEGER NOT NULL,
        digest INTEGER NOT NULL,
        source_line INTEGER NOT NULL,
        folded TEXT NOT NULL,
        replaced_by INTEGER REFERENCES import_file (id),
        entry INTEGER NOT NULL DEFAULT 0
    )""",
    # Two vouchers in force never share a reference; staged and replaced ones may wait beside them.
    "CREATE UNIQUE INDEX voucher_in_force ON voucher (branch_no, reference) WHERE state = 1",
    "CREATE UNIQUE INDEX voucher_of_import ON voucher (import_id, reference, branch_no)",
    "CREATE INDEX voucher_by_day ON voucher (state, period, branch_no, day, counter, source_line)",
    """CREATE TABLE line (
        id INTEGER PRIMARY KEY,
        voucher_id INTEGER NOT NULL REFERENCES voucher (id) ON DELETE CASCADE,
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
        entry_line INTEGER NOT NULL DEFAULT 0
    )""",
    "CREATE INDEX line_by_voucher ON line (voucher_id, source_line)",
    """CREATE TABLE period (
        period INTEGER NOT NULL,
        branch_no TEXT NOT NULL,
        state INTEGER NOT NULL,
        changed_at TEXT NOT NULL,
        note TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (period, branch_no)
    )""",
    # A built part: which vouchers it holds, and where the year's numbers stood behind it.
    """CREATE TABLE part (
        id INTEGER PRIMARY KEY,
        period INTEGER NOT NULL,
        branch_no TEXT NOT NULL,
        part INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        first_entry INTEGER NOT NULL,
        last_entry INTEGER NOT NULL,
        last_line INTEGER NOT NULL,
        start_day TEXT NOT NULL,
        end_day TEXT NOT NULL,
        UNIQUE (period, branch_no, part)
    )""",
    """CREATE TABLE book_file (
        part_id INTEGER NOT NULL REFERENCES part (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        signature_value TEXT NOT NULL,
        built_at TEXT NOT NULL,
        PRIMARY KEY (part_id, kind)
    )""",
    # Inventory: the list of a day, and what was built of it. Numbers are given at the build, by account.
    """CREATE TABLE inventory_item (
        id INTEGER PRIMARY KEY,
        day TEXT NOT NULL,
        source_line INTEGER NOT NULL,
        branch_no TEXT NOT NULL,
        branch_name TEXT NOT NULL,
        main_id TEXT NOT NULL,
        main_name TEXT NOT NULL,
        sub_id TEXT NOT NULL,
        sub_name TEXT NOT NULL,
        product_id TEXT NOT NULL,
        product_name TEXT NOT NULL,
        quantity TEXT NOT NULL,
        unit TEXT NOT NULL,
        amount INTEGER NOT NULL,
        comment TEXT NOT NULL,
        currency TEXT NOT NULL,
        currency_amount INTEGER NOT NULL,
        currency_rate TEXT NOT NULL,
        currency_rate_day TEXT NOT NULL
    )""",
    "CREATE INDEX inventory_item_by_day ON inventory_item (day, branch_no, main_id, sub_id)",
    """CREATE TABLE inventory_part (
        id INTEGER PRIMARY KEY,
        day TEXT NOT NULL,
        branch_no TEXT NOT NULL,
        part INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        last_entry INTEGER NOT NULL,
        last_line INTEGER NOT NULL,
        UNIQUE (day, branch_no, part)
    )""",
    """CREATE TABLE inventory_file (
        part_id INTEGER NOT NULL REFERENCES inventory_part (id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        signature_value TEXT NOT NULL,
        built_at TEXT NOT NULL,
        PRIMARY KEY (part_id, kind)
    )""",
    "CREATE TABLE mapping (name TEXT PRIMARY KEY, body TEXT NOT NULL)",
)

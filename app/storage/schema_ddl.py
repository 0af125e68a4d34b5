"""What SQLAlchemy's table objects cannot say: the trigram table and the triggers that guard the sacred things."""

from __future__ import annotations

from typing import Final

from sqlalchemy import DDL

# External content: the text lies once, in document_search; the index is kept by triggers. SQLite 3.40 (the oldest that
# Python 3.11 brings) has no deletable contentless tables, so `delete` commands carry the old text.
FTS: Final = (
    "CREATE VIRTUAL TABLE document_fts USING fts5("
    "keys, extra, content='document_search', content_rowid='document_id', "
    "tokenize='trigram case_sensitive 1', columnsize=0)"
)

_FTS_NEW = "INSERT INTO document_fts (rowid, keys, extra) VALUES (new.document_id, new.keys, new.extra);"
_FTS_OLD = (
    "INSERT INTO document_fts (document_fts, rowid, keys, extra) "
    "VALUES ('delete', old.document_id, old.keys, old.extra);"
)


def _guard(name: str, table: str, when: str, condition: str, message: str) -> str:
    clause = f" WHEN {condition}" if condition else ""
    return f"CREATE TRIGGER {name} BEFORE {when} ON {table}{clause} BEGIN SELECT RAISE(ABORT, '{message}'); END"


TRIGGERS: Final = (
    f"CREATE TRIGGER document_search_insert AFTER INSERT ON document_search BEGIN {_FTS_NEW} END",
    f"CREATE TRIGGER document_search_delete AFTER DELETE ON document_search BEGIN {_FTS_OLD} END",
    f"CREATE TRIGGER document_search_update AFTER UPDATE ON document_search BEGIN {_FTS_OLD} {_FTS_NEW} END",
    _guard(
        "document_number_stays",
        "document",
        "UPDATE OF company_id, direction, series, year, sequence, number",
        "old.sequence IS NOT NULL AND (new.sequence IS NOT old.sequence OR new.series IS NOT old.series"
        " OR new.year IS NOT old.year OR new.number IS NOT old.number OR new.company_id IS NOT old.company_id"
        " OR new.direction IS NOT old.direction)",
        "a stored number never changes",
    ),
    _guard(
        "document_number_kept",
        "document",
        "DELETE",
        "old.sequence IS NOT NULL",
        "a numbered document is never deleted",
    ),
    _guard(
        "counter_forward",
        "counter",
        "UPDATE",
        "new.next_sequence < old.next_sequence AND old.last_date IS NOT NULL OR new.series IS NOT old.series"
        " OR new.year IS NOT old.year OR new.company_id IS NOT old.company_id",
        "a counter never goes back",
    ),
    _guard("counter_kept", "counter", "DELETE", "old.last_date IS NOT NULL", "a used counter is never deleted"),
    _guard("blob_immutable", "blob", "UPDATE", "", "stored bytes never change"),
    _guard("attempt_immutable", "attempt", "UPDATE", "", "an attempt never changes"),
    _guard("attempt_kept", "attempt", "DELETE", "", "an attempt is never deleted"),
    _guard("document_file_immutable", "document_file", "UPDATE", "", "a stored file never changes"),
    _guard("history_immutable", "history", "UPDATE", "", "history never changes"),
)

STATEMENTS: Final = (FTS, *TRIGGERS)
AFTER_TABLES: Final = tuple(DDL(text.replace("%", "%%")) for text in STATEMENTS)  # type: ignore[no-untyped-call]

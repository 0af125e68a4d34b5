"""Built parts of a month and their files; how far a month has come."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.engine import Connection

from app.domain.errors import RuleBroken
from app.domain.spans import first_key
from app.domain.voucher import LIQUIDATION, PeriodState
from app.storage.ledgers import sums
from app.storage.ledgers.tables import IN_FORCE


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRecord:
    """A part as it was built. `part` 0 is the whole month; days are ISO texts."""

    period: int
    branch_no: str
    part: int
    sequence: int
    first_entry: int
    last_entry: int
    last_line: int
    start_day: str
    end_day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """A file of a part."""

    kind: str
    name: str
    size_bytes: int
    sha256: str
    signature_value: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a branch's numbers stand before a month: the last madde, line and part of the year."""

    entry: int = 0
    line: int = 0
    sequence: int = 0


def standing_before(connection: Connection, *, period: int, branch_no: str) -> Standing | None:
    """From the last built part before the month; None when none was built this fiscal year."""
    row = connection.exec_driver_sql(
        "SELECT last_entry, last_line, sequence FROM part WHERE period BETWEEN ? AND ? AND branch_no = ?"
        " ORDER BY period DESC, part DESC LIMIT 1",
        (first_key(period), period - 1, branch_no),
    ).first()
    return None if row is None else Standing(row[0], row[1], row[2])


def last_built_before(connection: Connection, *, period: int, branch_no: str) -> tuple[int, PeriodState | None] | None:
    """(month, how far it has come) of the last month before this one that was built; None when none was.

    The two sides of a liquidation's month are built together: neither comes before the other.
    """
    value = connection.exec_driver_sql(
        "SELECT max(period) FROM part WHERE period < ? AND period <> ? AND branch_no = ?",
        (period, period - LIQUIDATION, branch_no),
    ).scalar()
    return None if value is None else (int(value), state_of(connection, period=int(value), branch_no=branch_no))


def first_built(connection: Connection, *, branch_no: str) -> int | None:
    """The first month (its key) of the fiscal year that was built; None when none was."""
    value = connection.exec_driver_sql("SELECT min(period) FROM part WHERE branch_no = ?", (branch_no,)).scalar()
    return None if value is None else int(value)


def counted_before(connection: Connection, *, period: int, branch_no: str) -> Standing | None:
    """Where the numbers stand by the vouchers of the last month before this one, built or not; None without any.

    For companies whose ledgers an integrator builds: their months never get parts here.
    """
    row = connection.exec_driver_sql(
        "SELECT max(v.entry), max(l.entry_line) FROM voucher AS v JOIN line AS l ON l.voucher_id = v.id"
        " WHERE v.state = ? AND v.branch_no = ? AND v.period ="
        " (SELECT max(period) FROM voucher WHERE state = ? AND branch_no = ? AND period BETWEEN ? AND ?)",
        (IN_FORCE, branch_no, IN_FORCE, branch_no, first_key(period), period - 1),
    ).one()
    return None if row[0] is None else Standing(row[0], row[1], 0)


def built_otherwise(connection: Connection, *, period: int, branch_no: str) -> int | None:
    """The last month before this one whose ledgers were built with branches when these are not, or the other way."""
    value = connection.exec_driver_sql(
        "SELECT max(period) FROM part WHERE period < ? AND (branch_no = '') <> (? = '')", (period, branch_no)
    ).scalar()
    return None if value is None else int(value)


def large_vouchers(
    connection: Connection, *, period: int, branch_no: str, lines: int
) -> list[tuple[int, int, str, int, str]]:
    """(id, madde, reference, source line, ISO day) of the month's vouchers with at least so many lines."""
    rows = connection.exec_driver_sql(
        "SELECT id, entry, reference, source_line, day FROM voucher"
        " WHERE state = ? AND period = ? AND branch_no = ? AND lines >= ? ORDER BY entry",
        (IN_FORCE, period, branch_no, lines),
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def months_before(connection: Connection, *, period: int, branch_no: str) -> list[int]:
    """Earlier months that have vouchers, oldest first."""
    rows = connection.exec_driver_sql(
        "SELECT DISTINCT period FROM voucher WHERE state = ? AND branch_no = ? AND period < ? ORDER BY 1",
        (IN_FORCE, branch_no, period),
    )
    return [row[0] for row in rows]


def given_counters(connection: Connection, *, period: int, branch_no: str) -> tuple[int, int]:
    """(how many vouchers of the month have a number of the source, how many there are)."""
    row = connection.exec_driver_sql(
        "SELECT coalesce(sum(counter > 0), 0), count(*) FROM voucher WHERE state = ? AND period = ? AND branch_no = ?",
        (IN_FORCE, period, branch_no),
    ).one()
    return row[0], row[1]


def has_liquidation(connection: Connection) -> bool:
    """Whether any voucher in force lies in a liquidation's own fiscal period."""
    return (
        connection.exec_driver_sql(
            "SELECT 1 FROM voucher WHERE state = ? AND period > ? LIMIT 1", (IN_FORCE, LIQUIDATION)
        ).first()
        is not None
    )


def part_vouchers_at(connection: Connection, *, begun: str) -> list[int]:
    """Put every voucher into the fiscal period of its day; returns the months (keys) that changed.

    `begun` is the ISO day on which the liquidation's period begins, empty when the file's year has none. A company's
    card may say so after the import. Raises: RuleBroken LEDGER.LOCKED when a month that would change is sealed.
    """
    wanted = f"(CASE WHEN ? <> '' AND day >= ? THEN {LIQUIDATION} ELSE 0 END)"
    differs = f"state <> 0 AND period - period % {LIQUIDATION} <> {wanted}"
    keys = {
        row[0]
        for row in connection.exec_driver_sql(f"SELECT DISTINCT period FROM voucher WHERE {differs}", (begun, begun))
    }
    if not keys:
        return []
    marks = ", ".join("?" * len(keys))
    sealed = connection.exec_driver_sql(
        f"SELECT 1 FROM part WHERE period IN ({marks}) UNION ALL SELECT 1 FROM period WHERE period IN ({marks})"
        f" AND state IN ({PeriodState.FILED:d}, {PeriodState.COMPLETED:d}) LIMIT 1",
        (*keys, *keys),
    ).first()
    if sealed is not None:
        raise RuleBroken(
            "LEDGER.LIQUIDATION_SEALED",
            "Tasfiye dönemi ayrılamadı.",
            why="Tasfiye gününden sonraki fişleri taşıyan bir ayın defteri tek dönem olarak mühürlenmiş.",
            todo="O ayı geri alın, sonra yeniden deneyin.",
        )
    connection.exec_driver_sql(
        f"UPDATE voucher SET period = period % {LIQUIDATION} + {wanted} WHERE {differs}", (begun, begun) * 2
    )
    changed = sorted({key % LIQUIDATION + side for key in keys for side in (0, LIQUIDATION)})
    marks = ", ".join("?" * len(changed))
    connection.exec_driver_sql(
        "INSERT INTO period (period, branch_no, state, changed_at) SELECT period, branch_no, ?, max(day) FROM voucher"
        f" WHERE state = ? AND period IN ({marks}) GROUP BY period, branch_no"
        " ON CONFLICT (period, branch_no) DO UPDATE SET state = excluded.state",
        (int(PeriodState.IMPORTED), IN_FORCE, *changed),
    )
    sums.touch(connection, changed)
    return changed


def unbuilt_before(connection: Connection, *, period: int, branch_no: str) -> list[int]:
    """Earlier months that come first: they have vouchers and no built part, or their vouchers changed since."""
    rows = connection.exec_driver_sql(
        "SELECT month.period FROM (SELECT DISTINCT period FROM voucher"
        " WHERE state = ? AND period < ? AND period <> ? AND branch_no = ?) AS month"
        " LEFT JOIN period AS p ON p.period = month.period AND p.branch_no = ?"
        f" WHERE p.state IN ({PeriodState.IMPORTED:d}, {PeriodState.CHECKED:d}, {PeriodState.FAILED:d}) OR NOT EXISTS"
        " (SELECT 1 FROM part WHERE part.period = month.period AND part.branch_no = ?) ORDER BY 1",
        (IN_FORCE, period, period - LIQUIDATION, branch_no, branch_no, branch_no),
    )
    return [row[0] for row in rows]


def built_after(connection: Connection, *, period: int, branch_no: str) -> bool:
    """Whether a later month was built: its numbers go on from this one's."""
    row = connection.exec_driver_sql(
        "SELECT 1 FROM part WHERE period > ? AND branch_no = ? LIMIT 1", (period, branch_no)
    ).first()
    return row is not None


def forget_parts(connection: Connection, *, period: int, branch_no: str, at: str, note: str) -> None:
    """The month is as before its build; `note` says who deleted it in GİB's portal and when, if it was filed."""
    connection.exec_driver_sql("DELETE FROM part WHERE period = ? AND branch_no = ?", (period, branch_no))
    set_state(connection, period=period, branch_no=branch_no, state=PeriodState.IMPORTED, at=at)
    connection.exec_driver_sql(
        "UPDATE period SET note = ? WHERE period = ? AND branch_no = ?", (note, period, branch_no)
    )


def built_branches(connection: Connection, *, period: int) -> list[str]:
    """The numbers of the branches that have built parts in the month, whether or not they still have vouchers."""
    rows = connection.exec_driver_sql("SELECT DISTINCT branch_no FROM part WHERE period = ? ORDER BY 1", (period,))
    return [row[0] for row in rows]


def forget_built(connection: Connection, *, period: int, branch_no: str) -> None:
    """A branch that has no vouchers any more: neither parts nor a state of its own."""
    for table in ("part", "period"):
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE period = ? AND branch_no = ?", (period, branch_no))


def branches_of(connection: Connection, *, period: int) -> list[tuple[str, str]]:
    """(number, name) of the branches that have vouchers in the month; ("", "") are the books without branches."""
    rows = connection.exec_driver_sql(
        "SELECT branch_no, max(branch_name) FROM voucher WHERE state = ? AND period = ? GROUP BY branch_no ORDER BY 1",
        (IN_FORCE, period),
    )
    return [(row[0], row[1]) for row in rows]


def replace_parts(
    connection: Connection,
    *,
    period: int,
    branch_no: str,
    parts: list[tuple[PartRecord, list[FileRecord]]],
    state: PeriodState,
    at: str,
) -> None:
    """Take what was just built in the place of the month's earlier parts. `at` is an ISO time."""
    connection.exec_driver_sql("DELETE FROM part WHERE period = ? AND branch_no = ?", (period, branch_no))
    for record, files in parts:
        made = connection.exec_driver_sql(
            "INSERT INTO part (period, branch_no, part, sequence, first_entry, last_entry, last_line, start_day,"
            " end_day) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                record.period,
                record.branch_no,
                record.part,
                record.sequence,
                record.first_entry,
                record.last_entry,
                record.last_line,
                record.start_day,
                record.end_day,
            ),
        )
        connection.exec_driver_sql(
            "INSERT INTO book_file VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(made.lastrowid, f.kind, f.name, f.size_bytes, f.sha256, f.signature_value, at) for f in files],
        )
    set_state(connection, period=period, branch_no=branch_no, state=state, at=at)


def set_state(connection: Connection, *, period: int, branch_no: str, state: PeriodState, at: str) -> None:
    """How far the month has come."""
    connection.exec_driver_sql(
        "INSERT INTO period (period, branch_no, state, changed_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (period, branch_no) DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at",
        (period, branch_no, int(state), at),
    )


def state_of(connection: Connection, *, period: int, branch_no: str) -> PeriodState | None:
    """None for a month nobody has touched."""
    value = connection.exec_driver_sql(
        "SELECT state FROM period WHERE period = ? AND branch_no = ?", (period, branch_no)
    ).scalar()
    return None if value is None else PeriodState(value)


def parts_of(connection: Connection, *, period: int, branch_no: str) -> list[tuple[PartRecord, list[FileRecord]]]:
    """The month's built parts with their files."""
    rows = connection.exec_driver_sql(
        "SELECT id, period, branch_no, part, sequence, first_entry, last_entry, last_line, start_day, end_day FROM part"
        " WHERE period = ? AND branch_no = ? ORDER BY part",
        (period, branch_no),
    ).all()
    found = []
    for row in rows:
        files = connection.exec_driver_sql(
            "SELECT kind, name, size_bytes, sha256, signature_value FROM book_file WHERE part_id = ? ORDER BY name",
            (row[0],),
        )
        record = PartRecord(
            period=row[1],
            branch_no=row[2],
            part=row[3],
            sequence=row[4],
            first_entry=row[5],
            last_entry=row[6],
            last_line=row[7],
            start_day=row[8],
            end_day=row[9],
        )
        kept = [FileRecord(kind=f[0], name=f[1], size_bytes=f[2], sha256=f[3], signature_value=f[4]) for f in files]
        found.append((record, kept))
    return found


def recorded_files(connection: Connection) -> list[tuple[int, str, str]]:
    """(month's key, name, SHA-256) of every file that was built and not taken back."""
    rows = connection.exec_driver_sql(
        "SELECT part.period, book_file.name, book_file.sha256 FROM book_file JOIN part ON part.id = book_file.part_id"
        " UNION ALL SELECT CAST(replace(substr(day, 1, 7), '-', '') AS INTEGER), name, sha256"
        " FROM inventory_file JOIN inventory_part ON inventory_part.id = inventory_file.part_id ORDER BY 1, 2"
    )
    return [(row[0], row[1], row[2]) for row in rows]

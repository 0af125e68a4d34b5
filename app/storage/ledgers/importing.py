"""Taking a source's rows into a ledger file: staged in short transactions, put in force in one.

Until `finish` nothing of an import is seen. A crash leaves a staged import, which the next one clears away. Importing
the same vouchers again changes nothing: a voucher is known by branch and reference, and compared by a digest of all
its lines' texts, whatever order they come in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice
from typing import Any, Final

from sqlalchemy.engine import Connection

from app.domain.errors import RuleBroken
from app.domain.ledger_rows import BadRow, LedgerRow
from app.domain.spans import key_of_day, month_of_key
from app.domain.voucher import LIQUIDATION, PeriodState
from app.runtime.crashpoints import declare
from app.storage.folding import fold_keys
from app.storage.ledgers import sums
from app.storage.ledgers.database import LedgerDatabase
from app.storage.ledgers.tables import IN_FORCE, REPLACED, STAGED

STAGE = declare("ledger.stage", "a batch of staged lines")
FINISH = declare("ledger.finish", "the moment an import's vouchers come into force")
CLEAR = declare("ledger.clear", "what a broken off import or a repeated voucher left behind")
UNDO = declare("ledger.undo", "the vouchers that a replacement had taken out of force")

#: About a tenth of a second of work, so that a reader or another writer never waits long.
BATCH_ROWS: Final = 4_000
_CLEAR_VOUCHERS: Final = 1_000
_CACHE_VOUCHERS: Final = 20_000
_CACHE_ACCOUNTS: Final = 50_000
_LOOK_UP: Final = 500
_DIGEST_MASK: Final = (1 << 60) - 1
#: Where a LedgerRow's fields begin that the first version did not have.
_FIRST_LATER: Final = LedgerRow._fields.index("amount_currency")
#: Findings of one import that are kept; of more only the count is told.
MAX_FINDINGS: Final = 10_000

_INSERT_LINE = f"INSERT INTO line VALUES ({', '.join('?' * 20)}, 0, {', '.join('?' * 5)})"
_INSERT_VOUCHER = f"INSERT INTO voucher VALUES ({', '.join('?' * 18)}, NULL, 0)"
_GROW_VOUCHER = (
    "UPDATE voucher SET debit = debit + ?, credit = credit + ?, lines = lines + ?,"
    f" digest = (digest + ?) & {_DIGEST_MASK} WHERE id = ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import did. `new` came into force, `same` were there already, `changed`, `locked` and `sealed` were left
    out: other than before, of a filed month, of a month that is sealed and has not been taken back.

    `replaced` were taken out of force because the user said so for their month.
    """

    import_id: int
    lines: int
    vouchers: int
    new: int
    same: int
    changed: int
    locked: int
    replaced: int
    bad: int
    periods: tuple[str, ...]
    sealed: int = 0


#: Branch, reference, and whether it lies in the liquidation's period, where references begin again.
_Key = tuple[str, str, bool]


@dataclass(slots=True)
class _Seen:
    """A staged voucher while its lines come in."""

    id: int
    is_new: bool
    debit: int = 0
    credit: int = 0
    lines: int = 0
    digest: int = 0
    head: LedgerRow | None = None


@dataclass(slots=True)
class StagedImport:
    """An import under way. One thread; the company's lease is held by the caller.

    `liquidation` is the ISO day on which a fiscal period of its own begins inside this file's year, empty without one.
    """

    db: LedgerDatabase
    import_id: int
    liquidation: str = ""
    lines: int = 0
    bad: int = 0
    _accounts: dict[tuple[str, str], int] = field(default_factory=dict)
    _vouchers: dict[_Key, int] = field(default_factory=dict)

    def add(self, rows: Iterable[LedgerRow | BadRow]) -> Iterator[int]:
        """Stage the rows batch by batch; yields the number of rows taken after each, for progress and cancel."""
        source = iter(rows)
        while batch := list(islice(source, BATCH_ROWS)):
            with self.db.write(STAGE) as connection:
                self._stage(connection, batch)
            yield self.lines + self.bad

    def _stage(self, connection: Connection, batch: list[LedgerRow | BadRow]) -> None:
        bad = [row for row in batch if isinstance(row, BadRow)]
        if bad:
            self._note(connection, bad)
        good = [row for row in batch if isinstance(row, LedgerRow)]
        if not good:
            return
        next_voucher = _next_id(connection, "voucher")
        next_line = _next_id(connection, "line")
        if len(self._vouchers) > _CACHE_VOUCHERS:
            self._vouchers.clear()
        self._look_up(connection, {self._key(row) for row in good} - self._vouchers.keys())
        self._learn_accounts(connection, good)
        seen: dict[_Key, _Seen] = {}
        lines: list[tuple[Any, ...]] = []
        for row in good:
            key = self._key(row)
            voucher = seen.get(key)
            if voucher is None:
                known = self._vouchers.get(key)
                voucher = seen[key] = _Seen(known or next_voucher, is_new=not known)
                if not known:
                    voucher.head = row
                    self._vouchers[key] = next_voucher
                    next_voucher += 1
            lines.append(self._line(row, next_line + len(lines), voucher))
        new = [self._head(voucher) for voucher in seen.values() if voucher.is_new]
        old = [(v.debit, v.credit, v.lines, v.digest, v.id) for v in seen.values() if not v.is_new]
        if new:
            connection.exec_driver_sql(_INSERT_VOUCHER, new)
        if old:
            connection.exec_driver_sql(_GROW_VOUCHER, old)
        connection.exec_driver_sql(_INSERT_LINE, lines)
        self.lines += len(lines)

    def _key(self, row: LedgerRow) -> _Key:
        return row.branch_no, row.reference, bool(self.liquidation) and row.day >= self.liquidation

    def _line(self, row: LedgerRow, line_id: int, voucher: _Seen) -> tuple[Any, ...]:
        if row.side == "D":
            voucher.debit += row.amount
        else:
            voucher.credit += row.amount
        voucher.lines += 1
        voucher.digest = (voucher.digest + digest_of(row)) & _DIGEST_MASK
        return (
            line_id,
            voucher.id,
            row.source_line,
            row.number,
            row.day,
            self._accounts[row.main_id, row.main_name],
            self._accounts[row.sub_id, row.sub_name] if row.sub_id else None,
            row.amount,
            row.side,
            *row[16:23],
            *row[23:32],
        )

    def _head(self, voucher: _Seen) -> tuple[Any, ...]:
        row = voucher.head
        assert row is not None
        return (
            voucher.id,
            self.import_id,
            STAGED,
            key_of_day(row.day, self.liquidation),
            row.branch_no,
            row.branch_name,
            row.reference,
            row.day,
            row.entry_number,
            row.entry_comment,
            row.entered_by,
            row.counter,
            voucher.debit,
            voucher.credit,
            voucher.lines,
            voucher.digest,
            row.source_line,
            fold_keys(row.entry_number, row.reference, row.entry_comment),
        )

    def _look_up(self, connection: Connection, keys: set[_Key]) -> None:
        """Remember which of the batch's vouchers are staged already; a source need not keep their lines together."""
        wanted = sorted({reference for _, reference, _ in keys})
        for start in range(0, len(wanted), _LOOK_UP):
            part = wanted[start : start + _LOOK_UP]
            rows = connection.exec_driver_sql(
                f"SELECT branch_no, reference, period > {LIQUIDATION}, id FROM voucher"
                f" WHERE import_id = ? AND reference IN ({', '.join('?' * len(part))})",
                (self.import_id, *part),
            )
            self._vouchers.update({(row[0], row[1], bool(row[2])): row[3] for row in rows})

    def _learn_accounts(self, connection: Connection, good: list[LedgerRow]) -> None:
        """Give every account of the batch its id; one code may have been called by several names."""
        pairs = {(row.main_id, row.main_name) for row in good} | {(r.sub_id, r.sub_name) for r in good if r.sub_id}
        if len(self._accounts) > _CACHE_ACCOUNTS:
            self._accounts.clear()
        unknown = sorted(pairs - self._accounts.keys())
        if not unknown:
            return
        connection.exec_driver_sql(
            "INSERT INTO account (code, name, folded) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(code, name, fold_keys(code, name)) for code, name in unknown],
        )
        codes = sorted({code for code, _ in unknown})
        for start in range(0, len(codes), _LOOK_UP):
            part = codes[start : start + _LOOK_UP]
            rows = connection.exec_driver_sql(
                f"SELECT code, name, id FROM account WHERE code IN ({', '.join('?' * len(part))})", tuple(part)
            )
            self._accounts.update({(row[0], row[1]): row[2] for row in rows})

    def _note(self, connection: Connection, bad: list[BadRow]) -> None:
        room = max(0, MAX_FINDINGS - self.bad)
        self.bad += len(bad)
        if room:
            connection.exec_driver_sql(
                "INSERT INTO import_finding (import_id, source_line, code, field, message, text)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [(self.import_id, *row) for row in bad[:room]],
            )

    def finish(self, *, at: str, replace: frozenset[int] = frozenset()) -> ImportResult:
        """Put the staged vouchers in force in one transaction. `replace` are months (202603) to be replaced whole,
        on both sides of a liquidation.

        `at` is an ISO time. What is not taken (the same, changed, locked, sealed) is cleared away afterwards.
        """
        with self.db.write(FINISH) as connection:
            result = self._put_in_force(connection, at, replace)
        clear_staged(self.db, self.import_id)
        return result

    def discard(self) -> None:
        """Give the import up; nothing of it stays."""
        discard_import(self.db, self.import_id)

    def _put_in_force(self, connection: Connection, at: str, replace: frozenset[int]) -> ImportResult:
        mine = (self.import_id,)
        periods = [
            row[0]
            for row in connection.exec_driver_sql(
                "SELECT DISTINCT period FROM voucher WHERE import_id = ? ORDER BY period", mine
            )
        ]
        total = _count(connection, "import_id = ?", mine)
        locked_months = _locked(connection)
        locked = _count_in(connection, self.import_id, locked_months)
        replaced = 0
        # Their files lie in the tree: the month is taken back first.
        sealed_months = _built(connection) - locked_months
        closed = locked_months | sealed_months
        for month in (key for key in periods if key % LIQUIDATION in replace and key not in closed):
            replaced += connection.exec_driver_sql(
                "UPDATE voucher SET state = ?, replaced_by = ? WHERE state = ? AND period = ?",
                (REPLACED, self.import_id, IN_FORCE, month),
            ).rowcount
        twin = (
            "SELECT 1 FROM voucher AS old WHERE old.state = 1 AND old.branch_no = voucher.branch_no"
            " AND old.reference = voucher.reference"
            f" AND (old.period > {LIQUIDATION}) = (voucher.period > {LIQUIDATION})"
        )
        is_same = f"EXISTS ({twin} AND old.digest = voucher.digest AND old.day = voucher.day)"
        staged = f"import_id = ? AND state = {STAGED} AND period NOT IN ({_marks(closed)})"
        values = (*mine, *sorted(closed))
        among_sealed = f"import_id = ? AND state = {STAGED} AND period IN ({_marks(sealed_months)})"
        same_sealed = _count(connection, f"{among_sealed} AND {is_same}", (*mine, *sorted(sealed_months)))
        sealed = _count_in(connection, self.import_id, sealed_months) - same_sealed
        same = same_sealed + _count(connection, f"{staged} AND {is_same}", values)
        clash = f"{staged} AND EXISTS ({twin} AND (old.digest <> voucher.digest OR old.day <> voucher.day))"
        changed = _count(connection, clash, values)
        if changed:
            connection.exec_driver_sql(
                "INSERT INTO import_finding (import_id, source_line, code, field, message, text)"
                " SELECT import_id, source_line, 'LEDGER.CHANGED', '',"
                " 'Bu fiş daha önce başka içerikle alınmış; değiştirmek için ayı yerine koyarak alın.', reference"
                f" FROM voucher WHERE {clash} LIMIT {MAX_FINDINGS}",
                values,
            )
        new = connection.exec_driver_sql(
            f"UPDATE voucher SET state = {IN_FORCE} WHERE {staged} AND NOT EXISTS ({twin})", values
        ).rowcount
        opened = [month for month in periods if month not in closed]
        for month in opened:
            connection.exec_driver_sql(
                "INSERT INTO period (period, branch_no, state, changed_at)"
                " SELECT DISTINCT period, branch_no, ?, ? FROM voucher WHERE period = ? AND state = 1"
                " ON CONFLICT (period, branch_no) DO UPDATE"
                " SET state = excluded.state, changed_at = excluded.changed_at"
                " WHERE ?",
                (int(PeriodState.IMPORTED), at, month, bool(new or replaced)),
            )
        if new or replaced:
            sums.touch(connection, opened)
        connection.exec_driver_sql(
            "UPDATE import_file SET ended_at = ?, lines = ?, vouchers = ?, same = ?, changed = ?, bad = ? WHERE id = ?",
            (at, self.lines, new, same, changed, self.bad, self.import_id),
        )
        return ImportResult(
            import_id=self.import_id,
            lines=self.lines,
            vouchers=total,
            new=new,
            same=same,
            changed=changed,
            locked=locked,
            replaced=replaced,
            bad=self.bad,
            periods=tuple(sorted({str(month_of_key(month)) for month in periods})),
            sealed=sealed,
        )


def begin_import(
    db: LedgerDatabase, *, name: str, sha256: str, source_format: str, at: str, liquidation: str = ""
) -> StagedImport:
    """Start an import, after clearing away what broken off ones left. `at` is an ISO time, `liquidation` as in
    `StagedImport`.
    """
    with db.read() as connection:
        broken = [row[0] for row in connection.exec_driver_sql("SELECT id FROM import_file WHERE ended_at IS NULL")]
    for import_id in broken:
        discard_import(db, import_id)
    with db.write(STAGE) as connection:
        made = connection.exec_driver_sql(
            "INSERT INTO import_file (name, sha256, format, started_at) VALUES (?, ?, ?, ?)",
            (name, sha256, source_format, at),
        )
        assert made.lastrowid is not None
        return StagedImport(db, made.lastrowid, liquidation)


def discard_import(db: LedgerDatabase, import_id: int) -> None:
    """Forget an import that did not come to its end: cancelled, broken off, refused."""
    clear_staged(db, import_id)
    with db.write(CLEAR) as connection:
        connection.exec_driver_sql("DELETE FROM import_file WHERE id = ? AND ended_at IS NULL", (import_id,))


def clear_staged(db: LedgerDatabase, import_id: int) -> None:
    """Delete the vouchers of an import that never came into force, a thousand at a time."""
    while True:
        with db.write(CLEAR) as connection:
            gone = connection.exec_driver_sql(
                "DELETE FROM voucher WHERE id IN"
                " (SELECT id FROM voucher WHERE import_id = ? AND state = ? ORDER BY id LIMIT ?)",
                (import_id, STAGED, _CLEAR_VOUCHERS),
            ).rowcount
        if gone < _CLEAR_VOUCHERS:
            return


def undo_import(db: LedgerDatabase, import_id: int) -> int:
    """Take an import back: its vouchers go, those it had replaced are in force again. Returns how many went.

    Raises: RuleBroken LEDGER.LOCKED when a month it touched is filed, LEDGER.SEALED when one is sealed (its files lie
    in the tree: the month is taken back first), LEDGER.UNDO_ORDER when a later import has replaced its vouchers (that
    one goes first).
    """
    with db.write(UNDO) as connection:
        rows = connection.exec_driver_sql(
            "SELECT DISTINCT period FROM voucher WHERE (import_id = ? AND state <> ?) OR replaced_by = ?",
            (import_id, STAGED, import_id),
        )
        touched = {row[0] for row in rows}
        if touched & _locked(connection):
            raise RuleBroken(
                "LEDGER.LOCKED",
                "Aktarma geri alınamadı.",
                why="Fişlerinden bazıları beratı GİB'e yüklenmiş bir aya ait.",
                todo="Önce beratın GİB portalından silindiğini kaydedin.",
            )
        if sealed := touched & _built(connection):
            shown = ", ".join(f"{month // 100 % 10_000:04d}-{month % 100:02d}" for month in sorted(sealed))
            raise RuleBroken(
                "LEDGER.SEALED",
                "Aktarma geri alınamadı.",
                why=f"Fişlerinden bazıları defteri mühürlenmiş bir aya ait ({shown}); dosyaları yerinde kalırdı.",
                todo="Önce o ayı geri alın; dosyaları iptal edilenler klasörüne taşınır.",
            )
        if _count(connection, "import_id = ? AND state = ?", (import_id, REPLACED)):
            raise RuleBroken(
                "LEDGER.UNDO_ORDER",
                "Aktarma geri alınamadı.",
                why="Fişlerinin yerine sonradan başka bir dosyadan fiş alınmış.",
                todo="Önce sonraki aktarmayı geri alın.",
            )
        gone = connection.exec_driver_sql(
            "UPDATE voucher SET state = ? WHERE import_id = ? AND state = ?", (STAGED, import_id, IN_FORCE)
        ).rowcount
        connection.exec_driver_sql(
            "UPDATE voucher SET state = ?, replaced_by = NULL WHERE replaced_by = ?", (IN_FORCE, import_id)
        )
        # What was checked or sealed of these months was checked and sealed with the vouchers that have gone.
        connection.exec_driver_sql(
            f"UPDATE period SET state = ? WHERE period IN ({_marks(touched)})",
            (int(PeriodState.IMPORTED), *sorted(touched)),
        )
        sums.touch(connection, touched)
        connection.exec_driver_sql("UPDATE import_file SET ended_at = NULL WHERE id = ?", (import_id,))
    discard_import(db, import_id)
    return gone


def digest_of(row: LedgerRow) -> int:
    """60 bits of all that a line says, its place in the file aside."""
    # What later versions learnt to read counts only where it is said: a voucher taken before stays the same.
    text = "\x1f".join(map(str, row[1:] if any(row[_FIRST_LATER:]) else row[1:_FIRST_LATER]))
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()) & _DIGEST_MASK


def _locked(connection: Connection) -> set[int]:
    rows = connection.exec_driver_sql(
        f"SELECT DISTINCT period FROM period WHERE state IN ({PeriodState.FILED:d}, {PeriodState.COMPLETED:d})"
    )
    return {row[0] for row in rows}


def _built(connection: Connection) -> set[int]:
    """The months that have built parts, and so files in the tree."""
    return {row[0] for row in connection.exec_driver_sql("SELECT DISTINCT period FROM part")}


def _next_id(connection: Connection, table: str) -> int:
    return int(connection.exec_driver_sql(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").scalar_one())


def _count(connection: Connection, where: str, values: tuple[Any, ...]) -> int:
    return int(connection.exec_driver_sql(f"SELECT count(*) FROM voucher WHERE {where}", values).scalar_one())


def _count_in(connection: Connection, import_id: int, months: set[int]) -> int:
    return _count(
        connection, f"import_id = ? AND state = {STAGED} AND period IN ({_marks(months)})", (import_id, *sorted(months))
    )


def _marks(values: set[int]) -> str:
    return ", ".join("?" * len(values))

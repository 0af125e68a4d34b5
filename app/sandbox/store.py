"""The sandbox's memory: one SQLite file, or RAM when no file was named. One connection, one lock, any thread."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from app.domain.errors import InputError
from app.sandbox.records import Account, Plan, Row

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (
    user TEXT PRIMARY KEY, salt BLOB NOT NULL, hash BLOB NOT NULL, vkn TEXT NOT NULL, title TEXT NOT NULL,
    seals TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (fingerprint TEXT PRIMARY KEY, user TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS firms (
    vkn TEXT PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL, registered_at REAL NOT NULL,
    plan TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS aliases (
    vkn TEXT NOT NULL, unit TEXT NOT NULL, alias TEXT NOT NULL, position INTEGER NOT NULL, created_at REAL NOT NULL,
    deleted_at REAL, PRIMARY KEY (vkn, unit, alias));
CREATE TABLE IF NOT EXISTS documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, direction TEXT NOT NULL, ettn TEXT NOT NULL,
    number TEXT NOT NULL, profile TEXT NOT NULL, type_code TEXT NOT NULL, issue_date TEXT NOT NULL,
    currency TEXT NOT NULL, payable TEXT NOT NULL, sums TEXT NOT NULL, sender_vkn TEXT NOT NULL,
    sender_name TEXT NOT NULL, sender_label TEXT NOT NULL, receiver_vkn TEXT NOT NULL, receiver_name TEXT NOT NULL,
    receiver_label TEXT NOT NULL, envelope TEXT NOT NULL, content BLOB NOT NULL, is_raw INTEGER NOT NULL,
    is_draft INTEGER NOT NULL, is_read INTEGER NOT NULL, sends INTEGER NOT NULL, at REAL NOT NULL,
    answer TEXT NOT NULL, answer_reason TEXT NOT NULL, answer_at REAL NOT NULL, answer_xml BLOB NOT NULL,
    source_id INTEGER);
CREATE INDEX IF NOT EXISTS documents_ettn ON documents (account, ettn);
CREATE INDEX IF NOT EXISTS documents_number ON documents (account, number);
CREATE INDEX IF NOT EXISTS documents_unread ON documents (account, direction, is_read, id);
CREATE INDEX IF NOT EXISTS documents_source ON documents (source_id);
CREATE TABLE IF NOT EXISTS plans (ettn TEXT PRIMARY KEY, plan TEXT NOT NULL);
"""
_COLUMNS = [f.name for f in fields(Row) if f.name not in ("id", "plan")]
_INSERT = f"INSERT INTO documents ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_READ = [c for c in _COLUMNS if c not in ("content", "answer_xml")]
_BOOLEANS = ("is_raw", "is_draft", "is_read")


class Store:
    """Plain SQL over plain values. Writes that belong together stand inside `with store.transaction():`.

    Raises InputError SANDBOX.STATE when the file cannot be used.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.RLock()
        try:
            self._db = _opened(path)
        except sqlite3.Error as e:
            raise InputError(
                "SANDBOX.STATE",
                "Deneme entegratörünün durum dosyası açılamadı.",
                why=f"{path} yazılamıyor ya da bu programın yazdığı bir dosya değil.",
                todo="Başka bir dosya adı verin.",
                raw_text=f"{type(e).__name__}: {e}",
            ) from e

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and nobody else in between."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, sql: str, *arguments: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, arguments).fetchall()

    def execute(self, sql: str, *arguments: Any) -> int:
        """Returns how many rows were touched."""
        with self._lock:
            return self._db.execute(sql, arguments).rowcount

    # --- small facts -------------------------------------------------------------------------------------------------

    def get_meta(self, name: str, default: str = "") -> str:
        found = self.rows("SELECT value FROM meta WHERE name = ?", name)
        return found[0]["value"] if found else default

    def set_meta(self, name: str, value: str) -> None:
        self.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value
        )

    def count_up(self, name: str, by: int = 1) -> int:
        """The counter's value before it was raised by `by`."""
        with self.transaction():
            value = int(self.get_meta(name, "0"))
            self.set_meta(name, str(value + by))
        return value

    # --- accounts and sessions ----------------------------------------------------------------------------------------

    def save_account(self, user: str, password: str, *, vkn: str, title: str, seals: str) -> None:
        salt = os.urandom(16)
        self.execute(
            "INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?, ?)",
            user,
            salt,
            _hashed(password, salt),
            vkn,
            title,
            seals,
        )

    def is_password(self, user: str, password: str) -> bool:
        found = self.rows("SELECT salt, hash FROM accounts WHERE user = ?", user)
        if not found:
            return False
        return hmac.compare_digest(_hashed(password, found[0]["salt"]), found[0]["hash"])

    def set_password(self, user: str, password: str) -> bool:
        """Also ends the user's sessions. False when there is no such user."""
        salt = os.urandom(16)
        with self.transaction():
            changed = self.execute(
                "UPDATE accounts SET salt = ?, hash = ? WHERE user = ?", salt, _hashed(password, salt), user
            )
            self.execute("DELETE FROM sessions WHERE user = ?", user)
        return bool(changed)

    def account_of(self, *, user: str = "", vkn: str = "") -> Account | None:
        """The account of a user, or the first one of a taxpayer."""
        column = "user" if user else "vkn"
        found = self.rows(f"SELECT * FROM accounts WHERE {column} = ? ORDER BY user", user or vkn)
        if not found:
            return None
        row = found[0]
        return Account(
            user=row["user"],
            vkn=row["vkn"],
            title=row["title"],
            seals=row["seals"],
            gb=tuple(self.labels(row["vkn"], "GB")),
            pk=tuple(self.labels(row["vkn"], "PK")),
        )

    # --- taxpayers ----------------------------------------------------------------------------------------------------

    def save_firm(self, vkn: str, title: str, *, pk: Sequence[str], gb: Sequence[str], at: float, kind: str) -> None:
        """Register or update: labels that are not named any more become deleted ones."""
        with self.transaction():
            self.execute(
                "INSERT INTO firms (vkn, title, kind, registered_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (vkn) DO UPDATE SET title = excluded.title, kind = excluded.kind",
                vkn,
                title,
                kind,
                at,
            )
            for unit, labels in (("PK", pk), ("GB", gb)):
                for gone in set(self.labels(vkn, unit)) - set(labels):
                    self.delete_alias(vkn, gone, at=at)
                for position, alias in enumerate(labels):
                    self.execute(
                        "INSERT INTO aliases VALUES (?, ?, ?, ?, ?, NULL) ON CONFLICT (vkn, unit, alias) DO UPDATE SET"
                        " position = excluded.position, deleted_at = NULL,"
                        " created_at = iif(deleted_at IS NULL, created_at, excluded.created_at)",
                        vkn,
                        unit,
                        alias,
                        position,
                        at,
                    )

    def delete_alias(self, vkn: str, alias: str, *, at: float) -> bool:
        sql = "UPDATE aliases SET deleted_at = ? WHERE vkn = ? AND alias = ? AND deleted_at IS NULL"
        return bool(self.execute(sql, at, vkn, alias))

    def labels(self, vkn: str, unit: str) -> list[str]:
        sql = "SELECT alias FROM aliases WHERE vkn = ? AND unit = ? AND deleted_at IS NULL ORDER BY position, alias"
        return [row["alias"] for row in self.rows(sql, vkn, unit)]

    def firm_title(self, vkn: str) -> str | None:
        found = self.rows("SELECT title FROM firms WHERE vkn = ?", vkn)
        return found[0]["title"] if found else None

    def set_firm_plan(self, vkn: str, plan: Plan) -> None:
        self.execute("UPDATE firms SET plan = ? WHERE vkn = ?", _plan_text(plan), vkn)

    # --- plans --------------------------------------------------------------------------------------------------------

    def set_plan(self, ettn: str, plan: Plan) -> None:
        self.execute("INSERT OR REPLACE INTO plans VALUES (?, ?)", ettn, _plan_text(plan))

    def has_plan(self, ettn: str) -> bool:
        return bool(self.rows("SELECT 1 FROM plans WHERE ettn = ?", ettn))

    def drop_plan(self, ettn: str) -> None:
        self.execute("DELETE FROM plans WHERE ettn = ?", ettn)

    # --- documents ----------------------------------------------------------------------------------------------------

    def insert(self, rows: Iterable[Row]) -> None:
        """Store documents (their `id` is given here), all of them in one transaction."""
        with self.transaction():
            self._db.executemany(_INSERT, ([getattr(row, c) for c in _COLUMNS] for row in rows))

    def update(self, document_id: int, **columns: Any) -> None:
        assignments = ", ".join(f"{name} = ?" for name in columns)
        self.execute(f"UPDATE documents SET {assignments} WHERE id = ?", *columns.values(), document_id)

    def delete(self, document_id: int) -> None:
        self.execute("DELETE FROM documents WHERE id = ?", document_id)

    def find(
        self, where: str, *arguments: Any, limit: int = -1, with_content: bool = False, order: str = "d.id"
    ) -> list[Row]:
        """Documents matching `where` (columns of `d`), in the order of their arrival, with their plans."""
        columns = [*_READ, "content", "answer_xml"] if with_content else _READ
        sql = (
            f"SELECT d.id, {', '.join(f'd.{c}' for c in columns)}, p.plan AS own_plan, f.plan AS firm_plan"
            " FROM documents d LEFT JOIN plans p ON p.ettn = d.ettn AND d.direction = 'OUT'"
            " LEFT JOIN firms f ON f.vkn = d.receiver_vkn AND d.direction = 'OUT'"
            f" WHERE {where} ORDER BY {order} LIMIT {limit:d}"
        )
        return [_row(r, columns) for r in self.rows(sql, *arguments)]


def _opened(path: Path | None) -> sqlite3.Connection:
    db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
    try:
        db.row_factory = sqlite3.Row
        if path is not None:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
        db.executescript(_SCHEMA)
    except sqlite3.Error:
        db.close()
        raise
    return db


def _row(raw: sqlite3.Row, columns: list[str]) -> Row:
    values: dict[str, Any] = {name: bool(raw[name]) if name in _BOOLEANS else raw[name] for name in columns}
    return Row(id=raw["id"], plan=_read_plan(raw["own_plan"] or raw["firm_plan"]), **values)


def _plan_text(plan: Plan) -> str:
    return json.dumps([plan.fail_code, plan.answer, plan.after_s])


def _read_plan(text: str | None) -> Plan:
    if not text:
        return Plan()
    fail_code, answer, after_s = json.loads(text)
    return Plan(fail_code=fail_code, answer=answer, after_s=after_s)


def _hashed(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=1024, r=8, p=1)


def fingerprint(session_id: str) -> str:
    """What is kept and shown of a session id."""
    return hashlib.sha256(session_id.encode()).hexdigest()[:16]

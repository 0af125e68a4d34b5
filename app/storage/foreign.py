"""A query over the accounting program's own database: one SELECT, streamed as cells of text, never a word written.

The database is a stranger's: the statement must be a single SELECT by its own words, runs in a transaction that is
always rolled back, and is asked to be read-only where the server knows how. Addresses hold passwords and are never
said in an error. Drivers beside SQLite's are whatever is installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from sqlalchemy import create_engine
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from app.domain.errors import ConfigError, EnvironmentFault, InputError

_FETCH: Final = 2_000
#: How long a server may take to let us in; the driver's own patience is a minute.
_LOGIN_SECONDS: Final = 15
_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
#: Texts and quoted names: what stands in them is no word of the statement. A quote doubled stays inside.
_QUOTED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]""", re.DOTALL)
_WRITING: Final = frozenset(
    {"insert", "update", "delete", "merge", "into", "drop", "alter", "create", "truncate", "exec", "execute", "call"}
    | {"grant", "revoke", "attach", "detach", "pragma", "vacuum", "copy", "lock", "set", "begin", "commit", "rollback"}
    | {"declare"}
)


def ensure_one_select(query: str) -> str:
    """The statement without comments and its last semicolon. Raises: InputError LEDGER.SQL_QUERY."""
    bare = _without_comments(query).strip()
    bare = bare.removesuffix(";").rstrip()
    words = re.findall(r"\w+", _QUOTED.sub(" '' ", bare).lower())
    why = ""
    if not words:
        why = "Sorgu boş."
    elif words[0] not in ("select", "with"):
        why = f"Sorgu '{words[0][:20]}' ile başlıyor; SELECT ile başlamalı."
    elif ";" in _QUOTED.sub("", bare):
        why = "Birden çok komut var."
    elif writing := sorted(_WRITING.intersection(words)):
        why = f"İçinde '{writing[0]}' sözcüğü geçiyor; bu ada sahip bir sütunsa tırnak içine alın."
    if why:
        raise InputError(
            "LEDGER.SQL_QUERY",
            "Sorgu çalıştırılmadı.",
            why=why,
            todo="Yalnız okuyan tek bir SELECT yazın; yazan komutlar muhasebe programının verisini değiştirebilir.",
        )
    return bare


def _without_comments(query: str) -> str:
    """Comments gone, those inside texts kept."""
    kept = re.compile(f"({_QUOTED.pattern})|{_COMMENTS.pattern}", re.DOTALL)
    return kept.sub(lambda found: found[1] or " ", query)


@contextmanager
def open_query(url: str, query: str) -> Iterator[Iterator[list[str]]]:
    """The rows of a SELECT as cells of text, the columns' names first. They stream while the context is open.

    Raises: InputError LEDGER.SQL_QUERY; ConfigError LEDGER.SQL_URL, LEDGER.SQL_DRIVER; EnvironmentFault LEDGER.SQL,
    also while rows are taken.
    """
    statement = ensure_one_select(query)
    address = _address(url)
    try:
        engine = create_engine(address, hide_parameters=True, **_options(address))
    except NoSuchModuleError as error:
        raise _no_driver(address, error) from error
    except ImportError as error:
        raise _no_driver(address, error) from error
    try:
        with engine.connect() as connection:
            _make_read_only(connection)
            yield _cells(connection, statement, address)
            connection.rollback()
    except SQLAlchemyError as error:
        raise _fault(error, address) from error
    finally:
        engine.dispose()


def _address(url: str) -> URL:
    try:
        address = make_url(url.strip())
    except ArgumentError as error:
        raise ConfigError(
            "LEDGER.SQL_URL",
            "Veritabanı adresi anlaşılmadı.",
            why="Adres 'tür://kullanıcı:parola@sunucu/veritabanı' biçiminde değil.",
            todo="Örneğin mssql+pymssql://…, postgresql://… ya da sqlite:///C:/dosya.db yazın.",
        ) from error
    path = address.database or ""
    is_file = address.get_backend_name() == "sqlite" and path not in ("", ":memory:") and not path.startswith("file:")
    if is_file and not Path(path).is_file():
        # SQLite would make the file that is not there.
        raise ConfigError(
            "LEDGER.SQL_URL",
            "Veritabanı dosyası bulunamadı.",
            why="Adresteki yolda dosya yok.",
            todo="Dosyanın yolunu kontrol edin.",
        )
    return address


def _options(address: URL) -> dict[str, Any]:
    if address.get_backend_name() == "postgresql":
        return {"execution_options": {"postgresql_readonly": True}}
    if address.drivername == "mssql+pymssql":
        return {"connect_args": {"login_timeout": _LOGIN_SECONDS}}
    return {}


def _make_read_only(connection: Connection) -> None:
    name = connection.dialect.name
    if name == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only = ON")
    elif name in ("mysql", "mariadb"):
        connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
        connection.rollback()
    elif name == "oracle":
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def _cells(connection: Connection, statement: str, address: URL) -> Iterator[list[str]]:
    try:
        # Without parameters, so that a % in the statement means itself whatever the driver's style is.
        streamed = connection.execution_options(stream_results=True, max_row_buffer=_FETCH, no_parameters=True)
        result = streamed.exec_driver_sql(statement)
        names = result.keys()
        yield [str(name) for name in names]
        for part in result.partitions(_FETCH):
            for row in part:
                yield [text_of_value(value) for value in row]
    except (SQLAlchemyError, ValueError) as error:
        raise _fault(error, address) from error


def text_of_value(value: Any) -> str:
    """A value as a cell that is read in one way only: days in ISO form, numbers with a point.

    A number that has decimals gets at least four: `1.234` as text could also mean thousands.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return str(value)


def _number(value: Decimal) -> str:
    if not value.is_finite():
        return ""
    if value == value.to_integral_value():
        return format(value.to_integral_value(), "f")
    whole, _, decimals = format(value, "f").partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(4, '0')}"


def _no_driver(address: URL, error: Exception) -> ConfigError:
    todo = "Muhasebe programından CSV ya da Excel olarak alın ya da sürücüyü kurdurun."
    if address.get_backend_name() == "mssql":
        todo = "Adresi mssql+pymssql://… diye başlatın: SQL Server için o sürücü programla gelir."
    return ConfigError(
        "LEDGER.SQL_DRIVER",
        "Bu tür veritabanına bağlanılamıyor.",
        why=f"'{address.drivername[:40]}' için gereken sürücü bu bilgisayarda kurulu değil.",
        todo=todo,
        raw_text=type(error).__name__,
    )


def _fault(error: Exception, address: URL) -> EnvironmentFault:
    said = str(error.orig) if isinstance(error, DBAPIError) else type(error).__name__
    for secret in (address.password, address.username):
        if secret:
            said = said.replace(str(secret), "***")
    return EnvironmentFault(
        "LEDGER.SQL",
        "Muhasebe programının veritabanı okunamadı.",
        why="Sunucu bağlantıyı ya da sorguyu kabul etmedi.",
        todo="Adresi, kullanıcı yetkisini ve sorguyu kontrol edin; sunucunun yanıtı ayrıntıda.",
        raw_text=said[:300],
    )

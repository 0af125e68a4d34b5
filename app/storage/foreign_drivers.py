"""Which kinds of databases can be reached from here: what SQLAlchemy knows and a driver is installed for."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

from sqlalchemy.engine import URL


@dataclass(frozen=True, slots=True)
class Driver:
    """`name` as SQLAlchemy writes it. `is_file`: the database is a file, without server and user.

    `needs_odbc`: an ODBC driver's name belongs into the address.
    """

    name: str
    title: str
    port: int = 0
    is_file: bool = False
    needs_odbc: bool = False


#: (module that must be there, driver). Several drivers of one database: the first that is installed is offered.
_KNOWN: Final = (
    ("pyodbc", Driver("mssql+pyodbc", "Microsoft SQL Server (ODBC)", 1433, needs_odbc=True)),
    ("pymssql", Driver("mssql+pymssql", "Microsoft SQL Server", 1433)),
    ("psycopg", Driver("postgresql+psycopg", "PostgreSQL", 5432)),
    ("psycopg2", Driver("postgresql+psycopg2", "PostgreSQL (psycopg2)", 5432)),
    ("pg8000", Driver("postgresql+pg8000", "PostgreSQL (pg8000)", 5432)),
    ("pymysql", Driver("mysql+pymysql", "MySQL, MariaDB", 3306)),
    ("MySQLdb", Driver("mysql+mysqldb", "MySQL, MariaDB (mysqlclient)", 3306)),
    ("oracledb", Driver("oracle+oracledb", "Oracle", 1521)),
    ("sqlalchemy_firebird", Driver("firebird+firebird", "Firebird", 3050)),
    ("sqlite3", Driver("sqlite", "SQLite dosyası", is_file=True)),
)


def drivers() -> list[Driver]:
    """Those that would work here, in the order in which accounting programs use them."""
    return [driver for module, driver in _KNOWN if find_spec(module) is not None]


def driver_of(name: str) -> Driver:
    """The driver of this name, installed or not; one that nobody knows has only its name."""
    return next((driver for _, driver in _KNOWN if driver.name == name), Driver(name, name))


def odbc_drivers() -> list[str]:
    """The ODBC drivers of this computer that speak to SQL Server, the newest first; none without pyodbc."""
    if find_spec("pyodbc") is None:
        return []
    import pyodbc  # type: ignore[import-not-found, unused-ignore]

    return sorted((name for name in pyodbc.drivers() if "SQL Server" in name), reverse=True)


def address(
    driver: str,
    *,
    host: str = "",
    port: int = 0,
    database: str = "",
    user: str = "",
    password: str = "",
    odbc: str = "",
) -> str:
    """The address of a database. It holds the password: never log or keep it."""
    known = driver_of(driver)
    if known.is_file:
        return URL.create(driver, database=database).render_as_string(hide_password=False)
    url = URL.create(
        driver,
        username=user or None,
        password=password or None,
        host=host or None,
        port=port or None,
        database=database or None,
        query={"driver": odbc} if odbc else {},
    )
    return url.render_as_string(hide_password=False)

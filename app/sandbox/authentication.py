"""AuthenticationWS: sessions and the list of registered taxpayers."""

from __future__ import annotations

import csv
import io
import sqlite3
from datetime import UTC, datetime
from typing import Any

from app.domain.dates import ISTANBUL
from app.runtime.safezip import pack_single
from app.sandbox.codes import BAD_REQUEST, NO_SESSION_MADE, Refusal
from app.sandbox.core import Integrator, Visit
from app.sandbox.soap import Request, Txn, binary, element, message, optional, request_return

# The sandbox knows e-Fatura only; its labels are reported as such whatever list is asked for.
_DOCUMENT_TYPE = "INVOICE"
_FIELDS = (
    "IDENTIFIER",
    "ALIAS",
    "TITLE",
    "TYPE",
    "REGISTER_TIME",
    "UNIT",
    "ALIAS_CREATION_TIME",
    "ACCOUNT_TYPE",
    "DELETED",
    "ALIAS_DELETION_TIME",
    "DOCUMENT_TYPE",
)


def login(integrator: Integrator, request: Request, _txn: Txn) -> bytes:
    """Login is the one operation without a session; SESSION_ID must be -1."""
    if request.header("SESSION_ID") != "-1":
        raise Refusal(BAD_REQUEST, "Hata sebebi Login isteğinde SESSION_ID -1 olmalı")
    user = request.text("USER_NAME")
    # Not stripped: a password may begin or end with a blank.
    if not integrator.store.is_password(user, request.body.findtext("PASSWORD") or ""):
        raise Refusal(NO_SESSION_MADE, "kullanıcı adı veya parola hatalı")
    return message("LoginResponse", element("SESSION_ID", integrator.open_session(user)))


def logout(integrator: Integrator, visit: Visit) -> bytes:
    integrator.close_session(visit.request.header("SESSION_ID"))
    return message("LogoutResponse", request_return(visit.txn))


def get_gib_user_list(integrator: Integrator, visit: Visit) -> bytes:
    """The labels as a zip of one XML or CSV file; with ALIAS_MODIFY_DATE the added and the deleted since then."""
    request = visit.request
    units = {"PK": ("PK",), "GB": ("GB",), "ALL": ("PK", "GB")}[request.text("ALIAS_TYPE", "PK")]
    document_type = request.text("DOCUMENT_TYPE", "ALL").upper()
    since = _moment(request.text("ALIAS_MODIFY_DATE"))
    registered_since = _moment(request.text("REGISTER_TIME_START"))
    where, arguments = [f"a.unit IN ({','.join('?' * len(units))})"], list[Any](units)
    if since is None:
        where.append("a.deleted_at IS NULL")
    else:
        where.append("(a.created_at > ? OR a.deleted_at > ?)")
        arguments += [since, since]
    if registered_since is not None:
        where.append("f.registered_at >= ?")
        arguments.append(registered_since)
    if document_type == "DESPATCHADVICE":
        where.append("0")
    users = [
        _user(row) for row in integrator.store.rows(f"{_ALIASES} WHERE {' AND '.join(where)} {_ORDER}", *arguments)
    ]
    kind = request.text("TYPE", "XML").upper()
    if kind not in ("XML", "CSV"):
        raise Refusal(BAD_REQUEST, f"Hata sebebi TYPE {kind}")
    listed = _as_csv(users) if kind == "CSV" else _as_xml(users)
    packed = pack_single(f"GibUserList.{kind.lower()}", listed)
    return message("GetGibUserListResponse", binary("CONTENT", packed))


def check_user(integrator: Integrator, visit: Visit) -> bytes:
    """The labels of one taxpayer; none means not registered."""
    identifier = visit.request.text("USER/IDENTIFIER")
    if not identifier:
        raise Refusal(BAD_REQUEST, "Hata sebebi USER.IDENTIFIER boş")
    if visit.request.text("DOCUMENT_TYPE", _DOCUMENT_TYPE).upper() != _DOCUMENT_TYPE:
        return message("CheckUserResponse")
    sql = f"{_ALIASES} WHERE a.vkn = ? AND a.deleted_at IS NULL {_ORDER}"
    users = [_user(row) for row in integrator.store.rows(sql, identifier)]
    return message("CheckUserResponse", *(f"<USER>{_user_xml(user)}</USER>" for user in users))


_ALIASES = (
    "SELECT a.vkn, a.unit, a.alias, a.created_at, a.deleted_at, f.title, f.kind, f.registered_at"
    " FROM aliases a JOIN firms f ON f.vkn = a.vkn"
)
_ORDER = "ORDER BY a.vkn, a.unit DESC, a.position, a.alias"


def _user(row: sqlite3.Row) -> dict[str, str]:
    user = {
        "IDENTIFIER": row["vkn"],
        "ALIAS": row["alias"],
        "TITLE": row["title"],
        "TYPE": row["kind"],
        "REGISTER_TIME": _local(row["registered_at"]),
        "UNIT": row["unit"],
        "ALIAS_CREATION_TIME": _local(row["created_at"]),
        "DOCUMENT_TYPE": _DOCUMENT_TYPE,
    }
    if row["deleted_at"] is not None:
        user |= {"DELETED": "Y", "ALIAS_DELETION_TIME": _local(row["deleted_at"])}
    return user


def _user_xml(user: dict[str, str], *, deletion_field: str = "ALIAS_DELETION_TIME") -> str:
    names = {name: deletion_field if name == "ALIAS_DELETION_TIME" else name for name in _FIELDS}
    return "".join(optional(names[name], user.get(name)) for name in _FIELDS)


def _as_xml(users: list[dict[str, str]]) -> bytes:
    rows = "\n".join(f"  <USER>{_user_xml(user, deletion_field='DELETION_TIME')}</USER>" for user in users)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<USERLIST>\n{rows}\n</USERLIST>\n'.encode()


def _as_csv(users: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, _FIELDS, restval="", delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(users)
    return out.getvalue().encode("utf-8")


def _local(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone(ISTANBUL).strftime("%Y-%m-%dT%H:%M:%S")


def _moment(text: str) -> float | None:
    """An xs:dateTime (a bare date is taken too); without a zone it is Istanbul time."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as e:
        raise Refusal(BAD_REQUEST, f"Hata sebebi tarih {text[:30]}") from e
    return (moment if moment.tzinfo else moment.replace(tzinfo=ISTANBUL)).timestamp()

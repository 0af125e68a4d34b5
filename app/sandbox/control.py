"""The control room over HTTP: /_control/* with JSON, for another process that pushes the clock or looks inside."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.domain.errors import AppError, InputError
from app.sandbox.records import StoredDocument

if TYPE_CHECKING:
    from app.sandbox.server import Sandbox

PREFIX = "/_control/"
_SPANS = ("seconds", "minutes", "hours", "days")


def handle(sandbox: Sandbox, method: str, path: str, given: dict[str, str] | bytes) -> tuple[int, bytes]:
    """One control call; returns status and JSON. What cannot be done comes back as 400 with the reason."""
    name = path.removeprefix(PREFIX).strip("/")
    try:
        if isinstance(given, dict):
            action, data = _QUESTIONS.get(name), dict[str, Any](given)
        else:
            action, data = _ACTIONS.get(name), json.loads(given or b"{}")
        if action is None:
            return 404, _json({"error": f"{method} {path}", "known": sorted([*_QUESTIONS, *_ACTIONS])})
        if not isinstance(data, dict):
            raise InputError("SANDBOX.CONTROL", "İstek bir JSON nesnesi olmalı.")
        return 200, _json(action(sandbox, data))
    except AppError as e:
        return 400, _json({"error": e.sentence, "code": e.code})
    except (ValueError, TypeError, KeyError) as e:
        return 400, _json({"error": f"{type(e).__name__}: {e}"})


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8")


def _state(sandbox: Sandbox, data: dict[str, Any]) -> dict[str, Any]:
    integrator = sandbox.integrator
    accounts = integrator.store.rows("SELECT user, vkn, title, seals FROM accounts ORDER BY user")
    with_xml = data.get("xml") == "1"
    return {
        "now": sandbox.now().isoformat(),
        "url": sandbox.url,
        "frozen": integrator.clock.is_frozen,
        "error_channel": sandbox.error_channel,
        "accounts": [dict(row) for row in accounts],
        "documents": {side: [_document(d, with_xml) for d in sandbox.stored(side)] for side in ("out", "in", "draft")},
        "faults": integrator.faults.armed(),
        "calls": len(sandbox.calls),
    }


def _document(document: StoredDocument, with_xml: bool) -> dict[str, Any]:
    values = asdict(document)
    xml = values.pop("xml")
    values["sha256"] = hashlib.sha256(xml).hexdigest()
    if with_xml:
        values["xml"] = base64.b64encode(xml).decode("ascii")
    return values


def _calls(sandbox: Sandbox, data: dict[str, Any]) -> dict[str, Any]:
    operation = data.get("operation")
    return {"calls": [asdict(c) for c in sandbox.calls if not operation or c.operation == operation]}


def _advance(sandbox: Sandbox, data: dict[str, Any]) -> dict[str, Any]:
    unknown = set(data) - set(_SPANS)
    if unknown or not data:
        raise InputError("SANDBOX.CONTROL", f"Süre {', '.join(_SPANS)} ile verilir.")
    return {"now": sandbox.advance(timedelta(**{k: float(v) for k, v in data.items()})).isoformat()}


def _freeze(sandbox: Sandbox, data: dict[str, Any]) -> dict[str, Any]:
    sandbox.freeze(bool(data.get("frozen", True)))
    return {"now": sandbox.now().isoformat()}


def _account(sandbox: Sandbox, data: dict[str, Any]) -> dict[str, Any]:
    sandbox.add_account(data.pop("user"), data.pop("password"), **data)
    return {"ok": True}


def _register(sandbox: Sandbox, data: dict[str, Any]) -> dict[str, Any]:
    sandbox.register(data.pop("vkn"), data.pop("title"), **data)
    return {"ok": True}


def _incoming(sandbox: Sandbox, data: dict[str, Any]) -> dict[str, Any]:
    xml = base64.b64decode(data.pop("xml"), validate=True) if "xml" in data else None
    return {"ettns": sandbox.add_incoming(xml, **data)}


def _arm(sandbox: Sandbox, data: dict[str, Any]) -> dict[str, Any]:
    sandbox.arm(data.pop("fault"), **data)
    return {"armed": sandbox.integrator.faults.armed()}


def _plan(sandbox: Sandbox, data: dict[str, Any]) -> dict[str, Any]:
    if "after_seconds" in data:
        data["after"] = timedelta(seconds=float(data.pop("after_seconds")))
    sandbox.set_plan(data.pop("ettn"), **data)
    return {"ok": True}


def _clear_faults(sandbox: Sandbox, _data: dict[str, Any]) -> dict[str, Any]:
    sandbox.clear_faults()
    return {"ok": True}


def _expire(sandbox: Sandbox, data: dict[str, Any]) -> dict[str, Any]:
    return {"ended": sandbox.expire_sessions(str(data.get("user", "")))}


def _mark_read(sandbox: Sandbox, data: dict[str, Any]) -> dict[str, Any]:
    sandbox.mark_read_elsewhere(list(data["ettns"]))
    return {"ok": True}


def _error_channel(sandbox: Sandbox, data: dict[str, Any]) -> dict[str, Any]:
    sandbox.error_channel = data["channel"]
    return {"channel": sandbox.error_channel}


_Action = Callable[["Sandbox", dict[str, Any]], dict[str, Any]]
_QUESTIONS: dict[str, _Action] = {"state": _state, "calls": _calls}
_ACTIONS: dict[str, _Action] = {
    "advance": _advance,
    "freeze": _freeze,
    "account": _account,
    "register": _register,
    "incoming": _incoming,
    "arm": _arm,
    "clear_faults": _clear_faults,
    "plan": _plan,
    "expire_sessions": _expire,
    "mark_read": _mark_read,
    "error_channel": _error_channel,
}

"""Crash points of the wire: one per operation, around the request and its answer's bytes."""

from __future__ import annotations

from app.runtime import crashpoints

#: Operations that change something at the integrator, and those that only read.
CHANGING = frozenset(
    {
        "SendInvoice",
        "LoadInvoice",
        "MarkInvoice",
        "SendInvoiceResponseWithServerSign",
        "SendInvoiceResponse",
    }
)
READING = frozenset(
    {
        "Login",
        "Logout",
        "GetGibUserList",
        "CheckUser",
        "GetInvoice",
        "GetInvoiceWithType",
        "GetInvoiceStatus",
        "GetInvoiceStatusAll",
        "PrepareInvoiceResponse",
    }
)

_POINTS = {
    operation: crashpoints.declare(f"wire.izibiz.{operation}", f"İzibiz {operation}: asked, answer lost")
    for operation in sorted(CHANGING | READING)
}
WSDL_CACHE = crashpoints.declare("file.izibiz.wsdl", "the cached WSDL bundle of an İzibiz endpoint")


def of(operation: str) -> str:
    """The crash point of one operation. Raises KeyError for an operation nobody declared."""
    return _POINTS[operation]

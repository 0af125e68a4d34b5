"""CheckUser and the taxpayer list."""

from __future__ import annotations

import base64
import io
import tracemalloc
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest

from app.connectors.base import ContractBroken, Rejected, Taxpayer
from app.connectors.izibiz.taxpayers import iter_taxpayers
from app.runtime.safezip import pack_single

USER = (
    "<USER><IDENTIFIER>{vkn}</IDENTIFIER><ALIAS>urn:mail:pk{n}@x.com</ALIAS><TITLE>Örnek &amp; Oğulları</TITLE>"
    "<TYPE>OZEL</TYPE><REGISTER_TIME>2013-07-01T15:22:11</REGISTER_TIME><UNIT>PK</UNIT>"
    "<ALIAS_CREATION_TIME>2014-01-01T00:00:00</ALIAS_CREATION_TIME>{more}</USER>"
)


def listed(*users: str, root: str = "USERLIST") -> bytes:
    return f"<?xml version='1.0' encoding='UTF-8'?><{root}>{''.join(users)}</{root}>".encode()


def user(n: int, more: str = "") -> str:
    return USER.format(vkn=f"{n:010d}", n=n, more=more)


def test_a_zipped_xml_list_with_deletions() -> None:
    raw = pack_single(
        "liste.xml",
        listed(
            user(1),
            user(2, "<DELETED>Y</DELETED><DELETION_TIME>2026-01-01T00:00:00</DELETION_TIME>"),
            user(3, "<ALIAS_DELETION_TIME>2026-01-01T00:00:00</ALIAS_DELETION_TIME>"),
            "<USER><TITLE>kimsesiz</TITLE></USER>",
        ),
    )
    found = list(iter_taxpayers(raw))
    assert found[0] == Taxpayer(
        vkn="0000000001",
        title="Örnek & Oğulları",
        alias="urn:mail:pk1@x.com",
        unit="PK",
        kind="OZEL",
        registered_at="2013-07-01T15:22:11",
        alias_created_at="2014-01-01T00:00:00",
    )
    assert [t.deleted for t in found] == [False, True, True]


def test_a_list_with_a_namespace_is_read_too() -> None:
    raw = listed(user(1)).replace(b"<USERLIST>", b'<USERLIST xmlns="urn:x">')
    assert [t.vkn for t in iter_taxpayers(raw)] == ["0000000001"]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_a_csv_list(delimiter: str) -> None:
    rows = ["IDENTIFIER,ALIAS,TITLE,DELETED", '0000000001,a,"Ünvan",', "0000000002,b,X,Y"]
    text = "\ufeff" + "\r\n".join(row.replace(",", delimiter) for row in rows)
    found = list(iter_taxpayers(pack_single("l.csv", text.encode())))
    assert [(t.vkn, t.alias, t.title, t.deleted) for t in found] == [
        ("0000000001", "a", "Ünvan", False),
        ("0000000002", "b", "X", True),
    ]


def two_files() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a", "1")
        archive.writestr("b", "2")
    return out.getvalue()


@pytest.mark.parametrize(
    "raw",
    [
        listed(user(1), user(2))[:-40],
        pack_single("l.xml", listed(user(1)))[:-10],
        two_files(),
        b"ad;soyad\r\nx;y",
        b"IDENTIFIER;ALIAS\r\n1;2;3",
        pack_single("l.xml", b"<L>" + b" " * 60_000_000 + b"</L>"),
        b'<!DOCTYPE l [<!ENTITY a "' + b"x" * 100 + b'">]><L><USER><IDENTIFIER>1</IDENTIFIER></USER>&a;&b;</L>',
    ],
)
def test_a_damaged_list_is_an_error_and_never_a_shorter_list(raw: bytes) -> None:
    with pytest.raises(ContractBroken):
        list(iter_taxpayers(raw))


def test_an_empty_list_is_empty() -> None:
    assert list(iter_taxpayers(b"")) == []
    assert list(iter_taxpayers(listed())) == []


def test_a_long_list_is_read_with_flat_memory() -> None:
    raw = pack_single("l.xml", listed(*(user(i) for i in range(40_000))))
    tracemalloc.start()
    try:
        assert sum(1 for _ in iter_taxpayers(raw)) == 40_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000


@pytest.mark.shared
def test_check_user_asks_the_authentication_service_for_invoices(kit: Any) -> None:
    vkn = "0000000001"
    kit.integrator.say(
        "CheckUser",
        kit.soap("CheckUser", user(1) + user(2) + user(1, "<DOCUMENT_TYPE>DESPATCHADVICE</DOCUMENT_TYPE>")),
        kit.soap("CheckUser"),
        kit.Reply(kit.soap_fault(10008), status=500),
        kit.soap("CheckUser", kit.error_type(10001)),
    )
    session = kit.open()
    assert [t.alias for t in session.check_taxpayer(vkn)] == ["urn:mail:pk1@x.com"]
    post = kit.integrator.of("CheckUser")[0]
    assert post.path == "/AuthenticationWS"
    assert (post.text("USER/IDENTIFIER"), post.text("DOCUMENT_TYPE")) == (vkn, "INVOICE")
    assert session.check_taxpayer(vkn) == []
    assert session.check_taxpayer(vkn) == []
    with pytest.raises(Rejected):
        session.check_taxpayer(vkn)


@pytest.mark.shared
def test_the_whole_list_and_the_changes(kit: Any) -> None:
    packed = base64.b64encode(pack_single("l.xml", listed(user(1)))).decode()
    kit.integrator.say("GetGibUserList", kit.soap("GetGibUserList", f"<CONTENT>{packed}</CONTENT>"))
    session = kit.open()
    assert [t.vkn for t in session.taxpayers()] == ["0000000001"]
    list(session.taxpayers(changed_since=datetime(2026, 1, 1, 9, 30, 5, 7, tzinfo=UTC)))
    whole, changes = kit.integrator.of("GetGibUserList")
    assert [whole.text(n) for n in ("TYPE", "DOCUMENT_TYPE", "ALIAS_TYPE")] == ["XML", "INVOICE", "PK"]
    assert whole.request.find("ALIAS_MODIFY_DATE") is None
    assert changes.text("ALIAS_MODIFY_DATE") == "2026-01-01T12:30:05"


@pytest.mark.shared
def test_no_whole_list_is_an_error_and_no_changes_are_none(kit: Any) -> None:
    kit.integrator.say("GetGibUserList", kit.soap("GetGibUserList"))
    session = kit.open()
    with pytest.raises(ContractBroken):
        list(session.taxpayers())
    assert list(session.taxpayers(changed_since=datetime(2026, 1, 1, tzinfo=UTC))) == []

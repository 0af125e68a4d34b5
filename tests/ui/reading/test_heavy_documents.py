"""Large documents are looked at in a child process, small ones where they are; the answer is the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from app.domain.findings import Finding
from app.runtime.children import ChildPool
from app.ui.reading import heavy
from app.ui.reading.fields import fields_of
from app.validation.files import check_file
from app.workflows.validating import check_document
from app.workflows.viewing import watermark_of

TODAY = date(2026, 3, 2)
SMALL = (
    b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"'
    b' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">'
    b"<cbc:Note>n</cbc:Note></Invoice>"
)
BROKEN = b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'
LARGE = SMALL.replace(b"<cbc:Note>n</cbc:Note>", BROKEN + b"<cbc:Note>n</cbc:Note>" * 60_000)


class Children:
    """A pool that tells what it was asked for."""

    def __init__(self, pool: ChildPool) -> None:
        self.pool = pool
        self.asked: list[str] = []

    def call(self, target: str, *args: Any, **limits: Any) -> Any:
        self.asked.append(target)
        return self.pool.call(target, *args, **limits)


class Rules:
    """No package is installed, but there are children."""

    release = ""

    def __init__(self, children: Children) -> None:
        self.children = children

    def check(self, raw: bytes, *, kind: str, issue_date: date | None, file_name: str = "") -> list[Finding]:
        return []

    def run_apart(self, target: str, *args: Any) -> Any:
        return self.children.call(target, *args)


@pytest.fixture
def children() -> Iterator[Children]:
    with ChildPool(1) as pool:
        yield Children(pool)


def test_the_mark_of_a_large_document_is_looked_for_in_a_child(children: Children) -> None:
    assert len(LARGE) > heavy.HEAVY_BYTES > len(SMALL)
    assert heavy.watermark_in(lambda: children, SMALL) == watermark_of(SMALL)
    assert children.asked == []
    assert heavy.watermark_in(lambda: children, LARGE) == watermark_of(LARGE)
    assert children.asked == ["app.workflows.viewing:watermark_of"]


def test_a_large_file_is_checked_in_a_child_without_a_package_too(children: Children) -> None:
    rules = Rules(children)
    assert check_file(SMALL, today=TODAY, rules=rules).findings
    assert children.asked == []
    apart = check_file(LARGE, today=TODAY, rules=rules)
    assert children.asked == ["app.validation.files:own_in_child"]
    here = [f for f in check_file(LARGE, today=TODAY).findings if f.code != "OFFICIAL.NO_PACKAGE"]
    assert [(f.code, f.message) for f in apart.findings] == [(f.code, f.message) for f in here]


def test_the_fields_of_a_document_come_over_as_they_are(children: Children) -> None:
    raw = SMALL.replace(b"<cbc:Note>n</cbc:Note>", b"<cbc:ID>A B\nC</cbc:ID><cbc:ProfileID>x &lt; y</cbc:ProfileID>")
    here = heavy.groups_of(heavy.look(raw, "in", "received", ""))
    there = heavy.groups_of(children.call("app.ui.reading.heavy:look", raw, "in", "received", ""))
    assert here == there == fields_of(raw)
    assert here


def test_the_seals_of_a_large_file_are_looked_at_in_a_child(children: Children) -> None:
    rules = Rules(children)
    here = check_document(LARGE, today=TODAY, rules=None, file_name="a.xml")
    apart = check_document(LARGE, today=TODAY, rules=rules, file_name="a.xml")
    assert children.asked == ["app.validation.files:own_in_child", "app.workflows.validating:seals_in_child"]
    seals = [f for f in here.findings if f.code == "SEAL.BROKEN"]
    assert seals == [f for f in apart.findings if f.code == "SEAL.BROKEN"] and len(seals) == 1
    check_document(SMALL, today=TODAY, rules=rules, file_name="a.xml")
    assert len(children.asked) == 2

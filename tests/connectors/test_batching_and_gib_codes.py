"""Grouping into requests, and GİB's codes."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.connectors.base import Mailbox, OutgoingDocument
from app.connectors.batching import encoded_size, split_batches
from app.connectors.gib_codes import GIB_CODES, ResendRule, gib_code, resend_rule
from app.domain.lifecycle import DocumentKind


def document(serial: int, receiver: str = "pk@a", xml: bytes = b"<Invoice/>") -> OutgoingDocument:
    return OutgoingDocument(
        ettn=f"00000000-0000-4000-8000-{serial:012d}",
        number=f"MUH2026{serial:09d}",
        kind=DocumentKind.INVOICE,
        xml=xml,
        sender=Mailbox(vkn="1234567803", alias="gb@b"),
        receiver=Mailbox(vkn="9876543217", alias=receiver),
    )


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 400))),
    st.integers(1, 5),
    st.integers(4500, 6000),
)
def test_every_document_is_in_one_batch_of_its_own_pair_within_the_limits(
    items: list[tuple[str, int]], most: int, limit: int
) -> None:
    documents = [document(i, receiver) for i, (receiver, _) in enumerate(items)]
    sizes = {d.ettn: size for d, (_, size) in zip(documents, items, strict=True)}
    batches = split_batches(documents, max_documents=most, max_request_bytes=limit, size_of=lambda d: sizes[d.ettn])
    assert sorted(d.ettn for b in batches for d in b) == sorted(d.ettn for d in documents)
    for batch in batches:
        assert len({(d.sender, d.receiver) for d in batch}) == 1
        assert len(batch) <= most
        assert len(batch) == 1 or 4096 + sum(sizes[d.ettn] for d in batch) <= limit
    for receiver in "abc":
        kept = [d.ettn for b in batches for d in b if d.receiver.alias == receiver]
        assert kept == [d.ettn for d in documents if d.receiver.alias == receiver]


def test_sender_labels_are_kept_apart_too() -> None:
    first, second = document(1), document(2)
    second = replace(second, sender=Mailbox(vkn=second.sender.vkn, alias="gb2@b"))
    assert len(split_batches([first, second], max_documents=100, max_request_bytes=5_000_000)) == 2


def test_the_size_is_that_of_the_encoded_content() -> None:
    noise = os.urandom(300_000)
    assert 400_000 < encoded_size(document(1, xml=noise)) < 402_000
    assert encoded_size(document(1, xml=b"a" * 300_000)) < 3_000


def test_an_oversized_document_stands_alone_and_holds_nobody_back() -> None:
    documents = [document(1), document(2, xml=os.urandom(9000)), document(3)]
    batches = split_batches(documents, max_documents=100, max_request_bytes=8000)
    assert [[d.ettn[-1] for d in b] for b in batches] == [["1"], ["2"], ["3"]]


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        (1000, ResendRule.WAIT),
        (1100, ResendRule.WAIT),
        (1110, ResendRule.SAME_ETTN),
        (1150, ResendRule.SAME_ETTN),
        (1163, ResendRule.ASK),
        (1164, ResendRule.ASK),
        (1177, ResendRule.SAME_ETTN),
        (1194, ResendRule.SAME_ETTN),
        (1195, ResendRule.SAME_ETTN),
        (1200, ResendRule.WAIT),
        (1210, ResendRule.WAIT),
        (1215, ResendRule.NEW_ETTN),
        (1220, ResendRule.WAIT),
        (1230, ResendRule.NEW_ETTN),
        (1235, ResendRule.NEVER),
        (1300, ResendRule.NEVER),
        (9999, ResendRule.ASK),
        (-1, ResendRule.ASK),
    ],
)
def test_resend_rule(code: int, rule: ResendRule) -> None:
    assert resend_rule(code) is rule


def test_every_code_has_both_texts() -> None:
    assert all(row.code == code and row.official and row.plain.endswith(".") for code, row in GIB_CODES.items())
    assert gib_code(1150) is GIB_CODES[1150]
    assert gib_code(4242) is None

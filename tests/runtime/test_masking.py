from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.runtime import masking
from app.runtime.masking import mask


@pytest.fixture(autouse=True)
def _nothing_hidden_by_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """PINs and session ids that other tests typed stay hidden in this process; here only our own count."""
    monkeypatch.setattr(masking, "_hidden", set())
    monkeypatch.setattr(masking, "_hidden_pattern", None)


VKN, TCKN = "1234567890", "12345678901"
ETTN = "f47ac10b-58cc-4372-a567-0e02b2c3d479"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (VKN, "12******90"),
        (TCKN, "12*******01"),
        (f"VKN:{VKN}.", "VKN:12******90."),
        (f"{VKN}_fatura.xml", "12******90_fatura.xml"),
        (f'<cbc:ID schemeID="VKN">{VKN}</cbc:ID>', '<cbc:ID schemeID="VKN">12******90</cbc:ID>'),
        (f"b'\\n{VKN}'", "b'\\n12******90'"),
        (f"/sorgu?vkn=%22{VKN}%22", "/sorgu?vkn=%2212******90%22"),
        (f"'\\x22{TCKN}'", "'\\x2212*******01'"),
        ("0123456789000015", "01************15"),  # MERSİS: 0 + VKN + branch
    ],
)
def test_taxpayer_numbers(text: str, expected: str) -> None:
    assert mask(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "ABC2026000000001",
        ETTN,
        "12345678-1234-1234-1234-123456789012",
        "2026-11-21T13:40:00.123456+03:00",
        "123456789",
        "8690504012345",
        "1.234,50 TRY",
        "TEMELFATURA SATIS KABUL 1300 SUCCEED",
        "SESSION_ID alanı boş",
    ],
)
def test_what_a_log_needs_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "<USER_NAME>ayse</USER_NAME><PASSWORD>G1zl!-S0z</PASSWORD>",
        "<ns0:PASSWORD xml:space='preserve'>G1zl!-S0z</ns0:PASSWORD>",
        "<PASSWORD><![CDATA[G1zl!-S0z]]></PASSWORD>",
        "&lt;PASSWORD&gt;G1zl!-S0z&lt;/PASSWORD&gt;",
        "<SESSION_ID>G1zl!-S0z</SESSION_ID>",
        "<wsse:Password Type='#PasswordText'>G1zl!-S0z</wsse:Password>",
        "{'USER_NAME': 'ayse', 'PASSWORD': 'G1zl!-S0z'}",
        "{'PASSWORD': b'G1zl!-S0z'}",
        '{"sessionId": "G1zl!-S0z", "x": 1}',
        '"{\\"password\\": \\"G1zl!-S0z\\"}"',
        "Credentials(user='ayse', password='G1zl!-S0z')",
        "password=G1zl!-S0z&user=ayse",
        "Parola: G1zl!-S0z",
        "şifre = G1zl!-S0z",
        "ŞİFRE: G1zl!-S0z",
        "oturum kimliği: G1zl!-S0z",
        "JSESSIONID=G1zl!-S0z; Path=/",
        "Set-Cookie: oturum=G1zl!-S0z; HttpOnly",
        "Authorization: Basic G1zl!-S0z",
        "{'Authorization': 'Bearer G1zl!-S0z'}",
        "https://ayse:G1zl!-S0z@example.invalid/x",
        "access_token=G1zl!-S0z",
        "PIN=G1zl!-S0z",
    ],
)
def test_secrets_by_their_names(text: str) -> None:
    masked = mask(text)
    assert "G1zl" not in masked
    assert "S0z" not in masked
    assert masking.STARS in masked


@pytest.mark.parametrize("text", ["PIN 123456 reddedildi", "pin: 1234", "user_pin=987654", "PUK 12345678"])
def test_pins(text: str) -> None:
    assert not re.search(r"\d{4}", mask(text))


def test_a_pin_is_not_seen_in_every_word_that_ends_so() -> None:
    assert mask("spin: 4, 3 deneme kaldı") == "spin: 4, 3 deneme kaldı"


@pytest.mark.parametrize(
    "iban", ["TR330006100519786457841326", "TR33 0006 1005 1978 6457 8413 26", "tr330006100519786457841326"]
)
def test_an_iban_keeps_its_last_two_digits(iban: str) -> None:
    masked = mask(f"IBAN {iban}.")
    assert masked.endswith("26.")
    assert not re.search(r"\d{3}", masked)


@pytest.fixture
def hidden() -> Iterator[str]:
    value = "a'b\"<&>ç/ 9\\x"
    masking.hide(value)
    yield value
    masking.forget(value)


def test_a_value_that_was_handed_over_is_taken_out_in_every_form(hidden: str) -> None:
    escaped = [
        hidden,
        repr(hidden)[1:-1],
        quote(hidden, safe=""),
        "a&#x27;b&quot;&lt;&amp;&gt;ç/ 9\\x",
        ascii(hidden)[1:-1],
    ]
    for form in escaped:
        assert mask(f"önce {form} sonra") == f"önce {masking.STARS} sonra"


def test_a_forgotten_value_is_seen_again() -> None:
    masking.hide("oturum-4711-xyz")
    assert mask("oturum-4711-xyz") == masking.STARS
    masking.forget("oturum-4711-xyz")
    assert mask("oturum-4711-xyz") == "oturum-4711-xyz"


def test_a_hidden_pin_does_not_eat_longer_numbers() -> None:
    masking.hide("2026")
    try:
        assert mask("2026 ABC2026000000001") == f"{masking.STARS} ABC2026000000001"
    finally:
        masking.forget("2026")


def test_short_words_are_never_hidden() -> None:
    masking.hide("demo")
    assert mask("demo ofis") == "demo ofis"


def test_the_longer_of_two_secrets_wins() -> None:
    masking.hide("gizli-kelime")
    masking.hide("gizli-kelime-uzun")
    try:
        assert mask("gizli-kelime-uzun") == masking.STARS
    finally:
        masking.forget("gizli-kelime")
        masking.forget("gizli-kelime-uzun")


@given(
    st.lists(
        st.one_of(
            st.from_regex(r"\A[0-9]{10,11}\Z"),
            st.from_regex(r"\A[A-Za-zçğıİöşü <>='\":;&{}/.,\n-]{1,15}\Z"),
            st.uuids().map(str),
            st.sampled_from(["password=", "<PASSWORD>", "</PASSWORD>", "pin ", "TR", "%22", "&lt;", "session: "]),
        ),
        max_size=12,
    )
)
def test_no_taxpayer_number_survives_and_masking_twice_changes_nothing(parts: list[str]) -> None:
    masked = mask(" ".join(parts))
    without_ettns = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", masked)
    assert not re.search(r"(?<!\d)\d{10,11}(?!\d)", without_ettns)
    assert mask(masked) == masked


@given(st.uuids())
def test_an_ettn_is_never_changed(ettn: UUID) -> None:
    assert mask(f"belge {ettn} gönderildi") == f"belge {ettn} gönderildi"


def test_a_long_text_is_masked_in_good_time() -> None:
    """A soap body of some megabytes must not hang a log line (no nested repetition in the patterns)."""
    body = "<a>" + "session " * 100_000 + "password" * 50_000 + "<" * 100_000 + "pin" * 50_000 + '"' * 50_000 + "</a>"
    assert len(mask(body)) > 1000


def test_a_password_that_is_a_key_word_itself_does_not_uncover_its_neighbours() -> None:
    masking.hide("parola")
    assert mask("parola=gizli") == "***=***"
    assert mask("girilen parola yanlış") == "girilen *** yanlış"

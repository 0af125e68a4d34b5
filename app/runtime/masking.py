"""Taking taxpayer numbers and secrets out of text before it reaches a log or a details fold.

Two nets: patterns (numbers, `password=...`, session elements), and exact values that were handed over with `hide`
the moment they became known (a password read from the keyring, a session id that a login returned). Masking too
much costs a support call a little; masking too little costs a client's data.
"""

from __future__ import annotations

import html
import json
import logging
import re
import threading
import traceback
from urllib.parse import quote, quote_plus

STARS = "***"

# Names whose value is a secret whatever stands before them (USER_PASSWORD, JSESSIONID, x-api-key).
_SECRET = (
    r"(?:pass(?:word|wd|phrase)?|pwd|parola(?:s[ıi])?|[şs][iİı]fre(?:s[iİ])?|session[_ -]?id|session"
    r"|oturum[ _-]?(?:kimli[ğg]i|no)|secret|api[_-]?key|(?:access|auth|refresh|bearer)[_-]?token)"
)
# Short names that would also end an ordinary word (spin, output) count only on their own.
_SHORT_SECRET = r"(?:(?<![^\W_])(?:pin|puk)(?:[_ ]?kodu)?)"
_KEY = rf"(?:{_SECRET}|{_SHORT_SECRET})"
_PREFIX = r"(?:[\w.-]{0,40})"
_FLAGS = re.IGNORECASE

_ELEMENT = re.compile(
    rf"(<(?:[\w.-]{{1,40}}:)?{_PREFIX}?{_KEY}(?:\s[^<>]{{0,500}})?(?<!/)>)(?:<!\[CDATA\[.*?\]\]>|[^<])+",
    _FLAGS | re.DOTALL,
)
_ESCAPED_ELEMENT = re.compile(
    rf"(&lt;(?:[\w.-]{{1,40}}:)?{_PREFIX}?{_KEY}(?:\s[^<>&]{{0,500}})?&gt;)(?:(?!&lt;).)+", _FLAGS | re.DOTALL
)
_PAIR = re.compile(
    rf"""({_KEY}\\?["']?\s{{0,5}}(?:=>|[:=])\s{{0,5}})"""
    rf"""(?:b?\\?"(?:[^"\\]|\\.)*"?|b?\\?'(?:[^'\\]|\\.)*'?|[^\s,;&<>)}}\]"']+)""",
    _FLAGS,
)
_KEY_WORD = re.compile(_KEY, _FLAGS)
_BARE_PIN = re.compile(r"((?<![^\W_])(?:pin|puk)(?:[ _]?kodu)?\s{1,5})\d{4,12}(?!\d)", _FLAGS)
_URL_LOGIN = re.compile(r"(://[^\s/:@]{0,100}:)[^\s/@]+(?=@)")
_AUTHORIZATION = re.compile(r"""(authorization\\?["']?\s{0,5}[:=]\s{0,5}["']?(?:[a-z]+\s+)?)[^\s"',;]+""", _FLAGS)
_COOKIE = re.compile(r"""((?:set-)?cookie\\?["']?\s{0,5}[:=]\s{0,5})[^\r\n]+""", _FLAGS)
_IBAN = re.compile(r"(?<![0-9A-Za-z])TR\d{2}(?:[ \xa0]?\d{4}){5}[ \xa0]?(\d{2})(?!\d)", _FLAGS)
# An ETTN stays readable (it names the document); the taxpayer numbers are 10 and 11 digits, and a MERSİS number
# (16) holds one. %22 and \x22 are escaped quotes whose digits are not part of the number behind them.
_NUMBER = re.compile(
    r"(?P<ettn>(?<![0-9A-Za-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9A-Za-z]))"
    r"|(?:(?<!\d)|(?<=%[0-9a-f]{2})|(?<=\\x[0-9a-f]{2})|(?<=\\u[0-9a-f]{4}))(?P<digits>\d{16}|\d{10,11})(?!\d)",
    _FLAGS,
)

_MIN_HIDDEN = 6
_MIN_HIDDEN_DIGITS = 4
_lock = threading.Lock()
_hidden: set[str] = set()
_hidden_pattern: re.Pattern[str] | None = None


def mask(text: str) -> str:
    """`text` without VKN, TCKN, MERSİS, IBAN, passwords, PINs, session ids and every value given to `hide`.

    A taxpayer number keeps its first and last two digits, so that a line can still be followed. Any thread.
    """
    if _hidden:
        # A secret that is itself a key word (somebody's password is "parola") must leave the key in `parola=...` in
        # place, or the pair behind it is no longer known for one; it goes last.
        text = _pattern_of_hidden().sub(lambda found: found[0] if _KEY_WORD.fullmatch(found[0]) else STARS, text)
    for secret in (_ELEMENT, _ESCAPED_ELEMENT, _COOKIE, _AUTHORIZATION, _PAIR, _BARE_PIN, _URL_LOGIN):
        text = secret.sub(rf"\g<1>{STARS}", text)
    if _hidden:
        text = _pattern_of_hidden().sub(STARS, text)
    text = _IBAN.sub(r"TR" + "*" * 22 + r"\g<1>", text)
    return _NUMBER.sub(_masked_number, text)


def hide(value: str) -> None:
    """From now on `mask` takes this exact value out, also in its escaped forms. Any thread.

    Values under 6 characters (digits: under 4) are left to the patterns: as words they are too common.
    """
    global _hidden_pattern
    if len(value) < (_MIN_HIDDEN_DIGITS if value.isdigit() else _MIN_HIDDEN):
        return
    with _lock:
        _hidden.add(value)
        _hidden_pattern = None


def forget(value: str) -> None:
    """Undo `hide`, for a value that is no secret any more (a session that was closed)."""
    global _hidden_pattern
    with _lock:
        _hidden.discard(value)
        _hidden_pattern = None


class MaskingFilter(logging.Filter):
    """Masks a record in place: message, arguments, traceback, stack and thread name. Lets every record pass.

    Put it on handlers: a filter on a logger does not see the records of the loggers below it.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 - a wrong argument in a log call must not print the arguments to stderr
            message = f"{record.msg} [log arguments do not fit]"
        record.msg = mask(message)
        record.args = None
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
            record.exc_info = None
        if record.exc_text:
            record.exc_text = mask(record.exc_text)
        if record.stack_info:
            record.stack_info = mask(record.stack_info)
        if record.threadName:
            record.threadName = mask(record.threadName)
        return True


def _masked_number(match: re.Match[str]) -> str:
    digits = match["digits"]
    if digits is None:
        return match[0]
    return f"{digits[:2]}{'*' * (len(digits) - 4)}{digits[-2:]}"


def _pattern_of_hidden() -> re.Pattern[str]:
    """Compiled at the first use after a change, not at each change: a store may hand over many values at once."""
    global _hidden_pattern
    with _lock:
        if _hidden_pattern is None:
            forms = {form for value in _hidden for form in _forms(value)}
            # The longest first, or a secret that begins another one would leave the rest in sight.
            alternatives = sorted(forms, key=len, reverse=True) or [r"(?!)"]
            _hidden_pattern = re.compile("|".join(alternatives))
        return _hidden_pattern


def _forms(value: str) -> set[str]:
    """Patterns for `value` as it may stand in XML, a URL, JSON or a Python repr."""
    if value.isdigit():
        # A PIN is a few digits: inside a longer number it is not the PIN.
        return {rf"(?<!\d){value}(?!\d)"}
    escaped = {
        value,
        html.escape(value, quote=True),
        html.escape(value, quote=False),
        quote(value, errors="replace"),
        quote(value, safe="", errors="replace"),
        quote_plus(value, errors="replace"),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
        ascii(value)[1:-1],
    }
    return {re.escape(form) for form in escaped}

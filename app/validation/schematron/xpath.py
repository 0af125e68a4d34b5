"""Cutting XPath into words, just enough to rewrite it safely. No parser: what is not understood stays as it is.

Source: XPath 2.0 recommendation, appendix A.2 (lexical structure) and 3.2 (path expressions).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NAME = r"[^\W\d][\w.\-·]*"
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<string>"(?:[^"]|"")*"|'(?:[^']|'')*')
    |(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<variable>\$\s*(?:{_NAME}:)?{_NAME})
    |(?P<name>(?:\*:{_NAME}|{_NAME}:\*|{_NAME}:(?!:){_NAME}|{_NAME}))
    |(?P<mark>//|::|\.\.|!=|<=|>=|<<|>>|:=|\|\||=>|.)""",
    re.VERBOSE | re.DOTALL,
)
#: After one of these words an operator is expected, so a `/` there goes on with a path instead of starting one.
_STEP_ENDS = frozenset({")", "]", "..", ".", "*"})
#: Words that are operators where an operator is expected; a path starts anew behind them.
_OPERATORS = frozenset(
    """and or div idiv mod eq ne lt le gt ge is to union intersect except instance treat castable cast of as return in
    satisfies then else if for some every let""".split()  # noqa: SIM905 - a list of names reads better as words
)


@dataclass(frozen=True, slots=True)
class Word:
    """One token; `kind` is space, comment, string, number, variable, name or mark."""

    kind: str
    text: str


def words(expression: str) -> list[Word]:
    """The tokens of `expression`; joined again they give exactly that text. Comments `(: :)` are one token each."""
    found: list[Word] = []
    at = 0
    while at < len(expression):
        if expression.startswith("(:", at):
            end = _comment_end(expression, at)
            found.append(Word("comment", expression[at:end]))
            at = end
            continue
        match = _TOKEN.match(expression, at)
        assert match is not None  # the last alternative takes any character
        found.append(Word(str(match.lastgroup), match[0]))
        at = match.end()
    return found


def _comment_end(text: str, at: int) -> int:
    depth = 0
    while at < len(text):
        if text.startswith("(:", at):
            depth += 1
            at += 2
        elif text.startswith(":)", at):
            depth -= 1
            at += 2
            if depth == 0:
                return at
        else:
            at += 1
    return len(text)


def joined(tokens: Sequence[Word]) -> str:
    """The text of `tokens`, each comment replaced by a blank (two words must not grow together)."""
    return "".join(" " if token.kind == "comment" else token.text for token in tokens)


def significant(tokens: Sequence[Word]) -> list[Word]:
    """Without blanks and comments."""
    return [token for token in tokens if token.kind not in ("space", "comment")]


def starts_path(before: Sequence[Word]) -> bool:
    """Whether a path expression can begin after the significant tokens `before` (else it would go on with one)."""
    if not before:
        return True
    last = before[-1]
    if last.kind in ("string", "number", "variable"):
        return False
    if last.kind == "name":
        # `and` may be an operator or an element of that name; the word before it tells which.
        return last.text in _OPERATORS and not starts_path_after_operator(before[:-1], last.text)
    if last.text == "*":
        # Either the product, behind which a path may begin, or the wildcard step.
        goes_on = len(before) > 1 and before[-2].text in ("/", "//", "::", "@")
        return not goes_on and not starts_path(before[:-1])
    return last.text not in _STEP_ENDS and last.text not in ("/", "//", "::", "@", "$")


def starts_path_after_operator(before: Sequence[Word], word: str) -> bool:
    """Whether `word` stands where a step is expected, so that it is an element's name and no operator."""
    if word in ("if", "for", "some", "every", "let"):
        # Keywords stand in front of `(` or `$`, which no element's name does; the caller looks at words after `return`
        # and the like only, so treat them as names: nothing is rewritten behind them.
        return True
    if not before:
        return True
    last = before[-1]
    if last.text in ("/", "//", "::", "@"):
        return True
    return starts_path(before)


def split_union(expression: str) -> list[str]:
    """The alternatives of `a | b` that stand outside any bracket."""
    parts: list[list[Word]] = [[]]
    depth = 0
    for token in words(expression):
        if token.kind == "mark":
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
            if token.text == "|" and depth == 0:
                parts.append([])
                continue
        parts[-1].append(token)
    return [joined(part).strip() for part in parts]


def rename_variables(expression: str, names: dict[str, str]) -> str:
    """`$name` written with its new name, outside strings and comments."""
    if not names:
        return expression
    return joined(
        [
            Word("variable", f"${names[name]}")
            if token.kind == "variable" and (name := _bare(token)) in names
            else token
            for token in words(expression)
        ]
    )


def replace_variables(expression: str, texts: dict[str, str]) -> str:
    """`$name` replaced by a text, as the parameters of an abstract pattern are (also inside strings: ISO says so)."""
    for name in sorted(texts, key=len, reverse=True):
        expression = re.sub(rf"\${re.escape(name)}(?![\w.\-])", lambda _: texts[name], expression)  # noqa: B023
    return expression


def _bare(token: Word) -> str:
    return token.text[1:].strip()

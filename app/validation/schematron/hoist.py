"""Rewriting of tests so that their cost does not grow with the number of lines, each rewrite equal by construction.

1. `//a/b` (names only) depends on nothing but the document: it becomes a variable of the whole sheet. The sheet runs
   over one document, so the root of any node it can stand on is that document.
2. `../a` becomes `key('k', generate-id(..))`, where the key holds the elements `a` by their parent: the same nodes in
   the same order, but found without walking over all the siblings. `generate-id(())` is the empty string, and no
   element has a parent of that id. A predicate behind it sees the same sequence, for `..` is one node at most.
3. `ancestor::x/a` becomes `ancestor::x/key('k', generate-id(.))` for the same reason, step by step.
4. `max(preceding-sibling::node()/xs:decimal(a))` becomes the running maximum of an accumulator, kept per parent, and
   `not(preceding-sibling::node()/a)` asks one that notes where an `a` has been: a test of every line against all
   earlier lines of its account costs the square of the lines otherwise. `not(preceding-sibling::node())` asks whether
   the node is its parent's first.
5. `contains($list, concat(',', x, ','))`, the way in which all code lists are asked, becomes a look-up among the parts
   of the list: where `x` itself holds no comma, `,x,` stands in the list exactly when `x` is one of the parts between
   two commas. Where it does hold one, and in small documents (the table of parts costs more than it saves there), the
   question is asked as written.
6. `current-date()` becomes the day that the caller gives: the application has one clock.
7. Looks ahead over the whole rest of the document: see `lookahead`.
8. `base-uri()` is asked through a function of the sheet: a file that is still being made has its final name already.

Nothing is rewritten that is not understood to the last word.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from app.validation.schematron.lookahead import look_ahead
from app.validation.schematron.xpath import Word, joined, significant, starts_path, words

PREFIX = "mhr"
NAMESPACE = "urn:muhurdar:schematron"
TODAY = f"{PREFIX}:today"
#: The base URI of a node, under the name that the caller gives the document.
NAMED = f"{PREFIX}:named"
#: Whether the document has so many elements that tables of its code lists pay.
MANY = f"{PREFIX}:many"
MANY_ELEMENTS = 2_000
_AXES = frozenset({"ancestor", "ancestor-or-self"})
_ORDERED = frozenset({"xs:decimal", "xs:integer", "xs:date"})


@dataclass(slots=True)
class Hoisted:
    """What the rewritten tests need at the top of the sheet. With `active` False only the clock is replaced."""

    active: bool = True
    #: Absolute path -> name of its variable.
    paths: dict[str, str] = field(default_factory=dict)
    #: Element name -> name of its key.
    keys: dict[str, str] = field(default_factory=dict)
    #: (max or min, type, element name) -> name of its accumulator.
    runs: dict[tuple[str, str, str], str] = field(default_factory=dict)
    #: Element name -> the run of the greatest or least that is asked for anyway: it knows whether there was one, too.
    kept: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    #: Top-level variables whose value is one string; of these, those asked as lists -> name of the map.
    strings: set[str] = field(default_factory=set)
    lists: dict[str, str] = field(default_factory=dict)
    #: Element name looked ahead for -> the letters that its functions begin with.
    ahead: dict[str, str] = field(default_factory=dict)
    #: XPath 1.0 compatibility: comparisons mean something else there.
    compat: bool = False
    _binds: bool = False

    def rewrite(self, expression: str) -> str:
        """The same expression, cheaper."""
        tokens = [token for token in words(expression) if token.kind != "comment"]
        # A name that the expression binds itself may hide one of the lists.
        self._binds = any(t.kind == "name" and t.text in ("for", "some", "every", "let", "function") for t in tokens)
        return self._rewritten(tokens)

    def _rewritten(self, tokens: list[Word]) -> str:
        out: list[Word] = []
        at = 0
        while at < len(tokens):
            made, used = self._at(tokens, at, significant(out))
            if used:
                out.append(Word("variable", made))
                at += used
            else:
                out.append(tokens[at])
                at += 1
        return joined(out)

    def _at(self, tokens: list[Word], at: int, before: list[Word]) -> tuple[str, int]:
        """(replacement, how many tokens it replaces); zero when nothing starts here."""
        token = tokens[at]
        if token.kind == "name" and token.text in ("current-date", "fn:current-date"):
            return _today(tokens, at)
        if token.kind == "name" and token.text in ("base-uri", "fn:base-uri") and starts_path(before):
            return _base_uri(tokens, at)
        if not self.active:
            return "", 0
        if token.kind == "mark" and token.text == "//" and starts_path(before):
            return self._absolute(tokens, at)
        if token.kind == "mark" and token.text == ".." and starts_path(before):
            return self._parent(tokens, at)
        if token.kind == "name" and token.text in _AXES and starts_path(before):
            return self._ancestor(tokens, at)
        if token.kind == "name" and token.text in ("max", "min"):
            return self._running(tokens, at)
        if token.kind == "name" and token.text == "not":
            made = self._seen_before(tokens, at)
            return made if made[1] else self._ahead(tokens, at, before)
        if token.kind == "name" and token.text == "following":
            return self._ahead(tokens, at, before)
        if token.kind == "name" and token.text == "contains" and not self._binds:
            return self._listed(tokens, at)
        return "", 0

    def path(self, path: str) -> str:
        """The variable that holds an absolute path of names."""
        return f"${PREFIX}:{self.paths.setdefault(path, f'g{len(self.paths) + 1}')}"

    def key(self, name: str) -> str:
        return f"{PREFIX}:{self.keys.setdefault(name, f'k{len(self.keys) + 1}')}"

    def _absolute(self, tokens: list[Word], at: int) -> tuple[str, int]:
        """`//a/b`: as many plain steps as there are; a step with a predicate stays, for `//a[1]` is per parent."""
        steps: list[str] = []
        used = 1
        while True:
            name = _element_name(tokens, at + used)
            if name is None or _next_text(tokens, at + used + 1) == "[":
                break
            steps.append(name)
            used += 1
            if _text(tokens, at + used) != "/":
                break
            used += 1
        if not steps:
            return "", 0
        if _text(tokens, at + used - 1) == "/":
            used -= 1
        return self.path("//" + "/".join(steps)), used

    def _parent(self, tokens: list[Word], at: int) -> tuple[str, int]:
        ups, used = 1, 1
        while _text(tokens, at + used) == "/" and _text(tokens, at + used + 1) == "..":
            ups += 1
            used += 2
        if _text(tokens, at + used) != "/":
            return "", 0
        name = _element_name(tokens, at + used + 1)
        if name is None:
            return "", 0
        chain = "/".join([".."] * ups)
        return f"key('{self.key(name)}', generate-id({chain}))", used + 2

    def _ancestor(self, tokens: list[Word], at: int) -> tuple[str, int]:
        axis = tokens[at].text
        if _text(tokens, at + 1) != "::" or (owner := _element_name(tokens, at + 2)) is None:
            return "", 0
        if _text(tokens, at + 3) != "/" or (name := _element_name(tokens, at + 4)) is None:
            return "", 0
        return f"{axis}::{owner}/key('{self.key(name)}', generate-id(.))", 5

    def _running(self, tokens: list[Word], at: int) -> tuple[str, int]:
        """`max(preceding-sibling::node()/xs:decimal(a))`, and `min`, and the other types whose values have an order."""
        rest = [token.text for token in tokens[at : at + 13]]
        if len(rest) < 13 or rest[1:9] != ["(", "preceding-sibling", "::", "node", "(", ")", "/", rest[8]]:
            return "", 0
        kind, name = rest[8], rest[10]
        if (
            kind not in _ORDERED
            or rest[9] != "("
            or _element_name(tokens, at + 10) is None
            or rest[11:13] != [")", ")"]
        ):
            return "", 0
        return f"({self._run(rest[0], kind, name)} treat as {kind}?)", 13

    def _seen_before(self, tokens: list[Word], at: int) -> tuple[str, int]:
        """`not(preceding-sibling::node()/a)` and `not(preceding-sibling::node())`."""
        rest = [token.text for token in tokens[at : at + 10]]
        if rest[1:8] == ["(", "preceding-sibling", "::", "node", "(", ")", ")"]:
            node = f"${PREFIX}:n"
            apart = " or ".join(f"{node} instance of {kind}()" for kind in ("attribute", "namespace-node"))
            return f"(for {node} in . return empty({node}/..) or {apart} or {node}/../node()[1] is {node})", 8
        if len(rest) < 10 or rest[1:8] != ["(", "preceding-sibling", "::", "node", "(", ")", "/"]:
            return "", 0
        name = _element_name(tokens, at + 8)
        if name is None or rest[9] != ")":
            return "", 0
        if name in self.kept:
            return f"empty({self._run(*self.kept[name])})", 10
        return f"not({self._run('some', 'xs:boolean', name)})", 10

    def _run(self, function: str, kind: str, name: str) -> str:
        """What the accumulator holds for the parent of the node one stands on, before that node."""
        run = f"{PREFIX}:{self.runs.setdefault((function, kind, name), f'a{len(self.runs) + 1}')}"
        return f".[not(. instance of attribute())]/accumulator-before('{run}')(generate-id(..))"

    def _ahead(self, tokens: list[Word], at: int, before: list[Word]) -> tuple[str, int]:
        """What `lookahead` knows how to ask: the call of its function."""
        kind, name, other, used = ("", "", "", 0) if self.compat else look_ahead(tokens, at, before)
        if not used:
            return "", 0
        asked = self.ahead.setdefault(name, f"f{len(self.ahead) + 1}")
        return f"{PREFIX}:{asked}{kind}(.{f', {other}' if other else ''})", used

    def _listed(self, tokens: list[Word], at: int) -> tuple[str, int]:
        """`contains($list, concat(',', x, y, ','))`."""
        places = [i for i in range(at, len(tokens)) if tokens[i].kind != "space"]
        text = [tokens[i].text for i in places]
        if len(text) < 12 or text[1] != "(" or tokens[places[2]].kind != "variable" or text[2][1:] not in self.strings:
            return "", 0
        if text[3:8] != [",", "concat", "(", "','", ","]:
            return "", 0
        depth, end = 1, 8
        while end < len(text) and depth:
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(text[end], 0) if tokens[places[end]].kind == "mark" else 0
            end += 1
        # `end` is behind the bracket of concat; before it stand `, ','`, behind it the bracket of contains.
        if depth or end >= len(text) or text[end] != ")" or text[end - 3 : end - 1] != [",", "','"] or end - 3 <= 8:
            return "", 0
        inner = self._rewritten(tokens[places[8] : places[end - 3]])
        name = text[2]
        held = f"${PREFIX}:{self.lists.setdefault(name, f'l{len(self.lists) + 1}')}"
        asked = f"${PREFIX}:x"
        return (
            f"(for {asked} in concat('', {inner}, '') return if (not(${MANY}) or contains({asked}, ',')) "
            f"then contains({name}, concat(',', {asked}, ',')) else map:contains({held}, {asked}))"
        ), places[end] - at + 1


def _today(tokens: list[Word], at: int) -> tuple[str, int]:
    return (f"${TODAY}", 3) if _text(tokens, at + 1) == "(" and _text(tokens, at + 2) == ")" else ("", 0)


def _base_uri(tokens: list[Word], at: int) -> tuple[str, int]:
    """`base-uri()` and `base-uri(.)`."""
    rest = [_text(tokens, at + i) for i in range(1, 4)]
    size = 3 if rest[:2] == ["(", ")"] else 4 if rest == ["(", ".", ")"] else 0
    return (f"{NAMED}(.)", size) if size else ("", 0)


def _text(tokens: list[Word], at: int) -> str:
    return tokens[at].text if at < len(tokens) and tokens[at].kind == "mark" else ""


def _next_text(tokens: list[Word], at: int) -> str:
    """The text of the next token that is no blank."""
    while at < len(tokens) and tokens[at].kind == "space":
        at += 1
    return tokens[at].text if at < len(tokens) else ""


def _element_name(tokens: list[Word], at: int) -> str | None:
    """The plain element name at `at`: no wildcard, no function, no axis."""
    if at >= len(tokens) or tokens[at].kind != "name" or "*" in tokens[at].text:
        return None
    return None if _next_text(tokens, at + 1) in ("(", "::") else tokens[at].text

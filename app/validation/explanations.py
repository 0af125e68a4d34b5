"""GİB's rules in the user's words: what is wrong, why GİB wants it, how to mend it. The texts are data.

`resources/explanations/*.json` hold one entry per rule, or per sentence of a rule that says several things; `when` is
the word in the official sentence that tells them apart. `code` is ours and stays the same when GİB changes its files.
Source: e-Fatura Schematron 20260312 (UBL-TR_Common_Schematron.xml), read with the guides of the same package.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Final

from app.runtime.resources import resource_path

FOLDER: Final = "explanations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One entry. `field` is a place in the draft (`lines[].unit`: the line is the finding's own); `fix` is what a
    click may set there (`profile=TEMELFATURA`), empty where no mend is safe without a person's thought.
    """

    code: str
    rule: str
    what: str
    why: str
    how: str
    when: str = ""
    field: str = ""
    fix: str = ""

    @property
    def message(self) -> str:
        """What is wrong and what to do, as a finding says it."""
        return f"{self.what} {self.how}"


@cache
def all_explanations() -> tuple[Explanation, ...]:
    """Every entry, in the order of the files."""
    found = []
    for path in sorted(resource_path(FOLDER).glob("*.json")):
        found += [Explanation(**entry) for entry in json.loads(path.read_text("utf-8"))["explanations"]]
    return tuple(found)


@cache
def _by_rule() -> dict[str, tuple[Explanation, ...]]:
    """Entries per rule; those that look for a word in the sentence come before the one that takes the rest."""
    rules: dict[str, list[Explanation]] = {}
    for entry in all_explanations():
        rules.setdefault(entry.rule, []).append(entry)
    return {rule: tuple(sorted(entries, key=lambda entry: not entry.when)) for rule, entries in rules.items()}


def explain(rule: str, official: str) -> Explanation | None:
    """The entry for a failed rule by the rule's id and the official sentence; None where we have no words of ours.

    A sentence that no entry of its rule knows (a newer release) gets the rule's general entry, if there is one.
    """
    sentence = " ".join(official.split())
    for entry in _by_rule().get(rule, ()):
        if not entry.when or entry.when in sentence:
            return entry
    return None

"""The codes to choose from in an editor: those of the installed GİB package with the program's Turkish words for them.

One catalogue serves the whole process, as one office is open in it. `code_source` fetches it and says when it changes;
until then the built-in facts serve. `current` may be asked on any thread, `adopt` is for the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from app.domain.turkish import fold
from app.ubl import codes
from app.validation import builtin
from app.validation.packages.lists import CodeLists, built_in_lists

Choices = list[tuple[str, str]]

_COMMON_PAYMENTS: Final[tuple[str, ...]] = ("42", "10", "48", "20", "1")
#: Names of `ubl.codes.named_list` -> the list of the package that says the same.
_OFFICIAL: Final[Mapping[str, str]] = {
    "countries": "country",
    "payment_means": "payment_means",
    "incoterms": "delivery_terms",
    "transport_modes": "transport_mode",
    "packages": "packaging",
    "exemptions": "exemption",
    "withholdings": "withholding",
}


@dataclass(frozen=True, kw_only=True)
class Option:
    """One choice of a picker: `KGM`, what a cell shows, and the words it is found by."""

    code: str
    short: str
    title: str
    #: One more spelling that means it: a country's code where its name is what is kept.
    also: str = ""

    @cached_property
    def folded(self) -> str:
        return fold(f"{self.code} {self.title} {self.also}")

    @cached_property
    def names(self) -> frozenset[str]:
        """The spellings that mean this option and no other."""
        return frozenset(fold(text) for text in (self.code, self.short, self.title, self.also) if text)


class Catalogue:
    """The lists of one release. A code for which the program has no word stands for itself."""

    def __init__(self, lists: CodeLists) -> None:
        self._lists = lists

    @cached_property
    def key(self) -> tuple[object, ...]:
        """Equal for catalogues that offer the same."""
        return (
            self._lists.release,
            tuple(sorted(self._lists.lists.items())),
            tuple(sorted(self._lists.percents.items())),
        )

    def warm(self) -> Catalogue:
        """Make the long lists ready, off the GUI thread, with the words they are searched by."""
        for option in (*self.units, *self.exemptions, *self.withholdings, *self.taxes, *self.currencies):
            _ = option.folded
        return self

    @cached_property
    def units(self) -> list[Option]:
        return [
            Option(code=code, short=name, title=f"{name} · {code}" if name != code else code)
            for code, name in self._named("unit")
        ]

    @cached_property
    def withholdings(self) -> list[Option]:
        found = []
        for code, name in self._named("withholding"):
            rate = self.withholding_rate(code)
            short = f"{code} · %{rate}" if rate is not None else code
            found.append(Option(code=code, short=short, title=f"{short} · {name}" if name != code else short))
        return found

    @cached_property
    def exemptions(self) -> list[Option]:
        return [_plain(code, name) for code, name in self._named("exemption")]

    @cached_property
    def taxes(self) -> list[Option]:
        """Every tax beside KDV."""
        known = codes.tax_types()
        return [
            Option(code=code, short=known[code].short if code in known else code, title=_plain(code, name).title)
            for code, name in self._named("tax_type")
            if code != "0015"
        ]

    @cached_property
    def currencies(self) -> list[Option]:
        return [_plain(code, name) for code, name in self._named("currency")]

    @cached_property
    def payments(self) -> list[Option]:
        """The usual ones first."""
        named = dict(self._named("payment_means"))
        order = [code for code in _COMMON_PAYMENTS if code in named]
        order += [code for code in named if code not in order]
        return [
            Option(code=code, short=named[code], title=f"{named[code]} ({code})" if named[code] != code else code)
            for code in order
        ]

    @cached_property
    def party_schemes(self) -> list[Option]:
        """Kinds of number a party may have besides its tax number."""
        return [_plain(code, name) for code, name in self._named("party_scheme") if code not in ("VKN", "TCKN")]

    @cached_property
    def country_names(self) -> list[Option]:
        """Countries by name, as an address keeps them; found by their codes too. The own one first."""
        named = sorted(self._named("country"), key=lambda pair: pair[0] != "TR")
        return [Option(code=name, short=name, title=name, also=code) for code, name in named]

    def named(self, list_name: str) -> list[Option]:
        """Any list of `ubl.codes.named_list`, or `country_names`. Raises: KeyError for a name that no list has."""
        if list_name == "country_names":
            return self.country_names
        official = _OFFICIAL.get(list_name)
        if official is None or not self._lists.get(official):
            return [_plain(code, named.name) for code, named in codes.named_list(list_name).items()]
        return [_plain(code, name) for code, name in self._named(official)]

    def profiles(self) -> Choices:
        """(code, name) of the scenarios: the ordinary ones first, then every other one of the list."""
        return _ordered(self._named("profile"), builtin.ISSUED_PROFILES)

    def types(self, profile: str) -> Choices:
        """(code, name) of the types that this scenario lets through, the ordinary ones first.

        Which pairs go together stands in no list of the package: a type or a scenario that the program does not know
        is offered with all, and GİB's own rules judge the pair.
        """
        known, every = codes.profiles().get(profile), codes.invoice_types()
        named = self._named("invoice_type")
        if known is not None:
            named = [(code, name) for code, name in named if code in known.types or code not in every]
        return _ordered(named, builtin.ISSUED_TYPES)

    def withholding_rate(self, code: str) -> int | None:
        """Today's percent of a tevkifat code: the program's where the package accepts it, else the package's highest.
        None for a code that is not known."""
        known, accepted = codes.withholdings().get(code), self._lists.percents.get(code, ())
        if known is not None and (not accepted or known.current in accepted):
            return known.current
        return max(accepted, default=None)

    def _named(self, name: str) -> list[tuple[str, str]]:
        return [(code, self._lists.name(name, code)) for code in self._lists.get(name)]


def _plain(code: str, name: str) -> Option:
    title = f"{code} · {name}" if name != code else code
    return Option(code=code, short=title, title=title)


def _ordered(named: Sequence[tuple[str, str]], first: Sequence[str]) -> Choices:
    names = dict(named)
    ordered = [code for code in first if code in names]
    return [(code, names[code]) for code in (*ordered, *(code for code in names if code not in ordered))]


_current: Catalogue | None = None


def current() -> Catalogue:
    """What serves now."""
    return _current if _current is not None else _built_in()


def adopt(catalogue: Catalogue | None) -> bool:
    """Let this one serve from now on (None: the built-in facts); whether anything is different by it."""
    global _current
    was, _current = current(), catalogue
    return current() is not was and current().key != was.key


@lru_cache(maxsize=1)
def _built_in() -> Catalogue:
    return Catalogue(built_in_lists())


def country_names() -> list[Option]:
    """For a field that keeps a country by its name."""
    return current().country_names


def by_code(options: Callable[[], list[Option]]) -> Mapping[str, Option]:
    """The options that a column offers now, by their codes."""
    return _by_code(options, current())


@lru_cache(maxsize=16)
def _by_code(options: Callable[[], list[Option]], _of: Catalogue) -> Mapping[str, Option]:
    return {option.code: option for option in options()}

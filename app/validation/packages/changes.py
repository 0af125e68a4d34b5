"""What a release of a package adds, removes and changes against another one: rules and codes, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.validation.packages.content import Package, PackageKind
from app.validation.packages.lists import lists_of
from app.validation.schematron.model import read_schema

#: Files that have no rules of their own to name; the e-Arşiv package brings its rules compiled.
_SCHEMAS = (".xsd", ".xsl", ".xslt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Rule codes; codes by the official name of their list; names of schema files that differ."""

    added_rules: tuple[str, ...] = ()
    removed_rules: tuple[str, ...] = ()
    changed_rules: tuple[str, ...] = ()
    added_codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    removed_codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    changed_files: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        rules = self.added_rules or self.removed_rules or self.changed_rules
        return not (rules or self.added_codes or self.removed_codes or self.changed_files)

    def to_json(self) -> dict[str, object]:
        return {
            "added_rules": list(self.added_rules),
            "removed_rules": list(self.removed_rules),
            "changed_rules": list(self.changed_rules),
            "added_codes": {name: list(codes) for name, codes in self.added_codes.items()},
            "removed_codes": {name: list(codes) for name, codes in self.removed_codes.items()},
            "changed_files": list(self.changed_files),
        }

    def lines(self) -> list[str]:
        """For people, one sentence each."""
        found = [
            f"{words}: {', '.join(codes)}"
            for words, codes in (
                ("Eklenen kurallar", self.added_rules),
                ("Kaldırılan kurallar", self.removed_rules),
                ("Değişen kurallar", self.changed_rules),
                ("Değişen şema dosyaları", self.changed_files),
            )
            if codes
        ]
        found += [f"{name} listesine eklenenler: {', '.join(codes)}" for name, codes in self.added_codes.items()]
        found += [f"{name} listesinden çıkarılanlar: {', '.join(codes)}" for name, codes in self.removed_codes.items()]
        return found or ["Kurallarda ve kod listelerinde değişiklik yok."]


def changes_between(old: Package, new: Package) -> Changes:
    """From `old` to `new`. Raises: InputError when one of them cannot be read."""
    old_rules, new_rules = rules_of(old), rules_of(new)
    old_lists, new_lists = lists_of(old), lists_of(new)
    names = list({**new_lists, **old_lists})
    added = {name: _missing(new_lists.get(name, ()), old_lists.get(name, ())) for name in names}
    removed = {name: _missing(old_lists.get(name, ()), new_lists.get(name, ())) for name in names}
    schemas = {name for name in {**old.files, **new.files} if name.lower().endswith(_SCHEMAS)}
    return Changes(
        added_rules=tuple(sorted(set(new_rules) - set(old_rules))),
        removed_rules=tuple(sorted(set(old_rules) - set(new_rules))),
        changed_rules=tuple(sorted(c for c in set(old_rules) & set(new_rules) if old_rules[c] != new_rules[c])),
        added_codes={name: codes for name, codes in added.items() if codes},
        removed_codes={name: codes for name, codes in removed.items() if codes},
        changed_files=tuple(sorted(name for name in schemas if old.files.get(name) != new.files.get(name))),
    )


def rules_of(package: Package) -> dict[str, frozenset[tuple[str, str, str]]]:
    """The tests behind each rule code: file, context and test, blanks aside."""
    mains = {
        PackageKind.E_INVOICE: ["schematron/UBL-TR_Main_Schematron.xml"],
        PackageKind.LEDGER: [name for name in package.files if name.startswith("sch/")],
    }.get(package.kind, [])
    found: dict[str, set[tuple[str, str, str]]] = {}
    for main in mains:
        for pattern in read_schema(main, package.files.__getitem__).patterns:
            for rule in pattern.rules:
                for check in rule.checks:
                    entry = (main, " ".join(rule.context.split()), " ".join(check.test.split()))
                    found.setdefault(check.code, set()).add(entry)
    return {code: frozenset(tests) for code, tests in found.items()}


def _missing(codes: tuple[str, ...], among: tuple[str, ...]) -> tuple[str, ...]:
    known = set(among)
    return tuple(code for code in codes if code not in known)

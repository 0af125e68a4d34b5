"""Where a finding belongs in a form: which field it speaks of, which part of the form hides it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.domain.findings import Finding, Severity
from app.ui.editor.fields import Field
from app.ui.editor.folding import FoldSection


def field_of(fields: Iterable[Field], place: str) -> Field | None:
    """The field that belongs to a finding's place: the one that names it most exactly, else one of its parts."""
    best: tuple[int, Field] | None = None
    part: Field | None = None
    for field in fields:
        for known in field.places:
            fits = place == known or place.startswith((f"{known}.", f"{known}["))
            if fits and (best is None or len(known) > best[0]):
                best = len(known), field
            if part is None and known.startswith(f"{place}."):
                part = field
    return best[1] if best is not None else part


def section_of(sections: Mapping[str, FoldSection], field: Field) -> FoldSection | None:
    """The part of the form that a field stands in."""
    return next((section for section in sections.values() if section.isAncestorOf(field)), None)


def show_findings(fields: Sequence[Field], sections: Mapping[str, FoldSection], findings: Iterable[Finding]) -> None:
    """The worst finding of each field stands below it; a folded part says how many it hides."""
    worst: dict[int, Finding] = {}
    counts: dict[str, list[Severity]] = {}
    for finding in findings:
        field = field_of(fields, finding.field)
        if field is None or finding.severity is Severity.INFO:
            continue
        if (section := section_of(sections, field)) is not None:
            counts.setdefault(section.key, []).append(finding.severity)
        if id(field) not in worst or finding.severity is Severity.ERROR:
            worst[id(field)] = finding
    for field in fields:
        field.show_finding(worst.get(id(field)))
    for name, section in sections.items():
        found = counts.get(name, [])
        errors = found.count(Severity.ERROR)
        section.show_fault("error" if errors else "warn", errors or len(found))

"""Reading a Schematron schema: includes, abstract rules and patterns, phases; all resolved into flat lists.

Source: ISO/IEC 19757-3 and the official UBL-TR package, whose ways are respected: an include by `#id` takes the element
of that id (not the file), and rules that stand outside every pattern are run as one pattern of their own.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lxml import etree

from app.domain.errors import AppError, InputError
from app.ubl.xmlsafe import parse
from app.validation.schematron.xpath import replace_variables

ISO = "http://purl.oclc.org/dsdl/schematron"
OLD = "http://www.ascc.net/xml/schematron"
XSL = "http://www.w3.org/1999/XSL/Transform"
#: The pattern that the rules outside every pattern make up.
LOOSE = "general"
_MAX_DEPTH = 20
_LEADING_NAME = re.compile(r"^([A-Z][A-Za-z0-9]*Check)\b")
Read = Callable[[str], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Let:
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a message: fixed `text`, or what the expression `select` gives; `is_name` for `sch:name`."""

    text: str = ""
    select: str = ""
    is_name: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One assert, or (`is_report`) one report. `code` is stable across releases; `severity` error, warning or info."""

    code: str
    test: str
    is_report: bool
    severity: str
    message: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    context: str
    lets: tuple[Let, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    name: str
    lets: tuple[Let, ...]
    rules: tuple[Rule, ...]


@dataclass(slots=True, kw_only=True)
class Schema:
    """`compat`: XPath 1.0 compatibility (no queryBinding or xslt). `foreign` are embedded xsl:function and xsl:key."""

    compat: bool
    namespaces: dict[str, str] = field(default_factory=dict)
    lets: list[Let] = field(default_factory=list)
    patterns: list[Pattern] = field(default_factory=list)
    foreign: list[etree._Element] = field(default_factory=list)
    phases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    default_phase: str = ""


def broken(why: str, raw: str = "") -> InputError:
    """A schema that cannot be used."""
    return InputError(
        "PACKAGE.SCHEMATRON",
        "GİB kuralları (Schematron) kullanılamıyor.",
        why=why,
        todo="Paketi GİB'in sayfasından yeniden indirin; sürerse destek ekibine iletin.",
        raw_text=raw or None,
    )


def read_schema(name: str, read: Read) -> Schema:
    """The schema of the file `name`; `read` gives the bytes of a file by its name. Raises: InputError."""
    return _Reader(read).schema(name)


class _Reader:
    def __init__(self, read: Read) -> None:
        self._read = read
        self._trees: dict[str, etree._Element] = {}
        self._rules: dict[str, etree._Element] = {}
        self._patterns: dict[str, etree._Element] = {}
        self._diagnostics: dict[str, etree._Element] = {}

    def schema(self, name: str) -> Schema:
        root = self._resolved(self._tree(name), name, 0)
        if _local(root) != "schema":
            raise broken(f"{name} bir Schematron dosyası değil.")
        binding = (root.get("queryBinding") or "xslt").lower()
        if binding not in ("xslt", "xslt1", "xslt2", "xslt3", "xpath2", "xpath3"):
            raise broken(f"{name} bilinmeyen bir sorgu dili istiyor ({binding[:40]}).")
        schema = Schema(compat=binding in ("xslt", "xslt1"), default_phase=root.get("defaultPhase") or "")
        for element in root.iter(etree.Element):
            identity = element.get("id")
            if _local(element) == "rule" and element.get("abstract") == "true" and identity:
                self._rules.setdefault(identity, element)
            elif _local(element) == "pattern" and element.get("abstract") == "true" and identity:
                self._patterns.setdefault(identity, element)
            elif _local(element) == "diagnostic" and identity:
                self._diagnostics.setdefault(identity, element)
        loose: list[Rule] = []
        for number, child in enumerate(root.iterchildren(etree.Element)):
            kind = _local(child)
            if child.tag in (f"{{{XSL}}}function", f"{{{XSL}}}key"):
                schema.foreign.append(child)
            elif kind == "ns":
                schema.namespaces[child.get("prefix") or ""] = child.get("uri") or ""
            elif kind == "let":
                schema.lets.append(_let(child))
            elif kind == "phase":
                schema.phases[child.get("id") or ""] = tuple(
                    active.get("pattern") or "" for active in child if _local(active) == "active"
                )
            elif kind == "rule" and child.get("abstract") != "true":
                loose.append(self._rule(child, LOOSE, {}))
            elif kind == "pattern" and child.get("abstract") != "true":
                schema.patterns.append(self._pattern(child, number))
        if loose:
            schema.patterns.insert(0, Pattern(name=LOOSE, lets=(), rules=tuple(loose)))
        if not any(pattern.rules for pattern in schema.patterns):
            raise broken(f"{name} içinde hiç kural yok.")
        return schema

    def _tree(self, name: str) -> etree._Element:
        if name not in self._trees:
            try:
                self._trees[name] = parse(self._read(name)).getroot()
            except KeyError as error:
                raise broken(f"Kuralların istediği {name} dosyası pakette yok.") from error
            except AppError as error:
                raise broken(f"{name} okunamadı: {error.why or error.what}", error.raw_text or "") from error
        return self._trees[name]

    def _resolved(self, element: etree._Element, name: str, depth: int) -> etree._Element:
        """`element` with each `include` replaced by the element it names."""
        if depth > _MAX_DEPTH:
            raise broken("Kural dosyaları birbirini sonsuza dek çağırıyor.")
        for include in [child for child in element.iter(etree.Element) if _local(child) == "include"]:
            parent = include.getparent()
            if parent is None:
                raise broken(f"{name} yalnız başka bir dosyayı çağırıyor.")
            file, _, identity = (include.get("href") or "").partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), file)) if file else name
            if "://" in file or target.startswith(("/", "..")):
                raise broken(f"Kurallar paketin dışındaki bir dosyayı istiyor ({file[:80]}).")
            found: etree._Element | None = self._tree(target)
            if identity:
                found = next((e for e in self._tree(target).iter(etree.Element) if e.get("id") == identity), None)
            if found is None:
                raise broken(f"{target} içinde '{identity[:60]}' adlı bölüm yok.")
            # A copy: the same part may be taken in twice, and lxml moves what is put elsewhere.
            copy = etree.fromstring(etree.tostring(found, with_tail=False))
            parent.replace(include, self._resolved(copy, target, depth + 1))
        return element

    def _pattern(self, element: etree._Element, number: int) -> Pattern:
        name = element.get("id") or element.get("name") or f"pattern{number}"
        texts: dict[str, str] = {}
        source = element
        if element.get("is-a"):
            texts = {child.get("name") or "": child.get("value") or "" for child in element if _local(child) == "param"}
            abstract = self._patterns.get(element.get("is-a") or "")
            if abstract is None:
                raise broken(f"'{element.get('is-a')}' adlı soyut bölüm yok.")
            source = abstract
        lets = [
            _let(child, texts)
            for holder in {id(e): e for e in (source, element)}.values()
            for child in holder
            if _local(child) == "let"
        ]
        rules = [
            self._rule(child, name, texts)
            for child in source
            if _local(child) == "rule" and child.get("abstract") != "true"
        ]
        return Pattern(name=name, lets=tuple(lets), rules=tuple(rules))

    def _rule(self, element: etree._Element, pattern: str, texts: dict[str, str]) -> Rule:
        context = _filled(element.get("context") or "", texts)
        if not context.strip():
            raise broken(f"'{pattern}' bölümünde nereye bakacağı yazılmamış bir kural var.")
        lets: list[Let] = []
        checks: list[Check] = []
        self._collect(element, element.get("id") or "", pattern, texts, lets, checks, 0)
        return Rule(context=context, lets=tuple(lets), checks=tuple(checks))

    def _collect(
        self,
        rule: etree._Element,
        identity: str,
        pattern: str,
        texts: dict[str, str],
        lets: list[Let],
        checks: list[Check],
        depth: int,
    ) -> None:
        """The lets and checks of a rule in their order, those of the rules it extends in their place."""
        if depth > _MAX_DEPTH:
            raise broken("Soyut kurallar birbirini sonsuza dek çağırıyor.")
        for child in rule:
            kind = _local(child)
            if kind == "let":
                lets.append(_let(child, texts))
            elif kind == "extends":
                name = child.get("rule") or ""
                base = self._rules.get(name)
                if base is None:
                    raise broken(f"'{name[:60]}' adlı soyut kural yok.")
                self._collect(base, name, pattern, texts, lets, checks, depth + 1)
            elif kind in ("assert", "report"):
                checks.append(self._check(child, identity, pattern, texts))

    def _check(self, element: etree._Element, rule: str, pattern: str, texts: dict[str, str]) -> Check:
        message = _pieces(element, texts)
        for name in (element.get("diagnostics") or "").split():
            if name in self._diagnostics:
                message += [Piece(text=" "), *_pieces(self._diagnostics[name], texts)]
        words = " ".join("".join(piece.text for piece in message).split())
        leading = _LEADING_NAME.match(words)
        code = element.get("id") or (leading[1] if leading else "") or rule
        if not code:
            # The words are what stays when the test is mended in the next release.
            code = f"{pattern}-{hashlib.sha256(words.encode()).hexdigest()[:6]}"
        role = (element.get("role") or element.get("flag") or "").lower()
        severity = "warning" if role.startswith("warn") else "info" if role.startswith("info") else "error"
        test = _filled(element.get("test") or "", texts)
        if not test.strip():
            raise broken(f"'{code}' kuralının denetimi boş.")
        return Check(
            code=code, test=test, is_report=_local(element) == "report", severity=severity, message=tuple(message)
        )


def _pieces(element: etree._Element, texts: dict[str, str]) -> list[Piece]:
    found = [Piece(text=element.text)] if element.text else []
    for child in element:
        if isinstance(child.tag, str):
            kind = _local(child)
            if kind == "value-of":
                found.append(Piece(select=_filled(child.get("select") or "''", texts)))
            elif kind == "name":
                found.append(Piece(select=_filled(child.get("path") or "", texts), is_name=True))
            else:
                found += _pieces(child, texts)
        if child.tail:
            found.append(Piece(text=child.tail))
    return found


def _let(element: etree._Element, texts: dict[str, str] | None = None) -> Let:
    value = element.get("value")
    if value is None:
        raise broken(f"'{element.get('name')}' değişkeninin değeri yazılmamış.")
    return Let(name=element.get("name") or "", value=_filled(value, texts or {}))


def _filled(text: str, texts: dict[str, str]) -> str:
    return replace_variables(text, texts) if texts else text


def _local(element: etree._Element) -> str:
    """The name of a Schematron element, empty for anything else."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    name = etree.QName(tag)
    return name.localname if name.namespace in (ISO, OLD) else ""


def select_phase(schema: Schema, phase: str) -> list[Pattern]:
    """The patterns that `phase` turns on; all of them for an empty name or `#ALL`. Raises: InputError."""
    wanted = schema.default_phase if phase == "#DEFAULT" else phase
    if wanted in ("", "#ALL"):
        return schema.patterns
    if wanted not in schema.phases:
        raise broken(f"'{wanted[:60]}' adlı evre yok.")
    return [p if p.name in schema.phases[wanted] else replace(p, rules=()) for p in schema.patterns]

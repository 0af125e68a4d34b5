"""XSD and Schematron of a ledger file of any size, in a child process that is thrown away afterwards.

The schema reads the file as a stream and keeps nothing of it. The rules see the whole document, for some of them look
at all of it: Saxon reads the file itself, and a first run only asks whether anything fails. Only where something does
are the findings told and their places looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from app.domain.errors import AppError
from app.ubl import xmlsafe
from app.ubl.xmlspots import Spot, find_spots
from app.validation.packages.child import (
    LEDGER_RULES,
    MAX_FINDINGS,
    Row,
    cached,
    capped,
    check,
    is_tool_limit,
    package_of,
    schemas_of,
)
from app.validation.packages.content import Package, PackageKind
from app.validation.packages.xsdwords import in_turkish
from app.validation.schematron.compiler import Compiled, compile_schema
from app.validation.schematron.engine import EngineFailed, FileEngine, Hit
from app.validation.schematron.model import read_schema

_SCHEMA = "xsd/edefter.xsd"
_CHUNK = 1 << 16
_TAG = re.compile(rb"<[^>]*>")
_ENTRIES_TYPE = "{http://www.xbrl.org/int/gl/cor/2006-10-25}entriesType"
_ENGINE_SENTENCE = (
    "GİB kuralları bu belgede çalıştırılamadı; belge denetlenmiş sayılmaz. Alanların biçimini (tarih, sayı) kontrol "
    "edin; sürerse destek ekibine iletin."
)
_MORE_SENTENCE = f"{MAX_FINDINGS} bulgudan sonrası sayılmadı; önce yukarıdakileri düzeltin."


@dataclass(frozen=True, slots=True)
class _Flaw:
    """What the schema says, and the offset (in bytes) of the end of the tag behind which it said so."""

    message: str
    offset: int


def check_whole(paths: Mapping[str, str], file: str, options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Both, of a small file, by a child that goes on living. As `check_schema` and `check_rules`."""
    package = package_of(paths[PackageKind.LEDGER.value])
    rows = check(paths, Path(file).read_bytes(), options)["rows"]
    main = _main_rules(Path(file))
    rules = [entry.code for entry in cached(paths, package, main).entries] if main in package.files else []
    return [
        _answer("xsd", "whole", package, [row for row in rows if row[0] == "xsd"], [_SCHEMA]),
        _answer("schematron", "whole", package, [row for row in rows if row[0] != "xsd"], rules),
    ]


def _answer(engine: str, how: str, package: Package, rows: list[Row], rules: list[str]) -> dict[str, Any]:
    return {
        "engine": engine,
        "how": how,
        "release": package.release.isoformat(),
        "rules": list(dict.fromkeys(rules)),
        "rows": rows,
    }


def check_schema(paths: Mapping[str, str], file: str) -> dict[str, Any]:
    """XSD of a ledger file. `paths` as in `child.check`. Raises: InputError XML.*.

    Gives `engine`, `how`, `release`, `rules` (what was asked) and `rows`.
    """
    package = package_of(paths[PackageKind.LEDGER.value])
    path = Path(file)
    try:
        schema = schemas_of(paths).get(_SCHEMA)
    except AppError as error:
        rows: list[Row] = [["xsd", "error", error.code, error.raw_text or "", error.sentence, None, ""]]
        return _answer("xsd", "stream", package, rows, [])
    flaws, is_cut = _flaws(path, schema)
    _, spots = find_spots(path, offsets={flaw.offset for flaw in flaws}) if flaws else ({}, {})
    rows = []
    seen: set[tuple[int, str]] = set()
    for flaw in flaws[:MAX_FINDINGS]:
        spot = _meant(spots.get(flaw.offset), flaw.message)
        # One text where none may be is told as often as the parser has taken a part of it.
        if (flaw.offset, flaw.message) in seen and "Character content" in flaw.message:
            continue
        seen.add((flaw.offset, flaw.message))
        code, sentence = in_turkish(flaw.message)
        rows.append(["xsd", "error", code, flaw.message[:600], sentence, spot.line if spot else None, _path(spot)])
    return _answer("xsd", "stream", package, _cut_off(rows, "xsd") if is_cut else rows, [_SCHEMA])


def _flaws(path: Path, schema: etree.XMLSchema) -> tuple[list[_Flaw], bool]:
    """What is wrong, at most one more than is told, and whether the file was not looked at to its end for that."""
    at = _Reading(path)
    grown: set[int] = set()
    is_cut = False
    for log in xmlsafe.scan(at.chunks(), schema=schema):
        if not all(is_tool_limit(entry.message) for entry in log):
            grown.add(at.number)
        if len(log) > MAX_FINDINGS:
            is_cut = True
            break
    if not grown:
        return [], False
    # Once more, those chunks tag by tag: what is new in the log then belongs to the tag that was read last.
    at = _Reading(path, finely=frozenset(grown))
    flaws: list[_Flaw] = []
    told = 0
    for log in xmlsafe.scan(at.chunks(), schema=schema):
        flaws += [_Flaw(entry.message, at.offset) for entry in log[told:] if not is_tool_limit(entry.message)]
        told = len(log)
        if is_cut and told > MAX_FINDINGS:
            break
    return flaws, is_cut


class _Reading:
    """Where the reading of a file is: `number` of the chunk given last, `offset` behind what was given last."""

    def __init__(self, path: Path, *, finely: frozenset[int] = frozenset()) -> None:
        self.number = -1
        self.offset = 0
        self._path = path
        self._finely = finely

    def chunks(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                self.number += 1
                for piece in _tags(chunk) if self.number in self._finely else (chunk,):
                    self.offset += len(piece)
                    yield piece


def _tags(chunk: bytes) -> Iterator[bytes]:
    """The chunk cut behind each tag, the text in front of a tag with it."""
    end = 0
    for match in _TAG.finditer(chunk):
        yield chunk[end : match.end()]
        end = match.end()
    if end < len(chunk):
        yield chunk[end:]


def _meant(spot: Spot | None, message: str) -> Spot | None:
    """The element that the message names: the one read last or one that it stands in."""
    named = message.partition("Element '")[2].partition("'")[0]
    return spot.within(named) if spot is not None and named else spot


def _path(spot: Spot | None) -> str:
    return spot.path if spot is not None else ""


def check_rules(paths: Mapping[str, str], file: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Schematron of a ledger file that `check_schema` has read. `options`: `today`, `file_name`.

    Gives what `check_schema` gives; `rules` are the ids of all checks that were asked, none where the package has none
    for this kind. Raises: InputError XML.*.
    """
    package = package_of(paths[PackageKind.LEDGER.value])
    main = _main_rules(Path(file))
    if main not in package.files:
        return _answer("schematron", "whole", package, [], [])
    rules: list[str] = []
    try:
        rows = _rows(paths, package, main, Path(file), options, rules)
    except EngineFailed as error:
        rows = [["schematron", "error", "OFFICIAL.ENGINE", str(error), _ENGINE_SENTENCE, None, ""]]
    return _answer("schematron", "whole", package, rows, rules)


def _rows(
    paths: Mapping[str, str], package: Package, main: str, path: Path, options: Mapping[str, Any], rules: list[str]
) -> list[Row]:
    named = {"today": str(options["today"]), "file_name": str(options.get("file_name") or "")}
    engine = FileEngine()
    document = engine.open(path)
    rules += [entry.code for entry in cached(paths, package, main).entries]
    try:
        engine.load("probe", lambda: _compiled(package, main, probe=True))
        if not engine.fails("probe", document, **named):
            return []
        engine.load("all", lambda: _compiled(package, main))
        hits, is_cut = engine.find("all", document, **named)
    except EngineFailed:
        # One test that breaks must not hide what the others say.
        engine.load("careful", lambda: _compiled(package, main, careful=True))
        hits, is_cut = engine.find("careful", document, **named)
    return _told(engine, document, path, hits, is_cut)


def _compiled(package: Package, main: str, *, probe: bool = False, careful: bool = False) -> Compiled:
    schema = read_schema(main, package.files.__getitem__)
    return compile_schema(schema, careful=careful, probe=probe, nodes_told=0 if probe else MAX_FINDINGS + 1)


def _told(engine: FileEngine, document: Any, path: Path, hits: list[Hit], is_cut: bool) -> list[Row]:
    """The findings in the order of the document, with their places."""
    ordinals = engine.ordinals(document, list(dict.fromkeys(hit.identity for hit in hits if hit.identity)))
    placed = sorted(((ordinals.get(hit.identity, 0), hit) for hit in hits), key=lambda pair: pair[0])
    spots, _ = find_spots(path, ordinals={ordinal for ordinal, _ in placed[:MAX_FINDINGS]} | {1})
    rows: list[Row] = []
    for ordinal, hit in placed[: MAX_FINDINGS + 1]:
        spot = spots.get(ordinal or 1)
        sentence = ""
        if hit.broke:
            sentence = f"{hit.entry.code} kuralı bu alanda denetlenemedi; alanın biçimini (tarih, sayı) kontrol edin."
        place = (_path(spot) + (f"/@{hit.attribute}" if hit.attribute else "")) if ordinal else "/"
        line = spot.line if spot else None
        rows.append(["schematron", hit.entry.severity, hit.entry.code, hit.text, sentence, line, place])
    return _cut_off(rows, "schematron") if is_cut else capped(rows, "schematron", total=len(hits))


def _cut_off(rows: list[Row], layer: str) -> list[Row]:
    return [*rows[:MAX_FINDINGS], [layer, "info", "OFFICIAL.MORE", "", _MORE_SENTENCE, None, ""]]


def _main_rules(path: Path) -> str:
    """The Schematron file for this document, by its root and its entriesType as `child` chooses it."""
    with path.open("rb") as file:
        for element in xmlsafe.pull(iter(lambda: file.read(_CHUNK), b""), tag=_ENTRIES_TYPE):
            root = element.getroottree().getroot()
            return LEDGER_RULES.get((etree.QName(root).localname, (element.text or "").strip()), "")
    return ""

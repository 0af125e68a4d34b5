"""What a child process does with the installed packages. Called by `installed` and `store` through the child pool.

Plain values in, plain values out. A child keeps what it has compiled as long as it lives.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from app.domain.errors import AppError, InputError
from app.ubl import namespaces as ns
from app.ubl.namespaces import cbc, ext
from app.ubl.xmlsafe import parse
from app.validation.packages.content import MAIN_DOCUMENTS, MAIN_SCHEMATRON, Package, PackageKind, read_package
from app.validation.packages.places import Places
from app.validation.packages.schemas import Schemas
from app.validation.packages.xsdwords import in_turkish
from app.validation.schematron.compiler import Compiled, compile_schema, fingerprint
from app.validation.schematron.engine import Engine, EngineFailed
from app.validation.schematron.model import read_schema

MAX_DOCUMENT_BYTES = 512 << 20
#: More of one layer are counted, not listed: nobody reads ten thousand lines of the same complaint.
MAX_FINDINGS = 2_000
_PLACEHOLDER = "{urn:muhurdar:placeholder}MuhurYeri"
_ENVELOPE = f"{{{ns.SBDH}}}StandardBusinessDocument"
_ENVELOPE_SCHEMA = "Envelope/PackageProxy_1_2.xsd"
_HR = "http://www.hr-xml.org/3"
_LEDGER = "http://www.edefter.gov.tr"
_GL = "{http://www.xbrl.org/int/gl/cor/2006-10-25}"
_MAIN = {f"{{urn:oasis:names:specification:ubl:schema:xsd:{name}-2}}{name}": name for name in MAIN_DOCUMENTS}
_INVOICE = f"{{{ns.INVOICE}}}Invoice"
#: (root, entriesType) -> Schematron of the e-Defter package (its fact sheet, section 2).
LEDGER_RULES = {
    ("defter", "journal"): "sch/edefter_yevmiye.sch",
    ("defter", "ledger"): "sch/edefter_kebir.sch",
    ("defter", "assets"): "sch/envanter_defter.sch",
    ("berat", "journal"): "sch/edefter_berat.sch",
    ("berat", "ledger"): "sch/edefter_berat.sch",
    ("berat", "assets"): "sch/envanter_berat.sch",
    ("defterraporu", "trialbalance"): "sch/edefter_rapor.sch",
}
#: Which packages make up the schemas of a folder. The envelope's import those of the documents.
_SCHEMA_KINDS = {
    "": (PackageKind.UBL_TR,),
    "maindoc": (PackageKind.UBL_TR,),
    "Envelope": (PackageKind.E_INVOICE, PackageKind.UBL_TR),
    "HRXML": (PackageKind.E_INVOICE,),
    "xsd": (PackageKind.LEDGER,),
}
_KEPT_PACKAGES = 6

_engine = Engine()
_packages: OrderedDict[str, Package] = OrderedDict()
_keys: dict[tuple[str, str, bool], str] = {}
_schemas: OrderedDict[tuple[str, ...], Schemas] = OrderedDict()

#: What one finding is between the processes: layer, severity, code, official text, message, line, path.
Row = list[Any]


# ---- looking at a package before it is installed ------------------------------------------------------------------


def examine(raw: bytes) -> dict[str, Any]:
    """Read a zip and prove that everything in it can be used.

    Gives kind, release (ISO), sha256, id, and the compiled sheets by fingerprint. Raises: InputError ZIP.*, PACKAGE.*.
    """
    package = read_package(raw)
    if package.kind is PackageKind.UBL_TR:
        schemas = Schemas(package.files)
        for name in MAIN_DOCUMENTS:
            schemas.get(f"maindoc/UBL-{name}-2.1.xsd")
    elif package.kind is PackageKind.LEDGER:
        Schemas(package.files).get("xsd/edefter.xsd")
    sheets = {key: compiled.to_json() for key, compiled in _sheets_of(package)}
    return {
        "kind": package.kind.value,
        "release": package.release.isoformat(),
        "sha256": package.sha256,
        "id": package.id,
        "sheets": sheets,
    }


def _sheets_of(package: Package) -> Iterator[tuple[str, Compiled]]:
    for main in main_rules(package):
        key = sheet_key(package, main)
        compiled = compile_main(package, main)
        try:
            _engine.load(key, lambda compiled=compiled: compiled)  # type: ignore[misc]
        except EngineFailed as error:
            raise InputError(
                "PACKAGE.SCHEMATRON",
                "GİB kuralları (Schematron) kullanılamıyor.",
                why=f"{main} dosyasındaki bir kural yanlış yazılmış.",
                todo="Paketi GİB'in sayfasından yeniden indirin; sürerse destek ekibine iletin.",
                raw_text=str(error),
            ) from error
        yield key, compiled


def main_rules(package: Package) -> list[str]:
    """The Schematron files that are run, by their names in the package."""
    if package.kind is PackageKind.E_INVOICE:
        return [MAIN_SCHEMATRON]
    if package.kind is PackageKind.LEDGER:
        return [name for name in package.files if name.startswith("sch/")]
    return []


def sheet_key(package: Package, main: str, *, careful: bool = False) -> str:
    """The name of a compiled sheet: changes with any file that it is made from and with the compiler."""
    known = (package.sha256, main, careful)
    if known not in _keys:
        folder = main.partition("/")[0]
        parts = {name: data for name, data in package.files.items() if name.startswith(f"{folder}/")}
        _keys[known] = fingerprint({**parts, "main": main.encode(), "careful": str(careful).encode()})
    return _keys[known]


def compile_main(package: Package, main: str, *, careful: bool = False, hoist: bool = True) -> Compiled:
    schema = read_schema(main, package.files.__getitem__)
    return compile_schema(schema, hoist=hoist and not careful, careful=careful)


# ---- checking a document ------------------------------------------------------------------------------------------


def check(paths: Mapping[str, str], raw: bytes, options: Mapping[str, Any]) -> dict[str, Any]:
    """XSD and Schematron of one document.

    `paths`: package kind -> its zip, and `sheets` -> folder of compiled forms. `options`: `today` (ISO date), and
    perhaps `mode` (efatura, earchive, goruntuleme; else by the document's profile), `file_name` (ledgers look at it),
    `hoist` False to run the rules as they are written. Gives `rows` (see `Row`) and `missing`, the kinds of packages
    that were needed and are not installed. Raises: InputError XML.* when the document cannot be read.
    """
    root = parse(raw, max_bytes=MAX_DOCUMENT_BYTES).getroot()
    name = etree.QName(root)
    rows: list[Row] = []
    missing: list[str] = []
    if name.namespace == _LEDGER:
        schema_name, rules, rule_kind = "xsd/edefter.xsd", _ledger_rules(root), PackageKind.LEDGER
    else:
        schema_name, rules, rule_kind = _ubl_schema(root), MAIN_SCHEMATRON, PackageKind.E_INVOICE
        put_placeholder(root)
    places = Places(root)
    absent = [kind.value for kind in _SCHEMA_KINDS[schema_name.partition("/")[0]] if kind.value not in paths]
    missing += absent
    if not absent:
        rows += _check_schema(paths, schema_name, root, places)
    if rule_kind.value not in paths:
        missing.append(rule_kind.value)
    elif rules:
        rows += _check_rules(paths, rule_kind, rules, root, places, options)
    return {"rows": rows, "missing": list(dict.fromkeys(missing))}


def prepare(paths: Mapping[str, str]) -> list[str]:
    """Compile what an ordinary invoice needs, so that the first real document does not wait. The names compiled."""
    done: list[str] = []
    if PackageKind.E_INVOICE.value in paths:
        package = package_of(paths[PackageKind.E_INVOICE.value])
        _engine.load(sheet_key(package, MAIN_SCHEMATRON), lambda: cached(paths, package, MAIN_SCHEMATRON))
        done.append(MAIN_SCHEMATRON)
    if PackageKind.UBL_TR.value in paths:
        schemas_of(paths).get("maindoc/UBL-Invoice-2.1.xsd")
        done.append("maindoc/UBL-Invoice-2.1.xsd")
    return done


def put_placeholder(root: etree._Element) -> bool:
    """Something foreign where the seal will stand, in each document that has none; whether one was put.

    The schema wants one foreign element there (fact sheet, section 4), so a draft would fail it by nature.
    """
    documents = [root] if root.tag in _MAIN else list(root.iter(*_MAIN))
    is_put = False
    for document in documents:
        extensions = document.find(ext("UBLExtensions"))
        if extensions is None:
            extensions = etree.Element(ext("UBLExtensions"))
            document.insert(0, extensions)
            extensions.sourceline = document.sourceline
        extension = extensions.find(ext("UBLExtension"))
        if extension is None:
            extension = etree.SubElement(extensions, ext("UBLExtension"))
        content = extension.find(ext("ExtensionContent"))
        if content is None:
            content = etree.SubElement(extension, ext("ExtensionContent"))
        if next(content.iterchildren(etree.Element), None) is None:
            etree.SubElement(content, _PLACEHOLDER)
            is_put = True
    return is_put


def _ubl_schema(root: etree._Element) -> str:
    tag = str(root.tag)
    if tag == _ENVELOPE:
        return _ENVELOPE_SCHEMA
    if etree.QName(root).namespace == _HR:
        return "HRXML/UserAccount.xsd"
    return f"maindoc/UBL-{_MAIN[tag]}-2.1.xsd" if tag in _MAIN else ""


def _ledger_rules(root: etree._Element) -> str:
    entries = next(root.iter(f"{_GL}entriesType"), None)
    kind = "" if entries is None else (entries.text or "").strip()
    return LEDGER_RULES.get((etree.QName(root).localname, kind), "")


def _check_schema(paths: Mapping[str, str], name: str, root: etree._Element, places: Places) -> list[Row]:
    schemas = schemas_of(paths)
    if not name or not schemas.has(name):
        return []
    try:
        schema = schemas.get(name)
    except AppError as error:
        return [["xsd", "error", error.code, error.raw_text or "", error.sentence, None, ""]]
    if schema.validate(root.getroottree()):
        return []
    rows: list[Row] = []
    log: Any = schema.error_log
    for entry in log:
        if is_tool_limit(entry.message):
            continue
        code, sentence = in_turkish(entry.message)
        line, path = _where(root, entry, places)
        rows.append(["xsd", "error", code, entry.message[:600], sentence, line, path])
    return capped(rows, "xsd")


def is_tool_limit(message: str) -> bool:
    """A certificate's serial number of more than 24 digits is right, only too long for libxml2."""
    return "X509SerialNumber" in message and "integer" in message


def _where(root: etree._Element, entry: Any, places: Places) -> tuple[int | None, str]:
    """libxml2's own path uses the prefixes of the document, or `*` for elements without one."""
    spaces: dict[str, str] = {}
    for element in root.iter(etree.Element):
        for prefix, uri in element.nsmap.items():
            if prefix:
                spaces.setdefault(prefix, uri)
        if len(spaces) > 50:
            break
    try:
        found: Any = root.getroottree().xpath(entry.path or "", namespaces=spaces)
    except (etree.XPathError, ValueError):
        found = None
    first = found[0] if isinstance(found, list) and found else None
    return entry.line or None, places.path(first) if isinstance(first, etree._Element) else entry.path or ""


def _check_rules(
    paths: Mapping[str, str],
    kind: PackageKind,
    main: str,
    root: etree._Element,
    places: Places,
    options: Mapping[str, Any],
) -> list[Row]:
    package = package_of(paths[kind.value])
    if main not in package.files:
        return []
    hoist = bool(options.get("hoist", True))
    key = sheet_key(package, main) + ("" if hoist else "-plain")
    parameters = {"type": str(options.get("mode") or _mode(root))} if kind is PackageKind.E_INVOICE else {}
    file_name = str(options.get("file_name") or "")
    base_uri = f"file:///{file_name}" if kind is PackageKind.LEDGER else ""
    today = str(options["today"])
    try:
        _engine.load(key, lambda: cached(paths, package, main) if hoist else compile_main(package, main, hoist=False))
        document = _engine.document(root, base_uri=base_uri)
        try:
            hits = _engine.run(key, document, today=today, parameters=parameters)
        except EngineFailed:
            careful = sheet_key(package, main, careful=True)
            _engine.load(careful, lambda: compile_main(package, main, careful=True))
            hits = _engine.run(careful, document, today=today, parameters=parameters)
    except EngineFailed as error:
        sentence = (
            "GİB kuralları bu belgede çalıştırılamadı; belge denetlenmiş sayılmaz. Alanların biçimini (tarih, sayı) "
            "kontrol edin; sürerse destek ekibine iletin."
        )
        return [["schematron", "error", "OFFICIAL.ENGINE", str(error), sentence, None, ""]]
    hits.sort(key=lambda hit: hit.ordinal)
    rows: list[Row] = []
    for hit in hits[: MAX_FINDINGS + 1]:
        element = places.nth(hit.ordinal) if hit.ordinal else root
        sentence = ""
        if hit.broke:
            sentence = f"{hit.entry.code} kuralı bu alanda denetlenemedi; alanın biçimini (tarih, sayı) kontrol edin."
        path = places.path(element, hit.attribute) if hit.ordinal else "/"
        rows.append(["schematron", hit.entry.severity, hit.entry.code, hit.text, sentence, element.sourceline, path])
    return capped(rows, "schematron", total=len(hits))


def capped(rows: list[Row], layer: str, *, total: int | None = None) -> list[Row]:
    total = len(rows) if total is None else total
    if total <= MAX_FINDINGS:
        return rows
    sentence = f"{total - MAX_FINDINGS} bulgu daha var; önce yukarıdakileri düzeltin."
    return [*rows[:MAX_FINDINGS], [layer, "info", "OFFICIAL.MORE", "", sentence, None, ""]]


def _mode(root: etree._Element) -> str:
    is_archive = root.tag == _INVOICE and (root.findtext(cbc("ProfileID")) or "").strip() == "EARSIVFATURA"
    return "earchive" if is_archive else "efatura"


# ---- what stays in memory -----------------------------------------------------------------------------------------


def package_of(path: str) -> Package:
    if path not in _packages:
        _packages[path] = read_package(Path(path).read_bytes())
        if len(_packages) > _KEPT_PACKAGES:
            _packages.popitem(last=False)
    return _packages[path]


def schemas_of(paths: Mapping[str, str]) -> Schemas:
    wanted = (PackageKind.UBL_TR.value, PackageKind.E_INVOICE.value, PackageKind.LEDGER.value)
    key = tuple(paths.get(kind, "") for kind in wanted)
    if key not in _schemas:
        _schemas[key] = Schemas(*(package_of(path).files for path in key if path))
        if len(_schemas) > _KEPT_PACKAGES:
            _schemas.popitem(last=False)
    return _schemas[key]


def cached(paths: Mapping[str, str], package: Package, main: str) -> Compiled:
    """The compiled form kept beside the package, or made anew where it is missing or damaged."""
    file = Path(paths["sheets"]) / f"{sheet_key(package, main)}.json" if paths.get("sheets") else None
    if file is not None and file.is_file():
        raw = file.read_bytes()
        body, _, digest = raw.rpartition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() == digest:
            return Compiled.from_json(body)
    return compile_main(package, main)

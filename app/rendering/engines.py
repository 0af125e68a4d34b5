"""The two XSLT engines with every door shut. Runs in a child process only: a sheet is a stranger's program.

libxslt (by lxml) runs all templates seen in the field, although they say version 2.0. Saxon is for the rest. Doors:
- libxslt: XSLTAccessControl.DENY_ALL, no xsl:import/xsl:include, a parser without network, DTD files or file entities;
- Saxon: allowedProtocols empty *and* allow-external-functions false (each alone leaves a way to files or to the
  environment; the second one also disables xsl:result-document);
- both: while a sheet runs, the process cannot open any file or socket at all (`sealed`, POSIX).
"""

from __future__ import annotations

import contextlib
import hashlib
import sys
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from lxml import etree

from app.ubl.namespaces import XSL

MAX_SHEET_BYTES = 8 << 20
_CACHED_SHEETS = 16
_MAX_DEPTH = 2000
_DENY_ALL: Any = etree.XSLTAccessControl.DENY_ALL  # type: ignore[attr-defined]

_VERSION_1 = frozenset(
    """stylesheet transform import include strip-space preserve-space output key decimal-format namespace-alias
    attribute-set variable param template apply-templates apply-imports call-template element attribute text
    processing-instruction comment copy copy-of value-of for-each if choose when otherwise sort number message fallback
    with-param""".split()  # noqa: SIM905 - a list of names reads better as words
)
# Known to newer versions, harmless when an XSLT 1.0 engine passes over them at the top of a sheet.
_HARMLESS = frozenset({"character-map", "output-character", "function", "import-schema"})


class SheetRefused(Exception):
    """The sheet is damaged, asks for something forbidden, or its engine failed. `args[0]` is for the details fold."""


def parse_sheet(raw: bytes) -> etree._Element:
    """The root of a stylesheet. Internal entities (`&nbsp;`) are allowed, anything from outside is not.

    Raises SheetRefused.
    """
    if len(raw) > MAX_SHEET_BYTES:
        raise SheetRefused(f"stylesheet of {len(raw)} bytes")
    parser = etree.XMLParser(resolve_entities="internal", no_network=True, load_dtd=False)  # type: ignore[arg-type]
    parser.resolvers.add(_NoResolver())
    try:
        root = etree.fromstring(raw.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SheetRefused(f"not well-formed: {error}") from error
    if root.tag not in (f"{{{XSL}}}stylesheet", f"{{{XSL}}}transform"):
        raise SheetRefused(f"not a stylesheet: {root.tag}")
    for name in ("import", "include"):
        if root.find(f".//{{{XSL}}}{name}") is not None:
            raise SheetRefused(f"xsl:{name} is not allowed")
    return root


def needs_version_2(root: etree._Element) -> bool:
    """Whether the sheet uses instructions that libxslt would silently skip."""
    for element in root.iter(f"{{{XSL}}}*"):
        name = etree.QName(element).localname
        if name not in _VERSION_1 and name not in _HARMLESS:
            return True
    return False


class Engines:
    """Both engines and their caches of compiled sheets, by content. One thread."""

    def __init__(self, *, seal_process: bool = True) -> None:
        """`seal_process` False leaves only the engines' own locks (as on Windows); tests prove that they hold alone."""
        self._seal = sealed if seal_process else contextlib.nullcontext
        self._sheets: OrderedDict[bytes, etree.XSLT] = OrderedDict()
        self._saxon: Any = None
        self._executables: OrderedDict[bytes, Any] = OrderedDict()
        etree.XSLT.set_global_max_depth(_MAX_DEPTH)  # type: ignore[attr-defined]

    def run(self, raw: bytes, document: etree._Element) -> tuple[bytes, str]:
        """(what the sheet made of the document as UTF-8, engine "xslt1" or "saxon"). Raises SheetRefused."""
        digest = hashlib.sha256(raw).digest()
        if digest in self._executables:
            return self._run_saxon(digest, None, document), "saxon"
        if digest in self._sheets:
            first = self._run_libxslt(_kept(self._sheets, digest), document)
            if first is not None:
                return first, "xslt1"
            root = parse_sheet(raw)
        else:
            root = parse_sheet(raw)
            if not needs_version_2(root):
                first = self._try_libxslt(digest, root, document)
                if first is not None:
                    return first, "xslt1"
        return self._run_saxon(digest, root, document), "saxon"

    def _try_libxslt(self, digest: bytes, root: etree._Element, document: etree._Element) -> bytes | None:
        try:
            with self._seal():
                sheet = etree.XSLT(root, access_control=_DENY_ALL)
        except etree.XSLTParseError:
            return None
        result = self._run_libxslt(sheet, document)
        if result is not None:
            _keep(self._sheets, digest, sheet)
        return result

    def _run_libxslt(self, sheet: etree.XSLT, document: etree._Element) -> bytes | None:
        """None when libxslt gives up, which is when Saxon gets its turn."""
        try:
            with self._seal():
                result = sheet(document)
            # str, not bytes: the sheet chooses its own output encoding, we want one.
            return str(result).encode("utf-8", "replace")
        except (etree.XSLTError, etree.XPathError, LookupError, UnicodeError):
            return None

    def _run_saxon(self, digest: bytes, root: etree._Element | None, document: etree._Element) -> bytes:
        processor = self._saxon_processor()
        import saxonche

        try:
            # Serialised by us: no DTD and no entity reaches Saxon's own parser.
            source = etree.tostring(document, encoding="unicode")
            with self._seal():
                executable = _kept(self._executables, digest) if root is None else None
                if executable is None:
                    assert root is not None
                    text = etree.tostring(root, encoding="unicode")
                    executable = processor.new_xslt30_processor().compile_stylesheet(stylesheet_text=text)
                    executable.set_property("!encoding", "UTF-8")
                    _keep(self._executables, digest, executable)
                node = processor.parse_xml(xml_text=source)
                result = executable.transform_to_string(xdm_node=node)
        except saxonche.PySaxonApiError as error:
            self._executables.pop(digest, None)
            raise SheetRefused(f"Saxon: {str(error).strip()[:600]}") from error
        return (result or "").encode()

    def _saxon_processor(self) -> Any:
        """Loaded when the first sheet needs it (0.1 s)."""
        if self._saxon is None:
            import saxonche

            processor = saxonche.PySaxonProcessor(license=False)
            processor.set_configuration_property("http://saxon.sf.net/feature/allowedProtocols", "")
            processor.set_configuration_property("http://saxon.sf.net/feature/allow-external-functions", "false")
            self._saxon = processor
        return self._saxon


def _keep(cache: OrderedDict[bytes, Any], digest: bytes, value: Any) -> None:
    cache[digest] = value
    if len(cache) > _CACHED_SHEETS:
        cache.popitem(last=False)


def _kept(cache: OrderedDict[bytes, Any], digest: bytes) -> Any:
    value = cache.get(digest)
    if value is not None:
        cache.move_to_end(digest)
    return value


class _NoResolver(etree.Resolver):
    """Nothing outside the text is ever read."""

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # type: ignore[override]
        raise SheetRefused(f"outside reference {system_url!r} is not allowed")


@contextlib.contextmanager
def sealed() -> Iterator[None]:
    """While this lasts no file, socket or pipe can be opened by this process, whatever an engine overlooks."""
    if sys.platform == "win32":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

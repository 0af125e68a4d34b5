"""GİB's XSD files, compiled from memory. The files of several packages make one tree, as the envelope needs it.

Source: UBL-TR fact sheet, section 1 (the envelope imports the documents from its own folder, they import `../common`),
e-Defter fact sheet, section 1 (only `edefter.xsd` is loaded; the rest comes by its imports).
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from lxml import etree

from app.domain.errors import InputError

_ROOT = "pkg:/"


class Schemas:
    """Compiled schemas by the name of their main file. One thread."""

    def __init__(self, *packages: Mapping[str, bytes]) -> None:
        self._files: dict[str, bytes] = {}
        for files in packages:
            self._files.update(files)
        for name, data in list(self._files.items()):
            if name.startswith("maindoc/"):
                self._files.setdefault(f"Envelope/{name.removeprefix('maindoc/')}", data)
        self._compiled: dict[str, etree.XMLSchema] = {}

    def has(self, name: str) -> bool:
        return name in self._files

    def get(self, name: str) -> etree.XMLSchema:
        """Raises: InputError PACKAGE.SCHEMA when the files do not make a schema."""
        if name not in self._compiled:
            parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
            parser.resolvers.add(_FromMemory(self._files))
            try:
                root = etree.fromstring(self._files[name], parser, base_url=_ROOT + name)
                self._compiled[name] = etree.XMLSchema(root.getroottree())
            except (KeyError, etree.XMLSyntaxError, etree.XMLSchemaParseError, ValueError) as error:
                raise InputError(
                    "PACKAGE.SCHEMA",
                    "GİB paketindeki şema (XSD) kullanılamıyor.",
                    why=f"{name} dosyası eksik ya da bozuk.",
                    todo="Paketi GİB'in sayfasından yeniden indirip yükleyin.",
                    raw_text=str(error)[:600],
                ) from error
        return self._compiled[name]


class _FromMemory(etree.Resolver):
    """Imports and includes come from the package or from nowhere."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__()
        self._files = files

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # type: ignore[override]
        name = posixpath.normpath(system_url.removeprefix(_ROOT).lstrip("/")) if system_url.startswith(_ROOT) else ""
        if name in self._files:
            return self.resolve_string(self._files[name], context, base_url=_ROOT + name)
        return self.resolve_empty(context)  # type: ignore[attr-defined]

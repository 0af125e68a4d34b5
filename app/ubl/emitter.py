"""A small XML writer with one byte form: fixed indentation, fixed namespaces, attributes in the order given.

Strings are escaped here and nowhere else, so no text of a user can open an element.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time

from app.ubl.xmlsafe import clean_text

_INDENT = "  "


class Emitter:
    """Collects one document. Names are written with their prefix (`cbc:ID`), as declared on the root."""

    def __init__(self) -> None:
        self._parts: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>\n']
        self._depth = 0

    @contextmanager
    def element(self, name: str, **attributes: str) -> Iterator[None]:
        """An element with children."""
        self._parts.append(f"{_INDENT * self._depth}<{name}{_attributes(attributes)}>\n")
        self._depth += 1
        yield
        self._depth -= 1
        self._parts.append(f"{_INDENT * self._depth}</{name}>\n")

    @contextmanager
    def root(self, name: str, namespaces: dict[str, str], schema_location: str) -> Iterator[None]:
        """The root element; `namespaces` maps prefixes ("" is the default one) to names, in writing order."""
        declared = "".join(
            f'\n{_INDENT * 2}xmlns{":" + prefix if prefix else ""}="{uri}"' for prefix, uri in namespaces.items()
        )
        self._parts.append(f'<{name}{declared}\n{_INDENT * 2}xsi:schemaLocation="{schema_location}">\n')
        self._depth = 1
        yield
        self._depth = 0
        self._parts.append(f"</{name}>\n")

    def text(self, name: str, value: str, **attributes: str) -> None:
        """An element with text; written even when the text is empty."""
        self._parts.append(
            f"{_INDENT * self._depth}<{name}{_attributes(attributes)}>{escape(value)}</{name}>\n",
        )

    def optional(self, name: str, value: str, **attributes: str) -> None:
        """An element with text, left out when the text is empty."""
        if value:
            self.text(name, value, **attributes)

    def day(self, name: str, value: date | None) -> None:
        """An element with an ISO date, left out for None."""
        if value is not None:
            self.text(name, value.isoformat())

    def clock(self, name: str, value: time | None) -> None:
        """An element with a wall-clock time, left out for None."""
        if value is not None:
            self.text(name, iso_time(value))

    def binary(self, name: str, value: bytes, **attributes: str) -> None:
        """Base64 content."""
        encoded = base64.b64encode(value).decode("ascii")
        self._parts.append(f"{_INDENT * self._depth}<{name}{_attributes(attributes)}>{encoded}</{name}>\n")

    def extension_place(self) -> None:
        """The empty place for the seal. It stays open and closed without white space, ready for an insertion."""
        with self.element("ext:UBLExtensions"), self.element("ext:UBLExtension"):
            self._parts.append(f"{_INDENT * self._depth}<ext:ExtensionContent></ext:ExtensionContent>\n")

    def to_bytes(self) -> bytes:
        return "".join(self._parts).encode("utf-8")


def iso_time(value: time) -> str:
    """`14:05:00`; fractions of a second and zones are not written."""
    return f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}"


def escape(text: str) -> str:
    """Element text: cleaned of what XML cannot hold, `&`, `<` and `>` escaped."""
    return clean_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attributes(attributes: dict[str, str]) -> str:
    return "".join(
        f' {name}="{escape(value).replace(chr(34), "&quot;").replace(chr(10), "&#10;").replace(chr(9), "&#9;")}"'
        for name, value in attributes.items()
    )

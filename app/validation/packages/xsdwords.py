"""What libxml2 says of a document that breaks its schema, in Turkish and with a code of its own."""

from __future__ import annotations

import re

#: (pattern of the message, code, sentence); the first that fits speaks. `{0}` and on are the groups.
_SAYINGS: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), code, sentence)
    for pattern, code, sentence in (
        (
            r"Element '([^']+)': This element is not expected\. Expected is (?:one of )?\( (.+?) \)\.",
            "XSD.ORDER",
            "{0} alanı burada olamaz; bu sırada beklenen: {1}.",
        ),
        (
            r"Element '([^']+)': This element is not expected\.",
            "XSD.UNEXPECTED",
            "{0} alanı burada olamaz: fazla ya da yanlış yerde.",
        ),
        (
            r"Element '([^']+)': Missing child element\(s\)\. Expected is (?:one of )?\( (.+?) \)\.",
            "XSD.MISSING",
            "{0} alanının içinde zorunlu alan eksik: {1}.",
        ),
        (
            r"Element '([^']+)', attribute '([^']+)': The attribute '[^']+' is not allowed\.",
            "XSD.ATTRIBUTE",
            "{0} alanında {1} niteliği bulunamaz.",
        ),
        (
            r"Element '([^']+)': The attribute '([^']+)' is required but missing\.",
            "XSD.ATTRIBUTE_MISSING",
            "{0} alanında {1} niteliği zorunlu.",
        ),
        (
            r"Element '([^']+)'(?:, attribute '([^']+)')?: .*?'([^']*)' is not a valid value of the "
            r"(?:atomic|local atomic|list|union) type '?([^'.]+)",
            "XSD.VALUE",
            "{0} {1} alanındaki '{2}' değeri beklenen biçimde değil ({3}).",
        ),
        (
            r"Element '([^']+)'(?:, attribute '([^']+)')?: .*?'([^']*)' is not a valid value of the "
            r"(?:local )?(?:atomic|list|union) type\.",
            "XSD.VALUE",
            "{0} {1} alanındaki '{2}' değeri beklenen biçimde değil.",
        ),
        (
            r"Element '([^']+)'(?:, attribute '([^']+)')?: \[facet '(\w+)'\](.*)",
            "XSD.VALUE",
            "{0} {1} alanındaki değer izin verilen sınırların dışında ({2}).",
        ),
        (
            r"Element '([^']+)': Character content other than whitespace is not allowed",
            "XSD.TEXT",
            "{0} alanının içinde düz yazı bulunamaz.",
        ),
        (
            r"Element '([^']+)': No matching global (?:element )?declaration available",
            "XSD.UNKNOWN_ELEMENT",
            "{0} alanı bu belge türünde tanımlı değil.",
        ),
    )
)
_NAMESPACE = re.compile(r"(?:##\w+)?\{([^}]*)\}")
_SHOWN_VALUE = 80


def in_turkish(message: str) -> tuple[str, str]:
    """(code, sentence) for a message of the schema check."""
    for pattern, code, sentence in _SAYINGS:
        match = pattern.match(message)
        if match:
            parts = [_plain(part or "")[:_SHOWN_VALUE] for part in match.groups()]
            return code, re.sub(r" {2,}", " ", sentence.format(*parts))
    return "XSD.OTHER", f"Belgenin yapısı şemaya uymuyor: {_plain(message)[:300]}"


def _plain(text: str) -> str:
    """Names without their namespaces."""
    return _NAMESPACE.sub("", text).strip()

"""How a finding's severity looks and what its layer is called. One place for these words; no widget."""

from __future__ import annotations

from typing import Final

from app.domain.findings import Layer, Severity
from app.ui.theme.tokens import Tone

#: Icon, tone, word; in the order of importance.
LOOKS: Final[dict[Severity, tuple[str, Tone, str]]] = {
    Severity.ERROR: ("error", "error", "Hata"),
    Severity.WARNING: ("warn", "warn", "Uyarı"),
    Severity.INFO: ("info", "wait", "Bilgi"),
}
LAYER_WORDS: Final[dict[Layer, str]] = {
    Layer.READ: "okuma",
    Layer.XSD: "GİB şeması (XSD)",
    Layer.SCHEMATRON: "GİB kuralı (Schematron)",
    Layer.BUILTIN: "Mühürdar denetimi",
    Layer.SEAL: "mühür",
}


def severity_word(severity: Severity) -> str:
    return LOOKS[severity][2]

"""The contact sheet: one HTML page with every picture, by page and state."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any, Final

from app.runtime.files import write_output
from app.ui.theme.tokens import LIGHT

_LOOKS: Final = (("light", 100), ("dark", 100), ("light", 150), ("dark", 150))


def write_index(out: Path, report: dict[str, Any]) -> Path:
    """Write `index.html` beside the pictures; each row is a scene, each column a theme and a scale."""
    known = set(report["pictures"])
    scenes = list(dict.fromkeys(name.rsplit("-", 2)[0] for name in report["pictures"]))
    rows = "\n".join(_row(scene, known) for scene in scenes)
    notes = "".join(_notes(title, report[key]) for title, key in (("Eksik", "missing"), ("Hatalı", "failed")))
    p = LIGHT
    page = f"""<!doctype html>
<html lang="tr"><head><meta charset="utf-8"><title>Mühürdar turu</title>
<style>
body {{ font: 14px system-ui, sans-serif; background: {p.ground}; color: {p.text}; margin: 24px; }}
table {{ border-collapse: collapse; }} td, th {{ padding: 4px 8px; vertical-align: top; text-align: left; }}
img {{ width: 300px; border: 1px solid {p.line}; }} th {{ font-weight: 500; }}
</style></head><body>
<h1>Mühürdar turu</h1>
<p>{len(known)} resim, {len(scenes)} sahne.</p>{notes}
<table><tr><th>Sahne</th>{"".join(f"<th>{name}, %{scale}</th>" for name, scale in _LOOKS)}</tr>
{rows}
</table></body></html>
"""
    path = out / "index.html"
    write_output(path, page.encode())
    return path


def _row(scene: str, known: set[str]) -> str:
    cells = []
    for name, scale in _LOOKS:
        picture = f"{scene}-{name}-{scale}.png"
        seen = f'<a href="{picture}"><img loading="lazy" src="{picture}" alt="{picture}"></a>'
        cells.append(f"<td>{seen if picture in known else '—'}</td>")
    return f"<tr><th>{html.escape(scene)}</th>{''.join(cells)}</tr>"


def _notes(title: str, lines: list[str]) -> str:
    if not lines:
        return ""
    return f"<h2>{title}</h2><ul>{''.join(f'<li>{html.escape(line)}</li>' for line in lines)}</ul>"

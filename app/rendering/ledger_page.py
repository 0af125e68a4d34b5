"""A ledger file as the page that its viewer makes of it. Runs in a child: a large file's tree is a large one."""

from __future__ import annotations

from pathlib import Path

from app.domain.errors import RenderError
from app.rendering.engines import Engines, SheetRefused
from app.ubl import xmlsafe


def transform(ledger: str, sheet: str) -> str:
    """HTML of the ledger file by the sheet (both paths). Raises: InputError XML.*; RenderError RENDER.LEDGER."""
    root = xmlsafe.parse(Path(ledger).read_bytes()).getroot()
    try:
        page, _ = Engines().run(Path(sheet).read_bytes(), root)
    except SheetRefused as error:
        raise RenderError(
            "RENDER.LEDGER",
            "Defter tarayıcı için hazırlanamadı.",
            why="Dosyanın içeriği beklenen yapıda değil.",
            todo="Defteri bu pencerede okuyun; dosya sizin oluşturduğunuzdansa destek ekibine iletin.",
            raw_text=str(error),
        ) from error
    return page.decode("utf-8")

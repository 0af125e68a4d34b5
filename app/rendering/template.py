"""Our own template of each kind of document, with a company's logo and stamp put in, ready to be embedded."""

from __future__ import annotations

import base64
from functools import cache

from app.domain.errors import InputError
from app.domain.lifecycle import DocumentKind
from app.runtime.resources import resource_path

LOGO_MARK = b"<!--logo-->"
STAMP_MARK = b"<!--stamp-->"
# The picture travels inside every single invoice, and a request to the integrator holds 5 MB.
MAX_PICTURE_BYTES = 100 * 1024


# An e-Arşiv invoice is drawn by the invoice's sheet, which knows its profile; an answer by the plain view of anything.
_SHEETS = {DocumentKind.EARCHIVE: "invoice", DocumentKind.APPLICATION_RESPONSE: "generic"}


@cache
def own_template(kind: DocumentKind = DocumentKind.INVOICE) -> bytes:
    """The sheet of this kind as it ships: no logo, no stamp. Any thread."""
    return resource_path(f"templates/{_SHEETS.get(kind, kind.value)}.xslt").read_bytes()


def personalise(template: bytes, *, logo: bytes = b"", stamp: bytes = b"") -> bytes:
    """The template with the pictures (PNG or JPEG bytes, each optional) at its marked places, as data: addresses.

    The same input gives the same bytes. Raises: InputError TEMPLATE.PICTURE (no PNG or JPEG), TEMPLATE.PICTURE_SIZE,
    TEMPLATE.MARK (a picture was given but the template has no place for it).
    """
    made = template
    for picture, mark, what in ((logo, LOGO_MARK, "Logo"), (stamp, STAMP_MARK, "Kaşe")):
        if not picture:
            continue
        address = b"data:%s;base64,%s" % (_mime(picture, what), base64.b64encode(picture))
        if mark not in made:
            raise InputError(
                "TEMPLATE.MARK",
                f"{what} tasarıma yerleştirilemedi.",
                why="Seçilen tasarımda bunun için bir yer yok.",
                todo="Mühürdar'ın kendi tasarımını kullanın ya da resmi kaldırın.",
            )
        made = made.replace(mark, address, 1)
    return made


def _mime(picture: bytes, what: str) -> bytes:
    if len(picture) > MAX_PICTURE_BYTES:
        raise InputError(
            "TEMPLATE.PICTURE_SIZE",
            f"{what} dosyası çok büyük: {len(picture) // 1024} KB.",
            why="Bu resim her faturanın içinde gider.",
            todo=f"En çok {MAX_PICTURE_BYTES // 1024} KB'lık bir PNG ya da JPEG seçin (600 piksel genişlik yeterli).",
        )
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        return b"image/png"
    if picture.startswith(b"\xff\xd8\xff"):
        return b"image/jpeg"
    raise InputError(
        "TEMPLATE.PICTURE",
        f"{what} dosyası okunamadı.",
        why="PNG ya da JPEG resmi değil.",
        todo="Resmi PNG ya da JPEG olarak kaydedip yeniden seçin.",
    )

"""What stands in a CONTENT field, and the reading of one received document."""

from __future__ import annotations

from lxml import etree

from app.connectors.base import FetchedDocument
from app.connectors.izibiz.replies import attribute, child_text, decode_base64, read_date, read_datetime
from app.connectors.izibiz.statuses import report_of_header
from app.domain.errors import AppError, InputError
from app.domain.lifecycle import Direction
from app.runtime.safezip import read_single_xml

_ZIP = b"PK"


def unpack(raw: bytes) -> bytes:
    """The document in a content field. Its first bytes decide, not the COMPRESSED flag: some answers ignore it.

    Raises: InputError ZIP.* when it is a ZIP that cannot be opened safely.
    """
    return read_single_xml(raw) if raw.startswith(_ZIP) else raw


def read_document(node: etree._Element, *, header_only: bool, direction: Direction = Direction.IN) -> FetchedDocument:
    """One INVOICE element. A content that cannot be had keeps its raw bytes and says why in `damage`; never raises.

    The ETTN comes in lower case, as everywhere in this program.
    """
    header = node.find("HEADER")
    content: bytes | None = None
    damage: AppError | None = None
    if not header_only:
        content, damage = _content(node.findtext("CONTENT"))
    ettn, number = attribute(node, "UUID").lower(), attribute(node, "ID")
    return FetchedDocument(
        ettn=ettn,
        number=number,
        content=content,
        sender_vkn=child_text(header, "SENDER"),
        sender_name=child_text(header, "SUPPLIER"),
        receiver_vkn=child_text(header, "RECEIVER"),
        from_label=child_text(header, "FROM"),
        to_label=child_text(header, "TO"),
        profile=child_text(header, "PROFILEID"),
        type_code=child_text(header, "INVOICE_TYPE_CODE"),
        issue_date=read_date(child_text(header, "ISSUE_DATE")),
        arrived_at=read_datetime(child_text(header, "CDATE")),
        raw_code=child_text(header, "STATUS_CODE"),
        raw_text=child_text(header, "STATUS"),
        envelope_id=child_text(header, "ENVELOPE_IDENTIFIER"),
        damage=damage,
        status=report_of_header(ettn, number, header, direction),
    )


def _content(text: str | None) -> tuple[bytes, AppError | None]:
    raw = decode_base64(text)
    if raw is None:
        return (text or "").encode(), InputError(
            "CONTENT.BASE64",
            "Belgenin içeriği bozuk geldi.",
            why="İçerik base64 olarak çözülemedi.",
            todo="Ham içerik saklandı; entegratörünüzden belgeyi yeniden isteyin.",
        )
    if not raw:
        return b"", InputError(
            "CONTENT.MISSING",
            "Belgenin içeriği gelmedi.",
            why="Entegratör yalnız başlık bilgisini gönderdi.",
            todo="Belgeyi daha sonra yeniden alın; sürerse entegratörünüze bildirin.",
        )
    try:
        return unpack(raw), None
    except AppError as error:
        return raw, error

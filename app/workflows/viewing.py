"""Which bytes are read, printed and exported, and what must be said of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.errors import RuleBroken
from app.domain.lifecycle import Direction, DocumentKind, State
from app.signing.verify import verify_document
from app.storage import documents
from app.storage.records import CompanyRecord
from app.workflows import papers
from app.workflows.context import WorkContext

#: What the integrator will seal: until its legal copy has come, what we hold bears no seal at all.
UNSEALED = "MÜHÜRSÜZ NÜSHA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewable:
    """The bytes to show, whence they come, and the watermark they must carry: "TEST", "TASLAK", `UNSEALED` or none."""

    raw: bytes
    role: str
    watermark: str


def watermark_of(raw: bytes) -> str:
    """`TEST` for anything sealed with a TEST certificate, so that nobody takes it for a legal document."""
    report = verify_document(raw)
    return "TEST" if any(s.certificate is not None and s.certificate.is_test for s in report.signatures) else ""


def viewable(
    ctx: WorkContext,
    company: CompanyRecord,
    ettn: str,
    *,
    template: bytes | Callable[[DocumentKind], bytes],
    direction: Direction | None = None,
    watermark: Callable[[bytes], str] = watermark_of,
) -> Viewable:
    """The document as it counts: the legal copy where there is one, else ours, else what came; a draft is built.

    `template` draws a draft: a function gives that of its kind, bytes are for callers that know the kind.
    Without `direction` the one we issued is meant where both exist (an invoice of a firm to itself). `watermark` looks
    at the seal, which takes seconds with a very large document: a window has a child process do it, and who needs no
    mark leaves it out. Raises: RuleBroken (DOC.UNKNOWN).
    """
    with ctx.db.read() as s:
        found = (documents.find(s, company.id, d, ettn) for d in Direction if direction in (None, d))
        record = next((r for r in found if r is not None), None)
        if record is None:
            raise RuleBroken("DOC.UNKNOWN", f"{ettn} bu firmada yok.", todo="ETTN'yi kontrol edin.")
        kept = ((role, documents.load_file(s, record.id, role)) for role in ("legal", "sealed", "received"))
        role, raw = next(((role, raw) for role, raw in kept if raw is not None), ("", None))
    if raw is not None:
        is_unsealed = role == "sealed" and record.sealed_by == "integrator"
        return Viewable(raw=raw, role=role, watermark=UNSEALED if is_unsealed else watermark(raw))
    if record.state not in (State.DRAFT, State.READY):
        raise RuleBroken(
            "DOC.BYTES_MISSING", f"{record.number} belgesinin içeriği yok.", todo="Yedekten geri yükleyin."
        )
    own = template(record.kind) if callable(template) else template
    return Viewable(raw=papers.draft_xml(ctx, company, record, own), role="draft", watermark="TASLAK")

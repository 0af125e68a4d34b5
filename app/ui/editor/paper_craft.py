"""How the other documents are begun, checked, stored and drawn while one types. No Qt; runs on a lane."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.despatch import SEVK, TEMELIRSALIYE
from app.domain.errors import ConfigError, InputError, StorageError
from app.domain.ettn import new_ettn
from app.domain.findings import Finding
from app.domain.invoice import Invoice
from app.domain.lifecycle import DocumentKind
from app.office import Office
from app.storage import companies, documents, numbers
from app.storage.records import CompanyRecord, PartnerRecord
from app.ubl.creditnote import EARSIVBELGE, MUSTAHSILMAKBUZ
from app.ubl.jsonread import InvalidData
from app.ubl.smm import SERBESTMESLEKMAKBUZU
from app.ubl.totals import compute_totals
from app.ui.editor import assessing, sources
from app.ui.editor.assessing import Assessment, completed, completed_party, readable, unfinished
from app.ui.editor.numbers import is_number, read_date
from app.ui.editor.recovery import KeptForm, RecoveryStore
from app.workflows import papers
from app.workflows.context import WorkContext


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownParties:
    """For the pickers: partners, own series, forms left behind."""

    partners: list[PartnerRecord] = field(default_factory=list)
    series: str = ""
    unfinished: list[KeptForm] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PaperCraft:
    """One of `papers.KINDS`."""

    kind: DocumentKind

    def assess(self, ctx: WorkContext, company: CompanyRecord, data: Mapping[str, Any], version: int) -> Assessment:
        """Read, sum and check a form. Never raises for what a user may type."""
        findings: list[Finding] = []
        is_complete = True
        document: papers.Paper | None
        try:
            document = papers.read_paper(self.kind, data, company=company, clock=ctx.clock)
        except InvalidData as e:
            is_complete = False
            findings = [unfinished(problem) for problem in e.problems]
            document = readable(
                lambda less: papers.read_paper(self.kind, less, company=company, clock=ctx.clock),
                self._completed(data),
            )
        if document is not None:
            told = tuple(finding.field for finding in findings if finding.field)
            findings += [
                f for f in papers.check_paper(ctx, self.kind, document) if not _is_told(f.field, told, is_complete)
            ]
        return Assessment(
            version=version,
            is_complete=is_complete,
            invoice=document,
            totals=compute_totals(document) if isinstance(document, Invoice) else None,
            findings=findings,
            partner=None,
        )

    def _completed(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The form with stand-ins, so that what is there can be summed, checked and drawn."""
        if self.kind in (DocumentKind.CREDIT_NOTE, DocumentKind.SMM):
            return completed(data) | {"series": data.get("series") or papers.STAND_IN_SERIES}
        side = "supplier" if self.kind is DocumentKind.RECEIPT else "customer"
        result = {k: v for k, v in data.items() if k not in ("lines", side, "shipment")}
        result[side] = completed_party(data.get(side) or {})
        result["series"] = data.get("series") or papers.STAND_IN_SERIES
        numbers_in = ("unit_price", "outstanding", "rejected", "short", "oversupply")
        for line in data.get("lines", ()):
            kept = {k: v for k, v in line.items() if k not in numbers_in or is_number(str(v))}
            for key in ("quantity",) if side == "customer" else ("received",):
                kept[key] = line[key] if is_number(str(line.get(key, ""))) else "0"
            result.setdefault("lines", []).append({"name": " ", "unit": "C62"} | kept)
        result.setdefault("lines", [])
        if "shipment" in data:
            result["shipment"] = _shipment(data["shipment"])
        return result

    def store(
        self, ctx: WorkContext, company: CompanyRecord, recovery: RecoveryStore, data: Mapping[str, Any], version: int
    ) -> sources.Stored:
        """Save as a draft; what cannot be one yet is kept as a form, so that nothing typed is lost."""
        vkn = company.company.tax_number.digits
        try:
            drafted = papers.save_paper(ctx, company, self.kind, data)
        except (InputError, ConfigError) as e:
            recovery.keep(vkn, data, at=ctx.clock.now())
            return sources.Stored(version=version, drafted=None, why=e.sentence)
        except StorageError:
            recovery.keep(vkn, data, at=ctx.clock.now())
            raise
        recovery.drop(str(data["uuid"]))
        return sources.Stored(version=version, drafted=drafted)

    def xml(self, document: papers.Paper, office: Office, company: CompanyRecord) -> bytes:
        return papers.build_paper(self.kind, document, office.template(company, self.kind))

    def start(
        self,
        ctx: WorkContext,
        company: CompanyRecord,
        recovery: RecoveryStore,
        *,
        document_id: int | None,
        answer_to: int | bytes | None = None,
        left: str | None = None,
    ) -> sources.Start:
        """The fields to begin with."""
        if left is not None and (form := recovery.load(left)) is not None:
            return sources.Start(fields=form.fields, restored=True)
        if answer_to is not None:
            return sources.Start(fields=papers.answer_fields(ctx, company, answer_to))
        if document_id is None:
            return sources.Start(fields=self.empty(ctx))
        with ctx.db.read() as s:
            record = documents.get(s, document_id)
            fields = documents.load_draft(s, document_id)
        if record.state not in sources.EDITABLE:
            locked = f"{record.number} numara almış bir belge; değiştirilemez."
            return sources.Start(fields=fields, record=record, locked=locked)
        kept = recovery.load(record.ettn)
        if kept is not None and kept.saved_at >= record.updated_at:
            return sources.Start(fields=kept.fields, record=record, restored=True)
        return sources.Start(fields=fields, record=record)

    def empty(self, ctx: WorkContext) -> dict[str, Any]:
        """A new document of today."""
        today = ctx.clock.today().isoformat()
        fields: dict[str, Any] = {"uuid": new_ettn(), "issue_date": today}
        if self.kind is DocumentKind.DESPATCH:
            shipment = {"despatch_day": today, "address": {"country": "Türkiye"}}
            return fields | {"profile": TEMELIRSALIYE, "type": SEVK, "shipment": shipment}
        if self.kind is DocumentKind.CREDIT_NOTE:
            return fields | {"profile": EARSIVBELGE, "type": MUSTAHSILMAKBUZ, "delivery": {"day": today}}
        return fields | {"profile": EARSIVBELGE, "type": SERBESTMESLEKMAKBUZU}

    def known(self, ctx: WorkContext, company: CompanyRecord, recovery: RecoveryStore) -> KnownParties:
        with ctx.db.read() as s:
            partners = companies.list_partners(s, company.id)
            series = numbers.series_for(s, company.id, papers.SERIES[self.kind])
        left = recovery.waiting(company.company.tax_number.digits)
        mine = [form for form in left if sources.is_of(self.kind, form)]
        return KnownParties(partners=partners, series=series or "", unfinished=mine)


def _is_told(place: str, told: tuple[str, ...], is_complete: bool) -> bool:
    """What reading has said already, and what is only said of the stand-ins."""
    if is_complete:
        return False
    return place.startswith(told) if told else False


def _shipment(shipment: Mapping[str, Any]) -> dict[str, Any]:
    kept = dict(shipment)
    if read_date(str(kept.get("despatch_day", ""))) is None:
        kept.pop("despatch_day", None)
    if not assessing.is_clock(str(kept.get("despatch_time", ""))):
        kept.pop("despatch_time", None)
    if "carrier" in kept:
        kept["carrier"] = completed_party(kept["carrier"])
    return kept

"""Mending a failed document of any kind under its own number: what may change and what stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.connectors.gib_codes import ResendRule, resend_rule
from app.domain.despatch import Despatch, Receipt
from app.domain.errors import RuleBroken
from app.domain.invoice import Invoice
from app.domain.lifecycle import Direction, State
from app.domain.turkish import format_date
from app.storage import documents
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord, DocumentRecord


def failed_one(s: OpenSession, company: CompanyRecord, data: Mapping[str, Any]) -> DocumentRecord | None:
    """The failed document that a draft with this ETTN mends, if there is one."""
    uuid = data.get("uuid")
    found = documents.find(s, company.id, Direction.OUT, uuid.strip().lower()) if isinstance(uuid, str) else None
    return found if found is not None and found.state is State.FAILED else None


def ensure_correctable(record: DocumentRecord, document: Invoice | Despatch | Receipt) -> None:
    """Raise RuleBroken unless the fields of this failed document may become `document`.

    The number is used up, so it and its place in the series stay; and what may be registered at GİB is not touched.
    """
    rule = resend_rule(record.gib_code) if record.gib_code is not None else ResendRule.SAME_ETTN
    if rule not in (ResendRule.SAME_ETTN, ResendRule.NEW_ETTN):
        raise RuleBroken(
            "CORRECT.FORBIDDEN",
            f"{record.number} düzeltilemez.",
            why=f"GİB kodu {record.gib_code}: belge karşı tarafta kayıtlı olabilir.",
            todo="Önce durumunu sorgulayın; kuşku varsa entegratörünüzü arayın.",
        )
    typed = str(document.number) if document.number is not None else record.number
    if typed != record.number or document.series != record.number[:3]:
        raise RuleBroken(
            "CORRECT.NUMBER",
            f"{record.number} numarası değiştirilemez.",
            why="Numara verildi; seride boşluk kalamaz.",
            todo="Düzeltmeyi aynı numarayla yapın; taslaktan numara ve seri alanlarını silebilirsiniz.",
        )
    if record.issue_date is not None and document.issue_date != record.issue_date:
        raise RuleBroken(
            "CORRECT.DATE",
            f"{record.number} numaralı belgenin tarihi değiştirilemez ({format_date(record.issue_date)}).",
            why="Bir seride numara büyürken tarih geriye gidemez.",
            todo="Düzeltmeyi aynı tarihle yapın.",
        )

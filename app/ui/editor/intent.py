"""What the editor's one button will really do with the document, said on it before it is pressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.domain.lifecycle import DocumentKind, SealingMode
from app.office import Office
from app.storage import companies
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext
from app.workflows.papers import KINDS, TITLES

#: `send`: sealed and on its way; `wait`: sealed and queued until there is an integrator; `keep`: sealed and stored,
#: since nobody sends its kind; `nobody`: neither the firm nor its integrator can seal it.
End = Literal["send", "wait", "keep", "nobody"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """`integrator` is its title, empty without one."""

    end: End = "send"
    kind: DocumentKind = DocumentKind.INVOICE
    integrator: str = ""

    def button(self, *, again: bool = False) -> str:
        """The word on the button; `again` for a document that has failed and keeps its number."""
        if again:
            return {"send": "Yeniden mühürle ve gönder"}.get(self.end, "Yeniden mühürle")
        return {
            "send": "Mühürle ve gönder",
            "wait": "Mühürle ve kuyruğa al",
            "keep": "Mühürle ve sakla",
            "nobody": "Mühürle",
        }[self.end]

    def tip(self) -> str:
        """What becomes of the document, in a sentence."""
        title = TITLES[self.kind]
        if self.end == "send":
            return f"Numara alır, mühürlenir, {self.integrator} üzerinden gönderilmek üzere kuyruğa girer"
        if self.end == "wait":
            return "Firmanın entegratörü tanımlı değil: numara alır, mühürlenir, kuyrukta bekler"
        if self.end == "nobody":
            return (
                f"Firma kartında 'entegratör imzalar' seçili ama {title} gönderecek entegratör yok: firma kartında "
                "bu tür için kendi mührünüzü seçin"
            )
        why = f"{self.integrator} {title} göndermiyor" if self.integrator else f"Firmanın {title} entegratörü yok"
        return f"{why}: mühürlenip saklanır, XML'i dışa aktarılıp elle gönderilir"


def read_intent(ctx: WorkContext, office: Office, company: CompanyRecord, kind: DocumentKind) -> Intent:
    """Not for the GUI thread: a connector may have to be loaded to say what it sends."""
    with ctx.db.read() as s:
        account = companies.get_account(s, company.id)
        card = companies.get_company(s, company.company.tax_number) or company
    endpoint = office.endpoint(account)
    title = endpoint.title if endpoint is not None else ""
    if kind in KINDS and (endpoint is None or kind not in endpoint.kinds):
        own = card.company.sealing_mode(kind) is SealingMode.OWN
        return Intent(end="keep" if own else "nobody", kind=kind, integrator=title)
    return Intent(end="send" if endpoint is not None else "wait", kind=kind, integrator=title)

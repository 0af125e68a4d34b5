"""The editor of every kind of document, and of every scenario that asks for fields of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from PySide6.QtWidgets import QWidget

from app.domain.lifecycle import Direction, DocumentKind, State
from app.storage.records import CompanyRecord
from app.ubl.despatch import build_despatch
from app.ubl.despatchjson import despatch_from_json
from app.ui.tour.scenes import NotThere, Play, scene
from app.ui.tour.scenes_later import open_editor
from app.ui.tour.stage import Stage

#: Name of the scene -> scenario, type, and fields that come with it.
_INVOICES: Final[Mapping[str, tuple[str, str, dict[str, Any]]]] = {
    "ihracat": ("IHRACAT", "ISTISNA", {"buyer": {"legal_name": "Nordlicht Möbel GmbH"}}),
    "yolcu": ("YOLCUBERABERFATURA", "ISTISNA", {"buyer": {"nationality": "DE", "account": {"number": "DE89"}}}),
    "internet": ("EARSIVFATURA", "SATIS", {"earchive": {"sending": "ELEKTRONIK", "internet": True}}),
    "kamu": ("KAMU", "SATIS", {"payment": {"code": "42"}}),
    "sgk": ("TEMELFATURA", "SGK", {"accounting_cost": "SAGLIK_ECZ"}),
    "sarj": ("ENERJI", "SARJ", {}),
    "ilac": ("ILAC_TIBBICIHAZ", "SATIS", {}),
    "yatirim": ("YATIRIMTESVIK", "SATIS", {"incentive": {"number": "512345"}}),
    "hks": ("HKS", "SATIS", {}),
    "komisyoncu": (
        "TEMELFATURA",
        "KOMISYONCU",
        {"deductions": [{"code": "HKSKOMISYON", "rate": "8"}, {"code": "HKSHAMMALIYE", "amount": "150"}]},
    ),
    "idis": ("IDIS", "SATIS", {"shipment_no": "SE-1345840"}),
    "ozel": ("OZELFATURA", "SATIS", {}),
    "ihrac-kayitli": ("TEMELFATURA", "IHRACKAYITLI", {}),
    "tevkifat": ("TICARIFATURA", "TEVKIFAT", {}),
    "konaklama": ("TEMELFATURA", "KONAKLAMAVERGISI", {}),
    "genel-indirim": (
        "TEMELFATURA",
        "SATIS",
        {"discounts": [{"rate": "0.1", "reason": "Kampanya"}], "charges": [{"amount": "250", "reason": "Nakliye"}]},
    ),
}
_BUYER: Final[dict[str, Any]] = {
    "vkn": "7750409379",
    "title": "Işıl Öğütücü Makine İmalat ve Dış Ticaret Anonim Şirketi",
    "tax_office": "Çiğli",
    "address": {"street": "10003 Sokak 18", "district": "Çiğli", "city": "İzmir", "postal_code": "35620"},
}
_GOODS: Final = (("Meşe yemek masası, 8 kişilik", "2", "C62"), ("Çam raf 200×40 cm", "60", "C62"))
_SHIPMENT: Final[dict[str, Any]] = {
    "despatch_time": "09:30:00",
    "address": {**_BUYER["address"], "country": "Türkiye"},
    "drivers": [{"name": "Hüseyin", "surname": "Çağlayan", "number": "10000000146"}],
    "plate": "35 ABC 123",
    "trailers": ["35 DRS 456", "35 DRS 789"],
}


def _invoice(name: str) -> Play:
    def play(stage: Stage) -> QWidget:
        # The oldest: what a scene before has left behind is none of this one's.
        draft = min(stage.documents(Direction.OUT, State.DRAFT), key=lambda record: record.id)
        stage.page("outbox", stage.company_of(draft))
        opened = open_editor(stage, copy_of=draft.id)
        window: Any = opened
        window.worker.is_locked = True
        profile, type_code, more = _INVOICES[name]
        for path, value in {"profile": profile, "type": type_code, **more}.items():
            window.store.set(path, value)
        window.form.table.go_to(0, 0)
        window.tabs.setCurrentWidget(window.details)
        _rested(stage, window)
        part = next((p for p in (window.form.scenario, *window.form.extras) if not p.isHidden()), window.form.buyer)
        window.form.area.ensureWidgetVisible(part.inside if part is not window.form.buyer else part, 0, 0)
        stage.settle()
        return opened

    return play


for _name in _INVOICES:
    scene("senaryo", _name)(_invoice(_name))


def _rested(stage: Stage, window: QWidget) -> QWidget:
    stage.settle()
    stage.wait(600)
    stage.settle()
    return window


def _paper(stage: Stage, kind: DocumentKind, fields: Mapping[str, Any], **what: Any) -> QWidget:
    from app.ui.editor.paper_window import PaperWindow

    stage.page("outbox", stage.desk.company or stage.busiest())
    window = PaperWindow(stage.desk, kind, **what)
    window.resize(stage.window.size())
    stage.show(window)
    stage.settle()
    window.worker.is_locked = True
    if fields:
        window.store.set("series", "SER")
    lines = [dict(line) for line in fields.get("lines", ())]
    for path, value in fields.items():
        if path != "lines":
            window.store.set(path, value)
    if lines:
        window.store.lines.replace_all(lines, "Satırlar")
    return _rested(stage, window)


def _goods(**more: Any) -> list[dict[str, Any]]:
    return [{"name": name, "quantity": quantity, "unit": unit, **more} for name, quantity, unit in _GOODS]


def _shipment(stage: Stage) -> dict[str, Any]:
    return {"despatch_day": stage.office.clock.today().isoformat(), **_SHIPMENT}


@scene("irsaliye", "dolu", quick=True)
def despatch_full(stage: Stage) -> QWidget:
    fields = {"customer": _BUYER, "shipment": _shipment(stage), "lines": _goods(unit_price="1250")}
    return _paper(stage, DocumentKind.DESPATCH, fields)


@scene("irsaliye", "yeni")
def despatch_new(stage: Stage) -> QWidget:
    return _paper(stage, DocumentKind.DESPATCH, {})


@scene("irsaliye", "hks")
def despatch_hks(stage: Stage) -> QWidget:
    tag = [{"scheme": "KUNYENO", "value": "1234567890123456789"}]
    fields = {"profile": "HKSIRSALIYE", "customer": _BUYER, "shipment": _shipment(stage), "lines": _goods(item_ids=tag)}
    return _paper(stage, DocumentKind.DESPATCH, fields)


@scene("irsaliye", "idis-matbudan")
def despatch_idis(stage: Stage) -> QWidget:
    fields = {"profile": "IDISIRSALIYE", "type": "MATBUDAN", "customer": _BUYER, "lines": _goods()}
    return _paper(stage, DocumentKind.DESPATCH, fields)


@scene("irsaliye", "yanit")
def despatch_answer(stage: Stage) -> QWidget:
    """To a despatch note that one client of the office has sent to another."""
    receiver, sender = _two_clients(stage)
    stage.desk.set_company(receiver)
    data = {"series": "IRS", "shipment": _shipment(stage), "customer": _BUYER, "lines": _goods()}
    company = replace(sender.company, series={**sender.company.series, "despatch": "IRS"})
    note = despatch_from_json(data, company=company, clock=stage.office.clock)
    raw = build_despatch(replace(note, customer=receiver.company.party), template=None)
    return _paper(stage, DocumentKind.RECEIPT, {}, answer_to=raw)


def _two_clients(stage: Stage) -> tuple[CompanyRecord, CompanyRecord]:
    from app.storage import companies

    with stage.office.db.read() as s:
        known = companies.list_companies(s)
    if len(known) < 2:
        raise NotThere("two clients")
    return known[0], known[1]


@scene("makbuz", "smm")
def freelance(stage: Stage) -> QWidget:
    line = {
        "name": "Mali müşavirlik, kasım",
        "quantity": "1",
        "unit": "C62",
        "unit_price": "25000",
        "vat_rate": "20",
        "other_taxes": [{"code": "0003", "rate": "20"}],
        "withholding": {"code": "602", "rate": "90"},
    }
    return _paper(stage, DocumentKind.SMM, {"customer": _BUYER, "lines": [line]})


@scene("makbuz", "mustahsil")
def producer(stage: Stage) -> QWidget:
    farmer = {
        "tckn": "10000000146",
        "name": "Şükrü",
        "surname": "Çınarlıoğlu",
        "address": {"street": "Köy içi", "district": "Alaşehir", "city": "Manisa", "country": "Türkiye"},
    }
    cuts = [{"code": "0003", "rate": "2"}, {"code": "SGK_PRIM", "rate": "1"}, {"code": "8001", "rate": "0.2"}]
    line = {"name": "Çekirdeksiz kuru üzüm", "quantity": "1850", "unit": "KGM", "unit_price": "62.5", "vat_rate": "0"}
    return _paper(stage, DocumentKind.CREDIT_NOTE, {"customer": farmer, "lines": [line | {"other_taxes": cuts}]})

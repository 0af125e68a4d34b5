"""Where a finding points, in the words of the form."""

from __future__ import annotations

from typing import Final

from app.domain.findings import Finding


def place_of(finding: Finding) -> str:
    """`lines[2].quantity` as `3. satır › quantity`; a line number where there is no field."""
    if not finding.field:
        return f"{finding.line}. satırda" if finding.line else ""
    words = []
    for part in finding.field.split("."):
        name, _, index = part.rstrip("]").partition("[")
        title = title_of(name)
        words.append(f"{int(index) + 1}. {title}" if index.isdigit() else title)
    return " › ".join(words)


def title_of(name: str) -> str:
    """The form's word for one part of a field; a part we do not know stands as it is."""
    return _FIELD_TITLES.get(name, name)


_FIELD_TITLES: Final[dict[str, str]] = {
    "documents": "belge",
    "lines": "satır",
    "quantity": "miktar",
    "unit": "birim",
    "unit_code": "birim",
    "unit_price": "birim fiyat",
    "name": "ad",
    "vat_rate": "KDV oranı",
    "discounts": "iskonto",
    "charges": "artırım",
    "allowances": "iskonto",
    "other_taxes": "diğer vergi",
    "withholding": "tevkifat",
    "withholding_code": "tevkifat kodu",
    "withholding_rate": "tevkifat oranı",
    "exemption": "istisna",
    "exemption_code": "istisna kodu",
    "exemption_reason": "istisna nedeni",
    "code": "kod",
    "rate": "oran",
    "reason": "neden",
    "customer": "alıcı",
    "supplier": "satıcı",
    "tax_number": "vergi numarası",
    "vkn": "VKN",
    "tckn": "TCKN",
    "title": "unvan",
    "first_name": "ad",
    "family_name": "soyadı",
    "surname": "soyadı",
    "tax_office": "vergi dairesi",
    "address": "adres",
    "street": "cadde/sokak",
    "district": "ilçe",
    "city": "il",
    "postal_code": "posta kodu",
    "country": "ülke",
    "country_code": "ülke kodu",
    "issue_date": "tarih",
    "issue_time": "saat",
    "profile": "senaryo",
    "type": "tür",
    "type_code": "tür",
    "number": "belge no",
    "series": "seri",
    "uuid": "ETTN",
    "currency": "para birimi",
    "exchange_rate": "döviz kuru",
    "totals": "toplamlar",
    "tax_exclusive": "matrah",
    "tax_inclusive": "vergiler dahil tutar",
    "vat": "KDV",
    "payable": "ödenecek tutar",
    "payment": "ödeme",
    "payment_means": "ödeme",
    "payment_terms": "ödeme koşulu",
    "iban": "IBAN",
    "due_date": "vade",
    "returned_invoices": "iade edilen fatura",
    "despatch_references": "irsaliye",
    "order_reference": "sipariş",
    "notes": "not",
    "rounding": "yuvarlama",
    "receiver_label": "alıcı etiketi",
    "sender_label": "gönderici etiketi",
    "buyer": "asıl alıcı",
    "legal_name": "resmî unvan",
    "party_type": "alıcı türü",
    "nationality": "uyruk",
    "passport_no": "pasaport no",
    "tax_representative": "vergi temsilcisi",
    "identifiers": "tanıtıcı numaralar",
    "item_ids": "mal numaraları",
    "classification": "sınıflama kodu",
    "trace_id": "izleme no",
    "customs_id": "GTİP",
    "vat_shown_only": "KDV hesaplanır, alınmaz",
    "delivery": "teslim",
    "incoterms": "teslim şartı",
    "transport_mode": "taşıma şekli",
    "packages": "kaplar",
    "incentive": "yatırım teşvik belgesi",
    "shipment": "sevkiyat",
    "shipment_no": "sevkiyat no",
    "drivers": "sürücüler",
    "plate": "plaka",
    "despatch_day": "sevk tarihi",
    "despatch_time": "sevk saati",
    "paper": "matbu belge",
}

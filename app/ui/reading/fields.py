"""A document's parsed fields in groups, as the bookkeeper reads a paper. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from app.domain.errors import AppError
from app.domain.invoice import Invoice, InvoiceLine, InvoiceTotals, LineTotals
from app.domain.party import Address, Party
from app.domain.turkish import format_amount, format_date
from app.ubl import codes
from app.ui.reading.places import title_of

if TYPE_CHECKING:
    from app.ubl.summary import DocumentSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A titled list of (name, value); empty values are left out. `key` is its name in a finding's field."""

    key: str
    title: str
    fields: tuple[tuple[str, str], ...]


def fields_of(raw: bytes) -> list[Group]:
    """All groups of a document. Raises: InputError (XML.*) when it cannot be read at all."""
    from app.ubl.reader import read_invoice, summarize

    try:
        read = read_invoice(raw)
    except AppError:
        return _groups(_summary(summarize(raw)))
    return _groups(_invoice(read.invoice, read.stated, read.document_id))


_Part = tuple[str, str, list[tuple[str, str]]]
#: Where the first word of a finding's field is no group of its own.
_HOME: Final = {
    "totals": "totals",
    "payable": "totals",
    "tax_exclusive": "totals",
    "tax_inclusive": "totals",
    "vat": "totals",
    "rounding": "totals",
    "taxes": "totals",
    "discounts": "totals",
    "charges": "totals",
    "payment": "payment",
    "payment_means": "payment",
    "payment_terms": "payment",
    "returned_invoices": "linked",
    "despatch_references": "linked",
    "order_reference": "linked",
    "sender_label": "labels",
    "receiver_label": "labels",
}


def place_in(groups: list[Group], field: str) -> tuple[int, int] | None:
    """Where the value of a finding's field (`lines[2].quantity`) stands: (group, row); None when it is not there.

    A line's fields share one row; elsewhere the row named like the field, else the first of its group.
    """
    first, _, rest = field.partition(".")
    name, _, index = first.rstrip("]").partition("[")
    known = {group.key: at for at, group in enumerate(groups)}
    at = known.get(name, known.get(_HOME.get(name, "document")))
    if at is None:
        return None
    fields = groups[at].fields
    if index.isdigit():
        return (at, int(index)) if int(index) < len(fields) else None
    wanted = title_of(rest.rpartition(".")[2] or name).casefold()
    titles = [title.casefold() for title, _ in fields]
    return at, next((row for row, t in enumerate(titles) if t.startswith(wanted) or wanted.startswith(t)), 0)


def _groups(parts: list[_Part]) -> list[Group]:
    filled = ((key, title, tuple((n, v) for n, v in pairs if v.strip())) for key, title, pairs in parts)
    return [Group(key=key, title=title, fields=pairs) for key, title, pairs in filled if pairs]


def _invoice(invoice: Invoice, stated: InvoiceTotals, number: str) -> list[_Part]:
    profile, kind = codes.profiles().get(invoice.profile), codes.invoice_types().get(invoice.type_code)
    head = [
        ("Belge no", number),
        ("ETTN", invoice.uuid),
        ("Tarih", f"{format_date(invoice.issue_date)} {invoice.issue_time:%H:%M}"),
        ("Senaryo", profile.name if profile else invoice.profile),
        ("Tür", kind.name if kind else invoice.type_code),
        ("Para birimi", invoice.currency),
        ("Döviz kuru", _plain(invoice.exchange_rate.rate) if invoice.exchange_rate else ""),
    ]
    payment = invoice.payment_means
    terms = invoice.payment_terms
    means = codes.payment_means().get(payment.code) if payment else None
    paying = [
        ("Ödeme şekli", (means.name if means else payment.code) if payment else ""),
        ("Son ödeme", format_date(payment.due_date) if payment and payment.due_date else ""),
        ("IBAN", payment.iban if payment else ""),
        ("Ödeme notu", payment.note if payment else ""),
        ("Koşul", terms.note if terms else ""),
        ("Vade", format_date(terms.due_date) if terms and terms.due_date else ""),
    ]
    order = invoice.order_reference
    linked = [("Sipariş", f"{order.number} · {format_date(order.day)}" if order else "")]
    linked += [("İrsaliye", f"{r.number} · {format_date(r.day)}") for r in invoice.despatch_references]
    linked += [("İade edilen fatura", f"{r.number} · {format_date(r.day)}") for r in invoice.returned_invoices]
    sums = stated.lines
    lines = [
        (str(i + 1), _line(line, sums[i] if i < len(sums) else None, invoice.currency))
        for i, line in enumerate(invoice.lines)
    ]
    return [
        ("document", "Belge", head),
        ("supplier", "Satıcı", _party(invoice.supplier)),
        ("customer", "Alıcı", _party(invoice.customer)),
        ("totals", "Tutarlar", _sums(stated, invoice.currency)),
        ("lines", f"Satırlar ({len(lines)})", lines),
        ("payment", "Ödeme", paying),
        ("linked", "Bağlı belgeler", linked),
        ("notes", "Notlar", [(str(i + 1), note) for i, note in enumerate(invoice.notes)]),
        ("labels", "e-Fatura adresleri", [("Gönderen", invoice.sender_label), ("Alan", invoice.receiver_label)]),
    ]


def _sums(stated: InvoiceTotals, currency: str) -> list[tuple[str, str]]:
    def money(amount: Decimal) -> str:
        return f"{format_amount(amount)} {currency}"

    rows = [("Mal ve hizmet toplamı", money(stated.gross))]
    if stated.allowance_total:
        rows.append(("İskonto", money(stated.allowance_total)))
    if stated.charge_total:
        rows.append(("Artırım", money(stated.charge_total)))
    rows.append(("Matrah", money(stated.tax_exclusive)))
    for tax in stated.taxes:
        rate = f" %{_plain(tax.percent)}" if tax.percent is not None else ""
        rows.append(
            (f"{tax.name or codes.tax_name(tax.code)}{rate}", f"{money(tax.amount)} (matrah {money(tax.taxable)})")
        )
        if tax.exemption_code or tax.exemption_reason:
            rows.append(("İstisna", f"{tax.exemption_code} {tax.exemption_reason}".strip()))
    for tax in stated.withholdings:
        rate = f" %{_plain(tax.percent)}" if tax.percent is not None else ""
        rows.append((f"Tevkifat {tax.code}{rate}", money(tax.amount)))
    rows.append(("Vergiler dahil", money(stated.tax_inclusive)))
    if stated.rounding:
        rows.append(("Yuvarlama", money(stated.rounding)))
    rows.append(("Ödenecek", money(stated.payable)))
    return rows


def _line(line: InvoiceLine, sums: LineTotals | None, currency: str) -> str:
    unit = codes.units().get(line.unit_code)
    parts = [f"{_plain(line.quantity)} {unit.name if unit else line.unit_code} × {_plain(line.unit_price)}"]
    if sums is not None:
        parts.append(f"= {format_amount(sums.net)} {currency}")
    text = f"{line.name} · {' '.join(parts)} · KDV %{_plain(line.vat_rate)}"
    if line.withholding_code:
        text += f" · tevkifat {line.withholding_code}"
    extra = " · ".join(part for part in (line.description, line.note) if part)
    return f"{text} · {extra}" if extra else text


def _party(party: Party) -> list[tuple[str, str]]:
    return [
        ("Unvan", party.display_name),
        (str(party.tax_number.kind), str(party.tax_number)),
        ("Vergi dairesi", party.tax_office),
        ("Adres", _address(party.address)),
        ("Telefon", party.phone),
        ("Faks", party.fax),
        ("E-posta", party.email),
        ("Web", party.web),
        ("MERSİS", party.mersis),
        ("Ticaret sicil no", party.trade_registry_no),
        *party.identifiers,
    ]


def _address(address: Address) -> str:
    street = " ".join(p for p in (address.street, address.building, address.building_no) if p)
    city = "/".join(p for p in (address.district, address.city) if p)
    country = address.country if address.country_code != "TR" else ""
    return ", ".join(p for p in (street, f"{address.postal_code} {city}".strip(), country) if p)


def _summary(said: DocumentSummary) -> list[_Part]:
    amount = f"{format_amount(said.payable)} {said.currency}" if said.payable is not None else ""
    return [
        (
            "document",
            "Belge",
            [
                ("Belge no", said.number),
                ("ETTN", said.ettn),
                ("Tarih", format_date(said.issue_date) if said.issue_date else ""),
                ("Senaryo", said.profile),
                ("Tür", said.type_code),
            ],
        ),
        ("supplier", "Gönderen", [("Unvan", said.supplier_name), ("VKN/TCKN", said.supplier_vkn)]),
        ("customer", "Alan", [("Unvan", said.customer_name), ("VKN/TCKN", said.customer_vkn)]),
        ("totals", "Tutarlar", [("Ödenecek", amount)]),
    ]


def _plain(number: Decimal) -> str:
    """`12.50` as `12,5`: quantities and rates are not money."""
    text = f"{number.normalize():f}"
    whole, _, rest = text.partition(".")
    grouped = format_amount(Decimal(whole), 0) if whole not in ("-0", "") else whole
    return f"{grouped},{rest}" if rest else grouped

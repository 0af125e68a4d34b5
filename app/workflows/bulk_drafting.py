"""Invoices drafted in bulk out of a table: a mapping that is saved, a preview with findings, and only then drafts.

Nothing is stored before the user agrees. Each previewed invoice has its ETTN already, so that creating the same
preview twice changes the same drafts and never doubles them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from app.domain.errors import AppError, InputError
from app.domain.ettn import new_ettn
from app.domain.findings import Finding, has_errors
from app.domain.turkish import fold
from app.edefter.sources.values import DayOrder, Decimals, day_of
from app.storage import settings_store
from app.storage.records import CompanyRecord, DocumentRecord
from app.ubl import codes
from app.ubl.jsonread import InvalidData
from app.ubl.totals import compute_totals
from app.workflows import drafting, papers
from app.workflows.bulk_tables import BulkTable
from app.workflows.context import WorkContext

_SETTING: Final = "bulk_mappings"
_MONEY_SIGNS = re.compile(r"TL|TRY|₺", re.IGNORECASE)
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class BulkField:
    """A field that a column can fill. `path` in the draft's words; `kind` is text, number, percent or date.

    `names` are folded headers by which the column is guessed.
    """

    path: str
    title: str
    kind: str
    names: tuple[str, ...]

    @property
    def is_line(self) -> bool:
        return self.path.startswith("lines.")


FIELDS: Final[tuple[BulkField, ...]] = (
    BulkField("customer.number", "Alıcı VKN/TCKN", "text", ("vkn", "tckn", "vkn/tckn", "vergi no", "vergi kimlik no",
              "alici vkn", "alici vkn/tckn", "tc kimlik no")),
    BulkField("customer.title", "Alıcı unvanı", "text", ("unvan", "alici unvani", "alici", "firma", "cari", "musteri")),
    BulkField("customer.name", "Alıcı adı", "text", ("ad", "adi", "alici adi")),
    BulkField("customer.surname", "Alıcı soyadı", "text", ("soyad", "soyadi", "alici soyadi")),
    BulkField("customer.tax_office", "Vergi dairesi", "text", ("vergi dairesi", "vd")),
    BulkField("customer.address.street", "Adres", "text", ("adres", "acik adres")),
    BulkField("customer.address.district", "İlçe", "text", ("ilce",)),
    BulkField("customer.address.city", "İl", "text", ("il", "sehir")),
    BulkField("customer.email", "E-posta", "text", ("e-posta", "eposta", "email", "e-mail", "mail")),
    BulkField("profile", "Senaryo", "text", ("senaryo",)),
    BulkField("type", "Fatura tipi", "text", ("fatura tipi", "tip")),
    BulkField("issue_date", "Fatura tarihi", "date", ("tarih", "fatura tarihi")),
    BulkField("currency", "Para birimi", "text", ("para birimi", "doviz", "doviz cinsi")),
    BulkField("exchange_rate.rate", "Kur", "number", ("kur", "doviz kuru")),
    BulkField("notes", "Not", "text", ("not", "aciklama notu", "fatura notu")),
    BulkField("order_reference.number", "Sipariş no", "text", ("siparis no",)),
    BulkField("order_reference.day", "Sipariş tarihi", "date", ("siparis tarihi",)),
    BulkField("lines.name", "Mal / hizmet", "text", ("mal/hizmet", "mal hizmet", "urun", "urun adi", "hizmet",
              "stok adi", "aciklama")),
    BulkField("lines.quantity", "Miktar", "number", ("miktar", "adet")),
    BulkField("lines.unit", "Birim", "text", ("birim", "birim kodu")),
    BulkField("lines.unit_price", "Birim fiyat", "number", ("birim fiyat", "fiyat", "tutar", "birim fiyati")),
    BulkField("lines.vat_rate", "KDV oranı", "percent", ("kdv", "kdv orani", "kdv %", "kdv yuzdesi")),
    BulkField("lines.discount", "İskonto oranı (%)", "percent", ("iskonto", "iskonto orani", "indirim orani")),
    BulkField("lines.exemption.code", "İstisna kodu", "text", ("istisna kodu", "istisna")),
    BulkField("lines.withholding.code", "Tevkifat kodu", "text", ("tevkifat kodu", "tevkifat")),
    BulkField("lines.seller_code", "Ürün kodu", "text", ("urun kodu", "stok kodu")),
    BulkField("lines.note", "Satır notu", "text", ("satir notu", "satir aciklamasi")),
)  # fmt: skip
BY_PATH: Final[Mapping[str, BulkField]] = {f.path: f for f in FIELDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkMapping:
    """Which column fills which field, what stands where no column does, and which rows are one invoice.

    `columns`: field path -> header. `defaults`: field path -> value in the draft's own form. `group_by`: a header whose
    equal values make one invoice of several rows; empty makes an invoice of each row. `decimals` and `days` say how
    numbers and dates of a text file are meant.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    group_by: str = ""
    decimals: Decimals = Decimals.COMMA
    days: DayOrder = DayOrder.DAY_FIRST

    def to_json(self) -> dict[str, Any]:
        return {
            "columns": dict(self.columns),
            "defaults": dict(self.defaults),
            "group_by": self.group_by,
            "decimals": self.decimals.value,
            "days": self.days.value,
        }


def mapping_from_json(data: Mapping[str, Any]) -> BulkMapping:
    """A mapping as it was saved; what it does not know is left out. Raises: InputError BULK.MAPPING."""
    try:
        return BulkMapping(
            columns={k: str(v) for k, v in dict(data.get("columns", {})).items() if k in BY_PATH},
            defaults={k: str(v) for k, v in dict(data.get("defaults", {})).items() if k in BY_PATH},
            group_by=str(data.get("group_by", "")),
            decimals=Decimals(data.get("decimals", Decimals.COMMA.value)),
            days=DayOrder(data.get("days", DayOrder.DAY_FIRST.value)),
        )
    except (TypeError, ValueError, AttributeError) as error:
        raise InputError(
            "BULK.MAPPING",
            "Kayıtlı eşleme okunamadı.",
            why="Eşleme başka bir sürümle yazılmış ya da bozulmuş.",
            todo="Eşlemeyi yeniden yapıp kaydedin.",
        ) from error


def guess_mapping(table: BulkTable) -> BulkMapping:
    """A first mapping by the names of the columns, with the usual defaults. Each column fills one field."""
    columns: dict[str, str] = {}
    for header in table.columns:
        folded = fold(header)
        found = next((f.path for f in FIELDS if folded in f.names and f.path not in columns), None)
        if found is not None:
            columns[found] = header
    group = next((h for h in table.columns if fold(h) in ("fatura no", "fatura sira no", "grup", "belge no")), "")
    defaults = {"profile": "TEMELFATURA", "type": "SATIS", "lines.unit": "C62", "lines.quantity": "1"}
    return BulkMapping(
        columns=columns, defaults={k: v for k, v in defaults.items() if k not in columns}, group_by=group
    )


def save_mapping(ctx: WorkContext, company: CompanyRecord, name: str, mapping: BulkMapping) -> None:
    """Keep a mapping under a name, for this company. Raises: InputError BULK.NAME for an empty name."""
    if not name.strip():
        raise InputError("BULK.NAME", "Eşleme kaydedilmedi.", why="Adı boş.", todo="Eşlemeye bir ad verin.")
    with ctx.db.write(settings_store.POINT) as s:
        stored = dict(settings_store.load_setting(s, _SETTING) or {})
        mine = dict(stored.get(str(company.id), {}))
        mine[name.strip()] = mapping.to_json()
        settings_store.save_setting(s, _SETTING, stored | {str(company.id): mine})


def saved_mappings(ctx: WorkContext, company: CompanyRecord) -> dict[str, BulkMapping]:
    """The company's mappings by name; one that cannot be read is left out."""
    with ctx.db.read() as s:
        stored = settings_store.load_setting(s, _SETTING) or {}
    result: dict[str, BulkMapping] = {}
    for name, data in dict(stored.get(str(company.id), {})).items():
        try:
            result[name] = mapping_from_json(data)
        except InputError:
            continue
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkDraft:
    """One invoice of the preview. `problems` are cells that could not be understood: such a draft is not created."""

    rows: tuple[int, ...]
    data: Mapping[str, Any]
    problems: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    payable: Decimal | None = None

    @property
    def can_be_created(self) -> bool:
        return not self.problems

    @property
    def has_errors(self) -> bool:
        """Whether something forbids sealing it; a draft with errors can still be created and mended."""
        return bool(self.problems) or has_errors(self.findings)


def preview(ctx: WorkContext, company: CompanyRecord, table: BulkTable, mapping: BulkMapping) -> list[BulkDraft]:
    """The invoices that this table would become, with what is wrong with each; nothing is stored.

    Raises: InputError BULK.COLUMN when the mapping names a column that the table has not; JobCancelled.
    """
    absent = [h for h in (*mapping.columns.values(), mapping.group_by) if h and h not in table.columns]
    if absent:
        raise InputError(
            "BULK.COLUMN",
            "Eşleme bu dosyaya uymuyor.",
            why=f"Dosyada '{absent[0][:40]}' sütunu yok.",
            todo="Eşlemeyi bu dosyanın sütunlarıyla düzeltin.",
        )
    groups = _groups(table, mapping)
    result = []
    for done, rows in enumerate(groups):
        ctx.progress.checkpoint()
        result.append(_previewed(ctx, company, rows, _Meant(mapping=mapping, is_typed=table.is_typed)))
        ctx.progress.report(done + 1, len(groups), "Satırlar okunuyor")
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkReport:
    """`created` in the order of the preview; `failed` as (rows, error) for what could not be stored."""

    created: tuple[DocumentRecord, ...]
    failed: tuple[tuple[tuple[int, ...], AppError], ...]


def create(ctx: WorkContext, company: CompanyRecord, drafts: Iterable[BulkDraft]) -> BulkReport:
    """Store the drafts the user agreed to, those that can be created. Raises: JobCancelled between two of them."""
    chosen = [draft for draft in drafts if draft.can_be_created]
    created: list[DocumentRecord] = []
    failed: list[tuple[tuple[int, ...], AppError]] = []
    for done, draft in enumerate(chosen):
        ctx.progress.checkpoint()
        try:
            created.append(drafting.save_draft(ctx, company, draft.data).record)
        except AppError as error:
            failed.append((draft.rows, error))
        ctx.progress.report(done + 1, len(chosen), "Taslaklar kaydediliyor")
    return BulkReport(created=tuple(created), failed=tuple(failed))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meant:
    """How the cells of this table are meant."""

    mapping: BulkMapping
    is_typed: bool


def _groups(table: BulkTable, mapping: BulkMapping) -> list[list[tuple[int, dict[str, str]]]]:
    """Rows of one invoice together, in the order of their first row; a row without a group value stands alone."""
    if not mapping.group_by:
        return [[row] for row in table.rows]
    groups: dict[object, list[tuple[int, dict[str, str]]]] = {}
    for number, cells in table.rows:
        groups.setdefault(cells.get(mapping.group_by, "") or number, []).append((number, cells))
    return list(groups.values())


def _previewed(
    ctx: WorkContext, company: CompanyRecord, rows: Sequence[tuple[int, dict[str, str]]], meant: _Meant
) -> BulkDraft:
    problems: list[str] = []
    numbers = tuple(number for number, _ in rows)
    data = _draft_of(rows, meant, problems)
    if problems:
        return BulkDraft(rows=numbers, data=data, problems=tuple(problems))
    try:
        # A draft that has no series yet is still worth looking at.
        invoice = drafting.read_invoice(ctx, company, {"series": papers.STAND_IN_SERIES, **data})
    except InvalidData as error:
        return BulkDraft(rows=numbers, data=data, problems=tuple(error.problems))
    partner = drafting.known_partner(ctx, company, invoice)
    findings = tuple(f for f in drafting.check(ctx, invoice, partner=partner) if f.field != "series")
    return BulkDraft(rows=numbers, data=data, findings=findings, payable=compute_totals(invoice).payable)


def _draft_of(rows: Sequence[tuple[int, dict[str, str]]], meant: _Meant, problems: list[str]) -> dict[str, Any]:
    data: dict[str, Any] = {"uuid": new_ettn()}
    head = rows[0]
    for told in FIELDS:
        if not told.is_line:
            _put(data, told, _value(told, head, meant, problems))
            _ensure_same(told, rows, meant, problems)
    number = data.get("customer", {}).pop("number", "") if "customer" in data else ""
    data.setdefault("customer", {})[_number_key(number)] = number
    if "notes" in data:
        data["notes"] = [data["notes"]]
    data["lines"] = [_line_of(row, meant, problems) for row in rows]
    return data


def _number_key(number: str) -> str:
    return "tckn" if len(number) == 11 else "vkn"


def _line_of(row: tuple[int, dict[str, str]], meant: _Meant, problems: list[str]) -> dict[str, Any]:
    inner: dict[str, Any] = {}
    for told in FIELDS:
        if told.is_line:
            _put(inner, told, _value(told, row, meant, problems))
    line: dict[str, Any] = inner.get("lines", {})
    discount = line.pop("discount", "")
    if discount and Decimal(discount):
        line["discounts"] = [{"rate": format(Decimal(discount) / 100, "f")}]
    unit = line.get("unit", "")
    if unit not in codes.units():
        line["unit"] = next((u.code for u in codes.units().values() if fold(u.name) == fold(unit)), unit)
    return line


def _value(told: BulkField, row: tuple[int, dict[str, str]], meant: _Meant, problems: list[str]) -> str:
    """The field's value in the draft's own form; a cell that cannot be understood is told and counts as empty."""
    number, cells = row
    header = meant.mapping.columns.get(told.path, "")
    text = cells.get(header, "") if header else ""
    if not text:
        return meant.mapping.defaults.get(told.path, "")
    try:
        if told.kind == "date":
            return day_of(text, meant.mapping.days)
        if told.kind in ("number", "percent"):
            return _plain_number(
                text, meant.mapping.decimals, is_percent=told.kind == "percent", is_typed=meant.is_typed
            )
    except ValueError as error:
        problems.append(f"{number}. satır, {header}: '{text[:30]}' okunamadı ({error}).")
        return ""
    if told.path == "customer.number":
        return "".join(text.split())
    return text.upper() if told.path in ("profile", "type", "currency") else text


def _plain_number(text: str, decimals: Decimals, *, is_percent: bool, is_typed: bool) -> str:
    """`1.234,5678` as `1234.5678`. Raises: ValueError with a Turkish reason. A sign is kept, no decimal is lost."""
    bare = text.removeprefix("%").removesuffix("%") if is_percent else text
    bare = _MONEY_SIGNS.sub("", "".join(bare.split()))
    if is_typed and _PLAIN.fullmatch(bare):
        # Excel's own numbers have a point, whatever the office's habit is.
        return bare
    mark, grouping = (",", ".") if decimals is Decimals.COMMA else (".", ",")
    sign = "-" if bare.startswith("-") else ""
    whole, point, fraction = bare.lstrip("+-").partition(mark)
    parts = whole.split(grouping)
    if len(parts) > 1 and (any(len(part) != 3 for part in parts[1:]) or not 1 <= len(parts[0]) <= 3):
        raise ValueError("binlik ayırıcının yeri yanlış")
    digits = "".join(parts)
    if not (digits.isascii() and digits.isdigit()) or (point and not (fraction.isascii() and fraction.isdigit())):
        raise ValueError("sayı değil")
    return f"{sign}{digits}.{fraction}" if fraction else f"{sign}{digits}"


def _ensure_same(
    told: BulkField, rows: Sequence[tuple[int, dict[str, str]]], meant: _Meant, problems: list[str]
) -> None:
    """Rows of one invoice may not say two things of the whole."""
    header = meant.mapping.columns.get(told.path, "")
    values = {cells.get(header, "") for _, cells in rows if cells.get(header, "")} if header else set()
    if len(values) > 1:
        problems.append(f"{rows[0][0]}. satırın faturasında '{header}' sütunu satırlara göre değişiyor.")


def _put(data: dict[str, Any], told: BulkField, value: str) -> None:
    if not value:
        return
    *parents, last = told.path.split(".")
    place = data
    for parent in parents:
        place = place.setdefault(parent, {})
    place[last] = value

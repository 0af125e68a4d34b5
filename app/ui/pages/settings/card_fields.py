"""Which fields a company card has, on which tab, under which title. The keys are those of the company's JSON."""

from __future__ import annotations

import re
from typing import Any, Final, Literal, NamedTuple

Shape = Literal["text", "date", "month", "number", "choice", "flag", "lines", "identifiers", "branches"]


class Field(NamedTuple):
    """`key` is a path in the JSON (`address.city`). `rows` counts only for fields of several lines.

    `choices` are (JSON value, words) of a choice; the empty value is what holds when the card says nothing.
    `letters` makes a text field as narrow as its content.
    """

    key: str
    title: str
    shape: Shape = "text"
    hint: str = ""
    rows: int = 3
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    letters: int = 0


def _address(prefix: str) -> tuple[Field, ...]:
    return (
        Field(f"{prefix}.street", "Cadde, sokak"),
        Field(f"{prefix}.building", "Bina"),
        Field(f"{prefix}.building_no", "Kapı no"),
        Field(f"{prefix}.district", "İlçe"),
        Field(f"{prefix}.city", "İl"),
        Field(f"{prefix}.postal_code", "Posta kodu"),
        Field(f"{prefix}.country", "Ülke", hint="Boşsa Türkiye."),
    )


NAMES: Final = (
    Field("title", "Unvan", hint="Vergi levhasındaki tam unvan."),
    Field("name", "Ad", hint="Şahıs mükelleflerde."),
    Field("surname", "Soyad"),
    Field("tax_office", "Vergi dairesi"),
    Field("mersis", "MERSİS no"),
    Field("trade_registry_no", "Ticaret sicil no"),
    Field(
        "identifiers",
        "Başka kimlikler",
        "identifiers",
        "Her satırda TÜR=değer, örneğin BAYINO=1234. Faturada satıcının altında görünür.",
        2,
    ),
)
CONTACT: Final = (
    *_address("address"),
    Field("phone", "Telefon"),
    Field("fax", "Faks"),
    Field("email", "E-posta"),
    Field("web", "Web sitesi"),
)
LABELS: Final = (
    Field("labels.gb", "Gönderici birim (GB)", "lines", "Her satırda bir etiket; ilki varsayılan.", 2),
    Field("labels.pk", "Posta kutusu (PK)", "lines", "Her satırda bir etiket; ilki varsayılan.", 2),
)
TERMS: Final = (
    Field(
        "ledger.mode",
        "Defterleri hazırlayan",
        "choice",
        choices=(("", "Bu program; GİB'e siz yüklersiniz"), ("integrator", "Onaylı entegratör; ona dosya verilir")),
    ),
    Field(
        "ledger.source_application",
        "Defter programı",
        hint="GİB'in onayladığı tanım: VKN##UNVAN##PROGRAM##SÜRÜM. Boşsa Ayarlar › Defter'deki.",
    ),
    Field(
        "ledger.export_format",
        "Verilecek dosya",
        "choice",
        choices=(
            ("", "Seçilmedi"),
            ("izibiz", "İzibiz CSV"),
            ("uyumsoft-csv", "Uyumsoft CSV"),
            ("uyumsoft-xml", "Uyumsoft XML"),
            ("turkcell", "Turkcell TXT"),
        ),
    ),
    Field(
        "ledger.numbering",
        "Yevmiye numaraları",
        "choice",
        choices=(("", "Muhasebe programından; değiştirilmez"), ("ours", "Biz veririz: tarih, sonra dosyadaki sıra")),
    ),
    Field("ledger.uses_branches", "Şubeler", "flag", "Yılın başında seçilir, yıl içinde değişmez."),
    Field("branches", "Şube listesi", "branches", "Her satırda no=ad; no dört rakam, örneğin 0001=Kadıköy Şubesi.", 3),
    Field(
        "ledger.max_part_mb",
        "Parça sınırı",
        "number",
        "Bundan büyük ay parçalara bölünür. Boşsa Ayarlar › Defter'deki, en çok 200.",
        unit="MB",
        letters=5,
    ),
    Field(
        "ledger.time_stamp",
        "Zaman damgası",
        "choice",
        choices=(
            ("", "Ayarlar › Defter'deki gibi"),
            ("never", "Basılmaz"),
            ("berats", "Yalnız beratlara"),
            ("all", "Bütün defterlere ve beratlara"),
        ),
    ),
)
TAXPAYER: Final = (
    Field("nace", "NACE kodu", letters=10),
    Field(
        "taxpayer_kind",
        "Mükellef türü",
        "choice",
        choices=(
            ("", "Numaradan anlaşılır: TCKN gelir, VKN kurumlar"),
            ("gelir", "Gelir vergisi mükellefi"),
            ("kurumlar", "Kurumlar vergisi mükellefi"),
        ),
    ),
    Field(
        "upload_preference",
        "Yükleme tercihi",
        "choice",
        "GİB e-Defter portalında yılın ilk ayında seçilen.",
        choices=(
            ("", "Belirtilmedi; aylık sayılır"),
            ("aylik", "Aylık"),
            ("uc aylik", "Üç aylık (geçici vergi dönemleri)"),
        ),
    ),
    Field("fiscal_year_start", "Hesap dönemi başı", "date", "gg.aa.yyyy; özel hesap dönemi de yazılır.", letters=10),
    Field("fiscal_year_end", "Hesap dönemi sonu", "date", "gg.aa.yyyy", letters=10),
    Field("liquidation_start", "Tasfiye başlangıcı", "date", "Tescil günü; tasfiye yoksa boş kalır.", letters=10),
    Field("liquidation_end", "Tasfiye bitişi", "date", letters=10),
)
START: Final = (
    Field("ledger_start.period", "Buradaki ilk ay", "month", "aa.yyyy", letters=8),
    Field("ledger_start.entry", "Son madde no", hint="Önceki programın verdiği son yevmiye maddesi.", letters=10),
    Field("ledger_start.line", "Son satır no", hint="Son lineNumber.", letters=10),
    Field("ledger_start.sequence", "Son defter sıra no", hint="YEV/KEB numarasının son altı hanesi.", letters=8),
)


def _accountant(prefix: str) -> tuple[Field, ...]:
    return (
        Field(f"{prefix}.name", "Adı soyadı ya da unvanı"),
        Field(f"{prefix}.tckn", "TCKN", letters=12),
        Field(f"{prefix}.vkn", "VKN", letters=12),
        Field(f"{prefix}.engagement_type", "Sözleşme türü", hint="Örneğin SMMM sözleşmesi."),
        Field(f"{prefix}.contract_no", "Sözleşme no"),
        Field(f"{prefix}.contract_date", "Sözleşme tarihi", "date", "gg.aa.yyyy", letters=10),
        Field(f"{prefix}.phone", "Telefon"),
        Field(f"{prefix}.fax", "Faks"),
        Field(f"{prefix}.email", "E-posta"),
        *_address(f"{prefix}.address"),
    )


ACCOUNTANT: Final = _accountant("accountant")
AUDITOR: Final = _accountant("auditor")

_TURKISH_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_TURKISH_MONTH = re.compile(r"(\d{1,2})\.(\d{4})")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{2})")


def get_path(data: dict[str, Any], path: str) -> Any:
    """The value at `a.b`, None where it is absent."""
    value: Any = data
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def set_path(data: dict[str, Any], path: str, value: Any) -> None:
    """Put `value` at `a.b`; empty ones are left out."""
    if not value:
        return
    *parents, last = path.split(".")
    for part in parents:
        data = data.setdefault(part, {})
    data[last] = value


def to_text(shape: Shape, value: Any) -> str:
    """A JSON value as it stands in its field."""
    if not value:
        return ""
    if shape == "lines":
        return "\n".join(value)
    if shape == "identifiers":
        return "\n".join(f"{item['scheme']}={item['value']}" for item in value)
    if shape == "branches":
        return "\n".join(f"{item['no']}={item['name']}" for item in value)
    if shape == "date" and (match := _ISO_DATE.fullmatch(str(value))):
        return f"{match[3]}.{match[2]}.{match[1]}"
    if shape == "month" and (match := _ISO_MONTH.fullmatch(str(value))):
        return f"{match[2]}.{match[1]}"
    if shape == "flag":
        return "1"
    return str(value)


def from_text(shape: Shape, text: str) -> Any:
    """The JSON value of what stands in a field. A date that is not one is passed on as it is."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if shape == "lines":
        return lines
    if shape == "identifiers":
        return [{"scheme": left, "value": right} for left, right in map(_pair, lines)]
    if shape == "branches":
        return [{"no": left, "name": right} for left, right in map(_pair, lines)]
    if shape == "date" and (match := _TURKISH_DATE.fullmatch(text.strip())):
        return f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}"
    if shape == "month" and (match := _TURKISH_MONTH.fullmatch(text.strip())):
        return f"{match[2]}-{int(match[1]):02d}"
    if shape == "flag":
        return bool(text)
    if shape == "number" and text.strip().isdigit():
        return int(text)
    return text.strip()


def _pair(line: str) -> tuple[str, str]:
    left, _sign, right = line.partition("=")
    return left.strip(), right.strip()

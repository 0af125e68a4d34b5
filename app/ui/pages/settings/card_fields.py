"""Which fields a company card has, on which tab, under which title. The keys are those of the company's JSON."""

from __future__ import annotations

import re
from typing import Any, Final, Literal, NamedTuple

Shape = Literal["text", "date", "lines", "pairs", "identifiers", "branches"]


class Field(NamedTuple):
    """`key` is a path in the JSON (`address.city`). `rows` counts only for fields of several lines."""

    key: str
    title: str
    shape: Shape = "text"
    hint: str = ""
    rows: int = 3


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
LEDGER: Final = (
    Field("nace", "NACE kodu"),
    Field("taxpayer_kind", "Mükellef türü"),
    Field("upload_preference", "Yükleme tercihi", hint="Aylık ya da üç aylık."),
    Field("fiscal_year_start", "Hesap dönemi başı", "date", "gg.aa.yyyy"),
    Field("fiscal_year_end", "Hesap dönemi sonu", "date", "gg.aa.yyyy"),
    Field("ledger_start", "Defter başlangıç değerleri", "pairs", "Her satırda ad=değer.", 2),
    Field("branches", "Şubeler", "branches", "Her satırda no=ad.", 2),
)
ACCOUNTANT: Final = (
    Field("accountant.name", "Adı soyadı ya da unvanı"),
    Field("accountant.tckn", "TCKN"),
    Field("accountant.vkn", "VKN"),
    Field("accountant.engagement_type", "Sözleşme türü"),
    Field("accountant.contract_no", "Sözleşme no"),
    Field("accountant.contract_date", "Sözleşme tarihi", "date", "gg.aa.yyyy"),
    Field("accountant.phone", "Telefon"),
    Field("accountant.email", "E-posta"),
    *_address("accountant.address"),
)

_TURKISH_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


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
    if shape == "pairs":
        return "\n".join(f"{key}={text}" for key, text in value.items())
    if shape == "identifiers":
        return "\n".join(f"{item['scheme']}={item['value']}" for item in value)
    if shape == "branches":
        return "\n".join(f"{item['no']}={item['name']}" for item in value)
    if shape == "date" and (match := _ISO_DATE.fullmatch(str(value))):
        return f"{match[3]}.{match[2]}.{match[1]}"
    return str(value)


def from_text(shape: Shape, text: str) -> Any:
    """The JSON value of what stands in a field. A date that is not one is passed on as it is."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if shape == "lines":
        return lines
    if shape == "pairs":
        return dict(_pair(line) for line in lines)
    if shape == "identifiers":
        return [{"scheme": left, "value": right} for left, right in map(_pair, lines)]
    if shape == "branches":
        return [{"no": left, "name": right} for left, right in map(_pair, lines)]
    if shape == "date" and (match := _TURKISH_DATE.fullmatch(text.strip())):
        return f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}"
    return text.strip()


def _pair(line: str) -> tuple[str, str]:
    left, _sign, right = line.partition("=")
    return left.strip(), right.strip()

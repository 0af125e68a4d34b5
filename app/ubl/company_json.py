"""A company as JSON (schema version 1, resources/schemas/company.schema.json)."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

from app.domain.document_number import SeriesPurpose, parse_series
from app.domain.errors import InputError
from app.domain.ledger_terms import (
    EXPORT_FORMATS,
    MAX_PART_MB,
    LedgerMode,
    LedgerTerms,
    Numbering,
    StampedFiles,
    application_problem,
)
from app.domain.lifecycle import DocumentKind, SealingMode
from app.domain.party import Accountant, Branch, Company, Labels
from app.ubl.jsonread import Fields, InvalidData
from app.ubl.partyjson import address_from_fields, address_to_json, party_from_fields, party_to_json

C = TypeVar("C", bound=StrEnum)

SCHEMA_VERSION: Final = 1
#: Images are embedded in every invoice's template, so they must be small.
MAX_IMAGE_BYTES: Final = 512 * 1024
_IMAGE_TYPES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_DATA_URI = re.compile(r"data:image/(?:png|jpeg);base64,(.*)", re.DOTALL)
_TEXT_KEYS = ("nace", "fiscal_year_start", "fiscal_year_end", "taxpayer_kind", "upload_preference")
_DAY_KEYS = ("liquidation_start", "liquidation_end")
_ACCOUNTANT_KEYS = ("name", "engagement_type", "contract_no", "contract_date", "tckn", "vkn", "phone", "fax", "email")


def company_from_json(data: Mapping[str, Any], base_dir: Path | None = None) -> Company:
    """The company that `data` describes.

    `logo` and `stamp` are a file name (relative ones from `base_dir`) or a `data:image/png;base64,` address; PNG or
    JPEG, at most 512 KB. `sealing_mode` is one word for all kinds, or an object by document kind with "default".
    Raises: InvalidData (COMPANY.INVALID) with all problems at once.
    """
    problems: list[str] = []
    if not isinstance(data, Mapping):
        raise InvalidData("COMPANY.INVALID", "Firma bilgisi okunamadı.", ["(kök): Bir nesne ({...}) olmalı."])
    fields = Fields(data, "", problems)
    version = fields.number("schema_version")
    if version is not None and version != SCHEMA_VERSION:
        fields.problem(
            "schema_version", f"Bu sürüm yalnız {SCHEMA_VERSION} numaralı biçimi okur; programı güncelleyin."
        )
    party = party_from_fields(fields)
    if not party.title and not (party.first_name and party.family_name):
        fields.problem("title", "Unvan ya da ad ve soyad (name, surname) yazılmalı.")
    default_mode, modes = _read_sealing_modes(fields)
    company = Company(
        party=party,
        labels=_read_labels(fields.nested("labels")),
        series=_read_series(fields),
        default_sealing_mode=default_mode,
        sealing_modes=modes,
        logo=_read_image(fields, "logo", base_dir),
        stamp=_read_image(fields, "stamp", base_dir),
        branches=_read_branches(fields),
        accountant=_read_accountant(fields.nested("accountant")),
        auditor=_read_accountant(fields.nested("auditor")),
        ledger_start=fields.mapping("ledger_start"),
        ledger=_read_terms(fields.nested("ledger")),
        **{key: fields.text(key) for key in _TEXT_KEYS},
        **{key: day.isoformat() if (day := fields.day(key)) else "" for key in _DAY_KEYS},
    )
    if company.liquidation_end and not company.liquidation_start < company.liquidation_end:
        fields.problem("liquidation_end", "Tasfiyenin bitişi, başlangıcından sonra olmalı; ikisini de yazın.")
    fields.close()
    if problems:
        raise InvalidData("COMPANY.INVALID", "Firma bilgisi okunamadı.", problems)
    return company


def company_to_json(company: Company) -> dict[str, Any]:
    """The inverse of `company_from_json`, plain JSON values only; images become `data:` addresses."""
    data: dict[str, Any] = {"schema_version": SCHEMA_VERSION, **party_to_json(company.party)}
    data["labels"] = {key: list(labels) for key in ("gb", "pk") if (labels := getattr(company.labels, key))}
    data["series"] = dict(company.series)
    data["sealing_mode"] = company.default_sealing_mode.value
    if company.sealing_modes:
        data["sealing_mode"] = {"default": company.default_sealing_mode.value} | {
            kind.value: mode.value for kind, mode in company.sealing_modes.items()
        }
    data["logo"], data["stamp"] = _image_to_json(company.logo), _image_to_json(company.stamp)
    data |= {key: getattr(company, key) for key in (*_TEXT_KEYS, *_DAY_KEYS)}
    data["branches"] = [{"no": branch.no, "name": branch.name} for branch in company.branches]
    data["accountant"] = _accountant_to_json(company.accountant)
    data["auditor"] = _accountant_to_json(company.auditor)
    data["ledger_start"] = dict(company.ledger_start)
    data["ledger"] = _terms_to_json(company.ledger)
    return {key: value for key, value in data.items() if value}


def _read_labels(fields: Fields | None) -> Labels:
    if fields is None:
        return Labels()
    labels = Labels(gb=fields.texts("gb"), pk=fields.texts("pk"))
    fields.close()
    return labels


def _read_series(fields: Fields) -> dict[str, str]:
    inner = fields.nested("series")
    if inner is None:
        return {}
    result: dict[str, str] = {}
    for purpose in SeriesPurpose:
        text = inner.text(purpose.value)
        if not text:
            continue
        try:
            series = parse_series(text)
        except InputError as e:
            inner.problem(purpose.value, e.sentence)
            continue
        if series in result.values():
            inner.problem(
                purpose.value, f"{series} serisi başka bir belge türünde kullanılıyor; her türün serisi ayrıdır."
            )
        result[purpose.value] = series
    inner.close()
    return result


def _read_sealing_modes(fields: Fields) -> tuple[SealingMode, dict[DocumentKind, SealingMode]]:
    if not fields.has("sealing_mode"):
        fields.text("sealing_mode")
        return SealingMode.OWN, {}
    if not fields.is_object("sealing_mode"):
        return _sealing_mode(fields, "sealing_mode"), {}
    inner = fields.nested("sealing_mode")
    if inner is None:
        return SealingMode.OWN, {}
    default = _sealing_mode(inner, "default") if inner.has("default") else SealingMode.OWN
    modes = {kind: _sealing_mode(inner, kind.value) for kind in DocumentKind if inner.has(kind.value)}
    inner.close()
    return default, modes


def _sealing_mode(fields: Fields, key: str) -> SealingMode:
    text = fields.text(key)
    try:
        return SealingMode(text)
    except ValueError:
        fields.problem(key, "own (kendi mührü) ya da integrator (entegratör mühürler) olmalı.")
        return SealingMode.OWN


def _read_branches(fields: Fields) -> tuple[Branch, ...]:
    result = []
    for item in fields.each("branches"):
        result.append(Branch(no=item.text("no", required=True), name=item.text("name", required=True)))
        item.close()
    return tuple(result)


def _read_accountant(fields: Fields | None) -> Accountant:
    if fields is None:
        return Accountant()
    accountant = Accountant(
        address=address_from_fields(fields.nested("address")),
        **{key: fields.text(key) for key in _ACCOUNTANT_KEYS},
    )
    fields.close()
    return accountant


def _read_terms(fields: Fields | None) -> LedgerTerms:
    if fields is None:
        return LedgerTerms()
    application = fields.text("source_application")
    if application and (wrong := application_problem(application)):
        fields.problem("source_application", wrong)
    export = fields.text("export_format")
    if export and export not in EXPORT_FORMATS:
        fields.problem("export_format", f"Şunlardan biri olmalı: {', '.join(EXPORT_FORMATS)}.")
    size = fields.number("max_part_mb") or Decimal(0)
    if size != size.to_integral_value() or not 0 <= size <= MAX_PART_MB:
        fields.problem("max_part_mb", f"1 ile {MAX_PART_MB} arasında tam sayı olmalı; boşsa ofis ayarı geçerlidir.")
        size = Decimal(0)
    terms = LedgerTerms(
        mode=_choice(fields, "mode", LedgerMode.OWN, "own (onaylı programla) ya da integrator (entegratöre verilir)"),
        source_application=application,
        export_format=export,
        numbering=_choice(fields, "numbering", Numbering.SOURCE, "source (kaynak programdan) ya da ours (biz veririz)"),
        uses_branches=bool(fields.flag("uses_branches")),
        max_part_mb=int(size),
        time_stamp=_choice(
            fields, "time_stamp", StampedFiles.OFFICE, "never (damgasız), berats (yalnız beratlar) ya da all (hepsi)"
        ),
    )
    fields.close()
    return terms


def _choice(fields: Fields, key: str, default: C, words: str) -> C:
    text = fields.text(key)
    if not text:
        return default
    try:
        return type(default)(text)
    except ValueError:
        fields.problem(key, f"{words} olmalı.")
        return default


def _terms_to_json(terms: LedgerTerms) -> dict[str, Any]:
    """What differs from the defaults."""
    plain = LedgerTerms()
    said = {one.name: getattr(terms, one.name) for one in dataclasses.fields(terms)}
    changed = {key: value for key, value in said.items() if value != getattr(plain, key)}
    return {key: value.value if isinstance(value, StrEnum) else value for key, value in changed.items()}


def _accountant_to_json(accountant: Accountant) -> dict[str, Any]:
    data: dict[str, Any] = {key: value for key in _ACCOUNTANT_KEYS if (value := getattr(accountant, key))}
    if data:
        data["address"] = address_to_json(accountant.address)
    return data


def _read_image(fields: Fields, key: str, base_dir: Path | None) -> bytes:
    text = fields.text(key)
    if not text:
        return b""
    match = _DATA_URI.fullmatch(text)
    try:
        content = base64.b64decode(match[1], validate=True) if match else _load_image(base_dir, text)
    except (OSError, binascii.Error) as e:
        fields.problem(key, f"Resim okunamadı: {text[:60]!r} ({type(e).__name__}).")
        return b""
    if len(content) > MAX_IMAGE_BYTES:
        fields.problem(key, f"Resim {len(content) // 1024} KB; en çok {MAX_IMAGE_BYTES // 1024} KB olabilir.")
        return b""
    if not _image_type(content):
        fields.problem(key, "Resim PNG ya da JPEG olmalı.")
        return b""
    return content


def _load_image(base_dir: Path | None, name: str) -> bytes:
    path = Path(name) if base_dir is None else base_dir / name
    with path.open("rb") as file:
        return file.read(MAX_IMAGE_BYTES + 1)


def _image_type(content: bytes) -> str:
    return next((kind for signature, kind in _IMAGE_TYPES.items() if content.startswith(signature)), "")


def _image_to_json(content: bytes) -> str:
    if not content:
        return ""
    return f"data:{_image_type(content) or 'image/png'};base64,{base64.b64encode(content).decode('ascii')}"

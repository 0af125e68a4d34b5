"""What stands in a package zip: which package it is, of when, and the files that the checks need, by fixed names.

Recognised by what is inside, never by the name of the zip. Nothing is unpacked to disk: a package stays the zip it is.
Source: UBL-TR fact sheet, section 1.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.errors import InputError
from app.runtime.safezip import MIB, iter_members
from app.ubl.xmlsafe import parse

MAX_ZIP_BYTES = 64 * MIB
_MAX_UNPACKED_BYTES = 256 * MIB
_MAX_MEMBER_BYTES = 32 * MIB
MAIN_SCHEMATRON = "schematron/UBL-TR_Main_Schematron.xml"
CODE_LISTS = "schematron/UBL-TR_Codelist.xml"
#: The five documents by the name of their root element.
MAIN_DOCUMENTS = ("Invoice", "CreditNote", "DespatchAdvice", "ReceiptAdvice", "ApplicationResponse")
_HEADING = re.compile(r"^[ \t]*(20\d{2})[.\-/]?(\d{2})[.\-/]?(\d{2})[ \t]*\r?$", re.MULTILINE)
_EARCHIVE_NAMESPACE = re.compile(rb"""targetNamespace\s*=\s*["'][^"']*earsiv""", re.IGNORECASE)


class PackageKind(StrEnum):
    """UBL-TR: schemas of the documents. E_INVOICE: rules, code lists, envelope."""

    UBL_TR = "ubl-tr"
    E_INVOICE = "e-fatura"
    E_ARCHIVE = "e-arsiv"
    LEDGER = "e-defter"


TITLES: Mapping[PackageKind, str] = {
    PackageKind.UBL_TR: "UBL-TR paketi",
    PackageKind.E_INVOICE: "e-Fatura paketi",
    PackageKind.E_ARCHIVE: "e-Arşiv paketi",
    PackageKind.LEDGER: "e-Defter paketi",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One zip, read. `files` by the names of this module (`maindoc/…`, `common/…`, `Envelope/…`, `HRXML/…`,
    `schematron/…`, `xsd/…`, `sch/…`), not by those in the zip."""

    kind: PackageKind
    release: date
    sha256: str
    files: Mapping[str, bytes]

    @property
    def id(self) -> str:
        """Names this very zip, e.g. `e-fatura-20260312-1a2b3c4d5e6f`."""
        return f"{self.kind.value}-{self.release:%Y%m%d}-{self.sha256[:12]}"


def read_package(raw: bytes) -> Package:
    """Look into a zip. Raises: InputError ZIP.* (see `safezip`), PACKAGE.UNKNOWN, PACKAGE.TWO, PACKAGE.NO_DATE,
    PACKAGE.SCHEMA (the e-Arşiv package)."""
    if len(raw) > MAX_ZIP_BYTES:
        raise InputError(
            "PACKAGE.TOO_BIG",
            "Dosya bir GİB paketi olamayacak kadar büyük.",
            why=f"Boyutu {len(raw) // MIB} MB.",
            todo="GİB'in sayfasından indirdiğiniz paket dosyasını seçin.",
        )
    members = {
        member.name: member.data
        for member in iter_members(raw, max_member_bytes=_MAX_MEMBER_BYTES, max_total_bytes=_MAX_UNPACKED_BYTES)
    }
    found = {kind: files for kind, sort in _SORTERS.items() if (files := sort(members))}
    if not found:
        raise InputError(
            "PACKAGE.UNKNOWN",
            "Bu ZIP dosyası tanınan bir GİB paketi değil.",
            why="İçinde UBL-TR, e-Fatura, e-Arşiv ya da e-Defter paketinin dosyaları yok.",
            todo="GİB'in sayfasından indirdiğiniz paketi olduğu gibi seçin.",
        )
    if len(found) > 1:
        names = " ve ".join(TITLES[kind] for kind in found)
        raise InputError(
            "PACKAGE.TWO",
            "Bu ZIP dosyasında birden çok paket var.",
            why=f"İçinde {names} bulunuyor; hangisinin tarihi geçerli anlaşılamaz.",
            todo="Her paketi kendi ZIP dosyasıyla yükleyin.",
        )
    ((kind, files),) = found.items()
    if kind is PackageKind.E_ARCHIVE:
        _ensure_readable(files)
    return Package(
        kind=kind,
        release=_release(members, raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        files=dict(sorted(files.items())),
    )


def _ensure_readable(files: Mapping[str, bytes]) -> None:
    """Every file is XML. The schemas of the e-Arşiv package are of the report, which integrators send, and are only
    kept: whether they compile is not asked. A DTD is no fault: W3C's own schema of seals has one."""
    for name, data in files.items():
        try:
            parse(data)
        except InputError as error:
            if error.code == "XML.DTD":
                continue
            raise InputError(
                "PACKAGE.SCHEMA",
                "GİB paketindeki bir dosya okunamıyor.",
                why=f"{name.removeprefix('files/')} eksik ya da bozuk.",
                todo="Paketi GİB'in sayfasından yeniden indirip yükleyin.",
                raw_text=error.what,
            ) from error


def _behind(members: Mapping[str, bytes], folder: str, target: str, endings: tuple[str, ...]) -> dict[str, bytes]:
    """The members under a folder of that name, wherever it stands, as `target/…`."""
    found: dict[str, bytes] = {}
    for name, data in members.items():
        _, mark, rest = f"/{name}".rpartition(f"/{folder}/")
        if mark and rest and name.lower().endswith(endings):
            found[f"{target}/{rest}"] = data
    return found


def _sort_ubl(members: Mapping[str, bytes]) -> dict[str, bytes]:
    files = {
        **_behind(members, "xsdrt/maindoc", "maindoc", (".xsd",)),
        **_behind(members, "xsdrt/common", "common", (".xsd",)),
    }
    return files if "maindoc/UBL-Invoice-2.1.xsd" in files else {}


def _sort_invoice(members: Mapping[str, bytes]) -> dict[str, bytes]:
    files = _behind(members, "schematron", "schematron", (".xml", ".sch"))
    if MAIN_SCHEMATRON not in files:
        return {}
    return {
        **files,
        **_behind(members, "xsd/Envelope", "Envelope", (".xsd",)),
        **_behind(members, "xsd/HRXML", "HRXML", (".xsd",)),
    }


def _sort_archive(members: Mapping[str, bytes]) -> dict[str, bytes]:
    schemas = {name: data for name, data in members.items() if name.lower().endswith(".xsd")}
    if not any(_EARCHIVE_NAMESPACE.search(data) for data in schemas.values()):
        return {}
    sheets = {name: data for name, data in members.items() if name.lower().endswith((".xsl", ".xslt", ".sch"))}
    return {f"files/{name}": data for name, data in {**schemas, **sheets}.items()}


def _sort_ledger(members: Mapping[str, bytes]) -> dict[str, bytes]:
    root = next((name[: -len("edefter.xsd")] for name in members if f"/{name}".endswith("/edefter.xsd")), None)
    if root is None:
        return {}
    rules = _behind(members, "sch", "sch", (".sch",))
    schemas = {
        f"xsd/{name[len(root) :]}": data
        for name, data in members.items()
        if name.startswith(root) and name.lower().endswith(".xsd")
    }
    return {**schemas, **rules} if rules else {}


_SORTERS = {
    PackageKind.UBL_TR: _sort_ubl,
    PackageKind.E_INVOICE: _sort_invoice,
    PackageKind.E_ARCHIVE: _sort_archive,
    PackageKind.LEDGER: _sort_ledger,
}


def _release(members: Mapping[str, bytes], raw: bytes) -> date:
    """The last heading of the package's own history; where it keeps none, the day of its newest file."""
    days = [
        day
        for name, data in members.items()
        if name.rsplit("/", 1)[-1].lower() in ("history.txt", "tarihce.txt", "tarihçe.txt")
        for match in _HEADING.finditer(_text(data))
        if (day := _day(*match.groups())) is not None
    ]
    if not days:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            stamps = [info.date_time for info in archive.infolist() if not info.is_dir()]
        days = [day for stamp in stamps if (day := _day(*stamp[:3])) is not None and day.year > 1980]
    if not days:
        raise InputError(
            "PACKAGE.NO_DATE",
            "Paketin yayım tarihi bulunamadı.",
            why="İçinde tarihçe dosyası (History.txt) yok ve dosyalarının tarihi boş.",
            todo="GİB'in sayfasından indirdiğiniz paketi olduğu gibi seçin.",
        )
    return max(days)


def _text(data: bytes) -> str:
    """GİB writes its text files in ISO-8859-9; a newer one may be UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("iso-8859-9")


def _day(year: int | str, month: int | str, day: int | str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None

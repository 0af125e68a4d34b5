"""The sections of the other documents' forms, told as data: a field of theirs is one more entry here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from app.domain.despatch import HKSIRSALIYE, IDISIRSALIYE, MATBUDAN, SEVK, TEMELIRSALIYE
from app.domain.lifecycle import DocumentKind

Input = Literal[
    "text",
    "long",
    "date",
    "time",
    "series",
    "choice",
    "notes",
    "reference",
    "references",
    "drivers",
    "tax",
    "list",
    "country",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One field: `units` twelfths wide; `places` are findings' fields beside its own.

    `only` is the type or the scenario that uses it.
    """

    path: str
    title: str
    kind: Input = "text"
    units: int = 3
    places: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    only: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section that folds. `party` names the path of the card of the other side instead of entries."""

    key: str
    title: str
    entries: tuple[Entry, ...] = ()
    party: str = ""
    is_folded: bool = False


_DAY: Final = Entry(path="issue_date", title="Tarih", kind="date", units=2)
_SERIES: Final = Entry(path="series", title="Seri", kind="series", units=1, places=("number",))
_NOTES: Final = Entry(path="notes", title="Notlar (her satır bir not)", kind="notes", units=12)
_MORE: Final = Part(key="notes", title="Notlar", entries=(_NOTES,), is_folded=True)

PARTS: Final[Mapping[DocumentKind, tuple[Part, ...]]] = {
    DocumentKind.DESPATCH: (
        Part(
            key="document",
            title="Belge",
            entries=(
                Entry(
                    path="profile",
                    title="Senaryo",
                    kind="choice",
                    choices=(
                        (TEMELIRSALIYE, "Temel irsaliye"),
                        (HKSIRSALIYE, "Hal kayıt sistemi (HKS)"),
                        (IDISIRSALIYE, "İDİS irsaliyesi"),
                    ),
                ),
                Entry(
                    path="type",
                    title="Tip",
                    kind="choice",
                    choices=((SEVK, "Sevk"), (MATBUDAN, "Kâğıttan aktarma (MATBUDAN)")),
                ),
                _DAY,
                _SERIES,
                Entry(path="shipment_no", title="İDİS sevkiyat no (SE-…)", kind="series", only=IDISIRSALIYE),
                Entry(path="paper", title="Kâğıt irsaliye", kind="reference", units=5, only=MATBUDAN),
            ),
        ),
        Part(key="party", title="Teslim alan", party="customer"),
        Part(
            key="shipment",
            title="Sevkiyat ve teslim adresi",
            entries=(
                Entry(path="shipment.despatch_day", title="Fiilî sevk tarihi", kind="date", units=2),
                Entry(path="shipment.despatch_time", title="Sevk saati", kind="time", units=2),
                Entry(
                    path="shipment.address.street",
                    title="Teslim adresi",
                    kind="long",
                    units=4,
                    places=("shipment.address",),
                ),
                Entry(path="shipment.address.district", title="İlçe", units=2),
                Entry(path="shipment.address.city", title="İl", units=2),
                Entry(path="shipment.address.postal_code", title="Posta kodu", units=2),
                Entry(path="shipment.address.country", title="Ülke", kind="country", units=2),
            ),
        ),
        Part(
            key="carriage",
            title="Şoför, araç, taşıyıcı",
            entries=(
                Entry(path="shipment.drivers", title="Şoförler", kind="drivers", units=6),
                Entry(path="shipment.plate", title="Araç plakası", kind="series", units=2),
                Entry(path="shipment.trailers", title="Dorse plakaları", kind="list", units=4),
                Entry(
                    path="shipment.carrier",
                    title="Taşıyıcı VKN / TCKN",
                    kind="tax",
                    units=2,
                    places=("shipment.carrier.tax_number", "shipment.carrier.vkn", "shipment.carrier.tckn"),
                ),
                Entry(path="shipment.carrier.title", title="Taşıyıcı unvanı", units=4),
                Entry(path="shipment.carrier.address.district", title="Taşıyıcının ilçesi", units=2),
                Entry(path="shipment.carrier.address.city", title="Taşıyıcının ili", units=2),
            ),
        ),
        Part(
            key="notes",
            title="Sipariş ve notlar",
            entries=(Entry(path="orders", title="Sipariş", kind="references", units=6), _NOTES),
            is_folded=True,
        ),
    ),
    DocumentKind.RECEIPT: (
        Part(
            key="document",
            title="Yanıt",
            entries=(
                Entry(path="despatch_number", title="Yanıtlanan irsaliye", units=4, places=("despatch",)),
                _DAY,
                _SERIES,
                Entry(path="received_day", title="Teslim alındığı gün", kind="date", units=2),
                Entry(path="received_time", title="Saat", kind="time", units=2),
            ),
        ),
        Part(key="party", title="Gönderen", party="supplier", is_folded=True),
        _MORE,
    ),
    DocumentKind.CREDIT_NOTE: (
        Part(
            key="document",
            title="Makbuz",
            entries=(_DAY, _SERIES, Entry(path="delivery.day", title="Malın teslim tarihi", kind="date", units=3)),
        ),
        Part(key="party", title="Müstahsil (üretici)", party="customer"),
        _MORE,
    ),
    DocumentKind.SMM: (
        Part(key="document", title="Makbuz", entries=(_DAY, _SERIES)),
        Part(key="party", title="Müşteri", party="customer"),
        _MORE,
    ),
}

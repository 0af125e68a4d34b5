"""The code lists of the installed package for the editor's drop-downs; the built-in copy until one is installed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from app.ubl import codes
from app.ubl.xmlsafe import parse
from app.validation.packages.content import CODE_LISTS, Package

#: Our name of a list -> the variables of the package that make it up, in their order.
_LISTS: Mapping[str, tuple[str, ...]] = {
    "profile": ("ProfileIDType", "ProfileIDTypeEarchive"),
    "invoice_type": ("InvoiceTypeCodeList",),
    "despatch_profile": ("ProfileIDTypeDespatchAdvice",),
    "despatch_type": ("DespatchAdviceTypeCodeList",),
    "receipt_type": ("ReceiptAdviceTypeCodeList",),
    "document_type": ("ElementType",),
    "currency": ("CurrencyCodeList",),
    "unit": ("UnitCodeList",),
    "tax_type": ("TaxType",),
    "withholding": ("WithholdingTaxType",),
    "exemption": ("TaxExemptionReasonCodeType",),
    "party_scheme": ("PartyIdentificationIDType",),
    "payment_means": ("PaymentMeansCodeTypeList",),
    "payment_channel": ("ChannelCodeList",),
    "country": ("CountryCodeList",),
    "delivery_terms": ("DeliveryTermCodeList",),
    "transport_mode": ("TransportModeCodeList",),
    "packaging": ("PackageTypeCodeList",),
    "licence_plate": ("LicensePlateIDSchemeIDType",),
    "response": ("ResponseCodeType",),
    "item_scheme": ("AdditionalItemIdentificationIDType",),
    "mime": ("MimeCodeList",),
}
#: Where the built-in copy keeps the same facts; the rest has no built-in copy.
_BUILT_IN: Mapping[str, tuple[str, ...]] = {
    "profile": ("profiles",),
    "invoice_type": ("invoice_types",),
    "currency": ("currencies",),
    "unit": ("units",),
    "tax_type": ("tax_types",),
    "withholding": ("withholdings",),
    "exemption": ("exemptions",),
    "party_scheme": ("party_schemes",),
    "payment_means": ("payment_means",),
    "country": ("countries",),
    "delivery_terms": ("incoterms",),
    "transport_mode": ("transport_modes",),
    "packaging": ("packages",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLists:
    """`release` is empty for the built-in copy. `percents`: tevkifat code -> the whole percents accepted with it."""

    release: str
    lists: Mapping[str, tuple[str, ...]]
    percents: Mapping[str, tuple[int, ...]]

    def get(self, name: str) -> tuple[str, ...]:
        """The codes of a list (`profile`, `invoice_type`, `currency`, `unit` …), the usual ones first; empty when the
        list is not known here. Raises: KeyError for a name that no list has."""
        _ = _LISTS[name]
        return self.lists.get(name, ())

    def name(self, list_name: str, code: str) -> str:
        """What the user reads for a code; the code itself where the built-in copy has no word for it."""
        found = _named(list_name).get(code)
        return found if found else code


def built_in_lists() -> CodeLists:
    """The facts that ship with the program."""
    return CodeLists(
        release="",
        lists={name: tuple(_named(name)) for name in _BUILT_IN},
        percents={code: tuple(found.accepted) for code, found in codes.withholdings().items()},
    )


def code_lists(package: Package) -> CodeLists:
    """The lists of an e-Fatura package; those it lacks come from the built-in copy."""
    raw = lists_of(package)
    lists: dict[str, tuple[str, ...]] = {}
    for name, sources in _LISTS.items():
        found = tuple(dict.fromkeys(code for source in sources for code in raw.get(source, ())))
        usual = [code for code in _named(name) if code in set(found)]
        lists[name] = tuple(dict.fromkeys([*usual, *found])) if found else tuple(_named(name))
    withholding = set(lists["withholding"])
    percents: dict[str, tuple[int, ...]] = {}
    for pair in raw.get("WithholdingTaxTypeWithPercent", ()):
        code, percent = pair[:3], pair[3:]
        if code in withholding and percent.isdigit():
            percents[code] = (*percents.get(code, ()), int(percent))
    return CodeLists(release=f"{package.release:%Y%m%d}", lists=lists, percents=percents)


def lists_of(package: Package) -> dict[str, tuple[str, ...]]:
    """Every list of the package's code list file by its official name, in the file's order."""
    raw = package.files.get(CODE_LISTS)
    if raw is None:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for element in parse(raw).getroot().iter("{*}let"):
        name, value = element.get("name"), (element.get("value") or "").strip()
        if name and value[:2] == "'," and value[-2:] == ",'":
            found[name] = tuple(dict.fromkeys(code.strip() for code in value[2:-2].split(",") if code.strip()))
    return found


@cache
def _named(name: str) -> dict[str, str]:
    """Code -> word of the built-in copy."""
    found: dict[str, str] = {}
    for source in _BUILT_IN.get(name, ()):
        for code, item in getattr(codes, source)().items():
            found[code] = item.name
    return found

"""A small sealed month by the public commands (Y, K, YB, KB) and an inventory (E, EB), for the official rules to judge;
and every way of breaking one of them at one place."""

from __future__ import annotations

import contextlib
import io
import json
import random
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from lxml import etree

from app.cli import main
from app.demo import people

VKN = str(people.SELLER["vkn"])
_CARD: dict[str, Any] = {
    "phone": "2165550142",
    "email": "muhasebe@ornek.example",
    "nace": "310903",
    "fiscal_year_start": "2026-01-01",
    "fiscal_year_end": "2026-12-31",
    "accountant": {"name": "Şükriye Yağcıoğlu", "engagement_type": "SMMM sözleşmesi", "contract_no": "M10120"},
}
_MAINS = ("100", "102", "120", "153", "191", "320", "391", "600")
_HEAD = (
    "Fiş No;Tarih;Ana Hesap;Ana Hesap Adı;Hesap Kodu;Hesap Adı;Borç;Alacak;Belge Türü;Belge Türü Açıklaması;Belge No;"
    "Belge Tarihi;Belge Referansı;Ödeme Şekli;Açıklama;Fiş Açıklaması;Kaydeden;Döviz Cinsi;Döviz Tutarı;Kur;Kur Tarihi"
)


def run(*words: object) -> None:
    """A command that must go well; what it says is kept to itself."""
    with contextlib.redirect_stdout(io.StringIO()) as told, contextlib.redirect_stderr(io.StringIO()) as failed:
        code = main([str(word) for word in words])
    assert code == 0, told.getvalue() + failed.getvalue()


def package_zip(shared: Path) -> bytes:
    """The official e-Defter package of the reference folder as the zip that one would install."""
    root = shared / "gib" / "edefter-paketi"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path in sorted(root.rglob("*")):
            if path.is_file():
                archive.write(path, f"e/{path.relative_to(root).as_posix()}")
    return made.getvalue()


def make_month(place: Path, *, vouchers: int = 9) -> dict[str, Path]:
    """The month's files by kind. `place` is an empty folder."""
    card = place / "card.json"
    address = {**people.SELLER["address"], "street": "Bahariye Cad.", "city": "İstanbul", "postal_code": "34710"}
    card.write_text(json.dumps(people.SELLER | _CARD | {"address": address}, ensure_ascii=False), "utf-8")
    source = place / "mart.csv"
    source.write_text("\n".join([_HEAD, *_rows(vouchers)]) + "\n", "utf-8")
    data = ("--data-dir", place / "data")
    run("company", "add", "--from", card, *data)
    run("ledger", "import", source, "--company", VKN, *data)
    month = ("--company", VKN, "--period", "2026-03")
    run("ledger", "build", *month, "--out", place / "out", "--seal", "test", *data)
    stock = place / "envanter.csv"
    stock.write_text("\n".join(_stock()) + "\n", "utf-8")
    day = ("--company", VKN, "--day", "2026-03-31")
    run("ledger", "inventory", "import", stock, *day, *data)
    run("ledger", "inventory", "build", *day, "--out", place / "out", "--seal", "test", *data)
    return {path.stem.split("-")[2]: path for path in (place / "out").rglob("*.xml")}


def _rows(vouchers: int) -> Iterator[str]:
    for index in range(vouchers):
        day = f"2026-03-{1 + index * 28 // vouchers:02d}"
        fis, kind = f"F{index + 1}", ("invoice", "check", "other", "receipt", "")[index % 5]
        size = 2 + index % 3
        for step in range(size):
            code = _MAINS[(index + step) % len(_MAINS)]
            last = step == size - 1
            amount = f"{10 * (size - 1) if last else 10},{index:02d}" if not (last and index) else ""
            amount = amount or f"{(1000 + index) * (size - 1) // 100},{(1000 + index) * (size - 1) % 100:02d}"
            sides = f";{amount}" if last else f"{amount};"
            paper = f"{kind};{'dekont' if kind == 'other' else ''};B{index};{day};{fis}" if kind else ";;;;"
            foreign = f"USD;1,00;41,2500;{day}" if index % 4 == 1 and not last else ";;;"
            yield (
                f"{fis};{day};{code};HESAP {code};{code}.{1 + index % 2:02d};ALT {code};{sides};{paper};Banka;Satır;"
                f"Fiş;Ayşe Işık;{foreign}"
            )


def _stock() -> Iterator[str]:
    yield (
        "Ana Hesap;Ana Hesap Adı;Hesap Kodu;Hesap Adı;Ürün Kodu;Ürün Adı;Miktar;Birim;Tutar;Açıklama;Döviz Cinsi;"
        "Döviz Tutarı;Kur;Kur Tarihi"
    )
    for index, code in enumerate(_MAINS):
        for sub in range(1 + index % 3):
            goods = (f"S{index}", "Mal", "12,5", "kg") if code == "153" else ("",) * 4
            foreign = ("USD", "10,00", "41,2500", "2026-03-31") if index == 1 else ("",) * 4
            account = (code, f"HESAP {code}", f"{code}.{sub:02d}", f"ALT {sub}")
            yield ";".join((*account, *goods, f"{100 + index},50", "Sayım", *foreign))


# ---- breaking one place --------------------------------------------------------------------------------------------

_VALUES = ("", "0", "-1", "999", "x", "12,5", "1.234", "2020-01-01", "2026-04-15", "2027", "D", "other", "7 7")


def mutations(root: etree._Element, *, seed: int) -> Iterator[tuple[str, etree._Element]]:
    """Copies, each with one element spoilt: of every kind of element (by the names above it) one in each way. With a
    word on what was done."""
    chance = random.Random(seed)
    kinds: dict[tuple[str, ...], list[int]] = {}
    for number, element in enumerate(root.iter(etree.Element)):
        above = (str(one.tag) for one in element.iterancestors())
        kinds.setdefault((str(element.tag), *above), []).append(number)
    for places in list(kinds.values())[1:]:
        for way in range(WAYS):
            other = deepcopy(root)
            element = list(other.iter(etree.Element))[chance.choice(places)]
            yield change(element, chance, way), other


#: How many ways there are to spoil an element; the later ones give it another value.
WAYS = 7


def change(element: etree._Element, chance: random.Random, way: int) -> str:
    """Spoil one element in a way from 0 on; what was done."""
    name, parent = etree.QName(element).localname, element.getparent()
    if parent is None:
        return f"{name} was gone"
    if way == 0:
        parent.remove(element)
        return f"{name} removed"
    if way == 1:
        parent.insert(parent.index(element), deepcopy(element))
        return f"{name} doubled"
    if way == 2 and element.attrib:
        key = chance.choice(sorted(map(str, element.attrib)))
        element.set(key, chance.choice(("", "2", "INF", "USD", "XXX", "http://www.w3.org/2000/09/xmldsig#rsa-sha1")))
        return f"{name}/@{key} changed"
    if way == 3 and (before := element.getprevious()) is not None:
        element.addnext(before)
        return f"{name} went in front of the one before it"
    if len(element):
        for child in list(element):
            element.remove(child)
        return f"{name} emptied"
    element.text = " " if way == 4 else chance.choice(_VALUES)
    return f"{name} = {element.text!r}"

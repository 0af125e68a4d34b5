"""Every sample in the two official zips, one by one: exactly these rules fail under release 2026-03-12.

That an official sample fails is normal (they are older than the rules). The counts are those of the fact sheet: 43 and
30 documents, of which 41 and 25 obey their schema as they are, 26 and 6 the Schematron, 2 of the second zip both.
"""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from app.domain.errors import InputError
from app.runtime.safezip import iter_members
from app.validation.packages import child

EXPECTED: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parents[1] / "data" / "validation" / "official_samples.json").read_text("utf-8")
)
#: Well-formed documents that fail their schema as they are; with the placeholder only the four user lists do.
XSD_FAILS = {
    "UBL-TR1.2.1_Paketi.zip": {"HKS-Ornek1", "HKS-Ornek2"},
    "e-FaturaPaketi.zip": {
        "4_KULLANICI_ACMA",
        "5_KULLANICI_SILME",
        "8_FATURA_SAKLAMA_KULLANICI_ACMA",
        "9_FATURA_SAKLAMA_KULLANICI_SILME",
    },
}
OPTIONS = {"today": "2026-11-21"}


@pytest.fixture(scope="module")
def paths(shared: Path) -> dict[str, str]:
    return {
        "ubl-tr": str(shared / "gib" / "UBL-TR1.2.1_Paketi.zip"),
        "e-fatura": str(shared / "gib" / "e-FaturaPaketi.zip"),
    }


@pytest.fixture(scope="module")
def samples(paths: dict[str, str]) -> dict[tuple[str, str], bytes]:
    found = {}
    for path in paths.values():
        for member in iter_members(Path(path).read_bytes()):
            if "/xml/" in member.name and member.name.endswith(".xml"):
                found[Path(path).name, member.name.rsplit("/", 1)[1].removesuffix(".xml")] = member.data
    return found


@pytest.mark.shared
@pytest.mark.parametrize(("package", "name"), [(zip_, name) for zip_ in EXPECTED for name in EXPECTED[zip_]])
def test_sample(package: str, name: str, paths: dict[str, str], samples: dict[tuple[str, str], bytes]) -> None:
    expected = EXPECTED[package][name]
    if expected.startswith("XML."):
        with pytest.raises(InputError) as caught:
            child.check(paths, samples[package, name], OPTIONS)
        assert caught.value.code == expected
        return
    answer = child.check(paths, samples[package, name], OPTIONS)
    assert answer["missing"] == []
    counted = Counter(row[2] for row in answer["rows"])
    assert " ".join(code if n == 1 else f"{code}*{n}" for code, n in sorted(counted.items())) == expected
    for _layer, severity, _code, official, _sentence, line, path in answer["rows"]:
        assert (severity, bool(official), line is not None and line > 0) == ("error", True, True)
        assert path.startswith("/")


@pytest.mark.shared
def test_the_table_is_whole_and_counts_as_the_fact_sheet_does(samples: dict[tuple[str, str], bytes]) -> None:
    assert set(samples) == {(package, name) for package, names in EXPECTED.items() for name in names}
    counts = {}
    for package, names in EXPECTED.items():
        rules = {name for name, codes in names.items() if all(c.startswith("XSD.") for c in codes.split())}
        readable = {name for name, codes in names.items() if not codes.startswith("XML.")}
        as_they_are = readable - XSD_FAILS[package]
        counts[package] = (len(names), len(as_they_are), len(rules & readable), len(rules & as_they_are))
    # The user lists have no rule in the Schematron, so it passes them; the sheet does not count them as passing.
    users = len(XSD_FAILS["e-FaturaPaketi.zip"])
    assert counts["UBL-TR1.2.1_Paketi.zip"] == (43, 41, 26, 24)
    assert counts["e-FaturaPaketi.zip"] == (30, 25, 2 + users, 2)


@pytest.mark.shared
def test_only_the_seal_is_missing_in_the_two_unsigned_samples(
    paths: dict[str, str], samples: dict[tuple[str, str], bytes]
) -> None:
    """Without the placeholder their schema refuses them, and nothing else does."""
    with zipfile.ZipFile(paths["ubl-tr"]) as archive:
        assert archive.testzip() is None
    for name in XSD_FAILS["UBL-TR1.2.1_Paketi.zip"]:
        root = etree.fromstring(samples["UBL-TR1.2.1_Paketi.zip", name])
        assert child.put_placeholder(root)
        assert not child.put_placeholder(root)
        assert EXPECTED["UBL-TR1.2.1_Paketi.zip"][name] == ""


@pytest.mark.shared
def test_the_mode_decides_which_profiles_pass(paths: dict[str, str], samples: dict[tuple[str, str], bytes]) -> None:
    archive = samples["UBL-TR1.2.1_Paketi.zip", "YTB_Satıs_EArşiv"]
    plain = samples["UBL-TR1.2.1_Paketi.zip", "TicariFaturaOrnegi"]

    def codes(raw: bytes, mode: str) -> set[str]:
        return {row[2] for row in child.check(paths, raw, {**OPTIONS, "mode": mode})["rows"]}

    assert codes(archive, "") == codes(archive, "earchive") == set()
    assert "ProfileIDCheck" in codes(archive, "efatura")
    assert "ProfileIDCheck" in codes(plain, "earchive")
    assert codes(plain, "goruntuleme") == set()


@pytest.mark.shared
def test_the_rules_as_written_give_the_same_rows(paths: dict[str, str], samples: dict[tuple[str, str], bytes]) -> None:
    for key, raw in samples.items():
        if EXPECTED[key[0]][key[1]].startswith("XML."):
            continue
        plain = child.check(paths, raw, {**OPTIONS, "hoist": False})
        assert child.check(paths, raw, OPTIONS) == plain, key


@pytest.mark.shared
def test_an_envelope_needs_both_packages(paths: dict[str, str], samples: dict[tuple[str, str], bytes]) -> None:
    """Its schema imports those of the documents; that they are absent is said, not charged to the envelope."""
    raw = samples["e-FaturaPaketi.zip", "1_SISTEM_YANITI_GTB_POSTA_KUTUSU"]
    assert child.check({"e-fatura": paths["e-fatura"]}, raw, OPTIONS) == {"rows": [], "missing": ["ubl-tr"]}
    assert child.check({"ubl-tr": paths["ubl-tr"]}, raw, OPTIONS) == {"rows": [], "missing": ["e-fatura"]}
    assert child.check(paths, raw, OPTIONS) == {"rows": [], "missing": []}

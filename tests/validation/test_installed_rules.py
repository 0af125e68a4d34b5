"""Documents against installed packages, in a child process: same findings for all layers, drafts but for the seal, the
release of the day, the e-Arşiv mode, and rules that loop."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.domain.findings import Finding, Layer, Severity
from app.runtime.children import ChildPool
from app.validation import files
from app.validation.files import check_file
from app.validation.packages import installed
from app.validation.packages.installed import InstalledRules
from app.validation.packages.store import PackageStore
from tests.validation.packagemaker import RULES, e_invoice_files, invoice, ubl_files, zipped

TODAY = date(2026, 3, 20)


@pytest.fixture(scope="module")
def pool() -> Iterator[ChildPool]:
    with ChildPool(1) as made:
        yield made


@pytest.fixture
def rules(pool: ChildPool, tmp_path: Path) -> InstalledRules:
    store = PackageStore(tmp_path, pool=lambda: pool, now=lambda: datetime(2026, 3, 20, tzinfo=UTC))
    return InstalledRules(store, pool=lambda: pool, today=lambda: TODAY)


@pytest.fixture
def ready(rules: InstalledRules) -> InstalledRules:
    """Both small packages are installed."""
    rules.store.install(zipped(e_invoice_files()), "e.zip")
    rules.store.install(zipped(ubl_files()), "u.zip")
    return rules


def _check(rules: InstalledRules, raw: bytes, *, day: date | None = None) -> list[Finding]:
    return rules.check(raw, kind="invoice", issue_date=day)


def _codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def test_without_a_package_it_says_so_and_with_one_of_two_which_is_missing(rules: InstalledRules) -> None:
    (only,) = _check(rules, invoice())
    assert (only.code, only.severity, rules.release) == ("OFFICIAL.NO_PACKAGE", Severity.INFO, "")
    rules.store.install(zipped(e_invoice_files()), "e.zip")
    (only,) = _check(rules, invoice())
    assert (only.code, only.layer) == ("OFFICIAL.NO_PACKAGE", Layer.XSD) and "UBL-TR" in only.message
    rules.store.install(zipped(ubl_files()), "u.zip")
    assert _check(rules, invoice()) == []
    assert rules.release == "20260312"


def test_a_finding_has_rule_field_line_path_official_text_and_our_words(ready: InstalledRules) -> None:
    (found,) = _check(ready, invoice(number="ŞBC2026000000001"))
    assert (found.severity, found.layer, found.code) == (Severity.ERROR, Layer.SCHEMATRON, "InvoiceIDCheck")
    assert (found.field, found.line, found.xpath) == ("number", 2, "/Invoice")
    assert found.official == "Numara bicimi yanlis"
    assert found.message != found.official and found.explanation
    (found,) = _check(ready, invoice(lines="<cac:InvoiceLine/><cac:InvoiceLine><cac:Item/></cac:InvoiceLine>"))[1:]
    # Nobody has written words for this rule: GİB's own text stands there.
    assert (found.code, found.message) == ("LineNameCheck", found.official)
    assert (found.field, found.line, found.xpath) == ("lines[1]", 6, "/Invoice/cac:InvoiceLine[2]")


def test_a_schema_finding_is_turkish_and_has_the_same_shape(ready: InstalledRules) -> None:
    (found,) = _check(ready, invoice(head="<cbc:Note>x</cbc:Note><ext:UBLExtensions/>"))
    assert (found.layer, found.severity) == (Layer.XSD, Severity.ERROR)
    assert "UBLExtensions" in found.message
    assert (found.code, found.xpath, found.line) == ("XSD.ORDER", "/Invoice/cbc:Note", 3)
    assert found.official.startswith("Element")


@pytest.mark.parametrize(
    "head",
    [
        "",
        "<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent/></ext:UBLExtension></ext:UBLExtensions>",
        "<ext:UBLExtensions/>",
    ],
)
def test_a_draft_lacks_only_its_seal(ready: InstalledRules, head: str) -> None:
    assert _check(ready, invoice(head=head)) == []
    report = check_file(invoice(head=head), today=TODAY, rules=ready)
    assert [f.severity for f in report.findings if f.layer is Layer.SEAL] == [Severity.INFO]


def test_the_archive_profile_is_checked_in_its_own_mode(ready: InstalledRules) -> None:
    archive = invoice(profile="EARSIVFATURA")
    assert _check(ready, archive) == []
    assert _codes(ready.check(archive, kind="invoice", issue_date=None, mode="efatura")) == ["ProfileIDCheck"]
    assert _codes(ready.check(invoice(), kind="invoice", issue_date=None, mode="earchive")) == ["ProfileIDCheck"]


def test_the_day_is_the_applications_and_not_the_machines(ready: InstalledRules) -> None:
    assert _check(ready, invoice(day="2026-03-20")) == []
    (found,) = _check(ready, invoice(day="2026-03-21"))
    assert (found.code, found.field) == ("TimeCheck", "issue_date")


def test_an_issued_document_meets_the_rules_of_its_day_and_a_draft_the_newest(ready: InstalledRules) -> None:
    ready.store.install(zipped(e_invoice_files(release="20250101", lists={"CurrencyCodeList": "USD"})), "old.zip")
    assert _check(ready, invoice()) == []
    assert _check(ready, invoice(), day=date(2026, 3, 12)) == []
    assert _codes(_check(ready, invoice(), day=date(2026, 3, 11))) == ["CurrencyIDCheck"]


def test_after_a_rollback_the_earlier_rules_speak(ready: InstalledRules) -> None:
    from app.validation.packages.content import PackageKind

    ready.store.install(zipped(e_invoice_files(release="20250101", lists={"CurrencyCodeList": "USD"})), "old.zip")
    ready.store.rollback(PackageKind.E_INVOICE)
    assert (_codes(_check(ready, invoice())), ready.release) == (["CurrencyIDCheck"], "20250101")


def test_a_date_that_is_none_spoils_its_own_check_and_no_other(ready: InstalledRules) -> None:
    found = _check(ready, invoice(day="bugün", number="kısa"))
    assert sorted(_codes(found)) == ["InvoiceIDCheck", "TimeCheck"]
    broken = next(f for f in found if f.code == "TimeCheck")
    assert broken.severity is Severity.ERROR and broken.xpath == "/Invoice/cbc:IssueDate"


def test_many_findings_of_one_kind_are_counted_not_listed(ready: InstalledRules) -> None:
    found = _check(ready, invoice(lines="<cac:InvoiceLine/>" * 2500))
    assert len(found) == 2001
    assert (found[-1].code, found[-1].severity) == ("OFFICIAL.MORE", Severity.INFO) and "500" in found[-1].message


def test_what_is_no_document_is_one_finding(ready: InstalledRules) -> None:
    (found,) = _check(ready, b"<Invoice")
    assert (found.layer, found.code) == (Layer.READ, "XML.TRUNCATED")
    entity = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + invoice()[40:]
    assert _codes(_check(ready, entity)) == ["XML.DTD"]


@pytest.mark.expected_logs("official rules stopped: CHILD.TIMEOUT")
def test_a_rule_that_loops_is_stopped_with_a_finding(
    ready: InstalledRules, pool: ChildPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = RULES.replace("cac:Item/cbc:Name", "(sum(for $x in 1 to 2000000, $y in 1 to 2000000 return $x mod $y) = 1)")
    ready.store.install(zipped(e_invoice_files(release="20260401", rules=loop)), "loop.zip")
    monkeypatch.setattr(installed, "_DEADLINE_S", 1.0)
    (found,) = _check(ready, invoice())
    assert (found.code, found.severity, found.layer) == ("OFFICIAL.STOPPED", Severity.ERROR, Layer.SCHEMATRON)
    # The next document is served by a new child.
    assert _codes(_check(ready, invoice(lines="<cbc:Note>x</cbc:Note>"))) == []


def test_installing_a_package_that_hangs_the_compiler_is_stopped(
    ready: InstalledRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.domain.errors import AppError
    from app.validation.packages import store as store_module

    monkeypatch.setattr(store_module, "_EXAMINE_DEADLINE_S", 0.0)
    with pytest.raises(AppError) as caught:
        ready.store.install(zipped(e_invoice_files(release="20260401")), "slow.zip")
    assert caught.value.code == "CHILD.TIMEOUT"
    assert ready.release == "20260312"


def test_a_package_whose_file_was_spoilt_is_a_finding(ready: InstalledRules, tmp_path: Path) -> None:
    for file in tmp_path.glob("e-fatura*.zip"):
        file.write_bytes(b"PK\x03\x04 spoilt")
    # A child that has not read it yet.
    with ChildPool(1) as fresh:
        other = InstalledRules(
            PackageStore(tmp_path, pool=lambda: fresh, now=lambda: datetime(2026, 1, 1, tzinfo=UTC)),
            pool=lambda: fresh,
            today=lambda: TODAY,
        )
        (found,) = _check(other, invoice())
    assert found.severity is Severity.ERROR and found.code.startswith("ZIP.")


def test_a_compiled_form_that_was_spoilt_or_deleted_is_made_again(ready: InstalledRules) -> None:
    for number, file in enumerate(sorted(ready.store.sheets.glob("*.json"))):
        file.write_bytes(b"{}") if number == 0 else file.unlink()
    with ChildPool(1) as fresh:
        other = InstalledRules(ready.store, pool=lambda: fresh, today=lambda: TODAY)
        assert _codes(_check(other, invoice(number="x"))) == ["InvoiceIDCheck"]


def test_the_official_word_is_the_last(ready: InstalledRules) -> None:
    """Our own rules know a short list of units; where GİB's accept the document, ours only warn."""
    raw = invoice(
        lines='<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="B32">1</cbc:InvoicedQuantity>'
        "<cac:Item><cbc:Name>x</cbc:Name></cac:Item></cac:InvoiceLine>"
    )
    alone = check_file(raw, today=TODAY)
    together = check_file(raw, today=TODAY, rules=ready)
    assert any(f.severity is Severity.ERROR for f in alone.findings)
    assert not any(f.severity is Severity.ERROR for f in together.findings)


def test_many_threads_ask_at_once(ready: InstalledRules) -> None:
    answers: list[list[str]] = []

    def ask(number: int) -> None:
        raw = invoice(number="x" if number % 2 else "ABC2026000000001")
        answers.append(_codes(_check(ready, raw)))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [[]] * 6 + [["InvoiceIDCheck"]] * 6


def test_warming_up_never_fails(rules: InstalledRules) -> None:
    rules.warm_up()
    rules.store.install(zipped(e_invoice_files()), "e.zip")
    rules.warm_up()
    assert _codes(_check(rules, invoice())) == ["OFFICIAL.NO_PACKAGE"]


def test_the_child_loads_neither_database_nor_window_and_saxon_only_when_needed() -> None:
    program = "import sys, app.validation.packages.child; print(*sorted({n.partition('.')[0] for n in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    loaded = set(done.stdout.split())
    assert "lxml" in loaded
    assert loaded.isdisjoint({"sqlalchemy", "PySide6", "zeep", "requests", "saxonche"})


@pytest.mark.parametrize(
    "raw",
    [
        invoice(),
        invoice(number="x", day="2030-01-01"),
        b"<kirik",
        b"<baska/>",
        invoice()
        .replace(b"Invoice-2", b"DespatchAdvice-2")
        .replace(b"<Invoice", b"<DespatchAdvice")
        .replace(b"</Invoice>", b"</DespatchAdvice>"),
    ],
    ids=["good", "bad", "broken", "unknown", "despatch"],
)
def test_a_large_file_gives_the_same_report_from_a_child(
    ready: InstalledRules, monkeypatch: pytest.MonkeyPatch, raw: bytes
) -> None:
    here = check_file(raw, today=TODAY, rules=ready)
    monkeypatch.setattr(files, "HEAVY_BYTES", 0)
    assert check_file(raw, today=TODAY, rules=ready) == here

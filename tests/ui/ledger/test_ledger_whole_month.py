"""A month in one go, the summary before it is filed, GİB's approval and the report; wrong files refused in words."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from app.domain.taxnumber import parse_tax_number
from app.domain.voucher import Period, PeriodState
from app.edefter.archive import CANCELLED_FOLDER
from app.signing.canonical import canonical_element
from app.signing.soft import TestSealer
from app.ubl.namespaces import DS, XADES
from app.ui.ledger.filing import FiledDialog
from app.ui.ledger.import_dialog import ImportDialog
from app.ui.ledger.viewer import LedgerViewer
from app.ui.pages.ledger import LedgerPage
from app.workflows.ledger_life import GIB_NUMBER

from .conftest import PATIENCE_MS, Clerk, source

JULY = Period(2026, 7)
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"


def settle(qtbot: QtBot, page: LedgerPage) -> None:
    qtbot.waitUntil(lambda: not page.desk.runner.live_jobs() and not page.doing.is_busy, timeout=PATIENCE_MS)


def countersigned(path: Path, sealer: TestSealer) -> bytes:
    """The berat as GİB gives it back: its counter seal stands inside ours, over our SignatureValue."""
    raw = path.read_bytes()
    ours = [e for e in etree.fromstring(raw).iter(f"{{{DS}}}SignatureValue") if e.get("Id")][-1]
    method = f'<ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod>'
    certificate = base64.b64encode(sealer.certificate.der).decode()
    own_digest = base64.b64encode(hashlib.sha256(sealer.certificate.der).digest()).decode()
    properties = (
        '<xades:SignedProperties Id="gib-props"><xades:SignedSignatureProperties>'
        "<xades:SigningTime>2026-04-02T12:00:00+03:00</xades:SigningTime><xades:SigningCertificate><xades:Cert>"
        f"<xades:CertDigest>{method}<ds:DigestValue>{own_digest}</ds:DigestValue></xades:CertDigest>"
        f"<xades:IssuerSerial><ds:X509IssuerName>{sealer.certificate.issuer}</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{int(sealer.certificate.serial_hex, 16)}</ds:X509SerialNumber></xades:IssuerSerial>"
        "</xades:Cert></xades:SigningCertificate></xades:SignedSignatureProperties></xades:SignedProperties>"
    )

    def placed(of_value: str, of_properties: str, value: str) -> bytes:
        """The berat with the counter seal in its place, digests and value as given."""
        counter = (
            f'<ds:Signature xmlns:ds="{DS}" Id="gib"><ds:SignedInfo>'
            f'<ds:CanonicalizationMethod Algorithm="{C14N}"></ds:CanonicalizationMethod>'
            f'<ds:SignatureMethod Algorithm="{RSA_SHA256}"></ds:SignatureMethod>'
            f'<ds:Reference URI="#{ours.get("Id")}"><ds:Transforms><ds:Transform Algorithm="{C14N}"></ds:Transform>'
            f"</ds:Transforms>{method}<ds:DigestValue>{of_value}</ds:DigestValue></ds:Reference>"
            f'<ds:Reference Type="http://uri.etsi.org/01903#SignedProperties" URI="#gib-props">'
            f"{method}<ds:DigestValue>{of_properties}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
            f"<ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>"
            f"<ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo><ds:Object>"
            f'<xades:QualifyingProperties xmlns:xades="{XADES}" Target="#gib">{properties}'
            "</xades:QualifyingProperties></ds:Object></ds:Signature>"
        )
        unsigned = (
            f'<xades:UnsignedProperties xmlns:xades="{XADES}"><xades:UnsignedSignatureProperties>'
            f"<xades:CounterSignature>{counter}</xades:CounterSignature></xades:UnsignedSignatureProperties>"
            "</xades:UnsignedProperties></xades:QualifyingProperties>"
        )
        return raw.replace(b"</xades:QualifyingProperties>", unsigned.encode())

    def digest_of(document: bytes, tag: str) -> bytes:
        return hashlib.sha256(canonical_element(list(etree.fromstring(document).iter(tag))[-1])).digest()

    def b64(data: bytes) -> str:
        return base64.b64encode(data).decode()

    of_value = b64(hashlib.sha256(canonical_element(ours)).digest())
    of_properties = b64(digest_of(placed("AA==", "AA==", "AA=="), f"{{{XADES}}}SignedProperties"))
    info = digest_of(placed(of_value, of_properties, "AA=="), f"{{{DS}}}SignedInfo")
    return placed(of_value, of_properties, b64(sealer.sign([info])[0]))


def counter_sealed(path: Path, gib: TestSealer, target: Path) -> Path:
    """The file that the portal gives back."""
    made = target / f"GIB-{path.name}"
    made.write_bytes(countersigned(path, gib))
    return made


@pytest.fixture
def built(
    qtbot: QtBot, ledger_page: LedgerPage, ledger_world: Any, tmp_path: Path, clerk: Clerk, monkeypatch: Any
) -> LedgerPage:
    """A month that was made by one press: the file is asked for, looked at, agreed to; then all the rest."""
    page = ledger_page
    file = source(tmp_path / "temmuz.csv", 7, 6)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (str(file), ""))

    def agree() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, ImportDialog) and dialog.go.isEnabled():
            dialog.go.click()

    timer = QTimer()
    timer.setInterval(20)
    timer.timeout.connect(agree)
    timer.start()
    with qtbot.waitSignal(page.month.settled, timeout=PATIENCE_MS):
        page.open_month(ledger_world.company, JULY)
    settle(qtbot, page)
    assert page.month.all_button.isVisible()
    with qtbot.waitSignal(page.doing.built, timeout=PATIENCE_MS):
        page.month.all_button.click()
    timer.stop()
    settle(qtbot, page)
    assert page.month.message.sentence == "1 ay oluşturulup mühürlendi."
    return page


def test_one_press_imports_checks_builds_seals_and_packages(qtbot: QtBot, built: LedgerPage, clerk: Clerk) -> None:
    month = built.month.month
    assert month is not None and month.state is PeriodState.BERAT_SEALED
    assert {file.path.name.split("-")[2] for file in month.files} == {"Y", "K", "YB", "KB"}
    assert sum(file.path.suffix == ".zip" for file in month.files) == 2
    assert clerk.asked == ["seal"], "one seal, one question"
    assert not built.month.all_button.isVisible()


def test_the_summary_says_what_is_filed(qtbot: QtBot, built: LedgerPage) -> None:
    month = built.month.month
    assert month is not None
    dialog = FiledDialog(month)
    qtbot.addWidget(dialog)
    said = [dialog.figures.itemAt(i).widget() for i in range(dialog.figures.count())]
    texts = [widget.text() for widget in said if widget is not None]  # type: ignore[attr-defined]
    assert "6 madde (1–6)" in texts and texts.count("12") == 1
    # Debit and credit, both to the kuruş.
    assert texts[1] == texts[3] and "," in texts[1]
    assert [row.texts[2] for row in dialog.model.rows] == ["1–6", "1–6"]
    assert all(row.texts[3].endswith(".zip") for row in dialog.model.rows)
    assert dialog.no_button.isDefault() and not dialog.yes_button.isDefault()


def test_gibs_zip_dropped_on_the_board_closes_the_month_and_the_report_follows(
    qtbot: QtBot, built: LedgerPage, clerk: Clerk, tmp_path: Path
) -> None:
    page = built
    with qtbot.waitSignal(page.doing.filed, timeout=PATIENCE_MS):
        page.month.path.cards["filed"].buttons["filed"].click()
    settle(qtbot, page)
    assert clerk.asked[-1] == "Temmuz 2026 GİB portalına yüklendi mi?"
    month = page.month.month
    assert month is not None and month.state is PeriodState.FILED
    gib = TestSealer.create(parse_tax_number(GIB_NUMBER), "Gelir İdaresi Başkanlığı")
    ours = [file.path for file in month.files if file.kind in ("YB", "KB") and file.path.suffix == ".xml"]
    package = tmp_path / "portaldan.zip"
    with zipfile.ZipFile(package, "w") as archive:
        for path in ours:
            made = counter_sealed(path, gib, tmp_path)
            archive.write(made, made.name)
    page.show_board()
    settle(qtbot, page)
    with qtbot.waitSignal(page.doing.approved, timeout=PATIENCE_MS) as ended:
        page.incoming.take_files([package])
    assert ended.args[2].is_complete, ended.args[2].refused
    settle(qtbot, page)
    assert page.is_month and page.month.message.sentence == "GİB beratları tamam: ay kapandı."
    with qtbot.waitSignal(page.doing.reported, timeout=PATIENCE_MS):
        page.month.path.cards["report"].buttons["report"].click()
    settle(qtbot, page)
    assert page.month.month is not None and page.month.month.state is PeriodState.COMPLETED
    assert "DR" in {file.kind for file in page.month.month.files}
    assert sum(file.path.name.startswith("GIB-") for file in page.month.month.files) == 2
    # The report and GİB's berat open with the viewers beside them.
    for kind, viewer, words in (("DR", "defterraporu.xslt", "391"), ("YB", "berat.xslt", "GİB onayı")):
        path = next(f.path for f in reversed(page.month.month.files) if f.kind == kind and f.path.suffix == ".xml")
        shown = str(etree.XSLT(etree.parse(path.with_name(viewer)))(etree.parse(path)))
        assert words in shown and "Mühür: TEST" in shown, path.name


def test_berats_of_strangers_and_of_nobody_here_are_refused(
    qtbot: QtBot, built: LedgerPage, clerk: Clerk, tmp_path: Path
) -> None:
    page = built
    with qtbot.waitSignal(page.doing.filed, timeout=PATIENCE_MS):
        page.month.path.cards["filed"].buttons["filed"].click()
    settle(qtbot, page)
    month = page.month.month
    assert month is not None
    ours = next(file.path for file in month.files if file.kind == "YB" and file.path.suffix == ".xml")
    other = tmp_path / f"GIB-{ours.name.replace('9205121120', '1234567808')}"
    other.write_bytes(ours.read_bytes())
    # Our own file is shown, whatever the month waits for.
    page.incoming.take_files([ours])
    qtbot.waitUntil(lambda: len(page.findChildren(LedgerViewer)) == 1, timeout=PATIENCE_MS)
    settle(qtbot, page)
    page.findChildren(LedgerViewer)[0].close()
    # The open month takes a stranger's in hand and says why not.
    with qtbot.waitSignal(page.doing.approved, timeout=PATIENCE_MS) as ended:
        page.incoming.take_files([other])
    assert ended.args[2].refused == [(other.name, "Başka bir firmanın ya da ayın beratı.")]
    settle(qtbot, page)
    page.show_board()
    settle(qtbot, page)
    page.incoming.take_files([other])
    qtbot.waitUntil(lambda: "bu ofiste yok" in page.board.message.sentence, timeout=PATIENCE_MS)
    forger = TestSealer.create(parse_tax_number("1234567808"), "Bir Başkası")
    forged = counter_sealed(ours, forger, tmp_path)
    with qtbot.waitSignal(page.doing.approved, timeout=PATIENCE_MS) as ended:
        page.incoming.take_files([forged])
    assert ended.args[2].refused == [(forged.name, "Karşı mühür GİB'in değil.")]
    settle(qtbot, page)
    assert not (month.folder / CANCELLED_FOLDER).exists()
    if page._report is not None:
        page._report.close()

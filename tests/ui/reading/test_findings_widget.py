"""The shared list of findings."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.findings import Finding, Layer, Severity
from app.ui.reading.findings_list import FindingsList
from app.ui.reading.places import place_of

WRONG = Finding(
    Severity.ERROR,
    Layer.BUILTIN,
    "LINE.UNIT",
    "lines[2].unit",
    "3. satırda birim kodu tanınmıyor.",
    explanation="GİB birim listesinde yok.",
    official="Geçersiz unitCode",
    fix="unit=C62",
)
ODD = Finding(Severity.WARNING, Layer.BUILTIN, "SUM.VAT", "totals.vat", "KDV satırlardan farklı.")
NOTE = Finding(Severity.INFO, Layer.SEAL, "SEAL.NONE", "", "Belge henüz mühürlenmemiş.")


def shown(qtbot: QtBot, findings: list[Finding], *, can_fix: bool = False) -> FindingsList:
    widget = FindingsList()
    qtbot.addWidget(widget)
    widget.resize(480, 400)
    widget.set_findings(findings, can_fix=can_fix)
    widget.show()
    return widget


def test_errors_come_first_and_are_counted(qtbot: QtBot, dressed: QApplication) -> None:
    widget = FindingsList()
    qtbot.addWidget(widget)
    with qtbot.waitSignal(widget.counted) as counted:
        widget.set_findings([NOTE, ODD, WRONG])
    assert counted.args == [1, 3]
    assert [row.finding for row in widget.rows()] == [WRONG, ODD, NOTE]
    assert widget.chips[Severity.ERROR].count == 1


def test_the_filter_hides_a_severity_and_the_copy_follows(qtbot: QtBot, dressed: QApplication) -> None:
    widget = shown(qtbot, [WRONG, ODD, NOTE])
    widget.chips[Severity.WARNING].click()
    assert [row.finding for row in widget.rows()] == [WRONG, NOTE]
    widget.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert copied.splitlines() == [
        "Hata: 3. satırda birim kodu tanınmıyor. [3. satır › birim] (LINE.UNIT)",
        "Bilgi: Belge henüz mühürlenmemiş. (SEAL.NONE)",
    ]
    for chip in widget.chips.values():
        chip.setChecked(False)
    assert widget.rows() == []


def test_mending_is_offered_only_where_it_is_safe(qtbot: QtBot, dressed: QApplication) -> None:
    sealed = shown(qtbot, [WRONG])
    assert not sealed.rows()[0].fix.isVisible()
    draft = shown(qtbot, [WRONG, ODD], can_fix=True)
    first, second = draft.rows()
    assert first.fix.isVisible() and not second.fix.isVisible()
    with qtbot.waitSignal(draft.fix_wanted) as fixed:
        first.fix.click()
    assert fixed.args == [WRONG]
    with qtbot.waitSignal(draft.place_wanted) as placed:
        second.place.click()
    assert placed.args == [ODD]


def test_the_fold_says_why(qtbot: QtBot, dressed: QApplication) -> None:
    widget = shown(qtbot, [WRONG])
    row = widget.rows()[0]
    assert not row._why.isVisible()
    row.fold.click()
    assert row._why.isVisible() and "Geçersiz unitCode" in row._why.text() and "LINE.UNIT" in row._why.text()


def test_many_findings_are_drawn_in_portions(qtbot: QtBot, dressed: QApplication) -> None:
    widget = shown(qtbot, [ODD] * 450)
    assert len(widget.rows()) == 100
    widget._on_more_clicked()
    assert len(widget.rows()) == 450


def test_places_in_the_words_of_the_form() -> None:
    assert place_of(ODD) == "toplamlar › KDV"
    assert place_of(Finding(Severity.ERROR, Layer.XSD, "X", "", "…", line=12)) == "12. satırda"
    assert place_of(Finding(Severity.ERROR, Layer.XSD, "X", "customer.tax_number", "…")) == "alıcı › vergi numarası"

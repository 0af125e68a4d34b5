"""What the editor offers comes from the installed package, in words that can be searched; the checks follow it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.demo import people
from app.ubl import codes
from app.ui.editor import catalogue, cells
from app.ui.editor.code_edit import CodeEdit
from app.ui.editor.code_source import code_source
from app.ui.editor.scenario import ValueCode
from app.ui.editor.window import EditorWindow
from app.ui.jobs import Changes
from app.validation.packages.content import PackageKind
from app.workflows import drafting
from tests.ui.conftest import World
from tests.ui.editor.conftest import Open, fill_buyer, typed
from tests.validation.packagemaker import e_invoice_files, zipped

PATIENCE_MS = 20_000
NEW_LISTS = {
    "ProfileIDType": "TEMELFATURA,TICARIFATURA,YENISENARYO",
    "InvoiceTypeCodeList": "SATIS,IADE,TEVKIFAT,YENITIP",
    "CurrencyCodeList": "TRY,EUR,QQQ",
    "UnitCodeList": "C62,KGM,Q9X",
    "TaxType": "0015,4080,7777",
    "WithholdingTaxType": "601,606,699",
    "WithholdingTaxTypeWithPercent": "60130,60140,60690,69960",
    "TaxExemptionReasonCodeType": "301,351,399",
    "PaymentMeansCodeTypeList": "10,42,99",
    "PartyIdentificationIDType": "VKN,TCKN,MUSTERINO,YENIKIMLIK",
    "CountryCodeList": "TR,DE,QQ",
}


def install(world: World, *, release: str = "20260312", lists: dict[str, str] | None = None) -> None:
    world.office.packages.install(zipped(e_invoice_files(release=release, lists=lists or NEW_LISTS)), f"{release}.zip")


def told(world: World, qtbot: QtBot) -> None:
    """As the page of the rules announces it."""
    with qtbot.waitSignal(code_source(world.desk).changed, timeout=PATIENCE_MS):
        world.desk.changed.emit(Changes(settings=True))


def found_codes(window: EditorWindow, qtbot: QtBot) -> set[str]:
    qtbot.waitUntil(lambda: window.worker.is_assessed, timeout=PATIENCE_MS)
    assert window.assessment is not None
    return {f.code for f in window.assessment.findings}


def test_without_a_package_the_built_in_lists_are_offered(ui_world: World, open_editor: Open) -> None:
    open_editor(ui_world)
    now = catalogue.current()
    assert {o.code for o in now.units} == set(codes.units())
    assert {o.code for o in now.currencies} == set(codes.currencies())
    assert {o.code for o in now.taxes} == set(codes.tax_types()) - {"0015"}
    assert {o.code for o in now.withholdings} == set(codes.withholdings())
    assert {o.code for o in now.exemptions} == set(codes.exemptions())
    assert {o.code for o in now.payments} == set(codes.payment_means())
    assert {o.code for o in now.party_schemes} == set(codes.party_schemes()) - {"VKN", "TCKN"}
    assert {o.code for o in now.named("countries")} == set(codes.countries())
    assert dict(now.profiles()).keys() == codes.profiles().keys()
    assert [code for code, _ in now.types("TEMELFATURA")][:3] == ["SATIS", "TEVKIFAT", "ISTISNA"]


def test_a_package_that_comes_while_the_window_is_open_is_offered_at_once(
    ui_world: World, open_editor: Open, qtbot: QtBot
) -> None:
    data = people.drafts(ui_world.clock.today().isoformat())[0]
    data["lines"][0]["unit"] = "Q9X"
    draft = drafting.save_draft(ui_world.ctx, ui_world.company, data).record
    window = open_editor(ui_world, document_id=draft.id)
    assert "INV.LINE_UNIT_RARE" in found_codes(window, qtbot)
    install(ui_world)
    told(ui_world, qtbot)
    profile = window.form.profile
    assert "YENISENARYO" in {profile.itemData(i) for i in range(profile.count())}
    assert profile.findData("HKS") < 0, "what the package no longer knows is not offered"
    assert window.form.type.findData("YENITIP") >= 0
    now = catalogue.current()
    assert [o.code for o in now.units] == ["C62", "KGM", "Q9X"]
    assert cells.find_code(cells.tax_options(), "7777") == "7777"
    assert "QQ" in {o.code for o in now.named("countries")}
    assert {"YENIKIMLIK"} <= {o.code for o in now.party_schemes}
    # The checks follow: the unit is known by now.
    qtbot.waitUntil(lambda: "INV.LINE_UNIT_RARE" not in found_codes(window, qtbot), timeout=PATIENCE_MS)
    typed(window.form.currency, "qqq")
    window.form.currency.take_over()
    typed(window.form.payment, "99")
    window.form.payment.take_over()
    assert (window.store.text("currency"), window.store.text("payment.code")) == ("QQQ", "99")
    window.store.set("profile", "YENISENARYO")
    window.store.set("type", "YENITIP")
    assert not {"INV.CURRENCY", "INV.PAYMENT_CODE", "INV.PROFILE", "INV.TYPE"} & found_codes(window, qtbot)


def test_going_back_to_an_earlier_package_takes_its_codes_away(
    ui_world: World, open_editor: Open, qtbot: QtBot
) -> None:
    install(ui_world, release="20250101", lists={"CurrencyCodeList": "TRY,EUR"})
    install(ui_world)
    source = code_source(ui_world.desk)
    with qtbot.waitSignal(source.changed, timeout=PATIENCE_MS):
        window = open_editor(ui_world)
    assert "QQQ" in {o.code for o in catalogue.current().currencies}
    typed(window.form.currency, "QQQ")
    window.form.currency.take_over()
    assert "INV.CURRENCY" not in found_codes(window, qtbot)
    ui_world.office.packages.rollback(PackageKind.E_INVOICE)
    told(ui_world, qtbot)
    assert {o.code for o in catalogue.current().currencies} == {"TRY", "EUR"}
    assert window.form.currency.text() == "QQQ", "what stands in the draft is never dropped"
    qtbot.waitUntil(lambda: "INV.CURRENCY" in found_codes(window, qtbot), timeout=PATIENCE_MS)


def test_a_damaged_package_leaves_what_was_offered(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    install(ui_world)
    store = ui_world.office.packages
    current = store.current(PackageKind.E_INVOICE)
    assert current is not None
    store.path(current).write_bytes(b"x")
    window = open_editor(ui_world)
    source = code_source(ui_world.desk)
    source.refresh()
    qtbot.waitUntil(lambda: not source.is_asking, timeout=PATIENCE_MS)
    assert window.form.profile.findData("HKS") >= 0


def test_a_new_withholding_code_brings_the_percent_of_the_package(
    ui_world: World, open_editor: Open, qtbot: QtBot
) -> None:
    install(ui_world)
    with qtbot.waitSignal(code_source(ui_world.desk).changed, timeout=PATIENCE_MS):
        open_editor(ui_world)
    assert cells.write_withholding({}, "699") == {"withholding": {"code": "699", "rate": "60"}}
    assert cells.write_withholding({}, "606") == {"withholding": {"code": "606", "rate": "90"}}
    assert catalogue.current().withholding_rate("601") == 40


def test_a_long_list_is_searched_by_code_and_by_turkish_word(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = open_editor(ui_world)
    edit = window.form.currency
    assert edit.text().startswith("TRY · Türk")
    edit.setFocus()
    typed(edit, "ingiliz")
    offered = [edit.words.list.model().index(row, 0).data() for row in range(edit.words.list.model().rowCount())]
    assert any(text.startswith("GBP") for text in offered)
    edit.words.list.setCurrentIndex(edit.words.list.model().index(0, 0))
    QTest.keyClick(edit.words.list, Qt.Key.Key_Return)
    assert window.store.text("currency") == "GBP" and edit.text().startswith("GBP")
    window.store.undo.undo()
    assert window.store.text("currency") == "TRY" and edit.text().startswith("TRY")
    typed(edit, "usd")
    edit.take_over()
    assert window.store.text("currency") == "USD"
    window.store.set("profile", "YOLCUBERABERFATURA")
    nation = window.form.scenario.values.fields["buyer.nationality"].editor
    assert isinstance(nation, ValueCode)
    typed(nation, "almanya")
    nation.take_over()
    assert window.store.get("buyer", {})["nationality"] == "DE"


def test_a_country_is_found_by_name_and_by_code(ui_world: World, open_editor: Open) -> None:
    window = open_editor(ui_world)
    field = window.form.field_of("customer.address.country")
    assert field is not None and isinstance(field.editor, CodeEdit)
    for text, name in (("DE", "Almanya"), ("almanya", "Almanya"), ("türkiye", "Türkiye"), ("Atlantis", "Atlantis")):
        typed(field.editor, text)
        field.editor.take_over()
        assert window.store.get("customer")["address"]["country"] == name, text
    install(ui_world)
    lists = catalogue.Catalogue(ui_world.office.code_lists)
    assert [(option.code, option.also) for option in lists.country_names] == [
        ("Türkiye", "TR"),
        ("Almanya", "DE"),
        ("QQ", "QQ"),
    ]


def test_a_code_that_is_still_being_typed_is_saved_too(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = open_editor(ui_world)
    fill_buyer(window)
    window.form.currency.setFocus()
    typed(window.form.currency, "eur")
    assert window.store.text("currency") == "TRY"
    window.save()
    assert window.store.text("currency") == "EUR" and window.form.currency.text().startswith("EUR")

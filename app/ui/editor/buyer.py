"""The buyer's card: picked from those we know or typed; says at once how the buyer is registered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.errors import InputError
from app.domain.taxnumber import parse_tax_number
from app.storage.records import PartnerRecord
from app.ubl.partyjson import party_to_json
from app.ui.editor.catalogue import country_names
from app.ui.editor.code_edit import CodeBinding
from app.ui.editor.delegates import PickerEdit
from app.ui.editor.fields import Field, FormEdit, TextBinding, WrapBinding
from app.ui.editor.folding import FieldGrid
from app.ui.editor.store import FormStore
from app.ui.theme import tokens
from app.ui.theme.icons import bind_icon
from app.ui.widgets import ElidedLabel, IconButton, IconLabel, QuietButton


def name_of(customer: dict[str, Any]) -> str:
    """Title, or name and surname."""
    return str(customer.get("title") or f"{customer.get('name', '')} {customer.get('surname', '')}".strip())


def number_of(customer: dict[str, Any]) -> str:
    return str(customer.get("vkn") or customer.get("tckn") or "")


def judge_number(text: str) -> tuple[str, str]:
    """(icon, sentence) for a number that is being typed."""
    digits = "".join(text.split())
    if not digits:
        return "info", "VKN 10, TCKN 11 rakamdır."
    if len(digits) < 10 and digits.isdigit():
        return "info", f"{len(digits)} rakam yazıldı."
    try:
        number = parse_tax_number(digits)
    except InputError as e:
        return "error", e.why
    if not number.is_checksum_valid:
        return "warn", "Kontrol hanesi tutmuyor: bir rakam yanlış olabilir."
    return "check-circle", "Kontrol hanesi tutuyor"


class BuyerCard(QWidget):
    """`asked`: ask the integrator for the registration. `label_chosen`: this mailbox is to be remembered."""

    asked = Signal()
    label_chosen = Signal(str)
    #: The buyer's number: keep it at the top of the picker, or no longer.
    starred = Signal(str)

    def __init__(self, store: FormStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._partners: dict[str, PartnerRecord] = {}
        self._partner: PartnerRecord | None = None
        self._is_picking = False
        self.picker = PickerEdit([], self)
        self.picker.setPlaceholderText(self.tr("Kayıtlı alıcı ara: unvan, VKN…"))
        self.picker.setAccessibleName(self.tr("Kayıtlı alıcı ara"))
        self.picker.setClearButtonEnabled(True)
        self._buyers: list[dict[str, Any]] = []
        self._favourites: frozenset[str] = frozenset()
        self.star = IconButton("star", self.tr("Sık kullanılanlara ekle"), self)
        self.star.clicked.connect(self._on_star_clicked)
        self.number = FormEdit(self)
        self.number.setMaxLength(16)
        self.number.textEdited.connect(self._on_number_edited)
        self.verdict_icon = IconLabel("info", "quiet", self, size=tokens.M)
        self.verdict = ElidedLabel("", self, mode=Qt.TextElideMode.ElideRight, quiet=True)
        self.registration_icon = IconLabel("question", "wait", self)
        self.registration = ElidedLabel("", self, mode=Qt.TextElideMode.ElideRight)
        self.ask = QuietButton(self.tr("Sorgula"), self, icon="sync")
        self.ask.setToolTip(self.tr("Alıcının e-Fatura kaydını entegratöre sor"))
        self.ask.clicked.connect(self.asked)
        self.mailbox = QComboBox(self)
        self.mailbox.setEditable(True)
        self.mailbox.setMinimumContentsLength(16)
        self.mailbox.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.mailbox.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.mailbox.activated.connect(self._on_mailbox_activated)
        line = self.mailbox.lineEdit()
        assert line is not None
        line.setPlaceholderText(self.tr("tek kutusu varsa kendiliğinden seçilir"))
        line.textEdited.connect(self._on_mailbox_edited)

        self.fields: list[Field] = []
        self.number_field = self._field(self.tr("VKN / TCKN"), self.number, "customer.tax_number", "customer.vkn")
        self.number_field.places += ("customer.tckn", "customer")
        verdict = QHBoxLayout()
        verdict.setSpacing(tokens.XS)
        verdict.addWidget(self.verdict_icon)
        verdict.addWidget(self.verdict, 1)
        self.number_field.add_below(verdict)
        self.title_field = self._text("title", self.tr("Unvan"))
        self.first_field = self._text("name", self.tr("Ad"), "customer.first_name")
        self.family_field = self._text("surname", self.tr("Soyad"), "customer.family_name")
        street = WrapBinding(self._store, "customer.address.street", self.tr("Adres"), self)
        self.mailbox_field = self._field(self.tr("Alıcının posta kutusu"), self.mailbox, "receiver_label")
        grid = FieldGrid(self)
        for field, units in (
            (self.number_field, 3),
            (self.title_field, 6),
            (self.first_field, 3),
            (self.family_field, 3),
            (self._text("tax_office", self.tr("Vergi dairesi")), 3),
            (self._field(self.tr("Adres"), street, "customer.address.street", "customer.address"), 5),
            (self._text("address.building_no", self.tr("Kapı no")), 1),
            (self._text("address.district", self.tr("İlçe")), 2),
            (self._text("address.city", self.tr("İl")), 2),
            (self._text("address.postal_code", self.tr("Posta kodu")), 2),
            (self._text("email", self.tr("E-posta")), 4),
            (self._text("phone", self.tr("Telefon")), 2),
            (self._country(), 2),
            (self.mailbox_field, 4),
        ):
            grid.add(field, units)
        top = QHBoxLayout()
        top.setSpacing(tokens.S)
        top.addWidget(self.picker, 3)
        top.addWidget(self.star)
        top.addWidget(self.registration_icon)
        top.addWidget(self.registration, 2)
        top.addWidget(self.ask)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(tokens.S)
        whole.addLayout(top)
        whole.addWidget(grid)
        picked: Any = self.picker.words.activated
        picked[QModelIndex].connect(self._on_picked)
        store.field_changed.connect(self._on_field_changed)
        self.show_partner(None)
        self._show()

    def _field(self, title: str, editor: QWidget, *places: str) -> Field:
        field = Field(title, editor, places, self)
        self.fields.append(field)
        return field

    def _country(self) -> Field:
        path, title = "customer.address.country", self.tr("Ülke")
        return self._field(title, CodeBinding(self._store, path, title, country_names, self), path)

    def _text(self, path: str, title: str, *places: str) -> Field:
        full = f"customer.{path}"
        return self._field(title, TextBinding(self._store, full, title, self), full, *places)

    def set_known(
        self, buyers: list[dict[str, Any]], partners: list[PartnerRecord], favourites: Sequence[str] = ()
    ) -> None:
        """Whom one may pick: the favourites, then the most used."""
        self._partners = {p.party.tax_number.digits: p for p in partners}
        self._buyers = buyers
        self.show_favourites(favourites)
        if self._partner is None:
            # What is known came after the fields: the card says it at once all the same.
            known = self._partners.get(number_of(self._store.get("customer", {}) or {}))
            if known is not None:
                self.show_partner(known)

    def show_favourites(self, favourites: Sequence[str]) -> None:
        """These stand first in the picker, with a mark."""
        self._favourites = frozenset(favourites)
        ordered = sorted(self._buyers, key=lambda b: number_of(b) not in self._favourites)
        choices = []
        for buyer in ordered:
            mark = "  ★" if number_of(buyer) in self._favourites else ""
            choices.append((f"{name_of(buyer)} · {number_of(buyer)}{mark}", buyer))
        self.picker.words.set_choices(choices)
        self._show_star()

    def _show_star(self) -> None:
        number = number_of(self._store.get("customer", {}) or {})
        is_mine = number in self._favourites
        bind_icon(self.star, "star", "text" if is_mine else "quiet")
        self.star.setVisible(bool(number))
        words = self.tr("Sık kullanılanlardan çıkar") if is_mine else self.tr("Sık kullanılanlara ekle")
        self.star.setAccessibleName(words)
        self.star.setToolTip(words)

    def show_verdict(self, shown: bool) -> None:
        """The word on the check digit gives way to a finding that says the same below the field."""
        self.verdict.setVisible(shown)
        self.verdict_icon.setVisible(shown)

    def show_partner(self, partner: PartnerRecord | None) -> None:
        """What we know of the buyer's registration and mailboxes."""
        self._partner = partner
        registered = partner.registered if partner is not None else None
        has_number = bool(number_of(self._store.get("customer", {}) or {}))
        self._tell(registered, len(partner.pk_labels) if partner is not None else 0)
        for part in (self.registration_icon, self.registration, self.ask):
            part.setVisible(has_number)
        labels = list(partner.pk_labels) if partner is not None else []
        chosen = self._store.text("receiver_label")
        self.mailbox.clear()
        self.mailbox.addItems(labels)
        if not chosen and partner is not None:
            chosen = partner.preferred_pk or (labels[0] if len(labels) == 1 else "")
        self.mailbox.setEditText(chosen)
        self.mailbox_field.setVisible(has_number and registered is not False)

    @property
    def partner(self) -> PartnerRecord | None:
        """What the card knows of the buyer."""
        return self._partner

    def show_unregistered(self) -> None:
        """The integrator has no e-Fatura address for this number, and there is no card to keep that on yet."""
        self._tell(False, 0)
        self.mailbox_field.setVisible(False)

    def show_listed(self, registered: bool, labels: Sequence[str]) -> None:
        """What the office's own list of taxpayers says, until the integrator has been asked."""
        self._tell(registered, len(labels))
        chosen = self._store.text("receiver_label")
        self.mailbox.clear()
        self.mailbox.addItems(list(labels))
        self.mailbox.setEditText(chosen or (labels[0] if len(labels) == 1 else ""))
        self.mailbox_field.setVisible(registered)

    def show_unreached(self, sentence: str) -> None:
        """Nobody could be asked by itself: a line, not a wall."""
        self.registration_icon.set_icon("offline", "wait")
        self.registration.setText(self.tr("Şimdi sorulamadı; fatura yine de hazırlanır"))
        self.registration.setToolTip(sentence)

    def _tell(self, registered: bool | None, boxes: int) -> None:
        icon, tone, words = {
            True: ("check-circle", "ok", self.tr("e-Fatura mükellefi")),
            False: ("stop", "warn", self.tr("e-Fatura mükellefi değil")),
            None: ("question", "wait", self.tr("Mükellefiyeti sorgulanmadı")),
        }[registered]
        if boxes > 1:
            words += self.tr(" · {0} posta kutusu").format(boxes)
        self.registration_icon.set_icon(icon, tone)  # type: ignore[arg-type]
        self.registration.setText(words)

    def summary(self) -> str:
        """The buyer in one line, for the folded card."""
        customer = self._store.get("customer", {}) or {}
        parts = [name_of(customer), number_of(customer)]
        if number_of(customer):
            parts += [self.registration.text(), self._store.text("receiver_label")]
        return " · ".join(part for part in parts if part)

    @Slot(QModelIndex)
    def _on_picked(self, index: QModelIndex) -> None:
        customer = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(customer, dict):
            self.choose(customer)

    def choose(self, customer: dict[str, Any]) -> None:
        """Put a known buyer into the form as one undo step, with the mailbox that was chosen for it last."""
        partner = self._partners.get(number_of(customer))
        self._store.undo.beginMacro(self.tr("Alıcı seç"))
        self._store.set("customer", party_to_json(partner.party) if partner is not None else customer)
        self._store.set("receiver_label", partner.preferred_pk if partner is not None else "")
        self._store.undo.endMacro()
        self.show_partner(partner)
        self.picker.clear()

    @Slot(str)
    def _on_number_edited(self, text: str) -> None:
        digits = "".join(text.split())
        customer = {k: v for k, v in (self._store.get("customer", {}) or {}).items() if k not in ("vkn", "tckn")}
        if digits:
            customer["tckn" if len(digits) > 10 else "vkn"] = digits
        self._store.set("customer", customer, self.tr("VKN / TCKN"), merges=True)
        self.show_partner(self._partners.get(digits))

    @Slot()
    def _on_star_clicked(self) -> None:
        self.starred.emit(number_of(self._store.get("customer", {}) or {}))

    @Slot(int)
    def _on_mailbox_activated(self, index: int) -> None:
        label = self.mailbox.itemText(index)
        self._store.set("receiver_label", label, self.tr("Posta kutusu"))
        self.label_chosen.emit(label)

    @Slot(str)
    def _on_mailbox_edited(self, text: str) -> None:
        self._store.set("receiver_label", text.strip(), self.tr("Posta kutusu"), merges=True)

    @Slot(str)
    def _on_field_changed(self, path: str) -> None:
        if path == "" or path.startswith("customer"):
            self._show()
        if path in ("", "receiver_label") and self.mailbox.currentText().strip() != self._store.text("receiver_label"):
            self.show_partner(self._partner)

    def _show(self) -> None:
        number = number_of(self._store.get("customer", {}) or {})
        if "".join(self.number.text().split()) != number:
            self.number.setText(number)
            self.show_partner(self._partners.get(number))
        icon, sentence = judge_number(number)
        tone = {"info": "quiet", "error": "error", "warn": "warn", "check-circle": "ok"}[icon]
        self.verdict_icon.set_icon(icon, tone)  # type: ignore[arg-type]
        self.verdict.setText(sentence)
        self._show_star()
        is_person = len(number) == 11 or bool(
            self._store.text("customer.name") and not self._store.text("customer.title")
        )
        self.title_field.setVisible(not is_person)
        self.first_field.setVisible(is_person)
        self.family_field.setVisible(is_person)

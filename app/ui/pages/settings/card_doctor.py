"""The card doctor in the window: readers, drivers, cards, certificates, what to do; and one test signature."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import AppError
from app.domain.turkish import format_date
from app.signing.token import DoctorReport, PinSource, TestSignature, TokenFacts, Wanted, doctor
from app.ui.desk import Desk
from app.ui.dialogs.caps import CapsWatch
from app.ui.pages.settings.form import Form, PlainButton, Verdict, clear_layout, pad_items, secret_edit
from app.ui.theme import tokens
from app.ui.theme.icons import icon
from app.ui.theme.style import theme
from app.ui.theme.tokens import Tone
from app.ui.widgets import HeadingLabel, PrimaryButton, QuietLabel
from app.workflows.context import WorkContext

#: A certificate that ends within this many days is worth a warning.
_SOON_DAYS = 45


class CardDoctor(QWidget):
    """`look` asks every driver on the token lane; `reported` gives the report."""

    reported = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.report: DoctorReport | None = None
        self._icons: list[tuple[QTreeWidgetItem, str, Tone]] = []
        self.look_button = PlainButton(self.tr("Kartı denetle"), self, icon="card")
        self.state = Verdict(self)
        self.tree = QTreeWidget(self)
        self.tree.setAccessibleName(self.tr("Okuyucular, sürücüler, kartlar, sertifikalar"))
        self.tree.setHeaderLabels([self.tr("Ne"), self.tr("Bulunan")])
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.setWordWrap(True)
        self.tree.setItemDelegateForColumn(1, _WrappedCells(self.tree))
        self.tree.header().sectionResized.connect(self.tree.scheduleDelayedItemsLayout)
        self.tree.setSelectionMode(QTreeWidget.SelectionMode.SingleSelection)
        # As high as its rows: the page scrolls, not the list in it.
        self.tree.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.header().sectionResized.connect(self._fit_soon)
        self.tree.itemExpanded.connect(self._fit_soon)
        self.tree.itemCollapsed.connect(self._fit_soon)
        pad_items(self.tree, vertical_px=tokens.XS // 2)
        self.tree.setVisible(False)
        self._advice = QVBoxLayout()
        self._advice.setSpacing(tokens.XS)
        self.test = TestPanel(desk, self)
        row = QHBoxLayout()
        row.setSpacing(tokens.M)
        # The verdict is hidden at first; the button keeps its own width all the same.
        row.addWidget(self.look_button, alignment=Qt.AlignmentFlag.AlignLeft)
        row.addWidget(self.state, 1, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S)
        column.addLayout(row)
        column.addWidget(self.tree)
        column.addLayout(self._advice)
        column.addWidget(self.test)
        self.look_button.clicked.connect(self.look)
        self.test.ended.connect(self.look)
        theme().changed.connect(self._on_theme_changed)

    @Slot()
    def look(self) -> None:
        """Ask all drivers; takes up to twenty seconds where one hangs."""
        if not self.look_button.isEnabled():
            return
        self.look_button.setEnabled(False)
        self.state.say("wait", self.tr("Okuyucular ve kartlar soruluyor…"))
        self.desk.run(
            self.tr("Kart denetleniyor"),
            partial(_look, self.desk),
            self.show_report,
            owner=self,
            lane=self.desk.lanes.token,
            failed=self._on_failed,
        )

    @Slot(object)
    def show_report(self, report: DoctorReport) -> None:
        """Show what was found."""
        self.report = report
        self.look_button.setEnabled(True)
        self._fill(report)
        clear_layout(self._advice)
        for sentence in report.advice:
            line = Verdict(self)
            self._advice.addWidget(line)
            line.say("warn", sentence)
        if report.tokens:
            self.state.say("ok", self.tr("{0} kart bulundu.").format(len(report.tokens)))
        else:
            self.state.say("warn", self.tr("Kart bulunamadı."))
        self.test.offer(report.tokens)
        self.reported.emit(report)

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        self.look_button.setEnabled(True)
        self.state.say("error", error.sentence)

    def _fill(self, report: DoctorReport) -> None:
        self._icons.clear()
        self.tree.clear()
        readers = self._top(self.tr("Okuyucular"), "card")
        for name in report.readers.names:
            self._child(readers, self.tr("Okuyucu"), name, "check", "ok")
        if report.readers.note:
            self._child(readers, self.tr("Not"), report.readers.note, "info", "wait")
        drivers = self._top(self.tr("Sürücüler"), "wrench")
        if not report.modules:
            self._child(drivers, self.tr("Yok"), self.tr("Bilinen yerlerde kart sürücüsü bulunamadı."), "warn", "warn")
        for look in report.modules:
            if look.error is not None:
                self._child(drivers, look.title, look.error.sentence, "error", "error")
            else:
                item = self._child(drivers, look.title, str(look.path), "check", "ok")
                item.setToolTip(1, f"{look.description} {look.version}".strip())
        now = self.desk.office.clock.now()
        for token in report.tokens:
            top = self._top(token.label, "seal")
            top.setText(1, self.tr("seri {0}, {1}").format(token.serial, token.reader or token.model))
            self._pin_rows(top, token)
            for certificate in token.own_certificates:
                info = certificate.info
                owner = f"{info.owner_name} ({info.owner or self.tr('numara yok')})"
                tone, name, words = _expiry(info.not_after, now)
                self._child(
                    top,
                    self.tr("Sertifika"),
                    f"{owner}{'  TEST' if info.is_test else ''}, {words}",
                    name,
                    tone,
                )
        self.tree.expandAll()
        self.tree.setVisible(True)
        self._fit_soon()
        self._on_theme_changed()

    @Slot()
    def _fit_soon(self) -> None:
        """Once the rows have their width, so that wrapped sentences are counted as they stand."""
        QTimer.singleShot(0, self, self._fit)

    @Slot()
    def _fit(self) -> None:
        height = self.tree.header().sizeHint().height() + 2 * self.tree.frameWidth()
        index = self.tree.model().index(0, 0)
        while index.isValid():
            height += max(self.tree.sizeHintForIndex(index.siblingAtColumn(column)).height() for column in (0, 1))
            index = self.tree.indexBelow(index)
        self.tree.setFixedHeight(height)

    def _pin_rows(self, top: QTreeWidgetItem, token: TokenFacts) -> None:
        rows: list[tuple[bool, str, str, Tone]] = [
            (token.pin_locked, self.tr("Kilitli: PUK ile açılmadan kullanılamaz."), "lock", "error"),
            (token.pin_final_try and not token.pin_locked, self.tr("Tek deneme hakkı kaldı."), "warn", "error"),
            (token.pin_low and not token.pin_final_try, self.tr("Daha önce yanlış girilmiş."), "warn", "warn"),
            (token.pin_pad, self.tr("Okuyucunun kendi tuşlarından girilir."), "keyboard", "wait"),
            (not token.pin_set, self.tr("Henüz belirlenmemiş."), "warn", "warn"),
        ]
        said = [(words, name, tone) for is_so, words, name, tone in rows if is_so]
        for words, name, tone in said or [(self.tr("Sorun görünmüyor."), "check", "ok")]:
            self._child(top, self.tr("PIN"), words, name, tone)

    def _top(self, title: str, name: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self.tree, [title, ""])
        self._icons.append((item, name, "text"))
        return item

    def _child(self, top: QTreeWidgetItem, title: str, words: str, name: str, tone: Tone) -> QTreeWidgetItem:
        item = QTreeWidgetItem(top, [title, words])
        item.setToolTip(1, words)
        self._icons.append((item, name, tone))
        return item

    @Slot()
    def _on_theme_changed(self) -> None:
        for item, name, tone in self._icons:
            item.setIcon(0, QIcon(icon(name, tone)))


class _WrappedCells(QStyledItemDelegate):
    """Rows as high as their sentence is long: a tree wraps words, but does not make room for them."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        hint = super().sizeHint(option, index)
        view = self.parent()
        if not isinstance(view, QTreeWidget):
            return hint
        width = view.columnWidth(index.column()) - 2 * tokens.M
        text = str(index.data() or "")
        metrics = view.fontMetrics()
        rect = metrics.boundingRect(0, 0, max(width, 1), 10_000, int(Qt.TextFlag.TextWordWrap), text)
        hint.setHeight(max(hint.height(), rect.height() + tokens.XS))
        # The row is as wide as its column, however long the sentence.
        hint.setWidth(0)
        return hint


class TestPanel(QFrame):
    """One test signature with a PIN that is typed once. Nothing is stored and nothing is sent."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    ended = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._tokens: tuple[TokenFacts, ...] = ()
        self.setProperty("role", "raised")
        self.setAccessibleName(self.tr("Deneme imzası"))
        self.token = QComboBox(self)
        self.pin = secret_edit(self)
        self.pin.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.last_try = QCheckBox(self.tr("PIN'den eminim; son denemeyi kullan"), self)
        self.warning = Verdict(self)
        self.caps = QuietLabel(self.tr("Caps Lock açık."), self)
        self.caps.setVisible(False)
        self.sign_button = PrimaryButton(self.tr("Deneme imzası at"), self, icon="seal")
        self.result = Verdict(self)
        form = Form(self)
        form.add("token", self.tr("Kart"), self.token)
        form.add("pin", self.tr("PIN"), self.pin)
        row = QHBoxLayout()
        row.addWidget(self.result, 100)
        # While there is no result the button keeps its own width.
        row.addStretch(1)
        row.addWidget(self.sign_button, alignment=Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.L, tokens.M, tokens.L, tokens.M)
        column.setSpacing(tokens.S)
        column.addWidget(HeadingLabel(self.tr("Deneme imzası"), self))
        column.addWidget(
            QuietLabel(
                self.tr(
                    "Bir deneme özeti imzalanır ve doğrulanır. Belge mühürlenmez, hiçbir yere gönderilmez; "
                    "PIN saklanmaz."
                ),
                self,
                wrap=True,
            )
        )
        column.addWidget(form)
        column.addWidget(self.caps)
        column.addWidget(self.warning)
        column.addWidget(self.last_try)
        column.addLayout(row)
        CapsWatch(self.pin).changed.connect(self.caps.setVisible)
        self.token.currentIndexChanged.connect(self._on_token_chosen)
        self.pin.textChanged.connect(self._on_token_chosen)
        self.last_try.toggled.connect(self._on_token_chosen)
        self.pin.returnPressed.connect(self.sign)
        self.sign_button.clicked.connect(self.sign)
        self.setVisible(False)

    def offer(self, tokens_: tuple[TokenFacts, ...]) -> None:
        """Show the cards that could sign."""
        self._tokens = tokens_
        chosen = self.token.currentText()
        self.token.blockSignals(True)
        self.token.clear()
        for token in tokens_:
            self.token.addItem(f"{token.label} (seri {token.serial})", token.serial)
        self.token.setCurrentIndex(max(0, self.token.findText(chosen)))
        self.token.blockSignals(False)
        self.setVisible(bool(tokens_))
        self._on_token_chosen()

    @Slot()
    def sign(self) -> None:
        """One try with the PIN as typed; the field is emptied at once."""
        token = self._chosen()
        if token is None or not self.sign_button.isEnabled():
            return
        pin = self.pin.text()
        source = PinSource.keypad() if token.pin_pad else PinSource.typed(pin)
        is_accepted = self.last_try.isChecked()
        self.pin.clear()
        self.last_try.setChecked(False)
        self.sign_button.setEnabled(False)
        words = self.tr("PIN'i okuyucunun tuşlarından girin…") if token.pin_pad else self.tr("İmzalanıyor…")
        self.result.say("wait", words)
        self.desk.run(
            self.tr("Deneme imzası"),
            partial(_sign, self.desk, token.label, token.serial, source, is_accepted),
            self._on_signed,
            owner=self,
            lane=self.desk.lanes.token,
            failed=self._on_failed,
        )

    def _chosen(self) -> TokenFacts | None:
        index = self.token.currentIndex()
        return self._tokens[index] if 0 <= index < len(self._tokens) else None

    @Slot()
    def _on_token_chosen(self) -> None:
        token = self._chosen()
        if token is None:
            return
        is_last = token.pin_final_try and not token.pin_locked
        self.last_try.setVisible(is_last)
        self.pin.setEnabled(not token.pin_pad and not token.pin_locked)
        if token.pin_locked:
            self.warning.say("error", self.tr("PIN kilitli; PUK ile açılmadan imza atılamaz."))
        elif is_last:
            self.warning.say("error", self.tr("Bu SON denemedir: yanlış PIN kartı kilitler ve yeni mühür gerekir."))
        elif token.pin_low:
            self.warning.say("warn", self.tr("Bu kartta daha önce yanlış PIN girilmiş; az deneme hakkı kaldı."))
        else:
            self.warning.clear()
        may_try = not token.pin_locked and (not is_last or self.last_try.isChecked())
        self.sign_button.setEnabled(may_try and (token.pin_pad or bool(self.pin.text())))

    @Slot(object)
    def _on_signed(self, test: TestSignature) -> None:
        if test.error is None:
            seconds = f"{test.seconds:.2f}".replace(".", ",")
            self.result.say("ok", self.tr("İmza atıldı ve doğrulandı: {0}, {1} sn.").format(test.token_label, seconds))
        else:
            self.result.say("error", test.error.sentence)
        self._on_token_chosen()
        self.ended.emit()

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        self.result.say("error", error.sentence)
        self._on_token_chosen()


def _expiry(not_after: datetime, now: datetime) -> tuple[Tone, str, str]:
    day = format_date(not_after.date())
    days = (not_after - now).days
    if not_after < now:
        return "error", "lapsed", f"süresi {day} tarihinde doldu"
    if days < _SOON_DAYS:
        return "warn", "clock", f"{day} tarihine kadar ({days} gün kaldı)"
    return "ok", "check-circle", f"{day} tarihine kadar"


def _look(desk: Desk, _ctx: WorkContext) -> DoctorReport:
    return doctor(desk.office.seal_modules(), at=desk.office.clock.now())


def _sign(
    desk: Desk, label: str, serial: str, pin: PinSource, accept_last_try: bool, _ctx: WorkContext
) -> TestSignature:
    now = desk.office.clock.now()
    report = doctor(
        desk.office.seal_modules(),
        at=now,
        sign_pin=pin,
        wanted=Wanted(label=label, serial=serial, at=now),
        accept_last_try=accept_last_try,
    )
    assert report.test_signature is not None
    return report.test_signature

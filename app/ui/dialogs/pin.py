"""Asking for the seal: whose, which token, how many documents, what goes where. The PIN is typed once per session."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import AppError, JobCancelled, PinRefused
from app.domain.protocols import Sealer
from app.signing.pins import PinSource
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.dialogs import seal_sources as sources
from app.ui.dialogs.caps import CapsWatch
from app.ui.dialogs.seal_chooser import SealChooser
from app.ui.dialogs.seal_sources import Found, SealSource
from app.ui.seals import keeper_of
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, HeadingLabel, MessageBar, PrimaryButton, QuietButton, QuietLabel, line_frame
from app.workflows.context import WorkContext


@dataclass(frozen=True, slots=True, kw_only=True)
class SealChoice:
    """The user's yes, with the open seal. Use `sealer` on the token lane only; `keeper_of(desk)` closes it."""

    sealer: Sealer = field(repr=False)
    title: str
    is_test: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SealDeclined:
    """The user went away. `error` is the last refusal that the dialog had said, None when nothing was tried."""

    error: AppError | None = None

    @property
    def pin_refused(self) -> bool:
        """Whether a wrong PIN was the last word: a try is lost, and the card may want looking after."""
        return isinstance(self.error, PinRefused)


def ask_for_seal(
    desk: Desk, company: CompanyRecord, count: int, destination: str, parent: QWidget | None = None
) -> SealChoice | SealDeclined:
    """Ask with which seal `count` documents of `company` are sealed.

    `destination` says what then happens, e.g. "İZİBİZ (deneme ortamı) üzerinden gönderilmek üzere kuyruğa girer".
    The seal is open when this returns: a refused PIN is said in the dialog and not after it.
    """
    dialog = SealDialog(desk, company, count, destination, parent)
    dialog.exec()
    answer = dialog.answer
    dialog.deleteLater()
    return answer


def ask_seal(
    desk: Desk, company: CompanyRecord, count: int, destination: str, parent: QWidget | None = None
) -> SealChoice | None:
    """As `ask_for_seal`, for whoever need not know why not: None when the user thought better of it."""
    answer = ask_for_seal(desk, company, count, destination, parent)
    return answer if isinstance(answer, SealChoice) else None


class _ConfirmButton(PrimaryButton):
    """Never the dialog's default: Enter presses it only when it has the focus itself."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)


class SealDialog(QDialog):
    """Opens the seal itself, so that every refusal is said in place. `choice` is None until it is accepted.

    The focus begins in the PIN field, or on the choice of seals where nothing is typed: never on a button.
    """

    def __init__(
        self, desk: Desk, company: CompanyRecord, count: int, destination: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.choice: SealChoice | None = None
        self._last_error: AppError | None = None
        self._desk = desk
        self._company = company
        self._keeper = keeper_of(desk)
        self._abandoned: threading.Event | None = None
        self._is_searching = False
        self._shown_key = ""
        self.setWindowTitle(self.tr("Mühürle"))
        self.setModal(True)
        self.setMinimumWidth(tokens.POPUP_WIDTH_PX)

        number = f"{count:,}".replace(",", ".")
        heading = HeadingLabel(self.tr("{n} belge mühürlenecek").format(n=number), self)
        party = company.company.party
        firm = ElidedLabel(f"{party.display_name} ({party.tax_number.kind} {party.tax_number})", self)
        # What cannot be taken back is said in full strength, not quietly.
        goes = QLabel(destination, self)
        goes.setWordWrap(True)
        goes.setTextFormat(Qt.TextFormat.PlainText)
        self.chooser = SealChooser(self)
        self.chooser.chosen.connect(self._show_source)
        self.chooser.search_wanted.connect(self._search)

        self.path = QLineEdit(self)
        self.path.setPlaceholderText(self.tr("mühür dosyası (.p12, .pfx)"))
        self.path.setAccessibleName(self.tr("Mühür dosyası"))
        self.path.textChanged.connect(self._show_readiness)
        self._pick = QuietButton(self.tr("Seç…"), self)
        self._pick.clicked.connect(self._on_pick_clicked)
        self._file_row = _row(self.path, self._pick)

        self.secret = QLineEdit(self)
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        hints = Qt.InputMethodHint
        self.secret.setInputMethodHints(hints.ImhHiddenText | hints.ImhNoPredictiveText | hints.ImhSensitiveData)
        self.secret.textChanged.connect(self._show_readiness)
        self.secret.returnPressed.connect(self._on_secret_return_pressed)
        self._secret_label = QLabel(self)
        self._secret_label.setBuddy(self.secret)
        self._secret_row = _row(self._secret_label, self.secret)
        self.caps = MessageBar(parent=self, closable=False)
        CapsWatch(self.secret).changed.connect(self._show_caps)
        self.hint = QuietLabel("", self, wrap=True)
        self.consent = QCheckBox(self.tr("PIN'den eminim, son denemeyi yap"), self)
        self.consent.toggled.connect(self._show_readiness)
        self.warning = MessageBar(parent=self, closable=False)
        self.message = MessageBar(parent=self, closable=False)

        self.confirm = _ConfirmButton(self.tr("Mühürle ({n})").format(n=number), self, icon="seal")
        self.confirm.clicked.connect(self._on_confirm_clicked)
        self.cancel = QuietButton(self.tr("Vazgeç"), self)
        self.cancel.clicked.connect(self.reject)
        for button in (self.cancel, self._pick, self.confirm):
            # A dialog gives its first button to Enter unless told otherwise.
            button.setDefault(False)
            button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.confirm)
        buttons.addWidget(self.cancel)

        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.L, tokens.L, tokens.L, tokens.L)
        column.setSpacing(tokens.S)
        parts: tuple[QWidget, ...] = (heading, firm, goes, line_frame(self), self.chooser, self._file_row)
        for part in (*parts, self.warning, self._secret_row, self.caps, self.hint, self.consent, self.message):
            column.addWidget(part)
        column.addSpacing(tokens.S)
        column.addLayout(buttons)
        self._offer_known()
        self._search()

    @property
    def answer(self) -> SealChoice | SealDeclined:
        """How it ended, once it has."""
        return self.choice or SealDeclined(error=self._last_error)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._focus_first()

    def _focus_first(self) -> None:
        """Where the user goes on: the PIN, the file, or the list of seals."""
        source = self.chooser.source
        if source is not None and source.kind == sources.FILE and not self.path.text().strip():
            self.path.setFocus()
        elif source is not None and source.wants_secret:
            self.secret.setFocus()
        else:
            self.chooser.focus_choice()

    @Slot(bool)
    def _show_caps(self, is_on: bool) -> None:
        if is_on:
            self.caps.show_message("warn", self.tr("Caps Lock açık: PIN ve parolada büyük ve küçük harf ayrıdır."))
        else:
            self.caps.setVisible(False)

    # --- what there is to choose ---------------------------------------------------------------------------------

    def _offer_known(self) -> None:
        """What needs no card: the seal that is open already, and a file."""
        opened = self._keeper.get(self._company.id)
        known = [sources.source_of_open(opened)] if opened is not None else []
        self.chooser.set_known([*known, SealSource(kind=sources.FILE, title=self.tr("Mühür dosyası (.p12)"))])
        if opened is not None:
            self.chooser.choose(known[0].key)
        self._show_source()

    @Slot()
    def _search(self) -> None:
        if self._is_searching:
            return
        self._is_searching = True
        self.chooser.set_searching(True)
        office, company, is_demo = self._desk.office, self._company, self._desk.is_demo
        self._desk.run(
            self.tr("Mühür aranıyor"),
            lambda _ctx: sources.allows_test(office, company, is_demo=is_demo),
            self._on_test_known,
            owner=self,
            failed=self._on_test_unknown,
        )
        self._desk.run(
            self.tr("Kartlar aranıyor"),
            lambda _ctx: sources.find_tokens(office, company),
            self._on_tokens_found,
            owner=self,
            lane=self._desk.lanes.token,
            failed=self._on_search_failed,
        )

    def _on_test_known(self, allowed: bool) -> None:
        if allowed:
            title, sentence = self.tr("TEST mührü"), self.tr("Yalnız deneme ortamında; hukuken geçersizdir.")
            self.chooser.add_known(SealSource(kind=sources.TEST, title=title, sentence=sentence))

    def _on_test_unknown(self, _error: AppError) -> None:
        """Where nobody can say that the endpoint is the sandbox, a TEST seal is not offered."""

    def _on_tokens_found(self, found: Found) -> None:
        self._is_searching = False
        self.chooser.set_tokens(found.sources, found.faults)
        self._show_source()

    def _on_search_failed(self, error: AppError) -> None:
        self._is_searching = False
        self.chooser.set_tokens([], [error.sentence])

    @Slot()
    def _show_source(self) -> None:
        source = self.chooser.source
        kind = source.kind if source is not None else ""
        key = source.key if source is not None else ""
        self._file_row.setVisible(kind == sources.FILE)
        wants = source is not None and source.wants_secret
        self._secret_row.setVisible(wants)
        word = self.tr("Parola") if kind == sources.FILE else self.tr("PIN")
        self._secret_label.setText(word)
        self.secret.setAccessibleName(word)
        self.consent.setVisible(source is not None and source.needs_consent)
        self.consent.setChecked(False)
        has_keypad = source is not None and source.has_keypad
        self.hint.setText(self.tr("PIN'i okuyucunun tuş takımında yazacaksınız.") if has_keypad else "")
        self.hint.setVisible(has_keypad)
        if source is not None and source.warning:
            self.warning.show_message("error" if source.needs_consent else "warn", source.warning)
        else:
            self.warning.setVisible(False)
        if not wants:
            self.caps.setVisible(False)
        self._show_readiness()
        self.adjustSize()
        is_typing = self.secret.hasFocus() or self.path.hasFocus()
        if (
            self.isVisible()
            and not is_typing
            and (self._shown_key != key or self.focusWidget() in (None, self.confirm))
        ):
            self._focus_first()
        self._shown_key = key

    def event(self, event: QEvent) -> bool:
        """A warning that breaks into two lines makes the dialog higher; it does not squeeze the choice of seals."""
        kind = event.type()
        done = super().event(event)
        # After other events, its own deletion for one, nothing may be left to ask.
        layout = self.layout() if kind == QEvent.Type.LayoutRequest else None
        if layout is not None:
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))
        return done

    @Slot()
    def _show_readiness(self) -> None:
        source = self.chooser.source
        ready = source is not None and not source.blocked and self._abandoned is None
        if ready and source is not None:
            ready = not source.wants_secret or bool(self.secret.text())
            ready = ready and (source.kind != sources.FILE or bool(self.path.text().strip()))
            ready = ready and (not source.needs_consent or self.consent.isChecked())
        self.confirm.setEnabled(ready)

    @Slot()
    def _on_pick_clicked(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Mühür dosyası"), self.path.text(), self.tr("Mühür dosyaları (*.p12 *.pfx)")
        )
        if name:
            self.path.setText(name)
            self.secret.setFocus()

    @Slot()
    def _on_secret_return_pressed(self) -> None:
        if self.confirm.isEnabled():
            self.confirm.setFocus()

    # --- opening it ----------------------------------------------------------------------------------------------

    @Slot()
    def _on_confirm_clicked(self) -> None:
        source = self.chooser.source
        if source is None or not self.confirm.isEnabled():
            return
        typed = PinSource.typed(self.secret.text())
        opener = self._opener(source, typed, self.secret.text())
        # The field forgets at once: whatever comes back, the PIN is typed again or not needed any more.
        self.secret.clear()
        self.message.show_message("wait", self.tr("Mühür açılıyor…"))
        self._abandoned = threading.Event()
        self._set_busy(True)
        self._desk.run(
            self.tr("Mühür açılıyor"),
            _guarded(opener, self._abandoned),
            self._on_opened,
            owner=self,
            company=self._company,
            lane=self._desk.lanes.token,
            failed=self._on_refused,
        )

    def _opener(self, source: SealSource, pin: PinSource, password: str) -> Callable[[], Sealer]:
        office, company, keeper = self._desk.office, self._company, self._keeper
        if source.kind == sources.OPEN:
            return lambda: _still_open(keeper.get(company.id))
        if source.kind == sources.TEST:
            return lambda: sources.open_test(office, company)
        if source.kind == sources.FILE:
            path = Path(self.path.text().strip())
            return lambda: sources.open_file(company, path, lambda: password)
        chosen_pin = PinSource.keypad() if source.has_keypad else pin
        last_try = self.consent.isChecked()
        return lambda: sources.open_token(office, company, source, chosen_pin, last_try=last_try)

    def _on_opened(self, sealer: Sealer) -> None:
        self._abandoned = None
        self._keeper.keep(self._company.id, sealer)
        self.choice = SealChoice(sealer=sealer, title=sealer.title, is_test=sealer.is_test)
        self.accept()

    def _on_refused(self, error: AppError) -> None:
        self._abandoned = None
        self._last_error = error
        self._set_busy(False)
        self.message.show_error(error)
        self.secret.setFocus()
        if isinstance(error, PinRefused) or error.code.startswith("TOKEN."):
            # The token's own flags have changed: how many tries are left must be said before the next one.
            self._search()
        self.adjustSize()

    def _set_busy(self, busy: bool) -> None:
        for part in (self.chooser, self._file_row, self._secret_row, self.consent):
            part.setEnabled(not busy)
        self._show_readiness()

    def reject(self) -> None:
        """Vazgeç, Esc: a login under way is let go of as soon as it answers."""
        if self._abandoned is not None:
            self._abandoned.set()
        super().reject()


def _guarded(opener: Callable[[], Sealer], abandoned: threading.Event) -> Callable[[WorkContext], Sealer]:
    def work(_ctx: WorkContext) -> Sealer:
        sealer = opener()
        if abandoned.is_set():
            getattr(sealer, "close", lambda: None)()
            raise JobCancelled
        return sealer

    return work


def _still_open(sealer: Sealer | None) -> Sealer:
    if sealer is None:
        raise AppError(
            "SEAL.CLOSED",
            "Mührün oturumu kapanmış.",
            why="Kart çıkarılmış ya da oturumu bitmiş olabilir.",
            todo="Kartı seçip PIN'i yeniden yazın.",
        )
    return sealer


def _row(*parts: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(tokens.S)
    for part in parts:
        row.addWidget(part, 1 if isinstance(part, QLineEdit) else 0)
    return holder

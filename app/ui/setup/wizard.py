"""The set-up window: steps at the left with what became of them, the step itself at the right."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import AppError
from app.storage import companies as stored
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.pages.settings.form import PlainButton, Verdict, clear_layout
from app.ui.setup.state import STEPS, SetupState, load_state, save_state
from app.ui.setup.steps import CompanyStep, IntegratorStep, OfficeStep, SealStep, SeriesStep, Step
from app.ui.theme import tokens
from app.ui.theme.icons import icon
from app.ui.theme.style import theme
from app.ui.widgets import EmptyState, HeadingLabel, PrimaryButton, QuietButton, QuietLabel, line_frame
from app.workflows.context import WorkContext


class FinishStep(Step):
    """What is set up, what was left for later, and the way to the first invoice."""

    key = "finish"
    needs_company = False

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, self.tr("Hazır"), self.tr("Atladıklarınızı Ayarlar'dan tamamlayabilirsiniz."), parent)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(tokens.S)
        self.column.addLayout(self._lines)
        self.column.addStretch(1)

    def tell(self, titles: dict[str, str], state: SetupState) -> None:
        """One line per step."""
        clear_layout(self._lines)
        for key, title in titles.items():
            if key == self.key:
                continue
            line = Verdict(self)
            self._lines.addWidget(line)
            is_done = key in state.done
            line.say("ok" if is_done else "wait", self.tr("{0}: {1}").format(title, _word(self, key, state)))


class SetupWizard(QDialog):
    """`demo_wanted` asks for the practice office, `completed` comes when the last step is left."""

    demo_wanted = Signal()
    completed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.state = load_state(desk.office.folder) or SetupState()
        self.company: CompanyRecord | None = None
        self.setWindowTitle(self.tr("Mühürdar kurulumu"))
        self.steps: dict[str, Step] = {
            step.key: step
            for step in (
                OfficeStep(desk, self),
                CompanyStep(desk, self),
                IntegratorStep(desk, self),
                SealStep(desk, self),
                SeriesStep(desk, self),
                FinishStep(desk, self),
            )
        }
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Kurulum adımları"))
        self.list.setIconSize(QSize(tokens.ICON_PX, tokens.ICON_PX))
        self.list.setStyleSheet(f"QListWidget {{ border: none; }} QListWidget::item {{ padding: {tokens.XS}px; }}")
        self.stack = QStackedWidget(self)
        for key, step in self.steps.items():
            item = QListWidgetItem(step.title)
            item.setData(Qt.ItemDataRole.UserRole, key)
            self.list.addItem(item)
            self.stack.addWidget(step)
            step.done.connect(self._on_step_done)
            step.failed.connect(self._on_step_failed)
        self.no_company = EmptyState(
            "building",
            self.tr("Önce firmayı ekleyin"),
            self.tr("Bu adım bir firmanın bilgisini ister. Firma adımına dönün ya da bu adımı geçin."),
            self.tr("Firma adımına dön"),
            self,
            primary=False,
        )
        self.stack.addWidget(self.no_company)
        self.demo_button = PlainButton(self.tr("Deneme ofisini aç"), self, icon="flask", shortcut="Ctrl+D")
        self.demo_button.setToolTip(self.tr("Örnek belgelerle dolu bir büro; gerçek gönderim yapılmaz (Ctrl+D)."))
        self.back_button = QuietButton(self.tr("Geri"), self, icon="back", shortcut="Alt+Left")
        self.skip_button = QuietButton(self.tr("Geç"), self, shortcut="Alt+Right")
        self.next_button = PrimaryButton(self.tr("Devam"), self, icon="forward")
        self.next_button.setDefault(True)
        self.invoice_button = PlainButton(self.tr("İlk faturayı yaz"), self, icon="plus")
        self._lay()
        self.list.currentRowChanged.connect(self._on_current_row_changed)
        self.no_company.pressed.connect(self._on_no_company_pressed)
        self.demo_button.clicked.connect(self._on_demo_button_clicked)
        self.back_button.clicked.connect(self._on_back_button_clicked)
        self.skip_button.clicked.connect(self._on_skip_button_clicked)
        self.next_button.clicked.connect(self._on_next_button_clicked)
        self.invoice_button.clicked.connect(self._on_invoice_button_clicked)
        theme().changed.connect(self._show_list)
        if self.state.company:
            # The step waits until its company is known.
            self.setEnabled(False)
            self.desk.read(
                partial(_company, self.state.company),
                self._on_company_read,
                owner=self,
                failed=self._on_company_failed,
            )
        else:
            self._go(self.state.step)

    @property
    def current(self) -> str:
        """The key of the step in front."""
        return self.state.step

    def _lay(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(tokens.XL, tokens.L, tokens.XL, tokens.M)
        head.setSpacing(tokens.XS)
        head.addWidget(HeadingLabel(self.tr("Mühürdar'a hoş geldiniz"), self))
        head.addWidget(
            QuietLabel(
                self.tr(
                    "Beş kısa adım. Her adım geçilebilir; kapatırsanız kaldığınız yerden sürer. Önce denemek "
                    "isterseniz deneme ofisini açın."
                ),
                self,
                wrap=True,
            )
        )
        width = max(self.list.sizeHintForColumn(0), tokens.TEXT_WIDTH_PX // 3)
        self.list.setFixedWidth(width + tokens.XL * 4)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.list)
        middle.addWidget(self.stack, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(tokens.XL, tokens.M, tokens.XL, tokens.M)
        foot.setSpacing(tokens.S)
        foot.addWidget(self.demo_button)
        foot.addStretch(1)
        for button in (self.back_button, self.skip_button, self.invoice_button, self.next_button):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(line_frame(self))
        column.addLayout(middle, 1)
        column.addWidget(line_frame(self))
        column.addLayout(foot)
        self.resize(tokens.TEXT_WIDTH_PX * 2, tokens.POPUP_HEIGHT_PX + tokens.XL * 8)

    def _go(self, key: str) -> None:
        """Bring a step to front and remember it."""
        self.state = replace(self.state, step=key)
        step = self.steps[key]
        is_blocked = step.needs_company and self.company is None
        self.stack.setCurrentWidget(self.no_company if is_blocked else step)
        if not is_blocked:
            step.enter(self.company)
            step.take_keys()
        if isinstance(step, FinishStep):
            step.tell({k: s.title for k, s in self.steps.items()}, self.state)
        is_last = key == STEPS[-1]
        self.back_button.setEnabled(key != STEPS[0])
        self.skip_button.setVisible(not is_last)
        self.demo_button.setVisible(not is_last)
        self.invoice_button.setVisible(is_last and self.company is not None)
        self.next_button.setText(self.tr("Bitir") if is_last else self.tr("Devam"))
        self.next_button.setEnabled(not is_blocked)
        self._show_list()
        self._keep()

    @Slot()
    def _show_list(self) -> None:
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            item = self.list.item(row)
            key = item.data(Qt.ItemDataRole.UserRole)
            if key == STEPS[-1]:
                item.setIcon(icon("ready", "wait"))
                continue
            word = _word(self, key, self.state)
            item.setText(f"{self.steps[key].title}\n{word}")
            if key in self.state.done:
                item.setIcon(icon("check-circle", "ok"))
            else:
                item.setIcon(icon("forward" if key in self.state.skipped else "clock", "wait"))
        self.list.setCurrentRow(STEPS.index(self.state.step))
        self.list.blockSignals(False)

    def _keep(self) -> None:
        self.desk.run(
            self.tr("Kurulum durumu kaydediliyor"),
            partial(_keep_state, self.desk, self.state),
            owner=self,
            # One worker: the step left last is the one written last.
            lane=self.desk.lanes.account("kurulum"),
        )

    def _advance(self) -> None:
        index = STEPS.index(self.state.step)
        self._go(STEPS[min(index + 1, len(STEPS) - 1)])

    @Slot(object)
    def _on_company_read(self, company: CompanyRecord | None) -> None:
        self.setEnabled(True)
        self.company = company
        self._go(self.state.step)

    @Slot(object)
    def _on_company_failed(self, error: AppError) -> None:
        self.setEnabled(True)
        self._go(STEPS[0])
        self.steps[STEPS[0]].verdict.say("error", error.sentence)

    @Slot(object)
    def _on_step_done(self, company: Any) -> None:
        self.next_button.setEnabled(True)
        if isinstance(company, CompanyRecord):
            self.company = company
            self.state = replace(self.state, company=company.company.tax_number.digits)
            self.desk.set_company(company)
        self.state = self.state.with_done(self.state.step)
        self._advance()

    @Slot()
    def _on_step_failed(self) -> None:
        self.next_button.setEnabled(True)

    @Slot(int)
    def _on_current_row_changed(self, row: int) -> None:
        if row >= 0:
            self._go(STEPS[row])

    @Slot()
    def _on_back_button_clicked(self) -> None:
        self._go(STEPS[max(0, STEPS.index(self.state.step) - 1)])

    @Slot()
    def _on_skip_button_clicked(self) -> None:
        self.state = self.state.with_skipped(self.state.step)
        self._advance()

    @Slot()
    def _on_next_button_clicked(self) -> None:
        if self.state.step == STEPS[-1]:
            self._finish()
            return
        self.next_button.setEnabled(False)
        self.steps[self.state.step].submit()

    @Slot()
    def _on_no_company_pressed(self) -> None:
        self._go(CompanyStep.key)

    @Slot()
    def _on_demo_button_clicked(self) -> None:
        self.demo_wanted.emit()

    @Slot()
    def _on_invoice_button_clicked(self) -> None:
        self._finish()
        self.desk.wanted.emit("editor", None)

    def _finish(self) -> None:
        self.state = replace(self.state, is_finished=True)
        self._keep()
        self.completed.emit()
        self.accept()


def _word(wizard: QWidget, key: str, state: SetupState) -> str:
    if key == state.step:
        return wizard.tr("şimdi")
    if key in state.done:
        return wizard.tr("tamam")
    if key in state.skipped:
        return wizard.tr("atlandı")
    return wizard.tr("bekliyor")


def _company(digits: str, s: OpenSession) -> CompanyRecord | None:
    return stored.get_company(s, digits)


def _keep_state(desk: Desk, state: SetupState, _ctx: WorkContext) -> None:
    save_state(desk.office.folder, state)

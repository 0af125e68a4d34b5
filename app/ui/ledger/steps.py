"""The month's path: what is done folds to a line, the next step is open with its button, blocked ones say why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.domain.turkish import format_amount
from app.domain.voucher import Period, PeriodState
from app.ui.ledger.facts import MonthFacts, import_words
from app.ui.ledger.words import days_words, deadline_words, is_waiting, month_name, number
from app.ui.theme import fonts, tokens
from app.ui.theme.icons import bind_icon
from app.ui.theme.tokens import Tone
from app.ui.widgets import ElidedLabel, IconButton, IconLabel, PrimaryButton, QuietButton, QuietLabel, line_frame
from app.workflows.ledger_heads import fiscal_year
from app.workflows.ledger_terms import is_exporting

Standing = Literal["done", "open", "blocked"]
KEYS: Final = ("import", "check", "build", "filed", "approved", "report")
_LOOKS: Final[dict[Standing, tuple[str, Tone, str]]] = {
    "done": ("check-circle", "ok", "bitti"),
    "open": ("forward", "text", "sırada"),
    "blocked": ("lock", "quiet", "bekliyor"),
}
_SEALED: Final = (PeriodState.BUILT, PeriodState.SEALED, PeriodState.BERAT_SEALED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button of a step: what it asks for, its words, its icon."""

    key: str
    text: str
    icon: str = ""


_QUERY: Final = Action(key="query", text="Veritabanından al…", icon="link")
_OPTIONS: Final = Action(key="options", text="Seçeneklerle oluştur…", icon="wrench")
_INVENTORY: Final = Action(key="inventory", text="Envanter defteri…", icon="columns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step as it stands. `summary` is the folded line, `sentence` what the open one says."""

    key: str
    title: str
    standing: Standing
    summary: str = ""
    sentence: str = ""
    primary: Action | None = None
    others: tuple[Action, ...] = ()


def steps_of(month: MonthFacts, errors: int | None) -> list[Step]:
    """The path of a month. `errors` of the last check in this session, None when nobody checked yet."""
    state = month.state
    name = month_name(month.period)
    has = state is not None
    is_checked = has and state not in (PeriodState.IMPORTED, PeriodState.FAILED)
    is_sealed = state in _SEALED or state in (PeriodState.FILED, PeriodState.COMPLETED)
    is_filed = state in (PeriodState.FILED, PeriodState.COMPLETED)
    begun = [
        _import_step(month, name, is_locked=is_sealed),
        _check_step(has=has, is_checked=is_checked, is_failed=state is PeriodState.FAILED, errors=errors),
    ]
    if is_exporting(month.company) and not is_sealed:
        return [*begun, *_given_steps(month, has=has, is_checked=is_checked)]
    rest = [
        _build_step(month, has=has, is_checked=is_checked, is_sealed=is_sealed, is_filed=is_filed),
        _filed_step(month, is_sealed=is_sealed, is_filed=is_filed),
        _approved_step(is_filed=is_filed, is_complete=state is PeriodState.COMPLETED),
        _report_step(is_complete=state is PeriodState.COMPLETED, has_report=month.has_report),
    ]
    return _with_inventory(month, [*begun, *rest])


def _with_inventory(month: MonthFacts, steps: list[Step]) -> list[Step]:
    """Inventories are due at the beginning and the end of the fiscal year: there stands their door."""
    start, end = fiscal_year(month.company, month.period)
    if month.period not in (Period.of(start), Period.of(end)):
        return steps
    return [replace(step, others=(*step.others, _INVENTORY)) if step.key == "build" else step for step in steps]


def _given_steps(month: MonthFacts, *, has: bool, is_checked: bool) -> list[Step]:
    """The rest of the path where an integrator's approved program makes the ledgers."""
    title = "Entegratöre dosya ver"
    if not is_checked:
        words = "Denetimden hatasız geçtikten sonra verilir." if has else "Önce fişleri alın."
        give = Step(key="build", title=title, standing="blocked", sentence=words)
    else:
        give = Step(
            key="build",
            title=title,
            standing="open",
            sentence="Ayın satırları entegratörün biçiminde bir dosyaya yazılır; defterleri onun programı oluşturur, "
            "mühürler ve yükler.",
            primary=Action(key="export", text="Dosyayı ver…", icon="export"),
        )
    elsewhere = "Bu adım entegratörün programında yapılır (firma kartı › Defter)."
    rest = (("filed", "Yükledim"), ("approved", "GİB onayı"), ("report", "Rapor"))
    return [give, *(Step(key=key, title=name, standing="blocked", sentence=elsewhere) for key, name in rest)]


def _import_step(month: MonthFacts, name: str, *, is_locked: bool) -> Step:
    if month.state is None:
        return Step(
            key="import",
            title="İçe aktar",
            standing="open",
            sentence="Muhasebe programınızdan aldığınız fiş dosyasını (CSV, TXT, Excel, XML) buraya "
            "bırakın ya da seçin.",
            primary=Action(key="import", text="Dosya seç…", icon="import"),
            others=(_QUERY,),
        )
    even = "borç = alacak" if month.debit == month.credit else "borç ve alacak eşit değil"
    figures = f"{number(month.cell.vouchers)} fiş, {number(month.cell.lines)} satır"
    others = [Action(key="import", text="Yeniden aktar…", icon="import"), _QUERY]
    if month.imports and not is_locked:
        others.append(Action(key="undo", text="Son aktarmayı geri al", icon="undo"))
    last = f" Son aktarma: {import_words(month.imports[0])}." if month.imports else ""
    return Step(
        key="import",
        title="İçe aktar",
        standing="done",
        summary=figures,
        sentence=f"{name}: {figures}; borç {format_amount(month.debit)}, alacak {format_amount(month.credit)} ({even})."
        f"{last}",
        others=tuple(others),
    )


def _check_step(*, has: bool, is_checked: bool, is_failed: bool, errors: int | None) -> Step:
    action = Action(key="check", text="Denetle", icon="check")
    if not has:
        return Step(key="check", title="Denetle", standing="blocked", sentence="Önce fişleri alın.")
    if is_checked:
        return Step(
            key="check",
            title="Denetle",
            standing="done",
            summary="hata yok",
            sentence="Oluşturmayı engelleyen hata bulunmadı. Uyarılar 'Bulgular' sekmesinde durur.",
            others=(Action(key="check", text="Yeniden denetle", icon="check"),),
        )
    said = "Fişler GİB kurallarına ve muhasebe mantığına göre denetlenir; deftere dokunulmaz."
    if is_failed:
        said = (
            f"{number(errors)} hata var; nedenleri 'Bulgular' sekmesinde. Düzeltip fişleri yeniden alın."
            if errors
            else "Son denetimde hata bulundu. Nedenlerini görmek için yeniden denetleyin."
        )
        action = Action(key="check", text="Yeniden denetle", icon="check")
    return Step(key="check", title="Denetle", standing="open", sentence=said, primary=action)


def _build_step(month: MonthFacts, *, has: bool, is_checked: bool, is_sealed: bool, is_filed: bool) -> Step:
    title = "Oluştur ve mühürle"
    if is_sealed:
        parts = f"{month.parts} parça" if month.parts > 1 else "tek parça"
        others = () if is_filed else (Action(key="build", text="Yeniden oluştur…", icon="seal"), _OPTIONS)
        return Step(
            key="build",
            title=title,
            standing="done",
            summary=f"{parts}, {len(month.files)} dosya",
            sentence="Yevmiye, kebir ve beratları mühürlendi; 'Dosyalar' sekmesinde durur.",
            others=others,
        )
    if month.earlier:
        first = month.earlier[0]
        shown = f"{first % 100:02d}.{first // 100}"
        words = f"Önceki ay ({shown}) henüz oluşturulmamış; aylar sırayla gider."
        return Step(key="build", title=title, standing="blocked", sentence=words)
    if not is_checked:
        words = "Denetimden hatasız geçtikten sonra oluşturulur." if has else "Önce fişleri alın."
        return Step(key="build", title=title, standing="blocked", sentence=words)
    return Step(
        key="build",
        title=title,
        standing="open",
        sentence="Yevmiye, kebir ve beratları yazılır, mühürlenir, paketlenir. GİB'e bir şey gönderilmez.",
        primary=Action(key="build", text="Oluştur ve mühürle", icon="seal"),
        others=(_OPTIONS,),
    )


def _filed_step(month: MonthFacts, *, is_sealed: bool, is_filed: bool) -> Step:
    back = Action(key="back", text="Geri al…", icon="undo")
    due = month.cell.due
    if is_filed:
        is_closed = month.state is PeriodState.COMPLETED
        return Step(
            key="filed",
            title="Yükledim",
            standing="done",
            summary="GİB portalına yüklendi",
            sentence="Ay kilitlendi: fişleri değişmez. Beratı portalda sildiyseniz geri alabilirsiniz.",
            others=() if is_closed else (back,),
        )
    if not is_sealed:
        return Step(key="filed", title="Yükledim", standing="blocked", sentence="Önce defterler mühürlenir.")
    until = f" Son gün {deadline_words(due)}." if due is not None else ""
    return Step(
        key="filed",
        title="Yükledim",
        standing="open",
        sentence=f"Paketleri GİB e-Defter portalına yükleyin, sonra burada işaretleyin.{until}",
        primary=Action(key="filed", text="GİB portalına yükledim", icon="send"),
        others=(back,),
    )


def _approved_step(*, is_filed: bool, is_complete: bool) -> Step:
    title = "GİB onayı"
    if is_complete:
        words = "GİB onaylı beratlar denetlendi ve klasöre kondu."
        return Step(key="approved", title=title, standing="done", summary="beratlar onaylı", sentence=words)
    if not is_filed:
        return Step(key="approved", title=title, standing="blocked", sentence="Yükledikten sonra GİB beratları alınır.")
    return Step(
        key="approved",
        title=title,
        standing="open",
        sentence="Portaldan indirdiğiniz GİB onaylı beratları (XML ya da ZIP) buraya bırakın ya da seçin.",
        primary=Action(key="approved", text="GİB beratlarını al…", icon="import"),
    )


def _report_step(*, is_complete: bool, has_report: bool) -> Step:
    title = "Rapor"
    if not is_complete:
        words = "İstenirse, GİB onayından sonra hazırlanır."
        return Step(key="report", title=title, standing="blocked", sentence=words)
    if has_report:
        return Step(
            key="report",
            title=title,
            standing="done",
            summary="defter raporu hazır",
            sentence="Defter raporu 'Dosyalar' sekmesinde durur.",
            others=(Action(key="report", text="Yeniden hazırla…", icon="document"),),
        )
    return Step(
        key="report",
        title=title,
        standing="open",
        sentence="Defter raporu yalnız istendiğinde verilir; hazırlamak zorunlu değildir.",
        primary=Action(key="report", text="Raporu hazırla", icon="document"),
    )


class StepCard(QFrame):
    """One step. `acted` carries the action's key."""

    acted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.step: Step | None = None
        self._icon = IconLabel("lock", "quiet", self)
        self._title = QLabel(self)
        self._summary = ElidedLabel("", self, mode=Qt.TextElideMode.ElideRight, quiet=True)
        self.fold = IconButton("chevron-right", self.tr("Ayrıntı"), self)
        self.fold.setCheckable(True)
        self.fold.toggled.connect(self._on_fold_toggled)
        self._sentence = QLabel(self)
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._why = QuietLabel("", self, wrap=True)
        self.buttons: dict[str, PrimaryButton | QuietButton] = {}
        self._row = QVBoxLayout()
        self._row.setSpacing(tokens.XS)
        top = QHBoxLayout()
        top.setSpacing(tokens.S)
        top.addWidget(self._icon)
        top.addWidget(self._title)
        top.addWidget(self._summary, 1)
        top.addWidget(self.fold)
        self._body = QWidget(self)
        inside = QVBoxLayout(self._body)
        inside.setContentsMargins(tokens.XL, 0, 0, tokens.XS)
        inside.setSpacing(tokens.S)
        inside.addWidget(self._sentence)
        inside.addWidget(self._why)
        inside.addLayout(self._row)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.M, tokens.S, tokens.S, tokens.S)
        column.setSpacing(tokens.XS)
        column.addLayout(top)
        column.addWidget(self._body)

    def set_step(self, step: Step) -> None:
        """Show the step as it stands; a fold that the user opened stays open while nothing moved."""
        if step == self.step:
            return
        self.step = step
        icon, tone, word = _LOOKS[step.standing]
        self._icon.set_icon(icon, tone)
        self._title.setText(step.title)
        base = self.font()
        self._title.setFont(fonts.medium(base) if step.standing == "open" else base)
        self._title.setProperty("role", "quiet" if step.standing == "blocked" else "")
        self._title.style().unpolish(self._title)
        self._title.style().polish(self._title)
        self._summary.setText(step.summary)
        self.setAccessibleName(f"{step.title}, {word}. {step.summary or step.sentence}")
        said, quiet = (step.sentence, "") if step.standing != "blocked" else ("", step.sentence)
        self._sentence.setText(said)
        self._sentence.setVisible(bool(said))
        self._why.setText(quiet)
        self._why.setVisible(bool(quiet))
        self._fill_buttons(step)
        self.fold.setVisible(step.standing == "done")
        self.fold.setAccessibleName(self.tr("{0}: ayrıntı").format(step.title))
        self.fold.setChecked(False)
        self._body.setVisible(step.standing != "done")

    def _fill_buttons(self, step: Step) -> None:
        while (item := self._row.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.buttons = {}
        if step.primary is not None:
            self._add(PrimaryButton(step.primary.text, self._body, icon=step.primary.icon), step.primary)
        for action in step.others:
            self._add(QuietButton(action.text, self._body, icon=action.icon), action)

    def _add(self, button: PrimaryButton | QuietButton, action: Action) -> None:
        button.setProperty("action", action.key)
        button.clicked.connect(self._on_clicked)
        self.buttons[action.key] = button
        self._row.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
        button.show()

    @Slot()
    def _on_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.acted.emit(str(sender.property("action")))

    @Slot(bool)
    def _on_fold_toggled(self, is_open: bool) -> None:
        bind_icon(self.fold, "chevron-down" if is_open else "chevron-right")
        self._body.setVisible(is_open)


class Path(QScrollArea):
    """The six steps, one below the other. `acted` carries an action's key."""

    acted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Ayın adımları"))
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, tokens.XS, 0, tokens.XS)
        column.setSpacing(0)
        self.cards: dict[str, StepCard] = {}
        for key in KEYS:
            card = StepCard(inside)
            card.acted.connect(self.acted)
            self.cards[key] = card
            column.addWidget(card)
            column.addWidget(line_frame(inside))
        column.addStretch(1)
        self.setWidget(inside)

    def set_steps(self, steps: list[Step]) -> None:
        for step in steps:
            self.cards[step.key].set_step(step)

    def set_busy(self, busy: bool) -> None:
        """While one piece of work runs no other begins."""
        for card in self.cards.values():
            for button in card.buttons.values():
                button.setEnabled(not busy)

    def focus_open(self) -> None:
        """The keyboard goes to the step that is next."""
        for card in self.cards.values():
            if card.step is not None and card.step.primary is not None:
                card.buttons[card.step.primary.key].setFocus()
                return


def waits_words(month: MonthFacts) -> str:
    """The head's quiet sentence about the deadline."""
    due, left = month.cell.due, month.cell.left
    if due is None or left is None:
        return "Son yükleme günü bilinmiyor"
    tail = f" · {days_words(left)}" if is_waiting(month.state) else ""
    return f"Son yükleme günü {deadline_words(due)}{tail}"

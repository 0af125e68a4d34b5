"""The month's path in words: which steps are done, open or blocked, what each says and which buttons it has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from app.domain.spans import month_of_key
from app.domain.turkish import format_amount
from app.domain.voucher import Period, PeriodState
from app.ui.ledger.facts import MonthFacts, import_words
from app.ui.ledger.sides import side_name
from app.ui.ledger.words import days_words, deadline_words, is_waiting, month_name, number
from app.workflows.ledger_heads import fiscal_year
from app.workflows.ledger_terms import is_exporting

Standing = Literal["done", "open", "blocked"]
KEYS: Final = ("import", "check", "build", "filed", "approved", "report")
_UNCHECKED: Final = (PeriodState.IMPORTED, PeriodState.FAILED)
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
    is_checked = has and state not in _UNCHECKED
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
    if str(month.period) not in (str(Period.of(start)), str(Period.of(end))):
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
        first = month_of_key(month.earlier[0])
        shown = f"{first.month:02d}.{first.year}"
        words = f"Önceki ay ({shown}) henüz oluşturulmamış; aylar sırayla gider."
        return Step(key="build", title=title, standing="blocked", sentence=words)
    if not is_checked:
        words = "Denetimden hatasız geçtikten sonra oluşturulur." if has else "Önce fişleri alın."
        return Step(key="build", title=title, standing="blocked", sentence=words)
    if month.whole_state in _UNCHECKED and month.other is not None:
        words = f"Ayın öbür dönemi ({_name_of(month.other)}) denetimden hatasız geçmedi; ikisi birlikte oluşturulur."
        return Step(key="build", title=title, standing="blocked", sentence=words)
    both = " Ayın iki hesap dönemi sırayla, birlikte oluşturulur." if month.other is not None else ""
    return Step(
        key="build",
        title=title,
        standing="open",
        sentence=f"Yevmiye, kebir ve beratları yazılır, mühürlenir, paketlenir. GİB'e bir şey gönderilmez.{both}",
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
        sentence=f"{_packages_of(month)} GİB e-Defter portalına yükleyin, sonra burada işaretleyin.{until}",
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


def _packages_of(month: MonthFacts) -> str:
    return "Paketleri" if month.other is None else "İki hesap döneminin de paketlerini"


def _name_of(month: MonthFacts) -> str:
    return side_name(month.company.company, month.period)


def waits_words(month: MonthFacts) -> str:
    """The head's quiet sentence about the deadline."""
    due, left = month.cell.due, month.cell.left
    if due is None or left is None:
        return "Son yükleme günü bilinmiyor"
    tail = f" · {days_words(left)}" if is_waiting(month.whole_state) else ""
    return f"Son yükleme günü {deadline_words(due)}{tail}"

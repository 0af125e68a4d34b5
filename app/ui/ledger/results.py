"""What came of ledger work, in words: an import, a build of one month or many, GİB's files."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from app.domain.errors import AppError
from app.domain.findings import Finding, Layer, Severity
from app.domain.voucher import Period
from app.storage.records import CompanyRecord
from app.ui.ledger.words import month_name, number
from app.ui.theme import tokens
from app.ui.widgets import HeadingLabel, Line, LineList, QuietLabel
from app.workflows.ledger_fix_model import FIXABLE, FixKind
from app.workflows.ledger_import import ImportReport
from app.workflows.ledger_life import ApprovalReport
from app.workflows.ledger_model import LedgerFinding, MonthCheck
from app.workflows.ledger_writing import BuildReport

#: A voucher that fits no part: not mended, summarised.
TOO_LARGE = "DEFTER.TOO_LARGE"
#: More lines than this help nobody; the copy holds them all.
MAX_SHOWN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthResult:
    """One month of a build: its report, or why there is none."""

    company: CompanyRecord
    period: Period
    report: BuildReport | None = None
    error: AppError | None = None

    @property
    def is_built(self) -> bool:
        return self.report is not None and self.report.is_built

    @property
    def name(self) -> str:
        return f"{self.company.company.party.display_name} · {month_name(self.period)}"


@dataclass(slots=True, kw_only=True)
class BuildOutcome:
    """All months of a build. `declined` are those no seal was given for, `left` those not begun when it stopped."""

    results: list[MonthResult] = field(default_factory=list)
    declined: int = 0
    left: int = 0

    @property
    def built(self) -> list[MonthResult]:
        return [result for result in self.results if result.is_built]

    @property
    def failed(self) -> list[MonthResult]:
        return [result for result in self.results if not result.is_built]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A finding of a month with the voucher it is about and its number (0: none).

    `period` is the month, or the side of it in which a liquidation begins; None: said of the whole.
    """

    finding: Finding
    voucher_id: int
    entry: int = 0
    period: Period | None = None


def told_of(checks: list[MonthCheck], official: list[tuple[str, Finding]] | None = None) -> list[Told]:
    """The findings of a check in the shape that is shown everywhere, then what GİB's own rules said."""
    found = []
    for check in checks:
        branch = f" (şube {check.branch_no})" if check.branch_no else ""
        for one in check.findings:
            # Dots would be read as steps of a path.
            place = f"{one.reference.partition('@')[0]} fişi".replace(".", "·") if one.reference else ""
            finding = Finding(
                severity=one.severity,
                layer=Layer.BUILTIN,
                code=one.code,
                field=place,
                message=f"{one.message}{branch}",
                explanation=one.explanation,
                line=one.line or None,
                fix=_fix_of(one),
            )
            found.append(Told(finding=finding, voucher_id=one.voucher_id, entry=one.entry, period=check.period))
    return found + [Told(finding=finding, voucher_id=0) for _, finding in official or []]


def _fix_of(finding: LedgerFinding) -> str:
    """Numbers of the source are never changed: for them there is a word and no button."""
    if finding.code == TOO_LARGE and finding.entry:
        return "Özetle"
    kind = FIXABLE.get(finding.code, FixKind.RENUMBER)
    return "Düzelt" if finding.voucher_id and kind is not FixKind.RENUMBER else ""


class LedgerReport(QDialog):
    """A heading, some sentences, and the lines that did not go; copied whole."""

    def __init__(
        self, title: str, sentences: list[str], lines: list[Line], copied: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._copied = copied
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.XL, tokens.XL, tokens.XL, tokens.L)
        column.setSpacing(tokens.S)
        column.addWidget(HeadingLabel(title, self))
        self.sentences = [QuietLabel(sentence, self, wrap=True) for sentence in sentences]
        for label in self.sentences:
            label.setMinimumWidth(tokens.TEXT_WIDTH_PX)
            column.addWidget(label)
        self.list = LineList(self.tr("Ayrıntılar"), self, on_click=False)
        self.list.lines.set_lines(lines[:MAX_SHOWN])
        self.list.setVisible(bool(lines))
        column.addWidget(self.list, 1)
        if len(lines) > MAX_SHOWN:
            more = self.tr("… ve {0} satır daha; hepsi kopyalanır.").format(number(len(lines) - MAX_SHOWN))
            column.addWidget(QuietLabel(more, self))
        buttons = QDialogButtonBox(self)
        self.close_button = QPushButton(self.tr("Kapat"), self)
        buttons.addButton(self.close_button, QDialogButtonBox.ButtonRole.RejectRole)
        if lines:
            copy = QPushButton(self.tr("Kopyala"), self)
            copy.setAutoDefault(False)
            copy.clicked.connect(self.copy_report)
            buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
            self.resize(tokens.TEXT_WIDTH_PX + 320, tokens.POPUP_HEIGHT_PX)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)

    @Slot()
    def copy_report(self) -> None:
        QGuiApplication.clipboard().setText(self._copied)


def import_sentence(report: ImportReport) -> str:
    """What an import did, in one sentence."""
    said = f"{number(report.total('lines'))} satır okundu, {number(report.total('new'))} yeni fiş alındı"
    for name, words in (
        ("same", "zaten vardı"),
        ("replaced", "yerine yenisi konduğu için kaldırıldı"),
        ("changed", "daha önce başka içerikle alındığı için dokunulmadı"),
        ("locked", "beratı yüklenmiş bir aya ait olduğu için alınmadı"),
        ("sealed", "beratı mühürlü bir aya ait olduğu için alınmadı; önce ayı geri alın"),
    ):
        if count := report.total(name):
            said += f"; {number(count)} fiş {words}"
    if report.bad_total:
        said += f"; {number(report.bad_total)} satır okunamadı"
    return f"{said}."


def import_report(report: ImportReport, parent: QWidget) -> LedgerReport:
    """New, same, changed, and every bad row with its line number."""
    sentences = [import_sentence(report)]
    months = ", ".join(month_name(Period.parse(text)) for text in report.periods)
    if months:
        sentences.append(f"Fişlerin ayları: {months}.")
    if report.total("changed"):
        sentences.append("İçeriği değişen fişleri almak için dosyayı 'ayın yerine koy' işaretiyle yeniden aktarın.")
    lines = [
        Line(
            title=f"{number(row.source_line)}. satır: {row.message}",
            details=(row.text,) if row.text else (),
            right=row.code,
            icon="error",
            tone="error",
        )
        for row in report.bad
    ]
    copied = "\n".join(f"{row.source_line}\t{row.code}\t{row.message}\t{row.text}" for row in report.bad)
    return LedgerReport(f"{report.file}: aktarma sonucu", sentences, lines, copied, parent)


def build_report(outcome: BuildOutcome, parent: QWidget) -> LedgerReport:
    """How many months were built, and of each other one why not."""
    built, failed = outcome.built, outcome.failed
    files = sum(len(result.report.files) for result in built if result.report is not None)
    sentences = [f"{len(built)} ay oluşturulup mühürlendi, {files} dosya yazıldı."]
    if failed:
        sentences.append(f"{len(failed)} ay oluşturulamadı; nedenleri aşağıda, hepsi bir arada.")
    if outcome.declined:
        sentences.append(f"{outcome.declined} ay için mühür verilmedi.")
    if outcome.left:
        sentences.append(f"İş durdurulduğu için {outcome.left} aya başlanmadı.")
    lines, copied = [], []
    for result in failed:
        reasons = _reasons(result)
        lines.append(
            Line(
                title=result.name,
                details=(f"{len(reasons)} neden", *reasons[:4]),
                wraps=True,
                icon="error",
                tone="error",
                is_strong=True,
                tip="\n".join((result.name, *reasons[:20])),
            )
        )
        copied += [f"{result.name}\t{reason}" for reason in reasons]
    return LedgerReport("Defter oluşturma sonucu", sentences, lines, "\n".join(copied), parent)


def approval_report(report: ApprovalReport, parent: QWidget) -> LedgerReport:
    """Which of GİB's files were taken, and why others were not."""
    sentences = [f"{len(report.taken)} GİB beratı denetlenip klasöre kondu."]
    sentences.append(
        "Ayın bütün beratları tamam." if report.is_complete else "Ayın bütün beratları henüz gelmedi; ay açık kaldı."
    )
    lines = [
        Line(title=name, details=("alınmadı", reason), wraps=True, icon="error", tone="error")
        for name, reason in report.refused
    ]
    copied = "\n".join(f"{name}\t{reason}" for name, reason in report.refused)
    return LedgerReport("GİB beratları", sentences, lines, copied, parent)


def _reasons(result: MonthResult) -> list[str]:
    if result.error is not None:
        return [result.error.sentence]
    assert result.report is not None
    told = told_of(result.report.checks, result.report.official)
    errors = [one.finding for one in told if one.finding.severity is Severity.ERROR]
    return [finding.message for finding in errors]

"""The questions before something that cannot be taken back lightly: they name the company, the month, the count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QDate, Slot
from PySide6.QtWidgets import QDateEdit, QDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.voucher import Period
from app.storage.records import CompanyRecord
from app.ui.dialogs.confirm import confirm
from app.ui.ledger.facts import MonthFacts, import_words
from app.ui.ledger.words import month_name, number
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, HeadingLabel, PrimaryButton, QuietButton, QuietLabel


def confirm_replace(company: CompanyRecord, period: Period, vouchers: int, parent: QWidget) -> bool:
    """Before the month's vouchers are replaced by the file's."""
    name = month_name(period)
    return confirm(
        f"{name} ayının fişleri değiştirilsin mi?",
        company=company.company.party.display_name,
        consequence=f"{name} ayında duran {number(vouchers)} fiş kaldırılır, yerine dosyadaki fişler konur. "
        "Son aktarma geri alınarak eski fişlere dönülebilir.",
        yes=f"{number(vouchers)} fişin yerine koy",
        parent=parent,
    )


def confirm_undo(month: MonthFacts, parent: QWidget) -> bool:
    """Before the last import is taken back."""
    last = month.imports[0]
    return confirm(
        "Son aktarma geri alınsın mı?",
        company=month.company.company.party.display_name,
        consequence=f"{import_words(last)}: bu dosyadan alınan {number(last.vouchers)} fiş çıkarılır; yerine "
        "kondukları fişler varsa geri gelir. Dosya başka ayların fişlerini de taşıyorsa onlar da çıkarılır.",
        yes=f"{number(last.vouchers)} fişi çıkar",
        parent=parent,
    )


def confirm_again(months: Sequence[tuple[CompanyRecord, Period]], parent: QWidget) -> bool:
    """Before sealed months that were not filed are built anew."""
    names = [month_name(period) for _, period in months]
    firms = list(dict.fromkeys(company.company.party.display_name for company, _ in months))
    one = len(months) == 1
    return confirm(
        f"{names[0]} zaten mühürlü; yeniden oluşturulsun mu?"
        if one
        else f"{number(len(months))} ay zaten mühürlü; yeniden oluşturulsun mu?",
        company=firms[0] if len(firms) == 1 else f"{number(len(firms))} firma",
        consequence="Eski dosyalar silinmez; yenileri mühürlenince 'İPTAL EDİLENLER-SİLİNENLER' klasörüne taşınır, "
        "yenileri yerlerine konur. Bir hata çıkarsa eski defterler olduğu gibi kalır.",
        yes="Yeniden oluştur" if one else f"{number(len(months))} ayı yeniden oluştur",
        parent=parent,
    )


def confirm_take_back(month: MonthFacts, parent: QWidget) -> bool:
    """Before a sealed month that was not filed is opened again."""
    name = month_name(month.period)
    return confirm(
        f"{name} defterleri geri alınsın mı?",
        company=month.company.company.party.display_name,
        consequence=f"{month.all_files} dosya silinmez, 'İPTAL EDİLENLER-SİLİNENLER' klasörüne taşınır. Ayın fişleri "
        "yeniden alınıp defteri yeniden oluşturulabilir.",
        yes=f"{month.all_files} dosyayı geri al",
        parent=parent,
    )


class DeletedDialog(QDialog):
    """Who deleted the month's berats in GİB's portal, and when. Both are kept with the month."""

    def __init__(self, month: MonthFacts, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name = month_name(month.period)
        title = self.tr("{0} beratı portaldan silindi mi?").format(name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        words = self.tr(
            "Yüklenmiş bir ay ancak beratları yasal süre içinde GİB portalından silindiyse geri alınır. Kimin, hangi "
            "gün sildiği kaydedilir; {0} dosya 'İPTAL EDİLENLER-SİLİNENLER' klasörüne taşınır."
        ).format(month.all_files)
        said = QuietLabel(words, self, wrap=True)
        said.setMinimumWidth(tokens.TEXT_WIDTH_PX)
        self.who = QLineEdit(self)
        self.who.setAccessibleName(self.tr("Silen"))
        self.who.setPlaceholderText(self.tr("adı soyadı"))
        self.who.textChanged.connect(self._show_ready)
        self.day = QDateEdit(QDate(today.year, today.month, today.day), self)
        self.day.setAccessibleName(self.tr("Silme günü"))
        self.day.setDisplayFormat("dd.MM.yyyy")
        self.day.setCalendarPopup(True)
        self.day.setMaximumDate(QDate(today.year, today.month, today.day))
        form = QFormLayout()
        form.addRow(self.tr("Silen"), self.who)
        form.addRow(self.tr("Silme günü"), self.day)
        self.yes = PrimaryButton(self.tr("Geri al"), self, icon="undo")
        self.yes.clicked.connect(self.accept)
        self.no = QuietButton(self.tr("Vazgeç"), self)
        self.no.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.no)
        buttons.addWidget(self.yes)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.XL, tokens.XL, tokens.XL, tokens.L)
        column.setSpacing(tokens.S)
        column.addWidget(HeadingLabel(title, self))
        column.addWidget(ElidedLabel(month.company.company.party.display_name, self))
        column.addWidget(said)
        column.addLayout(form)
        column.addLayout(buttons)
        self._show_ready()

    @property
    def answer(self) -> tuple[str, str]:
        """Who, and the ISO day."""
        return self.who.text().strip(), self.day.date().toPython().isoformat()  # type: ignore[attr-defined]

    @Slot()
    def _show_ready(self) -> None:
        self.yes.setEnabled(bool(self.who.text().strip()))


def ask_deleted(month: MonthFacts, today: date, parent: QWidget) -> tuple[str, str] | None:
    """(who, ISO day); None when the user thought better of it."""
    dialog = DeletedDialog(month, today, parent)
    try:
        return dialog.answer if dialog.exec() == QDialog.DialogCode.Accepted else None
    finally:
        dialog.deleteLater()

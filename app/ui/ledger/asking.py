"""The questions before something that cannot be taken back lightly: they name the company, the month, the count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtWidgets import QDialog, QWidget

from app.domain.voucher import Period
from app.storage.records import CompanyRecord
from app.ui.dialogs.confirm import confirm
from app.ui.ledger.deleted import PortalDeletedDialog
from app.ui.ledger.facts import MonthFacts, import_words
from app.ui.ledger.words import month_name, number


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


def ask_deleted(month: MonthFacts, today: date, parent: QWidget) -> tuple[str, str] | None:
    """(who, ISO day); None when the user thought better of it."""
    name, company = month_name(month.period), month.company.company.party.display_name
    dialog = PortalDeletedDialog(name, company=company, files=month.all_files, today=today, parent=parent)
    try:
        return dialog.answer if dialog.exec() == QDialog.DialogCode.Accepted else None
    finally:
        dialog.deleteLater()

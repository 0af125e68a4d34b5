"""Files on their way in: chosen or dropped, told apart, previewed, agreed to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from app.domain.voucher import Period
from app.storage import companies
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord
from app.ui.ledger.asking import confirm_replace
from app.ui.ledger.import_dialog import ImportDialog
from app.ui.ledger.sorting import Month, Sorted, sort_files
from app.ui.ledger.viewer import open_viewer

if TYPE_CHECKING:
    from app.ui.pages.ledger import LedgerPage


class Incoming(QObject):
    """Lives with the page; what the user agreed to goes to the page's `doing`."""

    def __init__(self, page: LedgerPage) -> None:
        super().__init__(page)
        self._page = page
        self._waiting: list[tuple[CompanyRecord, Period, list[Path]]] = []
        page.doing.over.connect(self._approve_next)

    def take_files(self, paths: list[Path]) -> None:
        """GİB's berats go to their month, ledger files are shown, anything else is looked at as vouchers."""
        page = self._page
        waits = self._open_month_waits()

        def read(session: OpenSession) -> tuple[Sorted, dict[str, CompanyRecord]]:
            found = sort_files(paths, waits=waits)
            owners = {one.company.tax_number.digits: one for one in companies.list_companies(session)}
            return found, owners

        page.desk.read(read, self._take_sorted, owner=self, failed=page.show_error)

    def _open_month_waits(self) -> bool:
        month = self._page.month.month if self._page.is_month else None
        return month is not None and month.state is not None and month.state.is_locked

    def _take_sorted(self, answer: tuple[Sorted, dict[str, CompanyRecord]]) -> None:
        found, owners = answer
        page = self._page
        for path in found.views:
            open_viewer(page.desk, path, page)
        if found.berats:
            self._take_berats(found.berats, owners)
        if len(found.sources) > 1:
            words = self.tr("Fiş dosyaları birer birer alınır; {0} açıldı. Bitince sıradakini bırakın.")
            page.message.show_message("wait", words.format(found.sources[0].name))
        if found.sources:
            self.open_import(found.sources[0])

    def _take_berats(self, berats: dict[Month, list[Path]], owners: dict[str, CompanyRecord]) -> None:
        """The open month takes them when it waits for them; else each goes to the month its name tells."""
        page = self._page
        month = page.month.month if self._open_month_waits() else None
        if month is not None:
            page.doing.approve(month.company, month.period, [path for group in berats.values() for path in group])
            return
        unknown = []
        for (owner, compact), paths in berats.items():
            company = owners.get(owner)
            if company is None:
                unknown += [path.name for path in paths]
            else:
                self._waiting.append((company, Period(int(compact[:4]), int(compact[4:])), paths))
        if unknown:
            words = self.tr("Bu beratların firması bu ofiste yok: {0}. Firmayı ekleyin ya da doğru dosyayı seçin.")
            page.message.show_message("warn", words.format(", ".join(unknown[:3])))
        self._approve_next()

    @Slot()
    def _approve_next(self) -> None:
        page = self._page
        if self._waiting and not page.doing.is_busy:
            company, period, paths = self._waiting.pop(0)
            page.open_month(company, period)
            page.doing.approve(company, period, paths)

    @Slot()
    def choose_file(self) -> None:
        """Ask for a file of vouchers."""
        chosen, _ = QFileDialog.getOpenFileName(
            self._page,
            self.tr("Fiş dosyasını seçin"),
            "",
            self.tr("Fiş dosyaları (*.csv *.txt *.tsv *.xlsx *.xlsm *.xls *.ods *.xml);;Bütün dosyalar (*)"),
        )
        if chosen:
            self.open_import(Path(chosen))

    def open_import(self, path: Path) -> None:
        """Show what was understood of the file; import it when the user agrees."""
        page = self._page
        dialog = self.dialog(path)
        if dialog is None or page.doing.is_busy:
            return
        accepted = dialog.exec() == ImportDialog.DialogCode.Accepted
        shape, wants_replace = dialog.ready_shape, dialog.replace.isChecked()
        company, period, vouchers = dialog.company, dialog.period, dialog.vouchers
        dialog.deleteLater()
        if not accepted or shape is None:
            return
        replace: frozenset[int] = frozenset()
        if wants_replace and period is not None:
            if not confirm_replace(company, period, vouchers, page):
                return
            replace = frozenset({int(period.compact)})
        page.doing.take(company, path, shape, replace)

    def dialog(self, path: Path) -> ImportDialog | None:
        """The preview for the open month's company, else the chosen one, else the board's row; None without one."""
        page = self._page
        company, period, count = page.desk.company, None, 0
        if page.is_month:
            company, period = page.month.company, page.month.period
            count = page.month.month.all_vouchers if page.month.month is not None else 0
        elif company is None:
            company = page.board.current_company()
        if company is None:
            words = self.tr("Fişlerin hangi firmaya ait olduğunu panoda satırını seçip söyleyin.")
            page.message.show_message("warn", words)
            return None
        return ImportDialog(page.desk, company, path, period=period, vouchers=count, parent=page)

"""Files on their way in: chosen or dropped, told apart, previewed, agreed to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from app.ui.ledger.asking import confirm_replace
from app.ui.ledger.import_dialog import ImportDialog

if TYPE_CHECKING:
    from app.ui.pages.ledger import LedgerPage


class Incoming(QObject):
    """Lives with the page; what the user agreed to goes to the page's `doing`."""

    def __init__(self, page: LedgerPage) -> None:
        super().__init__(page)
        self._page = page

    def take_files(self, paths: list[Path]) -> None:
        """GİB's berats go to the open month, anything else is looked at as a source of vouchers."""
        page = self._page
        month = page.month.month if page.is_month else None
        waits = month is not None and month.state is not None and month.state.is_locked
        berats = [path for path in paths if _is_berat(path, waits=waits)]
        sources = [path for path in paths if path not in berats]
        if berats and month is not None:
            page.doing.approve(month.company, month.period, berats)
        elif berats:
            page.message.show_message("wait", self.tr("GİB beratlarını bırakmak için önce ayını açın."))
        if len(sources) > 1:
            words = self.tr("Fiş dosyaları birer birer alınır; {0} açıldı. Bitince sıradakini bırakın.")
            page.message.show_message("wait", words.format(sources[0].name))
        if sources:
            self.open_import(sources[0])

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
            count = page.month.month.cell.vouchers if page.month.month is not None else 0
        elif company is None:
            company = page.board.current_company()
        if company is None:
            words = self.tr("Fişlerin hangi firmaya ait olduğunu panoda satırını seçip söyleyin.")
            page.message.show_message("warn", words)
            return None
        return ImportDialog(page.desk, company, path, period=period, vouchers=count, parent=page)


def _is_berat(path: Path, *, waits: bool) -> bool:
    """Whether a dropped file is GİB's: by its name, or because the open month waits for nothing else."""
    ending = path.suffix.lower()
    return ending == ".zip" or (ending == ".xml" and (waits or path.name.upper().startswith("GIB-")))

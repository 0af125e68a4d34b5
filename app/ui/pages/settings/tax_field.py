"""The field for a VKN or TCKN: it says while one types what the number is and whether its check digit fits."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.errors import InputError
from app.domain.taxnumber import TaxNumber, parse_tax_number
from app.ui.pages.settings.form import Kind, Verdict, narrow_edit


def judge(text: str) -> tuple[Kind, str]:
    """What is to be said of a number that is being typed."""
    digits = text.strip()
    if not digits:
        return "wait", "VKN 10, TCKN 11 rakamdır."
    if not (digits.isascii() and digits.isdigit()):
        return "error", "Rakam olmayan bir karakter var."
    if len(digits) < 10:
        return "wait", f"{len(digits)} rakam yazıldı; VKN için {10 - len(digits)} rakam daha gerekir."
    try:
        number = parse_tax_number(digits)
    except InputError as e:
        return "error", e.why
    kind = number.kind.value
    if not number.is_checksum_valid:
        return "warn", f"{kind}: kontrol basamağı tutmuyor; levhadan yeniden okuyun. (Yine de kaydedilebilir.)"
    owner = "tüzel kişi ya da vergi numaralı mükellef" if number.is_vkn else "şahıs; ad ve soyad yazılır"
    return "ok", f"{kind}: kontrol basamağı tutuyor ({owner})."


class TaxNumberField(QWidget):
    """`number` is None until 10 or 11 digits stand there; the check digit only warns, as GİB's own rules do."""

    number_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = narrow_edit(14, self)
        self.edit.setMaxLength(20)
        self.edit.setPlaceholderText(self.tr("VKN ya da TCKN"))
        self.edit.setAccessibleName(self.tr("VKN ya da TCKN"))
        self.verdict = Verdict(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.edit)
        column.addWidget(self.verdict)
        self.setFocusProxy(self.edit)
        self.edit.textChanged.connect(self._on_text_changed)
        self._on_text_changed("")

    @property
    def number(self) -> TaxNumber | None:
        try:
            return parse_tax_number(self.text)
        except InputError:
            return None

    @property
    def text(self) -> str:
        """What is typed, without blanks: numbers are often pasted in groups."""
        return "".join(self.edit.text().split())

    def set_text(self, text: str) -> None:
        self.edit.setText(text)

    def set_fixed(self, is_fixed: bool) -> None:
        """A stored company keeps its number."""
        self.edit.setReadOnly(is_fixed)

    @Slot(str)
    def _on_text_changed(self, _text: str) -> None:
        self.verdict.say(*judge(self.text))
        self.number_changed.emit(self.number)

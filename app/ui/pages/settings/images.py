"""Picking a logo or a stamp: a preview, the size limit said where it counts."""

from __future__ import annotations

import base64
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ubl.company_json import MAX_IMAGE_BYTES
from app.ui.pages.settings.form import PlainButton, Verdict
from app.ui.theme import tokens
from app.ui.widgets import QuietButton, QuietLabel

_WIDTH_PX = tokens.TEXT_WIDTH_PX // 3
_HEIGHT_PX = tokens.ROW_PX * 3


class ImagePicker(QWidget):
    """`content` holds the PNG or JPEG bytes, empty when there is none."""

    picked = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self.content = b""
        self.setAccessibleName(title)
        self.preview = QLabel(self)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        frame = QFrame(self)
        frame.setProperty("role", "raised")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(tokens.XS, tokens.XS, tokens.XS, tokens.XS)
        inner.addWidget(self.preview)
        frame.setMinimumSize(_WIDTH_PX, _HEIGHT_PX)
        frame.setMaximumWidth(_WIDTH_PX)
        self.choose_button = PlainButton(self.tr("Seç…"), self, icon="folder")
        self.choose_button.setAccessibleName(self.tr("{0} seç").format(title))
        self.remove_button = QuietButton(self.tr("Kaldır"), self, icon="trash")
        self.remove_button.setAccessibleName(self.tr("{0} kaldır").format(title))
        self.size_label = QuietLabel("", self)
        self.verdict = Verdict(self)
        buttons = QVBoxLayout()
        buttons.addWidget(self.choose_button, alignment=Qt.AlignmentFlag.AlignLeft)
        buttons.addWidget(self.remove_button, alignment=Qt.AlignmentFlag.AlignLeft)
        buttons.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(tokens.M)
        row.addWidget(frame)
        row.addLayout(buttons)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.size_label)
        column.addWidget(self.verdict)
        self.setFocusProxy(self.choose_button)
        self.choose_button.clicked.connect(self._on_choose_button_clicked)
        self.remove_button.clicked.connect(self._on_remove_button_clicked)
        self.set_content(b"")

    def set_content(self, content: bytes) -> None:
        """Show stored bytes."""
        self.content = content
        self.verdict.clear()
        self.remove_button.setVisible(bool(content))
        if not content:
            self.preview.setPixmap(QPixmap())
            self.preview.setText(self.tr("Yok"))
            self.size_label.setText(self.tr("PNG ya da JPEG, en çok {0} KB").format(MAX_IMAGE_BYTES // 1024))
            return
        image = QImage.fromData(content)
        ratio = self.devicePixelRatioF()
        inside = QSize(_WIDTH_PX - 2 * tokens.S, _HEIGHT_PX - 2 * tokens.S) * ratio
        scaled = image.scaled(inside, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        scaled.setDevicePixelRatio(ratio)
        self.preview.setPixmap(QPixmap.fromImage(scaled))
        size_kb = max(1, len(content) // 1024)
        self.size_label.setText(f"{image.width()} × {image.height()} px, {size_kb} KB")

    def load(self, path: Path) -> bool:
        """Take the picture at `path`; False, with the reason under it, when it cannot be used."""
        try:
            with path.open("rb") as file:
                # One byte more than allowed is enough to know.
                content = file.read(MAX_IMAGE_BYTES + 1)
            size_bytes = path.stat().st_size
        except OSError as e:
            self.verdict.say(
                "error", self.tr("Dosya okunamadı: {0}. Başka bir dosya seçin.").format(e.strerror or path)
            )
            return False
        if len(content) > MAX_IMAGE_BYTES:
            self.verdict.say(
                "error",
                self.tr("Resim {0} KB; en çok {1} KB olabilir. Küçültüp yeniden seçin.").format(
                    size_bytes // 1024, MAX_IMAGE_BYTES // 1024
                ),
            )
            return False
        is_known = content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))
        if not is_known or QImage.fromData(content).isNull():
            self.verdict.say("error", self.tr("Bu dosya bir PNG ya da JPEG resmi değil. Başka bir dosya seçin."))
            return False
        self.set_content(content)
        self.picked.emit()
        return True

    def data_uri(self) -> str:
        """The picture as the company's JSON holds it."""
        if not self.content:
            return ""
        kind = "png" if self.content.startswith(b"\x89PNG") else "jpeg"
        return f"data:image/{kind};base64,{base64.b64encode(self.content).decode('ascii')}"

    @Slot()
    def _on_choose_button_clicked(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(
            self, self.tr("{0} seç").format(self._title), "", self.tr("Resimler (*.png *.jpg *.jpeg)")
        )
        if name:
            self.load(Path(name))

    @Slot()
    def _on_remove_button_clicked(self) -> None:
        self.set_content(b"")
        self.picked.emit()

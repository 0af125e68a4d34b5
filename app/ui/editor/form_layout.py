"""How an editor's window is laid out around its form: page and findings at the right, sums and the one button below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QTabWidget, QVBoxLayout, QWidget

from app.ui.editor.findings_panel import FindingsPanel
from app.ui.editor.preview import PreviewPane
from app.ui.editor.totals_bar import TotalsBar
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, HeadingLabel, MenuButton, MessageBar, QuietLabel, line_frame

if TYPE_CHECKING:
    from app.ui.editor.form_window import FormWindow


def lay_out(window: FormWindow, form: QWidget, title: str, totals: TotalsBar) -> None:
    """Make the window's parts and put them in their places."""
    party = window.company.company.party
    body = window.body
    window.company_label = ElidedLabel(f"{party.display_name} · {party.tax_number.kind} {party.tax_number}", body)
    window.heading = HeadingLabel(title, body)
    window.message = MessageBar(parent=body)
    window.totals = totals
    window.menu_button = MenuButton(window.tr("Diğer"), None, body, icon="more")
    head = QHBoxLayout()
    head.setContentsMargins(tokens.L, tokens.S, tokens.L, tokens.S)
    head.setSpacing(tokens.L)
    head.addWidget(window.heading)
    head.addWidget(window.company_label, 1)
    if window.desk.is_demo:
        head.addWidget(QuietLabel(window.tr("Deneme ofisi: gerçek gönderim yapılmaz"), body))
    head.addWidget(window.menu_button)
    if window.split.indexOf(form) < 0:
        window.split.addWidget(form)
    # Children of a splitter stand in it from the beginning, in their order.
    window.right = QSplitter(Qt.Orientation.Vertical, window.split)
    window.preview = PreviewPane(window.right)
    window.tabs = QTabWidget(window.right)
    window.tabs.setDocumentMode(True)
    window.findings = FindingsPanel(window.tabs)
    window.tabs.addTab(window.findings, window.tr("Bulgular"))
    window.right.setStretchFactor(0, 3)
    window.right.setStretchFactor(1, 2)
    window.right.setChildrenCollapsible(False)
    window.preview.setMinimumHeight(tokens.ROW_PX * 3)
    window.split.setStretchFactor(0, 3)
    window.split.setStretchFactor(1, 2)
    window.split.setChildrenCollapsible(False)
    bar = QHBoxLayout()
    bar.setContentsMargins(tokens.L, 0, tokens.L, 0)
    bar.addWidget(window.message)
    column = QVBoxLayout(body)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addLayout(head)
    column.addLayout(bar)
    column.addWidget(line_frame(body))
    column.addWidget(window.split, 1)
    column.addWidget(line_frame(body))
    column.addWidget(window.totals)

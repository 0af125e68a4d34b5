"""The one style sheet, filled from the tokens. Widgets say what they are by the dynamic property `role`."""

from __future__ import annotations

from string import Template

from app.runtime.resources import resources_root
from app.ui.theme import tokens
from app.ui.theme.tokens import Palette

_SHEET = Template("""
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 6px; }

QPushButton {
    background: $surface; color: $text; border: 1px solid $field_line; border-radius: 4px;
    padding: 4px 12px; min-height: 20px;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed, QPushButton:checked { background: $pressed; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $disabled; border-color: $line; background: transparent; }
QPushButton[role="primary"] { background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton[role="primary"]:hover { background: $accent_hover; }
QPushButton[role="primary"]:pressed { background: $accent_pressed; }
QPushButton[role="primary"]:focus { border: 2px solid $text; padding: 3px 11px; }
QPushButton[role="primary"]:disabled { background: $line; border-color: $line; color: $quiet; }
QPushButton[role="quiet"] { background: transparent; border-color: transparent; }
QPushButton[role="quiet"]:hover { background: $hover; }
QPushButton[role="quiet"]:pressed, QPushButton[role="quiet"]:checked { background: $pressed; }
QPushButton[role="quiet"]:focus { border-color: $accent; }
QPushButton[role="link"] {
    background: transparent; border: 1px solid transparent; padding: 0 4px; text-align: left; color: $text;
    text-decoration: underline;
}
QPushButton[role="link"]:hover { background: $hover; }
QPushButton[role="link"]:focus { border-color: $accent; }
QPushButton[role="chip"] {
    background: transparent; border: 1px solid $line; border-radius: 12px; padding: 1px 10px; min-height: 20px;
}
QPushButton[role="chip"]:hover { background: $hover; }
QPushButton[role="chip"]:checked { background: $selection; border-color: $field_line; font-weight: 600; }
QPushButton[role="chip"]:focus { border-color: $accent; }
QPushButton[role="door"] {
    background: transparent; border: none; border-radius: 0; text-align: left; padding: 6px 8px;
}
QPushButton[role="door"]:hover { background: $hover; }
QPushButton[role="door"]:focus { border: 1px solid $accent; padding: 5px 7px; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 3px 6px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked, QToolButton:open { background: $pressed; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $disabled; }
QToolButton::menu-indicator { image: none; width: 0; }

QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox {
    background: $surface; color: $text; border: 1px solid $field_line; border-radius: 4px; padding: 3px 6px;
    selection-background-color: $accent; selection-color: $on_accent; min-height: 20px;
    placeholder-text-color: $quiet;
}
QLineEdit:focus, QTextEdit:focus, QPlainTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
    border-color: $accent;
}
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled, QTextEdit:disabled, QPlainTextEdit:disabled {
    background: $ground; color: $disabled; border-color: $line;
}
QLineEdit:read-only { background: $ground; }
QLineEdit[invalid="true"] { border: 1px solid $error; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url("$icons/arrow-down-$name.svg"); width: 14px; height: 14px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; width: 18px; background: transparent; }
QAbstractSpinBox::up-arrow { image: url("$icons/arrow-up-$name.svg"); width: 12px; height: 12px; }
QAbstractSpinBox::down-arrow { image: url("$icons/arrow-down-$name.svg"); width: 12px; height: 12px; }
QDateEdit::drop-down { border: none; width: 22px; }
QDateEdit::down-arrow { image: url("$icons/arrow-down-$name.svg"); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line; outline: 0; }

QAbstractItemView {
    background: $surface; color: $text; border: 1px solid $line; outline: 0; gridline-color: $line;
    selection-background-color: $selection; selection-color: $text;
}
QAbstractItemView[role="plain"] { border: none; background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QHeaderView { background: $ground; border: none; }
QHeaderView::section {
    background: $ground; color: $quiet; border: none; border-bottom: 1px solid $line; padding: 4px 8px;
}
QHeaderView::section:hover { background: $hover; }
QTableCornerButton::section { background: $ground; border: none; border-bottom: 1px solid $line; }

QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab {
    background: transparent; color: $quiet; border: none; border-bottom: 2px solid transparent; padding: 6px 12px;
}
QTabBar::tab:hover { color: $text; background: $hover; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:focus { color: $accent; }

QMenu { background: $raised; color: $text; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 3px; }
QMenu::item:selected { background: $selection; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }

QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: $accent; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $thumb; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $quiet; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QProgressBar { background: $line; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $wait; border-radius: 3px; }

QGroupBox { border: 1px solid $line; border-radius: 4px; margin-top: 10px; padding: 8px; }
QGroupBox::title { subcontrol-origin: margin; left: 8px; padding: 0 4px; color: $quiet; }

QRadioButton, QCheckBox { spacing: 6px; }
QRadioButton::indicator, QCheckBox::indicator {
    width: 14px; height: 14px; border: 1px solid $quiet; background: $surface;
}
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator { border-radius: 3px; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid $text; }
QCheckBox::indicator:checked { image: url("$icons/tick-$name.svg"); border-color: $text; }
QCheckBox::indicator:indeterminate { image: url("$icons/dash-$name.svg"); }
QRadioButton::indicator:focus, QCheckBox::indicator:focus { border-color: $accent; }
QRadioButton::indicator:hover, QCheckBox::indicator:hover { border-color: $text; }
QRadioButton:disabled, QCheckBox:disabled { color: $disabled; }
QRadioButton::indicator:disabled, QCheckBox::indicator:disabled { border-color: $disabled; background: transparent; }

QDialogButtonBox, QMessageBox { button-layout: 0; }

QScrollArea { border: none; background: transparent; }
QScrollArea > QWidget > QWidget { background: transparent; }

QLabel[role="quiet"] { color: $quiet; }
QLabel[role="error"] { color: $error; }
QLabel[role="badge"] {
    background: $selection; color: $text; border-radius: 8px; padding: 0 6px; min-height: 16px; font-weight: 600;
}
QFrame[role="raised"] { background: $raised; border: 1px solid $line; border-radius: 4px; }
QFrame[role="surface"] { background: $surface; border: none; }
QFrame[role="bar"] { background: $ground; border: none; }
QFrame[role="line"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="message"][tone="ok"] { background: $ok_soft; border: 1px solid $line; border-radius: 4px; }
QFrame[role="message"][tone="wait"] { background: $wait_soft; border: 1px solid $line; border-radius: 4px; }
QFrame[role="message"][tone="warn"] { background: $warn_soft; border: 1px solid $line; border-radius: 4px; }
QFrame[role="message"][tone="error"] { background: $error_soft; border: 1px solid $line; border-radius: 4px; }
QFrame[role="ribbon"] { background: $warn_soft; border: none; border-bottom: 1px solid $line; }
""")


def style_sheet(p: Palette) -> str:
    """The sheet of one theme."""
    values = {name: getattr(p, name) for name in tokens.Palette.__dataclass_fields__}
    return _SHEET.substitute(values, icons=(resources_root() / "icons").as_posix())

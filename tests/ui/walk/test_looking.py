"""The walk's eyes see what they are for: each fault, made on purpose, is found, and a sound page has none."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QTabBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.walk import looking


@pytest.fixture
def page(dressed: QApplication, qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(400, 300)
    widget.show()
    return widget


def put(page: QWidget, child: QWidget, width: int = 300, height: int = 30) -> None:
    child.setParent(page)
    child.setGeometry(10, 10, width, height)
    child.show()


def test_cut_words_are_seen(page: QWidget) -> None:
    put(page, QLabel("Bu sözler bu kadar dar yere sığmaz"), width=60)
    assert len(looking.cut_words(page)) == 1


def test_cut_button_and_crushed_paragraph_are_seen(page: QWidget) -> None:
    put(page, QPushButton("PDF olarak dışa aktar"), width=60)
    long = QLabel("Bu uzun cümle birkaç satıra yayılır ve hepsi görünmelidir. " * 3)
    long.setWordWrap(True)
    put(page, long, width=200, height=20)
    assert len(looking.cut_words(page)) == 2


def test_elided_words_with_a_tip_are_whole(page: QWidget) -> None:
    label = QLabel("Bu sözler bu kadar dar yere sığmaz")
    label.setToolTip(label.text())
    put(page, label, width=60)
    assert looking.cut_words(page) == []


def test_hidden_tabs_are_seen(page: QWidget) -> None:
    bar = QTabBar()
    for word in ("Görünüm", "Bilgiler", "Geçmiş", "Bulgular"):
        bar.addTab(word)
    bar.setElideMode(Qt.TextElideMode.ElideNone)
    put(page, bar, width=120)
    assert len(looking.hidden_tabs(page)) == 1


def test_nameless_and_unreachable_controls_are_seen(page: QWidget) -> None:
    button = QToolButton()
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    put(page, button)
    assert len(looking.nameless(page)) == 1
    assert len(looking.unreachable(page, page)) == 1
    button.setAccessibleName("Yakınlaştır")
    button.setShortcut("Ctrl++")
    assert looking.nameless(page) == [] and looking.unreachable(page, page) == []


def test_english_is_seen_and_turkish_is_not(page: QWidget) -> None:
    put(page, QPushButton("Cancel"))
    assert len(looking.english(page)) == 1
    put(page, QLabel("Belge no, PDF, 12 of 3"))
    assert len(looking.english(page)) == 1


def test_faint_words_are_seen(page: QWidget) -> None:
    label = QLabel("Solgun yazı")
    label.setAutoFillBackground(True)
    label.setStyleSheet("background: #ffffff; color: #bbbbbb;")
    put(page, label)
    assert len(looking.weak_contrast(page)) == 1
    label.setStyleSheet("background: #ffffff; color: #222222;")
    assert looking.weak_contrast(page) == []


def test_contrast_is_the_known_one() -> None:
    assert looking.contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21)
    assert looking.contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)

"""The place of an accounting program's database and the SELECT over it, as the user writes them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics, QIntValidator
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import AppError
from app.storage.foreign import ensure_one_select
from app.storage.foreign_drivers import Driver, driver_of, drivers, odbc_drivers
from app.ui.theme import tokens
from app.ui.widgets import IconButton, QuietLabel
from app.workflows.ledger_connections import Login, View

_QUERY_ROWS = 5
#: In a low window; the preview below has the rest.
_LEAST_ROWS = 2
_PORTS = 65_535


class QueryForm(QWidget):
    """`edited` with every change. The password leaves this widget only in `login`. `foot` has room for a button."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.driver = QComboBox(self)
        self.driver.setAccessibleName(self.tr("Veritabanının türü"))
        for driver in drivers():
            self.driver.addItem(driver.title, driver.name)
        self.driver.activated.connect(self._on_driver_chosen)
        self.host = self._edit(self.tr("Sunucu"), self.tr("örneğin MUHASEBE\\LOGO"))
        self.port = self._edit(self.tr("Bağlantı noktası"))
        self.port.setValidator(QIntValidator(0, _PORTS, self.port))
        self.port.setMaximumWidth(self.port.fontMetrics().horizontalAdvance("0" * 8) + tokens.L)
        self.database = self._edit(self.tr("Veritabanı"))
        self.browse = IconButton("folder", self.tr("Dosya seç"), self)
        self.browse.clicked.connect(self._on_browse_clicked)
        self.user = self._edit(self.tr("Kullanıcı"))
        self.password = self._edit(self.tr("Parola"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.odbc = QComboBox(self)
        self.odbc.setAccessibleName(self.tr("ODBC sürücüsü"))
        self.odbc.addItems(odbc_drivers())
        self.query = QPlainTextEdit(self)
        self.query.setAccessibleName(self.tr("Sorgu"))
        self.query.setPlaceholderText("SELECT fis_no, tarih, hesap_kodu, borc, alacak FROM e_defter_gorunumu")
        self.query.setTabChangesFocus(True)
        fixed = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        fixed.setPointSizeF(self.font().pointSizeF())
        self.query.setFont(fixed)
        line = QFontMetrics(fixed).lineSpacing()
        self.query.setMinimumHeight(line * _LEAST_ROWS + tokens.L)
        self.query.setMaximumHeight(line * _QUERY_ROWS + tokens.L)
        self.query.textChanged.connect(self._on_edited)
        self.said = QuietLabel("", self, wrap=True)
        self._labels: dict[QWidget, QLabel] = {}
        self._lay()
        self._on_driver_chosen()

    def _edit(self, title: str, placeholder: str = "") -> QLineEdit:
        edit = QLineEdit(self)
        edit.setAccessibleName(title)
        edit.setPlaceholderText(placeholder)
        edit.textEdited.connect(self._on_edited)
        return edit

    def _lay(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.S)
        grid.setVerticalSpacing(tokens.XS)
        place = QHBoxLayout()
        place.setSpacing(tokens.XS)
        place.addWidget(self.database, 1)
        place.addWidget(self.browse)
        cells: tuple[tuple[int, int, QWidget], ...] = (
            (0, 0, self.driver),
            (0, 2, self.host),
            (0, 4, self.port),
            (1, 0, self.odbc),
            (1, 2, self.user),
            (1, 4, self.password),
        )
        for row, column, editor in cells:
            label = QLabel(editor.accessibleName(), self)
            label.setBuddy(editor)
            self._labels[editor] = label
            grid.addWidget(label, row, column)
            grid.addWidget(editor, row, column + 1)
        label = QLabel(self.database.accessibleName(), self)
        label.setBuddy(self.database)
        grid.addWidget(label, 2, 0)
        grid.addLayout(place, 2, 1, 1, 5)
        for column in (1, 3, 5):
            grid.setColumnStretch(column, 1)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(0, 0, 0, 0)
        column_.setSpacing(tokens.S)
        column_.addLayout(grid)
        column_.addWidget(self.query)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(tokens.S)
        self.foot.addWidget(self.said, 1)
        column_.addLayout(self.foot)

    # -- values ----------------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> Driver:
        return driver_of(str(self.driver.currentData() or ""))

    def view(self, name: str = "") -> View:
        """What stands here, without the login."""
        known = self.chosen
        return View(
            name=name.strip(),
            driver=known.name,
            query=self.query.toPlainText(),
            host="" if known.is_file else self.host.text().strip(),
            port=0 if known.is_file else int(self.port.text() or 0),
            database=self.database.text().strip(),
            odbc=self.odbc.currentText() if known.needs_odbc else "",
        )

    @property
    def login(self) -> Login:
        if self.chosen.is_file:
            return Login()
        return Login(user=self.user.text().strip(), password=self.password.text())

    def show_view(self, view: View, login: Login) -> None:
        """Show a kept view with its login."""
        if self.driver.findData(view.driver) < 0:
            self.driver.addItem(
                self.tr("{0} (sürücüsü kurulu değil)").format(driver_of(view.driver).title), view.driver
            )
        self.driver.setCurrentIndex(self.driver.findData(view.driver))
        self._on_driver_chosen()
        self.host.setText(view.host)
        self.port.setText(str(view.port) if view.port else "")
        self.database.setText(view.database)
        self.odbc.setCurrentText(view.odbc)
        self.user.setText(login.user)
        self.password.setText(login.password)
        self.query.setPlainText(view.query)
        self._on_edited()

    @property
    def problem(self) -> str:
        """What keeps the query from being run, "" when nothing does."""
        view = self.view()
        if not view.query.strip():
            return self.tr("Fiş satırlarını veren sorguyu yazın: her satır bir yevmiye satırı, her sütun bir alan.")
        if not view.database:
            return self.tr("Veritabanını yazın.")
        if not self.chosen.is_file and not view.host:
            return self.tr("Sunucuyu yazın.")
        try:
            ensure_one_select(view.query)
        except AppError as error:
            return error.sentence
        return ""

    # -- slots -----------------------------------------------------------------------------------------------------

    @Slot()
    def _on_driver_chosen(self) -> None:
        known = self.chosen
        for editor in (self.host, self.port, self.user, self.password):
            editor.setVisible(not known.is_file)
            self._labels[editor].setVisible(not known.is_file)
        self.odbc.setVisible(known.needs_odbc)
        self._labels[self.odbc].setVisible(known.needs_odbc)
        self.browse.setVisible(known.is_file)
        self.port.setPlaceholderText(str(known.port) if known.port else "")
        self.database.setPlaceholderText(self.tr("veritabanı dosyası") if known.is_file else self.tr("veritabanı adı"))
        self._on_edited()

    @Slot()
    def _on_browse_clicked(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(
            self, self.tr("Veritabanı dosyası"), "", self.tr("SQLite (*.db *.sqlite *.sqlite3);;Bütün dosyalar (*)")
        )
        if name:
            self.database.setText(str(Path(name)))
            self._on_edited()

    @Slot()
    def _on_edited(self) -> None:
        safe = self.tr("Sorgu yalnız okur: tek bir SELECT, geri alınan bir işlem içinde. ")
        rest = (
            "" if self.driver.count() > 1 else self.tr("SQL Server, PostgreSQL ve ötekiler sürücüsü kurulunca çıkar.")
        )
        self.said.setText(self.problem or safe + rest)
        self.edited.emit()

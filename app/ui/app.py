"""Starting the window: one instance per data folder, the look, the office, the hooks for what nobody caught."""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Final

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QProcess, Qt, QTimer, QTranslator, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QWidget

from app.domain.errors import AppError, BugError
from app.office import Office
from app.runtime import logs
from app.runtime.settings import SYNC_ON_START, THEME
from app.ui.desk import Desk
from app.ui.frame.window import MainWindow
from app.ui.garbage import GuiCollector
from app.ui.instance import SingleInstance
from app.ui.jobs import Changes
from app.ui.theme import tokens
from app.ui.theme.icons import app_icon
from app.ui.theme.style import theme

log = logging.getLogger(__name__)
#: How long a worker thread may keep the interpreter while the window waits for it.
SWITCH_S: Final = 0.0002


class BugRelay(QObject):
    """Carries what nobody caught, from whatever thread, to the window."""

    caught = Signal(object)


def run_window(data_dir: Path, *, demo: bool = False, passphrase: str | None = None) -> int:
    """Open the window on this data folder (its `demo` subfolder for the demo office) and stay until it is closed.

    A second start on the same folder raises the first window and returns 0.
    """
    app = make_application()
    root = data_dir / "demo" if demo else data_dir
    try:
        instance = SingleInstance(root)
    except OSError as error:
        return _refuse(AppError("DATA.FOLDER", f"Veri klasörü açılamadı: {root}", why=str(error.strerror or "")))
    if not instance.is_first:
        instance.raise_first()
        return 0
    try:
        with _open_office(root, demo=demo, passphrase=passphrase) as office:
            return _run(app, office, instance, demo=demo)
    except AppError as error:
        log.info("the window cannot open: %s", error.code)
        return _refuse(error)
    finally:
        instance.release()


def make_application() -> QApplication:
    """The application object, dressed by the system's theme; also for the tour and the benches."""
    known = QApplication.instance()
    if isinstance(known, QApplication):
        return known
    # Web views come late, with the first document read. Drawn by the graphics card they would force the window onto
    # another kind of native surface at that moment: it is torn down and made anew, flickers and loses the keyboard
    # (seen under X11). Drawn in software it stays what it is; pages of A4 need no more, and no driver can break them.
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication([sys.argv[0] if sys.argv else "muhurdar"])
    # A worker that computes gives the lock away only when asked, and is asked after this long. A paint takes it many
    # times: with three busy workers a list of 7 ms took 39 ms at Python's 5 ms, and 13 at this.
    sys.setswitchinterval(SWITCH_S)
    # Its child lives as long as the application.
    GuiCollector(app)
    app.setApplicationName("Mühürdar")
    app.setOrganizationName("Muhurdar")
    app.setDesktopFileName("muhurdar")
    QLocale.setDefault(QLocale(QLocale.Language.Turkish, QLocale.Country.Turkey))
    _speak_turkish(app)
    theme().apply("system")
    app.setWindowIcon(app_icon())
    return app


class KeyNames(QTranslator):
    """Keys by what stands on them: Qt's Turkish calls Ctrl "Kontrol", Alt "Seçenek" and Enter "Dönüş"."""

    _NAMES: ClassVar = {
        **{name: name for name in ("Ctrl", "Alt", "Shift", "Esc", "Enter", "Tab", "Home", "End", "PgUp", "PgDown")},
        "Del": "Del",
        "Ins": "Ins",
        "Return": "Enter",
        "Left": "←",
        "Right": "→",
        "Up": "↑",
        "Down": "↓",
    }

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        # None (a null QString) means: ask the next translator. An empty text would be taken as the translation.
        return self._NAMES.get(source) if context == "QShortcut" else None


def owner_name() -> str:
    """Who holds a lease, as another machine's user reads it."""
    return f"Mühürdar penceresi ({socket.gethostname()})"


def _run(app: QApplication, office: Office, instance: SingleInstance, *, demo: bool) -> int:
    theme().apply(office.settings.get(THEME))
    desk = Desk(office, is_demo=demo, warms_up=True)
    relay = BugRelay()
    restore_hooks = logs.install_hooks(relay.caught.emit)
    window = MainWindow(desk)
    relay.caught.connect(desk.failed)
    instance.raised.connect(window.come_up)
    # The window closes when its jobs have ended; until then nothing else may end the loop.
    app.setQuitOnLastWindowClosed(True)
    try:
        window.show()
        window.start()
        if office.settings.get(SYNC_ON_START):
            window.center.sync_all(mode="timer")
        if demo:
            _fill_the_rest(desk, window)
        else:
            _offer_setup(desk, window)
        return app.exec()
    finally:
        restore_hooks()
        # The office is closed by whoever opened it.
        desk.lanes.shutdown(2.0)
        window.deleteLater()


def _fill_the_rest(desk: Desk, window: MainWindow) -> None:
    """The demo office opens with its first clients; the others are made behind the window."""
    from app.demo.office import rest_of

    rest = rest_of(desk.office)
    if rest is None:
        return
    desk.run(
        window.tr("Deneme ofisinin öteki firmaları hazırlanıyor"),
        lambda context: rest(context.progress),
        owner=window,
        changes=Changes(documents=True, partners=True, companies=True, accounts=True),
    )


def _offer_setup(desk: Desk, window: MainWindow) -> None:
    """An office without a company is led through the set-up, or to the demo office with one click."""
    from app.ui.setup import needs_setup

    if not needs_setup(desk):
        return
    from app.ui.setup import SetupWizard

    wizard = SetupWizard(desk, window)
    wizard.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def open_demo() -> None:
        # The demo office is a folder of its own with its own window.
        program, first = (sys.executable, []) if getattr(sys, "frozen", False) else (sys.executable, ["-m", "app"])
        QProcess.startDetached(program, [*first, "--demo", "--data-dir", str(desk.office.folder.root)])
        wizard.close()
        window.close()

    wizard.demo_wanted.connect(open_demo)
    QTimer.singleShot(0, wizard.open)


@contextmanager
def _open_office(root: Path, *, demo: bool, passphrase: str | None) -> Iterator[Office]:
    if demo:
        from app.demo.office import is_ready, open_demo_office

        note = None if is_ready(root) else _wait_note("Deneme ofisi hazırlanıyor…\nBir kez olur, birkaç saniye sürer.")
        with open_demo_office(root, owner=owner_name()) as opened, _logged(opened.office):
            if note is not None:
                note.close()
            yield opened.office
        return
    with Office.open(root, owner=owner_name(), passphrase=passphrase) as office, _logged(office):
        # Opened here and now: a database of a newer version is refused before a window stands there.
        office.db  # noqa: B018
        yield office


def _wait_note(words: str) -> QWidget:
    """A small word while there is no window yet. Drawn at once; nothing else happens meanwhile."""
    note = QLabel(words)
    note.setWindowFlag(Qt.WindowType.SplashScreen)
    note.setAlignment(Qt.AlignmentFlag.AlignCenter)
    note.setMargin(tokens.XL)
    note.show()
    for _ in range(3):
        QApplication.processEvents()
    return note


@contextmanager
def _logged(office: Office) -> Iterator[None]:
    session = logs.configure(office.folder)
    try:
        yield
    finally:
        session.close()


def _speak_turkish(app: QApplication) -> None:
    """Qt's own words (file dialogs, buttons) in Turkish."""
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name in ("qtbase_tr", "qt_tr"):
        translator = QTranslator(app)
        if translator.load(name, folder):
            app.installTranslator(translator)
            break
    app.installTranslator(KeyNames(app))


def _refuse(error: AppError) -> int:
    """There is no window yet to say it in."""
    known = error if not isinstance(error, BugError) else BugError(error)
    box = QMessageBox(QMessageBox.Icon.Warning, "Mühürdar", known.sentence)
    box.exec()
    return 1

"""Forms made from the typed settings: a value below its floor is refused where it stands, and nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QVBoxLayout, QWidget

from app.domain.errors import AppError, InputError
from app.runtime.settings import THEME, Setting
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.ui.pages.settings.form import Form, narrow_edit
from app.ui.pages.settings.subject import FormSubject
from app.ui.theme.style import theme
from app.workflows.context import WorkContext


class SettingsForm(QWidget):
    """One row per setting. A change is stored at once; `stored` names the setting then."""

    stored = Signal(str)

    def __init__(self, desk: Desk, settings: Sequence[Setting[Any]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self._settings = {setting.name: setting for setting in settings}
        self._values: dict[str, Any] = {}
        self.form = Form(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        for setting in settings:
            editor = self._editor(setting)
            self.form.add(setting.name, setting.title, editor, hint=self._hint(setting), unit=setting.unit)
        self.setEnabled(False)

    def load(self) -> None:
        """Read the values; the fields can be used when they are there."""
        self.desk.run(self.tr("Ayarlar okunuyor"), self._read, self._on_read, owner=self)

    def value(self, name: str) -> Any:
        """The stored value, as last read or stored."""
        return self._values[name]

    def is_valid(self) -> bool:
        """Whether every field holds a value that may be stored; says under each what is wrong."""
        wrong = [name for name in self._settings if not self._judge(name)]
        return not wrong

    def _read(self, _ctx: WorkContext) -> dict[str, Any]:
        return {name: self.desk.office.settings.get(setting) for name, setting in self._settings.items()}

    @Slot(object)
    def _on_read(self, values: dict[str, Any]) -> None:
        self._values = dict(values)
        for name, value in values.items():
            editor = self.form.editor(name)
            # A field that is being written in is not taken away from the user.
            if not editor.hasFocus():
                self._show(editor, value)
        self.setEnabled(True)

    def _editor(self, setting: Setting[Any]) -> QWidget:
        if setting.choices:
            combo = QComboBox(self)
            for value, title in setting.choices:
                combo.addItem(title, value)
            combo.activated.connect(partial(self._on_chosen, setting.name))
            return combo
        if setting.type is bool:
            box = QCheckBox(self.tr("Açık"), self)
            box.setAccessibleName(setting.title)
            box.clicked.connect(partial(self._on_chosen, setting.name))
            return box
        edit = narrow_edit(8, self) if setting.type is int else QLineEdit(self)
        if setting.type is str and setting.maximum is not None:
            edit.setMaxLength(setting.maximum)
        edit.textEdited.connect(partial(self._on_text_edited, setting.name))
        edit.editingFinished.connect(partial(self._on_editing_finished, setting.name))
        return edit

    def _hint(self, setting: Setting[Any]) -> str:
        if setting.type is not int or setting.minimum is None or str(setting.minimum) in setting.description:
            return setting.description
        return self.tr("{0} En az {1} {2}.").format(setting.description, setting.minimum, setting.unit)

    def _show(self, editor: QWidget, value: Any) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(value))
        elif isinstance(editor, QCheckBox):
            editor.setChecked(bool(value))
        elif isinstance(editor, QLineEdit):
            editor.setText(str(value))

    def _typed(self, name: str) -> Any:
        """The value in the field. Raises: InputError as `Setting.parse`."""
        setting, editor = self._settings[name], self.form.editor(name)
        if isinstance(editor, QComboBox):
            return setting.validate(editor.currentData())
        if isinstance(editor, QCheckBox):
            return editor.isChecked()
        assert isinstance(editor, QLineEdit)
        return setting.parse(editor.text())

    def _on_chosen(self, name: str, _index: object = None) -> None:
        self._store(name)

    def _on_text_edited(self, name: str, _text: str) -> None:
        if self.form.editor(name).property("invalid"):
            self._judge(name)

    def _on_editing_finished(self, name: str) -> None:
        self._store(name)

    def _judge(self, name: str) -> bool:
        try:
            self._typed(name)
        except InputError as e:
            self.form.problem(name, e.sentence)
            return False
        if self.form.editor(name).property("invalid"):
            self.form.problem(name, "")
        return True

    def _store(self, name: str) -> None:
        if not self._judge(name):
            return
        value = self._typed(name)
        if name in self._values and self._values[name] == value:
            return
        self._values[name] = value
        setting = self._settings[name]
        self.desk.run(
            self.tr("Ayar kaydediliyor"),
            partial(_save, self.desk, setting, value),
            partial(self._on_stored, name),
            owner=self,
            # One worker: the value chosen last is the one stored last.
            lane=self.desk.lanes.account("ayarlar"),
            changes=Changes(settings=True),
            failed=partial(self._on_failed, name),
        )

    def _on_stored(self, name: str, _value: object) -> None:
        self.form.verdict(name).say("ok", self.tr("Kaydedildi."))
        self.stored.emit(name)

    def _on_failed(self, name: str, error: AppError) -> None:
        self._values.pop(name, None)
        self.form.problem(name, error.sentence)


def _save(desk: Desk, setting: Setting[Any], value: Any, _ctx: WorkContext) -> None:
    desk.office.settings.set(setting, value)


class GeneratedSubject(FormSubject):
    """A subject that holds nothing but settings."""

    def __init__(
        self,
        desk: Desk,
        title: str,
        sentence: str,
        settings: Sequence[Setting[Any]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(desk, title, sentence, parent)
        self.form = SettingsForm(desk, settings, self)
        self.form.stored.connect(self._on_form_stored)
        self.column.addWidget(self.form)
        self.column.addStretch(1)

    def refresh(self) -> None:
        self.form.load()

    def reveal(self, what: Any) -> None:
        if what in self.form.form.keys():  # noqa: SIM118 - a Form is no mapping
            self.form.form.editor(str(what)).setFocus()

    @Slot(str)
    def _on_form_stored(self, name: str) -> None:
        if name == THEME.name:
            theme().apply(self.form.value(name))

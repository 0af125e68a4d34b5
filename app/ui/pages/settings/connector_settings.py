"""A connector's own settings as rows with Turkish words, each empty for its default."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from app.runtime.settings import Described, describe
from app.ui.pages.settings.form import Form, narrow_edit

_LETTERS = 8


class ConnectorSettings(Form):
    """`take_schema` makes the rows; `values` gives what is set, as it is stored."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._described: dict[str, Described] = {}

    def take_schema(self, schema: type | None) -> None:
        """The rows of another connector."""
        for key in self.keys():
            self.remove(key)
        self._described = {one.name: one for one in describe(schema)}
        for one in self._described.values():
            self.add(one.name, one.title, self._make(one), hint=self._hint(one), unit=one.unit)

    def show_values(self, values: Mapping[str, str]) -> None:
        """Show what is stored; absent ones are empty."""
        for name, one in self._described.items():
            editor, text = self.editor(name), values.get(name, "")
            if isinstance(editor, QComboBox):
                editor.setCurrentIndex(max(0, editor.findData(text)))
            else:
                self._edit(name).setText(one.shown(text))

    def values(self) -> dict[str, str]:
        """What differs from the defaults, as it is stored."""
        typed = {name: one.stored(self._text(name)) for name, one in self._described.items()}
        return {name: text for name, text in typed.items() if text}

    def is_valid(self) -> bool:
        """Whether every field may be stored; the first that may not says why and takes the cursor."""
        self.clear_problems()
        for name, one in self._described.items():
            sentence = one.problem(self._text(name))
            if sentence:
                self.problem(name, sentence)
                self.editor(name).setFocus()
                return False
        return True

    def _make(self, one: Described) -> QWidget:
        if one.choices:
            combo = QComboBox(self)
            for value, words in one.choices:
                # Empty means the default, so that a default that changes later is followed.
                combo.addItem(words, "" if value == one.default else value)
            return combo
        edit = narrow_edit(_LETTERS, self) if one.unit else QLineEdit(self)
        edit.setPlaceholderText(one.default)
        return edit

    def _text(self, name: str) -> str:
        editor = self.editor(name)
        return str(editor.currentData() or "") if isinstance(editor, QComboBox) else self._edit(name).text()

    def _edit(self, name: str) -> QLineEdit:
        edit = self.editor(name)
        assert isinstance(edit, QLineEdit)
        return edit

    def _hint(self, one: Described) -> str:
        """What it is, its bound, and what stands there when it is left empty."""
        parts = [one.description] if one.description else []
        if one.choices:
            return " ".join(parts)
        if one.minimum is not None:
            parts.append(self.tr("En az {0} {1}.").format(f"{one.minimum:g}".replace(".", ","), one.unit))
        parts.append(self.tr("Boşsa {0}.").format(f"{one.default} {one.unit}".strip()))
        return " ".join(parts)

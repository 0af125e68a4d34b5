"""Windows of their own: the editor and the first start."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain.lifecycle import Direction, State
from app.ui.tour.scenes import NotThere, scene
from app.ui.tour.stage import SCREEN, Stage


def _class(module: str, name: str) -> Any:
    """A class that this version may not have. Raises: NotThere."""
    try:
        found = find_spec(module)
    except ModuleNotFoundError as missing:
        raise NotThere(module) from missing
    if found is None:
        raise NotThere(module)
    known = getattr(import_module(module), name, None)
    if known is None:
        raise NotThere(f"{module}.{name}")
    return known


def open_editor(stage: Stage, **what: Any) -> QWidget:
    kind = _class("app.ui.editor.window", "EditorWindow")
    window: QWidget = kind(stage.desk, **what)
    window.resize(*stage.window.size().toTuple())
    stage.show(window)
    stage.wait(1200)
    stage.settle()
    return window


@scene("duzenleyici", "yeni", quick=True)
def editor_new(stage: Stage) -> QWidget:
    stage.page("outbox", stage.busiest())
    return open_editor(stage)


@scene("duzenleyici", "taslak", quick=True)
def editor_draft(stage: Stage) -> QWidget:
    draft = stage.documents(Direction.OUT, State.DRAFT)[0]
    stage.page("outbox", stage.company_of(draft))
    return open_editor(stage, document_id=draft.id)


@scene("duzenleyici", "duzeltme")
def editor_correction(stage: Stage) -> QWidget:
    failed = next(r for r in stage.documents(Direction.OUT, State.FAILED) if r.gib_code == 1150)
    stage.page("outbox", stage.company_of(failed))
    return open_editor(stage, document_id=failed.id)


@scene("kurulum", "ilk-acilis", quick=True)
def first_start(stage: Stage) -> QWidget:
    kind = _class("app.ui.setup.wizard", "SetupWizard")
    wizard: QWidget = kind(stage.bare("new").desk)
    wizard.resize(min(wizard.sizeHint().width(), SCREEN[0]), wizard.sizeHint().height())
    return stage.show(wizard)

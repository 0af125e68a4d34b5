"""The guided set-up of a fresh office: each step can be skipped, and it goes on where it was left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.ui.setup.state import needs_setup

if TYPE_CHECKING:
    from app.ui.setup.wizard import SetupWizard

__all__ = ["SetupWizard", "needs_setup"]


def __getattr__(name: str) -> Any:
    """The wizard with the first look at it: it brings all settings pages, which a start does not need."""
    if name == "SetupWizard":
        from app.ui.setup.wizard import SetupWizard

        return SetupWizard
    raise AttributeError(name)

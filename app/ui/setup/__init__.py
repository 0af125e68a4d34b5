"""The guided set-up of a fresh office: each step can be skipped, and it goes on where it was left."""

from app.ui.setup.state import needs_setup
from app.ui.setup.wizard import SetupWizard

__all__ = ["SetupWizard", "needs_setup"]

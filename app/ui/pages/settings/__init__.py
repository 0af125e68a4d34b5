"""Ayarlar: one subject per page, most of it made from the typed settings."""

from app.ui.pages.settings.page import SettingsPage

__all__ = ["SettingsPage"]

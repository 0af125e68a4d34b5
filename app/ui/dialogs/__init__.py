"""Dialogs: few, each with one question."""

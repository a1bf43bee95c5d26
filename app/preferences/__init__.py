"""The settings dialog: every option and every key, found by a word."""

from app.preferences.dialog import PreferencesDialog

__all__ = ["PreferencesDialog"]

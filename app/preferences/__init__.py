"""The settings dialog: every option and every key, found by a word."""

from app.preferences.preferences_dialog import PreferencesDialog

__all__ = ["PreferencesDialog"]

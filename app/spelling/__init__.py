"""Spelling: where dictionaries are, what a word is, and the marks under wrong ones."""

from app.spelling.actions import SpellingActions

__all__ = ["SpellingActions"]

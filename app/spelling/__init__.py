"""Spelling: where dictionaries are, what a word is, and the marks under wrong ones."""

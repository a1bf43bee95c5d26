"""Widgets that every part of the window uses, and that know none of them."""

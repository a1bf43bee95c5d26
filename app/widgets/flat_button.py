"""A button without a frame, of one sign or word, that says what it does to those who ask."""

from PySide6.QtWidgets import QToolButton, QWidget


def flat_button(text: str, tip: str, parent: QWidget | None = None) -> QToolButton:
    """Return one; its tip is also its name for assistive tools."""
    button = QToolButton(parent)
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setAutoRaise(True)
    return button

"""Windows and the screen they have to fit."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

SCREEN_SHARE = 0.94  # of the screen, at most: the frame and the desktop's panel need some, too


def resize_to_fit(window: QWidget, width: int, height: int) -> None:
    """Give a window a size, or what a screen with a large scale has of it."""
    most = window.screen().availableSize() * SCREEN_SHARE
    window.resize(QSize(width, height).boundedTo(most))

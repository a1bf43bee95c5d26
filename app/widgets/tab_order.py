"""The order in which Tab goes through fields and buttons, where it is not that of their making."""

from itertools import pairwise

from PySide6.QtWidgets import QWidget


def set_tab_order(*widgets: QWidget) -> None:
    """Let Tab go through these one after the other."""
    for one, other in pairwise(widgets):
        QWidget.setTabOrder(one, other)

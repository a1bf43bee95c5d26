"""A list of things to tick."""

from PySide6.QtWidgets import QListWidget, QWidget

_GAP = 1  # px between boxes, so that their edges are not one


class CheckList(QListWidget):
    """A class of its own, which `app.appearance` gives edges that are seen; other lists have none.

    The style draws the boxes of a list in a shade of the window, as it does single ones.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSpacing(_GAP)

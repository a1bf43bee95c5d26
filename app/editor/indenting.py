"""The indentation of one editor's text: found in it, ruled by its project, or given."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextCursor

from app.editor.overlay_area import OverlayArea
from app.text.indentation import SAMPLE, Indentation, detected

TABBED = ("go", "make", "basemake")  # languages that are written with tabs


class Indenting(QObject):
    """Knows what one step to the right is.

    Signals: `changed`, after it was given or may have been found anew.
    """

    changed = Signal()

    def __init__(self, editor: OverlayArea) -> None:
        super().__init__(editor)
        self._editor = editor
        self._given: Indentation | None = None
        self._rule: Indentation | None = None
        self._found: Indentation | None = None
        self._is_known = False
        self._is_touched = False  # whether what is looked at was edited
        editor.document().contentsChange.connect(self._on_contents_change)
        editor.blockCountChanged.connect(self._on_count_changed)
        editor.metrics_changed.connect(self._follow)  # another language has another font

    @property
    def given(self) -> Indentation | None:
        """What the user wants; None: as the file's rules say, or as it is found."""
        return self._given

    @property
    def rule(self) -> Indentation | None:
        """What the file's rules say; None: nothing."""
        return self._rule

    @property
    def known(self) -> Indentation | None:
        """What is wanted or found; None: nothing says it."""
        if wanted := self._given or self._rule:
            return wanted
        if not self._is_known:
            self._is_known, self._found = True, detected(self._lines())
        return self._found

    @property
    def current(self) -> Indentation:
        """What holds now."""
        if known := self.known:
            return known
        return Indentation(uses_tabs=self._editor.language in TABBED)

    def give(self, indentation: Indentation | None) -> None:
        """Indent like this from now on; None: as the file's rules say, or the text."""
        self._given = indentation
        self._follow()

    def set_rule(self, indentation: Indentation | None) -> None:
        """Indent like this where the user wants nothing else; None: there is no rule."""
        self._rule = indentation
        self._follow()

    def insert_step(self, cursor: QTextCursor) -> None:
        """Put what leads to the next stop in the selection's place."""
        start = cursor.selectionStart()
        block = cursor.document().findBlock(start)
        column = self.current.width_of(block.text()[: start - block.position()])
        cursor.insertText(self.current.fill_from(column))

    def _lines(self) -> Iterator[str]:
        block = self._editor.document().firstBlock()
        while block.isValid():
            yield block.text()
            block = block.next()

    def _follow(self) -> None:
        self._is_known = False
        self._editor.set_tab_columns(self.current.columns)
        self.changed.emit()

    def _on_contents_change(self, position: int, _removed: int, _added: int) -> None:
        line = self._editor.document().findBlock(position).blockNumber()
        self._is_touched |= line < SAMPLE

    def _on_count_changed(self) -> None:
        # Further down nobody looks; each Enter would look through all lines of the sample anew.
        if self._is_touched:
            self._is_touched = False
            self._follow()

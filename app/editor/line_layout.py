"""The layout of lines as they are asked for, and of no others, however many there are.

Qt looks through all lines of a document whenever its longest line gets shorter, and whenever the
width is another one: seconds for a million lines, and hundreds of megabytes, because looking at a
line makes a layout for it. So lines are laid out here, for the width that holds when somebody asks
for them, and the document is as wide as the widest line that was asked for.
"""

import math

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QTextBlock, QTextDocument, QTextLayout, QTextOption
from PySide6.QtWidgets import QPlainTextDocumentLayout, QStyle

UNLIMITED = 2.0**20  # px; the width of lines before there is a window


def aligned(option: QTextOption, *, is_leftwards: bool) -> QTextOption:
    """Return the option for a paragraph: one that runs leftwards is mirrored.

    Qt would begin it at the left, unlike everywhere else; where the option says so, it does.
    """
    # A line that is not wrapped would end outside of the view, where nobody can scroll to.
    if not is_leftwards or option.wrapMode() is QTextOption.WrapMode.NoWrap:
        return option
    made = QTextOption(option)
    made.setAlignment(QStyle.visualAlignment(Qt.LayoutDirection.RightToLeft, option.alignment()))
    return made


class LineLayout(QPlainTextDocumentLayout):
    """A plain-text layout in which only lines that somebody looks at take time.

    Qt lays a line out by itself in one place, `documentChanged`.
    """

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._width = 0.0
        self._margin = document.documentMargin()
        self._line_width = self._room()
        self._count = document.blockCount()
        self._widest: QTextBlock | None = None  # of the lines that were asked for
        self._widest_width = 0.0
        self._is_telling = self._is_to_tell = False
        self._version = 0
        document.blockCountChanged.connect(self._on_count_changed)

    @property
    def version(self) -> int:
        """A number that is another one whenever a line may have another height or place."""
        return self._version

    def set_width(self, width: float) -> None:
        """Wrap lines at a width from now on, margins included, px."""
        if width != self._width:
            self._width = width
            self._line_width = self._room()
            self._version += 1
            self._forget_widest()

    def text_rect(self, block: QTextBlock) -> QRectF:
        """Return the rectangle of a block's own text."""
        # Qt asks some 250 times for one key with its frame.
        layout, width = block.layout(), self._line_width
        if not layout:  # of a block that there is not
            return QRectF()
        # A line knows the width it was broken for, so nobody has to remember which lines are out of
        # date.
        if not layout.lineCount() or layout.lineAt(0).width() != width:
            self._lay_out(block, layout, width)
            if block == self._widest:
                self._forget_widest()
        rect = super().blockBoundingRect(block)
        if rect.width() + self._margin > self._widest_width:
            self._note_width(block, rect.width())
        if self._is_to_tell and not self._is_telling:
            self._tell()
        return rect

    def _room(self) -> float:
        """Return the width that the text of a line may take, px."""
        # A line takes no negative width, and would be laid out for ever.
        return max(0.0, (self._width or UNLIMITED) - 2 * self._margin)

    def _lay_out(self, block: QTextBlock, layout: QTextLayout, width: float) -> None:
        """Do what Qt's own layout does with a block, and mirror leftward prose."""
        document = self.document()
        self._version += 1
        height = 0.0
        is_leftwards = block.textDirection() is Qt.LayoutDirection.RightToLeft
        layout.setTextOption(aligned(document.defaultTextOption(), is_leftwards=is_leftwards))
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLeadingIncluded(True)
            line.setLineWidth(width)
            line.setPosition(QPointF(self._margin, height))
            height += line.height() + min(0, math.ceil(line.leading()))
        layout.endLayout()
        # Setting a block's lines changes the document's; only then does the scroll range change.
        num_lines = document.lineCount()
        block.setLineCount(layout.lineCount())
        self._is_to_tell |= document.lineCount() != num_lines

    def _note_width(self, block: QTextBlock, width: float) -> None:
        if width > self._width:
            width += self._margin  # on the right, for the caret
        if width > self._widest_width:
            self._widest, self._widest_width = QTextBlock(block), width
            self._is_to_tell = True

    def _forget_widest(self) -> None:
        """Learn the width anew from the lines that are looked at next."""
        self._widest, self._widest_width = None, 0.0
        self._is_to_tell = True

    def _on_count_changed(self, count: int) -> None:
        if count < self._count:
            self._forget_widest()  # it may be among those that are gone
        self._count = count

    def _tell(self) -> None:
        """Say that the document has another size; whoever hears of it may ask for more lines."""
        self._is_telling = True
        # Those who hear of the size ask for lines, which may be wider still.
        while self._is_to_tell:
            self._is_to_tell = False
            self.documentSizeChanged.emit(self.documentSize())
        self._is_telling = False

    def documentChanged(self, start: int, removed: int, added: int) -> None:
        """Lay an edited line out anew; of more lines than one, forget the layouts."""
        document = self.document()
        self._version += 1
        # Another margin is told as a change of all the text.
        if document.documentMargin() != self._margin:
            self._margin = document.documentMargin()
            self._line_width = self._room()
        block = document.findBlock(start)
        last = document.findBlock(max(0, start + removed + added - 1))
        # Of several lines Qt drops the layouts, which is all that is needed; a single one it would
        # lay out by itself.
        if block != last or document.blockCount() != self._count:
            super().documentChanged(start, removed, added)
            return
        height = self.blockBoundingRect(block).height()
        block.clearLayout()
        if self.blockBoundingRect(block).height() == height:
            self.updateBlock.emit(block)
        else:
            self.update.emit()

    def blockBoundingRect(self, block: QTextBlock) -> QRectF:
        """Return the block's rectangle."""
        return self.text_rect(block)

    def documentSize(self) -> QSizeF:
        """Return how wide the widest line is, and, as Qt has it, how many lines there are."""
        return QSizeF(self._widest_width, super().documentSize().height())

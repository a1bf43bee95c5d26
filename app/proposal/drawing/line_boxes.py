"""Where a stretch of the document's own text stands on the screen."""

from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTextBlock

from app.editor import Editor
from app.editor.drawn_rows import cursor_x


def line_boxes(editor: Editor, first: int, last: int) -> list[QRectF]:
    """Return where a stretch stands in the viewport, among those lines in view: one box a line.

    Both ends are positions in the document, UTF-16 units. In lines that a draft is drawn in, it is
    where they are drawn.
    """
    boxes: list[QRectF] = []
    for block, top in list(editor.visible_blocks()):
        start, end = max(first, block.position()), min(last, block.position() + block.length() - 1)
        if end < start:
            continue
        rows = editor.rows_over(block)
        if rows is not None:
            boxes += rows.boxes(start, end)
        elif not editor.is_covered(block):
            origin = QPointF(editor.contentOffset().x(), top)
            boxes += _in_block(block, start - block.position(), end - block.position(), origin)
    return boxes


def _in_block(block: QTextBlock, first: int, last: int, origin: QPointF) -> Iterator[QRectF]:
    layout = block.layout()
    for index in range(layout.lineCount()):
        line = layout.lineAt(index)
        left = max(first, line.textStart())
        right = min(last, line.textStart() + line.textLength())
        if left < right or first == last == left:
            near, far = cursor_x(line, left), cursor_x(line, right)
            box = QRectF(min(near, far), line.y(), abs(far - near), line.height())
            yield box.translated(origin)

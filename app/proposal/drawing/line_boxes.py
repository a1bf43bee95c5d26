"""Where a stretch of the document's own text stands on the screen."""

from PySide6.QtCore import QRectF

from app.editor import Editor
from app.proposal.drawing.draft_layout import cursor_x


def line_boxes(editor: Editor, first: int, last: int) -> list[QRectF]:
    """Return where a stretch of one block stands in the viewport: one box a line.

    Both ends are positions in the document, UTF-16 units; nothing where the block is not drawn.
    """
    block = editor.document().findBlock(first)
    frame = editor.blockBoundingGeometry(block).translated(editor.contentOffset())
    boxes, layout = [], block.layout()
    for index in range(layout.lineCount() if block.isVisible() else 0):
        line = layout.lineAt(index)
        left = max(first - block.position(), line.textStart())
        right = min(last - block.position(), line.textStart() + line.textLength())
        if left < right:
            near, far = cursor_x(line, left), cursor_x(line, right)
            box = QRectF(min(near, far), line.y(), abs(far - near), line.height())
            boxes.append(box.translated(frame.topLeft()))
    return boxes

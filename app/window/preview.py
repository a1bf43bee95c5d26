"""What a Markdown, HTML or SVG text looks like, beside it, the draft of a proposal included."""

from enum import Enum, auto
from pathlib import PurePath

from PySide6.QtCore import QByteArray, QRectF, Qt, QTimer, QUrl
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QLabel, QStackedWidget, QTextBrowser, QVBoxLayout, QWidget

from app.editor.fonts import POINT_SIZE, editor_font
from app.proposal import Phase
from app.text.edits import text_of
from app.text.positions import to_code_points
from app.workspace.document_tab import DocumentTab

UPDATE_MS = 60
MAX_CHARS = 2_000_000
PAD = 24  # px


class Kind(Enum):
    """How a text is shown."""

    MARKDOWN = auto()
    HTML = auto()
    SVG = auto()


KINDS = {
    **dict.fromkeys((".md", ".markdown"), Kind.MARKDOWN),
    **dict.fromkeys((".html", ".htm", ".xhtml"), Kind.HTML),
    ".svg": Kind.SVG,
}


class Page(QTextBrowser):
    """Shows rich text; loads nothing, follows no link and runs no script."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.document().setDocumentMargin(PAD)
        self.document().setDefaultFont(editor_font(prose=True, point_size=POINT_SIZE))

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Return nothing: neither the network nor the disk is asked."""
        return QByteArray()


class SvgDrawing(QWidget):
    """Shows an SVG drawing as large as fits; keeps the last one that could be read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Not needed for the window to be there.
        from PySide6.QtSvg import QSvgRenderer  # noqa: PLC0415

        self._renderer = QSvgRenderer(self)
        self._good = QByteArray()

    def show_drawing(self, text: str) -> bool:
        """Show a drawing; say whether it can be read."""
        data = QByteArray(text.encode("utf-8", "replace"))
        is_good = self._renderer.load(data)
        if is_good:
            self._good = data
        elif not self._good.isEmpty():
            self._renderer.load(self._good)
        self.update()
        return is_good

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it in the middle."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.palette().color(QPalette.ColorRole.Base))
        size = self._renderer.defaultSize()
        if self._renderer.isValid() and not size.isEmpty():
            room = QRectF(self.rect()).adjusted(PAD, PAD, -PAD, -PAD)
            shown = size.toSizeF().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(0, 0, shown.width(), shown.height())
            place.moveCenter(room.center())
            self._renderer.render(painter, place)
        painter.end()


class Preview(QStackedWidget):
    """Follows the text of one tab, and its draft while that is being denoised."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tab: DocumentTab | None = None
        self._page = Page(self)
        self._drawing: SvgDrawing | None = None
        self._nothing = QWidget()
        note = QLabel(self.tr("Markdown, HTML and SVG are shown here as they will look."))
        note.setWordWrap(True)
        note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        QVBoxLayout(self._nothing).addWidget(note)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.refresh)
        self.setAccessibleName(self.tr("Preview"))
        self._page.setAccessibleName(self.tr("Preview"))
        self.addWidget(self._page)
        self.addWidget(self._nothing)
        self.hide()

    def follow(self, tab: DocumentTab | None) -> None:
        """Show a tab's text, soon."""
        self._tab = tab
        if not self._timer.isActive():
            self._timer.start(UPDATE_MS)

    def refresh(self) -> None:
        """Show what the text looks like now."""
        tab = self._tab
        if not self.isVisible() or tab is None or tab.document.is_loading:
            return
        kind = KINDS.get(PurePath(tab.document.title).suffix.lower())
        text = text_with_draft(tab) if kind else ""
        if kind is None or len(text) > MAX_CHARS:
            self.setCurrentWidget(self._nothing)
        elif kind is Kind.SVG:
            self._show_drawing(text)
        else:
            self._show_page(text, kind)

    def _show_page(self, text: str, kind: Kind) -> None:
        bar = self._page.verticalScrollBar()
        place = bar.value()
        if kind is Kind.MARKDOWN:
            self._page.document().setMarkdown(text)
        else:
            self._page.document().setHtml(text)
        # A new text begins at its top, and the reader is further down.
        bar.setValue(place)
        self.setCurrentWidget(self._page)

    def _show_drawing(self, text: str) -> None:
        if self._drawing is None:
            self._drawing = SvgDrawing(self)
            self._drawing.setAccessibleName(self.tr("Preview"))
            self.addWidget(self._drawing)
        self._drawing.show_drawing(text)
        self.setCurrentWidget(self._drawing)


def text_with_draft(tab: DocumentTab) -> str:
    """Return a tab's text with its drafts in the places of their regions."""
    text = text_of(tab.editor.document())
    # From the last one on: a draft may be longer or shorter than what it stands for.
    for proposal in reversed(list(tab.session.proposals)):
        if proposal.draft is not None and proposal.phase is not Phase.STALE:
            start, end = (to_code_points(text, place) for place in proposal.place.ends)
            text = text[:start] + proposal.draft.document_text.text + text[end:]
    return text

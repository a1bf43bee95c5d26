"""How the text looks: typeface, colours, the column it is held to, and where lines wrap."""

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from app.editor.code_blocks import CodeBlocks, names_of
from app.editor.fonts import MAX_POINT_SIZE, MIN_POINT_SIZE, POINT_SIZE, editor_font, is_prose
from app.editor.highlighter import Highlighter, lexer_for
from app.editor.inset import InsetLayout
from app.editor.placed_styles import PlacedText
from app.editor.theme import Theme, current_theme
from app.text.edits import with_whole_characters

LONG_LINE = 50_000  # UTF-16 units; wrapping a longer one freezes Qt for seconds
PROSE_COLUMN = 84  # mean characters a line of prose may hold
MARGIN = 12  # px around the text
TAB_COLUMNS = 4
CARET_WIDTH = 2  # px


class TextArea(QPlainTextEdit):
    """Shows one document, which stays the same object for the area's life.

    Signals:
        metrics_changed: Width, font or colours are new, so that whatever was laid out beside the
            document must be laid out again.
        side_moved: The rectangle of the room beside the text, which `set_side_width` has asked for.
    """

    metrics_changed = Signal()
    side_moved = Signal(QRect)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        document = QTextDocument(self)
        self._layout = InsetLayout(document)
        document.setDocumentLayout(self._layout)
        document.setDocumentMargin(MARGIN)
        self.setDocument(document)
        self._theme = current_theme()
        self._is_prose = True
        self._file_name: str | None = None
        self._is_wrap_given_up = False
        self._prepared: int | None = None  # the length of a text that comes next
        self._side_width = 0  # px
        self._tab_columns = TAB_COLUMNS
        self._point_size = self._normal_size = POINT_SIZE
        self._families = ("", "")  # of prose and of code; empty: the best there is
        self._highlighter = Highlighter(document, self._theme, self)
        self._code_blocks = CodeBlocks(document, self._highlighter, self)
        self.placed_text = PlacedText(document, self._highlighter, self._code_blocks)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setCursorWidth(CARET_WIDTH)
        document.contentsChange.connect(self._on_contents_change)
        self._highlighter.coloured.connect(self.viewport().update)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)
        self._apply_theme()
        self.set_language("")
        # Setting the margin counts as an edit for Qt.
        document.clearUndoRedoStacks()
        document.setModified(False)

    @property
    def highlighter(self) -> Highlighter:
        """The syntax colours."""
        return self._highlighter

    @property
    def code_format(self) -> QTextCharFormat | None:
        """The typeface of code in prose; None where all the text is in one."""
        return self._code_blocks.format

    @property
    def theme(self) -> Theme:
        """The colours in use."""
        return self._theme

    @property
    def is_prose(self) -> bool:
        """Whether the text is set as prose, not as code."""
        return self._is_prose

    @property
    def language(self) -> str:
        """The programming language's name, as in "python"; empty for prose."""
        return self._language

    def language_at(self, position: int) -> str:
        """Return the language of the line at a position; prose may have code in it."""
        found = self._code_blocks.language_of(self.document().findBlock(position))
        if found is None:
            return self._language
        return names_of(found)[0] if found else ""

    def is_code(self, block: QTextBlock) -> bool:
        """Whether a line of prose is of a block of code."""
        return self._code_blocks.is_code(block)

    @property
    def file_name(self) -> str:
        """The name that typeface, colours and comments are chosen by."""
        return self._file_name or ""

    @property
    def text_width(self) -> float:
        """The width that lines are wrapped at, margins included; 0 without wrapping, px."""
        return float(self.viewport().width()) if self.wraps_words else 0.0

    @property
    def is_prepared(self) -> bool:
        """Whether all is laid out for a text that comes next."""
        return self._prepared is not None

    @property
    def wraps_words(self) -> bool:
        """Whether lines are wrapped; it is given up for a document with a giant line."""
        return self.lineWrapMode() == QPlainTextEdit.LineWrapMode.WidgetWidth

    def set_language(self, file_name: str) -> None:
        """Choose typeface and colours by a file's name; an empty one is prose."""
        if file_name == self._file_name:
            return
        self._file_name = file_name
        self._is_prose = is_prose(file_name)
        self._apply_alignment()
        self._apply_font()
        lexer = lexer_for(file_name)
        self._language = lexer.aliases[0] if lexer and lexer.aliases and not self._is_prose else ""
        self._highlighter.set_lexer(lexer)

    def prepare_for(self, text: str, file_name: str) -> None:
        """Get ready for a text that comes next, so that Qt lays it out once."""
        self.set_language(file_name)
        # Before the text is there: Qt would wrap the line first and freeze over it.
        if self.text_width and has_longer_line(text, LONG_LINE):
            self._give_wrap_up()
        self._prepared = len(text)

    def set_locked(self, is_locked: bool) -> None:
        """Let the text be read and selected, and not be changed; or be changed again."""
        flag = Qt.TextInteractionFlag
        reading = flag.TextSelectableByMouse | flag.TextSelectableByKeyboard
        self.setTextInteractionFlags(reading if is_locked else flag.TextEditorInteraction)

    def set_word_wrap(self, is_on: bool) -> None:
        """Wrap lines or not; a document with a giant line is wrapped once the line is gone."""
        is_giant = self._longest_line(0, self.document().characterCount()) > LONG_LINE
        mode = QPlainTextEdit.LineWrapMode
        if is_on and is_giant:
            self._give_wrap_up()
        else:
            self.setLineWrapMode(mode.WidgetWidth if is_on else mode.NoWrap)

    def show_white_space(self, is_on: bool) -> None:
        """Mark spaces and tabs, or not."""
        option = self.document().defaultTextOption()
        flag = QTextOption.Flag.ShowTabsAndSpaces
        option.setFlags(option.flags() | flag if is_on else option.flags() & ~flag)
        self.document().setDefaultTextOption(option)

    def setTextCursor(self, cursor: QTextCursor) -> None:
        """Select, or put the caret somewhere: never into a character of two units."""
        super().setTextCursor(with_whole_characters(cursor))

    def set_theme(self, theme: Theme) -> None:
        """Use other colours."""
        self._theme = theme
        self._apply_theme()

    def zoom_in(self) -> None:
        """Make the text one point larger."""
        self._set_point_size(self._point_size + 1)

    def zoom_out(self) -> None:
        """Make the text one point smaller."""
        self._set_point_size(self._point_size - 1)

    def zoom_reset(self) -> None:
        """Go back to the text's first size."""
        self._set_point_size(self._normal_size)

    def set_fonts(self, prose_family: str, code_family: str, point_size: float) -> None:
        """Set prose and code in these families, empty for the best there is, in this size."""
        wanted = ((prose_family, code_family), point_size)
        if wanted != (self._families, self._normal_size):
            self._families, self._normal_size = wanted
            self._set_point_size(point_size)

    def _set_point_size(self, size: float) -> None:
        self._point_size = min(MAX_POINT_SIZE, max(MIN_POINT_SIZE, size))
        self._apply_font()

    def set_tab_columns(self, columns: int) -> None:
        """Draw a tab as wide as so many spaces."""
        if columns != self._tab_columns:
            self._tab_columns = columns
            self._apply_font()

    def set_side_width(self, width: int) -> None:
        """Leave so much room on the left of the text, px."""
        if width != self._side_width:
            self._side_width = width
            self._fit_margins()

    def _apply_alignment(self) -> None:
        """Begin lines of code at the left, and those of prose where their script does."""
        flag, option = Qt.AlignmentFlag, self.document().defaultTextOption()
        wanted = flag.AlignLeft if self._is_prose else flag.AlignLeft | flag.AlignAbsolute
        if option.alignment() != wanted:
            option.setAlignment(wanted)
            self.document().setDefaultTextOption(option)

    def _apply_font(self) -> None:
        prose_family, code_family = self._families
        code = editor_font(prose=False, point_size=self._point_size, family=code_family)
        font = code
        if self._is_prose:
            font = editor_font(prose=True, point_size=self._point_size, family=prose_family)
        self._code_blocks.set_font(code if self._is_prose else None)
        if self._is_wrap_given_up:
            # A giant line takes half the time without the ligatures that no script needs.
            font.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
        self.setFont(font)
        self.setTabStopDistance(self._tab_columns * QFontMetricsF(font).horizontalAdvance(" "))
        self._fit_margins()
        self.metrics_changed.emit()

    def _apply_theme(self) -> None:
        self.setPalette(self._theme.palette(QGuiApplication.palette()))
        self._highlighter.set_theme(self._theme)
        self.metrics_changed.emit()

    def _fit_margins(self) -> None:
        """Leave room beside the text, and hold prose to a column that can be read."""
        area, room = self.contentsRect(), self._side_width
        side = 0
        if self._is_prose and self.text_width:
            column = QFontMetricsF(self.font()).averageCharWidth() * PROSE_COLUMN
            # Prose stands in the middle of a wide window.
            side = max(0, round((area.width() - room - column) / 2))
        self.setViewportMargins(room + side, 0, side, 0)
        self.side_moved.emit(QRect(area.left() + side, area.top(), room, area.height()))

    def _longest_line(self, start: int, end: int) -> int:
        """Return the length of the longest line between two positions, characters."""
        # Walking the blocks would take ten times as long.
        find, cursor = self.document().findBlock, QTextCursor(self.document())
        last = find(min(end, self.document().characterCount() - 1))
        cursor.setPosition(find(start).position())
        cursor.setPosition(last.position() + last.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        return max(map(len, cursor.selectedText().split("\u2029")))

    def _on_contents_change(self, position: int, removed: int, added: int) -> None:
        """Give wrapping up for a line that Qt cannot wrap in time, until the line is gone."""
        was_prepared = self.is_prepared
        if self._prepared is not None:
            self._prepared -= added  # a large text comes bit by bit
            if self._prepared <= 0:
                self._prepared = None
        if self.text_width and added > LONG_LINE:
            if not was_prepared and self._longest_line(position, position + added) > LONG_LINE:
                self._give_wrap_up()
            return
        was_cut = self._is_wrap_given_up and removed > LONG_LINE
        if was_cut and self._longest_line(0, self.document().characterCount()) <= LONG_LINE:
            self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)

    def _give_wrap_up(self) -> None:
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._is_wrap_given_up = True
        self._apply_font()

    def _on_scheme_changed(self, _scheme: Qt.ColorScheme) -> None:
        self.set_theme(current_theme())

    def setLineWrapMode(self, mode: QPlainTextEdit.LineWrapMode) -> None:
        """Wrap lines or not, and fit the column to it."""
        was_given_up, self._is_wrap_given_up = self._is_wrap_given_up, False
        super().setLineWrapMode(mode)
        if was_given_up:
            self._apply_font()
        self._fit_margins()
        self.metrics_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep gutter and column in place."""
        # Before Qt hears of it, who asks for the height of lines at once.
        self._layout.set_width(event.size().width())
        # Qt would go through all lines to wrap them anew; those in view are enough.
        super().resizeEvent(QResizeEvent(event.size(), event.size()))
        self.viewport().update()
        self._fit_margins()
        # A scroll bar that came or went meanwhile has told of its own width out of turn.
        self._layout.set_width(self.viewport().width())
        self.metrics_changed.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Keep the theme's palette when the application's changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self.setPalette(self._theme.palette(QGuiApplication.palette()))


def has_longer_line(text: str, limit: int) -> bool:
    """Return whether a line of a text is longer than so many characters; in no time."""
    start = 0
    while start + limit < len(text):
        end = text.rfind("\n", start, start + limit + 1)
        if end < 0:
            return True
        start = end + 1
    return False

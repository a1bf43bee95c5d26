"""With which stack of a lexer's states reading may begin at each line of a document.

The number of the stack is the line's `userState`, which Qt keeps with the line wherever it goes.
"""

from PySide6.QtGui import QTextBlock, QTextDocument

from app.editor.lexing import HORIZON, ROOT, LexerInput, Stack
from app.text.edits import text_between

UNKNOWN = -1  # the state of a line that reading cannot begin with


class LineStates:
    """Knows how far the stacks are right, and where reading anew after an edit may end."""

    def __init__(self, document: QTextDocument) -> None:
        self._document = document
        self._stacks: list[Stack] = []
        self._numbers: dict[Stack, int] = {}
        self.known = 0  # the lines before have their stacks
        self._touched = 0  # before this one, a stack from before the last edits says nothing
        self._old = 0  # the lines before had their stacks before those edits

    @property
    def is_ahead(self) -> bool:
        """Whether all is right that was right before the last edits."""
        return self.known >= self._old

    @property
    def edited_to(self) -> int:
        """Where reading anew goes to at least, a position; 0 without an edit."""
        number = min(self._touched, self._document.blockCount() - 1)
        return self._document.findBlockByNumber(number).position() if self._old else 0

    def forget(self) -> None:
        """Begin with nothing, for another lexer."""
        self._stacks, self._numbers = [], {}
        self.known = self._touched = self._old = 0

    def note_change(self, position: int, added: int, index: int, grown: int) -> bool:
        """Take in an edit that has put `grown` lines in at line `index`.

        Return whether anything was known of what has changed.
        """
        document = self._document
        # No rule has seen the edit from further away; a character may take two units.
        reach = document.findBlock(position).position() - 2 * HORIZON - 1
        first = document.findBlock(max(0, reach)).blockNumber()
        is_at_end = position + added >= document.characterCount() - 1
        if self.known <= first and (self.is_ahead or is_at_end):
            self._old = min(self._old, first)
            return False
        if self.known < self._old:
            self._touched = max(self._touched, self.known + 1)  # what was read anew is not old
        last = document.findBlock(min(position + added, document.characterCount() - 1))
        self._old = max(_moved(self._old, index, grown), _moved(self.known, index, grown))
        # A rule may look back: one line that nobody has touched stands between.
        self._touched = max(_moved(self._touched, index, grown), last.blockNumber() + 2)
        self.known = min(self.known, first)
        return True

    def note(self, block: QTextBlock, stack: Stack | None, *, proves: bool) -> bool:
        """Take in a line's stack; return whether all from there on is as before the edits."""
        number = self._number_of(stack)
        is_old = proves and self._touched <= block.blockNumber() < self._old
        # From here on every line would get the stack it has.
        if is_old and stack is not None and block.userState() == number:
            self.known = self._old
            return True
        block.setUserState(number)
        if stack is not None:
            self.known = block.blockNumber()
        return False

    def end_turn(self, *, is_all: bool) -> None:
        """Note that a piece is read; `is_all` if it was the last one."""
        if is_all:
            self.known = self._document.blockCount()
        if self.known >= self._old:
            self._old = self._touched = 0

    def checkpoint(self, number: int) -> QTextBlock:
        """Return the last line up to this one that reading can begin with."""
        block = self._document.findBlockByNumber(min(number, self._document.blockCount() - 1))
        while block.blockNumber() and block.userState() == UNKNOWN:
            block = block.previous()
        return block

    def stack_of(self, block: QTextBlock) -> Stack:
        """Return what reading begins with at a checkpoint."""
        return self._stacks[block.userState()] if block.blockNumber() else ROOT

    def _number_of(self, stack: Stack | None) -> int:
        if stack is None:
            return UNKNOWN
        if stack not in self._numbers:
            self._numbers[stack] = len(self._stacks)
            self._stacks.append(stack)
        return self._numbers[stack]


def piece_of(
    document: QTextDocument, block: QTextBlock, stack: Stack, stop: int | None
) -> LexerInput:
    """Cut out of a document what reading from a line to a position, or all of it, may look at."""
    last = document.characterCount() - 1
    stop = last if stop is None else min(stop, last)
    before = block.previous() if block.blockNumber() else block
    head = text_between(document, before.position(), block.position())
    body = text_between(document, block.position(), stop)
    tail = text_between(document, stop, end_of_piece(document, stop) - 1)
    start = len(head)
    # The line feed of the last line belongs to what is read.
    length = len(body) + (stop == last)
    return LexerInput(text=head + body + tail + "\n", start=start, stop=start + length, stack=stack)


def end_of_piece(document: QTextDocument, stop: int | None) -> int:
    """Return behind which position nobody looks who reads to another one, or to the end."""
    last = document.characterCount() - 1
    end = document.findBlock(last if stop is None else min(stop + 2 * HORIZON, last))
    return end.position() + end.length()


def _moved(number: int, index: int, grown: int) -> int:
    """Return where a line's number is after lines have come or gone at `index`."""
    return max(index, number + grown) if number > index else number

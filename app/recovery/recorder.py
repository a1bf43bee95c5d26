"""Listens to one document and says what the journal has to write of it."""

from PySide6.QtCore import QObject, Signal

from app.documents import Document
from app.editor import Editor
from app.recovery.journal_files import Header
from app.recovery.writer import Append, Begin, Drop, WriterTask
from app.text import kept_ends
from app.text.edits import length_of, text_between
from app.text.journal_edits import Batch, Edit

MAX_LOG_CHARS = 4_000_000  # added since the base was written; beyond, the base is written anew


class Recorder(QObject):
    """Collects the edits of one document until the journal fetches them.

    Signals: `dirtied` when there is something new to write or to remove.
    """

    dirtied = Signal()

    def __init__(self, document: Document, editor: Editor, entry: str) -> None:
        super().__init__(document)
        self.entry = entry
        self._document = document
        self._editor = editor
        self._edits: list[Edit] = []
        self._length = length_of(editor.document())
        self._header: Header | None = None  # as the journal has it
        self._logged = 0  # characters
        self._is_begun = False  # whether there is a base that edits can be added to
        self._has_entry = False  # whether the journal may hold anything of this document
        self._has_lost_track = False
        self._taken_from: str | None = None  # the `original` when a text was taken to be saved
        self._since_taken: list[Edit] = []
        editor.document().contentsChange.connect(self._on_contents_change)
        document.changed.connect(self._on_document_changed)
        document.text_taken.connect(self._on_text_taken)

    @property
    def is_unsaved(self) -> bool:
        """Whether the document has text that no file has."""
        return self._document.is_modified

    def take_tasks(self) -> list[WriterTask]:
        """Return what to write to have the document as it is now in the journal."""
        if not self.is_unsaved:
            tasks: list[WriterTask] = [Drop(self.entry)] if self._has_entry else []
            self._has_entry = False
            return tasks
        tasks = []
        document = self._document
        # The text as it is: what led to it is not known, or longer than it.
        if self._has_lost_track or self._logged > MAX_LOG_CHARS:
            self._edits.clear()
            tasks = [self._begin(document.text())]
        elif not self._is_begun:
            tasks = [self._begin(document.original)]
        if tasks:
            self._logged = 0
            self._is_begun = self._has_entry = True
            self._has_lost_track = False
        if tasks or self._edits:
            tasks.append(Append(self.entry, self._take_batch()))
        return tasks

    def drop(self) -> WriterTask:
        """Return what to do when the document is closed."""
        return Drop(self.entry)

    def start_over(self) -> None:
        """Write all of it at the next turn, because writing a part of it has failed."""
        self._has_lost_track, self._taken_from = True, None
        self.dirtied.emit()

    def _begin(self, base: str) -> WriterTask:
        self._header = header_of(self._document)
        return Begin(self.entry, self._header, base)

    def _take_batch(self) -> Batch:
        caret = self._editor.textCursor().position()
        batch = Batch(edits=tuple(self._edits), length=self._length, caret=caret)
        self._logged += sum(len(edit.added) for edit in self._edits)
        self._edits.clear()
        return batch

    def _on_contents_change(self, position: int, removed: int, added: int) -> None:
        document = self._editor.document()
        length = length_of(document)
        # What comes in from the file is on the disk already.
        if self._document.is_loading:
            self._length = length
            return
        # Qt counts the end of the last block in when a change reaches it.
        over = max(0, position + added - length)
        removed, added = removed - over, added - over
        is_known = removed >= 0 and added >= 0 and self._length - removed + added == length
        if not is_known or added > MAX_LOG_CHARS:
            # The whole text is written then; most such changes are files that are opened.
            self._has_lost_track, self._taken_from = True, None
        elif not self._has_lost_track:
            text = text_between(document, position, position + added)
            ends = kept_ends.between(document, position, position + added)
            # An edit, not the text: so the cost of a key press does not grow with the file.
            self._edits.append(Edit(position, removed, text, ends))
            if self._taken_from is not None:
                self._since_taken.append(self._edits[-1])
        self._length = length
        self.dirtied.emit()

    def _on_text_taken(self) -> None:
        self._taken_from, self._since_taken = self._document.original, []

    def _is_saved_by_now(self) -> bool:
        """Return whether the text that was taken is in the file, and in `original`."""
        taken_from = self._taken_from
        return taken_from is not None and taken_from is not self._document.original

    def _on_document_changed(self) -> None:
        is_saved = self._is_saved_by_now()
        if is_saved:
            self._taken_from = None
        if not self.is_unsaved:
            # What comes from here on starts from the text of the file.
            self._edits.clear()
            self._is_begun = self._has_lost_track = False
            self._logged = 0
            self.dirtied.emit()
        elif is_saved and not self._has_lost_track:
            # From what is in the file now: to write all of the text anew would hold a key up.
            self._edits, self._is_begun = self._since_taken, False
            self.dirtied.emit()
        elif not self._is_begun:
            self.dirtied.emit()  # without an edit: its file may be gone
        elif header_of(self._document) != self._header:
            self.start_over()  # it is to be saved in another way


def header_of(document: Document) -> Header:
    """Return what is known of a document besides its text."""
    stamp = document.stamp
    return Header(
        title=document.given_title,
        path=str(document.path) if document.path else None,
        codec=document.encoding.codec,
        bom=document.encoding.bom.hex(),
        stamp=(stamp.mtime_ns, stamp.num_bytes) if stamp else None,
        line_end=document.chosen_end,
    )

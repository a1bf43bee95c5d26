"""Fill as you pause: after a pause in typing, a short text offers itself at the caret."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from app.editor import Editor, replace_range
from app.proposal.model.candidate import Draft
from app.proposal.model.options_model import OptionsModel
from app.proposal.model.proposals import Proposals
from app.proposal.model.requests import language_between, make_request
from app.text.positions import utf16_len
from engine.api import (
    Cancel,
    CanvasUpdated,
    Constraints,
    Event,
    Failed,
    Finished,
    FinishReason,
    Generate,
    Request,
    RunSettings,
)

PAUSE_MS = 700
# One line and no more: a fill is read at a glance, or it is in the way.
SETTINGS = RunSettings(constraints=Constraints(is_single_line=True))


class PauseFill(QObject):
    """Asks for a fill when the user has typed and pauses, and forgets it when he goes on.

    It is no proposal: it takes no key that is the user's, has no panel and leaves no history.

    Signals: `changed`, after its text has.
    """

    changed = Signal()

    def __init__(
        self,
        editor: Editor,
        submit: Callable[[Request], None],
        next_job_id: Callable[[], int],
        next_seed: Callable[[], int],
        proposals: Proposals,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._editor, self._submit = editor, submit
        self._next_job_id, self._next_seed = next_job_id, next_seed
        self._proposals = proposals
        self.options: OptionsModel | None = None  # of the window; without one it asks for nothing
        self.is_private = False  # nothing is asked for in this document
        self._job: Generate | None = None
        self._is_running = self._is_own_edit = False
        self._draft: Draft | None = None
        self._revision = editor.document().revision()
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self._ask)
        editor.document().contentsChanged.connect(self._on_edit)
        editor.cursorPositionChanged.connect(self._on_caret)
        proposals.opened.connect(self.dismiss)

    @property
    def draft(self) -> Draft | None:
        """The text that is offered at the caret; None without any."""
        return self._draft if self._draft is not None and self._draft.text else None

    def handle(self, event: Event) -> None:
        """Take in an event of the engine; those of other jobs are dropped by number."""
        job = self._job
        is_of_job = job is not None and getattr(event, "job_id", None) == job.job_id
        # A frame of one that was stopped may still come; what is offered is the rest of it.
        if not is_of_job or not self._is_running:
            return
        match event:
            case CanvasUpdated(candidate=0, text=text, spans=spans):
                self._show(Draft(text=text, spans=spans))
            case Finished(reason=reason):
                self._is_running = False
                is_of_use = reason is not FinishReason.CANCELLED and event.text.strip()
                self._show(Draft(text=event.text, spans=event.spans) if is_of_use else None)
            case Failed():
                # Nobody has asked for it, so nobody is told.
                self._is_running = False
                self._show(None)

    def accept(self) -> bool:
        """Put all of it into the text; return whether there was one."""
        draft = self.draft
        if draft is None:
            return False
        self._put_in(draft.document_text.text)
        self.dismiss()
        return True

    def accept_word(self) -> bool:
        """Put its first word into the text, and go on offering the rest."""
        draft = self.draft
        if draft is None:
            return False
        end = draft.words[0][1] if draft.words else len(draft.text)
        self._stop()
        self._put_in(Draft(text=draft.text[:end], spans=()).document_text.text)
        self._show(Draft(text=draft.text[end:], spans=()))
        return True

    def dismiss(self) -> None:
        """Forget it, and stop the engine."""
        self._timer.stop()
        self._stop()
        self._job = None
        self._show(None)

    def _stop(self) -> None:
        if self._is_running and self._job is not None:
            self._submit(Cancel(job_id=self._job.job_id))
        self._is_running = False

    def _show(self, draft: Draft | None) -> None:
        if draft is not self._draft:
            self._draft = draft
            self.changed.emit()

    def _put_in(self, text: str) -> None:
        at = self._editor.textCursor().position()
        self._is_own_edit = True
        try:
            replace_range(self._editor.document(), at, at, text)
            cursor = self._editor.textCursor()
            cursor.setPosition(at + utf16_len(text))
            self._editor.setTextCursor(cursor)
        finally:
            self._is_own_edit = False

    def _on_edit(self) -> None:
        if self._is_own_edit:
            return
        self.dismiss()
        # Also undo, and another program's change, edit; only who types at the caret pauses there.
        if self._is_wanted():
            self._timer.start()

    def _on_caret(self) -> None:
        # An edit moves the caret, too; that has begun the pause already.
        revision = self._editor.document().revision()
        is_edit, self._revision = revision != self._revision, revision
        if not self._is_own_edit and not is_edit:
            self.dismiss()

    def _is_wanted(self) -> bool:
        options, editor = self.options, self._editor
        if options is None or not options.fills_pauses or not options.has_model:
            return False
        # What is being composed would be covered.
        block = editor.textCursor().block()
        if block.isValid() and (layout := block.layout()) and layout.preeditAreaText():
            return False
        is_quiet = not self._proposals and not self.is_private and not editor.isReadOnly()
        return is_quiet and editor.hasFocus() and not editor.textCursor().hasSelection()

    def _ask(self) -> None:
        if not self._is_wanted():
            return
        at = self._editor.textCursor().position()
        self._job = make_request(
            self._editor.document(),
            at,
            at,
            replace(SETTINGS, seed=self._next_seed()),
            language=language_between(self._editor, at, at),
            job_id=self._next_job_id(),
        )
        self._is_running = True
        self._submit(self._job)

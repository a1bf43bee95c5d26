"""Any text, any selection, a real (tiny, random) model: the invariants around one edit."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor

from app.editor import Editor
from app.proposal import Phase, ProposalSession
from app.text.edits import length_of, text_between
from app.text.positions import to_utf16
from engine.api import Event, Generate, Load, Request
from engine.backend import Control
from engine.local_backend import LocalBackend
from tests.tiny import write_folder

TEXTS = st.text(max_size=60) | st.text("ab the\n\t\r“”é́👩‍👧😀שלم\u200d\u2028", max_size=60)


class Desk:
    """An editor whose engine answers at once, in the same thread."""

    def __init__(self, folder: Path) -> None:
        self.requests: list[Generate] = []
        self.seen: list[tuple[str, bool, int]] = []
        self.editor = Editor()
        self.session = ProposalSession(
            self.editor, self.submit, iter(range(1, 1_000_000)).__next__, lambda: 5
        )
        self.backend = LocalBackend(self.handle)
        self.backend.load(Load(job_id=0, folder=str(folder), device="cpu"), lambda: False)

    def submit(self, request: Request) -> None:
        if isinstance(request, Generate):
            self.requests.append(request)

    def answer(self) -> None:
        """Let the engine carry out the last request."""
        self.backend.generate(self.requests[-1], Control(is_cancelled=lambda: False, inbox=list))

    def handle(self, event: Event) -> None:
        self.session.handle(event)
        document = self.editor.document()
        state = (self.text, document.isModified(), document.availableUndoSteps())
        self.seen.append(state)

    @property
    def text(self) -> str:
        document = self.editor.document()
        return text_between(document, 0, length_of(document))

    def open(self, text: str) -> None:
        self.editor.setPlainText(text)
        self.editor.document().setModified(False)

    def select(self, start: int, end: int) -> None:
        """Select code points of the document's text."""
        cursor = self.editor.textCursor()
        cursor.setPosition(to_utf16(self.text, start))
        cursor.setPosition(to_utf16(self.text, end), QTextCursor.MoveMode.KeepAnchor)
        self.editor.setTextCursor(cursor)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model that takes three steps."""
    return write_folder(tmp_path_factory.mktemp("model"), generation={"max_denoising_steps": 3})


@pytest.fixture
def widgets(qapp: object, folder: Path) -> Desk:
    """An editor with a real engine behind it."""
    return Desk(folder)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, data=st.data())
def test_one_edit_changes_the_selection_alone_and_one_undo_restores_it(widgets, text, data) -> None:
    widgets.open(text)
    shown = widgets.text
    start = data.draw(st.integers(0, len(shown)))
    end = data.draw(st.integers(start, len(shown)))
    widgets.select(start, end)
    widgets.session.regenerate()
    request = widgets.requests[-1]
    assert request.before + request.region + request.after == shown
    widgets.seen.clear()
    widgets.answer()
    assert widgets.session.status.phase is Phase.FINISHED
    assert set(widgets.seen) == {(shown, False, 0)}
    proposed = widgets.session.proposal.draft.text
    widgets.session.accepting.accept()
    assert widgets.text == request.before + proposed + request.after
    if widgets.text != shown:
        assert widgets.editor.document().availableUndoSteps() >= 1
        widgets.editor.undo()
    assert widgets.text == shown
    assert not widgets.editor.document().isUndoAvailable()

"""The first journeys: rewrite, accept, save, undo; stop and reject; fill at the caret."""

import pytest
from PySide6.QtCore import Qt

from app.proposal import Phase
from resources import resource_path
from tests.journeys.driver import CONTROL, Journey

pytestmark = [pytest.mark.journey, pytest.mark.slow]

STORY = (
    "# The lighthouse\n\n"
    "The old house stood on a hill above the sea, and in the evening the children came home "
    "along the white road. “Mother,” said the smallest, “we have seen a ship with red sails.”\n\n"
    "She put down her work and looked out of the window for a long time.\r\n"
).replace("\r\n", "\n")
# Longer than a draft of the causal pass: it starts from noise and takes many steps.
WORDS = "in the evening the children came home along the white road. “Mother,” said the smallest"


@pytest.fixture
def journey(qapp: object) -> Journey:
    """The window on a short story, with the embedded model."""
    return Journey(resource_path("model"), STORY)


def test_select_regenerate_accept_save_undo(journey: Journey) -> None:
    pictures = set()
    with journey as j:
        j.wait_ready()
        j.select(WORDS)
        j.picture("1-selected")
        j.press(Qt.Key.Key_Return, CONTROL)
        while j.session.status.phase is not Phase.FINISHED:
            seen = j.session.status.num_frames
            j.wait(lambda n=seen: j.session.status.num_frames > n or is_done(j))
            pictures.add(j.picture(f"2-frame-{min(j.session.status.num_frames, 4)}"))
            assert j.text == STORY
            assert not j.editor.document().isModified()
        drafts = {frame.text for frame in j.session.proposal.candidates.frames}
        proposed = j.session.proposal.draft.text
        j.picture("3-proposed")
        j.press(Qt.Key.Key_Return)
        accepted = STORY.replace(WORDS, proposed)
        assert j.text == accepted
        j.press(Qt.Key.Key_S, CONTROL)
        j.picture("4-accepted")
        assert j.file.read_bytes() == accepted.encode()
        j.press(Qt.Key.Key_Z, CONTROL)
        assert j.text == STORY
        j.press(Qt.Key.Key_S, CONTROL)
        assert j.file.read_bytes() == STORY.encode()
    assert len(drafts) >= 3
    assert len(pictures) >= 3


def test_escape_stops_and_then_rejects_without_a_trace(journey: Journey) -> None:
    with journey as j:
        j.wait_ready()
        j.select(WORDS)
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait(lambda: j.session.status.num_frames >= 1)
        j.press(Qt.Key.Key_Escape)
        j.wait_done()
        j.picture("5-stopped")
        steps, most = j.session.status.num_frames, j.session.status.max_steps
        j.press(Qt.Key.Key_Escape)
        j.picture("6-rejected")
        assert 1 <= steps <= most
        assert j.session.proposal is None
        assert j.text == STORY
        assert not j.editor.document().isModified()
        assert not j.editor.document().isUndoAvailable()


def test_without_a_selection_it_fills_in_at_the_caret(journey: Journey) -> None:
    with journey as j:
        j.wait_ready()
        j.put_caret("She put down her work")
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait_done()
        proposed = j.session.proposal.draft.text
        j.press(Qt.Key.Key_Return)
        at = STORY.index("She put down her work") + len("She put down her work")
        assert j.text == STORY[:at] + proposed + STORY[at:]


def test_a_folder_that_is_no_model_leaves_an_editor_that_works(qapp: object, tmp_path) -> None:
    with Journey(tmp_path, STORY) as j:
        j.wait(j.window.message_bar.isVisible)
        j.picture("7-no-model")
        j.put_caret("# The")
        j.press(Qt.Key.Key_X)
        assert j.text.startswith("# Thex")


def is_done(j: Journey) -> bool:
    """Whether the proposal can be accepted."""
    return j.session.status.phase is Phase.FINISHED

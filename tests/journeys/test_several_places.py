"""Several selections written together, from the user's side."""

import pytest
from PySide6.QtCore import Qt

from resources import resource_path
from tests.journeys.driver import CONTROL, Journey
from tests.journeys.proposal_hands import pictures

pytestmark = [pytest.mark.journey, pytest.mark.slow]

STORY = (
    "# The Lamp\n\nThe old woman lit the lamp, and the room was warm again in the evening. Outside "
    "the wind went round the house, and nobody came along the road before the morning.\n"
)
CHOSEN = ("woman", "room", "warm")


@pytest.fixture
def journey(qapp: object) -> Journey:
    """The window on a short story, with the embedded model."""
    return Journey(resource_path("model"), STORY)


def choose(j: Journey) -> None:
    """Select each of the words, as Alt and clicks do."""
    document = j.editor.document()
    j.editor.multi_cursor.set_all([document.find(word) for word in CHOSEN])


def test_three_words_are_drafted_at_once_and_nothing_between_them_changes(
    journey: Journey,
) -> None:
    with journey as j:
        j.wait_ready()
        choose(j)
        pictures(j, "several-1-selected")
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait_done()
        proposal = j.session.proposal
        request = proposal.place.request
        assert [request.region[a:b] for a, b in request.regions] == list(CHOSEN)
        pictures(j, "several-2-draft")
        j.press(Qt.Key.Key_Return)
        before, _, behind = STORY.partition("woman lit the lamp, and the room was warm")
        assert j.text.startswith(before)
        assert j.text.endswith(behind)
        written = j.text[len(before) : len(j.text) - len(behind)]
        first, _, rest = written.partition(" lit the lamp, and the ")
        second, _, third = rest.partition(" was ")
        assert all(text.strip() for text in (first, second, third))
        pictures(j, "several-3-accepted")
        j.editor.undo()
        assert j.text == STORY


def test_a_draft_of_several_places_is_made_once_more_and_rejected_without_a_trace(
    journey: Journey,
) -> None:
    with journey as j:
        j.wait_ready()
        choose(j)
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait_done()
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait_done()
        assert len(j.session.proposal.candidates) == 2
        for candidate in j.session.proposal.candidates:
            assert " lit the lamp, and the " in candidate.draft.text
        j.press(Qt.Key.Key_Escape)
        assert j.text == STORY

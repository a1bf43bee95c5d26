"""What stands around a draft: the bar, soft edges, constraints, the history."""

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from resources import resource_path
from tests.journeys.driver import CONTROL, Journey
from tests.journeys.proposal_hands import SHIFT, draft, pictures, run, widgets

pytestmark = [pytest.mark.journey, pytest.mark.slow]

STORY = (
    "# The Lamp\n\nThe old woman lit the lamp, and the room was warm again in the evening. Outside "
    "the wind went round the house, and nobody came along the road before the morning.\n"
)
WORDS = "and the room was warm again"


@pytest.fixture
def journey(qapp: object) -> Journey:
    """The window on a short story, with the embedded model."""
    return Journey(resource_path("model"), STORY)


def test_the_bar_says_what_will_happen_and_runs_it(journey: Journey) -> None:
    with journey as j:
        j.wait_ready()
        j.select(WORDS)
        j.press(Qt.Key.Key_Return, CONTROL | SHIFT)
        bar = widgets(j).bar
        assert bar.isVisible()
        pictures(j, "bar-1-open")
        bar.fields.length.setCurrentIndex(3)
        bar.fields.length.activated.emit(3)
        assert bar.go.text() == "Rewrite"
        bar.fields.candidates.setValue(3)
        bar.fold.click()
        bar.more.soft_edge.setValue(2)
        QTest.keyClicks(bar.more.pattern, "(and")
        assert not bar.go.isEnabled()
        pictures(j, "bar-2-more")
        bar.more.pattern.clear()
        bar.more.pattern.textEdited.emit("")
        QTest.keyClick(bar, Qt.Key.Key_Return)
        assert bar.isHidden()
        j.wait_done()
        assert len(j.session.proposal.candidates) >= 1
        pictures(j, "bar-3-result")
        assert j.text == STORY


def test_words_beside_a_soft_edge_are_part_of_the_draft(journey: Journey) -> None:
    with journey as j:
        run(j, WORDS, soft_edge=2)
        j.wait(lambda: j.session.status.num_frames >= 2)
        pictures(j, "soft-1-running")
        j.wait_done()
        pictures(j, "soft-2-done")
        proposal, proposed = j.session.proposal, draft(j)
        assert proposal.place.is_soft
        assert WORDS in proposal.place.old_text
        expected = STORY.replace(proposal.place.old_text, proposed)
        j.press(Qt.Key.Key_Return)
        assert j.text == expected
        j.press(Qt.Key.Key_Z, CONTROL)
        assert j.text == STORY


def test_a_draft_keeps_to_the_characters_it_may_use(journey: Journey) -> None:
    with journey as j:
        j.wait_ready()
        j.select(WORDS)
        j.press(Qt.Key.Key_Return, CONTROL | SHIFT)
        bar = widgets(j).bar
        bar.fold.click()
        QTest.keyClicks(bar.more.characters, "a-z ")
        bar.more.single_line.click()
        bar.go.click()
        j.wait_done()
        assert re.fullmatch("[a-z ]*", draft(j))


def test_a_rejected_draft_comes_back_from_the_history(journey: Journey) -> None:
    with journey as j:
        run(j, WORDS, candidates=3)
        j.wait_done()
        wanted = draft(j)
        j.press(Qt.Key.Key_Escape)
        j.press(Qt.Key.Key_H, CONTROL | SHIFT)
        dialog = j.window.popups.history
        j.wait(dialog.isVisible)
        pictures(j, "history-1-list", dialog)
        row = next(i for i, c in enumerate(j.window.history.candidates) if c.text == wanted)
        dialog.list.setCurrentItem(dialog.list.topLevelItem(row))
        dialog.restore_button.click()
        assert j.text == STORY  # a draft again, to be decided on
        assert draft(j) == wanted
        dialog.close()
        pictures(j, "history-2-restored")
        j.press(Qt.Key.Key_Return)
        assert j.text == STORY.replace(WORDS, wanted)
        j.press(Qt.Key.Key_Z, CONTROL)
        assert j.text == STORY


def test_two_regions_wait_and_can_be_taken_back(journey: Journey) -> None:
    with journey as j:
        run(j, WORDS, candidates=4)
        j.wait(lambda: j.session.status.num_frames >= 1)
        for words in ("The old woman", "the wind went round"):
            j.select(words)
            j.press(Qt.Key.Key_Return, CONTROL)
        assert len(j.session.queue) == 2
        pictures(j, "queue-2-waiting")
        widgets(j).panel.queue_button.click()
        assert len(j.session.queue) == 0
        j.wait_done()
        assert j.text == STORY

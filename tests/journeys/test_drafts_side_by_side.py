"""Several drafts in one text: asked for one after the other, gone through, accepted together."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.proposal import Phase
from resources import resource_path
from tests.app.fakes import view_of, views_of
from tests.journeys.driver import CONTROL, Journey
from tests.journeys.proposal_hands import SHIFT, pictures, widgets

pytestmark = [pytest.mark.journey, pytest.mark.slow]

STORY = (
    "# The Lamp\n\nThe old woman lit the lamp, and the room was warm again in the evening. Outside "
    "the wind went round the house, and nobody came along the road before the morning.\n\n"
    "In the morning there was snow on the roof.\n"
)
REGIONS = ["lit the lamp", "went round the house", "there was snow"]


@pytest.fixture
def journey(qapp: object) -> Journey:
    """The window on a short story, with the embedded model."""
    return Journey(resource_path("model"), STORY)


def ask_for_all(j: Journey) -> None:
    """Ask for three drafts, two of them in the same paragraph, faster than they are made."""
    j.wait_ready()
    for words in REGIONS:
        j.select(words)
        j.press(Qt.Key.Key_Return, CONTROL)
    j.wait(lambda: len(j.session.proposals) == 3 and j.session.proposals.running is None)


def drafts(j: Journey) -> list[str]:
    return [one.draft.document_text.text for one in j.session.proposals]


def test_three_are_drafted_in_turn_and_accepted_with_one_undo_step(journey: Journey) -> None:
    with journey as j:
        ask_for_all(j)
        assert [one.place.old_text for one in j.session.proposals] == REGIONS
        assert {one.phase for one in j.session.proposals} == {Phase.FINISHED}
        assert j.text == STORY
        pictures(j, "several-1-done")
        texts = drafts(j)
        j.press(Qt.Key.Key_F8, CONTROL)
        expected = STORY
        for old, new in zip(REGIONS, texts, strict=True):
            expected = expected.replace(old, new)
        assert j.text == expected
        assert len(j.session.proposals) == 0
        j.press(Qt.Key.Key_Z, CONTROL)
        assert j.text == STORY


def test_one_goes_through_them_by_keys_and_decides_on_each(journey: Journey) -> None:
    with journey as j:
        ask_for_all(j)
        first, second, third = j.session.proposals
        assert j.session.proposal is third  # where the caret is
        j.press(Qt.Key.Key_F8)
        assert j.session.proposal is first  # around the end
        pictures(j, "several-2-first")
        assert "Draft 1 of 3, F8 the next" in j.window.status_line.proposal.text()
        kept = first.draft.document_text.text
        j.press(Qt.Key.Key_Return)
        assert j.text == STORY.replace(REGIONS[0], kept)
        assert list(j.session.proposals) == [second, third]
        j.press(Qt.Key.Key_F8)
        assert j.session.proposal is second
        assert second.snapshot.is_outdated  # a word before it is another by now
        pictures(j, "several-3-second")
        j.press(Qt.Key.Key_Escape)
        assert list(j.session.proposals) == [third]
        j.press(Qt.Key.Key_F8, SHIFT)
        assert j.session.proposal is third
        j.press(Qt.Key.Key_Escape)
        assert j.text == STORY.replace(REGIONS[0], kept)


def test_a_click_on_another_draft_of_the_line_means_that_one(journey: Journey) -> None:
    with journey as j:
        ask_for_all(j)
        first, second, _ = j.session.proposals
        j.press(Qt.Key.Key_F8)
        view = view_of(j.session)
        assert view.proposal is first
        drawn = next(
            one for one in view.geometry.composition.drafts if one.region == second.place.region
        )
        box = view.layout.full_rects(drawn.first, drawn.last)[0]
        place = view.geometry.rect.topLeft() + box.center()
        QTest.mouseClick(j.editor.viewport(), Qt.MouseButton.LeftButton, pos=place.toPoint())
        assert j.session.proposal is second
        assert second.has_focus
        assert j.text == STORY


def test_the_caret_goes_between_two_drafts_of_a_line(journey: Journey) -> None:
    with journey as j:
        ask_for_all(j)
        view = views_of(j.session).of(next(iter(j.session.proposals)))
        first, second = view.geometry.composition.drafts[:2]
        between = j.text.index("in the evening")
        offset = between - first.region.end + first.last
        assert first.last < offset < second.first
        box = view.layout.full_rects(offset, offset + 1)[0]
        place = view.geometry.rect.topLeft() + box.topLeft() + QPoint(1, 4).toPointF()
        QTest.mouseClick(j.editor.viewport(), Qt.MouseButton.LeftButton, pos=place.toPoint())
        assert j.editor.textCursor().position() == between
        QTest.keyClicks(j.editor, "late ")
        assert j.text == STORY.replace("in the evening", "late in the evening")
        assert len(j.session.proposals) == 3
        pictures(j, "several-4-typed-between")


def test_who_types_on_a_draft_loses_nothing(journey: Journey) -> None:
    with journey as j:
        ask_for_all(j)
        j.press(Qt.Key.Key_F8)
        QTest.keyClicks(j.editor, "x")
        QTest.keyClick(j.editor, Qt.Key.Key_Backspace)
        j.press(Qt.Key.Key_X, CONTROL)
        j.press(Qt.Key.Key_V, CONTROL)
        assert j.text == STORY
        assert len(j.session.proposals) == 3
        pictures(j, "several-5-hint")


def test_the_bar_stands_below_another_region_than_the_draft(journey: Journey) -> None:
    with journey as j:
        j.wait_ready()
        j.select(REGIONS[0])
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait_done()
        j.select(REGIONS[2])
        j.press(Qt.Key.Key_Return, CONTROL | SHIFT)
        bar = widgets(j).bar
        pictures(j, "several-6-bar")
        text_below = j.editor.cursorRect(j.editor.textCursor()).bottom()
        assert bar.geometry().top() >= text_below
        assert not bar.geometry().intersects(widgets(j).panel.geometry())

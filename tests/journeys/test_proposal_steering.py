"""What one can do to a draft besides taking it, through the real window with the real model."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.appearance import Appearance
from app.proposal.model.options_model import OptionsModel
from resources import resource_path
from tests.app.fakes import view_of, widgets_of
from tests.journeys.driver import CONTROL, Journey

pytestmark = pytest.mark.journey

STORY = "# The Lamp\n\nThe old woman lit the lamp, and the room was warm again in the evening.\n"
WORDS = "lit the lamp, and the room was warm"
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def journey(qapp: object) -> Journey:
    """The window on a short story, with the embedded model."""
    return Journey(resource_path("model"), STORY)


def options(j: Journey) -> OptionsModel:
    return j.session.options


def draft(j: Journey) -> str:
    assert j.session.proposal is not None
    assert j.session.proposal.draft is not None
    return j.session.proposal.draft.text


def run(j: Journey, **changes: object) -> None:
    j.wait_ready()
    options(j).set_settings(replace(options(j).settings, **changes))
    j.select(WORDS)
    j.press(Qt.Key.Key_Return, CONTROL)


def test_a_word_taken_while_the_draft_settles_stays_in_it(journey: Journey) -> None:
    with journey as j:
        run(j, seed=3)
        j.wait(lambda: j.session.status.num_frames >= 1)
        j.press(Qt.Key.Key_K, ALT)
        word = j.text.removeprefix(STORY[: STORY.index(WORDS)]).split()[0]
        assert word != WORDS.split(maxsplit=1)[0]
        j.wait_done()
        assert draft(j).startswith(word)  # as with a pin, the token behind it may belong to it
        whole = STORY.replace(WORDS, draft(j))
        j.press(Qt.Key.Key_Return)
        assert j.text == whole
        j.press(Qt.Key.Key_Z, CONTROL)
        j.press(Qt.Key.Key_Z, CONTROL)
        assert j.text == STORY


def test_candidates_are_compared_and_one_is_taken(journey: Journey) -> None:
    with journey as j:
        run(j, candidates=3)
        j.wait(lambda: j.session.status.num_frames >= 2)
        j.picture("candidates-1-running")
        j.wait_done()
        while len({candidate.draft.text for candidate in j.session.proposal.candidates}) < 2:
            j.press(Qt.Key.Key_Return, CONTROL)
            j.wait_done()
        candidates = j.session.proposal.candidates.ordered
        scores = [candidate.score.total for candidate in candidates if candidate.score]
        assert len(candidates) >= 2
        assert scores == sorted(scores, reverse=True)
        # Another one is shown if it was asked for last.
        j.session.proposal.candidates.choose(candidates[0])
        j.picture("candidates-2-done")
        first = draft(j)
        for _ in candidates[1:]:
            if draft(j) == first:  # asked for again, a text may come again
                j.press(Qt.Key.Key_BracketRight, ALT)
        second = draft(j)
        assert second != first
        j.press(Qt.Key.Key_Space)
        j.picture("candidates-3-before")
        j.press(Qt.Key.Key_Space)
        j.press(Qt.Key.Key_Return)
        assert j.text == STORY.replace(WORDS, second)
        j.press(Qt.Key.Key_Z, CONTROL)
        assert j.text == STORY
        # The draft stands there again, with all its versions.
        assert {c.draft.text for c in j.session.proposal.candidates} >= {first, second}


def test_a_pinned_word_stands_while_the_rest_is_drafted_again(journey: Journey) -> None:
    with journey as j:
        run(j)
        j.wait_done()
        j.press(Qt.Key.Key_Right, ALT | SHIFT)
        start, end = view_of(j.session).pointer.word
        word = draft(j)[start:end]
        j.press(Qt.Key.Key_P, ALT)
        j.picture("pin-1-pinned")
        pinned = j.session.proposal.candidate.pinned
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait(lambda: bool(j.session.proposal.candidates.frames))
        for_all = []
        j.wait_done()
        for frame in j.session.proposal.candidates.frames:
            spans = {s.slot: frame.text[s.start : s.end] for s in frame.spans}
            for_all.append("".join(spans.get(slot, "") for slot in sorted(pinned)).strip())
        j.picture("pin-2-again")
        assert set(for_all) == {word}


def test_a_word_melts_and_the_rest_stands(journey: Journey) -> None:
    with journey as j:
        run(j)
        j.wait_done()
        before = draft(j)
        spans = {s.slot: before[s.start : s.end] for s in j.session.proposal.draft.spans}
        j.press(Qt.Key.Key_Right, ALT | SHIFT)
        melted = set(j.session.proposal.draft.slots_between(*view_of(j.session).pointer.word))
        j.press(Qt.Key.Key_M, ALT)
        j.wait(
            lambda: (
                len(j.session.proposal.candidates) == 2
                and bool(j.session.proposal.candidates.frames)
            )
        )
        j.wait_done()
        j.picture("melt")
        for frame in j.session.proposal.candidates.frames:
            now = {s.slot: frame.text[s.start : s.end] for s in frame.spans}
            for slot, text in spans.items():
                assert slot in melted or now.get(slot) == text


def test_the_timeline_goes_back_and_an_early_frame_is_taken(journey: Journey) -> None:
    with journey as j:
        run(j)
        j.wait_done()
        frames = j.session.proposal.candidates.frames
        for _ in range(len(frames)):
            j.press(Qt.Key.Key_Comma, ALT)
        j.picture("timeline")
        assert draft(j) == frames[0].text
        j.press(Qt.Key.Key_B, ALT)
        j.wait(lambda: len(j.session.proposal.candidates) == 2)
        j.wait_done()
        candidates = j.session.proposal.candidates.ordered
        j.session.proposal.candidates.choose(
            next(t for t in candidates if len(t.frames) == len(frames))
        )
        j.session.proposal.candidates.show_frame(0)
        j.press(Qt.Key.Key_Return)
        assert j.text == STORY.replace(WORDS, frames[0].text)


def test_word_by_word_and_back(journey: Journey) -> None:
    with journey as j:
        run(j)
        j.wait_done()
        proposed = draft(j)
        presses = 0
        while j.session.proposal is not None:
            j.press(Qt.Key.Key_K, ALT)
            presses += 1
            j.picture(f"word-{min(presses, 3)}")
        assert j.text == STORY.replace(WORDS, proposed)
        for _ in range(presses):
            j.press(Qt.Key.Key_Z, CONTROL)
        assert j.text == STORY
        assert not j.editor.document().isModified()


def test_alternatives_are_offered_and_one_is_pinned(journey: Journey) -> None:
    with journey as j:
        run(j)
        j.wait_done()
        j.press(Qt.Key.Key_Right, ALT | SHIFT)
        j.press(Qt.Key.Key_O, ALT)
        popup = widgets_of(j.session).popup
        j.wait(popup.isVisible)
        assert popup.count() >= 2
        words = [popup.item(row).text() for row in range(popup.count())]
        assert all(len(word.split()) == 1 and word == word.strip() for word in words)
        shown = draft(j)
        for look in (Appearance.LIGHT, Appearance.DARK):
            j.look(look)
            j.picture(f"alternatives-words-{look.value}", popup)
        row = next(row for row, word in enumerate(words) if not shown.startswith(word))
        other = words[row]
        popup.setCurrentRow(row)
        QTest.keyClick(popup, Qt.Key.Key_Return)
        j.wait(
            lambda: (
                len(j.session.proposal.candidates) == 2
                and bool(j.session.proposal.candidates.frames)
            )
        )
        j.wait_done()
        j.picture("alternative")
        assert draft(j).lstrip().startswith(other)


def test_a_second_region_waits_and_follows(journey: Journey) -> None:
    with journey as j:
        run(j)
        j.wait(lambda: j.session.status.num_frames >= 1)
        j.select("The old woman")
        j.press(Qt.Key.Key_Return, CONTROL)
        assert len(j.session.queue) == 1
        j.picture("queue")
        j.wait(lambda: len(j.session.proposals) == 2 and j.session.proposals.running is None)
        j.picture("queue-done")
        assert j.session.proposal.place.old_text == "The old woman"  # where the caret is
        j.press(Qt.Key.Key_Escape)
        assert [one.place.old_text for one in j.session.proposals] == [WORDS]
        assert j.text == STORY

"""A draft in its place: how it is drawn, taken in parts, compared, kept alive and refreshed."""

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QTextFormat
from PySide6.QtTest import QTest

from app.proposal import Drawing, Phase
from resources import resource_path
from tests.app.fakes import rect_of, view_of, views_of
from tests.journeys.driver import CONTROL, Journey
from tests.journeys.proposal_hands import (
    ALT,
    SHIFT,
    draft,
    mouse,
    options,
    pictures,
    place_of,
    run,
    stroke,
    widgets,
)

pytestmark = [pytest.mark.journey, pytest.mark.slow]

STORY = (
    "# The Lamp\n\nThe old woman lit the lamp, and the room was warm again in the evening. Outside "
    "the wind went round the house, and nobody came along the road before the morning.\n\n"
    "In the kitchen stood a table\nand two chairs,\nand a cat slept on one of them.\n"
)
WORDS = "lit the lamp, and the room was warm again in the evening"
# Longer than a draft of the causal pass, so that it takes many steps.
LONG = STORY[STORY.index("Outside") : STORY.index("\n\nIn the kitchen")]
LINES = "stood a table\nand two chairs,\nand a cat slept"


@pytest.fixture
def journey(qapp: object) -> Journey:
    """The window on a short story, with the embedded model."""
    return Journey(resource_path("model"), STORY)


@pytest.mark.parametrize("drawing", list(Drawing), ids=lambda drawing: drawing.value)
def test_a_draft_is_drawn_as_one_likes(journey: Journey, drawing: Drawing) -> None:
    with journey as j:
        options(j).set_drawing(drawing)
        run(j, WORDS)
        j.wait(lambda: j.session.status.num_frames >= 2)
        pictures(j, f"mode-{drawing.value}-1-running")
        view = view_of(j.session)
        is_old = view.layout.draft_text == WORDS
        assert is_old == (drawing is Drawing.OFF and j.session.proposal.is_busy)
        j.wait_done()
        assert view.layout.draft_text == draft(j)
        j.wait(lambda: not view.animation.is_moving)
        pictures(j, f"mode-{drawing.value}-2-done")
        assert j.text == STORY


def test_every_text_drawn_is_the_models_and_what_was_held_is_given_back(journey: Journey) -> None:
    with journey as j:
        views_of(j.session).reduced_motion = False
        run(j, WORDS)
        while j.session.status.phase is not Phase.FINISHED:
            seen = j.session.status.num_frames
            j.wait(lambda n=seen: j.session.status.num_frames > n or done(j))
            layout = view_of(j.session).layout
            assert layout.draft_text in {f.text for f in j.session.proposal.candidates.frames} | {
                WORDS,
                draft(j),
            }
        spacing = QTextFormat.Property.FontLetterSpacing
        runs = view_of(j.session).layout._runs
        assert not any(run.format.hasProperty(spacing) for run in runs)
        j.wait(lambda: not view_of(j.session).animation.is_moving)
        assert j.text == STORY


def done(j: Journey) -> bool:
    return j.session.status.phase is Phase.FINISHED


def test_a_line_is_taken_and_the_rest_goes_back(journey: Journey) -> None:
    with journey as j:
        run(j, LINES)
        j.wait_done()
        pictures(j, "line-1-drafted")
        assert j.session.accepting.accept_line()
        taken = j.text
        if j.session.proposal is not None:
            pictures(j, "line-2-accepted")
            j.press(Qt.Key.Key_Escape)
        assert j.text == taken
        j.press(Qt.Key.Key_Z, CONTROL)
        assert j.text == STORY


def test_words_under_the_mouse_are_kept_one_by_one(journey: Journey) -> None:
    with journey as j:
        run(j, WORDS)
        j.wait_done()
        stroke(j, 0, 2, CONTROL, name="keep-1-stroke")
        pictures(j, "keep-2-kept")
        if j.text != STORY:  # the draft's words may be the old ones
            j.press(Qt.Key.Key_Z, CONTROL)
        assert j.text == STORY


def test_a_word_is_pinned_while_it_runs(journey: Journey) -> None:
    with journey as j:
        run(j, LONG)
        j.wait(lambda: j.session.status.num_frames >= 4)
        stroke(j, 1, 1)
        pinned = j.session.proposal.candidate.pinned
        assert pinned
        j.wait(lambda: has_pins(j) or done(j))
        pictures(j, "pin-0-running")
        j.wait_done()
        assert j.session.proposal.candidate.pinned >= pinned
        assert j.text == STORY


def has_pins(j: Journey) -> bool:
    frames = j.session.proposal.candidates.frames
    return bool(frames) and any(span.pinned for span in frames[-1].spans)


def test_a_stroke_melts_words_and_holding_one_shows_others(journey: Journey) -> None:
    with journey as j:
        run(j, WORDS)
        j.wait_done()
        count = len(j.session.proposal.candidates)
        stroke(j, 1, 3, name="melt-1-stroke")
        j.wait(lambda: len(j.session.proposal.candidates) == count + 1)
        j.wait_done()
        pictures(j, "melt-2-done")
        mouse(j, QEvent.Type.MouseButtonPress, place_of(j, 1))
        popup = widgets(j).popup
        j.wait(popup.isVisible)
        mouse(j, QEvent.Type.MouseButtonRelease, place_of(j, 1))
        pictures(j, "alternatives-popup", popup)
        popup.close()
        assert j.text == STORY


def test_the_timeline_is_scrubbed_with_the_mouse_and_branched_from(journey: Journey) -> None:
    with journey as j:
        run(j, WORDS)
        j.wait_done()
        timeline = widgets(j).panel.timeline
        QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=timeline.rect().center())
        shown = j.session.proposal.candidates.frame
        assert shown is not None
        assert draft(j) == j.session.proposal.candidates.frames[shown].text
        pictures(j, "timeline-1-scrubbed")
        widgets(j).panel.branch_button.click()
        j.wait(lambda: len(j.session.proposal.candidates) == 2)
        j.wait_done()
        pictures(j, "timeline-2-branched")
        assert j.text == STORY


def test_the_heat_map_says_what_it_is(journey: Journey) -> None:
    with journey as j:
        j.choose("Mark When Words Settled")
        run(j, WORDS, candidates=2)
        j.wait(lambda: j.session.status.num_frames >= 2)
        pictures(j, "heat-1-running")
        j.wait_done()
        panel = widgets(j).panel
        assert panel.heat_note.isVisible()
        pictures(j, "heat-2-done")


def test_two_paragraphs_typed_at_once_cost_no_draft(journey: Journey) -> None:
    with journey as j:
        run(j, WORDS)
        j.put_caret("before the morning.")
        typed = "\n\nShe sat down.\n\nThe cat came in."
        for letter in typed:
            j.press(Qt.Key.Key_Return) if letter == "\n" else QTest.keyClick(j.editor, letter)
        j.wait_done()
        assert j.session.status.is_outdated
        pictures(j, "outdated-1-typed-below")
        words = draft(j)
        j.choose("Accept")
        above, below = STORY.replace(WORDS, words).split("before the morning.")
        assert j.text == f"{above}before the morning.{typed}{below}"


def test_a_draft_whose_surroundings_change_is_marked_and_drafted_again(journey: Journey) -> None:
    with journey as j:
        run(j, WORDS)
        j.wait_done()
        j.put_caret("# The Lamp")
        for letter in "stand":
            QTest.keyClick(j.editor, letter)
        assert j.session.status.phase is Phase.FINISHED
        assert widgets(j).panel.step.text() == "before your last edit"
        pictures(j, "outdated-2-marked")
        j.select(WORDS)
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait_done()
        assert j.session.proposal.place.request.before.startswith("# The Lampstand")
        assert not j.session.status.is_outdated
        pictures(j, "outdated-3-again")
        j.press(Qt.Key.Key_Escape)
        assert j.text == STORY.replace("Lamp", "Lampstand", 1)


def test_enter_at_a_parked_draft_keeps_the_words_and_says_what_to_do(journey: Journey) -> None:
    with journey as j:
        run(j, WORDS)
        j.wait_done()
        home, workspace = j.tab, j.window.workspace
        j.window.splits.split(Qt.Orientation.Vertical)
        other = workspace.second
        assert other is not None
        at = STORY.index(WORDS) + len("lit")
        other.show_place(at, at)
        QTest.keyClicks(other.editor, " now")  # nothing is done in the first view
        changed = STORY[:at] + " now" + STORY[at:]
        workspace.bring(home)
        j.editor.setFocus()
        assert j.session.status.phase is Phase.STALE
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
            j.press(key)
            assert j.text == changed
        pictures(j, "stale-3-enter")
        assert "Ctrl+Enter" in j.window.status_line.currentMessage()
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait_done()
        assert j.session.proposal.place.request.region == WORDS.replace("lit", "lit now", 1)
        assert j.text == changed
        j.press(Qt.Key.Key_Return)
        assert j.text != changed
        j.window.splits.close_view()


def test_a_live_region_follows_what_is_typed_and_leaves_the_caret_alone(journey: Journey) -> None:
    with journey as j:
        run(j, WORDS)
        j.wait_done()
        widgets(j).panel.live_button.click()
        first = j.session.proposal.job_id
        j.put_caret("# The")
        for letter in " Big":
            QTest.keyClick(j.editor, letter)
        caret = j.editor.textCursor().position()
        j.wait(lambda: j.session.proposal.job_id != first)
        pictures(j, "live-1-following")
        j.wait_done()
        assert j.session.proposal.place.request.before.startswith("# The Big Lamp")
        assert j.editor.textCursor().position() == caret
        assert j.editor.hasFocus()
        pictures(j, "live-2-done")


def test_a_region_is_rewritten_again_with_its_settings(journey: Journey) -> None:
    with journey as j:
        run(j, WORDS, strength=0.5)
        j.wait_done()
        j.press(Qt.Key.Key_Return)
        accepted = j.text
        run_settings = j.session.options.settings
        options(j).set_settings(type(run_settings)())
        j.choose("Rewrite Again")
        j.wait_done()
        assert j.session.proposal.place.request.settings.strength == 0.5
        assert j.text == accepted


def test_right_to_left_and_mixed_text_are_drawn_in_their_lines(qapp: object) -> None:
    text = "שלום עולם, this is mixed טקסט בעברית and 漢字 with é and 😀 in one line.\n" * 3
    words = "this is mixed טקסט בעברית and 漢字"
    with Journey(resource_path("model"), text) as j:
        run(j, words)
        j.wait(lambda: j.session.status.num_frames >= 2)
        pictures(j, "mixed-1-running")
        j.wait_done()
        pictures(j, "mixed-2-done")
        assert j.text == text


def test_the_draft_scrolls_and_zooms_with_the_document(qapp: object) -> None:
    text = STORY * 12
    with Journey(resource_path("model"), text) as j:
        run(j, WORDS)
        j.wait_done()
        before = rect_of(j.editor).top()
        j.editor.verticalScrollBar().setValue(2)
        assert rect_of(j.editor).top() < before
        j.editor.zoom_in()
        j.editor.zoom_in()
        pictures(j, "zoomed")
        box, rect = view_of(j.session).layout.draft_rects[0], rect_of(j.editor)
        assert rect.contains(rect.topLeft() + QPointF(box.left(), box.center().y()))
        j.press(Qt.Key.Key_Right, ALT | SHIFT)
        assert view_of(j.session).pointer.word is not None

"""Words keep their places while the draft around them settles, or move there smoothly."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import Drawing, ProposalSession
from tests.app.fakes import FakeEngine, view_of, views_of
from tests.app.proposal.model.test_session import select

TEXT = "One two three four five six seven eight nine ten."
LONG, SHORT = "wwwwwwww aaa bbb", "wwwwi    aaa bbb"  # tokens are four characters each


@pytest.fixture
def running(editor: Editor, session: ProposalSession) -> ProposalSession:
    """A session that has asked for other words in the middle of a line."""
    editor.setPlainText(TEXT)
    select(editor, "three four")
    session.regenerate()
    views_of(session).reduced_motion = False
    return session


def lefts(session: ProposalSession) -> dict[str, float]:
    """Return where the words stand, by their text."""
    return {place.text: place.left for place in view_of(session).animation.places.values()}


def tops(session: ProposalSession) -> dict[str, float]:
    return {place.text: place.top for place in view_of(session).animation.places.values()}


def picture(session: ProposalSession) -> QImage:
    return session.editor.viewport().grab().toImage()


def test_words_stay_when_the_one_before_them_gets_shorter(
    running: ProposalSession, engine: FakeEngine
) -> None:
    engine.frame("wwwwwwww aaa bbb")
    before = lefts(running)
    engine.frame("wwwwwwii aaa bbb")
    after = lefts(running)
    for word in ("aaa", "bbb", "five", "ten."):
        assert after[word] == pytest.approx(before[word], abs=0.5)


def test_a_longer_word_takes_the_slack_before_anything_moves(
    running: ProposalSession, engine: FakeEngine
) -> None:
    engine.frame("wwwwwwww aaa bbb")
    before = lefts(running)
    engine.frame("wwwwiiii aaa bbb")
    engine.frame("wwwwwwii aaa bbb")
    assert lefts(running)["aaa"] == pytest.approx(before["aaa"], abs=0.5)
    engine.frame("WWWWWWWW aaa bbb")
    assert lefts(running)["aaa"] > before["aaa"] + 4


def test_what_was_held_is_given_back_when_the_draft_is_done(
    running: ProposalSession, engine: FakeEngine
) -> None:
    engine.frame("wwwwwwww aaa bbb")
    held = lefts(running)
    engine.finish("wwwwwwii aaa bbb")
    assert lefts(running)["aaa"] < held["aaa"] - 4


def test_too_wide_a_space_is_not_held(running: ProposalSession, engine: FakeEngine) -> None:
    engine.frame("wwwwwwwwwwwwwwwwwwwwwwww aaa")
    before = lefts(running)
    engine.frame("wwww                     aaa".replace(" " * 20, ""))
    assert lefts(running)["five"] < before["five"] - 50


def test_a_word_stays_in_its_line_when_it_would_slip_back(
    running: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    engine.frame("i" * 8)
    start = tops(running)["ten."]
    for count in range(2, 40):
        engine.frame("i" * 4 * count)
        if tops(running)["ten."] > start:
            break
    wrapped = tops(running)["ten."]
    assert wrapped > start
    engine.frame("i" * 4 * (count - 1))
    assert tops(running)["ten."] == wrapped
    engine.finish("i" * 4 * (count - 1))
    assert tops(running)["ten."] == start


def test_a_word_that_has_to_move_is_drawn_where_it_was_and_goes_on_from_there(
    running: ProposalSession, engine: FakeEngine
) -> None:
    engine.frame("wwww aaa bbb")
    view_of(running).animation.stop()
    before = lefts(running)
    engine.frame("wwwwwwww aaa bbb")
    animation, after = view_of(running).animation, lefts(running)
    ten = next(key for key, place in animation.places.items() if place.text == "ten.")
    assert after["ten."] + animation.motions[ten].x == pytest.approx(before["ten."], abs=0.5)
    animation.advance(30.0)
    assert before["ten."] < after["ten."] + animation.motions[ten].x < after["ten."]
    animation.advance(1000.0)
    assert not animation.is_moving


def test_gliding_comes_to_rest_by_itself(
    qtbot: QtBot, running: ProposalSession, engine: FakeEngine
) -> None:
    engine.frame("wwww aaa bbb")
    engine.frame("wwwwwwww aaa bbb")
    assert view_of(running).animation.is_moving
    qtbot.waitUntil(lambda: not view_of(running).animation.is_moving)


def test_words_on_their_way_are_drawn_as_words_at_rest_are(
    running: ProposalSession, engine: FakeEngine
) -> None:
    """The animation draws glyphs itself; at its end none may be left out, moved or recoloured."""
    engine.frame("wwww 漢字 שלום 😀 bbb", entropy=1.0)
    view = view_of(running)
    view.animation.stop()
    rest, drawn = (QImage(900, 200, QImage.Format.Format_RGB32) for _ in range(2))
    for image, paint in ((rest, view.layout.draw), (drawn, None)):
        image.fill(0xFFFFFFFF)
        painter = QPainter(image)
        painter.setPen(running.editor.theme.text)
        if paint is not None:
            paint(painter, QPointF(0, 0), QRectF(0, 0, 900, 200))
        else:
            view.animation._drawn = list(view.animation._pieces(view.layout))
            view.animation.paint(painter, QPointF(0, 0), running.editor.theme.text)
        painter.end()
    assert drawn == rest


@pytest.mark.parametrize("drawing", [Drawing.CALM, Drawing.RAW, Drawing.OFF])
def test_other_drawings_are_not_animated(
    running: ProposalSession, engine: FakeEngine, drawing: Drawing
) -> None:
    running.options.set_drawing(drawing)
    engine.frame("wwww aaa bbb")
    engine.frame("wwwwwwww aaa bbb")
    assert not view_of(running).animation.is_moving


def test_nothing_moves_for_those_who_want_no_motion(
    running: ProposalSession, engine: FakeEngine
) -> None:
    views_of(running).reduced_motion = True
    engine.frame("wwww aaa bbb")
    engine.frame("wwwwwwww aaa bbb")
    assert not view_of(running).animation.is_moving


def test_no_word_is_drawn_over_one_that_is_still_on_its_way(
    running: ProposalSession, engine: FakeEngine
) -> None:
    engine.frame("w" * 60 + " aaa bbb")
    engine.frame("wwww aaa bbb")
    animation = view_of(running).animation
    shown = sorted(
        (one.place.top, one.place.left + animation.motions[key].x, one.width)
        for key, one in animation._words.items()
        if key in animation.motions and not animation.motions[key].faint
    )
    for (top, left, width), (next_top, next_left, _) in pairwise(shown):
        assert top != next_top or next_left >= left + width - 0.5


def test_another_candidate_does_not_fly_in_from_the_last_ones_words(
    running: ProposalSession, engine: FakeEngine
) -> None:
    engine.start()
    engine.frame("aaa bbb ccc")
    engine.finish("aaa bbb ccc")
    running.regenerate()
    engine.start()
    engine.frame("xxxxxxxxxxxx aaa bbb")
    moving = view_of(running).animation.motions
    assert all(key < 0 for key in moving)
    assert moving


@pytest.mark.parametrize(
    "text", ["שלום aaa שלום bbb", "שלום עולם שלום עולם", "\taaa\tbbb", "  \n\n a"]
)
def test_any_script_is_laid_out_whole(
    running: ProposalSession, engine: FakeEngine, text: str
) -> None:
    engine.frame("שלום עולם שלום " + text)
    engine.frame(text)
    assert view_of(running).layout.draft_text == text
    assert not picture(running).isNull()
    engine.finish(text)
    assert view_of(running).layout.draft_text == text


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("wwww אבגד הוזח ttt", "wwii אבגד הוזח ttt"),  # shorter before a run against the line
        ("aaa אבגד הוזחט bbb", "aaa אבגד ווזחי bbb"),  # and within it
        ("aaa אבגד הוזח 12 bbb", "aaa אבגד וויח 12 bbb"),
        ("אבגד הוזח aaa bbb", "אבגד ווזח aaa bbb"),
    ],
)
def test_words_stay_in_lines_of_both_directions(
    running: ProposalSession, engine: FakeEngine, long: str, short: str
) -> None:
    engine.frame(long)
    before = lefts(running)
    engine.frame(short)
    after = lefts(running)
    for word in ("five", "six", "ten."):
        assert after[word] == pytest.approx(before[word], abs=1.0)
    engine.finish(short)
    assert lefts(running)["ten."] < before["ten."] - 2


def test_words_stay_beside_other_words_in_a_line_that_runs_leftwards(
    editor: Editor, session: ProposalSession, engine: FakeEngine
) -> None:
    editor.setPlainText("אחת שתיים three four חמש שש")
    select(editor, "three")
    session.regenerate()
    views_of(session).reduced_motion = False
    engine.frame("wwwwwwww")
    before = lefts(session)
    engine.frame("wwwwwwii")
    after = lefts(session)
    for word in ("four", "חמש", "שש"):
        assert after[word] == pytest.approx(before[word], abs=1.0)

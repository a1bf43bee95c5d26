"""Several selections as one request, and what becomes of it."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import Phase, ProposalSession
from app.text.edits import length_of, text_between
from app.text.positions import utf16_len
from engine.api import Constraints, Generate, Length, LengthMode, RunSettings, Steer
from tests.app.fakes import FakeEngine, spans_of_places

TEXT = "The old house stood by the sea, and nobody had lived there for years.\n"


def text_of(editor: Editor) -> str:
    return text_between(editor.document(), 0, length_of(editor.document()))


def select(editor: Editor, *words: str) -> None:
    """Select each of these words, with a caret of its own."""
    cursors = []
    for word in words:
        cursors.append(editor.document().find(word))
    editor.multi_cursor.set_all(cursors)


def asked(engine: FakeEngine) -> list[Generate]:
    return [one for one in engine.requests if isinstance(one, Generate)]


@pytest.fixture
def written(editor: Editor, session: ProposalSession) -> Editor:
    session.options.notify_model(False, 12, canvas_length=64)
    editor.setPlainText(TEXT)
    return editor


def test_near_selections_are_one_request(written, session, engine) -> None:
    select(written, "house", "sea", "old")
    session.regenerate()
    (request,) = asked(engine)
    assert request.region == "old house stood by the sea"
    assert [request.region[a:b] for a, b in request.regions] == ["old", "house", "sea"]
    assert request.before == "The "
    assert len(written.multi_cursor.cursors) == 1


def test_parts_of_words_are_taken_as_words_and_words_that_touch_as_one(
    written, session, engine
) -> None:
    select(written, "ous", "ouse", "nobo")
    session.regenerate()
    (request,) = asked(engine)
    assert [request.region[a:b] for a, b in request.regions] == ["house", "nobody"]


def test_several_places_where_nothing_stands_are_written_at(written, session, engine) -> None:
    written.setPlainText("a = \nb = \n")
    cursors = []
    for place in (4, 9):
        cursor = QTextCursor(written.document())
        cursor.setPosition(place)
        cursors.append(cursor)
    written.multi_cursor.set_all(cursors)
    session.regenerate()
    (request,) = asked(engine)
    assert (request.region, request.regions) == ("\nb = ", ((0, 0), (5, 5)))


def test_characters_of_two_units_are_counted_as_one(written, session, engine) -> None:
    written.setPlainText("one 🙂 two 🙂 six")
    select(written, "two", "six")
    session.regenerate()
    (request,) = asked(engine)
    assert (request.region, request.regions) == ("two 🙂 six", ((0, 3), (6, 9)))


def test_selections_that_are_far_apart_are_drafted_one_after_the_other(
    written, session, engine, qtbot: QtBot
) -> None:
    written.setPlainText(f"first {'word ' * 60}last")
    select(written, "first", "last")
    with qtbot.waitSignal(session.hinted) as hint:
        session.regenerate()
    assert "too far apart" in hint.args[0]
    assert [(one.region, one.regions) for one in asked(engine)] == [("first", ())]
    assert [one.region.end - one.region.start for one in session.queue] == [len("last")]


FAR = f"first {'word ' * 60}last"


def test_one_that_waits_is_asked_for_with_the_drafts_before_it_in_view(
    written, session, engine
) -> None:
    written.setPlainText(FAR)
    select(written, "first", "last")
    session.regenerate()
    engine.finish("The very first 👍")
    second = asked(engine)[1]
    assert second.before == FAR.replace("first", "The very first 👍").removesuffix("last")
    assert text_of(written) == FAR
    engine.finish("end")
    first, last = session.proposals
    assert not last.is_outdated
    session.proposals.make_current(first)
    session.accepting.accept()
    assert not last.is_outdated
    session.proposals.make_current(last)
    session.accepting.accept()
    assert text_of(written) == FAR.replace("first", "The very first 👍").replace("last", "end")


def test_it_is_outdated_once_a_draft_that_it_was_made_with_is_gone(
    written, session, engine
) -> None:
    written.setPlainText(FAR)
    select(written, "first", "last")
    session.regenerate()
    engine.finish("The very first")
    engine.finish("end")
    first, last = session.proposals
    session.proposals.make_current(first)
    session.stop_or_reject()
    assert last.is_outdated
    assert session.undoing.bring_back()
    assert not last.is_outdated
    written.textCursor().insertText("A ")
    assert last.is_outdated


def test_what_is_drafted_later_on_its_own_does_not_see_a_draft(written, session, engine) -> None:
    select(written, "old")
    session.regenerate()
    engine.finish("new")
    select(written, "sea")
    session.regenerate()
    assert asked(engine)[1].before == TEXT[: TEXT.index("sea")]


def test_places_are_accepted_one_by_one_each_an_undo_step(written, session, engine) -> None:
    select(written, "old", "house", "sea")
    session.regenerate()
    pieces = ("new old", " ", "hut of wood", " stood by the ", "old sea")
    engine.finish("".join(pieces), spans=spans_of_places(*pieces))
    texts = []
    while session.proposal is not None:
        assert session.accepting.accept_place()
        texts.append(text_of(written).partition(",")[0])
    assert texts == [
        "The new old house stood by the sea",
        "The new old hut of wood stood by the sea",
        "The new old hut of wood stood by the old sea",
    ]
    for text in texts[-2::-1]:
        written.undo()
        assert text_of(written).partition(",")[0] == text
    written.undo()
    assert text_of(written) == TEXT


def test_a_model_without_a_canvas_gets_one_region_at_a_time(written, session, engine) -> None:
    session.options.notify_model(True, 0, canvas_length=0)
    select(written, "old", "house")
    session.regenerate()
    assert [(one.region, one.regions) for one in asked(engine)] == [("old", ())]
    assert len(session.queue) == 1


def test_once_more_is_for_the_same_places(written, session, engine) -> None:
    select(written, "old", "sea")
    session.regenerate()
    engine.finish("new house stood by the lake")
    session.regenerate()
    first, again = asked(engine)
    assert again.regions == first.regions == ((0, 3), (23, 26))


def test_a_text_that_was_changed_between_is_not_rewritten_whole(
    written, session, engine, qtbot: QtBot
) -> None:
    select(written, "old", "sea")
    session.regenerate()
    engine.finish("new house stood by the lake")
    cursor = QTextCursor(written.document())
    cursor.setPosition(TEXT.index("house"))
    cursor.insertText("big ")
    (proposal,) = session.proposals
    assert proposal.phase is Phase.STALE
    session.drafting.draft_again(proposal)
    assert len(asked(engine)) == 1
    start, end = proposal.place.ends
    whole = written.textCursor()
    whole.setPosition(start)
    whole.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    written.setTextCursor(whole)
    session.proposals.make_current(proposal)
    with qtbot.waitSignal(session.failed) as failed:
        session.regenerate()
    assert failed.args[0] == "The text between the selections has changed. Select them again."
    assert len(asked(engine)) == 1


def test_accepting_is_one_undo_step(written, session, engine) -> None:
    select(written, "old", "sea")
    session.regenerate()
    engine.finish("new house stood by the lake")
    session.accepting.accept()
    assert text_of(written) == TEXT.replace("old", "new").replace("sea", "lake")
    written.undo()
    assert text_of(written) == TEXT


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=6),
)
def test_whatever_is_selected_is_in_a_region_and_the_rest_of_the_text_is_not_touched(
    editor, session, engine, text, places
) -> None:
    session.options.notify_model(False, 12, canvas_length=64)
    session.reject_all()
    engine.requests.clear()
    editor.setPlainText(text)
    length = length_of(editor.document())
    cursors = []
    for a, b in places:
        cursor = QTextCursor(editor.document())
        cursor.setPosition(min(a, length))
        cursor.setPosition(min(b, length), QTextCursor.MoveMode.KeepAnchor)
        cursors.append(cursor)
    editor.multi_cursor.set_all(cursors)
    session.regenerate(is_exact=True)
    selected = {place for cursor in cursors for place in span_of(cursor)}
    for request in asked(engine):
        stretches = request.regions
        assert all(0 <= a <= b <= len(request.region) for a, b in stretches)
        assert all(one[1] < other[0] for one, other in pairwise(stretches))
        assert request.before + request.region + request.after == text_of(editor)
    # Every unit that is selected is written, at once or when its turn comes, and no other.
    written = set[int]()
    for request in asked(engine):
        start = utf16_len(request.before)
        for a, b in request.regions or ((0, len(request.region)),):
            ends = (utf16_len(request.region[:place]) for place in (a, b))
            written |= {start + unit for unit in range(*ends)}
    for waiting in session.queue:
        region = text_between(editor.document(), waiting.region.start, waiting.region.end)
        for a, b in waiting.places.regions or ((0, len(region)),):
            ends = (utf16_len(region[:place]) for place in (a, b))
            written |= {waiting.region.start + unit for unit in range(*ends)}
    assert selected <= written
    # Half a character is taken whole.
    assert len(written - selected) <= 2 * len(cursors)


def span_of(cursor: QTextCursor) -> range:
    return range(cursor.selectionStart(), cursor.selectionEnd())


def test_blanks_of_the_selection_are_filled_and_those_beyond_it_are_not(
    written, session, engine
) -> None:
    written.setPlainText("Dear ___, 👍 see you at ___ o'clock.\nYours, ___\n")
    cursor = written.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
    written.setTextCursor(cursor)
    session.fill_blanks()
    (request,) = asked(engine)
    assert request.region == "___, 👍 see you at ___"
    assert [request.region[a:b] for a, b in request.regions] == ["___", "___"]


def test_the_ruled_lines_and_the_padding_of_a_table_take_little_room(
    written, session, engine
) -> None:
    rows = ["| Name      | Born | ___         |", "|-----------|------|-------------|"]
    rows += ["| Ada       | 1815 | ___         |"]
    written.setPlainText("\n".join(rows))
    written.selectAll()
    session.fill_blanks()
    (request,) = asked(engine)
    assert len(request.regions) == 2


@pytest.mark.parametrize(
    "between",
    [
        "\n" + "\u2500" * 25 + "\n",  # a ruled line of signs that take three tokens each
        " " + "abcdefghijklmnopqrstuvwxyz" * 6 + " ",  # no vocabulary has such a word
    ],
)
def test_what_takes_many_tokens_is_not_put_on_one_canvas(
    written, session, engine, between: str
) -> None:
    written.setPlainText(f"one{between}two\n")
    select(written, "one", "two")
    session.regenerate()
    assert [one.region for one in asked(engine)] == ["one"]


def test_without_a_selection_the_caret_s_line_is_looked_at(written, session, engine) -> None:
    written.setPlainText("one ___\ntwo\n")
    session.fill_blanks()
    (request,) = asked(engine)
    assert (request.region, request.regions) == ("___", ())


def test_where_there_is_no_blank_it_is_said_what_one_is(
    written, session, engine, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(session.failed) as failed:
        session.fill_blanks()
    assert "___" in failed.args[0]
    assert not asked(engine)


@pytest.mark.parametrize(
    "wish",
    [
        {"instruction": "in Latin"},
        {"length": Length(mode=LengthMode.SHORTER)},
        {"soft_edge": 2},
        {"strength": 0.5},
        {"constraints": Constraints(pattern="a")},
    ],
)
def test_what_several_places_cannot_have_is_told_and_their_draft_stays(
    written, session, engine, qtbot: QtBot, wish
) -> None:
    select(written, "old", "sea")
    session.regenerate()
    engine.finish("new house stood by the lake")
    for again in (False, True):
        if again:
            select(written, "old", "sea")
        with qtbot.waitSignal(session.failed) as failed:
            session.regenerate(RunSettings(**wish))
        assert "Several places at once do not go with" in failed.args[0]
        assert len(asked(engine)) == 1
        assert session.proposal is not None
        assert session.proposal.draft.text == "new house stood by the lake"
        written.multi_cursor.clear()


def test_a_wish_for_one_run_is_kept_if_nothing_was_run(written, session) -> None:
    session.options.notify_model(True, 12, canvas_length=64)
    session.options.set_settings(RunSettings(instruction="in Latin"))
    select(written, "old", "sea")
    session.run_once()
    assert session.options.settings.instruction == "in Latin"


def test_asked_for_again_the_same_places_are_drafted_anew(written, session, engine) -> None:
    for _ in range(2):
        select(written, "old", "sea")
        session.regenerate()
        engine.finish("new house stood by the lake")
    assert len(asked(engine)) == 2
    assert len(list(session.proposals)) == 1
    assert len(session.queue) == 0


def test_pinned_words_beside_several_places_are_refused_and_stay_pinned(
    written, session, engine, qtbot: QtBot
) -> None:
    cursor = written.document().find("old house")
    written.setTextCursor(cursor)
    session.pins.toggle((0, 3))
    pinned = session.pins.pinned
    written.multi_cursor.set_all([written.document().find("sea"), cursor])
    assert session.pins.pinned == pinned
    with qtbot.waitSignal(session.failed) as failed:
        session.regenerate()
    assert "pinned" in failed.args[0]
    assert not asked(engine)
    assert session.pins.pinned == pinned


def test_one_taken_from_the_history_is_for_its_places_again(
    written, session, engine, history
) -> None:
    select(written, "old", "sea")
    session.regenerate()
    engine.finish("new house stood by the lake")
    session.stop_or_reject()
    (past,) = history.candidates
    assert past.places.regions == ((0, 3), (23, 26))
    place = session.proposals.over  # nothing stands there now
    assert not list(session.proposals), place
    session.drafting.open_past(past, 4, 4 + len(past.old_text))
    session.regenerate()
    assert asked(engine)[-1].regions == past.places.regions


def test_a_draft_that_opens_by_itself_elsewhere_leaves_the_way_back(
    written, session, engine
) -> None:
    written.setPlainText(f"first {'word ' * 200}last")
    select(written, "first", "last")
    session.regenerate()
    engine.finish("one")
    session.stop_or_reject()
    assert session.proposals.running is not None
    assert session.undoing.can_bring_back


def test_words_of_several_places_come_one_by_one_and_are_held_meanwhile(
    written, session, engine
) -> None:
    select(written, "old", "sea")
    session.regenerate()
    engine.start()
    draft = "very big house stood by the wide dark lake"
    engine.frame(draft)
    words = "The {} house stood by the {}, and nobody had lived there for years.\n"
    for places in (("very", "sea"), ("very big", "sea"), ("very big", "wide")):
        session.accepting.accept_word()
        assert text_of(written) == words.format(*places)
    # Tokens of four characters: "very", " big", "the ", "wide".
    held = [one.changes.pin for one in engine.requests if isinstance(one, Steer)]
    assert [[choice.slot for choice in pins] for pins in held] == [[0], [1], [7]]
    engine.frame(draft.replace("dark lake", "open bay."), pinned=(0, 1, 7))
    engine.finish(draft.replace("dark lake", "open bay."), pinned=(0, 1, 7))
    assert session.accepting.accept()
    assert text_of(written) == words.format("very big", "wide open bay.")

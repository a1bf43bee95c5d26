"""Lines of the menus are enabled only where they act, and the palette says what they belong to."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor

from app.window.command_palette import entries_of
from engine.api import CanvasUpdated, Finished, FinishReason, Started
from tests.app.fakes import spans_of
from tests.app.house import House

OF_DRAFT = {"accept", "stop", "accept_word", "accept_line", "next", "previous", "compare", "live"}
OF_DRAFT |= {"step_back", "step_on", "branch", "melt", "alternatives", "accept_this"}
OF_WORDS = {"next_word", "previous_word", "pin"}
OF_CHANGES = {"undo", "redo", "cut", "copy"}
OF_SPLIT = {"other_view", "close_split"}


def enabled(house: House, names: set[str]) -> set[str]:
    actions = house.window.shortcuts.actions
    return {name for name in names if actions[name].isEnabled()}


def select_all(house: House) -> None:
    house.tab.editor.selectAll()


def deselect(house: House) -> None:
    cursor = house.tab.editor.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.End)
    house.tab.editor.setTextCursor(cursor)


def draft(house: House, text: str) -> None:
    """Let the engine draft the selection in two steps."""
    house.tab.session.regenerate()
    assert house.tab.session.proposal is not None
    job = house.tab.session.proposal.job_id
    handle = house.tab.session.handle
    handle(Started(job_id=job, num_slots=4, max_steps=2, encode_ms=1.0))
    for step in (1, 2):
        frame = CanvasUpdated(
            job_id=job,
            step=step,
            max_steps=2,
            text=text,
            spans=spans_of(text),
            mean_entropy=0.1,
            step_ms=1.0,
        )
        handle(frame)
    handle(
        Finished(
            job_id=job,
            reason=FinishReason.CONVERGED,
            text=text,
            spans=spans_of(text),
            steps=2,
            tokens=4,
            ms=2.0,
        )
    )


def test_without_a_draft_nothing_of_drafts_is_offered(house: House) -> None:
    assert enabled(house, OF_DRAFT | OF_WORDS | {"clear_queue"}) == set()
    house.type("one two")
    select_all(house)
    assert enabled(house, OF_DRAFT | OF_WORDS) == OF_WORDS


def test_at_a_draft_what_acts_on_it_is_offered(house: House) -> None:
    house.type("one two")
    select_all(house)
    draft(house, "eins zwei")
    all_but_one = (OF_DRAFT | OF_WORDS) - {"previous", "step_on"}  # one candidate, its last step
    assert enabled(house, OF_DRAFT | OF_WORDS) == all_but_one
    proposal = house.tab.session.proposal
    assert proposal is not None
    proposal.candidates.show_next_frame(-1)
    assert "step_on" in enabled(house, OF_DRAFT)
    house.choose("Stop, Then Reject")
    deselect(house)
    assert enabled(house, OF_DRAFT | OF_WORDS) == set()


def test_in_another_document_the_draft_is_not_meant(house: House) -> None:
    house.type("one two")
    select_all(house)
    draft(house, "eins zwei")
    house.workspace.new()
    assert enabled(house, OF_DRAFT) == set()


def test_edits_are_offered_where_there_is_something_to_edit(house: House) -> None:
    assert enabled(house, OF_CHANGES) == set()
    house.type("one")
    assert enabled(house, OF_CHANGES) == {"undo"}
    house.choose("Undo")
    assert enabled(house, OF_CHANGES) == {"redo"}
    house.choose("Redo")
    select_all(house)
    assert enabled(house, OF_CHANGES) == {"undo", "cut", "copy"}
    cursor = house.tab.editor.textCursor()
    cursor.clearSelection()  # and the caret stays where it is
    house.tab.editor.setTextCursor(cursor)
    assert enabled(house, OF_CHANGES) == {"undo"}


def test_the_second_view_offers_to_undo_what_its_document_did(house: House) -> None:
    house.type("one")
    house.choose("Split Side by Side")
    assert enabled(house, {"undo"}) == {"undo"}
    house.choose("Undo")
    assert house.workspace.front is not None
    assert house.workspace.front.document.text() == ""


def test_instructions_are_offered_for_a_text_alone(house: House) -> None:
    house.tab.session.options.notify_model(True, 24)
    assert enabled(house, {"rewrite_shorter"}) == set()
    house.type("one two")
    select_all(house)
    assert enabled(house, {"rewrite_shorter"}) == {"rewrite_shorter"}
    house.tab.session.options.notify_model(False, 24)
    assert enabled(house, {"rewrite_shorter"}) == set()


def test_the_key_that_splits_joins_again(house: House) -> None:
    house.type("one")
    assert enabled(house, OF_SPLIT) == set()
    house.choose("Split Side by Side")
    assert house.window.splits.view is not None
    assert enabled(house, OF_SPLIT) == OF_SPLIT
    house.choose("Split Side by Side")
    assert house.window.splits.view is None
    assert enabled(house, OF_SPLIT) == set()
    house.choose("Split One Above the Other")
    house.choose("Split Side by Side")  # it goes to that side
    assert house.window.splits.view is not None
    assert house.window.splits.orientation() is Qt.Orientation.Horizontal


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("look_dark", "Theme: Dark"),
        ("look_system", "Theme: Like the System"),
        ("draw_calm", "How Drafts Are Drawn: Calmly"),
        ("melt", "Words of the Draft: Melt"),
        ("duplicate", "Duplicate"),
    ],
)
def test_the_palette_says_what_a_choice_is_of(house: House, name: str, title: str) -> None:
    action = house.window.shortcuts.actions[name]
    titles = [entry.title for entry in entries_of(house.window.shortcuts) if entry.action is action]
    assert titles == [title]


def test_undo_is_offered_to_bring_a_rejected_draft_back(house: House) -> None:
    house.type("one two")
    house.tab.editor.document().clearUndoRedoStacks()
    select_all(house)
    draft(house, "eins zwei")
    assert enabled(house, {"undo"}) == set()
    house.choose("Stop, Then Reject")
    assert enabled(house, {"undo"}) == {"undo"}
    house.choose("Undo")
    assert len(house.tab.session.proposals) == 1
    assert enabled(house, {"undo"}) == set()


def test_a_schema_is_chosen_for_json_alone(house: House) -> None:
    assert enabled(house, {"json_schema"}) == set()
    house.tab.editor.set_language("made.json")
    house.tab.document_changed.emit()
    assert enabled(house, {"json_schema"}) == {"json_schema"}

"""Ways of rewriting that need no typing, and writing on: from the bar, the menus and at drafts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import Phase, ProposalSession
from app.proposal.model.options_model import NO_INSTRUCTIONS
from app.proposal.model.ways import WAYS, way_of
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from app.window.command_palette import entries_of
from engine.api import FinishReason, Length, LengthMode, Mode, ModelInfo, Ready, RunSettings
from tests.app.fakes import FakeEngine, view_of, views_of
from tests.app.house import MODEL, House
from tests.app.proposal.model.test_session import TEXT, select, text_of

SHORTER, LONGER = WAYS[:2]
INSTRUCTED = ModelInfo(
    **{name: getattr(MODEL, name) for name in MODEL.__slots__} | {"takes_instructions": True}
)


@pytest.fixture
def widgets(editor: Editor, session: ProposalSession) -> Iterator[ProposalWidgets]:
    editor.setPlainText(TEXT)
    select(editor, "two")
    session.options.notify_model(takes_instructions=True)
    widgets = ProposalWidgets(session, views_of(session))
    yield widgets
    widgets.popup.close()


@pytest.fixture
def shorter(
    widgets: ProposalWidgets, session: ProposalSession, engine: FakeEngine
) -> ProposalSession:
    """A draft that was asked to be shorter."""
    session.rewrite_as(SHORTER)
    engine.start()
    engine.frame("2")
    engine.finish("2")
    return session


def caret_behind(editor: Editor, text: str) -> None:
    cursor = editor.textCursor()
    cursor.setPosition(editor.toPlainText().index(text) + len(text))
    editor.setTextCursor(cursor)


def load(house: House, model: ModelInfo) -> None:
    house.window.start_engine(Path("toy"), "cpu")
    house.services[-1].emit(Ready(job_id=1, model=model))


@pytest.mark.parametrize(
    ("name", "instruction", "length"),
    [
        ("shorter", "Make it shorter.", LengthMode.SHORTER),
        ("longer", "Make it longer, with more detail.", LengthMode.LONGER),
        ("simpler", "Rewrite it in simpler words.", LengthMode.AUTO),
        ("friendlier", "Make it friendlier.", LengthMode.AUTO),
        ("formal", "Make it more formal.", LengthMode.AUTO),
        ("grammar", "Fix the spelling and grammar.", LengthMode.AUTO),
    ],
)
def test_a_way_is_an_instruction_and_a_length(
    widgets: ProposalWidgets, engine: FakeEngine, name: str, instruction: str, length: LengthMode
) -> None:
    widgets.open_bar()
    number = [way.name for way in WAYS].index(name)
    widgets.bar.ways.ways[number].click()
    assert (engine.job.region, engine.job.settings.instruction) == ("two", instruction)
    assert engine.job.settings.length == Length(mode=length)
    assert widgets.bar.isHidden()


def test_a_way_keeps_what_else_is_set_and_changes_nothing_of_it(
    widgets: ProposalWidgets, session: ProposalSession, engine: FakeEngine
) -> None:
    typed = RunSettings(instruction="as a poem", candidates=3, strength=0.5)
    session.options.set_settings(typed)
    session.rewrite_as(LONGER)
    assert (engine.job.settings.candidates, engine.job.settings.strength) == (3, 0.5)
    assert engine.job.settings.instruction == LONGER.instruction
    assert session.options.settings == typed
    assert session.options.instructions == ()


def test_letters_with_alt_run_and_write_nothing(
    qtbot: QtBot, widgets: ProposalWidgets, engine: FakeEngine
) -> None:
    widgets.open_bar()
    qtbot.waitUntil(widgets.bar.instruction.hasFocus)
    QTest.keyClick(widgets.bar.instruction, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    assert engine.job.settings.instruction == SHORTER.instruction
    assert widgets.bar.instruction.text() == ""


def test_the_letters_are_the_texts_while_it_has_the_focus(
    qtbot: QtBot, widgets: ProposalWidgets, editor: Editor, engine: FakeEngine
) -> None:
    widgets.open_bar()
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    QTest.keyClick(editor, Qt.Key.Key_O, Qt.KeyboardModifier.AltModifier)
    assert engine.requests == []


def test_a_plain_letter_is_written_into_the_instruction(
    qtbot: QtBot, widgets: ProposalWidgets, engine: FakeEngine
) -> None:
    widgets.open_bar()
    qtbot.keyClicks(widgets.bar.instruction, "sordmgc")
    assert widgets.bar.instruction.text() == "sordmgc"
    assert engine.requests == []


def test_enter_on_a_way_runs_that_way(
    qtbot: QtBot, widgets: ProposalWidgets, engine: FakeEngine
) -> None:
    widgets.open_bar()
    button = widgets.bar.ways.ways[1]
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    qtbot.keyClick(button, Qt.Key.Key_Return)
    assert engine.job.settings.instruction == LONGER.instruction


def test_a_model_without_instructions_leaves_only_writing_on(
    widgets: ProposalWidgets, session: ProposalSession
) -> None:
    session.options.notify_model(takes_instructions=False)
    widgets.open_bar()
    row = widgets.bar.ways
    assert not any(button.isEnabled() for button in row.ways)
    assert {button.toolTip() for button in row.ways} == {NO_INSTRUCTIONS}
    assert row.write_on.isEnabled()


def test_without_a_selection_there_is_nothing_to_rewrite(
    qtbot: QtBot,
    widgets: ProposalWidgets,
    editor: Editor,
    session: ProposalSession,
    engine: FakeEngine,
) -> None:
    caret_behind(editor, "two")
    widgets.open_bar()
    assert not any(button.isEnabled() for button in widgets.bar.ways.ways)
    with qtbot.waitSignal(session.failed) as failed:
        session.rewrite_as(SHORTER)
    assert failed.args == ["Select the passage to rewrite first."]
    assert engine.requests == []


def test_what_a_small_model_cannot_do_is_said(
    widgets: ProposalWidgets, session: ProposalSession
) -> None:
    widgets.open_bar()
    assert widgets.bar.ways.help.isHidden()
    session.options.notify_model(takes_instructions=True, is_small=True)
    assert widgets.bar.ways.help.isVisible()
    assert "about 100 words" in widgets.bar.ways.help.toolTip()
    assert "cannot translate" in widgets.bar.ways.help.whatsThis()


def test_a_narrow_bar_leaves_the_last_ways_out(
    widgets: ProposalWidgets, editor: Editor, engine: FakeEngine
) -> None:
    editor.resize(1000, 400)
    widgets.open_bar()
    row = widgets.bar.ways
    assert all(button.isVisible() for button in row.ways)
    editor.resize(400, 400)
    assert row.ways[0].isVisible()
    assert row.ways[-1].isHidden()
    assert row.write_on.geometry().right() <= row.width()
    row.ways[-1].click()  # as its letter does
    assert engine.job.settings.instruction == "Fix the spelling and grammar."


def test_a_narrow_bar_cuts_no_field_off(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession
) -> None:
    editor.resize(1000, 400)
    widgets.open_bar()
    fields = widgets.bar.fields
    assert fields.strength_text.isVisible()
    assert fields.seed.isVisible()
    editor.resize(480, 400)
    assert fields.strength_text.isHidden()
    assert fields.seed.isHidden()
    session.options.set_settings(RunSettings(seed=7))
    assert fields.seed.isVisible()


def test_once_more_at_a_draft_means_the_same_way(
    shorter: ProposalSession, engine: FakeEngine
) -> None:
    seed = engine.job.seed
    shorter.regenerate()
    assert engine.job.settings.instruction == SHORTER.instruction
    assert engine.job.settings.length == Length(mode=LengthMode.SHORTER)
    assert engine.job.seed != seed
    assert shorter.options.instructions == ()


def test_the_bars_button_at_a_draft_means_the_bar(
    shorter: ProposalSession, widgets: ProposalWidgets, engine: FakeEngine
) -> None:
    widgets.open_bar()
    widgets.bar.go.click()
    assert engine.job.settings.instruction == ""
    assert engine.job.settings.length == Length()


def test_an_instruction_typed_for_another_model_is_left_out(
    widgets: ProposalWidgets, session: ProposalSession, engine: FakeEngine
) -> None:
    session.options.set_settings(RunSettings(instruction="as a poem"))
    session.options.notify_model(takes_instructions=False)
    session.regenerate()
    assert engine.job.settings.instruction == ""
    assert session.options.settings.instruction == "as a poem"


def test_only_what_was_typed_is_no_way() -> None:
    assert way_of("Make it shorter.") is SHORTER
    assert way_of("make it a poem") is None
    assert way_of("") is None


def test_writing_on_grows_at_the_caret_until_escape_and_enter_keeps_it(
    qtbot: QtBot,
    widgets: ProposalWidgets,
    editor: Editor,
    session: ProposalSession,
    engine: FakeEngine,
) -> None:
    caret_behind(editor, "three")
    session.options.set_settings(RunSettings(candidates=4, seed=7))
    session.write_on()
    job = engine.job
    assert (job.before, job.region, job.after) == ("one two three", "", "\nfour five six")
    length = Length(mode=LengthMode.PARAGRAPH)
    assert job.settings == RunSettings(mode=Mode.CAUSAL, length=length, seed=job.seed)
    engine.start()
    for text in (" and", " and so", " and so on"):
        engine.frame(text)
        assert view_of(session).layout.draft_text == text
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    engine.finish(" and so on", FinishReason.CANCELLED)
    assert engine.cancelled == [job.job_id]
    assert session.proposal.phase is Phase.FINISHED
    assert text_of(editor) == TEXT
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == "one two three and so on\nfour five six"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (FinishReason.CONVERGED, "done"),
        (FinishReason.MAX_STEPS, "done"),
        (FinishReason.CANCELLED, "stopped"),
    ],
)
def test_the_panel_counts_no_steps_of_what_is_written_on(
    widgets: ProposalWidgets,
    session: ProposalSession,
    engine: FakeEngine,
    reason: FinishReason,
    said: str,
) -> None:
    session.write_on()
    engine.start()
    engine.frame(" and")
    assert widgets.panel.step.text() == "writing"
    engine.finish(" and so on", reason)
    assert widgets.panel.step.text() == said


def test_behind_a_selection_it_writes_on_from_its_end(
    widgets: ProposalWidgets, session: ProposalSession, engine: FakeEngine
) -> None:
    widgets.open_bar()
    widgets.bar.ways.write_on.click()
    assert (engine.job.before, engine.job.region) == ("one two", "")
    assert session.proposal.takes_enter


def test_behind_a_draft_it_waits_for_the_draft(
    shorter: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    shorter.write_on()
    assert len(shorter.queue) == 1
    assert shorter.proposal.draft.text == "2"
    shorter.accepting.accept()
    assert text_of(editor) == TEXT.replace("two", "2")
    assert (engine.job.before, engine.job.settings.mode) == ("one 2", Mode.CAUSAL)


def test_once_more_at_what_was_written_on_is_another_such_text(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession, engine: FakeEngine
) -> None:
    caret_behind(editor, "three")
    session.write_on()
    engine.start()
    engine.frame(" and")
    engine.finish(" and")
    session.regenerate()
    length = Length(mode=LengthMode.PARAGRAPH)
    assert engine.job.settings == RunSettings(mode=Mode.CAUSAL, length=length, seed=engine.job.seed)
    assert len(session.proposal.candidates) == 2


def test_the_menus_rewrite_without_the_bar(house: House) -> None:
    house.type("some words")
    house.tab.editor.selectAll()
    actions = house.window.shortcuts.actions
    assert not actions["rewrite_shorter"].isEnabled()
    assert actions["rewrite_shorter"].toolTip() == "No model is loaded."
    load(house, INSTRUCTED)
    actions["rewrite_shorter"].trigger()
    job = house.services[-1].requests[-1]
    assert (job.region, job.settings.instruction) == ("some words", "Make it shorter.")


def test_the_menus_say_why_a_model_rewrites_in_no_such_way(house: House) -> None:
    load(house, MODEL)
    for way in WAYS:
        action = house.window.shortcuts.actions[f"rewrite_{way.name}"]
        assert not action.isEnabled()
        assert action.toolTip() == NO_INSTRUCTIONS
    assert house.window.shortcuts.actions["write_on"].isEnabled()


def test_the_palette_calls_them_rewriting(house: House) -> None:
    load(house, INSTRUCTED)
    titles = {entry.title for entry in entries_of(house.window.shortcuts)}
    assert {"Rewrite: Shorter", "Rewrite: Fix Grammar", "Continue Writing"} <= titles


def test_the_key_of_writing_on_writes_on(house: House) -> None:
    load(house, MODEL)
    house.type("some words")
    action = house.window.shortcuts.actions["write_on"]
    assert action.shortcuts() == [QKeySequence("Ctrl+Shift+Space")]
    action.trigger()
    assert house.services[-1].requests[-1].before == "some words"

"""Whole words are rewritten, and those that were not selected are shown before; Alt: exactly."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.commands import COMMANDS
from app.editor import Editor
from app.proposal import ProposalSession
from app.proposal.drawing.snapped_edges import SnappedEdges
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from tests.app.fakes import FakeEngine, views_of
from tests.app.house import House
from tests.app.proposal.model.test_session import select, select_range, text_of

TEXT = "He took a piece of bread."


@pytest.fixture
def widgets(editor: Editor, session: ProposalSession) -> Iterator[ProposalWidgets]:
    editor.setPlainText(TEXT)
    widgets = ProposalWidgets(session, views_of(session))
    yield widgets
    widgets.popup.close()


def shown(widgets: ProposalWidgets, editor: Editor) -> list[str]:
    edges = widgets.findChild(SnappedEdges)
    return [text_of(editor)[start:end] for start, end in edges.added]


def test_a_selection_inside_words_rewrites_them_whole(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession, engine: FakeEngine
) -> None:
    select(editor, "iece of bre")
    session.regenerate()
    assert (engine.job.before, engine.job.region) == ("He took a ", "piece of bread")
    engine.start()
    engine.finish("cup")
    session.accepting.accept()
    assert text_of(editor) == "He took a cup."


def test_pinned_words_that_the_exact_selection_holds_whole_stay(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession, engine: FakeEngine
) -> None:
    select(editor, "iece of bre")
    for word in ((0, 5), (6, 8)):  # piece, of
        session.pins.toggle(word)
    session.regenerate(is_exact=True)
    assert engine.job.region == "iece of bre"
    assert [engine.job.region[slice(*word)] for word in engine.job.pinned] == ["of"]


def test_exactly_what_is_selected_is_rewritten_where_that_is_asked_for(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession, engine: FakeEngine
) -> None:
    select(editor, "iece of bre")
    session.regenerate(is_exact=True)
    assert engine.job.region == "iece of bre"
    engine.start()
    engine.finish("ots")
    session.regenerate()  # one more candidate of the same region
    assert engine.job.region == "iece of bre"


def test_exactly_means_exactly_at_a_draft_of_whole_words_too(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession, engine: FakeEngine
) -> None:
    select(editor, "iece of bre")
    session.regenerate()
    engine.start()
    engine.finish("cup")
    session.regenerate(is_exact=True)
    assert engine.job.region == "iece of bre"


@pytest.mark.parametrize("held", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier])
def test_alt_and_enter_in_the_bar_is_exact_too(
    widgets: ProposalWidgets, editor: Editor, engine: FakeEngine, held: Qt.KeyboardModifier
) -> None:
    select(editor, "iece of bre")
    widgets.open_bar()
    QTest.keyClick(widgets.bar, Qt.Key.Key_Return, held)
    assert engine.job.region == ("iece of bre" if held.value else "piece of bread")


def test_the_words_that_come_along_are_shown_before(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession
) -> None:
    select(editor, "took a")
    assert shown(widgets, editor) == []
    plain = editor.viewport().grab().toImage()
    select(editor, "ook a pi")
    assert shown(widgets, editor) == ["t", "ece"]
    select(editor, "took a")
    assert editor.viewport().grab().toImage() == plain
    select_range(editor, 4, 4)
    assert shown(widgets, editor) == []


def test_they_are_drawn(widgets: ProposalWidgets, editor: Editor) -> None:
    select(editor, "ook a pi")
    with_them = editor.viewport().grab().toImage()
    alt(editor, QEvent.Type.KeyPress)
    assert editor.viewport().grab().toImage() != with_them
    alt(editor, QEvent.Type.KeyRelease)
    assert editor.viewport().grab().toImage() == with_them


def test_while_alt_is_held_nothing_comes_along(widgets: ProposalWidgets, editor: Editor) -> None:
    select(editor, "ook a pi")
    alt(editor, QEvent.Type.KeyPress)
    assert shown(widgets, editor) == []
    alt(editor, QEvent.Type.KeyRelease)
    assert shown(widgets, editor) == ["t", "ece"]


def test_pins_are_of_the_whole_words(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession, engine: FakeEngine
) -> None:
    select(editor, "ook a pi")
    widgets.selection_words.pin()
    session.regenerate()
    assert [engine.job.region[slice(*pin)] for pin in engine.job.pinned] == ["took"]


def test_the_key_with_alt_is_a_command_of_its_own(house: House) -> None:
    assert COMMANDS["rewrite_exact"].keys == ("Ctrl+Alt+Enter", "Ctrl+Alt+Return")
    house.type("a piece")
    select_range(house.tab.editor, 3, 5)
    house.window.shortcuts.actions["rewrite_exact"].trigger()
    proposal = house.tab.session.proposal
    assert proposal is not None
    assert proposal.place.old_text == "ie"


def alt(editor: Editor, kind: QEvent.Type) -> None:
    modifier = Qt.KeyboardModifier
    held = modifier.AltModifier if kind is QEvent.Type.KeyPress else modifier.NoModifier
    QApplication.sendEvent(editor, QKeyEvent(kind, Qt.Key.Key_Alt, held))

"""Words that are pinned before the run: marked in the selection, and sent with the request."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import ProposalSession
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from app.text.positions import utf16_len
from app.text.words import word_at
from engine.api import Branch, Generate
from tests.app.fakes import FakeEngine, views_of
from tests.app.proposal.model.test_session import insert, select_range

TEXT = "Before it. 🐈 one two, three four. After it.\nAnother line.\n"
REGION = "🐈 one two, three four."
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def widgets(editor: Editor, session: ProposalSession) -> Iterator[ProposalWidgets]:
    editor.setPlainText(TEXT)
    select(editor, REGION)
    widgets = ProposalWidgets(session, views_of(session))
    yield widgets
    widgets.popup.close()


def select(editor: Editor, text: str) -> None:
    start = utf16_len(TEXT[: TEXT.index(text)])
    select_range(editor, start, start + utf16_len(text))


def place_of(widgets: ProposalWidgets, word: str) -> QPointF:
    """Return the middle of a word of the selection in the viewport."""
    (box,) = widgets.selection_words._boxes((REGION.index(word), REGION.index(word) + len(word)))
    return box.center()


def click(widgets: ProposalWidgets, editor: Editor, word: str) -> None:
    place = place_of(widgets, word).toPoint()
    QTest.mouseClick(editor.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, place)


def pinned_words(request: Generate) -> list[str]:
    return [request.region[start:end] for start, end in request.pinned]


def press(editor: Editor, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    QTest.keyClick(editor, key, modifiers)


def test_keys_mark_a_word_of_the_selection_and_pin_it(
    widgets: ProposalWidgets, editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    for _ in range(3):
        press(editor, Qt.Key.Key_Right, ALT | SHIFT)
    press(editor, Qt.Key.Key_P, ALT)
    assert widgets.announcer.last == "two, pinned"
    assert editor.toPlainText() == TEXT
    session.regenerate()
    assert engine.job.region == REGION
    assert pinned_words(engine.job) == ["two"]


def test_alt_p_alone_pins_the_first_word_and_lets_it_go(
    widgets: ProposalWidgets, editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    press(editor, Qt.Key.Key_P, ALT)
    assert session.pins.pinned == ((0, 1),)
    press(editor, Qt.Key.Key_P, ALT)
    assert widgets.announcer.last == "🐈, let go"
    session.regenerate()
    assert engine.job.pinned == ()


def test_while_the_bar_is_open_a_click_pins_a_word(
    widgets: ProposalWidgets, editor: Editor, engine: FakeEngine
) -> None:
    widgets.open_bar()
    assert "Click a selected word" in widgets.bar.note.text()
    click(widgets, editor, "three")
    click(widgets, editor, "one")
    assert widgets.bar.note.text().startswith("2 ")
    assert editor.textCursor().hasSelection()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert editor.toPlainText() == TEXT
    assert pinned_words(engine.job) == ["one", "three"]


def test_keys_pin_from_the_bar_too_and_write_nothing_there(
    widgets: ProposalWidgets, session: ProposalSession, qtbot: QtBot
) -> None:
    session.options.notify_model(takes_instructions=True)
    widgets.open_bar()
    qtbot.waitUntil(widgets.bar.instruction.hasFocus)
    QTest.keyClick(widgets.bar.instruction, Qt.Key.Key_Right, ALT | SHIFT)
    QTest.keyClick(widgets.bar.instruction, Qt.Key.Key_Right, ALT | SHIFT)
    QTest.keyClick(widgets.bar.instruction, Qt.Key.Key_P, ALT)
    assert [REGION[slice(*word)] for word in session.pins.pinned] == ["one"]
    assert widgets.bar.instruction.text() == ""


def test_without_the_bar_a_click_sets_the_caret_and_forgets_the_pins(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession
) -> None:
    press(editor, Qt.Key.Key_P, ALT)
    click(widgets, editor, "three")
    assert not editor.textCursor().hasSelection()
    assert session.pins.pinned == ()


def test_the_context_menu_pins_the_word_under_the_mouse(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession
) -> None:
    place = place_of(widgets, "four").toPoint()
    for text, number in (("Pin “four”", 1), ("Let “four” Go", 0)):
        menu = QMenu(editor)
        widgets.selection_words._fill_menu(menu, place)
        action = menu.actions()[-1]
        assert action.text().startswith(text)
        action.trigger()
        assert len(session.pins.pinned) == number


def test_pins_are_drawn_on_the_selection_and_on_the_old_text_until_there_is_a_draft(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession, engine: FakeEngine
) -> None:
    before = editor.viewport().grab().toImage()
    press(editor, Qt.Key.Key_P, ALT)
    widgets.selection_words._word = None  # the frame around it is not meant
    assert editor.viewport().grab().toImage() != before
    session.regenerate()
    with_pin = editor.viewport().grab().toImage()
    session.stop_or_reject()
    session.pins.toggle(session.pins.pinned[0])
    session.regenerate()
    assert editor.viewport().grab().toImage() != with_pin


def test_another_candidate_while_there_is_no_draft_keeps_them(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession, engine: FakeEngine
) -> None:
    press(editor, Qt.Key.Key_P, ALT)
    session.regenerate()
    session.regenerate()
    assert len([r for r in engine.requests if isinstance(r, Generate)]) == 2
    assert pinned_words(engine.job) == ["🐈"]


def test_another_candidate_goes_on_from_the_words_that_are_pinned_in_the_draft(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession, engine: FakeEngine
) -> None:
    press(editor, Qt.Key.Key_P, ALT)
    session.regenerate()
    engine.start()
    engine.frame("🐈 is here", pinned={0})
    session.regenerate()
    branch = engine.newest
    assert isinstance(branch, Branch)
    assert [choice.slot for choice in branch.changes.pin] == [0]


def test_words_that_were_let_go_in_the_draft_are_not_pinned_again(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession, engine: FakeEngine
) -> None:
    press(editor, Qt.Key.Key_P, ALT)
    session.regenerate()
    engine.start()
    engine.frame("🐈 is here", pinned={0})
    engine.finish("🐈 is here", pinned={0})
    assert session.steering.toggle_pin(0, 1) is False
    session.regenerate()
    assert isinstance(engine.newest, Generate)
    assert engine.newest.pinned == ()


def test_a_proposal_whose_surroundings_changed_is_drafted_again_with_them(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession, engine: FakeEngine
) -> None:
    press(editor, Qt.Key.Key_P, ALT)
    session.regenerate()
    engine.start()
    engine.frame("🐈 is here", pinned={0})
    insert(editor, 0, "Also ")
    assert session.status.is_outdated
    session.regenerate()
    assert engine.job.region == REGION
    assert engine.job.before.startswith("Also ")
    assert pinned_words(engine.job) == ["🐈"]


def test_a_region_that_waits_takes_its_pins_along(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession, engine: FakeEngine
) -> None:
    session.regenerate()
    engine.start()
    engine.frame("something")
    select(editor, "Another line")
    press(editor, Qt.Key.Key_P, ALT)
    session.regenerate()
    assert len(session.queue) == 1
    select(editor, "After")
    engine.finish("something")
    session.stop_or_reject()
    assert engine.job.region == "Another line"
    assert pinned_words(engine.job) == ["Another"]


def test_words_beside_the_selection_cannot_be_pinned(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession
) -> None:
    widgets.open_bar()
    (box,) = widgets.selection_words._boxes((0, 1))
    assert widgets.selection_words.word_near(QPointF(box.left() - 30.0, box.center().y())) is None
    assert word_at(REGION, 0) == (0, 1)

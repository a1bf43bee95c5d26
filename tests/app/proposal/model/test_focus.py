"""Which draft the keys mean: one that was asked for, gone to or clicked on."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from app.editor import Editor
from app.proposal import Phase, ProposalSession
from tests.app.fakes import FakeEngine, views_of
from tests.app.proposal.model.test_session import select, select_range, text_of
from tests.app.proposal.model.test_side_by_side import draft, of, olds

TEXT = "one two three four"


@pytest.fixture
def two(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    """A fresh draft of "two"."""
    editor.setPlainText(TEXT)
    draft(session, editor, engine, "two", "ZWEI")
    return session


def test_a_fresh_draft_has_the_focus(two: ProposalSession, editor: Editor) -> None:
    QTest.keyClick(editor, Qt.Key.Key_Space)
    assert two.status.shows_old
    QTest.keyClick(editor, Qt.Key.Key_Space)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == "one ZWEI three four"


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        (Qt.Key.Key_Right, "one two{} three four"),  # directly behind it, as the selection ended
        (Qt.Key.Key_Left, "one {}two three four"),
    ],
)
@pytest.mark.parametrize(("written", "text"), [(Qt.Key.Key_Space, " "), (Qt.Key.Key_Return, "\n")])
def test_who_has_gone_beside_it_by_arrow_keys_types_there(
    two: ProposalSession,
    editor: Editor,
    key: Qt.Key,
    typed: str,
    written: Qt.Key,
    text: str,
) -> None:
    QTest.keyClick(editor, key)
    QTest.keyClick(editor, written)
    assert text_of(editor) == typed.format(text)
    assert olds(two) == ["two"]
    assert two.status.phase is Phase.FINISHED
    assert not two.status.shows_old


@pytest.mark.parametrize("place", [4, 7])
def test_a_caret_that_comes_beside_it_leaves_the_keys_to_the_text(
    two: ProposalSession, editor: Editor, place: int
) -> None:
    select_range(editor, 0, 0)
    select_range(editor, place, place)
    assert two.proposal is of(two, "two")  # Ctrl+Enter here makes another version
    assert not two.proposal.has_focus
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == TEXT[:place] + "\n" + TEXT[place:]


def test_typing_on_beside_it_never_accepts_it(two: ProposalSession, editor: Editor) -> None:
    QTest.keyClick(editor, Qt.Key.Key_Right)
    QTest.keyClicks(editor, "x y ")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == "one twox y \n three four"


def test_the_focus_does_not_come_back_with_the_caret(two: ProposalSession, editor: Editor) -> None:
    cursor = editor.textCursor()
    select_range(editor, 0, 0)
    cursor.clearSelection()
    editor.setTextCursor(cursor)
    assert not of(two, "two").has_focus


def test_f8_gives_it_also_to_one_directly_at_the_caret(
    two: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    draft(two, editor, engine, "four", "VIER")
    select_range(editor, 4, 4)
    two.go_to(1)
    assert of(two, "two").has_focus
    two.go_to(1)
    assert of(two, "four").has_focus
    select_range(editor, 7, 7)
    two.go_to(-1)
    assert of(two, "two").has_focus


def test_a_draft_that_fills_in_at_the_caret_has_it_until_something_is_typed(
    session: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    editor.setPlainText("one  three")
    select_range(editor, 4, 4)
    session.regenerate()
    engine.finish("two")
    assert session.proposal is not None
    assert session.proposal.has_focus
    QTest.keyClick(editor, Qt.Key.Key_X)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == "one x\n three"


def test_one_word_after_another_is_accepted_and_then_the_rest(
    session: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    editor.setPlainText(TEXT)
    draft(session, editor, engine, "two three four", "ZWEI DREI VIER")
    QTest.keyClick(editor, Qt.Key.Key_K, Qt.KeyboardModifier.AltModifier)
    assert text_of(editor) == "one ZWEI three four"
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == "one ZWEI DREI VIER"


def test_esc_means_the_draft_that_has_it_alone(
    two: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    hints: list[str] = []
    two.hinted.connect(hints.append)
    for place in (0, 7, len(TEXT)):
        select_range(editor, place, place)
        QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert olds(two) == ["two"]
    assert hints == 3 * ["No draft is meant here. F8 goes to one, Esc then rejects it."]
    two.go_to(1)
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert olds(two) == []


def test_esc_removes_a_parked_draft_whose_text_is_edited(
    two: ProposalSession, editor: Editor
) -> None:
    select(editor, "two three")
    QTest.keyClicks(editor, "x")
    assert two.status.phase is Phase.STALE
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == "one x\n four"
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert olds(two) == []


def test_a_click_on_its_words_gives_it_and_one_beside_them_does_not(
    two: ProposalSession, editor: Editor
) -> None:
    view = views_of(two).of(of(two, "two"))
    (box,) = view.layout.draft_rects
    corner = view.geometry.rect.topLeft()
    viewport, left = editor.viewport(), Qt.MouseButton.LeftButton
    for x, place, has_focus in (
        (box.right() + 1, 7, False),  # on the space behind it, nearest to its end
        (box.center().x(), None, True),
        (box.left() - 1, 4, False),
        (viewport.width() - 20, len(TEXT), False),
    ):
        point = (corner + QPointF(x, box.center().y())).toPoint()
        QTest.mouseClick(viewport, left, pos=point)
        assert of(two, "two").has_focus is has_focus
        if place is not None:
            assert editor.textCursor().position() == place
            assert not editor.textCursor().hasSelection()

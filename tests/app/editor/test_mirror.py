"""A second view's document is the first one's, whichever of them is edited."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor, QTextDocument
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.editor.mirror import MirrorEditor

TEXT = st.text(st.sampled_from("ab \n\u00a0😀\ufeffé"), max_size=6)
EDIT = st.tuples(st.booleans(), st.integers(0, 40), st.integers(0, 40), TEXT)


@pytest.fixture
def pair(qtbot: QtBot) -> tuple[Editor, MirrorEditor]:
    source = Editor()
    source.setPlainText("one two\nthree")
    copy = MirrorEditor(source.document())
    qtbot.addWidget(copy)
    qtbot.addWidget(source)
    return source, copy


def raw(editor: Editor) -> str:
    return editor.document().toRawText()


def edit(document: QTextDocument, start: int, end: int, text: str) -> None:
    last = document.characterCount() - 1
    cursor = QTextCursor(document)
    cursor.setPosition(min(start, last))
    cursor.setPosition(min(end, last), QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText(text)


@given(st.lists(EDIT, max_size=8))
def test_any_edits_of_either_leave_both_equal(edits: list[tuple[bool, int, int, str]]) -> None:
    source = Editor()
    source.setPlainText("one\ntwo 😀\n")
    copy = MirrorEditor(source.document())
    for is_in_copy, start, end, text in edits:
        edit((copy if is_in_copy else source).document(), start, end, text)
        assert raw(copy) == raw(source)
    while source.document().isUndoAvailable():
        copy.undo()
        assert raw(copy) == raw(source)
    copy.deleteLater()
    source.deleteLater()


def test_a_step_that_is_undone_elsewhere_than_told_leaves_both_equal(qtbot: QtBot) -> None:
    source = Editor()
    source.setPlainText("one\ntwo 😀\n")
    copy = MirrorEditor(source.document())
    for editor in (source, copy):
        qtbot.addWidget(editor)
    for start, end, text in ((2, 2, "a😀"), (0, 4, ""), (1, 10, "a"), (0, 2, "")):
        edit(source.document(), start, end, text)
    for act in (source.undo, source.redo):
        for _ in range(4):
            act()
            assert raw(copy) == raw(source)


def test_typing_in_the_second_view_is_one_undo_step(
    qtbot: QtBot, pair: tuple[Editor, MirrorEditor]
) -> None:
    source, copy = pair
    qtbot.keyClicks(copy, "word")
    assert raw(source).endswith("threeword")
    qtbot.keyClick(copy, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert raw(source) == raw(copy) == "one two\u2029three"
    assert not source.document().isUndoAvailable()


def test_undo_in_the_second_view_takes_back_what_was_done_in_the_first(
    pair: tuple[Editor, MirrorEditor],
) -> None:
    source, copy = pair
    edit(source.document(), 4, 7, "2")
    copy.undo()
    assert raw(copy) == raw(source) == "one two\u2029three"
    assert copy.textCursor().position() == 7
    copy.redo()
    assert raw(copy) == raw(source) == "one 2\u2029three"


def test_a_mirror_that_is_closed_follows_no_longer(pair: tuple[Editor, MirrorEditor]) -> None:
    source, copy = pair
    copy.stop_mirroring()
    edit(source.document(), 0, 3, "")
    assert raw(copy) == "one two\u2029three"


@pytest.mark.parametrize("is_in_copy", [False, True])
@pytest.mark.parametrize("removes", [QTextCursor.deleteChar, QTextCursor.deletePreviousChar])
def test_a_character_taken_out_from_within_leaves_both_equal(
    pair: tuple[Editor, MirrorEditor], removes: Callable[[QTextCursor], None], is_in_copy: bool
) -> None:
    source, copy = pair
    source.setPlainText("a😀b")
    cursor = QTextCursor(pair[is_in_copy].document())
    cursor.setPosition(2)
    removes(cursor)
    assert raw(source) == raw(copy) == "ab"


def test_no_caret_is_within_a_character(pair: tuple[Editor, MirrorEditor]) -> None:
    for editor in pair:
        editor.setPlainText("a😀b")
        for anchor, position, expected in (
            (2, 2, (1, 1)),
            (2, 4, (1, 4)),
            (4, 2, (4, 1)),
            (0, 2, (0, 3)),
            (2, 0, (3, 0)),
            (3, 1, (3, 1)),
        ):
            cursor = editor.textCursor()
            cursor.setPosition(anchor)
            cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
            editor.setTextCursor(cursor)
            shown = editor.textCursor()
            assert (shown.anchor(), shown.position()) == expected

"""Line ends survive the editor, which knows but one kind."""

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.documents import Document, text_file
from app.editor.mirror import MirrorEditor
from app.text.line_ends import is_uniform, kinds, normalized, usual, with_ends
from tests.app.house import House

ENDS = ("\n", "\r\n", "\r", "\u2029", "\ufdd0", "\ufdd1")
TEXTS = st.lists(st.sampled_from([*ENDS, "a", "b", " "])).map("".join)


@given(TEXTS)
def test_an_untouched_text_gets_back_every_line_end(text: str) -> None:
    assert with_ends(normalized(text), kinds(text), usual(text)) == text


@given(TEXTS, st.sampled_from("nbr-"), st.sampled_from(["\n", "\r\n", "\r"]))
def test_no_two_line_ends_ever_become_one(text: str, letter: str, end: str) -> None:
    shown = normalized(text)
    ends = "".join("rn"[i % 2] if letter == "-" else letter for i in range(shown.count("\n")))
    assert normalized(with_ends(shown, ends, end)) == shown


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_new_line_gets_the_usual_line_end(end: str) -> None:
    assert with_ends("one\ntwo\nthree", "", usual(f"one{end}two")) == f"one{end}two{end}three"


def test_a_mixed_text_has_a_usual_line_end_and_is_not_uniform() -> None:
    assert usual("a\r\nb\r\nc\n") == "\r\n"
    assert not is_uniform("a\r\nb\r\nc\n")
    assert kinds("a\r\nb\rc\n") == "brn"
    assert kinds("a\nb\n") == ""


NEW = "new"  # a line end that was not there before


class Typist:
    """Somebody who edits a file, and knows what it has to hold after each edit."""

    def __init__(self, edit: QPlainTextEdit, pieces: list[str]) -> None:
        self.edit = edit
        self.pieces = pieces  # characters, and line ends whole

    def remove(self, start: int, end: int) -> None:
        start, end = sorted((start % (len(self.pieces) + 1), end % (len(self.pieces) + 1)))
        self._select(start, end).removeSelectedText()
        self.pieces = [*self.pieces[:start], *self.pieces[end:]]

    def add(self, start: int, _end: int) -> None:
        start = start % (len(self.pieces) + 1)
        self._select(start, start).insertText("x\ny")
        self.pieces = [*self.pieces[:start], "x", NEW, "y", *self.pieces[start:]]

    def has_glued(self) -> bool:
        """Whether two line ends in a row might be read as one."""
        pairs = itertools.pairwise(self.pieces)
        return any(one in ("\r", NEW) and other in ("\n", NEW) for one, other in pairs)

    def is_right(self, text: str) -> bool:
        """Whether a text is what the file has to hold."""
        found = re.findall("\r\n|[^\r]|\r", text)
        pairs = itertools.zip_longest(self.pieces, found)
        return all(one == other or (one == NEW and other in ENDS) for one, other in pairs)

    def _select(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self.edit.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor


ACTS = st.tuples(st.sampled_from(["remove", "add"]), st.integers(0, 99), st.integers(0, 99))
PIECES = st.lists(st.sampled_from(["\n", "\r\n", "\r", "a", "b"]), min_size=3, max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(PIECES, st.lists(ACTS, max_size=6))
def test_only_what_was_edited_changes_whatever_the_lines_are_like(
    tmp_path: Path, pieces: list[str], acts: list[tuple[str, int, int]]
) -> None:
    path, edit = tmp_path / "mixed.txt", QPlainTextEdit()
    document = Document(edit.document(), edit)
    # A first and a last line of another kind; and no two pieces that are one line end.
    typist = Typist(edit, ["s", "\r\n", *pieces, "z", "\n"])
    while typist.has_glued():
        typist.pieces.remove("\r")
    path.write_bytes("".join(typist.pieces).encode())
    document.load(path)
    for act, start, end in acts:
        getattr(typist, act)(start, end)
        assert typist.has_glued() or typist.is_right(document.text())
    edit.deleteLater()


def mixed_lines(count: int) -> list[bytes]:
    """Many equal lines, so that nothing but their place tells them apart."""
    ends = (b"\n", b"\r\n", b"\r")
    return [b"all lines are the same" + ends[number % 3] for number in range(count)]


@pytest.mark.parametrize("count", [12, 30_000])  # the second comes bit by bit
def test_edits_far_apart_change_nothing_between_them(
    qtbot: QtBot, document: Document, edit: QPlainTextEdit, tmp_path: Path, count: int
) -> None:
    path, lines = tmp_path / "mixed.txt", mixed_lines(count)
    path.write_bytes(b"".join(lines))
    with qtbot.waitSignal(document.loaded, timeout=60_000):
        document.load(path)
    cursor = QTextCursor(edit.document())
    cursor.insertText("first ")
    cursor.movePosition(QTextCursor.MoveOperation.End)
    cursor.insertText("last")
    cursor.setPosition(edit.document().findBlockByNumber(6).position())
    cursor.setPosition(
        edit.document().findBlockByNumber(7).position(), QTextCursor.MoveMode.KeepAnchor
    )
    cursor.removeSelectedText()
    document.save()
    assert path.read_bytes() == b"first " + b"".join(lines[:6] + lines[7:]) + b"last"
    while edit.document().isUndoAvailable():
        edit.undo()
    document.save()
    assert path.read_bytes() == b"".join(lines)


def test_what_is_large_for_the_editor_is_no_less_exact(
    qtbot: QtBot, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_file, "LARGE", 100)
    path = tmp_path / "mixed.txt"
    path.write_bytes(b"a\r\n\n\r\n\n" * 9000)
    with qtbot.waitSignal(house.workspace.documents_changed):
        house.workspace.open_paths([path])
        qtbot.waitUntil(lambda: not house.tab.document.is_loading)
    house.type("x")
    assert house.tab.document.text() == "x" + "a\r\n\n\r\n\n" * 9000


def test_edits_in_the_second_view_are_as_exact(
    document: Document, edit: QPlainTextEdit, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "a.txt").write_bytes(b"a\r\nb\nc\rd\n\r\ne\n")
    document.load(tmp_path / "a.txt")
    view = MirrorEditor(edit.document())
    qtbot.addWidget(view)
    cursor = QTextCursor(view.document())
    cursor.beginEditBlock()  # as several carets type
    cursor.insertText("1")
    cursor.movePosition(QTextCursor.MoveOperation.End)
    cursor.insertText("2")
    cursor.endEditBlock()
    assert document.text() == "1a\r\nb\nc\rd\n\r\ne\n2"
    cursor.select(QTextCursor.SelectionType.Document)
    cursor.removeSelectedText()
    view.undo()
    assert document.text() == "1a\r\nb\nc\rd\n\r\ne\n2"
    cursor.setPosition(7)
    cursor.insertBlock()
    assert document.text() == "1a\r\nb\nc\r\rd\n\r\ne\n2"


def test_replacing_many_matches_changes_no_line_end(
    house: House, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "a.txt").write_bytes(b"a b\r\na\n" * 1500)
    house.workspace.open_paths([tmp_path / "a.txt"])
    bar = house.window.finder._bar
    house.choose("Replace")
    bar.pattern.setText("a")
    bar.replacement.setText("c")
    house.window.finder.replace_all()
    qtbot.waitUntil(lambda: "a" not in house.tab.document.text())
    assert house.tab.document.text() == "c b\r\nc\n" * 1500


def test_a_file_read_again_and_undone_has_the_line_ends_it_had(
    document: Document, edit: QPlainTextEdit, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"a\r\nb\nc\r\n")
    document.load(path)
    path.write_bytes(b"a\nb\nX\r\n\r\n")
    document.reload()
    assert document.text() == "a\nb\nX\r\n\r\n"
    edit.undo()
    assert document.text() == "a\r\nb\nc\r\n"
    edit.redo()
    assert document.text() == "a\nb\nX\r\n\r\n"


def test_saving_an_emptied_text_does_not_change_what_undo_brings_back(
    document: Document, edit: QPlainTextEdit, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\r\ntwo\r\n")
    document.load(path)
    edit.selectAll()
    edit.textCursor().removeSelectedText()
    document.save()
    edit.undo()
    document.save()
    assert path.read_bytes() == b"one\r\ntwo\r\n"


def test_a_chosen_line_end_holds_for_all_lines_until_another_is_chosen(
    document: Document, edit: QPlainTextEdit, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\r\ntwo\nthree\r")
    document.load(path)
    document.set_line_end("\n")
    QTextCursor(edit.document()).insertText("zero\n")
    document.save()
    assert path.read_bytes() == b"zero\none\ntwo\nthree\n"
    edit.undo()
    document.save()
    assert path.read_bytes() == b"one\ntwo\nthree\n"

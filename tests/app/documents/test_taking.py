"""A long text is taken bit by bit, and comes out as it is in the end, whatever is edited."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.documents import taking
from app.documents.encoding import UTF_8, Encoding
from app.documents.saving import Target, save_pieces
from app.documents.taking import Piece, Taking
from app.documents.text_file import NotEncodableError
from app.text.edits import set_text, text_of, whole_characters


@pytest.fixture
def text_document(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[QTextDocument]:
    monkeypatch.setattr(taking, "PIECE", 10)
    editor = QPlainTextEdit()
    yield editor.document()
    editor.deleteLater()


def begun(document: QTextDocument, num_pieces: int) -> Taking:
    """Return a taking that has come so far; what comes next comes when the loop runs."""
    made = Taking(document, QObject(document))
    for _ in range(num_pieces):
        end = min(made._at + taking.PIECE, made._length)
        made._pieces.append(made._piece(made._at, end))
        made._at += made._pieces[-1].length
    return made


def finished(qtbot: QtBot, made: Taking) -> str:
    with qtbot.waitSignal(made.done) as told:
        made.start()
    return "".join(piece.text for piece in told.args[0])


@pytest.mark.parametrize("seed", range(60))
def test_edits_in_the_midst_are_in_the_text(
    qtbot: QtBot, text_document: QTextDocument, seed: int
) -> None:
    draw = random.Random(seed)
    set_text(text_document, "".join(draw.choices("ab\n😀", k=120)))
    made = begun(text_document, draw.randrange(9))
    for _ in range(draw.randrange(1, 6)):
        cursor = QTextCursor(text_document)
        place = draw.randrange(text_document.characterCount())
        # No key of an editor goes between the halves of a character.
        cursor.setPosition(whole_characters(text_document, place, place)[0])
        act = draw.choice(["insert", "remove", "undo", "long"])
        if act == "undo":
            text_document.undo()
        elif act == "remove":
            cursor.movePosition(
                QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, draw.randrange(40)
            )
            cursor.removeSelectedText()
        else:
            cursor.insertText("x" if act == "insert" else "new\nline 😀 " * 8)
    assert finished(qtbot, made) == text_of(text_document)


def test_typing_takes_one_piece_anew_and_not_all(
    qtbot: QtBot, text_document: QTextDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_text(text_document, "0123456789" * 10)
    made = begun(text_document, 10)
    assert made._at == 100
    taken: list[tuple[int, int]] = []
    monkeypatch.setattr(taking, "text_between", lambda _, s, e: taken.append((s, e)) or "?" * 11)
    cursor = QTextCursor(text_document)
    cursor.setPosition(35)
    cursor.insertText("x")
    assert taken == [(30, 41)]


def test_a_long_text_is_written_like_a_short_one(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    target = Target(path, Encoding("utf-8", b"\xef\xbb\xbf"), "\r\n", False, False)
    pieces = [Piece("ä\n", "", 2), Piece("\nb", "", 2)]
    saved = save_pieces(pieces, target)
    assert path.read_bytes() == b"\xef\xbb\xbf\xc3\xa4\r\n\r\nb"
    assert (saved.text, saved.line_ends) == ("ä\r\n\r\nb", "CRLF")


def test_lines_with_ends_of_their_own_are_put_together_first(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    pieces = [Piece("a\nb\n", "rn", 4), Piece("c\n", "", 2)]  # CR, LF, and one of no kind
    saved = save_pieces(pieces, Target(path, UTF_8, "\n", False, False))
    assert path.read_bytes() == b"a\rb\nc\n"
    assert saved.line_ends == "mixed"


def test_the_line_of_a_character_that_cannot_be_written_is_the_texts(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    pieces = [Piece("a\nb\n", "", 4), Piece("c\n😀", "", 4)]
    with pytest.raises(NotEncodableError, match="line 4"):
        save_pieces(pieces, Target(path, Encoding("cp1252"), "\n", False, False))
    assert not path.exists()

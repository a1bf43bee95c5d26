"""An edge inside a word moves to that word's edge; every other stays."""

import pytest
from PySide6.QtGui import QTextDocument

from app.text.positions import utf16_len
from app.text.whole_words import whole_words


@pytest.mark.parametrize(
    ("marked", "whole"),
    [  # the selection between bars
        ("a p|iece of b|read.", "a |piece of bread|."),
        ("a |piece| of", "a |piece| of"),
        ("a| piece |of", "a| piece |of"),
        ("I do|n't kn|ow", "I |don't know|"),
        ("I don|'|t", "I |don't|"),
        ("the dogs|' tail", "the dogs|' tail"),
        ("'t|ho|ught'", "'|thought|'"),
        ("well-kn|own| man", "well-|known| man"),
        ("self.na|me| = 1", "self.|name| = 1"),
        ("snake_c|as|e", "|snake_case|"),
        ("one\ntw|o\nth|ree", "one\n|two\nthree|"),
        ("ca|fe|\u0301s", "|cafe\u0301s|"),
        ("नम|स्|ते", "|नमस्ते|"),
        ("今天|天气|很好", "今天|天气|很好"),  # no spaces tell where its words end
        ("ประ|เทศ|ไทย", "ประ|เทศ|ไทย"),
        ("😀a|b|c😀", "😀|abc|😀"),
    ],
)
def test_edges(qapp: object, marked: str, whole: str) -> None:
    if marked.count("|") == 1:  # only a place: nothing is selected there
        marked, whole = marked.replace("|", "||"), whole.replace("|", "||")
    document = QTextDocument()
    document.setPlainText(marked.replace("|", ""))

    def edges(text: str) -> tuple[int, int]:
        before, inside, _ = text.split("|")
        return utf16_len(before), utf16_len(before + inside)

    assert whole_words(document, *edges(marked)) == edges(whole)


def test_half_of_a_character_is_a_whole_one_too(qapp: object) -> None:
    document = QTextDocument()
    document.setPlainText("😀 b")
    assert whole_words(document, 1, 3) == (0, 3)


def test_a_word_without_an_end_is_left_as_it_is_selected(qapp: object) -> None:
    document = QTextDocument()
    document.setPlainText("a" * 10_000)
    assert whole_words(document, 5000, 5001) == (5000, 5001)

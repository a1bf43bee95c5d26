"""A whole text changes into another, whatever the two share."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextDocument

from app.text.whole_text import change_text

TEXT = st.text(alphabet="ab\n😀😁é", max_size=12)


@given(TEXT, TEXT)
def test_the_new_text_is_there_and_the_old_one_is_one_step_away(one: str, other: str) -> None:
    document = QTextDocument()
    document.setPlainText(one)
    change_text(document, other)
    assert document.toPlainText() == other
    document.undo()
    assert document.toPlainText() == one
    assert not document.isUndoAvailable()

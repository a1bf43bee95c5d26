"""Line ends survive the editor, which knows but one kind."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.documents.line_ends import is_uniform, normalized, restored, usual

ENDS = ("\n", "\r\n", "\r", "\u2029", "\ufdd0", "\ufdd1")
TEXTS = st.lists(st.sampled_from([*ENDS, "a", "b", " "])).map("".join)


@given(TEXTS)
def test_an_untouched_text_gets_back_every_line_end(text: str) -> None:
    assert restored(normalized(text), text) == text


@given(TEXTS, TEXTS)
def test_an_edited_text_changes_in_nothing_but_its_line_ends(old: str, new: str) -> None:
    assert normalized(restored(normalized(new), old)) == normalized(new)


@given(st.lists(st.sampled_from(ENDS)), st.data())
def test_an_edit_changes_no_line_end_around_it(ends: list[str], data: st.DataObject) -> None:
    original = "".join(f"line {number}{end}" for number, end in enumerate(ends))
    start = data.draw(st.integers(0, len(original)))
    end = data.draw(st.integers(start, len(original)))
    before, after = original[:start], original[end:]
    assume(not before.endswith("\r") and not after.startswith("\n"))
    new = data.draw(TEXTS.filter(lambda text: not text.startswith("\n")))
    edited = normalized(before) + normalized(new) + normalized(after)
    saved = restored(edited, original)
    assert saved.startswith(before)
    assert saved.endswith(after)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_new_line_gets_the_usual_line_end(end: str) -> None:
    assert restored("one\ntwo\nthree", f"one{end}two") == f"one{end}two{end}three"


def test_lines_between_two_edits_keep_their_line_ends() -> None:
    original = "a\r\nb\nc\r\nd\ne\r\nf"
    assert restored("A\nb\nc\nd\ne\nF", original) == "A\r\nb\nc\r\nd\ne\r\nF"


def test_a_mixed_text_has_a_usual_line_end_and_is_not_uniform() -> None:
    assert usual("a\r\nb\r\nc\n") == "\r\n"
    assert not is_uniform("a\r\nb\r\nc\n")


def test_a_very_different_large_text_is_still_saved_quickly() -> None:
    original = "".join(f"{i}\r\n{i}\n" for i in range(5000))
    edited = "\n".join(f"x{i}" for i in range(5000))
    assert restored(edited, original).count("\r\n") + restored(edited, original).count("\n") >= 4999

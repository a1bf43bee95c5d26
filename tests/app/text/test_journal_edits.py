"""Edits replayed over their base give the text again, however much of the log is left."""

import zlib

from hypothesis import given
from hypothesis import strategies as st

from app.text.journal_edits import Batch, Edit, decode_batches, encode_batch, replay

TEXT = st.text(alphabet="ab\n é😀\ufeff", max_size=12)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@st.composite
def histories(draw: st.DrawFn) -> tuple[str, list[Batch], list[str]]:
    """A base, batches of edits, and the text after each."""
    base = text = draw(TEXT)
    batches, texts = [], []
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, len(text)))
        added = draw(TEXT)
        edit = Edit(units(text[:start]), units(text[start:end]), added)
        text = text[:start] + added + text[end:]
        caret = edit.position + units(added)
        batches.append(Batch(edits=(edit,), length=units(text), caret=caret))
        texts.append(text)
    return base, batches, texts


@given(histories())
def test_all_batches_give_the_last_text(history: tuple[str, list[Batch], list[str]]) -> None:
    base, batches, texts = history
    log = b"".join(map(encode_batch, batches))
    assert decode_batches(log) == batches
    state = replay(base, batches)
    assert state.text == [base, *texts][-1]
    assert state.caret == (batches[-1].caret if batches else 0)


@given(histories(), st.data())
def test_a_torn_log_gives_an_earlier_text(
    history: tuple[str, list[Batch], list[str]], data: st.DataObject
) -> None:
    base, batches, texts = history
    log = b"".join(map(encode_batch, batches))
    left = log[: data.draw(st.integers(0, len(log)))]
    num_whole = left.count(b"\n")
    assert replay(base, decode_batches(left)).text == [base, *texts][num_whole]


@given(histories(), st.data())
def test_a_damaged_line_ends_the_log(
    history: tuple[str, list[Batch], list[str]], data: st.DataObject
) -> None:
    base, batches, texts = history
    log = bytearray(b"".join(map(encode_batch, batches)))
    if log:
        place = data.draw(st.integers(0, len(log) - 1))
        log[place] ^= 1
    assert replay(base, decode_batches(bytes(log))).text in [base, *texts]


def test_edits_that_do_not_fit_their_base_are_left_out() -> None:
    batch = Batch(edits=(Edit(0, 0, "x"),), length=9, caret=1)
    assert replay("base", [batch]).text == "base"


def test_a_log_of_an_older_version_is_read_without_its_selection() -> None:
    body = b'[5, 3, 1, [[4, 0, "x"]]]'
    (batch,) = decode_batches(b"%08x %s\n" % (zlib.crc32(body), body))
    assert batch == Batch(edits=(Edit(4, 0, "x"),), length=5, caret=3)

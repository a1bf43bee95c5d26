"""The words of a text, as a reader points at them."""

from app.text.words import all_words, word_at, words_between


def test_words_are_found_by_their_characters() -> None:
    text = "It's  here."
    assert all_words(text) == ((0, 4), (6, 10), (10, 11))
    assert word_at(text, 3) == (0, 4)
    assert word_at(text, 4) is None
    assert words_between(text, 3, 8) == ((0, 4), (6, 10))

"""What is found is there, all of it, and replaced as Python's own `re` would."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.find import search
from app.find.search import Query, SearchError, find_all, replacements

TEXT = st.text(alphabet="abA \n😀é.", max_size=40)


def at(text: str, start: int, end: int) -> str:
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


@given(TEXT, st.text(alphabet="abA.😀", min_size=1, max_size=3), st.booleans())
def test_plain_words_are_found_where_they_are(text: str, word: str, matches_case: bool) -> None:
    found = find_all(text, Query(pattern=word, matches_case=matches_case))
    flags = 0 if matches_case else re.IGNORECASE
    assert len(found) == len(re.findall(re.escape(word), text, flags))
    for start, end in (found[i] for i in range(len(found))):
        assert at(text, start, end).lower() == word.lower()


@given(TEXT)
def test_replacing_all_is_what_re_sub_does(text: str) -> None:
    query = Query(pattern="(a+)(b?)", is_regex=True, matches_case=True)
    units = bytearray(text.encode("utf-16-le"))
    for made in reversed(replacements(text, query, r"<\2\1>")):
        units[2 * made.start : 2 * made.end] = made.text.encode("utf-16-le")
    assert units.decode("utf-16-le") == re.sub("(a+)(b?)", r"<\2\1>", text)


@given(TEXT, st.integers(0, 50), st.integers(0, 50))
def test_a_scope_holds_all_that_is_found_in_it(text: str, one: int, other: int) -> None:
    length = len(text.encode("utf-16-le")) // 2
    scope = tuple(sorted((min(one, length), min(other, length))))
    everywhere, inside = (
        find_all(text, Query(pattern="a")),
        find_all(text, Query(pattern="a"), scope),
    )
    wanted = [everywhere[i] for i in range(len(everywhere))]
    assert [inside[i] for i in range(len(inside))] == [
        (start, end) for start, end in wanted if scope[0] <= start and end <= scope[1]
    ]


def test_whole_words_and_case() -> None:
    text = "cat Cat concat cat_ cat"
    assert len(find_all(text, Query(pattern="cat"))) == 5
    assert len(find_all(text, Query(pattern="cat", whole_words=True))) == 3
    assert len(find_all(text, Query(pattern="cat", whole_words=True, matches_case=True))) == 2


def test_the_neighbours_of_a_place() -> None:
    found = find_all("a..a..a", Query(pattern="a"))
    assert [found.at_or_after(i) for i in (0, 1, 6, 7)] == [0, 1, 2, 0]
    assert [found.before(i) for i in (0, 1, 6)] == [2, 0, 1]
    assert list(found.between(1, 6)) == [1]
    assert (found.index_of(3, 4), found.index_of(3, 5)) == (1, -1)


@pytest.mark.parametrize(("pattern", "template"), [("(", ""), ("[z-a]", ""), ("(a)", r"\2")])
def test_what_cannot_be_searched_is_said(pattern: str, template: str) -> None:
    with pytest.raises(SearchError):
        replacements("aaa", Query(pattern=pattern, is_regex=True), template)


def test_an_expression_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "TIMEOUT_S", 0.05)
    with pytest.raises(SearchError, match="simpler"):
        find_all("a" * 60 + "c", Query(pattern=r"^(a|a|aa)+$", is_regex=True))

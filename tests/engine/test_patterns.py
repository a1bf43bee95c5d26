"""Expressions of the user's: refused before they take memory, stopped before they take time."""

from types import SimpleNamespace

import pytest

from engine.patterns import PatternError, TimeLimit, compiled, matches, written_out


@pytest.mark.parametrize(
    ("pattern", "length"),
    [
        ("abc", 3),
        (r"\d{4}-\d{2}-\d{2}", 10),
        (r"a{2,5}", 5),
        (r"a{3,}b", 4),
        (r"[a-z()]{7}", 7),  # a set is one character, and its brackets are no group's
        (r"\({5}", 5),
        (r"(?:ab){10}", 41),  # `(?:` counts as two, the group as one
        (r"(?:(?:a{10}){10}){10}", 10 * (10 * (10 + 3) + 3)),
    ],
)
def test_the_size_of_a_pattern_is_that_of_all_its_repetitions(pattern: str, length: int) -> None:
    assert written_out(pattern) == pytest.approx(length, abs=length // 2)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("a" * 1001, "1,000 are the most"),
        ("(" * 500 + "a" + ")" * 500, "1,000 are the most"),
        ("(" * 490 + "a" + ")" * 490, "nested too deep"),
        (r"(?:ab?){1000000000}", "more than 20,000"),
        (r"a{1,1000000000}", "more than 20,000"),
        (r"(?:a{1000}){1000}", "more than 20,000"),
        (r"(?:(?:(?:a{100}){100}){100}){100}", "more than 20,000"),
        ("a{" + "9" * 900 + "}", "more than 20,000"),
        # A comment hides the end of a group.
        ("(?x)(?:a{200} # (\n){200}", "more than 20,000"),
        (r"(a|(?1))+", "calls itself"),
        (r"(?R)", "calls itself"),
        (r"(?P<x>a(?&x)?)", "calls itself"),
        ("[" * 900, "unterminated"),
        ("(abc", "missing"),
    ],
)
def test_what_would_take_too_much_is_refused_with_its_bound(pattern: str, reason: str) -> None:
    with pytest.raises(PatternError, match=reason):
        compiled(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}",
        r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        r"(?:\w{1,20},){12}\w{1,20}",
        r"[A-Z][^.!?]{0,1000}[.!?]",
        r"\p{Lu}\w+(?: \w+){0,40}",
        r"(?x) a{3}  # three of them",
    ],
)
def test_what_people_write_is_no_such_thing(pattern: str) -> None:
    assert compiled(pattern).pattern == pattern


def test_a_match_that_never_ends_is_given_up() -> None:
    with pytest.raises(PatternError, match="takes too long"):
        matches(compiled(r"(?=(a|aa)+b)" * 20 + "a"), "a" * 200, TimeLimit())


def test_matches_together_have_no_more_than_their_limit() -> None:
    limit, pattern = TimeLimit(left=0.0), compiled("a+")
    assert limit.is_over
    with pytest.raises(PatternError, match="takes too long"):
        matches(pattern, "aaa", limit)


def test_time_inside_another_measure_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([100.0, 101.0, 103.0])
    monkeypatch.setattr("engine.patterns.time", SimpleNamespace(thread_time=lambda: next(now)))
    limit = TimeLimit(left=10.0)
    with limit, limit:
        pass
    assert limit.left == 7.0

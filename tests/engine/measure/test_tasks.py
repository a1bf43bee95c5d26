"""Gaps are cut out of all documents, and are the same for the same seed."""

import itertools
from collections import Counter

import pytest

from engine.errors import BadRequestError
from engine.measure.tasks import Sort, make_tasks
from engine.texts.document import Document, Kind

PROSE = (
    "The ferry left at six. Nobody waited on the pier, and the gulls had the bread. "
    "It was cold for May. A dog barked behind the harbour wall. The nets hung there to dry.\n"
)


def story(number: int) -> Document:
    text = "".join(f"Day {number} of week {week}. {PROSE}" for week in range(4))
    return Document(path=f"/{number}", name=f"{number}.txt", text=text, kind=Kind.PROSE)


def program(number: int) -> Document:
    text = "".join(
        f"def run_{number}_{part}(items, limit):\n"
        f"    chosen = [item for item in items if item.size < limit]\n"
        f"    return sorted(chosen)[:{part}]\n\n\n"
        for part in range(6)
    )
    name = f"{number}.py"
    return Document(path=f"/{name}", name=name, text=text, kind=Kind.CODE, language="python")


STORIES = [story(number) for number in range(5)]
PROGRAMS = [program(number) for number in range(5)]


def test_each_kind_of_text_has_its_sorts_in_turns() -> None:
    sorts = [task.sort for task in make_tasks(PROGRAMS, 4, seed=1)]
    assert sorts == [Sort.WORD, Sort.LINE_END, Sort.LINE, Sort.BODY] * 4
    assert {task.sort for task in make_tasks(STORIES, 4, seed=1)} == {
        Sort.WORD,
        Sort.LINE_END,
        Sort.SENTENCE,
    }


def test_all_documents_have_a_gap_before_any_has_two() -> None:
    words = [task.name for task in make_tasks(STORIES, 12, seed=1) if task.sort is Sort.WORD]
    assert Counter(words[:5]) == dict.fromkeys((one.name for one in STORIES), 1)
    assert max(Counter(words).values()) - min(Counter(words).values()) <= 1


def test_the_same_seed_cuts_the_same_gaps_and_more_begin_with_fewer() -> None:
    few, many = (make_tasks(PROGRAMS, count, seed=3) for count in (3, 9))
    assert few == make_tasks(PROGRAMS, 3, seed=3) != make_tasks(PROGRAMS, 3, seed=4)
    for sort in Sort:
        first, more = ([one for one in tasks if one.sort is sort] for tasks in (few, many))
        assert more[: len(first)] == first


def test_gaps_of_a_sort_do_not_overlap_and_have_keys_of_their_own() -> None:
    tasks = make_tasks(STORIES, 40, seed=2)
    assert len({task.key for task in tasks}) == len(tasks)
    for sort in Sort:
        for document in STORIES:
            spans = sorted(
                (task.start, task.end)
                for task in tasks
                if task.sort is sort and task.name == document.name
            )
            assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))


def test_what_has_no_place_for_a_gap_is_told() -> None:
    short = Document(path="/a", name="a", text="Too short.\n", kind=Kind.PROSE)
    with pytest.raises(BadRequestError, match="no text to measure on"):
        make_tasks([short], 10, seed=1)


def test_a_book_has_gaps_from_its_beginning_to_its_end() -> None:
    text = "".join(f"Chapter {number}. {PROSE}" for number in range(5000))
    book = Document(path="/b", name="b", text=text, kind=Kind.PROSE)
    starts = [task.start / len(text) for task in make_tasks([book], 40, seed=1)]
    assert min(starts) < 0.15
    assert max(starts) > 0.85
    assert all(task.region for task in make_tasks([book], 40, seed=1))

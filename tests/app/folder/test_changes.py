"""The lines of a folder change where its files do, and nowhere else."""

from hypothesis import given
from hypothesis import strategies as st

from app.folder.model.changes import changes
from app.folder.model.listing import order

names = st.sets(st.sampled_from([*"abcdefAB", *(f"{letter}/" for letter in "abcdefAB")]))


@given(names, names)
def test_the_steps_make_one_list_of_the_other(old: set[str], new: set[str]) -> None:
    made, wanted = sorted(old, key=order), sorted(new, key=order)
    steps = changes(list(made), wanted)
    stayed = old & new
    for start, stop, come in steps:
        assert not stayed & set(made[start:stop])
        made[start:stop] = come
    assert made == wanted


def test_a_run_of_new_files_is_one_step() -> None:
    old, new = ["a", "z"], ["a", "b", "c", "z"]
    assert changes(old, new) == [(1, 1, new[1:3])]


def test_so_many_steps_that_all_is_put_anew() -> None:
    old = [f"{number:04}" for number in range(1000)]
    new = old[::2]
    assert changes(old, new) == [(0, 1000, new)]

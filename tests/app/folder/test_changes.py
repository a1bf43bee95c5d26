"""The lines of a folder change where its files do, and nowhere else."""

from hypothesis import given
from hypothesis import strategies as st

from app.folder.model.changes import changes
from app.folder.model.listing import Entry, order

entries = st.sets(st.builds(Entry, st.sampled_from("abcdefAB"), st.booleans()))


@given(entries, entries)
def test_the_steps_make_one_list_of_the_other(old: set[Entry], new: set[Entry]) -> None:
    made, wanted = sorted(old, key=order), sorted(new, key=order)
    steps = changes(list(made), wanted)
    stayed = old & new
    for start, stop, come in steps:
        assert not stayed & set(made[start:stop])
        made[start:stop] = come
    assert made == wanted


def test_a_run_of_new_files_is_one_step() -> None:
    old = [Entry("a", False), Entry("z", False)]
    new = [Entry("a", False), Entry("b", False), Entry("c", False), Entry("z", False)]
    assert changes(old, new) == [(1, 1, new[1:3])]


def test_so_many_steps_that_all_is_put_anew() -> None:
    old = [Entry(f"{number:04}", False) for number in range(1000)]
    new = old[::2]
    assert changes(old, new) == [(0, 1000, new)]

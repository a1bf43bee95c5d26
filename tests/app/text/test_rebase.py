"""A region follows edits elsewhere, and knows when it was touched."""

from hypothesis import given
from hypothesis import strategies as st

from app.text.rebase import Change, Region, follow, overlap, rebase

TEXT = st.text(alphabet="abc \n", min_size=12, max_size=40)


@st.composite
def regions(draw: st.DrawFn, length: int) -> Region:
    guard_start, start, end, guard_end = sorted(
        draw(st.lists(st.integers(0, length), min_size=4, max_size=4))
    )
    return Region(
        start=start,
        end=end,
        guard_start=draw(st.sampled_from([None, guard_start])),
        guard_end=draw(st.sampled_from([None, guard_end])),
    )


@st.composite
def edits(draw: st.DrawFn) -> tuple[str, Region, Change, str]:
    text = draw(TEXT)
    region = draw(regions(len(text)))
    position = draw(st.integers(0, len(text)))
    removed = draw(st.integers(0, len(text) - position))
    added = draw(st.text(alphabet="XY", max_size=5))
    after = text[:position] + added + text[position + removed :]
    return text, region, Change(position=position, removed=removed, added=len(added)), after


def guarded(text: str, region: Region) -> str:
    return text[region.guard_start or 0 : region.guard_end]


@given(edits())
def test_a_region_that_moves_keeps_its_text(edit: tuple[str, Region, Change, str]) -> None:
    text, region, change, after = edit
    found = rebase(region, change)
    if found is None:  # touched: the next test says when
        return
    now, is_around = found
    assert after[now.start : now.end] == text[region.start : region.end]
    assert (now.guard_start is None) is (region.guard_start is None)
    assert (now.guard_end is None) is (region.guard_end is None)
    assert (now.guard_start or 0) <= now.start
    assert now.guard_end is None or now.end <= now.guard_end <= len(after)
    if not is_around:
        assert guarded(after, now) == guarded(text, region)


@given(edits())
def test_only_a_change_within_touches(edit: tuple[str, Region, Change, str]) -> None:
    _, region, change, _ = edit
    is_behind = change.position >= region.end
    is_before = change.position + change.removed <= region.start
    assert (rebase(region, change) is None) is not (is_behind or is_before)


def test_typing_at_either_edge_of_an_unguarded_region_is_outside() -> None:
    region = Region(start=5, end=9, guard_start=5, guard_end=9)
    assert rebase(region, Change(position=9, removed=0, added=1)) == (region, False)
    moved = rebase(region, Change(position=5, removed=0, added=1))
    assert moved == (Region(start=6, end=10, guard_start=6, guard_end=10), False)


def test_without_a_guard_every_change_is_around_it() -> None:
    region = Region(start=5, end=9)
    assert rebase(region, Change(position=100, removed=0, added=1)) == (region, True)
    moved = rebase(region, Change(position=0, removed=0, added=1))
    assert moved == (Region(start=6, end=10), True)


def test_surroundings_grow_with_what_is_typed_in_them_and_end_where_they_are_cut() -> None:
    region = Region(start=10, end=20, guard_start=5, guard_end=30)
    grown = Region(start=13, end=23, guard_start=5, guard_end=33)
    assert rebase(region, Change(position=7, removed=0, added=3)) == (grown, True)
    cut = Region(start=6, end=16, guard_start=2, guard_end=26)
    assert rebase(region, Change(position=2, removed=4, added=0)) == (cut, True)
    behind = Region(start=10, end=20, guard_start=5, guard_end=26)
    assert rebase(region, Change(position=25, removed=10, added=1)) == (behind, True)


def test_places_touch_what_is_beside_them_and_regions_that_meet_share_nothing() -> None:
    assert not overlap(Region(start=0, end=4), Region(start=4, end=8))
    assert overlap(Region(start=0, end=5), Region(start=4, end=8))
    assert overlap(Region(start=4, end=4), Region(start=4, end=8))
    assert not overlap(Region(start=3, end=3), Region(start=4, end=8))


@given(edits())
def test_a_parked_region_stays_within_the_document(edit: tuple[str, Region, Change, str]) -> None:
    _, region, change, after = edit
    parked = follow(region, change)
    assert 0 <= parked.start <= parked.end <= len(after)

"""A region follows edits elsewhere, and knows when it was touched."""

from hypothesis import given
from hypothesis import strategies as st

from app.text.rebase import Change, Region, follow, rebase

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
def test_a_region_that_moves_keeps_its_text_and_surroundings(
    edit: tuple[str, Region, Change, str],
) -> None:
    text, region, change, after = edit
    found = rebase(region, change)
    if found is None:  # touched: the next test says when
        return
    assert after[found.start : found.end] == text[region.start : region.end]
    assert guarded(after, found) == guarded(text, region)


@given(edits())
def test_a_change_within_the_guard_touches(edit: tuple[str, Region, Change, str]) -> None:
    _, region, change, _ = edit
    begins_before_end = region.guard_end is None or change.position < region.guard_end
    ends = change.position + change.removed
    ends_behind_start = region.guard_start is None or ends > region.guard_start
    touched = begins_before_end and ends_behind_start
    assert (rebase(region, change) is None) is touched


def test_typing_at_either_edge_of_an_unguarded_region_is_outside() -> None:
    region = Region(start=5, end=9, guard_start=5, guard_end=9)
    assert rebase(region, Change(position=9, removed=0, added=1)) == region
    moved = rebase(region, Change(position=5, removed=0, added=1))
    assert moved == Region(start=6, end=10, guard_start=6, guard_end=10)


def test_without_a_guard_every_change_touches() -> None:
    assert rebase(Region(start=5, end=9), Change(position=100, removed=0, added=1)) is None
    assert rebase(Region(start=5, end=9), Change(position=0, removed=0, added=1)) is None


@given(edits())
def test_a_parked_region_stays_within_the_document(edit: tuple[str, Region, Change, str]) -> None:
    _, region, change, after = edit
    parked = follow(region, change)
    assert 0 <= parked.start <= parked.end <= len(after)

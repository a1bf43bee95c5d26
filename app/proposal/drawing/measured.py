"""Words of a layout, and where they stand in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutWord:
    """A word of a layout, known again from one frame to the next by its key."""

    key: int  # the slot that it begins with; below zero: its number behind the draft
    start: int  # UTF-16 units into the layout's text
    length: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPlace:
    """Where a word stands in a layout, px."""

    text: str
    row: tuple[int, int]  # paragraph, and line in it
    x: float  # from where its line begins to the nearer end of the word
    left: float
    top: float  # of its line
    starts_row: bool  # after another of the same paragraph


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredWord:
    """A word with its place in a layout that holds nothing."""

    word: LayoutWord
    place: WordPlace
    width: float  # px
    space: float  # px of the white space before it; 0: it cannot be widened
    is_against: bool = False  # it runs against the direction of its line

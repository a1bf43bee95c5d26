"""What the highlighter keeps of lines that were read, and of a reading under way."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.editor.lexing import StyledRun


@dataclass(slots=True)
class StyledLine:
    """What is known of a line, and the text it was known of."""

    text: str
    runs: tuple[StyledRun, ...]

    def runs_for(self, text: str) -> Iterator[StyledRun]:
        """Yield the runs, moved along with an edit that made `text` of the line."""
        if text == self.text:
            yield from self.runs
            return
        kept = _common_prefix(self.text, text)
        shift = len(text) - len(self.text)
        for run in self.runs:
            end = run.start + run.length
            start = run.start if run.start < kept else max(kept, run.start + shift)
            end = end if end <= kept else max(start, end + shift)
            yield StyledRun(start, end - start, run.style)


@dataclass(slots=True)
class Reading:
    """A piece at work: where it begins, and what it is for."""

    first: int  # line
    seen_to: int  # position; no rule has seen what is behind it
    wanted: range  # lines whose colours are wanted in any case
    is_scan: bool  # or for the wanted colours alone
    is_cancelled: bool = False


def _common_prefix(one: str, other: str) -> int:
    limit = min(len(one), len(other))
    return next((i for i in range(limit) if one[i] != other[i]), limit)

"""How the lines of a text are indented: by tabs, or by so many spaces."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WIDTHS = (2, 4, 8)  # that are offered and found, columns
SAMPLE = 400  # lines that are looked at


@dataclass(frozen=True, slots=True)
class Indentation:
    """One step to the right."""

    columns: int = 4
    uses_tabs: bool = False

    @property
    def code(self) -> str:
        """What stands for it in a file of ours."""
        return "tabs" if self.uses_tabs else str(self.columns)

    @property
    def step(self) -> str:
        """What it is written with."""
        return "\t" if self.uses_tabs else " " * self.columns

    def width_of(self, space: str) -> int:
        """Return how many columns white space takes from the start of a line."""
        width = 0
        for character in space:
            width += self.columns - width % self.columns if character == "\t" else 1
        return width

    def fill_from(self, column: int) -> str:
        """Return what goes from a column to the next stop."""
        return "\t" if self.uses_tabs else " " * (self.columns - column % self.columns)


def indentation_of(code: str) -> Indentation | None:
    """Return what a code stands for; None for none, and for what is no code."""
    if code == "tabs":
        return Indentation(uses_tabs=True)
    return Indentation(int(code)) if code in map(str, WIDTHS) else None


def leading_space(line: str) -> str:
    """Return the white space that a line begins with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def detected(lines: Iterable[str]) -> Indentation | None:
    """Return how the first lines of a text are indented; None if none of them says it."""
    tabs, steps, before = 0, Counter[int](), 0
    for line in _sample(lines):
        space = leading_space(line)
        if space.startswith("\t"):
            tabs += 1
            before = 0
            continue
        if (step := len(space) - before) in WIDTHS:
            steps[step] += 1
        before = len(space)
    if tabs > steps.total():
        return Indentation(uses_tabs=True)
    # Of two that are found as often, the one that came first.
    return Indentation(steps.most_common(1)[0][0]) if steps else None


def reindented(text: str, wanted: Indentation) -> str:
    """Return a text with its lines indented as wanted; one that does not say how it is, as it is.

    What stands before the first line end continues a line, and stays.
    """
    first, *others = text.split("\n")
    old = detected([first, *others])
    # A single step of spaces may be several: only tabs are sure of what they are.
    is_sure = old is not None and (old.uses_tabs or wanted.uses_tabs or _is_repeated(others, old))
    if old is None or not is_sure or old == wanted or _is_cut(others, old):
        return text
    lines = [first]
    for line in others:
        space = leading_space(line)
        steps, rest = divmod(old.width_of(space), old.columns)
        lines.append(wanted.step * steps + " " * rest + line[len(space) :])
    return "\n".join(lines)


def _is_cut(lines: Iterable[str], step: Indentation) -> bool:
    """Return whether a copy began within an indented line: others are indented by less than a step.

    Where the first one stood is not known then, and so nothing is that is measured from it.
    """
    widths = {len(leading_space(line)) for line in lines if line.strip()} - {0}
    return not step.uses_tabs and bool(widths) and min(widths) < step.columns


def _is_repeated(lines: Iterable[str], step: Indentation) -> bool:
    """Return whether lines are indented by one step, and others by several."""
    widths = {len(leading_space(line)) for line in lines if line.strip()} - {0}
    return step.columns in widths and len(widths) > 1


def _sample(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number >= SAMPLE:
            return
        if line.strip():
            yield line

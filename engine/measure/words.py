"""The words of a report; an interface has its own language's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from engine.api import Mode
from engine.measure.tasks import Sort
from engine.texts.document import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a report is made of, in English; an interface gives its own language's."""

    sorts: Mapping[Sort, str] = field(
        default_factory=lambda: {
            Sort.WORD: "words",
            Sort.LINE_END: "line ends",
            Sort.LINE: "lines",
            Sort.SENTENCE: "sentences",
            Sort.BODY: "function bodies",
        }
    )
    modes: Mapping[Mode, str] = field(
        default_factory=lambda: {
            Mode.CAUSAL: "from the left only",
            Mode.DIFFUSION: "denoising only",
        }
    )
    reasons: Mapping[Reason, str] = field(
        default_factory=lambda: {reason: reason.value for reason in Reason}
    )
    one: str = "this text"
    texts: str = "these {count} texts"
    code: str = "these {count} {language} files"
    finds: str = "On {files} {model} finds {shares}."
    finds_too: str = "{model} finds {shares}."
    share: str = "{hits} of {count} {sort}"
    list_of: str = "{first} and {last}"
    sure: str = (
        "That {model} finds more than {other} is hardly chance: {points} more of 100 gaps "
        "({low} to {high})."
    )
    unsure: str = (
        "Whether {model} or {other} finds more cannot be told from {tasks} gaps: the difference "
        "is {points} of 100 ({low} to {high})."
    )
    learned: str = (
        "{model} was taught from a folder with {count} of these files: what it finds in them says "
        "little of what it finds in others."
    )
    apart: str = "Of {when} no gap is the same: these cannot be held against each other."
    when: str = "Measured"
    failed: str = "{model} could not be measured to its end: {why}"
    heads: tuple[str, ...] = (
        *("Gaps of", "Model", "Found exactly", "Similar", "Parses", "Fits its form"),
        *("First frame", "Settled", "Gaps"),
    )
    memory: str = "{model}: {weights} of weights, {peak} of memory at most, on {device}."
    left_out: str = "Left out: {what}."
    cut: str = "Lines that look like secrets, left out: {count}."
    note: str = (
        "In brackets: 95 % confidence intervals. Times are those of a run in the background, at "
        "the lowest priority. Memory is that of the whole process, with what models before have "
        "left there."
    )
    examples: str = "Examples"
    stood: str = "stood there"
    title: str = "Measured on {files}"
    number: Callable[[float, int], str] = lambda value, decimals: f"{value:,.{decimals}f}"


ENGLISH: Final = Words()

"""What came of a gap, beside what stood there."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from engine.measure.tasks import Sort, Task
from engine.region.syntax import new_errors
from engine.texts.document import Kind

# White space is no matter around more than a word: nobody sees it at a line's end.
_EDGE: Final = " \t\n"
_SENTENCE: Final = re.compile(r"[^.!?]+[.!?…]+[\"'”’»)]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How good a text is in a gap."""

    exact: bool
    similarity: float  # 0..1
    parses: bool | None  # None: it is no code
    fits: bool  # has the form that such a gap asks for


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a subject made of a task."""

    task: str  # its key
    sort: Sort
    judged: Judged
    first_ms: float = 0.0  # to the first frame that is seen
    settled_ms: float = 0.0
    failure: str = ""  # why there is no text


def judge(task: Task, text: str) -> Judged:
    """Judge a text; "" is what a subject has that failed."""
    found, wanted = (_bare(task.sort, one) for one in (text, task.region))
    return Judged(
        exact=found == wanted,
        similarity=round(similarity(found, wanted), 4),
        parses=_parses(task, text) if task.kind is Kind.CODE else None,
        fits=fits(task, text),
    )


def _bare(sort: Sort, text: str) -> str:
    return text if sort is Sort.WORD else text.strip(_EDGE)


def similarity(one: str, other: str) -> float:
    """Return how much of two texts is the same, 0..1."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _parses(task: Task, text: str) -> bool | None:
    before, after = task.document[: task.start], task.document[task.end :]
    added = new_errors(before, task.region, text, after, task.language)
    return None if added is None else bool(text.strip()) and added <= 0


def fits(task: Task, text: str) -> bool:
    """Whether a text has the form that its gap asks for: one word, one line, one sentence."""
    inner = text.strip(_EDGE)
    match task.sort:
        case Sort.WORD:
            return re.fullmatch(r"\w+", text) is not None
        case Sort.LINE | Sort.LINE_END:
            return bool(inner) and "\n" not in inner
        case Sort.SENTENCE:
            return _SENTENCE.fullmatch(inner) is not None and "\n\n" not in inner
        case Sort.BODY:
            return bool(inner) and _is_indented(task, inner)


def _is_indented(task: Task, body: str) -> bool:
    """Whether no line of a body stands further to the left than its first."""
    head = task.document[: task.start].rpartition("\n")[2]
    margin = head[: len(head) - len(head.lstrip())]
    return all(not line.strip() or line.startswith(margin) for line in body.split("\n")[1:])

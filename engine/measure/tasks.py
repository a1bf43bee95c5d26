"""Which gaps are filled: so many of each sort, out of as many documents as there are."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final

from engine.errors import BadRequestError
from engine.measure.cuts import (
    Cut,
    Gap,
    Span,
    cut_body,
    cut_line,
    cut_line_end,
    cut_sentence,
    cut_word,
)
from engine.texts.document import Document, Kind


class NoGapsError(BadRequestError):
    """There is no text to measure on, or too little in each document."""


class Sort(StrEnum):
    """What stood in a gap."""

    WORD = "word"
    LINE_END = "line end"
    LINE = "line"
    SENTENCE = "sentence"
    BODY = "function body"


OF_KIND: Final = {
    Kind.CODE: (Sort.WORD, Sort.LINE_END, Sort.LINE, Sort.BODY),
    Kind.PROSE: (Sort.WORD, Sort.LINE_END, Sort.SENTENCE),
    Kind.NOTES: (Sort.WORD, Sort.LINE_END, Sort.SENTENCE),
}
_SHORTEST: Final = 300  # characters of a document; less says too little of what belongs there
_TRIES: Final = 4  # for each document and round
_WINDOW: Final = 60_000  # characters that are looked through for a gap; books have millions


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Gap):
    """A gap of a sort, and what is known of its document."""

    sort: Sort
    name: str  # of the file
    kind: Kind
    language: str = ""

    @property
    def key(self) -> str:
        """What tells this task from others, whenever and with whom it is measured."""
        around = self.document[max(0, self.start - 200) : self.end + 200]
        what = f"{self.sort}\0{self.name}\0{around}\0{self.region}"
        return hashlib.blake2b(what.encode(errors="surrogatepass"), digest_size=8).hexdigest()


def make_tasks(documents: Sequence[Document], count: int, seed: int) -> list[Task]:
    """Cut `count` gaps of each sort that the documents allow, the sorts in turns.

    All documents have one before any has two. The same documents, count and seed make the same
    tasks, and a larger count begins with those of a smaller one.

    Raises:
        NoGapsError: If there is no place for a gap.
    """
    of_sort = {sort: _of_sort(sort, documents, count, seed) for sort in Sort}
    found = [
        tasks[number]
        for number in range(count)
        for tasks in of_sort.values()
        if number < len(tasks)
    ]
    if not found:
        raise NoGapsError(
            "There is no text to measure on: a document needs some paragraphs, or some lines of "
            "code. Choose other folders or files."
        )
    return found


def _of_sort(sort: Sort, documents: Sequence[Document], count: int, seed: int) -> list[Task]:
    usable = [one for one in documents if sort in OF_KIND[one.kind] and len(one.text) >= _SHORTEST]
    rng = random.Random(f"{seed}:{sort}")
    rng.shuffle(usable)
    found: list[Task] = []
    taken: dict[int, list[Span]] = {}
    while usable and len(found) < count:
        missed = []
        for number, document in enumerate(usable):
            span = _free_span(
                _cut_of(sort, document), document, rng, taken.setdefault(id(document), [])
            )
            if span is None:
                missed.append(number)
            else:
                found.append(_task(sort, document, span))
            if len(found) == count:
                break
        usable = [one for number, one in enumerate(usable) if number not in set(missed)]
    return found


def _cut_of(sort: Sort, document: Document) -> Cut:
    cuts: dict[Sort, Cut] = {
        Sort.WORD: cut_word,
        Sort.LINE_END: cut_line_end,
        Sort.LINE: cut_line,
        Sort.SENTENCE: cut_sentence,
        Sort.BODY: partial(cut_body, language=document.language),
    }
    return cuts[sort]


def _free_span(cut: Cut, document: Document, rng: random.Random, taken: list[Span]) -> Span | None:
    """Return a stretch that lies beside those taken before, and note it."""
    for _ in range(_TRIES):
        span = _span(cut, document.text, rng)
        if span and all(span[1] <= start or end <= span[0] for start, end in taken):
            taken.append(span)
            return span
    return None


def _span(cut: Cut, text: str, rng: random.Random) -> Span | None:
    """Cut a text, of a long one any part that begins with a line."""
    start = rng.randrange(max(1, len(text) - _WINDOW))
    start = text.find("\n", start, start + _WINDOW) + 1 if start else 0
    found = cut(text[start : start + _WINDOW], rng)
    return (start + found[0], start + found[1]) if found else None


def _task(sort: Sort, document: Document, span: Span) -> Task:
    return Task(
        document=document.text,
        start=span[0],
        end=span[1],
        sort=sort,
        name=document.name,
        kind=document.kind,
        language=document.language,
    )

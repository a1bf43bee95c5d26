"""Infilling tasks cut out of validation text, the same ones for every model."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from batches import TokenStream
from corpus import read_texts
from recipe import EOS

from engine.region.syntax import is_python

# Characters around a gap; as much as the models read on either side.
_BEFORE, _AFTER = 2400, 1200
Cut = Callable[[str, random.Random], tuple[int, int] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTask:
    """A stretch of validation tokens with a gap."""

    before: list[int]
    gap: list[int]
    after: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTask:
    """A document with a gap."""

    document: str
    start: int  # code points
    end: int

    @property
    def before(self) -> str:
        """The text up to the gap, as far as an editor hands it over."""
        return self.document[max(0, self.start - _BEFORE) : self.start]

    @property
    def region(self) -> str:
        """What stood in the gap."""
        return self.document[self.start : self.end]

    @property
    def after(self) -> str:
        """The text behind the gap, as far as an editor hands it over."""
        return self.document[self.end : self.end + _AFTER]

    def parses_with(self, text: str) -> bool:
        """Whether the document is a Python program with `text` in the gap."""
        return is_python(self.document[: self.start] + text + self.document[self.end :])


def token_tasks(
    stream: TokenStream, gap: int, count: int, context: int, canvas: int, border: int = EOS
) -> Iterator[TokenTask]:
    """Draw gaps of `gap` tokens that no document's border, a token, comes near."""
    rows = stream.rows(3 * count, context + canvas, np.random.default_rng(gap))
    inside = [row for row in rows.tolist() if border not in row[context - 8 : context + gap + 8]]
    for row in inside[:count]:
        middle = context + gap
        yield TokenTask(before=row[:context], gap=row[context:middle], after=row[middle:])


def text_tasks(data: Path, kind: str, cut: Cut, count: int, seed: int = 1) -> list[TextTask]:
    """Draw gaps that `cut` chooses in validation documents; of code, in those that parse."""
    documents = [text for text in read_texts(data / f"validation_{kind}.jsonl") if len(text) > 600]
    if kind == "code":
        documents = [text for text in documents if is_python(text)]
    rng, found = random.Random(seed), list[TextTask]()
    while len(found) < count:
        document = rng.choice(documents)
        span = cut(document, rng)
        if span is not None:
            found.append(TextTask(document=document, start=span[0], end=span[1]))
    return found


def cut_line(document: str, rng: random.Random) -> tuple[int, int] | None:
    """Choose a whole line of code, without its indentation and its line end."""
    lines = list(re.finditer(r"^[ \t]*(\S.{3,58}\S)[ \t]*$", document, re.MULTILINE))
    lines = [line for line in lines if not line[1].startswith(("#", '"', "'"))]
    return rng.choice(lines).span(1) if lines else None


def cut_sentence(document: str, rng: random.Random) -> tuple[int, int] | None:
    """Choose a sentence of prose between two others."""
    ends = r"(?<=[.!?][ \n])([A-Z][^.!?]{10,110}[.!?])(?=[ \n])"
    sentences = list(re.finditer(ends, document))
    return rng.choice(sentences).span(1) if sentences else None


def cut_passage(document: str, rng: random.Random) -> tuple[int, int] | None:
    """Choose whole words of 150 to 300 characters."""
    start = rng.randrange(100, max(101, len(document) - 500))
    start = document.find(" ", start) + 1
    end = document.find(" ", start + rng.randint(150, 300))
    return (start, end) if 100 < start < end < start + 400 else None


def cut_word(document: str, rng: random.Random) -> tuple[int, int] | None:
    """Choose one word, or a name in code, as a double click selects it."""
    words = list(re.finditer(r"\b[^\W\d]\w{1,30}\b", document))
    start, end = rng.choice(words).span() if words else (0, 0)
    return (start, end) if start > 100 else None


def cut_words(document: str, rng: random.Random) -> tuple[int, int] | None:
    """Choose one to four words or pieces of code, on one line."""
    words = list(re.finditer(r"[^\s]+", document))
    count, first = rng.randint(1, 4), rng.randrange(len(words))
    chosen = words[first : first + count]
    start, end = chosen[0].start(), chosen[-1].end()
    is_short = "\n" not in document[start:end] and end - start <= 40
    return (start, end) if is_short and start > 100 else None

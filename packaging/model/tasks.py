"""Infilling tasks cut out of validation text, the same ones for every model."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from batches import TokenStream
from corpus import read_texts
from recipe import EOS

from engine.measure.cuts import Cut, Gap
from engine.region.syntax import is_python


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTask:
    """A stretch of validation tokens with a gap."""

    before: list[int]
    gap: list[int]
    after: list[int]


class TextTask(Gap):
    """A document with a gap, and around it as much as the embedded models read."""

    MOST_BEFORE: ClassVar[int] = 2400
    MOST_AFTER: ClassVar[int] = 1200

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

"""A word of a draft, and what else could be one in its place."""

import re
from dataclasses import dataclass

from engine.api import WordOption
from engine.region.progress import Draft

_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_SIGNS = re.compile(r"[^\w\s\ufffd]+")
_LEAST = 0.005  # a share below which a word says nothing


@dataclass(frozen=True, slots=True)
class WordPlace:
    """The slots that a word is in, and what belongs to its neighbours there."""

    slots: range
    text: str
    head: str  # white space and signs before the word, which stay
    tail: str

    @classmethod
    def of(cls, draft: Draft, slot: int) -> "WordPlace | None":
        """Return the place of the word, or of the run of signs, that a slot has a part of."""
        own = next((span for span in draft.spans if span.slot == slot), None)
        if own is None:
            return None
        found = [
            match
            for kind in (_WORD, _SIGNS)
            for match in kind.finditer(draft.text)
            if match.start() < own.end and match.end() > own.start
        ]
        if not found:
            return None
        start, end = found[0].span()
        spans = [span for span in draft.spans if span.start < end and span.end > start]
        if any(span.slot < 0 for span in spans):
            return None
        return cls(
            slots=range(spans[0].slot, spans[-1].slot + 1),
            text=draft.text[start:end],
            head=draft.text[spans[0].start : start],
            tail=draft.text[end : spans[-1].end],
        )

    def begins(self, text: str) -> bool:
        """Whether a text could become a word of this place."""
        if self.head.startswith(text):
            return len(text) < len(self.head)
        rest = text.removeprefix(self.head)
        is_begun = text.startswith(self.head) and bool(self._kind.fullmatch(rest.rstrip("'’-")))
        return is_begun or self.word_of(text) is not None

    def word_of(self, text: str) -> str | None:
        """Return the word that a text puts here; None if it is none that fits both sides."""
        core = text.removeprefix(self.head).removesuffix(self.tail)
        is_whole = text == self.head + core + self.tail and bool(self._kind.fullmatch(core))
        return core if is_whole else None

    @property
    def _kind(self) -> re.Pattern[str]:
        return _WORD if _WORD.fullmatch(self.text) else _SIGNS


def ranked(own: str, shares: dict[str, float], count: int) -> tuple[WordOption, ...]:
    """Return words by probability over all of them, at most `count`; the draft's own is among them.

    Args:
        own: The word that stands in the draft.
        shares: How likely each is, in any unit.
        count: Words at most.
    """
    total = sum(shares.values())
    if own not in shares or total <= 0:
        return ()
    best = sorted(shares, key=lambda word: (-shares[word], word != own, word))
    others = [word for word in best if word != own and shares[word] >= _LEAST * total]
    kept = {own: 0} | {word: rank for rank, word in enumerate(others[: count - 1], start=1)}
    return tuple(
        WordOption(text=word, probability=shares[word] / total, rank=kept[word])
        for word in best
        if word in kept
    )

"""What an instruction wants of a text, and what a rewrite is worth by it.

A small model writes what was asked for in one answer of several, so what was asked for is judged:
rules find a length that moved the wrong way, a name that is gone, talk around the text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from engine.api import LengthMode
from engine.infill.rewriting import facts, is_talk

# In nats a token, as likelihoods are. What no text may do comes behind all that do it not.
_NEVER = 100.0
_FACT_COST = 1.0  # of each name, number or "not" that was lost, or made up
LENGTH_COST = 2.0
_CUT_COST = 2.0  # for an end without its full stop
_UNCHANGED_COST = 0.7
_LARGEST_CHANGE = 1.5  # times the words, where the length is to stay about the same
_END = re.compile(r"[.!?:…][\"”’')*]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is wanted of a text."""

    length: LengthMode = LengthMode.AUTO
    closeness: float = 0.0  # nats that a text of wholly other words costs
    may_stay: bool = False  # a text that needs no change keeps its words


# By the words of an instruction, the first that fits; it may have been typed.
_WISHES = (
    (r"spell|grammar|punctuat|typo|correct|proofread", Wish(closeness=8.0, may_stay=True)),
    (r"short|brief|concise|condense|summar|\bcut\b|trim", Wish(length=LengthMode.SHORTER)),
    (r"long|more detail|expand|elaborat", Wish(length=LengthMode.LONGER)),
    (r"", Wish(closeness=1.0)),
)


def wish_of(instruction: str, length: LengthMode) -> Wish:
    """Return what an instruction wants; a length that was asked for beside it counts more."""
    wish = next(w for words, w in _WISHES if re.search(words, instruction, re.IGNORECASE))
    if length in {LengthMode.SHORTER, LengthMode.LONGER} and length is not wish.length:
        return Wish(length=length)
    return wish


def moves(wish: Wish, old: str, new: str) -> bool:
    """Whether the number of words moved as wished."""
    before, words = len(old.split()), len(new.split())
    if wish.length is LengthMode.SHORTER:
        return 0 < words < before
    if wish.length is LengthMode.LONGER:
        return words > before
    return before / _LARGEST_CHANGE <= words <= before * _LARGEST_CHANGE


def cost(wish: Wish, old: str, new: str) -> float:
    """Return what speaks against a rewrite of a sentence, in nats a token."""
    if not new.strip() or (is_talk(new) and not is_talk(old)):
        return _NEVER
    was, is_now = facts(old), facts(new)
    lost = sum(not _has(new, one) for one in was - is_now)
    made_up = sum(not _has(old, one) for one in is_now - was)
    found = _FACT_COST * (lost + made_up)
    found += LENGTH_COST * (not moves(wish, old, new))
    found += _CUT_COST * bool(_END.search(old.rstrip()) and not _END.search(new.rstrip()))
    found += _UNCHANGED_COST * (new == old and not wish.may_stay)
    pair = SequenceMatcher(None, old.split(), new.split(), autojunk=False)
    return found + wish.closeness * (1 - pair.ratio())


def _has(text: str, fact: str) -> bool:
    # Wherever it stands: a name that begins a sentence now is not lost.
    return re.search(rf"(?<!\w){re.escape(fact)}(?!\w)", text, re.IGNORECASE) is not None


def shortened(sentence: str) -> list[str]:
    """Return a sentence without the last clause that a comma or the like sets apart, if any.

    What stands before often needs no more; without a clause in the middle it often makes no sense.
    """
    clauses = re.split(r"(?<=[,;:–—])\s+", sentence)
    if len(clauses) == 1:
        return []
    end = _END.search(sentence)
    rest = " ".join(clauses[:-1]).rstrip(",;:–— ")
    return [rest + end[0] if end and not _END.search(rest) else rest]


def least_needed(sentences: Sequence[str]) -> int | None:
    """Return the longest sentence that names nothing and counts nothing; None if all do."""
    free = [place for place, one in enumerate(sentences) if one.strip() and not facts(one)]
    return (
        max(free, key=lambda place: len(sentences[place])) if len(sentences) > 1 and free else None
    )

"""What an instruction wants of a text, and what a rewrite is worth by it.

A small model writes what was asked for in one answer of several, so what was asked for is judged:
rules find a length that moved the wrong way, a name that is gone, talk around the text.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import Enum, auto
from functools import partial

from engine.api import LengthMode
from engine.infill.rewriting import capitalised, denials, facts, is_talk, numbers

# In nats a token, as likelihoods are. What no text may do comes behind all that do it not.
_NEVER = 100.0
_FACT_COST = 1.0  # of each name, number or "not" that was lost, or made up
LENGTH_COST = 2.0
_CUT_COST = 2.0  # for an end without its full stop
_UNCHANGED_COST = 0.9
_SELF_COST = 1.5  # for a model that says "I" where nobody did
_AGAIN_COST = 1.5  # of a number that is said once more: it stands where another one stood
_SENTENCE_COST = 1.0  # of each sentence that is gone where none was to go
_WORD = re.compile(r"[^\W\d_]{4,}")  # shorter words are mostly grammar's
_STEM = 5  # letters that words of one family begin with
_GRAMMAR = set(
    re.findall(
        r"\w+",
        "about after again also been before being both could does each even from have here into "
        "just more most much only other over please same should some such than that their them "
        "then there these they this those through under very were what when where which while "
        "will with would your",
    )
)
_WRITTEN_COST, _DELETED_COST = 0.5, 1.5  # of a letter that a correction writes, or takes away
_CASE_COST = 0.1  # of a letter that is written large or small: many write all of them small
_OTHER_TEXT = 0.3  # nats a letter from which on it is no correction any more
_LONGEST_SLIP = 400  # letters; what is longer was not mistyped, but written anew
_REPEATED_COST = 3.0
_REPEATED = 4  # words in a row that are said twice
_LARGEST_CHANGE = 1.5  # times the words, where the length is to stay about the same
_SELF = re.compile(r"\b(?:[Ii]|[Ii]['’]\w+|[Mm]y|[Mm]e)\b")
_END = re.compile(r"[.!?:…][\"”’')*]*$")
_ENDS = re.compile(r"(?<![.!?…])[.!?…]+[\"”’')*]*(?=\s|$)")


class Tone(Enum):
    """How a text is to sound."""

    FORMAL = auto()
    FRIENDLY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is wanted of a text."""

    length: LengthMode = LengthMode.AUTO
    closeness: float = 0.0  # nats that a text of wholly other words costs, in their order
    lost: float = 2.0  # nats that a text without any of the old one's content costs
    made_up: float = 2.0  # nats that a text of new content alone costs
    length_cost: float = LENGTH_COST  # nats that a sentence of the wrong length costs
    tone: Tone | None = None
    is_correction: bool = False  # each change has to make the text likelier; it may stay as it is
    named: frozenset[str] = frozenset()  # names and numbers in the instruction: these may change


_BY_LENGTH = {
    LengthMode.SHORTER: Wish(length=LengthMode.SHORTER, lost=1.0, made_up=3.0),
    LengthMode.LONGER: Wish(length=LengthMode.LONGER, lost=4.0, made_up=1.5, length_cost=0.7),
}
# What stands behind a verb that begins a question.
_TURNED = r"\s+(?:I|you|he|she|it|we|they|this|that|these|those|the|there)\b"
_VERBS = re.findall(r"\w+", "do does did is are was were has have had would could should")
# What speech says in short and letters say in full. "'s" and "'d" have two meanings each.
_SHORT_FORMS = {
    "can't": "cannot",
    "won't": "will not",
    "i'm": "I am",
    **{f"{verb}n't": f"{verb} not" for verb in _VERBS},
    **{f"{who}'re": f"{who} are" for who in ("you", "we", "they")},
    **{f"{who}'ll": f"{who} will" for who in ("I", "you", "he", "she", "it", "we", "they")},
}
# Only one way: "I have a dog" has no short form.
_OPENED = {f"{who}'ve": f"{who} have" for who in ("I", "you", "we", "they")} | {
    "thanks": "thank you"
}
# By the words of an instruction, the first that fits; it may have been typed.
_WISHES = (
    (
        r"spell|grammar|punctuat|typo|correct|proofread",
        Wish(lost=0.0, made_up=0.0, is_correction=True),
    ),
    (r"\bshort|brief|concise|condense|summar|\bcut\b|\btrim", _BY_LENGTH[LengthMode.SHORTER]),
    (r"\blong|more detail|expand|elaborat", _BY_LENGTH[LengthMode.LONGER]),
    (
        r"friendl|casual|relaxed|\bwarm|informal|less formal",
        Wish(closeness=1.0, tone=Tone.FRIENDLY),
    ),
    (r"\bformal|professional|\bpolite", Wish(closeness=1.0, tone=Tone.FORMAL)),
    (r"simpl|\bplain|easier", Wish(lost=1.5, made_up=1.5)),
    (r"", Wish(closeness=1.0)),
)


def wish_of(instruction: str, length: LengthMode) -> Wish:
    """Return what an instruction wants; a length that was asked for beside it counts more."""
    wish = next(w for words, w in _WISHES if re.search(words, instruction, re.IGNORECASE))
    wish = wish if length is wish.length else _BY_LENGTH.get(length, wish)
    return replace(wish, named=frozenset(facts(instruction) - {"not"}))


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
    # A "not" is counted apart, as two of them are not one.
    was, is_now = (facts(text) - {"not"} - wish.named for text in (old, new))
    denied = abs(denials(old) - denials(new))
    if wish.is_correction:  # a name may be misspelt, and nothing denied twice; letters are counted
        was, is_now, denied = _numbers(was), _numbers(is_now), 0
    lost = sum(not _has(new, one) for one in was - is_now)
    made_up = sum(not _has(old, one) for one in is_now - was)
    found = _FACT_COST * (lost + made_up + denied)
    if wish.length is not LengthMode.LONGER:
        more = Counter(numbers(new)) - Counter(numbers(old))
        found += _AGAIN_COST * sum(count for one, count in more.items() if one in was)
    found += wish.length_cost * (not moves(wish, old, new))
    found += _CUT_COST * bool(_END.search(old.rstrip()) and not _END.search(new.rstrip()))
    found += _UNCHANGED_COST * (new == old and not wish.is_correction)
    found += _SELF_COST * bool(_SELF.search(new) and not _SELF.search(old))
    found += _REPEATED_COST * (_repeats(new) > _repeats(old))
    if wish.length is not LengthMode.SHORTER:
        found += _SENTENCE_COST * max(0, len(_ENDS.findall(old)) - len(_ENDS.findall(new)))
    found += wish.lost * _lacking(old, new) + wish.made_up * _lacking(new, old)
    if wish.closeness:
        pair = SequenceMatcher(None, old.split(), new.split(), autojunk=False)
        found += wish.closeness * (1 - pair.ratio())
    return found


def _numbers(found: set[str]) -> set[str]:
    return {one for one in found if any(map(str.isdigit, one))}


def _repeats(text: str) -> int:
    words = re.findall(r"[\w'’-]+", text.lower())
    runs = [tuple(words[at : at + _REPEATED]) for at in range(len(words) - _REPEATED + 1)]
    return len(runs) - len(set(runs))


def _lacking(text: str, other: str) -> float:
    """Return the share of a text's content words that another has no word of the family of."""
    words, there = _content(text), _content(other)
    return len(words - there) / len(words) if words else 0.0


def _content(text: str) -> set[str]:
    words = {word[0].lower() for word in _WORD.finditer(text)}
    return {word[:_STEM] for word in words - _GRAMMAR}


def change(old: str, new: str) -> float:
    """Return how unlikely it is, in nats, that a text was meant where another was written.

    The noisy channel of spelling correction (Kernighan, Church and Gale 1990), by the letter. What
    somebody wrote too much is rarer than what is wrong or lacks, and a model always likes less text
    better.
    """
    # Letters that were written at the least.
    come = (Counter(new.lower()) - Counter(old.lower())).total()
    least = _WRITTEN_COST * come + _DELETED_COST * max(0, len(old) - len(new))
    if least > _OTHER_TEXT * len(old):
        return least + _NEVER
    # By the word first: letters of a whole page are compared for minutes.
    olds, news = _pieces(old), _pieces(new)
    found = sum(
        _letters("".join(olds[start:end]), "".join(news[other:other_end]))
        for kind, start, end, other, other_end in _compared(olds, news)
        if kind != "equal"
    )
    is_other = found > _OTHER_TEXT * len(old)
    return found + _NEVER * is_other


def _letters(old: str, new: str) -> float:
    if max(len(old), len(new)) > _LONGEST_SLIP:
        return _letter_cost(len(old), len(new))
    return sum(
        _CASE_COST * (end - start)
        if old[start:end].lower() == new[other:other_end].lower()
        else _letter_cost(end - start, other_end - other)
        for kind, start, end, other, other_end in _compared(old, new)
        if kind != "equal"
    )


def _letter_cost(gone: int, come: int) -> float:
    return _WRITTEN_COST * come + _DELETED_COST * max(0, gone - come)


def _compared(old: Sequence[str], new: Sequence[str]) -> Sequence[tuple[str, int, int, int, int]]:
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _pieces(text: str) -> list[str]:
    """Return a text in words, each with the white space before it."""
    return re.findall(r"\s*\S+|\s+", text)


def _has(text: str, fact: str) -> bool:
    # Wherever it stands: a name that begins a sentence now is not lost.
    return re.search(rf"(?<!\w){re.escape(fact)}(?!\w)", text, re.IGNORECASE) is not None


def by_rule(wish: Wish, sentence: str) -> list[str]:
    """Return what rules make of a sentence; it stands in one list with what the model wrote."""
    if wish.length is LengthMode.SHORTER:
        return shortened(sentence)
    pairs: dict[str, str] = {}
    if wish.tone is Tone.FORMAL:
        forms = _SHORT_FORMS | _OPENED
        pairs = {short.replace("'", "['’]"): long for short, long in forms.items()}
    elif wish.tone is Tone.FRIENDLY:
        # Not at a clause's end: "that is what you are".
        pairs = {rf"{long}(?=\s+\w)": short for short, long in _SHORT_FORMS.items()}
    text = sentence
    for found, put in pairs.items():
        # Not in a question: "Don't you like it?" is turned round otherwise.
        text = re.sub(rf"\b{found}\b(?!{_TURNED})", partial(_put, put), text, flags=re.IGNORECASE)
    made = [text]
    if wish.is_correction or wish.tone is Tone.FORMAL:
        # By themselves, too: all at once they may be further from the sentence than is good.
        made = [capitalised(text), capitalised(sentence), text]
    return [one for one in dict.fromkeys(made) if one != sentence]


def _put(text: str, found: re.Match[str]) -> str:
    """Return a text with the capital of what it stands for, and the document's apostrophe."""
    text = text.replace("'", "’") if "’" in found.string else text
    return text[0].upper() + text[1:] if found[0][0].isupper() else text


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


def least_needed(sentences: Sequence[str], places: Sequence[int]) -> int | None:
    """Return the longest sentence at `places` that names and counts nothing; None if all do."""
    free = [place for place in places if sentences[place].strip() and not facts(sentences[place])]
    return (
        max(free, key=lambda place: len(sentences[place])) if len(sentences) > 1 and free else None
    )

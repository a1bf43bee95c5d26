"""Rewriting passages by instruction: `passages.json`, and what is wrong with a rewrite.

Everything here is counted by rule, so it judges what can be: length, names, numbers, and talk
around the text. Whether a text is friendlier, only a reader can say.
"""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

PASSAGES: Final = Path(__file__).with_name("passages.json")

_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
# What a sentence begins behind: its capital says nothing. A colon or a quote may open one.
_SENTENCE_START = re.compile(
    r"(?:^|(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bDr)[.!?:]|\n)[\s\"“”'‘(*>-]*$|[\"“]$"
)
_NO_NAMES = {"i", "i'm", "i'll", "i've", "i'd", "mr", "mrs", "ms", "dr"}
_SPELLED: Final = re.findall(
    r"\w+", "zero one two three four five six seven eight nine ten eleven twelve"
)
_PREAMBLE = re.compile(
    r"\W*(?:here(?:['’]s| is| are)|sure\b|certainly\b|of course\b|absolutely\b|okay\b|"
    r"(?:the )?(?:rewritten|revised|shortened|corrected|improved|shorter|longer|simpler)\b[^.]*:)",
    re.IGNORECASE,
)
_EXPLANATION = re.compile(
    r"\W*(?:note\b|explanation\b|changes\b|i (?:have |’ve |'ve )?"
    r"(?:made|changed|added|removed|corrected|kept|tried|simplified|rewrote)|let me know\b|"
    r"(?:this|the) (?:new |revised |rewritten |corrected )?(?:version|rewrite|text)\b)",
    re.IGNORECASE,
)
# Anywhere: the model as itself. It must stand in the answer alone.
_ITSELF = re.compile(
    r"\bas an ai\b|\bai (?:rewriting )?assistant\b|\bsorry for (?:the|any) (?:confusion|misunder)|"
    r"\bmentioned (?:problems|text)\b",
    re.IGNORECASE,
)
_QUOTES: Final = {'"': '"', "“": "”", "'": "'", "‘": "’", "«": "»", "`": "`"}


def read_passages() -> tuple[dict[str, str], list[str]]:
    """Return the instructions by their names, and the passages."""
    values = json.loads(PASSAGES.read_text(encoding="utf-8"))
    return values["instructions"], [passage["text"] for passage in values["passages"]]


def names_in(text: str) -> set[str]:
    """Return the capitalised words that stand inside a sentence, in lower case."""
    found = set()
    for word in _WORD.finditer(text):
        own = word[0].removesuffix("'s").removesuffix("’s").replace("’", "'")
        inside = not _SENTENCE_START.search(text[: word.start()])
        if own[0].isupper() and inside and own.lower() not in _NO_NAMES:
            found.add(own.lower())
    return found


def numbers_in(text: str) -> set[str]:
    """Return the numbers written in digits."""
    return set(_NUMBER.findall(text))


@dataclass(frozen=True)
class Rewrite:
    """A passage, and what became of it."""

    instruction: str  # its name
    passage: str
    text: str

    @property
    def is_right_length(self) -> bool:
        """Whether the number of words moved the right way; half as many again or less, if none."""
        old, new = len(self.passage.split()), len(self.text.split())
        if self.instruction == "shorter":
            return 0 < new < old
        if self.instruction == "longer":
            return new > old
        return 0.5 * old <= new <= 1.5 * old

    @cached_property
    def wanted(self) -> set[str]:
        """The passage's names and numbers."""
        return names_in(self.passage) | numbers_in(self.passage)

    @cached_property
    def kept(self) -> set[str]:
        """Those of them that are still there; a small number may be spelled out."""
        words = {word[0].lower().replace("’", "'") for word in _WORD.finditer(self.text)}
        words |= {word.removesuffix("'s") for word in words}
        there = words | numbers_in(self.text)
        spelled = {str(number) for number, word in enumerate(_SPELLED) if word in words}
        return self.wanted & (there | spelled)

    @property
    def talks(self) -> bool:
        """Whether the model speaks of the text: a preamble, quotes around it, an explanation."""
        own, passage = self.text.strip(), self.passage.strip()
        begins = _PREAMBLE.match(own) and not _PREAMBLE.match(passage)
        is_quoted = (
            len(own) > 1 and _QUOTES.get(own[0]) == own[-1] and not passage.startswith(own[0])
        )
        is_itself = _ITSELF.search(own) and not _ITSELF.search(passage)
        return bool(begins or is_itself) or is_quoted or self._explains

    @property
    def _explains(self) -> bool:
        """Whether more paragraphs come than there were; a longer text may have some."""
        paragraphs = [part for part in re.split(r"\n\s*\n", self.text.strip()) if part.strip()]
        more = paragraphs[len(re.split(r"\n\s*\n", self.passage.strip())) :]
        return any(self.instruction != "longer" or _EXPLANATION.match(part) for part in more)

"""A passage that begins or ends in the middle of a sentence: what a rewrite of it has to fit."""

import re

from engine.region.lines import SAMPLE

_END = re.compile(r"[.!?:…][\"”’')*]*$")
_STOP = re.compile(r"[.!?…]+([\"”’')*]*)$")
_FIRST_WORD = re.compile(r"\w[\w'’]*")
_I = re.compile(r"I(?:['’]\w+)?")


def is_amid(before: str) -> bool:
    """Whether what stands behind a text goes on with its last sentence."""
    near = before[-SAMPLE:].rstrip()
    line = near.rpartition("\n")[2]
    is_next_line = "\n" in before[len(before.rstrip()) :]
    # A mark of a list or a quotation is no sentence; nor does one go on in another line, but for
    # texts that are wrapped, which cannot be told from a title.
    return bool(re.search(r"\w", line)) and not is_next_line and not _END.search(near)


def goes_on(after: str) -> bool:
    """Whether a text begins with the rest of a sentence, on its line or, wrapped, on the next."""
    line, _, rest = after[:SAMPLE].partition("\n")
    return bool(line.strip()) or rest.lstrip(" \t")[:1].islower()


def without_stop(text: str, old: str) -> str:
    """Return a text without the sentence's end that the old one has not."""
    return text if _END.search(old.rstrip()) else _STOP.sub(r"\1", text.rstrip())


def without_capital(text: str, old: str) -> str:
    """Return a text without the capital letter that the old one has not, unless it is a name's."""
    word = _FIRST_WORD.search(text)
    is_own = old.lstrip()[:1].islower()
    if word is None or not is_own or _I.fullmatch(word[0]) or re.search(rf"\b{word[0]}\b", old):
        return text
    # An abbreviation's capitals stay together.
    if word[0][1:] != word[0][1:].lower():
        return text
    return text[: word.start()] + word[0].lower() + text[word.end() :]

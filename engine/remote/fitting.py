"""What a server's answer says of a region: without wrapping, repetition and broken seams."""

from collections.abc import Sequence

from engine.region.region import Region
from engine.region.seams import seam_errors
from engine.remote.judging import end_of_line
from engine.remote.reasoning import without_tags

_MIN_OVERLAP = 12  # characters that an answer repeats of the text before it by no accident
_MAX_REPEATED = 400  # characters that are looked for again; with each piece of an answer
_FENCE = "```"
_PAIRS = {")": "(", "]": "[", "}": "{", "”": "“", "»": "«"}
_QUOTES = "\"'`"


def fitted(region: Region, answer: str, tags: Sequence[str], *, is_complete: bool) -> str:
    """Return what an answer says of a region.

    A text that stays on its line ends with that. Half an answer keeps its end as it is, because
    nobody knows yet what it is the half of.

    Args:
        region: What was asked for.
        answer: The answer, without what was thought.
        tags: That texts were quoted in, the region's first; a chat has some.
        is_complete: Whether it is all of the answer.
    """
    is_chat = bool(tags)
    before, after, old = region.before, region.after, region.request.region
    text = answer
    if is_chat:
        text = _unwrapped(without_tags(answer, tags, around=before + old + after), old)
    text = text[_repeated(before, text) :]
    # Half an answer may end in what only looks like the text behind.
    if is_complete:
        text = text[: len(text) - _doubled(text, after, old)]
    # The white space around it stays as it was, and a sentence begins without.
    if old.strip() or is_chat or region.lacks_sentence:
        text = text.lstrip(" ") if before.endswith((" ", "\n")) else text
        text = text.rstrip() if is_complete else text
    text = text[: end_of_line(region, text)]
    if not text:
        return ""
    # A chat writes its answer without the space that stands between it and the text.
    if is_chat and _grown_together(before, text, after="", old=old):
        text = " " + text
    if is_complete and _grown_together("", text, after, old=old):
        text += " "
    return text


def _unwrapped(answer: str, region: str) -> str:
    """Take a fence of Markdown off, unless the old text had one."""
    lines = answer.strip("\n").split("\n")
    if lines[0].startswith(_FENCE) and not region.lstrip().startswith(_FENCE):
        lines = lines[1:-1] if lines[-1].strip() == _FENCE else lines[1:]
        return "\n".join(lines)
    return answer.strip("\n")


def _repeated(before: str, text: str) -> int:
    """Return how many characters at a text's start repeat the end of the text before it."""
    longest = min(len(before), len(text), _MAX_REPEATED)
    lengths = range(longest, _MIN_OVERLAP - 1, -1)
    return next((n for n in lengths if before.endswith(text[:n])), 0)


def _doubled(text: str, after: str, old: str) -> int:
    """Return how many characters at a text's end stand behind it already, however few."""
    longest = min(len(text), len(after), _MAX_REPEATED)
    return next((n for n in range(longest, 0, -1) if _is_doubled(text, after, old, n)), 0)


def _is_doubled(text: str, after: str, old: str, length: int) -> bool:
    end = after[:length]
    if not text.endswith(end) or old.endswith(end):
        return False
    # Half a word is no word: “the” does not end in what “elephant” begins with.
    cuts_text = text[-length - 1 : -length].isalnum() and end[0].isalnum()
    cuts_after = end[-1].isalnum() and after[length : length + 1].isalnum()
    if cuts_text or cuts_after:
        return False
    return any(map(str.isalnum, end)) or _is_surplus(text, end)


def _is_surplus(text: str, end: str) -> bool:
    """Whether signs at a text's end close nothing that it has opened itself."""
    for sign in end:
        if sign in _PAIRS and text.count(sign) <= text.count(_PAIRS[sign]):
            return False
        if sign in _QUOTES and text.count(sign) % 2 == 0:
            return False
    return True


def _grown_together(before: str, text: str, after: str, old: str) -> bool:
    edge = (before[-1:], text[:1]) if before else (text[-1:], after[:1])
    return all(map(str.isalnum, edge)) and seam_errors(before, text, after, old.strip()) > 0

"""What a model thinks before it writes, told apart from what it writes.

Servers send it in a field of its own, or in the text between marks. Where a template opens the
thought in the prompt, only the mark that closes it is ever seen.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_MARKS = (
    (r"<think(?:ing)?>", r"</think(?:ing)?>"),
    (r"<\|channel>thought", r"<channel\|>"),
    (r"<\|channel\|>analysis(?:<\|message\|>)?", r"<\|channel\|>final(?:<\|message\|>)?"),
    (r"\[THINK\]", r"\[/THINK\]"),
)
_OPENED = re.compile("|".join(rf"\s*(?:{opening})" for opening, _ in _MARKS))
_CLOSED = re.compile("|".join(closing for _, closing in _MARKS))
# The beginnings of such marks: what a stream ends in may turn out to be one.
_STARTS = ("<think>", "<thinking>", "<|channel>thought", "<|channel|>analysis", "[THINK]")


@dataclass(frozen=True, slots=True)
class Said:
    """An answer in its two parts."""

    reasoning: str
    text: str
    is_reasoning: bool = False  # still, as far as one can tell


def told_apart(answer: str, *, may_begin_inside: bool = False, is_complete: bool = True) -> Said:
    """Split an answer into what was thought and what was written.

    Args:
        answer: Its text so far.
        may_begin_inside: Whether it may begin in the middle of a thought.
        is_complete: Whether no more comes; else its end may be the beginning of a mark.
    """
    opened = _OPENED.match(answer)
    start = opened.end() if opened else 0
    closed = _CLOSED.search(answer, start)
    # A thought in several pieces, or an empty one and then another.
    while closed and (again := _OPENED.match(answer, closed.end())):
        closed = _CLOSED.search(answer, again.end())
        opened = again
    if closed is not None:
        return Said(answer[start : closed.start()].strip(), answer[closed.end() :].lstrip("\r\n"))
    if opened is not None or (may_begin_inside and not is_complete):
        return Said(answer[start:].strip(), "", is_reasoning=True)
    begun = answer.lstrip()
    if not is_complete and begun and any(mark.startswith(begun) for mark in _STARTS):
        return Said("", "", is_reasoning=True)
    return Said("", answer)


def begins_inside(answer: str) -> bool:
    """Whether a thought ends in an answer that has not begun there."""
    return _OPENED.match(answer) is None and _CLOSED.search(answer) is not None


def without_tags(text: str, names: Iterable[str], *, around: str) -> str:
    """Return an answer without the tags that a prompt quotes its texts in.

    Args:
        text: The answer.
        names: The passage's own tag first; what others hold stands beside the passage.
        around: All that was quoted: tags that it has itself may be meant.
    """
    own, *beside = names
    others = [name for name in beside if f"<{name}>" not in around]
    for name in others:
        text = re.sub(rf"<{name}>.*?(?:</{name}>|\Z)\s*", "", text, flags=re.DOTALL)
    if f"<{own}>" not in around:
        inside = re.search(rf"<{own}>(.*?)(?:</{own}>|\Z)", text, flags=re.DOTALL)
        text = inside[1] if inside else text
        others.append(own)
    return re.sub(rf"</?(?:{'|'.join(others)})>", "", text) if others else text

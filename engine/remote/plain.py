"""A region for a server that only writes on: which way it is asked, and what is made of the answer.

Three ways, the first that fits: its `suffix` parameter, where it has one and nothing else is asked
for; a chat, which quotes the text on both sides; a completion of the text before the region.
"""

from dataclasses import dataclass

from engine.api import LengthMode
from engine.errors import BadRequestError
from engine.region.region import Region
from engine.region.seams import seam_errors
from engine.remote.client import Json
from engine.remote.judging import end_of_line
from engine.remote.server import CHAT, COMPLETIONS, RemoteServer

_MAX_BEFORE, _MAX_AFTER = 12_000, 4_000  # characters
_CHARS_PER_TOKEN = 3  # at the least, on average
_MIN_TOKENS, _CARET_TOKENS = 32, 96
_LENGTH_SHARES = {LengthMode.AUTO: 2.0, LengthMode.LONGER: 3.0}
_MIN_OVERLAP = 12  # characters that an answer repeats of the text around it by no accident
_FENCE = "```"
_SYSTEM = (
    "You write the missing passage of a document. Answer with that passage alone: nothing of the "
    "text before or behind it, no comment, no quotation marks and no fence around it."
)
_LENGTHS = {
    LengthMode.SAME: "Make it about {words} words long.",
    LengthMode.SHORTER: "Make it shorter than {words} words.",
    LengthMode.LONGER: "Make it longer than {words} words.",
    LengthMode.WORDS: "Make it exactly {count} words long.",
    LengthMode.LINES: "Make it exactly {count} lines long.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainTask:
    """A region, and one way of asking for it."""

    region: Region
    path: str
    body: Json
    max_tokens: int

    def fitted(self, answer: str, *, is_complete: bool) -> str:
        """Return what an answer says of the region: without wrapping, repetition, broken seams.

        A text that stays on its line ends with that. Half an answer keeps its end as it is, because
        nobody knows yet what it is the half of.
        """
        region, is_chat = self.region, self.path == CHAT
        before, after, old = region.before, region.after, region.request.region
        text = _unwrapped(answer, old) if is_chat else answer
        text = text[_overlap(before, text) :]
        # Half an answer may end in what only looks like the text behind.
        if is_complete:
            text = text[: len(text) - _overlap(text, after)]
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


def make_task(server: RemoteServer, region: Region) -> PlainTask:
    """Choose the way of asking for a region.

    Raises:
        BadRequestError: If the server takes no instructions and there is one.
    """
    before, after = region.before[-_MAX_BEFORE:], region.after[:_MAX_AFTER]
    words = region.settings.instruction.strip()
    max_tokens = _max_tokens(region)
    body: Json = {"model": server.model, "max_tokens": max_tokens}
    path = COMPLETIONS
    if server.takes_suffix and not words and after.strip():
        body |= {"prompt": before, "suffix": after, "logprobs": 1}
    elif server.chats and (words or after.strip() or not server.completes):
        path = CHAT
        body["messages"] = _messages(region, words, before, after)
    elif words:
        raise BadRequestError("This server takes no instructions. Leave the instruction empty.")
    elif server.completes:
        body |= {"prompt": before or after or " ", "logprobs": 1}
    else:
        raise BadRequestError("This server completes no text. Choose another model of it.")
    if region.rule.is_single_line and path == COMPLETIONS:
        body["stop"] = ["\n"]  # a chat may open with a fence, or an empty line
    return PlainTask(region=region, path=path, body=body, max_tokens=max_tokens)


def _messages(region: Region, words: str, before: str, after: str) -> list[Json]:
    """Return a chat that quotes what stands on both sides, and the old text if it is to change."""
    length, core = region.settings.length, region.request.region.strip()
    gap = "the sentence that" if region.wants_sentence else "what"
    task = words or f"Write {gap} belongs in the gap."
    count = len(core.split())
    if length.mode in _LENGTHS and (count or length.count):
        task += " " + _LENGTHS[length.mode].format(words=count, count=length.count)
    if region.rule.is_single_line:
        task += " Keep it on one line."
    parts = [task]
    if words and core:
        parts.append(f"The passage as it is now:\n<passage>{core}</passage>")
    parts.append(f"The text before it:\n<before>{before}</before>")
    parts.append(f"The text behind it:\n<after>{after}</after>")
    return [
        {"role": "system", "content": _SYSTEM},
        {"role": "user", "content": "\n\n".join(parts)},
    ]


def _max_tokens(region: Region) -> int:
    settings = region.settings
    if settings.num_slots is not None:
        return settings.num_slots
    match settings.length.mode:
        case LengthMode.WORDS:
            return max(_MIN_TOKENS, 3 * settings.length.count)
        case LengthMode.LINES:
            return max(_MIN_TOKENS, 40 * settings.length.count)
        case mode:
            own = len(region.request.region) / _CHARS_PER_TOKEN
            wanted = own * _LENGTH_SHARES.get(mode, 1.5) or _CARET_TOKENS
            return max(_MIN_TOKENS, round(wanted))


def _unwrapped(answer: str, region: str) -> str:
    """Take a fence of Markdown off, unless the old text had one."""
    lines = answer.strip("\n").split("\n")
    if lines[0].startswith(_FENCE) and not region.lstrip().startswith(_FENCE):
        lines = lines[1:-1] if lines[-1].strip() == _FENCE else lines[1:]
        return "\n".join(lines)
    return answer.strip("\n")


def _overlap(left: str, right: str) -> int:
    """Return how many characters at the end of one text begin the other."""
    longest = min(len(left), len(right))
    lengths = range(longest, _MIN_OVERLAP - 1, -1)
    return next((n for n in lengths if left.endswith(right[:n])), 0)


def _grown_together(before: str, text: str, after: str, old: str) -> bool:
    edge = (before[-1:], text[:1]) if before else (text[-1:], after[:1])
    return all(map(str.isalnum, edge)) and seam_errors(before, text, after, old.strip()) > 0

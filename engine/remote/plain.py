"""A region for a server that only writes on: which way it is asked.

Four ways, the first that fits: llama.cpp's `/infill` and the parameter `suffix`, where one of them
has been seen to fill a gap and nothing else is asked for; a chat, which quotes the text on both
sides; a completion of the text before the region.
"""

from dataclasses import dataclass

from engine.api import LengthMode
from engine.errors import BadRequestError
from engine.region.region import Region
from engine.remote.answer import Answer
from engine.remote.client import Json
from engine.remote.fitting import fitted
from engine.remote.paths import CHAT, COMPLETIONS, INFILL
from engine.remote.reasoning import Said, told_apart
from engine.remote.server import TEMPERATURE, RemoteServer, thinking

PASSAGE, BEFORE, AFTER = "passage", "before", "after"  # the tags that a chat quotes texts in
_SHARE_BEFORE = 0.75  # of what is quoted around a region
_CHARS_PER_TOKEN = 3  # at the least, on average
_MIN_TOKENS, _CARET_TOKENS = 32, 96
_REASONING_TOKENS = 4096  # room to think in
_TEMPLATE_TOKENS = 200  # of a chat's own words
_LENGTH_SHARES = {LengthMode.AUTO: 2.0, LengthMode.LONGER: 3.0}
_SYSTEM = (
    "You write the missing passage of a document. Answer with that passage alone: nothing of the "
    "text before or behind it, no comment, no quotation marks, no tags and no fence around it."
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
    server: RemoteServer
    path: str
    body: Json
    max_tokens: int  # of the text; the body's budget may have room to think as well
    quoted: int  # characters around the region that the request holds

    def request(self, number: int) -> Json:
        """Return what one candidate is asked for with."""
        seed = (self.region.request.seed + number) % 2**31
        return self.server.body(self.path, {**self.body, "seed": seed})

    def said(self, answer: Answer, *, is_complete: bool) -> Said:
        """Tell what was thought in an answer from what was written."""
        may_be = self.server.begins_inside is not False  # or is not known
        inside = may_be and self.path == CHAT and not answer.reasoning
        # One that was cut may have been cut in the midst of a thought.
        is_whole = is_complete and not (self.server.begins_inside and answer.finish == "length")
        said = told_apart(answer.text, may_begin_inside=inside, is_complete=is_whole)
        thought = "\n".join(part for part in (answer.reasoning.strip(), said.reasoning) if part)
        is_thinking = said.is_reasoning or (bool(thought) and not said.text)
        return Said(thought, said.text, is_thinking)

    def fitted(self, text: str, *, is_complete: bool) -> str:
        """Return what an answer says of the region, without what it was thinking."""
        tags = (PASSAGE, BEFORE, AFTER) if self.path == CHAT else ()
        return fitted(self.region, text, tags, is_complete=is_complete)


def make_task(server: RemoteServer, region: Region) -> PlainTask:
    """Choose the way of asking for a region.

    Raises:
        BadRequestError: If the server takes no instructions and there is one.
    """
    words = region.settings.instruction.strip()
    path = _path(server, region, words)
    max_tokens = _max_tokens(region)
    budget = max_tokens + (_REASONING_TOKENS if path == CHAT and server.reasons else 0)
    if server.context_length:
        budget = min(budget, server.context_length // 2)
    before, after = _around(server, region, budget)
    body: Json = {"max_tokens": budget, "temperature": TEMPERATURE}
    if path == INFILL:
        body |= {"input_prefix": before, "input_suffix": after}
        body["n_predict"] = body.pop("max_tokens")
    elif path == CHAT:
        messages = _messages(region, words, before, after)
        body |= {"messages": messages, **thinking(server.wants_reasoning)}
    else:
        body |= {"prompt": before or after or " ", "logprobs": 1}
        if server.takes_suffix and after.strip():
            body |= {"prompt": before, "suffix": after}
    # A chat may open with a fence, or an empty line.
    if region.rule.is_single_line and path != CHAT:
        body["stop"] = ["\n"]
    return PlainTask(
        region=region,
        server=server,
        path=path,
        body=body,
        max_tokens=max_tokens,
        quoted=len(before) + len(after),
    )


def _path(server: RemoteServer, region: Region, words: str) -> str:
    has_gap = bool(region.after.strip()) and not words
    if has_gap and server.infills:
        return INFILL
    if has_gap and server.takes_suffix:
        return COMPLETIONS
    if server.chats and (words or region.after.strip() or not server.completes):
        return CHAT
    if words:
        raise BadRequestError("This server takes no instructions. Leave the instruction empty.")
    if server.completes:
        return COMPLETIONS
    if server.infills:
        return INFILL
    raise BadRequestError("This server completes no text. Choose another model of it.")


def _around(server: RemoteServer, region: Region, budget: int) -> tuple[str, str]:
    """Return as much of the text on both sides as there is room for; the nearest counts most."""
    room = server.max_quoted
    if server.context_length:
        own = len(region.core) + len(region.settings.instruction)
        tokens = server.context_length - budget - _TEMPLATE_TOKENS
        room = min(room, max(tokens * _CHARS_PER_TOKEN - own, 0))
    before, after = region.before, region.after
    behind = min(len(after), max(round(room * (1 - _SHARE_BEFORE)), room - len(before)))
    return before[len(before) - min(len(before), room - behind) :], after[:behind]


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
        parts.append(f"The passage as it is now:\n<{PASSAGE}>{core}</{PASSAGE}>")
    parts.append(f"The text before it:\n<{BEFORE}>{before}</{BEFORE}>")
    parts.append(f"The text behind it:\n<{AFTER}>{after}</{AFTER}>")
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

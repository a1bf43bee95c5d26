"""An instruction as the model hears it, and its answer as a text for the region.

Small chat models put a passage into the user's turn and answer with the whole of it. Some say that
they do so ("Here is a shorter version:"), put it in quotation marks, or explain themselves behind
it; none of that may reach the document.
"""

import re

SYSTEM = "You are an AI rewriting assistant. "
# A line that announces the text, up to its colon. Kept short: a passage may have colons.
_PREAMBLE = re.compile(
    r"\s*(?:(?:sure|certainly|of course|okay|ok|absolutely)[:!.,]\s*)?"
    r"(?:(?:here(?:'s|’s| is| are)|this is|below is|(?:the )?(?:rewritten|revised|corrected|"
    r"shorter|longer|simpler|formal|friendlier|updated|improved)\b)[^\n:]{0,80}:)?\s*",
    re.IGNORECASE,
)
# The beginning of such a line, whose colon may still come.
_OPENING = re.compile(
    r"\s*(?:sure|certainly|of course|okay|here|this is|below is|"
    r"(?:the )?(?:rewritten|revised|corrected))\b[^\n:]{0,80}$",
    re.IGNORECASE,
)
_QUOTES = {'"': '"', "“": "”", "'": "'", "‘": "’", "`": "`", "«": "»"}
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_NAME = re.compile(r"(?<![.!?…:\n]\s)(?<!^)(?<![\"“‘'(])\b[A-Z][\w’'-]*[A-Za-z]\b")


def cleaned(answer: str, passage: str, *, is_whole: bool) -> str:
    """Return the part of an answer that is the text itself.

    Args:
        answer: What the model wrote so far.
        passage: What it was given; what this has, a preamble or quotation marks, stays.
        is_whole: Whether the answer is at its end; before, a line that may be a preamble is none
            of the text.
    """
    text = answer.lstrip()
    if not is_whole and _OPENING.match(text) and not _OPENING.match(passage):
        return ""
    found = _PREAMBLE.match(text)
    if found and found.end() and not _is_own(found[0], passage):
        text = text[found.end() :]
    if "\n\n" not in passage.strip():
        text = text.partition("\n\n")[0]
    if "\n" not in passage.strip():
        text = " ".join(text.split("\n")) if is_whole else text.partition("\n")[0]
    return _unquoted(text, passage).strip()


def lost(passage: str, text: str) -> list[str]:
    """Return the names and numbers of a passage that a text has lost."""
    wanted = [*_NUMBER.findall(passage), *_NAME.findall(passage)]
    return [one for one in dict.fromkeys(wanted) if one not in text]


def _is_own(preamble: str, passage: str) -> bool:
    return passage.lstrip().lower().startswith(preamble.strip().lower()[:12])


def _unquoted(text: str, passage: str) -> str:
    stripped = text.strip()
    closing = _QUOTES.get(stripped[:1])
    if closing is None or passage.strip()[:1] == stripped[:1]:
        return text
    inner = stripped[1:]
    return inner.removesuffix(closing) if closing not in inner[:-1] else text

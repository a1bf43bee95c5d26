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
_TITLE = re.compile(r"\b(Mr|Mrs|Ms|Dr|St)\.")
_NO_NAMES = {
    "i",
    "i'm",
    "i’m",
    "i'll",
    "i’ll",
    "i've",
    "i’ve",
    "i'd",
    "i’d",
    "mr",
    "mrs",
    "ms",
    "dr",
}
_NOT = re.compile(
    r"\b(?:not|cannot|never|no|nobody|nothing|none|neither|without)\b|"
    r"\b(?:do|did|does|is|are|was|were|ca|wo|would|could|should|has|have|had|ai)n['’]?t\b",
    re.IGNORECASE,
)
# What a chat model says instead of a text.
_TALK = re.compile(
    r"\bas an ai\b|\bi['’]m (?:the|an) ai\b|\brewriting (?:assistant|task)|\bAI assistant\b|"
    r"\blet me know if\b|\bi['’](?:m|ve been) (?:here|trained|designed|programmed) to\b|"
    r"\bi(?:['’]m| am) (?:happy|ready|glad|more than happy) to (?:assist|help)\b|"
    r"\b(?:correct|original|rewritten|revised) sentence\b|"
    r"^\W*(?:to |i['’]ll )?make it (?:more|a (?:bit|little))\b|"
    r"\b(?:rewritten|revised|corrected|original|given|mentioned|provided) "
    r"(?:text|version|passage|sentence|statement|problems)\b|"
    r"\bsorry for (?:the|any|your) (?:confusion|misunderstanding|inconvenience|loss|error)|"
    r"^\W*(?:sure|certainly|of course)[,!]|"
    r"^\W*here(?:['’]s| is| are) (?:a|an|the|your|some)\b|^\W*(?:passage|text|rewrite):",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(
    r"(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bDr)(?<!\bSt)(?<!\b[A-Z])"
    r"(?<![.!?…])[.!?…]+[\"”’')*]*\s+|(?<!\s)\s*\n\s*"
)
_FEWEST_WORDS = 4
# Where a sentence begins, but for names such as keep_days, and behind abbreviations.
_SMALL_WORD = re.compile(
    r"(?:\A|(?<=\w\w\w[.!?]\s)(?<!\betc\.\s))[a-z](?=[a-z]*(?:[\s,!?]|['’][a-z]|$))"
)
_SMALL_I = re.compile(r"(?<!\S)i(?=['’](?:m|ll|ve|d)\b|\s)")
# What a line of a list, a heading or a quotation begins with.
_MARK = re.compile(r"\s*(?:(?:[-*+•–—]|\d{1,3}[.)]|#{1,6}|>)(?:[ \t]+|\s*\Z)(?:\[[ xX]\][ \t]+)?)+")


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


def facts(text: str) -> set[str]:
    """Return what a rewrite must neither lose nor make up: names, numbers, and whether it says no.

    A sentence's first word is no name by its capital; a possessive is the name itself.
    """
    plain = _TITLE.sub(r"\1", text)
    names = {re.sub(r"['’]s$", "", name).lower() for name in _NAME.findall(plain)}
    return names - _NO_NAMES | set(numbers(text)) | ({"not"} if _NOT.search(text) else set())


def numbers(text: str) -> list[str]:
    """Return the numbers of a text as they stand there."""
    return _NUMBER.findall(text)


def denials(text: str) -> int:
    """Return how often a text says no."""
    return len(_NOT.findall(text))


def is_talk(text: str) -> bool:
    """Whether the model speaks as itself, of its work or to its user."""
    return _TALK.search(text) is not None


def sentences(passage: str) -> list[str]:
    """Return a passage in sentences, each with the white space behind it; joined they are it.

    Very short ones stay with the one before: alone they say too little to be rewritten.
    """
    pieces: list[str] = []
    start = 0
    for end in [*(found.end() for found in _SENTENCE_END.finditer(passage)), len(passage)]:
        piece = passage[start:end]
        if "\n" not in piece and end < len(passage) and _MARK.fullmatch(piece):
            continue  # the number of an item is no sentence
        is_short = len(piece.split()) < _FEWEST_WORDS
        if pieces and is_short and "\n" not in pieces[-1]:
            pieces[-1] += piece
        elif piece:
            pieces.append(piece)
        start = end
    return pieces


def in_parts(sentence: str) -> tuple[str, str, str]:
    """Split a sentence into what it begins with in its line, itself, and the space behind it.

    A small model told to rewrite "- an item" may leave the mark out, so it never sees it.
    """
    own = sentence[_begin(sentence) :].strip()
    start = sentence.index(own, _begin(sentence))
    return sentence[:start], own, sentence[start + len(own) :]


def without_mark(text: str) -> str:
    """Return a text without what a line of a list begins with."""
    return text[_begin(text) :]


def _begin(text: str) -> int:
    found = _MARK.match(text)
    return found.end() if found else 0


def first_sentence(text: str) -> str:
    """Return a text up to where its first sentence ends, and all of it if none does."""
    found = _SENTENCE_END.search(text.strip())
    return text.strip()[: found.end()].strip() if found else text.strip()


def whole_sentences(text: str) -> str:
    """Return a text up to the last sentence that ends; all of it if none does."""
    ends = [found.end() for found in _SENTENCE_END.finditer(text.rstrip() + " ")]
    return text[: ends[-1]].rstrip() if ends else text


def capitalised(sentence: str) -> str:
    """Return a sentence with the capital letter it begins with, and with "I" for "i"."""
    return _SMALL_WORD.sub(lambda found: found[0].upper(), _SMALL_I.sub("I", sentence))


def _is_own(preamble: str, passage: str) -> bool:
    return passage.lstrip().lower().startswith(preamble.strip().lower()[:12])


def _unquoted(text: str, passage: str) -> str:
    stripped = text.strip()
    closing = _QUOTES.get(stripped[:1])
    if closing is None or passage.strip()[:1] == stripped[:1]:
        return text
    inner = stripped[1:]
    return inner.removesuffix(closing) if closing not in inner[:-1] else text

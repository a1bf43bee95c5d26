"""The rule for the two edges of a region, whoever wrote its text."""

import re

from engine.region.lines import SAMPLE, begins_sentence, ends_sentence

# What a doubled or missing character at an edge of the region costs a candidate, in nats a token.
SEAM_COST = 0.33
# What it costs to make half a sentence of a whole one, for each end.
HALF_COST = 0.5

_WIDE = re.compile(r"(?<=\w)  +(?=\w)")
_FIRST = re.compile(r"[\"'“‘«(*_]*(\S)")


def seam_errors(before: str, text: str, after: str, old: str = "") -> int:
    """Count doubled or missing characters at the two edges of a region.

    Doubled: a space, quote, comma or semicolon on both sides of an edge. Missing: two words that
    have grown together there. What the text had of these before is no error. A text that began its
    line is not to be indented, and none ends its line with a space. Between words there is one
    space, unless the text around is set in columns.
    """
    left = _is_bad(before, text or after) and not _is_bad(before, old or after)
    # Small models put a space before each word, also where a line begins.
    left |= before[-1:] == "\n" and text[:1] == " " and old[:1] not in {"", " "}
    right = bool(text) and _is_bad(text, after) and not _is_bad(old or before, after)
    right |= text.strip() != "" and text[-1:] == " " and after[:1] in {"", "\n"} and old[-1:] != " "
    return left + right + _wide_spaces(before, text, after, old)


def half_sentences(before: str, text: str, after: str, old: str) -> int:
    """Count the ends of a sentence, and of speech, that the old text had and the new one has not.

    A sentence begins with a capital letter or a figure, and ends with a mark.
    """
    was, begun = _FIRST.match(old.lstrip()), _FIRST.match(text.lstrip())
    if was is None or begun is None:
        return 0
    is_cut = was[1].isupper() and begins_sentence(before + old[: len(old) - len(old.lstrip())])
    is_cut = is_cut and (begun[1].islower() or not begun[1].isalnum())
    had_end = ends_sentence(old) and (not after or after[0].isspace() or old[-1].isspace())
    is_open = _is_open(text) and not _is_open(old)
    return is_cut + (had_end and not ends_sentence(text)) + is_open


def _is_open(text: str) -> bool:
    """Whether a quotation mark has no partner."""
    return text.count("“") != text.count("”") or text.count('"') % 2 == 1


def _wide_spaces(before: str, text: str, after: str, old: str) -> int:
    around = before[-SAMPLE:] + old + after[:SAMPLE]
    return 0 if _WIDE.search(around) else len(_WIDE.findall(text))


def _is_bad(left: str, right: str) -> bool:
    if not left or not right:
        return False
    one, other = left[-1], right[0]
    if one == other == " ":
        return bool(left.rpartition("\n")[2].strip())  # more than an indentation
    return (one == other and one in "\"'`,;") or (one.isalnum() and other.isalnum())

"""The rule for the two edges of a region, whoever wrote its text."""

# What a doubled or missing character at an edge of the region costs a candidate, in nats a token.
SEAM_COST = 0.33


def seam_errors(before: str, text: str, after: str, old: str = "") -> int:
    """Count doubled or missing characters at the two edges of a region.

    Doubled: a space, quote, comma or semicolon on both sides of an edge. Missing: two words that
    have grown together there. What the text had of these before is no error. A text that began its
    line is not to be indented, and none ends its line with a space.
    """
    left = _is_bad(before, text or after) and not _is_bad(before, old or after)
    # Small models put a space before each word, also where a line begins.
    left |= before[-1:] == "\n" and text[:1] == " " and old[:1] not in {"", " "}
    right = bool(text) and _is_bad(text, after) and not _is_bad(old or before, after)
    right |= text.strip() != "" and text[-1:] == " " and after[:1] in {"", "\n"} and old[-1:] != " "
    return left + right


def _is_bad(left: str, right: str) -> bool:
    if not left or not right:
        return False
    one, other = left[-1], right[0]
    if one == other == " ":
        return bool(left.rpartition("\n")[2].strip())  # more than an indentation
    return (one == other and one in "\"'`,;") or (one.isalnum() and other.isalnum())

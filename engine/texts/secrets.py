"""Lines that look like secrets, which are neither learned nor shown in a result.

The list is short, and the measure of randomness is truffleHog's, which detect-secrets has taken
over; that library itself brings a network client along. Rather a line too many than one too few:
what is cut is missed by nobody.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

# What is repeated ahead of something that has to follow has a bound: a long line of nothing but
# beginnings would take hours, and nothing stops an expression at work.
_KNOWN: Final = re.compile(
    r"AKIA[0-9A-Z]{16}"  # AWS
    r"|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,}|glpat-[\w-]{20}"
    r"|xox[abeoprs]-[\w-]{10,}"  # Slack
    r"|AIza[\w-]{35}|ya29\.[\w-]{20,}"  # Google
    r"|[sr]k_(live|test)_\w{16,}|whsec_\w{16,}"  # Stripe
    r"|sk-[\w-]{20,}|hf_[A-Za-z0-9]{30,}|npm_\w{36}|pypi-\w{50,}"
    r"|eyJ[\w-]{8,400}\.eyJ[\w-]{8,}\."  # JSON web tokens
    r"|-----BEGIN [A-Z0-9 ]*PRIVATE KEY|ssh-(rsa|ed25519|dss) AAAA"
)
_ADDRESS: Final = re.compile(r"\w://[^\s/:@'\"]+:([^\s/:@'\"]{3,})@")  # with a password
_NAME: Final = (
    r"(?:pass(?:word|wd|phrase|wort)|kennwort|secret|token|api[_-]?key|access[_-]?key"
    r"|private[_-]?key|client[_-]?secret|credential)s?\w{0,60}"
)
# A literal behind such a name; what comes out of a call or another name is no literal.
_GIVEN: Final = re.compile(
    rf"{_NAME}['\"]?\]?\s*(?::=|=>|[:=])\s*(?:[rbuf]?['\"]([^'\"\s]{{6,}})['\"]"
    r"|([^\s'\"(){}\[\]<>$;,]{8,400})\s*$)",
    re.IGNORECASE,
)
_BLANK: Final = re.compile(  # stands for a secret, in an example
    r"(?i)[x*.<>_-]+|.*(your|example|changeme|placeholder|dummy|secret|pass(word)?|token).*"
)
_RANDOM: Final = re.compile(r"[A-Za-z0-9+/=_-]{20,}")
_HEX: Final = re.compile(r"[0-9a-fA-F]{32,}")
_BASE64_BITS, _HEX_BITS = 4.5, 3.0  # a character, as truffleHog has them
_KEY_BEGINS: Final = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY")
_KEY_ENDS: Final = re.compile(r"-----END [A-Z0-9 ]*PRIVATE KEY")


def without_secrets(text: str) -> tuple[list[tuple[int, str]], int]:
    """Return the pieces of a text between lines that look like secrets, and how many lines went.

    Each piece comes with its place in the text, in code points; they are never joined.
    """
    pieces, cut, start, at = list[tuple[int, str]](), 0, 0, 0
    for line, is_secret in _judged(text.splitlines(keepends=True)):
        if is_secret:
            pieces += [(start, text[start:at])] if at > start else []
            cut, start = cut + 1, at + len(line)
        at += len(line)
    return pieces + ([(start, text[start:])] if at > start else []), cut


def _judged(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """Yield lines and whether each is a secret, or within a block that is one."""
    is_in_key = False
    for line in lines:
        is_in_key |= bool(_KEY_BEGINS.search(line))
        yield line, is_in_key or looks_secret(line)
        is_in_key &= not _KEY_ENDS.search(line)


def looks_secret(line: str) -> bool:
    """Whether a line looks as if it held a key, a token or a password."""
    if _KNOWN.search(line):
        return True
    if any(not _BLANK.fullmatch(found[1]) for found in _ADDRESS.finditer(line)):
        return True
    if any(_is_value(*found.groups()) for found in _GIVEN.finditer(line)):
        return True
    return any(_is_random(found[0]) for found in _RANDOM.finditer(line))


def _is_value(quoted: str | None, bare: str | None) -> bool:
    value = quoted or bare or ""
    # Without quotes a word may be anything; a password of use has a digit.
    return not _BLANK.fullmatch(value) and (bool(quoted) or any(map(str.isdigit, value)))


def _is_random(text: str) -> bool:
    if _HEX.fullmatch(text):
        return _bits(text) > _HEX_BITS
    is_mixed = all(re.search(kind, text) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    return is_mixed and _bits(text) > _BASE64_BITS


def _bits(text: str) -> float:
    """Return Shannon's entropy of the characters, in bits each."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)

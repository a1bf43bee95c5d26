"""The forms there are, each as a regular expression of the automaton's library."""

import json
import re
from typing import Final

from outlines_core.json_schema import build_regex_from_schema

from engine.api import Form, FormKind
from engine.errors import BadRequestError

MAX_VALUES: Final = 2_000  # of a list
MAX_SCHEMA: Final = 100_000  # characters

_INTEGER = "-?(?:0|[1-9][0-9]{0,17})"
_DAYS = {
    31: ("0[13578]|1[02]", "0[1-9]|[12][0-9]|3[01]"),
    30: ("0[469]|11", "0[1-9]|[12][0-9]|30"),
    # Whether a year leaps is no business of a pattern a reader could follow: the 29th is let be.
    29: ("02", "0[1-9]|[12][0-9]"),
}
_MONTHS_AND_DAYS = "|".join(f"(?:{month})-(?:{day})" for month, day in _DAYS.values())
_PATTERNS: Final = {
    FormKind.INTEGER: _INTEGER,
    FormKind.NUMBER: rf"{_INTEGER}(?:\.[0-9]{{1,10}})?",
    FormKind.DATE: rf"[0-9]{{4}}-(?:{_MONTHS_AND_DAYS})",
}
# What a text in a regular expression may not have as it is, in the library's syntax and in most.
_SIGNS = re.compile(r"([\\.+*?()|\[\]{}^$#&~\-])")


def pattern_of(form: Form) -> str:
    """Return the regular expression of a form; empty: any text.

    Raises:
        BadRequestError: If it says nothing that a text could be.
    """
    if form.kind in _PATTERNS:
        return _PATTERNS[form.kind]
    if form.kind is FormKind.ONE_OF:
        return _one_of(form.values)
    if form.kind is FormKind.JSON:
        return _json(form.schema)
    return form.pattern


def escaped(text: str) -> str:
    """Return the regular expression that a text alone matches."""
    return _SIGNS.sub(r"\\\1", text)


def _one_of(values: tuple[str, ...]) -> str:
    if not values or not all(values):
        raise BadRequestError("A form that is one of a list needs a list of texts, none empty.")
    if len(values) > MAX_VALUES:
        raise BadRequestError(
            f"The list of a form has {len(values):,} texts; {MAX_VALUES:,} are the most."
        )
    return "|".join(map(escaped, values))


def _json(schema: str) -> str:
    if len(schema) > MAX_SCHEMA:
        raise BadRequestError(
            f"The schema of a form has {len(schema):,} characters; {MAX_SCHEMA:,} are the most."
        )
    try:
        pattern: str = build_regex_from_schema(schema or "{}")
        json.loads(schema or "{}")
    except (ValueError, TypeError, RecursionError) as error:
        raise BadRequestError(
            f"No form can be made of this schema: {error}. Choose a simpler one for this value."
        ) from error
    return pattern

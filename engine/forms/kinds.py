"""The forms there are, each as a regular expression of the automaton's library."""

import json
import math
import re
from typing import Final

from outlines_core.json_schema import STRING_INNER, build_regex_from_schema

from engine.api import Form, FormKind
from engine.errors import BadRequestError

MAX_VALUES: Final = 2_000  # of a list
MAX_LIST: Final = 20_000  # characters of it
MAX_SCHEMA: Final = 100_000  # characters

# A letter of a text in JSON, without those that a backslash stands before: with both, so many of
# them take the library exponentially many states.
_LETTER = r"[^\"\\\x00-\x1F\x7F-\x9F]"
# What a schema may say that no regular expression does, or not this library's.
_UNKEPT: Final = (
    "multipleOf", "uniqueItems", "not", "allOf", "if", "dependentRequired", "dependentSchemas",
    "contains", "patternProperties", "propertyNames", "unevaluatedProperties",
)  # fmt: skip
_VALUES: Final = ("enum", "const", "default", "examples", "title", "description")
_BOUNDS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")

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
    FormKind.DATE: rf"[12][0-9]{{3}}-(?:{_MONTHS_AND_DAYS})",
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
    if (length := sum(map(len, values))) > MAX_LIST:
        raise BadRequestError(
            f"The list of a form has {length:,} characters; {MAX_LIST:,} are the most."
        )
    return "|".join(map(escaped, values))


def _json(schema: str) -> str:
    if len(schema) > MAX_SCHEMA:
        raise BadRequestError(
            f"The schema of a form has {len(schema):,} characters; {MAX_SCHEMA:,} are the most."
        )
    try:
        decoded = json.loads(schema or "{}")
        _check_kept(decoded)
        pattern: str = build_regex_from_schema(json.dumps(_within_bounds(decoded)))
    except (ValueError, TypeError, RecursionError) as error:
        raise BadRequestError(
            f"No form can be made of this schema: {error}. Choose a simpler one for this value."
        ) from error
    return pattern.replace(STRING_INNER + "{", _LETTER + "{")


def _check_kept(schema: object, *, is_inside: bool = False) -> None:
    """Refuse a schema that says more than a form can keep.

    Raises:
        BadRequestError: Naming it.
    """
    parts: list[object] = []
    if isinstance(schema, dict):
        within = ("pattern", *_BOUNDS) if is_inside else ()
        named = [name for name in (*_UNKEPT, *within) if name in schema]
        if named:
            raise BadRequestError(
                f"A schema says “{named[0]}” of a value, which no form can keep there. Fill that "
                "value in yourself, or choose another schema."
            )
        for name, value in schema.items():
            if name == "properties" and isinstance(value, dict):
                parts += value.values()
            elif name not in _VALUES:
                parts.append(value)
    elif isinstance(schema, list):
        parts = schema
    for one in parts:
        _check_kept(one, is_inside=True)


def _within_bounds(schema: object) -> object:
    """Return a schema with the numbers it allows in the place of bounds, or some of very many."""
    if not isinstance(schema, dict) or not any(name in schema for name in _BOUNDS):
        return schema
    least = _bound(schema, "minimum", "exclusiveMinimum", 1)
    most = _bound(schema, "maximum", "exclusiveMaximum", -1)
    rest = {name: value for name, value in schema.items() if name not in _BOUNDS}
    low = least if least is not None else (most or 0) - MAX_VALUES // 2
    high = most if most is not None else low + MAX_VALUES // 2
    if low > high:
        raise BadRequestError("A schema allows no number at all. Choose another one.")
    # Of a wide range what is nearest to its beginning, which is near zero most of the time.
    return {**rest, "enum": list(range(low, min(high, low + MAX_VALUES - 1) + 1))}


def _bound(schema: dict[str, object], name: str, exclusive: str, step: int) -> int | None:
    """Return a bound as a whole number within it."""
    found: list[int] = []
    for key, by in ((name, 0), (exclusive, step)):
        value = schema.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            whole = math.floor(value) if step < 0 else math.ceil(value)
            found.append(whole + (by if whole == value else 0))
    if not found:
        return None
    return min(found) if step < 0 else max(found)

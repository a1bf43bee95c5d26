"""A line of `inlay fill`'s input as a request, and a result as a line of its output."""

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Final, NoReturn, TypeVar, cast

from engine.api import (
    Constraints,
    Form,
    FormKind,
    Generate,
    Length,
    LengthMode,
    Mode,
    Relation,
    RelationKind,
    RunSettings,
)
from engine.errors import BadRequestError

Value = TypeVar("Value")

MAX_LINE: Final = 16 * 2**20  # bytes; decoded they take up to sixty times as much

_TEXTS: Final = ("before", "region", "after", "language")
_REQUIRED: Final = ("before", "after")
_SETTINGS: Final = {
    "instruction": str,
    "num_slots": int,
    "strength": float,
    "soft_edge": int,
    "candidates": int,
    "seed": int,
}
_NAMED_FORMS: Final = tuple(
    kind.value for kind in (FormKind.NUMBER, FormKind.INTEGER, FormKind.DATE, FormKind.NAME)
)
_LENGTHS: Final = tuple(
    mode.value for mode in LengthMode if mode not in (LengthMode.WORDS, LengthMode.LINES)
)
_MODES: Final = tuple(mode.value for mode in Mode)
_CONSTRAINTS: Final = {  # field and kind
    "single_line": ("is_single_line", bool),
    "characters": ("characters", str),
    "pattern": ("pattern", str),
}

_WANTED: Final[dict[type, str]] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
}


def read_lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not empty, with their numbers; of one too long no more than needed.

    A byte order mark may stand before any of them, as where files were put together.
    """
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        if line.strip(b"\xef\xbb\xbf \t\r\n"):
            yield number, line
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_LINE)


def read_task(line: bytes, number: int) -> dict[str, Any]:
    """Decode a line.

    Raises:
        BadRequestError: If it is no JSON object, says something twice, or is too long.
    """
    if len(line.rstrip(b"\r\n")) > MAX_LINE:
        raise BadRequestError(f"line {number} has more than {MAX_LINE:,} bytes")
    try:
        task = json.loads(
            line.decode("utf-8-sig"),
            # JSON lets a name stand twice, and readers differ in which one counts.
            object_pairs_hook=_object,
            parse_float=_finite,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError) as error:
        raise BadRequestError(f"line {number} is no JSON: {error}") from error
    if not isinstance(task, dict):
        raise BadRequestError(f"line {number} is no JSON object")
    return task


def result_line(result: Mapping[str, Any], number: int) -> str:
    """Return a result as JSON that every reader takes: in ASCII, without `NaN` or `Infinity`."""
    try:
        return json.dumps(result, allow_nan=False)
    except (ValueError, RecursionError) as error:  # its id is nested too deep, or a score is none
        return json.dumps({"id": None, "error": f"line {number} has no result in JSON: {error}"})


def read_request(task: Mapping[str, Any], number: int, seed: int) -> Generate:
    """Turn a decoded line into a request.

    Args:
        task: The texts `before`, `region`, `after`; optional `seed`, `instruction`, `language`,
            `length` ("auto", "same", "shorter", "longer", "paragraph"), `words`, `lines`,
            `num_slots`, `mode` ("both", "causal"), `strength`, `soft_edge`, `candidates`,
            `single_line`, `characters`, `pattern`, `avoid` (a list of texts), `pinned` (a list of
            stretches of `region` that stay, each from and to), `regions` (a list of those that are
            written instead, together, where all else stays), `forms` (what each of these is to be:
            null, "number", "integer", "date", "name", {"one_of": texts}, {"pattern": text} or
            {"json": schema}), `form` (the same of all of them, or of the whole region), `relations`
            (between them: {"different": places}, {"equal": places} or {"sum": places, "total":
            text}; `known` texts take part).
        number: Of the line, for messages and as the job's id.
        seed: For a line without one.

    Raises:
        BadRequestError: If a value is missing or of the wrong kind; it names the line.
    """
    fields: dict[str, Any] = {"region": ""}
    for name in _TEXTS:
        if name in task or name in _REQUIRED:
            fields[name] = _checked(task.get(name), str, name, number)
    avoid: list[object] = _checked(task.get("avoid", []), list, "avoid", number)
    fields["avoid"] = tuple(_checked(text, str, "avoid", number) for text in avoid)
    pinned: list[object] = _checked(task.get("pinned", []), list, "pinned", number)
    fields["pinned"] = tuple(_stretch(pair, "pinned", number) for pair in pinned)
    regions: list[object] = _checked(task.get("regions", []), list, "regions", number)
    fields["regions"] = tuple(_stretch(pair, "regions", number) for pair in regions)
    forms: list[object] = _checked(task.get("forms", []), list, "forms", number)
    fields["forms"] = tuple(_form(form, number) for form in forms)
    relations: list[object] = _checked(task.get("relations", []), list, "relations", number)
    fields["relations"] = tuple(_relation(one, number) for one in relations)
    settings = _settings({"seed": seed, **task}, number)
    return Generate(job_id=number, revision=0, settings=settings, **fields)


def _settings(task: Mapping[str, Any], number: int) -> RunSettings:
    given: dict[str, Any] = {
        name: _checked(task[name], kind, name, number)
        for name, kind in _SETTINGS.items()
        if name in task
    }
    rules: dict[str, Any] = {
        field: _checked(task[name], kind, name, number)
        for name, (field, kind) in _CONSTRAINTS.items()
        if name in task
    }
    if "form" in task:
        rules["form"] = _form(task["form"], number)
    return RunSettings(
        length=_length(task, number),
        mode=Mode(_one_of(_MODES, task.get("mode", Mode.BOTH.value), "mode", number)),
        constraints=Constraints(**rules),
        **given,
    )


def _stretch(pair: object, name: str, number: int) -> tuple[int, int]:
    if not isinstance(pair, list) or len(pair) != 2:
        raise BadRequestError(f"line {number}: '{name}' must be a list of pairs, from and to")
    start, end = (_checked(place, int, name, number) for place in pair)
    return start, end


def _form(form: object, number: int) -> Form:
    """Read a form: null, a name, or an object with one name and what belongs to it."""
    if form is None:
        return Form()
    if isinstance(form, str) and form in _NAMED_FORMS:
        return Form(kind=FormKind(form))
    pairs = list(form.items()) if isinstance(form, dict) else []
    if len(pairs) == 1:
        (name, value), *_ = pairs
        if name == FormKind.ONE_OF:
            values: list[object] = _checked(value, list, "one_of", number)
            texts = tuple(_checked(text, str, "one_of", number) for text in values)
            return Form(kind=FormKind.ONE_OF, values=texts)
        if name == FormKind.PATTERN:
            return Form(pattern=_checked(value, str, "pattern", number))
        if name == FormKind.JSON and isinstance(value, dict):
            return Form(kind=FormKind.JSON, schema=json.dumps(value))
    names = ", ".join(f'"{name}"' for name in _NAMED_FORMS)
    raise BadRequestError(
        f"line {number}: a form must be null, {names}, or an object with one of "
        '"one_of" (a list), "pattern" (a text) and "json" (a schema)'
    )


def _relation(relation: object, number: int) -> Relation:
    """Read a relation: an object with "different", "equal" or "sum" and the regions it is of."""
    fields = relation if isinstance(relation, dict) else {}
    kinds = [kind for kind in RelationKind if kind.value in fields]
    if len(kinds) != 1 or fields.keys() - {kinds[0].value, "known", "total"}:
        names = ", ".join(f'"{kind.value}"' for kind in RelationKind)
        raise BadRequestError(
            f"line {number}: a relation must be an object with one of {names}, a list of regions "
            'counted from 0, and may have "known" (a list of texts) and "total" (a text)'
        )
    (kind,) = kinds
    regions: list[object] = _checked(fields[kind.value], list, kind.value, number)
    known: list[object] = _checked(fields.get("known", []), list, "known", number)
    return Relation(
        kind=kind,
        regions=tuple(_checked(place, int, kind.value, number) for place in regions),
        known=tuple(_checked(text, str, "known", number) for text in known),
        total=_checked(fields.get("total", ""), str, "total", number),
    )


def _length(task: Mapping[str, Any], number: int) -> Length:
    for mode in (LengthMode.WORDS, LengthMode.LINES):
        if mode.value in task:
            return Length(mode=mode, count=_checked(task[mode.value], int, mode.value, number))
    name = _one_of(_LENGTHS, task.get("length", LengthMode.AUTO.value), "length", number)
    return Length(mode=LengthMode(name))


def _one_of(names: Sequence[str], value: object, field: str, number: int) -> str:
    name = _checked(value, str, field, number)
    if name not in names:
        raise BadRequestError(f"line {number}: {field!r} must be one of {', '.join(names)}")
    return name


def _checked(value: object, kind: type[Value], name: str, number: int) -> Value:
    # A whole number will do for a fraction; a truth value is no number.
    is_right = isinstance(value, (int, float) if kind is float else kind)
    if not is_right or (isinstance(value, bool) and kind is not bool):
        wanted = _WANTED[kind]
        raise BadRequestError(f"line {number}: {name!r} must be {wanted}")
    return cast("Value", value)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    decoded = dict(pairs)
    if len(decoded) < len(pairs):
        ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"it has {twice!r} more than once")
    return decoded


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"{digits[:20]} is too large for a number")
    return value


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")

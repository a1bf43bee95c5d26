"""A line of `inlay fill`'s input as a request."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar, cast

from engine.api import Constraints, Generate, Length, LengthMode, Mode
from engine.errors import BadRequestError

Value = TypeVar("Value")

_TEXTS: Final = ("before", "region", "after", "instruction", "language")
_REQUIRED: Final = ("before", "after")
_NUMBERS: Final = {"num_slots": int, "strength": float, "soft_edge": int, "candidates": int}
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


def read_request(task: Mapping[str, Any], number: int, seed: int) -> Generate:
    """Turn a decoded line into a request.

    Args:
        task: The texts `before`, `region`, `after`; optional `seed`, `instruction`, `language`,
            `length` ("auto", "same", "shorter", "longer", "paragraph"), `words`, `lines`,
            `num_slots`, `mode` ("both", "causal"), `strength`, `soft_edge`, `candidates`,
            `single_line`, `characters`, `pattern`, `avoid` (a list of texts), `pinned` (a list of
            stretches of `region` that stay, each from and to).
        number: Of the line, for messages and as the job's id.
        seed: For a line without one.

    Raises:
        BadRequestError: If a value is missing or of the wrong kind; it names the line.
    """
    fields: dict[str, Any] = {"region": ""}
    for name in _TEXTS:
        if name in task or name in _REQUIRED:
            fields[name] = _checked(task.get(name), str, name, number)
    for name, kind in _NUMBERS.items():
        if name in task:
            fields[name] = _checked(task[name], kind, name, number)
    fields["seed"] = _checked(task.get("seed", seed), int, "seed", number)
    avoid: list[object] = _checked(task.get("avoid", []), list, "avoid", number)
    fields["avoid"] = tuple(_checked(text, str, "avoid", number) for text in avoid)
    pinned: list[object] = _checked(task.get("pinned", []), list, "pinned", number)
    fields["pinned"] = tuple(_stretch(pair, number) for pair in pinned)
    rules: dict[str, Any] = {
        field: _checked(task[name], kind, name, number)
        for name, (field, kind) in _CONSTRAINTS.items()
        if name in task
    }
    return Generate(
        job_id=number,
        revision=0,
        length=_length(task, number),
        mode=Mode(_one_of(_MODES, task.get("mode", Mode.BOTH.value), "mode", number)),
        constraints=Constraints(**rules),
        **fields,
    )


def _stretch(pair: object, number: int) -> tuple[int, int]:
    if not isinstance(pair, list) or len(pair) != 2:
        raise BadRequestError(f"line {number}: 'pinned' must be a list of pairs, from and to")
    start, end = (_checked(place, int, "pinned", number) for place in pair)
    return start, end


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

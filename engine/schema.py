"""Side files of a model folder against a schema: what is wrong is named at load, in one line."""

import reprlib
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from engine.errors import ModelFolderError

TokenId = Annotated[int, Field(ge=0, lt=1 << 24)]


class Strict(BaseModel):
    """What a file may say: no "64" for 64, no true for 1, no 8.0 for 8, nothing that is infinite.

    Fields that no schema knows are left alone: published files are full of them.
    """

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, allow_inf_nan=False)


def _as_tuple(value: object) -> object:
    if value is None:
        return ()
    if type(value) is int:
        return (value,)
    return tuple(value) if isinstance(value, list) else value


# One id, several or none, as Hugging Face's files have them.
TokenIds = Annotated[tuple[TokenId, ...], BeforeValidator(_as_tuple)]

S = TypeVar("S", bound=Strict)


def validated(schema: type[S], values: Mapping[str, Any], file: str) -> S:
    """Return the values of a decoded file as its schema has them.

    Raises:
        ModelFolderError: If one is missing or cannot be; it names the file, the field, the value
            and what is expected.
    """
    try:
        return schema.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise ModelFolderError(f"{file}{_named(first)}") from error


def shown(value: object) -> str:
    """Return a value of a file for a message: short, however large or deep it is."""
    text = _short.repr(value)
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "…"


def _named(error: ErrorDetails) -> str:
    # Names of layers and the like are the file's own, and may be as odd as its values.
    field = shown(".".join(map(str, error["loc"])))[1:-1]
    if error["type"] == "missing":
        return f" lacks {field!r}; the file is incomplete. Download it again."
    if error["type"] == "extra_forbidden":
        return f" has a field this version does not know: {field}. Update Inlay."
    expected = error["msg"].removeprefix("Input should ").partition(" or instance of")[0]
    expected = expected.replace("tuple", "list").replace("dictionary", "object")
    return f": {field} is {shown(error['input'])}, but should {expected}. Download it again."


_MAX_SHOWN = 80
_short = reprlib.Repr()
_short.maxstring = _short.maxother = _MAX_SHOWN
_short.maxlevel = 2

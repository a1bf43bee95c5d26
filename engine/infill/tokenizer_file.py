"""A checkpoint's `tokenizer.json`, read with distrust and made to leave texts as they are.

Such a file may say that texts are cut, filled up, trimmed, lowered, composed anew, doubled or given
a space in front. That suits programs that read texts; a document goes through to the byte.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from tokenizers import Tokenizer

from engine.errors import TokenizerError
from engine.schema import shown
from engine.small_files import read_small

_MAX_BYTES = 64 << 20  # Gemma's has 33 MB

# What turns a space into a character that no text is expected to have, and back, loses nothing.
_SPACES = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
_NO_PREFIX: Mapping[str, dict[str, Any]] = {
    "ByteLevel": {"add_prefix_space": False},
    "Metaspace": {"prepend_scheme": "never"},
}
_NO_TRIMMING = {"lstrip": False, "rstrip": False}


def read_tokenizer(path: Path) -> Tokenizer:
    """Read a `tokenizer.json`.

    Raises:
        TokenizerError: If it is missing or no tokenizer.
    """
    try:
        data = read_small(path, _MAX_BYTES).decode()
    except (OSError, ValueError) as error:
        raise TokenizerError(
            f"{path} cannot be read ({error}). Download the model folder again."
        ) from error
    with foreign(f"{path} is no tokenizer"):
        return Tokenizer.from_str(data)


def faithful(tokenizer: Tokenizer) -> Tokenizer:
    """Switch off whatever would change a text before it becomes tokens.

    Raises:
        TokenizerError: If what is left is no tokenizer.
    """
    with foreign("tokenizer.json is no tokenizer"):
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.post_processor = None
        # Only then: a large one takes long to be written down and read again.
        if _changes_texts(tokenizer):
            tokenizer = Tokenizer.from_str(json.dumps(_without_habits(tokenizer)))
        # A document that spells a special token means the words, not the token.
        tokenizer.encode_special_tokens = True
        return tokenizer


def _changes_texts(tokenizer: Tokenizer) -> bool:
    normalizer, pre_tokenizer = _state(tokenizer.normalizer), _state(tokenizer.pre_tokenizer)
    return (
        normalizer != _normalizer(normalizer)
        or pre_tokenizer != _without_prefix(pre_tokenizer)
        or any(t.lstrip or t.rstrip for t in tokenizer.get_added_tokens_decoder().values())
        or bool(getattr(tokenizer.model, "dropout", None))
    )


def _without_habits(tokenizer: Tokenizer) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(tokenizer.to_str())
    model = values["model"]
    return values | {
        "normalizer": _normalizer(values["normalizer"]),
        "pre_tokenizer": _without_prefix(values["pre_tokenizer"]),
        "added_tokens": [token | _NO_TRIMMING for token in values["added_tokens"]],
        "model": model | {"dropout": None} if model.get("dropout") else model,
    }


def _state(part: Any) -> dict[str, Any] | None:  # noqa: ANN401 - a part of a tokenizer
    """Return what `tokenizer.json` says about one part of a tokenizer."""
    return None if part is None else json.loads(part.__getstate__())


def _normalizer(value: dict[str, Any] | None) -> dict[str, Any] | None:
    parts = [value] if value else []
    if value and value["type"] == "Sequence":
        parts = value["normalizers"]
    return _SPACES if _SPACES in parts else None


def _without_prefix(value: dict[str, Any] | None) -> dict[str, Any] | None:
    if value and value["type"] == "Sequence":
        return value | {"pretokenizers": list(map(_without_prefix, value["pretokenizers"]))}
    return value | _NO_PREFIX.get(value["type"], {}) if value else None


class foreign:  # noqa: N801 - called like a function, as `contextlib`'s are
    """Turns whatever the tokenizers library raises inside `with` into an error of ours.

    Raises:
        TokenizerError: With `what` and the library's reason.
    """

    def __init__(self, what: str) -> None:
        """Say what has failed, if it does."""
        self._what = what

    def __enter__(self) -> None:
        """Do nothing yet."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let nothing out but our own error, and what ends the program."""
        # A panic of Rust is no `Exception`, and its class can be imported from nowhere.
        if error is not None and not isinstance(error, KeyboardInterrupt | SystemExit):
            raise TokenizerError(
                f"{self._what} ({shown(str(error))}). Download the model folder again."
            ) from error

"""What the encoder reads before the document: an instruction-tuned checkpoint's own turns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import TemplateError

from engine.errors import BadRequestError, ModelFolderError
from engine.infill.codec import TextCodec
from engine.infill.template import MAX_SOURCE, render
from engine.loaders.checkpoint import read_json
from engine.schema import shown
from engine.small_files import read_small

_DEFAULT_INSTRUCTION: Final = "Continue and complete the text."
_FOLLOWING: Final = "\n\nThis comes later in the text:\n\n"
# Stands for the user's words while the template is rendered: templates trim what they are given,
# and words that spell a special token have to stay words.
_MARK: Final = "\ue000user text\ue000"
# Gemma 4's turns, for a folder that ships no template.
_GEMMA_TURNS: Final = (
    "{{ bos_token }}<|turn>user\n{{ messages[0]['content'] }}<turn|>\n<|turn>model\n{{ '' }}"
)
_THOUGHT: Final = ("<|channel>", "<channel|>")


@dataclass(frozen=True, slots=True)
class ChatTemplate:
    """A checkpoint's chat template (Jinja).

    It is rendered here, once: nothing in it depends on a request.

    Raises:
        ModelFolderError: If it cannot be rendered, computes too much, or loses the user's words.
    """

    source: str = _GEMMA_TURNS
    _around: tuple[str, str] = field(init=False, repr=False)  # the user's words

    def __post_init__(self) -> None:
        """Render it."""
        object.__setattr__(self, "_around", _rendered(self.source))

    @classmethod
    def from_folder(cls, folder: Path) -> "ChatTemplate":
        """Read `chat_template.jinja`, or the template in `tokenizer_config.json`.

        Raises:
            ModelFolderError: If the template cannot be read or used.
        """
        path = folder / "chat_template.jinja"
        try:
            return cls(read_small(path, MAX_SOURCE).decode())
        except FileNotFoundError as error:
            if path.is_symlink():  # into the hub's cache, where the file is gone
                raise _unreadable(path, error) from error
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from error
        values = read_json(folder, "tokenizer_config.json", required=False)
        source = values.get("chat_template")
        return cls(source) if isinstance(source, str) else cls()

    def turns(self, codec: TextCodec, system: str, user: str) -> list[int]:
        """Return the tokens of a conversation up to where the model answers.

        Args:
            codec: The checkpoint's tokenizer.
            system: What the model is told to be and do.
            user: The user's turn.

        Raises:
            ModelFolderError: If the template has no place for a system's turn.
            BadRequestError: If the tokenizer has none of the tokens the template is made of.
        """
        opening, middle, closing = _rendered_turns(self.source)
        return [
            *_with_specials(codec, opening),
            *codec.encode(system),
            *_with_specials(codec, middle),
            *codec.encode(user),
            *_with_specials(codec, closing),
        ]

    def head(self, codec: TextCodec, instruction: str, following: str = "") -> list[int]:
        """Return the tokens that stand before the document's own text.

        The instruction is the user's turn, and the document as if the model had already written it;
        with thinking off its turn opens with an empty thought.

        Args:
            codec: The checkpoint's tokenizer.
            instruction: What the user asked for.
            following: Text behind the region that the canvas has no room for; it is quoted.

        Raises:
            BadRequestError: If the tokenizer has none of the tokens the template is made of.
        """
        before, after = self._around
        words = instruction.strip() or _DEFAULT_INSTRUCTION
        words += _FOLLOWING + following if following else ""
        ids = [*_with_specials(codec, before), *codec.encode(words), *_with_specials(codec, after)]
        opening, closing = (codec.token_id(name) for name in _THOUGHT)
        if opening is not None and closing is not None and opening not in ids:
            ids += [opening, *codec.encode("thought\n"), closing]
        return ids


def _rendered(source: str) -> tuple[str, str]:
    """Return what stands around the user's words."""
    before, after = _pieces(source, ["user"])
    return before, after


@cache
def _rendered_turns(source: str) -> tuple[str, str, str]:
    """Return what stands around a system's and a user's words."""
    opening, middle, closing = _pieces(source, ["system", "user"])
    return opening, middle, closing


def _pieces(source: str, roles: Sequence[str]) -> list[str]:
    """Return what a template writes around the words of each role, in their order."""
    try:
        pieces = render(
            source,
            messages=[{"role": role, "content": _MARK} for role in roles],
            add_generation_prompt=True,
            enable_thinking=False,
            bos_token="<bos>",
            eos_token="<eos>",
            tools=None,
        ).split(_MARK)
    except TemplateError as error:
        raise ModelFolderError(
            f"The model's chat template cannot be used ({shown(str(error))}). Choose another model."
        ) from error
    if len(pieces) != len(roles) + 1:
        raise ModelFolderError(
            "The model's chat template loses the user's words. Choose another model."
        )
    return pieces


def _unreadable(path: Path, error: Exception) -> ModelFolderError:
    return ModelFolderError(f"{path} cannot be read ({error}). Download it again.")


def _with_specials(codec: TextCodec, text: str) -> list[int]:
    """Encode template text, in which the names of special tokens mean the tokens.

    Raises:
        BadRequestError: If it is made of turns whose tokens the tokenizer does not have.
    """
    names = "|".join(re.escape(name) for name in sorted(codec.special_names, key=len, reverse=True))
    ids: list[int] = []
    for piece in re.split(f"({names})", text) if names else [text]:
        token = codec.special_names.get(piece)
        ids += codec.encode(piece) if token is None else [token]
    missing = re.search(r"<(?:bos|\|turn|turn\|)>", codec.decode(ids))
    if missing:
        raise BadRequestError(
            f"The model's tokenizer has no {missing[0]} token, so it is neither an "
            "instruction-tuned Gemma 4 nor a model with an inlay.json of its own. Choose another "
            "model."
        )
    return ids

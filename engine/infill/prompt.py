"""What the encoder reads before the document: an instruction-tuned checkpoint's own turns."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.errors import BadRequestError, ModelFolderError
from engine.infill.codec import TextCodec
from engine.model.checkpoint import read_json

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
    """A checkpoint's chat template (Jinja)."""

    source: str = _GEMMA_TURNS

    @classmethod
    def from_folder(cls, folder: Path) -> "ChatTemplate":
        """Read `chat_template.jinja`, or the template in `tokenizer_config.json`.

        Raises:
            ModelFolderError: If the template cannot be read.
        """
        path = folder / "chat_template.jinja"
        if path.exists():
            try:
                return cls(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise ModelFolderError(
                    f"{path} cannot be read ({error}). Download it again."
                ) from error
        values = read_json(folder, "tokenizer_config.json", required=False)
        source = values.get("chat_template")
        return cls(source) if isinstance(source, str) else cls()

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
        rendered = self._render()
        if rendered.count(_MARK) != 1:
            raise BadRequestError(
                "The model's chat template loses the user's words. Choose another model."
            )
        before, after = rendered.split(_MARK)
        words = instruction.strip() or _DEFAULT_INSTRUCTION
        words += _FOLLOWING + following if following else ""
        ids = [*_with_specials(codec, before), *codec.encode(words), *_with_specials(codec, after)]
        opening, closing = (codec.token_id(name) for name in _THOUGHT)
        if opening is not None and closing is not None and opening not in ids:
            ids += [opening, *codec.encode("thought\n"), closing]
        return ids

    def _render(self) -> str:
        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
        environment.globals["raise_exception"] = _raise
        try:
            return environment.from_string(self.source).render(
                messages=[{"role": "user", "content": _MARK}],
                add_generation_prompt=True,
                enable_thinking=False,
                bos_token="<bos>",
                eos_token="<eos>",
                tools=None,
            )
        except TemplateError as error:
            raise BadRequestError(
                f"The model's chat template cannot be used ({error}). Choose another model."
            ) from error


def _raise(message: str) -> NoReturn:
    raise TemplateError(message)


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

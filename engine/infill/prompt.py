"""What the encoder reads before the region: the left context, in the checkpoint's own form."""

from engine.errors import BadRequestError
from engine.infill.codec import TextCodec
from engine.infill.profile import Profile

_DEFAULT_INSTRUCTION = "Continue and complete the text."


def prompt_head(codec: TextCodec, profile: Profile, instruction: str) -> list[int]:
    """Return the tokens that stand before the document text.

    An instruction-tuned checkpoint gets the instruction as the user's turn, and the document as if
    the model had already written it; with thinking off its turn opens with an empty thought. The
    turns are Gemma 4's. Built from tokens, because rendering a template would trim the text.

    Raises:
        BadRequestError: If the tokenizer lacks the turn tokens the profile promises.
    """
    if not profile.takes_instructions:
        return []
    wanted = instruction.strip() or _DEFAULT_INSTRUCTION
    return [
        _special(codec, "<bos>"),
        _special(codec, "<|turn>"),
        *codec.encode(f"user\n{wanted}"),
        _special(codec, "<turn|>"),
        *codec.encode("\n"),
        _special(codec, "<|turn>"),
        *codec.encode("model\n"),
        _special(codec, "<|channel>"),
        *codec.encode("thought\n"),
        _special(codec, "<channel|>"),
    ]


def _special(codec: TextCodec, name: str) -> int:
    token = codec.token_id(name)
    if token is None:
        raise BadRequestError(
            f"The model's tokenizer has no {name} token, so it is neither an instruction-tuned "
            "Gemma 4 nor a model with an inlay.json of its own. Choose another model."
        )
    return token

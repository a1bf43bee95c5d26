"""What a canvas is like, wherever it is denoised: its sizes, and the words before the document."""

from typing import Final

# Some text behind the region has to stay in sight, or the region would run into it.
MIN_SUFFIX_SLOTS: Final = 16
# No tokenizer packs more characters into a token on average; bounds what is tokenized per request.
CHARS_PER_TOKEN: Final = 12

_MAX_QUOTED: Final = 2000  # characters behind the canvas
_DEFAULT_INSTRUCTION: Final = "Continue and complete the text."
_FOLLOWING: Final = "\n\nThis comes later in the text:\n\n"


def words_before(instruction: str, beyond: str) -> str:
    """Return what an instruction-tuned model is told before the document.

    Args:
        instruction: What the user asked for, if anything.
        beyond: The text behind the region that the canvas has no room for; a part is quoted.
    """
    words, quoted = instruction.strip() or _DEFAULT_INSTRUCTION, beyond[:_MAX_QUOTED].strip()
    return words + (_FOLLOWING + quoted if quoted else "")

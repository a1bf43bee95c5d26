"""The tokenizer that a GGUF file holds, as one of the `tokenizers` library.

GGUF names a tokenizer by its kind (`tokenizer.ggml.model`) and by how it cuts text into words
(`tokenizer.ggml.pre`); the expressions behind these names are llama.cpp's (`llama-vocab.cpp`). Only
byte-level BPE is read, with the cuts listed here: any other would give other tokens without a word.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers
from tokenizers.pre_tokenizers import PreTokenizer

from engine.errors import ModelFolderError

_CONTROL = 3  # `tokenizer.ggml.token_type` of a token that no text contains
_BYTE_LEVEL = "gpt2"


def _smollm() -> PreTokenizer:
    """Return GPT-2's words, every digit one of its own."""
    digits = pre_tokenizers.Digits(individual_digits=True)
    words = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    return pre_tokenizers.Sequence([digits, words])


def _llama3() -> PreTokenizer:
    """Return Llama 3's words: numbers of up to three digits, letters without regard to case."""
    words = Regex(
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
        r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    )
    split = pre_tokenizers.Split(words, behavior="isolated")
    as_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return pre_tokenizers.Sequence([split, as_bytes])


_WORDS: Mapping[str, Callable[[], PreTokenizer]] = {
    "smollm": _smollm,
    "gpt-2": lambda: pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    "llama-bpe": _llama3,
}


def tokenizer_of(metadata: Mapping[str, Any]) -> Tokenizer:
    """Build the tokenizer that a GGUF file's metadata describes.

    Args:
        metadata: Keys and values of the file's header.

    Raises:
        ModelFolderError: If the file holds none, or one of a kind that is not read here.
    """
    kind, cut = metadata.get("tokenizer.ggml.model"), metadata.get("tokenizer.ggml.pre", "gpt-2")
    if kind != _BYTE_LEVEL or cut not in _WORDS:
        raise ModelFolderError(
            f"The GGUF file's tokenizer ({kind}, {cut}) is not one that Inlay reads. Put the "
            "model's tokenizer.json beside the file."
        )
    tokens, merges = metadata["tokenizer.ggml.tokens"], metadata["tokenizer.ggml.merges"]
    kinds = metadata.get("tokenizer.ggml.token_type", ())
    tokenizer = Tokenizer(
        models.BPE(
            vocab={token: index for index, token in enumerate(tokens)},
            merges=[_pair(merge) for merge in merges],
        )
    )
    tokenizer.pre_tokenizer = _WORDS[cut]()
    tokenizer.decoder = decoders.ByteLevel()
    special = [t for t, kind in zip(tokens, kinds, strict=False) if kind == _CONTROL]
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special])
    return tokenizer


def _pair(merge: str) -> tuple[str, str]:
    first, _, second = merge.partition(" ")
    return first, second

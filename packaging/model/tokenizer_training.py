"""Train the byte-level BPE tokenizer of the embedded model.

Run as `python packaging/model/tokenizer_training.py --data build/model`.
"""

import argparse
import json
import logging
import random
from collections.abc import Iterator
from pathlib import Path

from corpus import chunks, read_texts
from recipe import BOS, EOS, KINDS, PAD, SPECIAL_TOKENS, Recipe
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

LOGGER = logging.getLogger("tokenizer")

# No alternative looks behind itself, so text cut at a word or line border keeps its tokens. One
# space belongs to the word after it; two or more are an indentation or an alignment of their own.
PATTERN = "|".join(
    (
        r"['’](?:s|t|re|ve|m|ll|d)(?![\p{L}\p{M}])",
        # An identifier falls apart before each underscore; a dunder name stays whole.
        r" ?_*[\p{L}\p{M}]+(?:__(?![\p{L}\p{N}_]))?",
        r" ?\p{N}",
        r" ?_+",
        r" ?[^\s\p{L}\p{M}\p{N}_]+",
        r"(?:\r\n)+|\n+|\t+| {2,}|\s",
    )
)


def build_tokenizer() -> Tokenizer:
    """Return the untrained tokenizer; nothing in it changes the text."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def sample(data: Path, kind: str, recipe: Recipe) -> Iterator[str]:
    """Yield randomly chosen pieces of the train texts, up to the recipe's size."""
    texts = read_texts(data / f"train_{kind}.jsonl")
    pieces = [piece for text in texts for piece in chunks(text, recipe.chunk_characters)]
    random.Random(recipe.seed).shuffle(pieces)
    size = 0
    for piece in pieces:
        if size >= recipe.sample_characters:
            return
        size += len(piece)
        yield piece


def train(data: Path, recipe: Recipe) -> Tokenizer:
    """Train a tokenizer on equal parts of prose and code."""
    tokenizer = build_tokenizer()
    trainer = trainers.BpeTrainer(
        vocab_size=recipe.vocab_size,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        max_token_length=recipe.max_token_length,
        show_progress=False,
    )
    pieces = (piece for kind in KINDS for piece in sample(data, kind, recipe))
    tokenizer.train_from_iterator(pieces, trainer)
    return tokenizer


def save(tokenizer: Tokenizer, out: Path) -> None:
    """Write the tokenizer, and the description by which transformers can load the folder."""
    out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(out / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "pad_token": SPECIAL_TOKENS[PAD],
        "eos_token": SPECIAL_TOKENS[EOS],
        "bos_token": SPECIAL_TOKENS[BOS],
        "clean_up_tokenization_spaces": False,
    }
    text = json.dumps(config, indent=2) + "\n"
    (out / "tokenizer_config.json").write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """Read the command line, then train and save the tokenizer."""
    recipe = Recipe()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(recipe.data_folder))
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    tokenizer = train(arguments.data, recipe)
    save(tokenizer, arguments.data)
    LOGGER.info("%d ids written to %s", tokenizer.get_vocab_size(), arguments.data)


if __name__ == "__main__":
    main()

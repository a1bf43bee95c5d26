"""Encode the prepared texts to flat token arrays.

Run as `python packaging/model/tokens.py --data build/model`. For each split and kind it writes
`<split>_<kind>.npy` (uint16, every document followed by the end-of-text id) and
`<split>_<kind>_starts.npy` (int64, where each document begins).
"""

import argparse
import logging
from pathlib import Path

import numpy as np
import numpy.typing as npt
from corpus import chunks, read_texts
from recipe import EOS, KINDS, SPLITS, Recipe
from tokenizers import Tokenizer

LOGGER = logging.getLogger("tokens")


def load_tokenizer(path: Path) -> Tokenizer:
    """Load a tokenizer for which text that spells a special token is only text."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.encode_special_tokens = True
    return tokenizer


def encode_document(tokenizer: Tokenizer, text: str, size: int) -> npt.NDArray[np.uint16]:
    """Encode one document and close it with the end-of-text id."""
    encodings = tokenizer.encode_batch_fast(chunks(text, size), add_special_tokens=False)
    ids = [token for encoding in encodings for token in encoding.ids]
    return np.array([*ids, EOS], dtype=np.uint16)


def encode_file(tokenizer: Tokenizer, path: Path, recipe: Recipe) -> None:
    """Encode one file of texts to the two arrays beside it."""
    size = 0
    documents = []
    for text in read_texts(path):
        documents.append(encode_document(tokenizer, text, recipe.chunk_characters))
        size += len(text.encode())
    lengths = np.array([len(document) for document in documents], dtype=np.int64)
    tokens = np.concatenate(documents)
    np.save(path.with_suffix(".npy"), tokens)
    np.save(path.with_name(f"{path.stem}_starts.npy"), np.cumsum(lengths) - lengths)
    ratio = size / (len(tokens) - len(documents))
    LOGGER.info("%s: %d tokens, %.3f bytes per token", path.stem, len(tokens), ratio)


def main() -> None:
    """Read the command line and encode every split of every kind."""
    recipe = Recipe()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(recipe.data_folder))
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    tokenizer = load_tokenizer(arguments.data / "tokenizer.json")
    for split in SPLITS:
        for kind in KINDS:
            encode_file(tokenizer, arguments.data / f"{split}_{kind}.jsonl", recipe)


if __name__ == "__main__":
    main()

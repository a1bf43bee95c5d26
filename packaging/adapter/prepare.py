"""Texts to tokens of the base model: `python packaging/adapter/prepare.py --corpus DIR`.

The split by document is that of the smallest model's recipe, so that one set of validation texts
serves both. For each split and kind: `<split>_<kind>.npy` (uint16, a border token before every
document).
"""

import argparse
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
from corpus import chunks, prepare, read_texts
from recipe import Recipe
from settings import DOCUMENT_BORDER, KINDS, NO_BASE, Settings

from engine.checkpoints.gguf_header import read_gguf_header
from engine.checkpoints.gguf_tokenizer import tokenizer_of
from engine.hub.embedded import base_file

log = logging.getLogger("prepare")


def main() -> None:
    """Read the command line, split the corpus and encode it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--base", type=Path, default=base_file(), help="the base's GGUF file")
    parser.add_argument("--out", type=Path, default=Path(Settings().folder))
    arguments = parser.parse_args()
    if arguments.base is None:
        parser.error(NO_BASE)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    recipe = replace(Recipe(), data_folder=str(arguments.out))
    prepare(arguments.corpus, arguments.out, recipe)
    tokenizer = tokenizer_of(read_gguf_header(arguments.base, has_texts=True).metadata)
    tokenizer.encode_special_tokens = True
    for split in ("train", "validation"):
        for kind in KINDS:
            documents = []
            for text in read_texts(arguments.out / f"{split}_{kind}.jsonl"):
                pieces = tokenizer.encode_batch_fast(chunks(text, recipe.chunk_characters))
                ids = [token for piece in pieces for token in piece.ids]
                documents.append(np.array([DOCUMENT_BORDER, *ids], dtype=np.uint16))
            tokens = np.concatenate(documents)
            np.save(arguments.out / f"{split}_{kind}.npy", tokens)
            log.info("%s %s: %d tokens", split, kind, len(tokens))


if __name__ == "__main__":
    main()

"""Split the corpus by document into train and validation texts.

Run as `python packaging/model/corpus.py --corpus DIR --out build/model`.
"""

import argparse
import hashlib
import json
import logging
import lzma
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recipe import KINDS, Recipe

LOGGER = logging.getLogger("corpus")

# Behind a run of newlines: the tokenizer never joins a newline with what follows it, so a text
# cut here has the same tokens as the whole.
_LINE_START = re.compile(r"(?<=\n)(?=[^\n])")


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """One book or one source file."""

    source: str
    path: str
    text: str

    def rank(self, seed: int) -> float:
        """Return a fixed number in [0, 1) that depends on the document's name alone."""
        name = f"{seed}\0{self.source}\0{self.path}".encode()
        return int.from_bytes(hashlib.sha256(name).digest()[:6]) / 2**48


def read_documents(path: Path) -> list[Document]:
    """Read the documents of an xz-compressed JSON-lines file."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return [Document(source=row["source"], path=row["path"], text=row["text"]) for row in rows]


def split_documents(
    documents: Iterable[Document], kind: str, recipe: Recipe
) -> tuple[list[Document], list[Document]]:
    """Split documents into train and validation, the same way on every run."""
    ranked = sorted(documents, key=lambda document: document.rank(recipe.seed))
    if kind == "code":
        count = sum(document.rank(recipe.seed) < recipe.validation_share for document in ranked)
    else:
        count = _book_count(ranked, recipe)
    return ranked[count:], ranked[:count]


def _book_count(ranked: list[Document], recipe: Recipe) -> int:
    wanted = recipe.validation_share * sum(len(document.text) for document in ranked)
    size = 0
    for count, document in enumerate(ranked):
        if count >= recipe.validation_books and size >= wanted:
            return count
        size += len(document.text)
    return len(ranked)


def long_lines(text: str, length: int) -> list[str]:
    """Return the stripped lines of at least the given length."""
    return [line for raw in text.split("\n") if len(line := raw.strip()) >= length]


def drop_duplicates(
    train: list[Document], validation: list[Document], length: int, share: float
) -> list[Document]:
    """Return the train documents that share few of their long lines with validation."""
    seen = {line for document in validation for line in long_lines(document.text, length)}
    kept = []
    for document in train:
        lines = long_lines(document.text, length)
        matches = sum(line in seen for line in lines)
        if matches <= share * len(lines):
            kept.append(document)
        else:
            LOGGER.info("dropped %s %s: in validation", document.source, document.path)
    return kept


def write_texts(path: Path, documents: Iterable[Document]) -> None:
    """Write one JSON object with the text per line."""
    with path.open("w", encoding="utf-8", newline="\n") as lines:
        for document in documents:
            lines.write(json.dumps({"text": document.text}, ensure_ascii=False) + "\n")


def read_texts(path: Path) -> Iterator[str]:
    """Yield the texts that `write_texts` wrote."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def chunks(text: str, size: int) -> list[str]:
    """Cut a text at line starts into pieces of about the given number of characters."""
    pieces = []
    start = 0
    while start + size < len(text):
        border = _LINE_START.search(text, start + size)
        if border is None:
            break
        pieces.append(text[start : border.start()])
        start = border.start()
    return [*pieces, text[start:]]


def prepare(corpus: Path, out: Path, recipe: Recipe) -> None:
    """Write the train and validation texts of every kind."""
    out.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        # One document a line: {"source", "path", "licence", "text"}.
        documents = read_documents(corpus / f"{kind}.jsonl.xz")
        train, validation = split_documents(documents, kind, recipe)
        length = recipe.line_length(kind)
        train = drop_duplicates(train, validation, length, recipe.duplicate_share)
        for split, part in (("train", train), ("validation", validation)):
            write_texts(out / f"{split}_{kind}.jsonl", part)
            size = sum(len(document.text.encode()) for document in part)
            LOGGER.info("%s %s: %d documents, %d bytes", split, kind, len(part), size)


def main() -> None:
    """Read the command line and prepare the corpus."""
    recipe = Recipe()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path(recipe.corpus_folder))
    parser.add_argument("--out", type=Path, default=Path(recipe.data_folder))
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    prepare(arguments.corpus, arguments.out, recipe)


if __name__ == "__main__":
    main()

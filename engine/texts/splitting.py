"""What is learned from, and what is kept apart to see whether that has helped."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from engine.errors import BadRequestError
from engine.texts.document import Document, Kind
from engine.texts.duplicates import ALIKE, RELATED, groups, shares_in, sketch

FEW_FILES: Final = 10  # with fewer, passages are kept apart instead of files
_PASSAGES: Final = 60  # of all texts together, at least about so many
_LEAST: Final = 300  # characters of a passage
# Of three passages none would say anything.
_TOO_FEW: Final = 8

_PARAGRAPH: Final = re.compile(r"\n[ \t]*\n+")
_CODE_BLOCK: Final = re.compile(r"\n[ \t]*\n+(?=\S)")  # before a line that is not indented


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Texts in three parts that share nothing; together they are all there is."""

    train: tuple[Document, ...]
    curve: tuple[Document, ...]  # about a twentieth: how the loss goes while it is trained
    kept_apart: tuple[Document, ...]  # about a tenth: seen before and after, and never in between


def split(documents: Sequence[Document], seed: int) -> Split:
    """Keep some of the texts apart: whole files, or passages where there are only a few files.

    What resembles each other is on one side, unless it is what hundreds of texts have in common.
    The same texts and seed give the same parts, on every machine.

    Raises:
        BadRequestError: If there is too little text.
    """
    units = _units(sorted(documents, key=lambda one: one.place))
    if len(units) < _TOO_FEW:
        count = sum(len(one.text) for one in documents)
        raise BadRequestError(
            f"There is too little text to learn from and to keep some apart: {count:,} characters "
            f"in {len({one.path for one in documents})} files. Choose more files."
        )
    alike = groups([sketch(_text(unit)) for unit in units], RELATED)
    order = sorted(set(alike), key=lambda group: _rank(units[group][0], seed))
    sizes = Counter(alike)
    while True:
        apart = _until(order, sizes, len(units) / 10)
        rest = [group for group in order if group not in apart]
        curve = _until(rest, sizes, len(units) / 20)
        told = _told_to_the_rest(units, alike, apart | curve)
        if not told:
            break
        order = [group for group in order if group not in told]
    parts: dict[str, list[Document]] = {"kept_apart": [], "curve": [], "train": []}
    for unit, group in zip(units, alike, strict=True):
        part = "kept_apart" if group in apart else "curve" if group in curve else "train"
        parts[part] += unit
    if not all(parts.values()):
        raise BadRequestError(
            "All these texts resemble each other too much to keep some of them apart. Choose more "
            "files."
        )
    return Split(**{name: tuple(_joined(part)) for name, part in parts.items()})


def _told_to_the_rest(
    units: Sequence[Sequence[Document]], alike: Sequence[int], held: set[int]
) -> set[int]:
    """Return which groups that are held back stand in what is learned from, for the most part."""
    pairs = list(zip(units, alike, strict=True))
    own = [(_text(unit), group) for unit, group in pairs if group in held]
    others = (_text(unit) for unit, group in pairs if group not in held)
    shares = shares_in([text for text, _ in own], others)
    return {group for (_, group), share in zip(own, shares, strict=True) if share >= ALIKE}


def _units(documents: Sequence[Document]) -> list[list[Document]]:
    """Return what is kept together: the documents of a file each, or single passages."""
    files: dict[str, list[Document]] = {}
    for one in documents:
        files.setdefault(one.path, []).append(one)
    total = sum(len(one.text) for one in documents)
    largest = max((len(_text(file)) for file in files.values()), default=0)
    if len(files) >= FEW_FILES and largest <= total / 2:
        return list(files.values())
    size = max(_LEAST, total // _PASSAGES)
    return [[passage] for one in documents for passage in passages(one, size)]


def passages(document: Document, size: int) -> Iterator[Document]:
    """Cut a document at blank lines, into passages of about so many characters, one at least.

    Code is cut where a line begins at the margin.
    """
    ends = _CODE_BLOCK if document.kind is Kind.CODE else _PARAGRAPH
    start = 0
    for found in ends.finditer(document.text):
        if found.end() - start >= size and len(document.text) - found.end() >= size // 2:
            yield _part(document, start, found.end())
            start = found.end()
    yield _part(document, start, len(document.text))


def _part(document: Document, start: int, end: int) -> Document:
    return replace(document, text=document.text[start:end], start=document.start + start)


def _text(unit: Sequence[Document]) -> str:
    return "\n".join(one.text for one in unit)


def _rank(document: Document, seed: int) -> bytes:
    name = f"{seed}:{document.name}:{document.start}"
    return hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=8).digest()


def _until(order: Sequence[int], sizes: dict[int, int], wanted: float) -> set[int]:
    """Return groups until they have so many units; one that is much larger is passed over."""
    found, count = set[int](), 0
    for group in order:
        if count < wanted and sizes[group] <= max(1.0, 2 * wanted - count):
            found.add(group)
            count += sizes[group]
    return found or set(sorted(order, key=lambda group: sizes[group])[:1])


def _joined(documents: Sequence[Document]) -> Iterator[Document]:
    """Put passages together again that follow each other in their file."""
    waiting: Document | None = None
    for one in documents:
        follows = waiting is not None and (
            (waiting.path, waiting.start + len(waiting.text)) == (one.path, one.start)
        )
        if waiting is not None and follows:
            waiting = replace(waiting, text=waiting.text + one.text)
            continue
        if waiting is not None:
            yield waiting
        waiting = one
    if waiting is not None:
        yield waiting

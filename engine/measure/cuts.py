"""Where a text is cut: single words, line ends, lines, sentences, the bodies of functions.

A cut takes a document and a source of chance, and returns a stretch in code points, or None where
it finds none.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from engine.region.syntax import parser_of

if TYPE_CHECKING:
    from tree_sitter import Node

Span = tuple[int, int]
Cut = Callable[[str, random.Random], Span | None]

_LEAST_BEFORE: Final = 100  # characters
_BODY: Final = (20, 400)  # characters
_BODY_LINES: Final = 12
_FUNCTION: Final = re.compile(r"function|method|constructor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A document with a gap."""

    # Characters around a gap, as many as the editor hands over.
    MOST_BEFORE: ClassVar[int] = 20_000
    MOST_AFTER: ClassVar[int] = 4_000

    document: str
    start: int  # code points
    end: int

    @property
    def before(self) -> str:
        """The text up to the gap, as far as an editor hands it over."""
        return self.document[max(0, self.start - self.MOST_BEFORE) : self.start]

    @property
    def region(self) -> str:
        """What stood in the gap."""
        return self.document[self.start : self.end]

    @property
    def after(self) -> str:
        """The text behind the gap, as far as an editor hands it over."""
        return self.document[self.end : self.end + self.MOST_AFTER]


def cut_line(document: str, rng: random.Random) -> Span | None:
    """Choose a whole line of code, without its indentation and its line end."""
    lines = list(re.finditer(r"^[ \t]*(\S.{3,58}\S)[ \t]*$", document, re.MULTILINE))
    lines = [line for line in lines if not line[1].startswith(("#", '"', "'"))]
    return rng.choice(lines).span(1) if lines else None


def cut_line_end(document: str, rng: random.Random) -> Span | None:
    """Choose the rest of a line from where a word, or a piece of code, ends in it."""
    lines = list(re.finditer(r"^[ \t]*\S.{11,}\S$", document, re.MULTILINE))
    if not lines:
        return None
    start, end = rng.choice(lines).span()
    # A caret stands behind a word or a sign, and something is left to be written.
    places = [
        found.end()
        for found in re.finditer(r"\b(?=\W)|(?<=[(\[{=:,.])", document[start:end])
        if 4 <= found.end() and 4 <= end - start - found.end() <= 40
    ]
    return (start + rng.choice(places), end) if places else None


def cut_sentence(document: str, rng: random.Random) -> Span | None:
    """Choose a sentence of prose between two others."""
    ends = r"(?<=[.!?][ \n])([A-Z][^.!?]{10,110}[.!?])(?=[ \n])"
    sentences = list(re.finditer(ends, document))
    return rng.choice(sentences).span(1) if sentences else None


def cut_passage(document: str, rng: random.Random) -> Span | None:
    """Choose whole words of 150 to 300 characters."""
    start = rng.randrange(100, max(101, len(document) - 500))
    start = document.find(" ", start) + 1
    end = document.find(" ", start + rng.randint(150, 300))
    return (start, end) if 100 < start < end < start + 400 else None


def cut_word(document: str, rng: random.Random) -> Span | None:
    """Choose one word, or a name in code, as a double click selects it."""
    words = list(re.finditer(r"\b[^\W\d]\w{1,30}\b", document))
    start, end = rng.choice(words).span() if words else (0, 0)
    return (start, end) if start > _LEAST_BEFORE else None


def cut_words(document: str, rng: random.Random) -> Span | None:
    """Choose one to four words or pieces of code, on one line."""
    words = list(re.finditer(r"[^\s]+", document))
    count, first = rng.randint(1, 4), rng.randrange(len(words))
    chosen = words[first : first + count]
    start, end = chosen[0].start(), chosen[-1].end()
    is_short = "\n" not in document[start:end] and end - start <= 40
    return (start, end) if is_short and start > _LEAST_BEFORE else None


def cut_body(document: str, rng: random.Random, language: str) -> Span | None:
    """Choose what a short function does, without its head, its docstring and its brackets."""
    parser = parser_of(language)
    if parser is None:
        return None
    data = document.encode(errors="replace")
    bodies = [_inside(body, data) for body in _bodies(parser.parse(data).root_node)]
    # As code points, of which some take several bytes.
    spans = [
        (len(data[:start].decode()), len(data[:end].decode()))
        for start, end in bodies
        if _BODY[0] <= end - start <= _BODY[1] and data.count(b"\n", start, end) < _BODY_LINES
    ]
    return rng.choice(spans) if spans else None


def _bodies(root: "Node") -> Iterator["Node"]:
    """Yield the bodies of functions that are no parts of other ones' gaps."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        body = node.child_by_field_name("body") if _FUNCTION.search(node.type) else None
        if body is not None and not node.has_error:
            yield body
        waiting += node.children


def _inside(body: "Node", data: bytes) -> tuple[int, int]:
    """Return the bytes of a body between its brackets, from its first statement to its last."""
    start, end = body.start_byte, body.end_byte
    if data[start : start + 1] == b"{" and data[end - 1 : end] == b"}":
        start, end = start + 1, end - 1
    statements = list(body.named_children)
    if len(statements) > 1 and _is_docstring(statements[0]):
        start = statements[1].start_byte
    inside = data[start:end]
    return start + len(inside) - len(inside.lstrip()), end - len(inside) + len(inside.rstrip())


def _is_docstring(node: "Node") -> bool:
    # Some grammars have the string itself among the statements.
    inner = node.named_children if node.type == "expression_statement" else [node]
    return [one.type for one in inner] == ["string"]

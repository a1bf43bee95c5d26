"""Syntax evidence: how many new errors a candidate brings into code."""

import ast
import re
import warnings
from functools import cache, lru_cache
from typing import TYPE_CHECKING, cast, get_args

from tree_sitter_language_pack import SupportedLanguage, get_parser

if TYPE_CHECKING:
    from tree_sitter import Node, Parser


# Begins or ends a block of code in Markdown.
FENCE = re.compile(r"^[ \t]*```+[ \t]*(?P<name>[^\s`]*).*\n?", re.MULTILINE)
SHORT_NAMES = {"py": "python", "js": "javascript", "ts": "typescript", "sh": "bash", "rs": "rust",
               "c++": "cpp", "cs": "csharp", "rb": "ruby", "yml": "yaml"}  # fmt: skip


def new_errors(before: str, region: str, text: str, after: str, language: str) -> int | None:
    """Return how many syntax errors `text` in place of `region` adds; negative: it mends some.

    Python is asked first whether the whole is a program. Where it is none either way, as in a
    window cut out of a file, and for all other languages, tree-sitter's error nodes are counted.
    Of a block of code in Markdown the block alone is looked at.

    Returns:
        None if the language is not known, or is none.
    """
    if not language:
        return None
    before, after = own_block(before, after, language)
    if language == "python" and is_python(before + text + after):
        # A whole program has no errors: what there was of them is mended.
        return min(0, -_count_errors(before + region + after, language))
    parser = parser_of(language)
    if parser is None:
        return None
    old, new = (_count_errors(before + middle + after, language) for middle in (region, text))
    return new - old


def own_block(before: str, after: str, language: str) -> tuple[str, str]:
    """Return what stands around a region within its block of code; all of it where there is none.

    The prose around a block is no program, and would cover the errors in it. A block that names no
    language or another one is a part of a program, as in a docstring.
    """
    fences, closing = list(FENCE.finditer(before)), FENCE.search(after)
    if len(fences) % 2 == 0 or closing is None:
        return before, after
    name = fences[-1]["name"].lower()
    if SHORT_NAMES.get(name, name) != language:
        return before, after
    return before[fences[-1].end() :], after[: closing.start()]


def is_python(source: str) -> bool:
    """Whether `source` is a Python program."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as invalid escapes: not our text to judge
            ast.parse(source)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return True


@lru_cache(maxsize=8)  # all candidates and drafts are compared with the same old text
def _count_errors(source: str, language: str) -> int:
    if language == "python" and is_python(source):
        return 0
    parser = parser_of(language)
    if parser is None:
        return 0
    errors, waiting = 0, [parser.parse(source.encode(errors="replace")).root_node]
    while waiting:
        node: Node = waiting.pop()
        errors += node.is_error or node.is_missing
        if node.has_error:
            waiting += node.children
    return errors


@cache
def parser_of(language: str) -> "Parser | None":
    """Return the parser of a language; None if it is not known."""
    # The package makes the path of a library of any name, wherever that leads.
    if language not in get_args(SupportedLanguage):
        return None
    try:
        return get_parser(cast("SupportedLanguage", language))
    except LookupError:
        return None

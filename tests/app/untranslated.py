"""Finds the texts in a module that a reader would see and a translator would not."""

import ast
import re
from collections.abc import Iterator

PLACEHOLDER = "\ufffc"  # stands for what an f-string fills in
# The same in every language.
NAMES = re.compile(r"\b(Inlay|DiffusionGemma|LM Studio|Red Hat|[GM]i?B|hf_)")
WORD = re.compile(r"[^\W\d_]{2,}")
GAP = "[,.:;…!?]? +"
# A word, a space, and another word or what is filled in; or the other way round.
SENTENCE = re.compile(
    f"{WORD.pattern}{GAP}({WORD.pattern}|{PLACEHOLDER})|{PLACEHOLDER}{GAP}{WORD.pattern}"
)

MARKED = {"tr", "translate", "QT_TR_NOOP", "QT_TRANSLATE_NOOP"}
# What these are given, nobody reads in the window.
UNSEEN = {
    *("debug", "info", "warning", "error", "exception", "write", "compile", "cast", "glob"),
    *("ArgumentParser", "add_argument", "expected_log", "AssertionError", "ValueError", "KeyError"),
}
# Constants and functions with names of things, or with words for a model.
NO_TEXTS = {
    *("BASE_AUTHORS", "BASE_PAPER", "CODE_FAMILIES", "INSTRUCTIONS", "PROSE_FAMILIES", "TABLE"),
    *("PLACES", "versions_text"),  # of a sample, which is English; of libraries
}
# What these are given, somebody reads, be it one word.
SEEN = {
    *("setText", "setToolTip", "setWindowTitle", "setPlaceholderText", "setSpecialValueText"),
    *("setPrefix", "setSuffix", "setAccessibleName", "setAccessibleDescription", "setTitle"),
    *("addMenu", "addTab", "addItem", "addItems", "setHeaderLabels", "setStatusTip", "say"),
    *("QLabel", "QPushButton", "QCheckBox", "QRadioButton", "QAction", "QGroupBox", "Remedy"),
    *("Message", "QListWidgetItem", "addButton", "setInformativeText", "QProgressDialog"),
}


def untranslated(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each literal that `tr` does not see.

    What prints is the command line, which speaks English, as its options do.
    """
    tree = ast.parse(source)
    if any(isinstance(node, ast.Name) and node.id == "print" for node in ast.walk(tree)):
        return
    skipped = {id(node) for node in ast.walk(tree) for node in _unseen_parts(node)}
    yield from _walk(tree, skipped, is_seen=False)


def _walk(node: ast.AST, skipped: set[int], *, is_seen: bool) -> Iterator[tuple[int, str]]:
    if id(node) in skipped:
        return
    if isinstance(node, (ast.Constant, ast.JoinedStr)):
        text = NAMES.sub("", _text_of(node))
        if SENTENCE.search(text) or (is_seen and WORD.search(text)):
            yield node.lineno, text
    if isinstance(node, ast.Call):
        name = _name_of(node.func)
        if name in MARKED | UNSEEN:
            return
        is_seen = name in SEEN
    elif isinstance(node, (ast.Lambda, ast.Dict, ast.Subscript, ast.Compare)):
        is_seen = False
    if isinstance(node, ast.JoinedStr):
        children = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        is_seen = False
    else:
        children = list(ast.iter_child_nodes(node))
    for child in children:
        yield from _walk(child, skipped, is_seen=is_seen)


def _unseen_parts(node: ast.AST) -> Iterator[ast.AST]:
    """Yield docstrings, annotations, keys, and what is said when an assertion fails."""
    match node:
        case ast.Dict(keys=keys):
            yield from (key for key in keys if key is not None)
        case ast.Compare(comparators=comparators):
            yield from comparators
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in NO_TEXTS:
            yield value
        case ast.FunctionDef(name=name) if name in NO_TEXTS:
            yield node
        case ast.Expr(value=ast.Constant()):
            yield node.value
        case ast.Assert(msg=ast.AST() as message):
            yield message
        case ast.arg(annotation=ast.AST() as annotation):
            yield annotation
        case ast.AnnAssign(annotation=annotation):
            yield annotation
        case ast.FunctionDef(returns=ast.AST() as returns):
            yield returns


def _text_of(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else PLACEHOLDER for part in node.values
    )


def _name_of(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))

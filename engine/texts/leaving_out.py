"""Which files nobody wrote by hand, by their names and by how they look."""

import re
from pathlib import PurePath
from typing import Final

from engine.texts.document import Kind, Reason

# What GitHub's Linguist counts as vendored or generated, as far as it is common.
_FOLDERS: Final = {
    *("node_modules", "bower_components", "vendor", "vendors", "third_party", "third-party"),
    *("site-packages", "__pycache__", "dist", "venv"),
}
_ENVIRONMENT: Final = "pyvenv.cfg"  # lies in a folder that Python's packages are installed into
_LOCKS: Final = {
    *("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum", "gradlew"),
    "gradlew.bat",
}
_GENERATED: Final = (
    *(".lock", ".min.js", ".min.css", ".map", ".bundle.js", "_pb2.py", "_pb2_grpc.py", ".pb.go"),
    *("_generated.go", ".designer.cs", ".g.dart", ".po", ".pot", ".ts.snap", ".snap"),
)
# Tables and trees that programs write for programs; a pattern that names them has them read.
_DATA: Final = {
    *(".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".geojson", ".xml", ".svg", ".log", ".ipynb"),
    *(".dic", ".aff", ".ics", ".vcf", ".patch", ".diff", ".srt", ".vtt", ".plist", ".xliff"),
    *(".rtf", ".ps", ".eps"),
}
_SECRETS: Final = {
    *(".pem", ".key", ".ppk", ".p12", ".pfx", ".kdbx", ".keystore", ".jks", ".asc", ".gpg", ".env"),
}
_SECRET_NAMES: Final = re.compile(
    r"\.env(\..+)?|id_(rsa|dsa|ecdsa|ed25519)"
    r"|(credentials?|secrets?|passwords?)(\.(json|ya?ml|toml|ini|cfg|conf|xml|properties|txt))?"
)
_NOTES: Final = {
    *(".md", ".markdown", ".mdx", ".rst", ".org", ".adoc", ".asciidoc", ".textile", ".wiki"),
}

_HEAD: Final = 2000  # characters in which a generator says so
# The words that generators agree on (Go's rule, Facebook's @generated), in a comment of their own.
_SAYS_SO: Final = re.compile(
    r"^\W*(@generated\b|(this file (is|was) )?(code |auto(matically)?[ -]?)?generated\b"
    r".*(do not edit|don't edit|do not modify))",
    re.IGNORECASE | re.MULTILINE,
)
_LONG_LINES: Final = 250  # characters a line of code in the mean; nobody writes like that


def leaves_out_folder(name: str, names: set[str]) -> bool:
    """Whether a folder, which holds these names, is hidden or not the user's own."""
    return name.startswith(".") or name.lower() in _FOLDERS or _ENVIRONMENT in names


def reason_by_name(name: str, *, is_asked_for: bool) -> Reason | None:
    """Return why a file of this name is not used; None: it is.

    Args:
        name: Of the file, without folders.
        is_asked_for: Whether the user has named it, or a pattern that it matches.
    """
    lower = name.lower()
    suffix = PurePath(lower).suffix
    if suffix in _SECRETS or _SECRET_NAMES.fullmatch(lower):
        return Reason.SECRET
    if is_asked_for:
        return None
    if lower in _LOCKS or lower.endswith(_GENERATED):
        return Reason.GENERATED
    return Reason.DATA if suffix in _DATA else None


def reason_by_text(text: str, kind: Kind) -> Reason | None:
    """Return why a file with this text is not used; None: it is."""
    if not text.strip():
        return Reason.EMPTY
    if _SAYS_SO.search(text[:_HEAD]):
        return Reason.GENERATED
    # A paragraph of prose may well be one line.
    is_packed = len(text) > _LONG_LINES * (text.count("\n") + 1)
    return Reason.GENERATED if is_packed and kind is Kind.CODE else None


def kind_of(name: str) -> tuple[Kind, str]:
    """Return what sort of text a file of this name is, and its language, as the editor calls it."""
    # Not needed for the window to be there, and the app imports this package.
    from pygments.lexers import find_lexer_class_for_filename  # noqa: PLC0415

    found = find_lexer_class_for_filename(name)
    is_plain = found is None or found.name == "Text only" or not found.aliases
    language = "" if is_plain or found is None else found.aliases[0]
    if PurePath(name.lower()).suffix in _NOTES:
        return Kind.NOTES, language
    return (Kind.CODE, language) if language else (Kind.PROSE, "")

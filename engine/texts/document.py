"""A document as it is learned from and measured on."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What sort of text a document is."""

    PROSE = "prose"
    CODE = "code"
    NOTES = "notes"  # Markdown and its like: prose with marks, and code in it


class Reason(StrEnum):
    """Why a file is not used."""

    BINARY = "binary"
    TOO_LARGE = "too large"
    GENERATED = "generated or not your own"
    DATA = "data"
    DUPLICATE = "nearly the same as another one"
    EMPTY = "empty"
    SECRET = "a secret"
    UNREADABLE = "unreadable"
    BEYOND = "beyond what is read at once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text that stands in one piece; a file with cuts makes several of them."""

    path: str  # of the file, absolute, as it is shown
    name: str  # from the folder on that was asked for, with slashes
    text: str  # lines end in "\n"
    kind: Kind
    language: str = ""  # of code, such as "python"
    start: int = 0  # code points of the file's text before this one

    @property
    def place(self) -> tuple[str, int]:
        """What this document is sorted by."""
        return self.name, self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """What there is in folders, and what of it is left out."""

    documents: tuple[Document, ...]  # by name
    left_out: dict[Reason, int]  # files, and folders that cannot be read
    cut_lines: int = 0  # that look like secrets, in all files

    @property
    def files(self) -> dict[str, int]:
        """How many characters are used of each file, by its path."""
        found: dict[str, int] = {}
        for one in self.documents:
            found[one.path] = found.get(one.path, 0) + len(one.text)
        return found

"""The JSON schema that a document's empty values are filled by."""

import json
from pathlib import Path, PureWindowsPath

from app.documents.names import shown
from app.translation import tr

_LARGEST = 4 << 20  # bytes; a schema is read whole, whenever blanks are filled


class SchemaError(Exception):
    """A schema cannot be used; for the user."""


class DocumentSchema:
    """Which schema belongs to a document: the one that was chosen, or the one that it names.

    An address on the net is never fetched: nothing leaves this machine, and nothing is asked for.
    """

    def __init__(self) -> None:
        self._chosen: Path | None = None

    def choose(self, path: Path | None) -> None:
        """Take a file for this document's schema from now on; None: the one that it names.

        Raises:
            SchemaError: If it is none.
        """
        if path is not None:
            _read(path)
        self._chosen = path

    def read(self, text: str, path: Path | None) -> object:
        """Return the schema of a document, decoded; None if it has none on this machine.

        Args:
            text: The document.
            path: Its file; what it names is looked for from there.

        Raises:
            SchemaError: If there is one and it cannot be read.
        """
        if self._chosen is not None:
            return _read(self._chosen)
        named = _named(text)
        name = named.partition("#")[0]
        # Neither an address nor another machine's share: a document is not to make this one ask.
        if path is None or not name or "://" in name or PureWindowsPath(name).anchor:
            return None
        try:
            is_there = (file := path.parent / name).is_file()
        except (OSError, ValueError):  # such as a name that is too long
            return None
        return _read(file) if is_there else None


def _named(text: str) -> str:
    """Return what a document says its schema is; it need not be whole, as values lack in it."""
    _, has_name, rest = text.partition('"$schema"')
    value = rest.lstrip().removeprefix(":").lstrip() if has_name else ""
    try:
        found, _ = json.JSONDecoder().raw_decode(value)
    except (ValueError, RecursionError):
        return ""
    return found if isinstance(found, str) and "\0" not in found else ""


def _read(path: Path) -> object:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise ValueError(tr("it is larger than 4 MB"))
        found: object = json.loads(data)
        if not isinstance(found, dict | bool):
            raise ValueError(tr("it is no object"))
    except (OSError, ValueError, RecursionError) as error:
        text = tr("“{file}” cannot be used as a JSON schema: {why}. Choose another file.")
        why = error.strerror if isinstance(error, OSError) else error
        raise SchemaError(text.format(file=shown(path.name), why=why)) from error
    return found

"""What a JSON schema says of the values that lack in a document."""

import json
from collections.abc import Iterator, Sequence

Path = tuple[str | int, ...]  # names and places from the document's root to a value

_MARK = "\ue000{}\ue001"  # of the private use area: no document's own text
_DEEPEST = 12  # references in references; a schema may contain itself
_MOST = 2_000  # parts of one that is written out


def paths_of(text: str, blanks: Sequence[tuple[int, int]]) -> list[Path | None]:
    """Return where in a document each of its blanks stands; None if it is no JSON but for them.

    Args:
        text: The document.
        blanks: All that lacks in it, code points, in order.
    """
    filled, end = [], 0
    for number, (start, finish) in enumerate(blanks):
        filled += [text[end:start], json.dumps(_MARK.format(number))]
        end = finish
    try:
        whole = json.loads("".join([*filled, text[end:]]))
    except (ValueError, RecursionError):
        return [None] * len(blanks)
    found = dict(_marked(whole, ()))
    return [found.get(_MARK.format(number)) for number in range(len(blanks))]


def schema_at(schema: object, path: Path) -> dict[str, object] | None:
    """Return the schema of the value at a path, its references written out; None: any value."""
    whole = _Schema(schema)
    here = schema
    for step in path:
        here = whole.below(whole.resolved(here), step)
        if not isinstance(here, dict):
            return None
    own = whole.written_out(here, _DEEPEST)
    return own if isinstance(own, dict) and own.keys() & _SAYING else None


# What says of a value that not all are allowed.
_SAYING = {"type", "enum", "const", "pattern", "format", "anyOf", "oneOf", "properties", "items"}


def _marked(value: object, path: Path) -> Iterator[tuple[str, Path]]:
    if isinstance(value, str):
        yield value, path
    elif isinstance(value, dict):
        for name, child in value.items():
            yield from _marked(child, (*path, name))
    elif isinstance(value, list):
        for place, child in enumerate(value):
            yield from _marked(child, (*path, place))


class _Schema:
    """A schema file, which references are of."""

    def __init__(self, root: object) -> None:
        self._root, self._left = root, _MOST

    def below(self, schema: object, step: str | int, depth: int = _DEEPEST) -> object:
        """Return what a schema says of the value under a name, or at a place; None: nothing."""
        self._left -= 1
        if not isinstance(schema, dict) or depth == 0 or self._left < 0:
            return None
        if isinstance(step, int):
            first = schema.get("prefixItems")
            if isinstance(first, list) and step < len(first):
                return first[step]
            return schema.get("items")
        properties = schema.get("properties")
        if isinstance(properties, dict) and step in properties:
            return properties[step]
        for name in ("allOf", "anyOf", "oneOf"):
            parts = schema.get(name)
            for one in parts if isinstance(parts, list) else ():
                found = self.below(self.resolved(one), step, depth - 1)
                if isinstance(found, dict):
                    return found
        return schema.get("additionalProperties")

    def resolved(self, schema: object) -> object:
        """Follow the references that a schema is; those into other files are not."""
        for _ in range(_DEEPEST):
            reference = schema.get("$ref") if isinstance(schema, dict) else None
            if not isinstance(reference, str) or not reference.startswith("#"):
                break
            schema = self._root
            for part in filter(None, reference.lstrip("#").split("/")):
                name = part.replace("~1", "/").replace("~0", "~")
                schema = schema.get(name) if isinstance(schema, dict) else None
        return schema

    def written_out(self, schema: object, depth: int) -> object:
        """Return a schema with what it refers to in place; anything, where that is too much."""
        own = self.resolved(schema)
        if isinstance(own, dict):
            self._left -= 1
            if depth == 0 or self._left < 0:
                return {}
            return {name: self.written_out(one, depth - 1) for name, one in own.items()}
        if isinstance(own, list):
            return [self.written_out(one, depth) for one in own]
        return own

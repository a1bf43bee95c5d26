"""The names that a place in a program can see, as far as its syntax tells."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from engine.region.syntax import own_block, parser_of

if TYPE_CHECKING:
    from tree_sitter import Node

_HERE: Final = "inlay_here"  # stands in the place, so that what is around it can be parsed
_NAMES: Final = {"identifier", "simple_identifier", "variable_name", "constant", "name"}
# What has names of its own: those in it are not seen from outside.
_OWN_SCOPE: Final = re.compile(
    r"function(?!_declarator)|method|lambda|closure|arrow|comprehension|generator"
)
# Of `a.b` and `f(b=1)` the b is no name of this place.
_MEMBERS: Final = re.compile(r"attribute|member|field|selector|navigation|scoped|keyword_argument")


def names_in_scope(before: str, after: str, language: str) -> tuple[str, ...]:
    """Return the names that are bound or used where a place between two texts can see them.

    Those of functions that the place is not in are left out; of what stands in a function of a
    language that declares, one that comes only later is not. Sorted by how near before the place
    they stand, the nearest first.

    Args:
        before: The text before the place.
        after: And behind it.
        language: Such as "python"; of one that is not known there are none.
    """
    before, after = own_block(before, after, language)
    parser = parser_of(language)
    if parser is None:
        return ()
    root = parser.parse(f"{before}{_HERE}{after}".encode(errors="replace")).root_node
    here = len(before.encode(errors="replace"))
    found: dict[str, int] = {}
    for node in _seen(root, here):
        name = node.text.decode(errors="ignore") if node.text else ""
        if name and name != _HERE:
            distance = here - node.start_byte
            rank = distance if distance >= 0 else here - distance
            found[name] = min(rank, found.get(name, rank))
    return tuple(sorted(found, key=lambda name: found[name]))


def _seen(root: "Node", here: int) -> Iterator["Node"]:
    """Yield the names below a node that the place at a byte can see."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type in _NAMES and node.child_count == 0:
            if not _is_member(node):
                yield node
            continue
        if _OWN_SCOPE.search(node.type) and not node.start_byte <= here <= node.end_byte:
            waiting += _name_of(node)
        else:
            waiting += node.children


def _name_of(function: "Node") -> list["Node"]:
    """Return the name that a function is known by outside; none of a class's."""
    around = function.parent.parent if function.parent else None
    if around is not None and "class" in around.type:
        return []
    name = function.child_by_field_name("name")
    declared = function
    while name is None and (inner := declared.child_by_field_name("declarator")) is not None:
        declared = inner
        name = inner if inner.type in _NAMES else None
    return [name] if name is not None else []


def _is_member(node: "Node") -> bool:
    parent = node.parent
    if parent is None or not _MEMBERS.search(parent.type):
        return False
    is_name_of_argument = parent.type == "keyword_argument"
    is_first = parent.children[0].start_byte == node.start_byte
    return is_first if is_name_of_argument else not is_first

"""Which tabs were open, and how each was looked at, in a small file of its own."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TabState:
    """One tab: its file, or its name in the journal, and what was in view."""

    path: str | None
    entry: str = ""
    caret: int = 0  # UTF-16 units; a selection would be lost to the first key
    line: int = 0  # the first one in view
    indentation: str = ""  # that the user has chosen; empty: as it is found


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitState:
    """The second view."""

    tab: int  # whose document it shows
    is_below: bool = False  # or beside the tabs
    share: float = 0.5  # of the room, for the tabs
    caret: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """The tabs from left to right."""

    tabs: tuple[TabState, ...] = field(default_factory=tuple)
    current: int = 0
    split: SplitState | None = None
    folder: str = ""  # that was open; empty: none
    shows_folder: bool = True  # at the side
    journal: str = ""  # the folder name that the tabs' entries belong to


def encode_state(state: SessionState) -> bytes:
    """Return the content of a session file."""
    return json.dumps({"version": VERSION, **asdict(state)}, indent=1).encode()


def read_state(path: Path) -> SessionState | None:
    """Return the session in a file; None if there is none that can be read."""
    try:
        facts = json.loads(path.read_bytes())
        if facts.pop("version") != VERSION:
            return None
        tabs = tuple(TabState(**_known(TabState, tab)) for tab in facts.pop("tabs"))
        split = facts.pop("split", None)
        view = SplitState(**_known(SplitState, split)) if split else None
        return SessionState(tabs=tabs, split=view, **facts)
    # Whatever a file may be: a session that cannot be read is none, and nobody loses a text by it.
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _known(kind: type[TabState | SplitState], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what an older version has kept besides, as the other end of a selection."""
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in facts.items() if name in names}

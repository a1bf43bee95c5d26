"""Named sets of settings, each with a key: what one asks for again and again."""

import json
from dataclasses import dataclass, field, replace
from itertools import count

from PySide6.QtCore import QObject, Signal

from app.proposal.model.lengths import BY_ITSELF, COUNTED, MAX_COUNT
from engine.api import MAX_CANDIDATES, Length, LengthMode, RunSettings

MAX_PRESETS = 9  # each has a key of its own
MOST_WORDS, MOST_NAMED = 4, 30  # words and characters of a name that is proposed
MAX_CHARS = 2_000  # of an instruction, in a file that anybody may have written


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """What a run is asked for, under a name."""

    name: str
    instruction: str = ""
    strength: float = 1.0
    length: Length = field(default_factory=Length)
    candidates: int = 1

    @classmethod
    def of(cls, name: str, settings: RunSettings) -> "Preset":
        """Return a preset of the settings that presets hold."""
        return cls(
            name=name,
            instruction=settings.instruction,
            strength=settings.strength,
            length=settings.length,
            candidates=settings.candidates,
        )

    def applied_to(self, settings: RunSettings) -> RunSettings:
        """Return settings for a run of this kind, the others as they are."""
        return replace(
            settings,
            instruction=self.instruction,
            strength=self.strength,
            length=self.length,
            candidates=self.candidates,
        )


class Presets(QObject):
    """The user's presets, in their order.

    Signals: `changed`, after one came, went or got another name.
    """

    changed = Signal()

    def __init__(self, text: str = "", parent: QObject | None = None) -> None:
        """Begin with what `as_text` has returned once; what cannot be read of it is left out."""
        super().__init__(parent)
        self._presets = _read(text)

    @property
    def all(self) -> tuple[Preset, ...]:
        """The presets; the first one's number is 0."""
        return tuple(self._presets)

    @property
    def is_full(self) -> bool:
        """Whether there is no room for another one."""
        return len(self._presets) >= MAX_PRESETS

    def number_of(self, name: str) -> int | None:
        """Return which one has a name; None: none has."""
        return next((n for n, one in enumerate(self._presets) if one.name == name), None)

    def name_for(self, instruction: str) -> str:
        """Return a name to propose: the first words, and a number where another one has them."""
        words = instruction.split()[:MOST_WORDS]
        while len(words) > 1 and len(" ".join(words)) > MOST_NAMED:
            words.pop()
        name = " ".join(words)[:MOST_NAMED].rstrip(" ,;:.!?")
        name = name[:1].upper() + name[1:]
        others = {one.name for one in self._presets if one.instruction != instruction}
        numbered = (f"{name} {number}" for number in count(2))
        return name if name not in others else next(one for one in numbered if one not in others)

    def keep(self, preset: Preset, *, instead_of: int | None = None) -> None:
        """Take a preset in, in the place of the one of the same name if there is one.

        Args:
            preset: The new one.
            instead_of: Which one it replaces otherwise; has to be said where there is no room.
        """
        number = self.number_of(preset.name)
        if number is None:
            number = instead_of
        if number is not None:
            self._presets[number] = preset
        else:
            assert not self.is_full, "there is no room for another preset"
            self._presets.append(preset)
        self.changed.emit()

    def remove(self, number: int) -> None:
        """Forget one; those behind it move up."""
        del self._presets[number]
        self.changed.emit()

    def rename(self, number: int, name: str) -> bool:
        """Give one another name; return whether no other one has it."""
        if self.number_of(name) not in (None, number):
            return False
        self._presets[number] = replace(self._presets[number], name=name)
        self.changed.emit()
        return True

    def as_text(self) -> str:
        """Return all of them as JSON."""
        return json.dumps(
            [
                {
                    "name": one.name,
                    "instruction": one.instruction,
                    "strength": one.strength,
                    "length": one.length.mode.value,
                    "count": one.length.count,
                    "candidates": one.candidates,
                }
                for one in self._presets
            ],
            ensure_ascii=False,
        )


def _read(text: str) -> list[Preset]:
    try:
        found = json.loads(text) if text else []
    except (ValueError, RecursionError):
        return []
    read = [_preset_of(one) for one in found] if isinstance(found, list) else []
    by_name = {one.name: one for one in read if one is not None}
    return list(by_name.values())[:MAX_PRESETS]


def _preset_of(raw: object) -> Preset | None:
    """Return a preset as the file has it; None for what is none."""
    try:
        assert isinstance(raw, dict)
        preset = Preset(
            name=str(raw["name"]).strip()[:MAX_CHARS],
            instruction=str(raw["instruction"])[:MAX_CHARS],
            strength=float(raw["strength"]),
            length=Length(mode=LengthMode(raw["length"]), count=int(raw["count"])),
            candidates=int(raw["candidates"]),
        )
    except (AssertionError, KeyError, TypeError, ValueError, OverflowError):
        return None
    length = preset.length
    is_counted = length.mode in COUNTED
    has_length = 0 < length.count <= MAX_COUNT if is_counted else length.mode in BY_ITSELF
    is_sound = has_length and 0.0 < preset.strength <= 1.0 and preset.name
    return preset if is_sound and 1 <= preset.candidates <= MAX_CANDIDATES else None

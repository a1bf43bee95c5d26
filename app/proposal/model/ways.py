"""The ways of rewriting that need no typing: what they are called, and what the model is told."""

from dataclasses import dataclass, replace

from app.translation import QT_TR_NOOP, tr
from engine.api import Length, LengthMode, Mode, RunSettings

# In English whatever language the desktop speaks: models follow that best.
INSTRUCTIONS = {
    "shorter": "Make it shorter.",
    "longer": "Make it longer, with more detail.",
    "simpler": "Rewrite it in simpler words.",
    "friendlier": "Make it friendlier.",
    "formal": "Make it more formal.",
    "grammar": "Fix the spelling and grammar.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way of rewriting a passage."""

    name: str
    label: str  # not translated yet; its marked letter is its key in the bar
    length: LengthMode = LengthMode.AUTO

    @property
    def instruction(self) -> str:
        """What the model is told."""
        return INSTRUCTIONS[self.name]

    @property
    def title(self) -> str:
        """What it is called, in the user's language."""
        return tr(self.label).replace("&", "")

    def applied_to(self, settings: RunSettings) -> RunSettings:
        """Return settings for a run of this kind, the others as they are."""
        return replace(settings, instruction=self.instruction, length=Length(mode=self.length))


# No letter may be that of a menu of the menu bar, nor P, which pins.
WAYS = (
    Way(name="shorter", label=QT_TR_NOOP("&Shorter"), length=LengthMode.SHORTER),
    Way(name="longer", label=QT_TR_NOOP("L&onger"), length=LengthMode.LONGER),
    Way(name="simpler", label=QT_TR_NOOP("Simple&r")),
    Way(name="friendlier", label=QT_TR_NOOP("Frien&dlier")),
    Way(name="formal", label=QT_TR_NOOP("&More Formal")),
    Way(name="grammar", label=QT_TR_NOOP("Fix &Grammar")),
)
WRITING_ON = RunSettings(length=Length(mode=LengthMode.PARAGRAPH), mode=Mode.CAUSAL)


def way_of(instruction: str) -> Way | None:
    """Return the way that an instruction is of; None for one that was typed."""
    return next((way for way in WAYS if way.instruction == instruction), None)


def is_of_its_own(settings: RunSettings) -> bool:
    """Return whether another run like this one needs these settings, and not those of the bar."""
    return settings.length.mode is LengthMode.PARAGRAPH or way_of(settings.instruction) is not None

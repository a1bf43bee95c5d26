"""What the user wants of the next run, and the words for it."""

from dataclasses import dataclass, field, replace
from enum import Enum

from PySide6.QtCore import QObject, Signal

from app.commands import DraftKeys
from app.translation import QT_TR_NOOP, tr
from engine.api import Constraints, Generate, Length, LengthMode, Mode
from engine.patterns import PatternError, compiled

MAX_CANDIDATES = 8
MAX_SOFT_EDGE = 5  # words on either side
MAX_INSTRUCTIONS = 30
NO_MODEL = QT_TR_NOOP("No model is loaded.")
NO_INSTRUCTIONS = QT_TR_NOOP("The model in use takes no instructions.")
SMALL_MODEL = QT_TR_NOOP(
    "A model of this size rewrites sentence by sentence, and short passages best, up to about 100 "
    "words. Some sentences stay as they are; what it adds to make a text longer is made up. It "
    "knows few facts, may change those in the text or turn their meaning round, and it cannot "
    "translate. Read what it writes before you keep it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """The settings of a run that the user chooses."""

    instruction: str = ""
    strength: float = 1.0  # 0..1
    length: Length = field(default_factory=Length)
    candidates: int = 1
    seed: int | None = None  # None: another one every time
    soft_edge: int = 0  # words on either side that may change a little
    mode: Mode = Mode.BOTH
    constraints: Constraints = field(default_factory=Constraints)

    @property
    def is_plain(self) -> bool:
        """Whether nothing is set of what the bar folds away."""
        plain = RunOptions()
        return (self.soft_edge, self.mode, self.constraints) == (
            plain.soft_edge,
            plain.mode,
            plain.constraints,
        )

    @property
    def problem(self) -> str:
        """Why no text can satisfy this, for the user; empty if one may."""
        rules = self.constraints
        return _problem_of(
            tr("Characters"), f"[{rules.characters}]" if rules.characters else ""
        ) or (_problem_of(tr("Pattern"), rules.pattern))


def settings_of(request: Generate) -> RunOptions:
    """Return the settings that a request was made with, for another seed."""
    return RunOptions(
        instruction=request.instruction,
        strength=request.strength,
        length=request.length,
        candidates=request.candidates,
        soft_edge=request.soft_edge,
        mode=request.mode,
        constraints=request.constraints,
    )


class Drawing(Enum):
    """How a draft is drawn while it settles."""

    FULL = "full"
    CALM = "calm"  # words fade in once they have settled, nothing else moves
    OFF = "off"  # the result alone
    RAW = "raw"  # the canvas itself, noise and all


class OptionsModel(QObject):
    """The settings of the next run and of how it is shown, for all documents of a window.

    Signals: `changed`, after any of its properties has.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.draft_keys = DraftKeys()  # of the window's drafts
        self._options = RunOptions()
        self._drawing: Drawing | None = None
        self._shows_heat = False
        self._takes_instructions: bool | None = None
        self._is_small = False
        self._instructions: list[str] = []
        self._num_steps = 0

    @property
    def options(self) -> RunOptions:
        """The settings of the next run."""
        return self._options

    @property
    def for_run(self) -> RunOptions:
        """The same, without an instruction that the model would refuse."""
        can_refuse = self._takes_instructions is False
        return replace(self._options, instruction="") if can_refuse else self._options

    @property
    def drawing(self) -> Drawing | None:
        """How drafts are drawn; None: as the desktop's reduced-motion setting says."""
        return self._drawing

    @property
    def shows_heat(self) -> bool:
        """Whether words are marked by when they settled."""
        return self._shows_heat

    @property
    def instructions(self) -> tuple[str, ...]:
        """The instructions used lately, the newest first."""
        return tuple(self._instructions)

    @property
    def num_steps(self) -> int:
        """The denoising steps of the model's schedule; 0: not known."""
        return self._num_steps

    @property
    def why_no_instruction(self) -> str:
        """Why no instruction can be given; empty if one can."""
        if self._takes_instructions is None:
            return tr(NO_MODEL)
        return "" if self._takes_instructions else tr(NO_INSTRUCTIONS)

    @property
    def caution(self) -> str:
        """What the model cannot be expected to do; empty if nothing is known of that."""
        return tr(SMALL_MODEL) if self._is_small else ""

    def set_options(self, options: RunOptions) -> None:
        """Choose the settings of the next run."""
        if options != self._options:
            self._options = options
            self.changed.emit()

    def set_drawing(self, drawing: Drawing | None) -> None:
        """Choose how drafts are drawn."""
        if drawing is not self._drawing:
            self._drawing = drawing
            self.changed.emit()

    def set_shows_heat(self, shows_heat: bool) -> None:
        """Mark words by when they settled, or not."""
        if shows_heat != self._shows_heat:
            self._shows_heat = shows_heat
            self.changed.emit()

    def notify_model(
        self, takes_instructions: bool | None, num_steps: int = 0, *, is_small: bool = False
    ) -> None:
        """A model was loaded, or is gone (None)."""
        self._takes_instructions, self._num_steps = takes_instructions, num_steps
        self._is_small = is_small
        self.changed.emit()

    def notify_used(self, instruction: str) -> None:
        """A run was started with this instruction."""
        if instruction:
            others = [text for text in self._instructions if text != instruction]
            self._instructions = [instruction, *others][:MAX_INSTRUCTIONS]
            self.changed.emit()


def verb_of(region: str, options: RunOptions, *, is_at_end: bool = False) -> str:
    """Return what a run with these settings will do, in one word."""
    if not region.strip():
        return tr("Write") if is_at_end else tr("Infill")
    match options.length.mode:
        case LengthMode.LONGER:
            return tr("Extend")
        case LengthMode.SHORTER:
            return tr("Shorten")
        case _:
            return tr("Rework")


def _problem_of(name: str, expression: str) -> str:
    try:
        compiled(expression)
    except PatternError as error:
        words = tr("{name}: {error}. Correct it, or leave it empty.")
        return words.format(name=name, error=error.reason)
    return ""

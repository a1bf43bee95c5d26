"""What the user wants of the next run, and the words for it."""

from dataclasses import replace
from enum import Enum

from PySide6.QtCore import QObject, Signal

from app.commands import CommandKeys
from app.proposal.model.presets import Presets
from app.translation import QT_TR_NOOP, tr
from engine.api import Constraints, Form, FormKind, RunSettings
from engine.patterns import PatternError, compiled

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


class Drawing(Enum):
    """How a draft is drawn while it settles."""

    FULL = "full"
    CALM = "calm"  # words fade in once they have settled, nothing else moves
    OFF = "off"  # the result alone
    RAW = "raw"  # the canvas itself, noise and all


class OptionsModel(QObject):
    """The settings of the next run and of how it is shown, for all documents of a window.

    What is out of the ordinary is for one run: an instruction, a pattern, characters, one line, a
    seed. Strength, length, number, soft edges and the direction are kept, and seen at each draft.

    Signals: `changed`, after any of its properties has.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.keys = CommandKeys(self)  # of the window, where there is one
        self.presets = Presets(parent=self)
        self._settings = RunSettings()
        self._drawing: Drawing | None = None
        self.shows_button = True  # at a selection that the mouse has made
        self._shows_heat = self._shows_figures = self._fills_pauses = False
        self._takes_instructions: bool | None = None
        self._is_small = False
        self._instructions: list[str] = []
        self._num_steps = self._canvas_length = 0

    @property
    def settings(self) -> RunSettings:
        """The settings of the next run."""
        return self._settings

    @property
    def for_run(self) -> RunSettings:
        """The same, without an instruction that the model would refuse."""
        return self.fitting(self._settings)

    @property
    def kept(self) -> RunSettings:
        """Those of them that hold for every run until they are changed; the rest is for one."""
        return replace(self._settings, instruction="", constraints=Constraints(), seed=None)

    def again(self, asked: RunSettings) -> RunSettings:
        """Return settings for one more run of what was asked for: its wishes, as all are run."""
        own = replace(self.kept, instruction=asked.instruction, constraints=asked.constraints)
        return self.fitting(own)

    def fitting(self, settings: RunSettings) -> RunSettings:
        """Return settings without an instruction that the model would refuse."""
        can_refuse = self._takes_instructions is False
        return replace(settings, instruction="") if can_refuse else settings

    @property
    def drawing(self) -> Drawing | None:
        """How drafts are drawn; None: as the desktop's reduced-motion setting says."""
        return self._drawing

    @property
    def shows_heat(self) -> bool:
        """Whether words are marked by when they settled."""
        return self._shows_heat

    @property
    def shows_figures(self) -> bool:
        """Whether steps, entropies and scores are told, and not only what they mean."""
        return self._shows_figures

    @property
    def fills_pauses(self) -> bool:
        """Whether a pause in typing asks for a fill."""
        return self._fills_pauses

    @property
    def canvas_length(self) -> int:
        """Of the model, in tokens; 0: it has no canvas, or there is no model."""
        return self._canvas_length

    @property
    def has_model(self) -> bool:
        """Whether there is a model to ask."""
        return self._takes_instructions is not None

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
        if not self.has_model:
            return tr(NO_MODEL)
        return "" if self._takes_instructions else tr(NO_INSTRUCTIONS)

    @property
    def caution(self) -> str:
        """What the model cannot be expected to do; empty if nothing is known of that."""
        return tr(SMALL_MODEL) if self._is_small else ""

    def set_settings(self, settings: RunSettings) -> None:
        """Choose the settings of the next run."""
        if settings != self._settings:
            self._settings = settings
            self.changed.emit()

    def change(self, **changes: object) -> None:
        """Choose some settings of the next run, by their names; the others stay."""
        self.set_settings(replace(self._settings, **changes))  # type: ignore[arg-type]

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

    def set_fills_pauses(self, fills_pauses: bool) -> None:
        """Ask for a fill in each pause, or not."""
        if fills_pauses != self._fills_pauses:
            self._fills_pauses = fills_pauses
            self.changed.emit()

    def set_shows_figures(self, shows_figures: bool) -> None:
        """Tell steps, entropies and scores, or not."""
        if shows_figures != self._shows_figures:
            self._shows_figures = shows_figures
            self.changed.emit()

    def notify_model(
        self,
        takes_instructions: bool | None,
        num_steps: int = 0,
        *,
        is_small: bool = False,
        canvas_length: int = 0,
    ) -> None:
        """A model was loaded, or is gone (None)."""
        self._takes_instructions, self._num_steps = takes_instructions, num_steps
        self._is_small, self._canvas_length = is_small, canvas_length
        self.changed.emit()

    def notify_used(self) -> None:
        """A run was started with all of the settings; what was for this one alone is over."""
        if instruction := self._settings.instruction:
            others = [text for text in self._instructions if text != instruction]
            self._instructions = [instruction, *others][:MAX_INSTRUCTIONS]
        self.set_settings(self.kept)


def is_plain(settings: RunSettings) -> bool:
    """Return whether nothing is set of what the bar folds away."""
    plain = RunSettings()
    return (settings.soft_edge, settings.mode, settings.constraints) == (
        plain.soft_edge,
        plain.mode,
        plain.constraints,
    )


def problem_of(settings: RunSettings) -> str:
    """Return why no text can satisfy the settings, for the user; empty if one may."""
    rules = settings.constraints
    if rules.form == Form(kind=FormKind.ONE_OF):
        return tr("Write the list of what it may be, with commas between: red, green, blue.")
    if rules.form != Form() and settings.of_a_whole:
        return tr(
            "What the text has to be does not go with an instruction, a length, a strength, a soft "
            "edge, a pattern or writing from the left. Set these as usual."
        )
    characters = f"[{rules.characters}]" if rules.characters else ""
    return _problem_in(tr("Characters"), characters) or _problem_in(tr("Pattern"), rules.pattern)


def verb_of(region: str, *, is_at_end: bool = False) -> str:
    """Return what a run will do with a region's text, in one word."""
    if not region.strip():
        return tr("Write") if is_at_end else tr("Fill In")
    return tr("Rewrite")


def _problem_in(name: str, expression: str) -> str:
    try:
        compiled(expression)
    except PatternError as error:
        words = tr("{name}: {error}. Correct it, or leave it empty.")
        return words.format(name=name, error=error.reason)
    return ""

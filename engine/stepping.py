"""How a loaded model takes denoising steps: a strategy that is chosen when it is loaded."""

from typing import Protocol

from engine.denoise_step import StepInput, StepOutput, denoise_step
from engine.model import Denoiser


class Stepper(Protocol):
    """Takes the denoising steps of one model."""

    def step(self, asked: StepInput) -> StepOutput:
        """Run a step, as `denoise_step` does."""

    def look_ahead(self, asked: StepInput) -> None:
        """Begin the step that will probably be asked for next; it is dropped if another is."""

    def forget(self) -> None:
        """Give back what can be made again."""


class PlainStepper:
    """Takes each step when it is asked for, by the model's own passes; with any sampler."""

    def __init__(self, model: Denoiser) -> None:
        """Take steps of a model."""
        self._model = model

    def step(self, asked: StepInput) -> StepOutput:
        """Run a step."""
        return denoise_step(self._model, asked)

    def look_ahead(self, asked: StepInput) -> None:
        """Do nothing: the step would be no sooner there."""

    def forget(self) -> None:
        """Do nothing: nothing is kept."""

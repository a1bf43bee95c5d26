"""Errors the engine foresees; each becomes one `Failed` event with a message that helps."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from engine.api import FailureKind

Value = TypeVar("Value")


class EngineError(Exception):
    """A foreseen error; its text is for the user and says what to do next."""

    kind = FailureKind.INTERNAL


class ModelFolderError(EngineError):
    """The folder holds no checkpoint that can be run."""

    kind = FailureKind.MODEL_FOLDER


class BaseMissingError(ModelFolderError):
    """A model is there, but not the published one that it is built on."""


class TokenizerError(EngineError):
    """The tokenizer is missing, unreadable or belongs to another checkpoint."""

    kind = FailureKind.TOKENIZER


class BadRequestError(EngineError):
    """The request cannot be carried out as it stands."""

    kind = FailureKind.BAD_REQUEST


class NotReadyError(EngineError):
    """A generation was asked for before a model was loaded."""

    kind = FailureKind.NOT_READY


class StoppedError(EngineError):
    """The job was cancelled, or the engine closed, before there was a result."""

    kind = FailureKind.STOPPED


class OutOfRoomError(EngineError):
    """Memory does not suffice, and everything was tried."""

    kind = FailureKind.OUT_OF_MEMORY


class HungError(EngineError):
    """Code that is not ours does not come back."""

    kind = FailureKind.HUNG

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The engine gave no sign of life for {seconds:.0f} seconds, so this was given up, and "
            "the model is loaded anew for the next rewrite. Your text is untouched; try again. If "
            "it happens again, start Inlay anew or choose another model."
        )


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Value]):
    """What a piece of work came to: a value, or an error of any kind."""

    value: Value | None = None
    error: BaseException | None = None

    def needed(self) -> Value:
        """Return the value; raise the error if there is one instead."""
        if self.error is not None:
            raise self.error
        return cast("Value", self.value)


def outcome_of(work: Callable[[], Value]) -> Outcome[Value]:
    """Run what may fail in any way there is; the one place of the engine that catches everything.

    For whoever has to outlive a failure: the engine's thread, the next line of a batch, the next
    check of a table, who waits for another thread. A panic of a Rust library, for one, is no
    `Exception`, and its class can be imported from nowhere.
    """
    try:
        return Outcome(value=work())
    except BaseException as error:  # noqa: BLE001
        return Outcome(error=error)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error, of torch's or any other, says that memory does not suffice."""
    # torch names its own error on CUDA and has only the text on the CPU.
    words = ("out of memory", "can't allocate memory")
    return isinstance(error, MemoryError) or any(word in words_of(error) for word in words)


def explain(error: BaseException) -> tuple[FailureKind, str]:
    """Return an error's kind, and what to tell the user about it."""
    if isinstance(error, EngineError):
        return error.kind, str(error)
    if is_out_of_memory(error):
        return FailureKind.OUT_OF_MEMORY, (
            "There is not enough memory for this. Select less text, close other programs, or "
            f"choose a smaller model. ({words_of(error)})"
        )
    return FailureKind.INTERNAL, (
        f"The engine stumbled over an error of its own ({words_of(error)}). Your text is "
        "untouched; try again. The log has the details."
    )


def as_exception(error: BaseException) -> Exception:
    """Return what can be raised in another thread without ending it, or the program."""
    if isinstance(error, Exception):
        return error
    wrapped = RuntimeError(words_of(error))
    wrapped.__cause__ = error
    return wrapped


def words_of(error: BaseException) -> str:
    """Return an error's type and text, also of one that has no text to give."""
    return traceback.format_exception_only(error)[-1].strip()

"""Errors the engine foresees; each becomes one `Failed` event with a message that helps."""

from engine.api import FailureKind


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


def is_out_of_memory(error: Exception) -> bool:
    """Whether an error, of torch's or any other, says that memory does not suffice."""
    # torch names its own error on CUDA and has only the text on the CPU.
    words = ("out of memory", "can't allocate memory")
    return isinstance(error, MemoryError) or any(word in str(error) for word in words)

"""The engine's errors in the user's language.

The engine knows no Qt and no languages: it sends a kind and an English sentence, which names the
file, the figure and the way out. In another language the kind says what has happened, and the
sentence follows it.
"""

from app.translation import QT_TR_NOOP, tr
from engine.api import FailureKind

KINDS = {
    FailureKind.MODEL_FOLDER: QT_TR_NOOP(
        "This model cannot be loaded. Choose the folder of another with Inlay → Models."
    ),
    FailureKind.TOKENIZER: QT_TR_NOOP(
        "The tokenizer in this folder does not belong to the model. Fetch the model anew, or "
        "choose another with Inlay → Models."
    ),
    FailureKind.BAD_REQUEST: QT_TR_NOOP("This cannot be carried out as it was asked for."),
    FailureKind.NOT_READY: QT_TR_NOOP("No model is loaded yet. Wait a moment, or load one."),
    FailureKind.OUT_OF_MEMORY: QT_TR_NOOP(
        "There is not enough memory. Select less, ask for fewer versions, or load a smaller model."
    ),
    FailureKind.SERVER: QT_TR_NOOP(
        "The server cannot be reached, or refuses. Check its address, its key and the network."
    ),
    FailureKind.STOPPED: QT_TR_NOOP("It was stopped before there was a result."),
    FailureKind.HUNG: QT_TR_NOOP(
        "The engine did not come back and has begun anew. Your text is as it was; try again."
    ),
    FailureKind.INTERNAL: QT_TR_NOOP(
        "The engine has stumbled over an error of its own. Your text is as it was; the log has "
        "the details."
    ),
}


def failure_text(kind: FailureKind, message: str) -> str:
    """Return what to tell the user about an error of the engine."""
    english = KINDS[kind]
    told = tr(english)
    return message if told == english else f"{told} {message}"

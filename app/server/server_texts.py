"""What a server can do, in words."""

from app.translation import tr
from engine.api import ModelInfo


def server_abilities(model: ModelInfo) -> str:
    """Return what is possible with a model of a server, and what is not."""
    if model.canvas_length:
        can = tr(
            "It fills the gap itself: the text behind the selection is held in a canvas of "
            "{tokens} tokens. Words can be pinned, melted and exchanged once a draft is done; the "
            "steps on the way to it are not shown, because the server does not send them."
        )
        return can.format(tokens=model.canvas_length)
    cannot = tr(
        "It writes text from the beginning to the end, so the gap is described to it. Strength, "
        "pinning, melting and other words need a diffusion model on vLLM 0.32 or newer."
    )
    if not model.takes_instructions:
        return cannot + " " + tr("It takes no instructions.")
    if model.reasons:
        return cannot + " " + tr("It reasons before it writes; what it thinks is never shown.")
    return cannot

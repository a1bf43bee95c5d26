"""What no server can do, said before anything is sent."""

from engine.api import Form, Generate, LengthMode, SamplerOptions
from engine.errors import BadRequestError
from engine.remote.server import RemoteServer


def check_possible(request: Generate, server: RemoteServer) -> None:
    """Refuse what the server cannot be asked for.

    Raises:
        BadRequestError: If the request wants such a thing; it says what to change.
    """
    if request.settings.soft_edge:
        raise BadRequestError(
            "A server cannot change the words beside the selection a little. Set the soft edge "
            "to 0, or select those words too."
        )
    if request.regions:
        raise BadRequestError(
            "Several regions at once are filled by a model on this computer only. Ask for one "
            "region after the other."
        )
    if request.settings.constraints.form != Form():
        raise BadRequestError(
            "A form is kept by a model on this computer only. Leave it out, or say in the "
            "instruction what you want."
        )
    sampler = request.settings.sampler
    if sampler != SamplerOptions(max_denoising_steps=sampler.max_denoising_steps):
        raise BadRequestError(
            "A server keeps the temperatures and thresholds it was started with. Leave them out."
        )
    if server.takes_canvas:
        if request.settings.length.mode is LengthMode.PARAGRAPH:
            raise BadRequestError(
                "This server fills gaps and does not write on to the end of a paragraph. Choose "
                "another length."
            )
        return
    if request.pinned:
        raise BadRequestError(
            "This server cannot keep single words of the old text, because it takes no canvas. "
            "Let the pinned words go, or select the text on either side of them."
        )
    if request.settings.strength < 1:
        raise BadRequestError(
            "This server cannot start from the old text, because it takes no canvas. Set the "
            "strength to 100 %, or say in the instruction how little should change."
        )
    if sampler.max_denoising_steps is not None:
        raise BadRequestError("This server does not denoise. Leave the number of steps out.")

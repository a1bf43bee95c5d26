"""The words of the status line."""

from typing import assert_never

from app.commands import CommandKeys
from app.engine_model import (
    EnginePhase,
    LoadingModel,
    ModelFailed,
    ModelReady,
    ModelUnloaded,
    NotStarted,
)
from app.proposal import Phase, Snapshot
from app.proposal.model.phase import OUTDATED, PARKED
from app.server.server_texts import server_abilities
from app.stages import stage_text
from app.text.positions import to_code_points
from app.translation import QT_TR_NOOP, number_text, tr
from engine.api import Decided, FinishReason, ModelInfo

# Said of a draft that no key means now.
FROM_AFAR = QT_TR_NOOP("click it or press {next_draft} to decide on it")
FIGURE_SPACE = "\u2007"  # as wide as a figure


def engine_text(phase: EnginePhase) -> str:
    """Say which model there is, or what is being done about it."""
    match phase:
        case NotStarted():
            return tr("loading model…")
        case LoadingModel(stage=stage, fraction=fraction):
            text = tr("loading model… {percent} · {stage}")
            return text.format(percent=percent(fraction), stage=stage_text(stage))
        case ModelReady(model=model):
            return model_text(model)
        case ModelUnloaded(model=model):
            return tr("{model} · unloaded until the next rewrite").format(model=model.name)
        case ModelFailed():
            return tr("no model")
        case _:
            assert_never(phase)


def proposal_text(
    status: Snapshot,
    keys: CommandKeys,
    *,
    number: int = 0,
    num_drafts: int = 0,
    is_at_it: bool = False,
    shows_figures: bool = False,
) -> str:
    """Say what the current proposal is doing, and which keys it listens to.

    Args:
        status: The current proposal, or the one that ended last.
        keys: The keys of the commands.
        number: The place of the current one among the drafts of the document, from 1; 0: none.
        num_drafts: How many drafts the document has.
        is_at_it: Whether the caret is at it, which is enough for the keys to mean a parked one.
        shows_figures: Whether steps and entropies are told.
    """
    if status.phase is Phase.IDLE and num_drafts:
        return keys.fill(tr("%n drafts · {next_draft} goes to the next", "", num_drafts))
    is_meant = status.has_focus or (is_at_it and status.phase is Phase.STALE)
    if status.phase is Phase.IDLE or is_meant:
        text = _said(status, keys, shows_figures=shows_figures)
    else:
        text = _said_from_afar(status, keys, shows_figures=shows_figures)
    if num_drafts < 2:
        return text
    place = tr("Draft {number} of {total}, {next_draft} the next")
    return f"{keys.fill(place, number=number, total=num_drafts)} · {text}"


def _said(status: Snapshot, keys: CommandKeys, *, shows_figures: bool) -> str:
    match status.phase:
        case Phase.IDLE:
            return status.note or keys.fill(tr("Select text and press {rewrite}"))
        case _ if status.shows_old:
            return keys.fill(tr("the old text, to compare · {compare} shows the draft"))
        case _ if status.past_number:
            text = tr("step {step} of {total} · {accept} accepts it · {branch} branches from it")
            return keys.fill(text, step=status.past_number, total=status.num_frames)
        case Phase.WAITING:
            return keys.fill(tr("waiting for the model… · {stop} stops"))
        case Phase.RUNNING if status.candidate.writes_on:
            return keys.fill(tr("writing on… · {stop} stops and keeps what there is"))
        case Phase.RUNNING if not status.max_steps:
            return keys.fill(tr("the server is writing… · {stop} stops"))
        case Phase.RUNNING:
            figures = _work(status, shows_figures=shows_figures)
            return keys.fill(tr("{figures} · {stop} stops"), figures=figures)
        case Phase.FINISHED:
            told = keys.fill(tr("{accept} accepts · {stop} rejects"))
            if status.note:  # last, because it may be long
                failed = _failed(status, shows_figures=shows_figures)
                return f"{failed} · {told} · {status.note}"
            if status.is_outdated:
                again = keys.fill(tr("{rewrite} drafts it again"))
                return f"{tr(OUTDATED)}{_place(status, keys)} · {again} · {told}"
            outcome = _outcome(status, shows_figures=shows_figures)
            return f"{outcome}{_place(status, keys)} · {told}"
        case Phase.STALE:
            return keys.fill(tr(PARKED))
        case _:
            assert_never(status.phase)


def _said_from_afar(status: Snapshot, keys: CommandKeys, *, shows_figures: bool) -> str:
    state = _state(status, keys, shows_figures=shows_figures)
    told = f"{state} · {keys.fill(tr(FROM_AFAR))}"
    return f"{told} · {status.note}" if status.note else told


def _state(status: Snapshot, keys: CommandKeys, *, shows_figures: bool) -> str:
    """Say what there is of a draft, without the keys that mean it only where it has the focus."""
    if status.phase is Phase.STALE:
        return tr("the text of a draft was changed")
    if status.shows_old:
        return tr("the old text, to compare")
    if status.past_number:
        words = tr("step {step} of {total}")
        return words.format(step=status.past_number, total=status.num_frames)
    if status.is_busy:
        return _work(status, shows_figures=shows_figures)
    if status.note:
        return _failed(status, shows_figures=shows_figures)
    told = tr(OUTDATED) if status.is_outdated else _outcome(status, shows_figures=shows_figures)
    return f"{told}{_place(status, keys)}"


def _failed(status: Snapshot, *, shows_figures: bool) -> str:
    steps = tr("failed after %n steps", "", status.step)
    return steps if shows_figures else tr("not finished")


def _work(status: Snapshot, *, shows_figures: bool) -> str:
    """Say what the engine does, without a key."""
    if status.phase is Phase.WAITING:
        return tr("waiting for the model…")
    if status.candidate.writes_on or not status.max_steps:
        return tr("writing…")
    return _figures(status) if shows_figures else _share(status)


def _place(status: Snapshot, keys: CommandKeys) -> str:
    """Say which of several candidates is shown, and by which keys the others are."""
    if not status.number:
        return ""
    text = tr("{number} of {total}, {next} the next")
    return f" · {keys.fill(text, number=status.number, total=len(status.candidates))}"


def _figures(status: Snapshot) -> str:
    """Return one denoising step in figures whose places do not move."""
    frame = status.frame
    step = str(status.step).rjust(len(str(status.max_steps)), FIGURE_SPACE)
    step_ms, entropy = (frame.step_ms, frame.mean_entropy) if frame else (0.0, 0.0)
    ms = number_text(step_ms, 1 if step_ms < 100 else 0)
    text = tr("step {step} of {total} · entropy {entropy} · {ms} ms/step")
    return text.format(
        step=step,
        total=status.max_steps,
        entropy=number_text(entropy, 3),
        ms=ms.rjust(4, FIGURE_SPACE),
    )


def _share(status: Snapshot) -> str:
    """Say how much of a draft stands."""
    spans = status.draft.spans if status.draft else ()
    share = sum(span.accepted for span in spans) / len(spans) if spans else 0.0
    if share == 1.0:  # all stands for now, and yet is looked at again
        return tr("settling…")
    text = tr("settling… {percent}")
    return text.format(percent=percent(share).rjust(len(percent(1.0)), FIGURE_SPACE))


def _outcome(status: Snapshot, *, shows_figures: bool) -> str:
    if status.changes_nothing:
        return tr("the model leaves it as it is")
    if status.candidate.decided is not None:
        return _decided(status.candidate.decided)
    if status.candidate.writes_on:
        return _written_outcome(status.reason)
    if not status.max_steps:
        return _server_outcome(status.reason)
    if not shows_figures:
        return _plain_outcome(status.reason)
    match status.reason:
        case FinishReason.CONVERGED:
            return tr("settled in %n steps", "", status.step)
        case FinishReason.MAX_STEPS:
            return tr("not quite settled after %n steps", "", status.step)
        case FinishReason.CANCELLED:
            return tr("stopped after %n steps", "", status.step)
        case None:
            return tr("%n steps", "", status.step)
        case _:
            assert_never(status.reason)


def _decided(decided: Decided) -> str:
    """Say how much of a solution was the model's."""
    by_rules, by_model, followed = decided.by_rules, decided.by_model, decided.followed
    if not by_model:
        return tr("the rules alone decided all of it")
    text = tr("of {total} the rules decided {rules}, the model {model}, and {rest} followed")
    told = text.format(
        total=by_rules + by_model + followed, rules=by_rules, model=by_model, rest=followed
    )
    back = tr("%n of its choices taken back", "", decided.taken_back)
    return f"{told} · {back}" if decided.taken_back else told


def _plain_outcome(reason: FinishReason | None) -> str:
    """Say how a draft ended, without a figure."""
    if reason is FinishReason.MAX_STEPS:
        return tr("done, and not quite sure")
    return tr("stopped") if reason is FinishReason.CANCELLED else tr("done")


def _written_outcome(reason: FinishReason | None) -> str:
    """Say how a text ended that was written from left to right."""
    if reason is FinishReason.MAX_STEPS:
        return tr("as long as it gets at a time")
    return tr("stopped") if reason is FinishReason.CANCELLED else tr("written to its end")


def _server_outcome(reason: FinishReason | None) -> str:
    """Say how a draft ended whose steps nobody has told us."""
    if reason is FinishReason.MAX_STEPS:
        return tr("cut off by the server at its longest")
    return tr("stopped") if reason is FinishReason.CANCELLED else tr("written by the server")


def model_text(model: ModelInfo) -> str:
    """Return a model's name, size and place, as in "inlay-tiny · 9.0 M · cpu float32"."""
    if model.server:
        host = model.server.partition("://")[2]
        return tr("{model} on the server {host}").format(model=model.name, host=host)
    return f"{model.name} · {short_count(model.parameters)} · {model.device} {model.dtype}"


def model_details(model: ModelInfo) -> str:
    """Return all that is known of a model, one fact a line."""
    if model.server:
        return f"{model.server}\n{server_abilities(model)}"
    size = tr("{count} parameters, {size} MiB")
    work = tr("{tokens} tokens at a time, at most {steps} denoising steps")
    return "\n".join(
        (
            model.folder,
            size.format(
                count=number_text(model.parameters), size=number_text(model.bytes / 1024**2)
            ),
            work.format(tokens=model.canvas_length, steps=model.max_denoising_steps),
        )
    )


def short_count(count: int) -> str:
    """Return a count in millions or billions."""
    return (
        f"{number_text(count / 1e9, 1)} B"
        if count >= 999_950_000
        else f"{number_text(count / 1e6, 1)} M"
    )


def percent(fraction: float) -> str:
    """Return a share of three places' width."""
    return f"{fraction * 100:.0f} %".rjust(5, FIGURE_SPACE)


def position_text(line_text: str, block: int, utf16_column: int) -> str:
    """Return the caret's line and column, counted in characters from 1."""
    column = to_code_points(line_text, utf16_column)
    return tr("Ln {line}, Col {column}").format(line=block + 1, column=column + 1)

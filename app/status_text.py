"""The words of the status line."""

from typing import assert_never

from app.engine_model import EnginePhase, LoadingModel, ModelFailed, ModelReady, NotStarted
from app.proposal import Phase, ProposalStatus
from engine.api import FinishReason, ModelInfo

HINT = "Select text and press Ctrl+Enter"
FIGURE_SPACE = "\u2007"  # as wide as a figure


def engine_text(phase: EnginePhase) -> str:
    """Say which model there is, or what is being done about it."""
    match phase:
        case NotStarted():
            return "loading model…"
        case LoadingModel(stage=stage, fraction=fraction):
            return f"loading model… {percent(fraction)} · {stage}"
        case ModelReady(model=model):
            return model_text(model)
        case ModelFailed():
            return "no model"
        case _:
            assert_never(phase)


def proposal_text(status: ProposalStatus) -> str:
    """Say what the proposal is doing, and which keys it listens to."""
    match status.phase:
        case Phase.IDLE:
            return status.note or HINT
        case _ if status.shows_old:
            return "the old text, to compare · Space shows the draft"
        case _ if status.frame:
            step = f"step {status.frame} of {status.num_frames}"
            return f"{step} · Enter accepts it · Alt+B branches from it"
        case Phase.WAITING:
            return "waiting for the model… · Esc stops"
        case Phase.RUNNING:
            return f"{_figures(status)} · Esc stops"
        case Phase.FINISHED:
            keys = "Enter accepts · Esc rejects"
            if status.note:  # last, because it may be long
                return f"failed after {_steps(status)} · {keys} · {status.note}"
            return f"{_outcome(status)}{_place(status)} · {keys}"
        case Phase.STALE:
            return status.note or "put aside, because the text has changed · Esc rejects"
        case _:
            assert_never(status.phase)


def _place(status: ProposalStatus) -> str:
    """Say which of several candidates is shown, and by which keys the others are."""
    if not status.candidate:
        return ""
    return f" · {status.candidate} of {status.num_candidates}, Alt+] the next"


def _figures(status: ProposalStatus) -> str:
    """Return one denoising step in figures whose places do not move."""
    step = str(status.step).rjust(len(str(status.max_steps)), FIGURE_SPACE)
    ms = f"{status.step_ms:.1f}" if status.step_ms < 100 else f"{status.step_ms:.0f}"
    return (
        f"step {step} of {status.max_steps} · entropy {status.mean_entropy:.3f} · "
        f"{ms.rjust(4, FIGURE_SPACE)} ms/step"
    )


def _outcome(status: ProposalStatus) -> str:
    steps = _steps(status)
    match status.reason:
        case FinishReason.CONVERGED:
            return f"settled in {steps}"
        case FinishReason.MAX_STEPS:
            return f"not quite settled after {steps}"
        case FinishReason.CANCELLED:
            return f"stopped after {steps}"
        case None:
            return steps
        case _:
            assert_never(status.reason)


def _steps(status: ProposalStatus) -> str:
    return f"{status.step} step" if status.step == 1 else f"{status.step} steps"


def model_text(model: ModelInfo) -> str:
    """Return a model's name, size and place, as in "inlay-tiny · 9.0 M · cpu float32"."""
    return f"{model.name} · {short_count(model.parameters)} · {model.device} {model.dtype}"


def model_details(model: ModelInfo) -> str:
    """Return all that is known of a model, one fact a line."""
    return "\n".join(
        (
            model.folder,
            f"{model.parameters:,} parameters, {model.bytes / 1024**2:,.0f} MiB",
            f"{model.canvas_length} tokens at a time, at most "
            f"{model.max_denoising_steps} denoising steps",
        )
    )


def short_count(count: int) -> str:
    """Return a count in millions or billions."""
    return f"{count / 1e9:.1f} B" if count >= 999_950_000 else f"{count / 1e6:.1f} M"


def percent(fraction: float) -> str:
    """Return a share of three places' width."""
    return f"{fraction * 100:.0f} %".rjust(5, FIGURE_SPACE)


def position_text(line_text: str, block: int, utf16_column: int) -> str:
    """Return the caret's line and column, counted in characters from 1."""
    column = utf16_column
    # Qt counts UTF-16 units; emoji and rare scripts take two.
    if line_text and max(line_text) > "\uffff":
        units = line_text.encode("utf-16-le", "surrogatepass")[: 2 * utf16_column]
        column = len(units.decode("utf-16-le", "replace"))
    return f"Ln {block + 1}, Col {column + 1}"

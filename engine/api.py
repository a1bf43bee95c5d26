"""The whole contract between the editor and the engine: requests in, events out.

Everything here is frozen, holds text and numbers only, and imports neither torch nor Qt. Text
offsets are code points of the Python string they refer to. Every accepted `Load` ends with exactly
one `Ready` or `Failed`; every accepted `Generate` with exactly one `Finished` or `Failed`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum


class FinishReason(Enum):
    """Why a generation ended without an error."""

    CONVERGED = "converged"  # the draft was stable and confident
    MAX_STEPS = "max_steps"  # the schedule ran out
    CANCELLED = "cancelled"  # a `Cancel` arrived; the text is the last draft


class FailureKind(Enum):
    """What went wrong, coarse enough to choose a remedy by."""

    MODEL_FOLDER = "model_folder"  # missing, corrupt or unsupported checkpoint
    TOKENIZER = "tokenizer"  # the tokenizer does not belong to the checkpoint
    BAD_REQUEST = "bad_request"  # the request cannot be carried out as it stands
    NOT_READY = "not_ready"  # no model is loaded
    OUT_OF_MEMORY = "out_of_memory"
    STOPPED = "stopped"  # cancelled or closed before there was a result
    INTERNAL = "internal"  # a bug; the log has the traceback


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplerOptions:
    """Overrides of the checkpoint's `generation_config.json`; None keeps its value."""

    max_denoising_steps: int | None = None  # > 0
    t_min: float | None = None  # final temperature, > 0
    t_max: float | None = None  # first temperature, >= t_min
    entropy_bound: float | None = None  # nats, > 0
    stability_threshold: int | None = None  # steps, >= 0
    confidence_threshold: float | None = None  # nats, > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Load a checkpoint folder; replaces the loaded model."""

    job_id: int
    folder: str
    device: str = "auto"  # auto | cpu | cuda


@dataclass(frozen=True, slots=True, kw_only=True)
class Generate:
    """Rewrite `region` in place; an empty region means: fill in at the caret."""

    job_id: int
    revision: int  # the document revision the texts were taken from
    before: str  # document text up to the region
    region: str
    after: str  # document text behind the region
    seed: int
    instruction: str = ""  # ignored by checkpoints that take none
    num_slots: int | None = None  # free canvas slots in tokens; None: chosen from the region
    sampler: SamplerOptions = field(default_factory=SamplerOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Stop the job within one denoising step, or before it starts."""

    job_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """Stop everything and end the engine thread."""


Request = Load | Generate | Cancel | Close


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """A loaded model, in words and numbers for the status line."""

    name: str
    folder: str
    parameters: int
    bytes: int  # of the weights, resident
    device: str  # cpu | cuda:0 ...
    dtype: str  # float32 | bfloat16
    canvas_length: int  # tokens
    max_denoising_steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """A `Load` goes on."""

    job_id: int
    stage: str  # what is being done, for the status line
    fraction: float  # 0..1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A `Load` has ended well."""

    job_id: int
    model: ModelInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A `Generate` has been planned and its context encoded."""

    job_id: int
    num_slots: int  # free canvas slots, tokens
    max_steps: int
    encode_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSpan:
    """One token's stretch of a draft; spans tile the draft text in order."""

    start: int  # code points into the draft text
    end: int
    entropy: float  # nats; 0 is settled
    accepted: bool  # kept by the sampler in this step


@dataclass(frozen=True, slots=True, kw_only=True)
class CanvasUpdated:
    """One denoising step is done: the argmax draft of the region, as the model produced it."""

    job_id: int
    step: int  # 1..max_steps
    max_steps: int
    text: str
    spans: tuple[DraftSpan, ...]
    mean_entropy: float  # nats, over the free slots
    step_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A `Generate` has ended; `text` replaces the region, and nothing but the region."""

    job_id: int
    reason: FinishReason
    text: str
    spans: tuple[DraftSpan, ...]
    steps: int  # denoising steps run
    tokens: int  # free canvas slots, tokens
    ms: float  # from the start of the job


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A job has ended with an error; `message` says what to do next."""

    job_id: int
    kind: FailureKind
    message: str


Event = Loading | Ready | Started | CanvasUpdated | Finished | Failed
EventCallback = Callable[[Event], None]

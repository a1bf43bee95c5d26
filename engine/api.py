"""The whole contract between the editor and the engine: requests in, events out.

Everything here is frozen, holds text and numbers only, and imports neither torch nor Qt. Text
offsets are code points of the Python string they refer to. Every accepted `Load` or `Connect` ends
with exactly one `Ready` or `Failed`; every `Unload` with one `Unloaded` or `Failed`; every accepted
`Generate` or `Branch` with exactly one `Finished` or `Failed`, and nothing of a job comes after its
end. A question is no job: it has an id of its own, outlives the job it is about, and gets exactly
one answer, which may be `QuestionFailed`. A slot is one free place of the region's canvas; slots
are numbered from the region's start, over all its canvases. A candidate is one of the texts a job
works on at the same time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Final

MAX_CANDIDATES: Final = 8


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
    SERVER = "server"  # it cannot be reached, refuses, or does not answer as agreed
    STOPPED = "stopped"  # cancelled or closed before there was a result
    HUNG = "hung"  # no sign of life for too long; the engine has begun anew
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


class LengthMode(Enum):
    """How the length of the new text is decided."""

    AUTO = "auto"  # by what the model itself finds likely
    SAME = "same"  # as many tokens as the region has
    SHORTER = "shorter"
    LONGER = "longer"
    WORDS = "words"  # `Length.count` words
    LINES = "lines"  # `Length.count` lines
    PARAGRAPH = "paragraph"  # on to the end of the paragraph; only at a caret, with `Mode.CAUSAL`


class Mode(StrEnum):
    """How the new text comes about."""

    BOTH = "both"  # drafts from the left, and denoising with both sides in view
    CAUSAL = "causal"  # from left to right only
    DIFFUSION = "diffusion"  # denoised from noise, without drafts


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """The wished length of the new text."""

    mode: LengthMode = LengthMode.AUTO
    count: int = 0  # of words or lines, for those modes; > 0 there


class FormKind(StrEnum):
    """What a text can be made to be."""

    NUMBER = "number"  # such as -12 or 3.5
    INTEGER = "integer"
    DATE = "date"  # 2026-11-30
    NAME = "name"  # that a program knows in this place
    ONE_OF = "one_of"  # a text of `Form.values`
    PATTERN = "pattern"  # all of it matches `Form.pattern`
    JSON = "json"  # a value of JSON that `Form.schema` allows


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What one region's text has to be, in every step; a result that cannot is a `Failed`."""

    kind: FormKind = FormKind.PATTERN
    values: tuple[str, ...] = ()
    pattern: str = ""  # without looking ahead, behind or back; empty: any text
    schema: str = ""  # in JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """What the new text has to satisfy; a result that cannot is a `Failed`, never a wrong text."""

    is_single_line: bool = False  # `stays_on_line` says what is one without
    characters: str = ""  # a character class such as "a-z0-9_"; empty: any character
    pattern: str = ""  # a regular expression the whole text must match; empty: any text
    form: Form = field(default_factory=Form)  # of each region that has none of its own


class RelationKind(StrEnum):
    """How several regions hang together."""

    DIFFERENT = "different"  # no two of them have the same text
    EQUAL = "equal"  # all of them have the same
    SUM = "sum"  # as numbers, they add up to `Relation.total`


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What holds between regions: each has a form of a list, or all are equal and nothing else."""

    kind: RelationKind
    regions: tuple[int, ...]  # places in `Generate.regions`
    known: tuple[str, ...] = ()  # texts that stand between them and take part
    total: str = ""  # a number


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """What a user chooses for a run: the same wherever it is asked for, and kept by its request."""

    instruction: str = ""  # refused by checkpoints that take none
    length: Length = field(default_factory=Length)
    mode: Mode = Mode.BOTH
    num_slots: int | None = None  # exactly so many slots, whatever `length` says
    strength: float = 1.0  # 0 keeps the old text, 1 ignores it; snapped to whole steps
    soft_edge: int = 0  # words on each side that may change a little, see `Finished.soft_before`
    # Texts to work on at once, 1..MAX_CANDIDATES; candidate i draws from seed + i. At a given
    # length, or from drafts of the causal pass, a seed gives the same text whatever runs beside it;
    # otherwise fewer lengths are tried for each of many candidates.
    candidates: int = 1
    seed: int | None = None  # None: the editor draws one for each run; in a request, 0
    constraints: Constraints = field(default_factory=Constraints)
    sampler: SamplerOptions = field(default_factory=SamplerOptions)

    @property
    def of_a_whole(self) -> tuple[str, ...]:
        """The names of those that are said of one whole text, and so not beside several regions."""
        is_said = {
            "length": self.num_slots is not None or self.length.mode is not LengthMode.AUTO,
            "soft_edge": self.soft_edge > 0,
            "strength": self.strength < 1.0,
            "pattern": bool(self.constraints.pattern),
            "instruction": bool(self.instruction.strip()),
            "mode": self.mode is Mode.CAUSAL,
        }
        return tuple(name for name, is_it in is_said.items() if is_it)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Load a checkpoint folder; replaces the loaded model."""

    job_id: int
    folder: str
    device: str = "auto"  # auto | cpu | cuda


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """Let a model on a server do the work from now on; replaces the loaded model."""

    job_id: int
    address: str  # of an OpenAI-compatible server, such as http://localhost:8000
    model: str = ""  # as the server calls it; empty: the first it names
    key: str = field(default="", repr=False)
    wants_reasoning: bool = False  # a model that can is to think before it writes
    known: str = ""  # what an earlier `Ready` has told of it; empty: all is asked anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Generate:
    """Rewrite `region` in place; an empty region means: fill in at the caret."""

    job_id: int
    revision: int  # the document revision the texts were taken from
    before: str  # document text up to the region
    region: str
    after: str  # document text behind the region
    # Stretches of `region` that stay, code points from and to: clamped from step 1 on, whatever the
    # length or the strength. A word brings the space before it along.
    pinned: tuple[tuple[int, int], ...] = ()
    # Or the stretches of `region` that are written, an empty one as at a caret: each as long as it
    # has to be, all of them together, and everything between them stays. Empty: all of `region`.
    regions: tuple[tuple[int, int], ...] = ()
    forms: tuple[Form, ...] = ()  # one for each of `regions`; empty: any text in all of them
    relations: tuple[Relation, ...] = ()  # between `regions`
    language: str = ""  # of code, such as "python"; empty: prose, or not known
    avoid: tuple[str, ...] = ()  # texts that were seen already; they come last
    # The folder of what was taught beside the model, as `engine.adapters` keeps it; empty: nothing.
    adapter: str = ""
    settings: RunSettings = field(default_factory=RunSettings)

    @property
    def seed(self) -> int:
        """What the first candidate draws from."""
        return self.settings.seed or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotChoice:
    """A slot, and what of a frame it shall hold."""

    slot: int
    rank: int = 0  # 0: the token drawn; n: the word of this `WordOption.rank`, in all its slots


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What the user does to a canvas; words are named by their slots."""

    pin: tuple[SlotChoice, ...] = ()  # clamped from the next step on
    release: tuple[int, ...] = ()  # pinned slots that are free again
    renoise: tuple[int, ...] = ()  # settled slots that are noise again; what users call melting


@dataclass(frozen=True, slots=True, kw_only=True)
class Steer:
    """Change the canvas of a running job; takes effect with the next step.

    A job that has ended takes none; `Branch` from its last frame instead.
    """

    job_id: int
    candidate: int
    step: int  # the frame the user saw
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Continue from a frame of an earlier job, as a job of its own with one candidate.

    The engine remembers the frames of its latest jobs; one that is gone ends in `Failed`.
    """

    job_id: int
    parent: int  # job id
    candidate: int  # of the parent
    step: int  # of the frame to go on from; 0: from before the first step
    seed: int
    changes: Changes = field(default_factory=Changes)
    holds_rest: bool = False  # all slots that are not renoised stay as they are


@dataclass(frozen=True, slots=True, kw_only=True)
class FindAlternatives:
    """Ask what other words could stand in a place; `AlternativesFound` or `QuestionFailed` answers.

    The place is all of the word, or run of signs, that `slot` has a part of.
    """

    question_id: int
    job_id: int  # that the frame belongs to, running or ended
    candidate: int
    step: int
    slot: int
    count: int = 8  # words at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Unload:
    """Give the model's memory back; the next `Generate` needs a `Load` before it."""

    job_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindFit:
    """Ask whether a checkpoint fits this machine; answered by `FitFound` or `QuestionFailed`."""

    question_id: int
    folder: str = ""  # of a checkpoint on disk; empty: one in the shapes of the released 26B
    has_nvfp4: bool = False  # of the released shapes: whether the experts are in NVFP4


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Stop the job within one denoising step, or before it starts."""

    job_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """Stop everything and end the engine thread."""


Job = Load | Connect | Unload | Generate | Branch
Question = FindAlternatives | FindFit
Request = Job | Question | Cancel | Steer | Close


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
    takes_instructions: bool = False
    made_for: tuple[str, ...] = ()  # "prose" (English) and languages of code; empty: not known
    most_words: int = 0  # of a draft without an instruction that it does well; 0: not known
    server: str = ""  # its address; empty: the model runs in this program
    served: tuple[str, ...] = ()  # the models of that server
    reasons: bool = False  # it thinks before it writes, asked to or not
    takes_adapters: bool = False  # `Generate.adapter`


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """A `Load` or `Connect` goes on."""

    job_id: int
    stage: str  # what is being done, for the status line
    fraction: float  # 0..1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A `Load` or `Connect` has ended well."""

    job_id: int
    model: ModelInfo
    known: str = ""  # of a server: what was found out, for a later `Connect`


@dataclass(frozen=True, slots=True, kw_only=True)
class Unloaded:
    """An `Unload` is done."""

    job_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryReduced:
    """The card ran out of memory in a `Generate` or `Branch`: the model takes less of it now.

    There may be `Loading` for the same job, and there is one `Ready`, or an `Unloaded` if the model
    could not be loaded again. Then a `Generate` begins anew, with another `Started`.
    """

    job_id: int
    message: str  # how the model is laid out now


@dataclass(frozen=True, slots=True, kw_only=True)
class FitFound:
    """How a checkpoint would fit; on a card by the memory plan, else by the processor's memory."""

    question_id: int
    card: str  # its name; empty: there is none that torch can use
    fits: bool
    needed_bytes: int
    free_bytes: int  # 0: not known
    reason: str
    table: str  # the plan's rows, for a fixed-width font; empty without a card
    converted_bytes: int = 0  # that the first load writes to the disk and later ones read


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A `Generate` or `Branch` has been planned and its context encoded."""

    job_id: int
    num_slots: int  # free canvas slots, tokens; of the longest candidate
    max_steps: int  # 0: a server that does not tell its steps
    encode_ms: float
    candidates: int = 1
    reused_tokens: int = 0  # of the context, found in the cache of an earlier request
    encoded_tokens: int = 0
    soft_before: int = 0  # code points beside the region that all drafts stand for, see `Finished`
    soft_after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSpan:
    """One token's stretch of a draft; spans tile the draft text in order."""

    start: int  # code points into the draft text
    end: int
    entropy: float  # nats; 0 is settled
    accepted: bool  # kept by the sampler in this step
    slot: int = -1  # -1: text that stays: white space at the ends, what is between regions
    pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CanvasUpdated:
    """One denoising step is done: the argmax draft of the region, as the model produced it."""

    job_id: int
    step: int  # 1..max_steps
    max_steps: int  # 0: a server that does not tell its steps; then `step` counts what it sent
    text: str
    spans: tuple[DraftSpan, ...]
    mean_entropy: float  # nats, over the free slots
    step_ms: float
    candidate: int = 0
    raw: str = ""  # the canvas itself, renoised slots included


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoned:
    """A server's model thinks before it writes; nothing of that is part of any draft."""

    job_id: int
    candidate: int
    words: int  # thought so far


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How well a finished candidate fits; higher is better."""

    total: float  # what candidates are sorted by
    log_likelihood: float  # nats per token of candidate and following text, by the same weights
    syntax: int | None = None  # new syntax errors the candidate brings; None: not code
    agreement: float | None = None  # with the other likely drafts, 0..1; None: there were none
    # Whether figures of several jobs can be held side by side; a server measures as it likes.
    is_comparable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Who has decided regions with relations: all of them together."""

    by_rules: int  # before the model was asked
    by_model: int
    followed: int  # from what the model had chosen
    taken_back: int  # choices of the model that led to a contradiction


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateFinished:
    """One candidate of a job is done; the job goes on with the others."""

    job_id: int
    candidate: int
    reason: FinishReason
    text: str
    spans: tuple[DraftSpan, ...]
    steps: int
    seed: int
    score: Score | None = None  # None: stopped before it could be scored
    decided: Decided | None = None  # None: no relations were given


@dataclass(frozen=True, slots=True, kw_only=True)
class WordOption:
    """A whole word that could stand in a place."""

    text: str
    probability: float  # among those that were found
    rank: int = 0  # 0: the one in the draft; the others count from 1, the likeliest first


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativesFound:
    """The likeliest words of a place in a frame, best first; empty if the frame is gone."""

    question_id: int
    options: tuple[WordOption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFailed:
    """A question has no answer; `message` says why. The job it was about goes on as it did."""

    question_id: int
    kind: FailureKind
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fewer:
    """Why there are fewer candidates than were asked for, in figures; the app has the words."""

    asked: int
    same: int = 0  # of the texts that are one and the same; 0: they all differ
    failed: int = 0
    kind: FailureKind = FailureKind.SERVER  # of the first failure
    message: str = ""  # of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A job has ended; `text`, its best candidate, replaces the region and nothing else.

    With a soft edge the region is wider than the one asked for by `soft_before` and `soft_after`
    characters, and `text` stands for all of it.
    """

    job_id: int
    reason: FinishReason
    text: str
    spans: tuple[DraftSpan, ...]
    steps: int  # denoising steps run
    tokens: int  # free canvas slots, tokens
    ms: float  # from the start of the job
    candidates: tuple[CandidateFinished, ...] = ()  # best first; equal texts are one
    soft_before: int = 0  # code points
    soft_after: int = 0
    why_fewer: Fewer | None = None  # candidates; None: there are not fewer, or nobody knows why


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A job has ended with an error; `message` says what to do next."""

    job_id: int
    kind: FailureKind
    message: str


JobEvent = (
    Loading
    | Ready
    | Unloaded
    | MemoryReduced
    | Started
    | Reasoned
    | CanvasUpdated
    | CandidateFinished
    | Finished
    | Failed
)
Answer = AlternativesFound | FitFound | QuestionFailed
Event = JobEvent | Answer
EventCallback = Callable[[Event], None]

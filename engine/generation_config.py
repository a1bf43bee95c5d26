"""The sampler's settings: `generation_config.json`, the reference's defaults where it is silent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf
from typing import Annotated, Any

from pydantic import Field

from engine.api import SamplerOptions
from engine.errors import BadRequestError, ModelFolderError
from engine.model.config import check_tokens
from engine.schema import Strict, TokenId, TokenIds, shown, validated

# Ten for each token of the longest canvas; 10⁹ steps would never end.
MAX_STEPS = 10_000

_NAME = "generation_config.json"
_SAMPLERS = {None, "EntropyBoundSamplerConfig"}


class _SamplerFile(Strict):
    cls_name: Annotated[str | None, Field(alias="_cls_name")] = None
    entropy_bound: float | None = None


class _File(Strict):
    max_denoising_steps: int | None = None
    t_min: float | None = None
    t_max: float | None = None
    stability_threshold: int | None = None
    confidence_threshold: float | None = None
    max_length: Annotated[int | None, Field(ge=1, le=1 << 30)] = None
    sampler_config: _SamplerFile | None = None
    pad_token_id: TokenId | None = None
    eos_token_id: TokenIds = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationConfig:
    """How a canvas is denoised and when generation ends."""

    max_denoising_steps: int = 48
    t_min: float = 0.4
    t_max: float = 0.8
    entropy_bound: float = 0.1  # nats
    stability_threshold: int = 1  # steps
    confidence_threshold: float = 0.005  # nats
    max_length: int | None = None  # prompt and new tokens
    pad_token_id: int | None = None
    eos_token_ids: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Check the bounds the schedule and the stop test need.

        Raises:
            BadRequestError: With the name, the value and the bound.
        """
        for name in ("entropy_bound", "confidence_threshold"):
            if not 0 < getattr(self, name) < inf:
                raise BadRequestError(f"{name} is {getattr(self, name)}; it must be above 0.")
        if not 1 <= self.max_denoising_steps <= MAX_STEPS:
            raise BadRequestError(
                f"max_denoising_steps is {self.max_denoising_steps}; it must lie between 1 and "
                f"{MAX_STEPS}."
            )
        if not 0 <= self.t_min <= self.t_max < inf or self.t_max == 0:
            raise BadRequestError(
                f"t_min is {self.t_min} and t_max is {self.t_max}; "
                "0 ≤ t_min ≤ t_max and t_max > 0 must hold."
            )
        if self.stability_threshold < 0:
            raise BadRequestError(
                f"stability_threshold is {self.stability_threshold}; it must not be negative."
            )

    @classmethod
    def from_json(cls, values: Mapping[str, Any], vocab_size: int) -> "GenerationConfig":
        """Read a decoded `generation_config.json`; null and absent fields keep the defaults.

        Raises:
            ModelFolderError: If it names a sampler this engine does not have, tokens outside the
                vocabulary, or values that cannot be.
        """
        file = validated(_File, values, _NAME)
        sampler = file.sampler_config or _SamplerFile()
        if sampler.cls_name not in _SAMPLERS:
            raise ModelFolderError(
                f"{_NAME} asks for the sampler {shown(sampler.cls_name)}; only the entropy-bound "
                "sampler is known."
            )
        check_tokens(f"{_NAME}: pad_token_id", [file.pad_token_id], vocab_size)
        check_tokens(f"{_NAME}: eos_token_id", file.eos_token_id, vocab_size)
        fields = {name: getattr(file, name) for name in _PLAIN_FIELDS}
        fields["entropy_bound"] = sampler.entropy_bound
        try:
            return cls(
                **{name: value for name, value in fields.items() if value is not None},
                pad_token_id=file.pad_token_id,
                eos_token_ids=file.eos_token_id,
            )
        except BadRequestError as error:
            raise ModelFolderError(f"{_NAME}: {error} Download it again.") from error

    def with_options(self, options: SamplerOptions) -> "GenerationConfig":
        """Return this configuration with the request's overrides."""
        names = SamplerOptions.__dataclass_fields__
        values = {name: getattr(options, name) for name in names}
        return replace(self, **{name: v for name, v in values.items() if v is not None})


_PLAIN_FIELDS = (
    "max_denoising_steps",
    "t_min",
    "t_max",
    "stability_threshold",
    "confidence_threshold",
    "max_length",
)

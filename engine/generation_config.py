"""The sampler's settings: `generation_config.json`, the reference's defaults where it is silent."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.api import SamplerOptions
from engine.errors import BadRequestError, ModelFolderError

_SAMPLERS = {None, "EntropyBoundSamplerConfig"}


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
        for name in ("max_denoising_steps", "entropy_bound", "confidence_threshold"):
            if getattr(self, name) <= 0:
                raise BadRequestError(f"{name} is {getattr(self, name)}; it must be above 0.")
        if not 0 <= self.t_min <= self.t_max or self.t_max == 0:
            raise BadRequestError(
                f"t_min is {self.t_min} and t_max is {self.t_max}; "
                "0 ≤ t_min ≤ t_max and t_max > 0 must hold."
            )
        if self.stability_threshold < 0:
            raise BadRequestError(
                f"stability_threshold is {self.stability_threshold}; it must not be negative."
            )

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "GenerationConfig":
        """Read a decoded `generation_config.json`; null and absent fields keep the defaults.

        Raises:
            ModelFolderError: If it names a sampler this engine does not have or bad values.
        """
        sampler = values.get("sampler_config") or {}
        if not isinstance(sampler, Mapping):
            raise ModelFolderError("generation_config.json: sampler_config is no object.")
        if sampler.get("_cls_name") not in _SAMPLERS:
            raise ModelFolderError(
                f"generation_config.json asks for the sampler {sampler['_cls_name']!r}; "
                "only the entropy-bound sampler is known."
            )
        fields = {name: values.get(name) for name in _PLAIN_FIELDS}
        fields["entropy_bound"] = sampler.get("entropy_bound")
        eos = values.get("eos_token_id")
        try:
            return cls(
                **{name: value for name, value in fields.items() if value is not None},
                pad_token_id=values.get("pad_token_id"),
                eos_token_ids=(eos,) if isinstance(eos, int) else tuple(eos or ()),
            )
        except (BadRequestError, TypeError, ValueError) as error:
            raise ModelFolderError(f"generation_config.json: {error}") from error

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

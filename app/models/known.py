"""The checkpoints known by name; their notes hold what was published or measured, no more."""

from dataclasses import dataclass

from app.translation import QT_TR_NOOP
from engine.hub.local import BASE, SIDE_FILES
from engine.hub.source import Source

GB = 10**9
HUB_FILES = ("*.safetensors", "*.json", "*.jinja")
APACHE = "Apache-2.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """A checkpoint on the hub; sizes are those of its publisher, until the hub is asked."""

    key: str
    title: str
    sources: tuple[Source, ...]  # the first holds the weights
    num_bytes: int
    licence: str  # empty: the hub has to be asked
    about: str
    quality: str
    speed: str
    has_nvfp4: bool = False

    @property
    def repo_id(self) -> str:
        """Return the repository of the weights."""
        return self.sources[0].repo_id


def _hub(repo_id: str) -> tuple[Source, ...]:
    return (Source(repo_id=repo_id, patterns=HUB_FILES),)


NOT_KNOWN = QT_TR_NOOP("No comparison with the released weights is known to us.")

KNOWN = (
    KnownModel(
        key="bf16",
        title="DiffusionGemma 26B A4B · BF16",
        sources=_hub(BASE),
        num_bytes=int(51.65 * GB),
        licence=APACHE,
        about=QT_TR_NOOP("The weights as Google released them, 16 bits each."),
        quality=QT_TR_NOOP("Its card: MMLU-Pro 77.6, LiveCodeBench v6 69.1, GPQA Diamond 73.2."),
        speed=QT_TR_NOOP("Its card gives a speed for FP8 only."),
    ),
    KnownModel(
        key="fp8",
        title="DiffusionGemma 26B A4B · FP8",
        sources=_hub("RedHatAI/diffusiongemma-26B-A4B-it-FP8-dynamic"),
        num_bytes=int(27.2 * GB),
        licence="",
        about=QT_TR_NOOP("Experts, attention and MLP in 8 bits, one scale a channel."),
        quality=NOT_KNOWN,
        speed=QT_TR_NOOP("Published for FP8 with vLLM: 13.6 ms a denoising step on an H100."),
    ),
    KnownModel(
        key="nvfp4",
        title="DiffusionGemma 26B A4B · NVFP4 (NVIDIA)",
        sources=_hub("nvidia/diffusiongemma-26B-A4B-it-NVFP4"),
        num_bytes=int(18.82 * GB),
        licence=QT_TR_NOOP("Apache-2.0; NVIDIA's card adds Gemma's terms of use"),
        about=QT_TR_NOOP("Experts in 4 bits, the rest as released."),
        quality=QT_TR_NOOP(
            "NVIDIA's card, against the released weights: MMLU-Pro 80.7 and 81.0, HumanEval 95.0 "
            "and 94.1, GPQA 68.6 and 69.4."
        ),
        speed=QT_TR_NOOP("Measured by others with vLLM: 146 tokens a second on a DGX Spark."),
        has_nvfp4=True,
    ),
    KnownModel(
        key="nvfp4-redhat",
        title="DiffusionGemma 26B A4B · NVFP4 (Red Hat)",
        sources=_hub("RedHatAI/diffusiongemma-26B-A4B-it-NVFP4"),
        num_bytes=int(18.3 * GB),
        licence="",
        about=QT_TR_NOOP("4 bits in the layout of compressed-tensors."),
        quality=NOT_KNOWN,
        speed=QT_TR_NOOP("No speed is known to us."),
        has_nvfp4=True,
    ),
    KnownModel(
        key="diffusiongemma-26B-A4B-it-Q4_K_M",
        title="DiffusionGemma 26B A4B · GGUF Q4_K_M",
        sources=(
            # Its README asks for "*Q4_K_M*"; the file is diffusiongemma-26B-A4B-it-Q4_K_M.gguf.
            Source(repo_id="unsloth/diffusiongemma-26B-A4B-it-GGUF", patterns=("*Q4_K_M*.gguf",)),
            Source(repo_id=BASE, patterns=SIDE_FILES),
        ),
        num_bytes=16 * GB,
        licence=APACHE,
        about=QT_TR_NOOP(
            "4 to 6 bits, as llama.cpp reads them; the tokenizer comes from Google's repository."
        ),
        quality=NOT_KNOWN,
        speed=QT_TR_NOOP("Measured by others with llama.cpp: 56 tokens a second on an L4."),
    ),
)

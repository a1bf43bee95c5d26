"""A checkpoint to a model: config, generation config and weights, in any format that is read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from engine.checkpoints.detect import open_reader
from engine.checkpoints.files import read_json
from engine.checkpoints.layout import plain
from engine.checkpoints.schemes import Plain
from engine.checkpoints.stored_tensor import Reader, StoredTensor, part_rows
from engine.errors import ModelFolderError
from engine.generation_config import GenerationConfig
from engine.model.config import ModelConfig
from engine.model.model import DiffusionGemma
from engine.model.protocol import Denoiser, DenoiserConfig

__all__ = ["Checkpoint", "load_checkpoint", "read_json"]

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A loaded folder."""

    folder: Path
    config: DenoiserConfig
    generation: GenerationConfig
    model: Denoiser
    tokenizer: Tokenizer | None = None  # where it is in the weights' file
    chat_template: str | None = None  # likewise (Jinja)


def load_checkpoint(
    folder: Path,
    device: torch.device | str = "cpu",
    dtype: torch.dtype | None = None,
    progress: Progress = lambda fraction: None,
    adapter: Path | None = None,
) -> Checkpoint:
    """Load a DiffusionGemma folder; quantized weights are dequantized.

    Args:
        folder: Holds `config.json`, `model.safetensors` (or shards with an index) and, if the
            reference's defaults do not suit, `generation_config.json`; or any other checkpoint
            that `engine.checkpoints` reads.
        device: Where the weights go.
        dtype: float32 or bfloat16; None keeps what the files hold.
        progress: Called with the share of the weights that is loaded, 0..1.
        adapter: A folder with a LoRA adapter to be merged.

    Raises:
        ModelFolderError: If anything is missing, corrupt or unsupported; it says what and why.
    """
    reader = open_reader(folder, adapter)
    config, model = build(reader)
    generation = GenerationConfig.from_json(reader.generation_config(), config.vocab_size)
    state = _read_weights(reader, model.state_dict(), device, dtype, progress)
    model.load_state_dict(state, assign=True)
    model.requires_grad_(requires_grad=False)
    model.pack()
    return Checkpoint(folder=folder, config=config, generation=generation, model=model.eval())


def build(reader: Reader) -> tuple[ModelConfig, DiffusionGemma]:
    """Return the config and the model on the meta device, without weights.

    Raises:
        ModelFolderError: If the config describes no model that can be.
    """
    config = ModelConfig.from_json(reader.config())
    try:
        with torch.device("meta"):
            return config, DiffusionGemma(config)
    except (RuntimeError, TypeError, ValueError, OverflowError) as error:
        raise ModelFolderError(
            f"config.json describes a model that cannot be ({error}). Download it again."
        ) from error


def _read_weights(
    reader: Reader,
    expected: dict[str, Tensor],
    device: torch.device | str,
    dtype: torch.dtype | None,
    progress: Progress,
) -> dict[str, Tensor]:
    if dtype is None and reader.scheme != Plain.name:
        dtype = torch.bfloat16
    state: dict[str, Tensor] = {}
    for entry in reader.entries():
        check_place(entry, expected, reader.folder)
        state[entry.name] = read_whole(entry, device, dtype)
        progress(len(state) / len(expected))
    check_complete(expected.keys() - state.keys(), reader.folder)
    return state


def check_place(entry: StoredTensor, expected: Mapping[str, Tensor], folder: Path) -> None:
    """Check that the model has this weight in this shape.

    Raises:
        ModelFolderError: If it has not; the message names it.
    """
    if entry.name not in expected:
        raise ModelFolderError(
            f"{folder} holds a tensor this model has no place for: {entry.source}. "
            "It is another architecture or a format that is not supported yet."
        )
    shape = expected[entry.name].shape
    if entry.shape != shape:
        raise ModelFolderError(
            f"{entry.source} has shape {list(entry.shape)}, but config.json asks for "
            f"{list(shape)}. The files do not belong together."
        )


def check_complete(missing: Iterable[str], folder: Path) -> None:
    """Check that nothing is missing.

    Raises:
        ModelFolderError: With the number and the first name.
    """
    names = sorted(missing)
    if names:
        raise ModelFolderError(
            f"{folder} lacks {len(names)} tensor(s), the first is {names[0]}. "
            "The download is incomplete; fetch it again."
        )


def read_whole(
    entry: StoredTensor, device: torch.device | str = "cpu", dtype: torch.dtype | None = None
) -> Tensor:
    """Return a weight as one plain tensor, put together part by part on the device.

    `dtype` None keeps what the file holds; quantized weights come in float32 then.
    """
    first = plain(entry.read(0))
    if entry.num_parts == 1:
        return first.view(entry.shape).to(device=device, dtype=dtype)
    whole = torch.empty(entry.shape, dtype=dtype or first.dtype, device=device)
    for part in range(entry.num_parts):
        whole[part_rows(entry.shape, part)] = plain(entry.read(part)).to(whole.dtype)
    return whole

"""Reading a Hugging Face folder: config, generation config, single or sharded safetensors."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from engine.errors import ModelFolderError
from engine.generation_config import GenerationConfig
from engine.model.config import ModelConfig
from engine.model.model import DiffusionGemma

# The engine reads text only; these belong to the image encoder, which it leaves out.
SKIPPED_PREFIXES = ("model.encoder.vision_tower.", "model.encoder.embed_vision.")

_DECODER = "model.decoder."
_ENCODER_LAYERS = "model.encoder.language_model.layers."

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A loaded folder."""

    folder: Path
    config: ModelConfig
    generation: GenerationConfig
    model: DiffusionGemma


def load_checkpoint(
    folder: Path,
    device: torch.device | str = "cpu",
    dtype: torch.dtype | None = None,
    progress: Progress = lambda fraction: None,
) -> Checkpoint:
    """Load a DiffusionGemma folder.

    Args:
        folder: Holds `config.json`, `model.safetensors` (or shards with an index) and, if the
            reference's defaults do not suit, `generation_config.json`.
        device: Where the weights go.
        dtype: float32 or bfloat16; None keeps what the files hold.
        progress: Called with the share of the weights that is loaded, 0..1.

    Raises:
        ModelFolderError: If anything is missing, corrupt or unsupported; it says what and why.
    """
    config = ModelConfig.from_json(read_json(folder, "config.json"))
    generation = GenerationConfig.from_json(
        read_json(folder, "generation_config.json", required=False)
    )
    with torch.device("meta"):
        model = DiffusionGemma(config)
    state = _read_weights(folder, model.state_dict(), device, dtype, progress)
    model.load_state_dict(state, assign=True)
    model.requires_grad_(requires_grad=False)
    model.pack()
    return Checkpoint(folder=folder, config=config, generation=generation, model=model.eval())


def read_json(folder: Path, name: str, required: bool = True) -> dict[str, Any]:
    """Return the decoded object in `folder/name`; an absent file that is not required is empty.

    Raises:
        ModelFolderError: If it is required and absent, or is no JSON object.
    """
    path = folder / name
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        if not required:
            return {}
        raise ModelFolderError(
            f"{folder} is no model folder: it has no {name}. Choose the folder that holds "
            "config.json, tokenizer.json and the safetensors files."
        ) from error
    except (OSError, ValueError) as error:
        raise ModelFolderError(f"{path} cannot be read ({error}). Download it again.") from error
    if not isinstance(value, dict):
        raise ModelFolderError(f"{path} does not hold a JSON object. Download it again.")
    return value


def _read_weights(
    folder: Path,
    expected: dict[str, Tensor],
    device: torch.device | str,
    dtype: torch.dtype | None,
    progress: Progress,
) -> dict[str, Tensor]:
    state: dict[str, Tensor] = {}
    for disk_name, tensor in _stored_tensors(folder):
        name = _model_name(disk_name)
        if name not in expected:
            raise ModelFolderError(
                f"{folder} holds a tensor this model has no place for: {disk_name}. "
                "It is another architecture or a format that is not supported yet."
            )
        if tensor.shape != expected[name].shape:
            raise ModelFolderError(
                f"{disk_name} has shape {list(tensor.shape)}, but config.json asks for "
                f"{list(expected[name].shape)}. The files do not belong together."
            )
        state[name] = tensor.to(device=device, dtype=dtype or tensor.dtype)
        progress(len(state) / len(expected))
    missing = sorted(expected.keys() - state.keys())
    if missing:
        raise ModelFolderError(
            f"{folder} lacks {len(missing)} tensor(s), the first is {missing[0]}. "
            "The download is incomplete; fetch it again."
        )
    return state


def _model_name(disk_name: str) -> str:
    if disk_name.startswith(_ENCODER_LAYERS):
        layer, _, leaf = disk_name.removeprefix(_ENCODER_LAYERS).partition(".")
        return f"layers.{layer}.encoder_{leaf}"
    return disk_name.removeprefix(_DECODER)


def _stored_tensors(folder: Path) -> Iterator[tuple[str, Tensor]]:
    for path in _weight_files(folder):
        try:
            with safe_open(path, framework="pt") as file:
                for name in file.keys():  # noqa: SIM118 - safe_open is no mapping
                    if not name.startswith(SKIPPED_PREFIXES):
                        yield name, file.get_tensor(name)
        except FileNotFoundError as error:
            raise ModelFolderError(
                f"{folder} lacks {path.name}. The download is incomplete; fetch it again."
            ) from error
        except (SafetensorError, OSError) as error:
            raise ModelFolderError(
                f"{path} is damaged or cut short ({error}). Delete it and download it again."
            ) from error


def _weight_files(folder: Path) -> list[Path]:
    single = folder / "model.safetensors"
    if single.exists():
        return [single]
    index = read_json(folder, "model.safetensors.index.json", required=False)
    names = sorted(set(index.get("weight_map", {}).values()))
    if not names:
        raise ModelFolderError(
            f"{folder} has a config.json but no model.safetensors. Download the weights as well."
        )
    return [folder / name for name in names]

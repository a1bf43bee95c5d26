"""Write the trained adapter into a model folder: `python packaging/adapter/export_adapter.py`.

What ships is the running average of the weights, in bfloat16.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from settings import Settings, read_settings
from torch import Tensor
from train_adapter import CHECKPOINT, LOG_FILE, read_counters

_MODULES = dict.fromkeys(("q_proj", "k_proj", "v_proj", "o_proj"), "self_attn")
_MODULES |= dict.fromkeys(("gate_proj", "up_proj", "down_proj"), "mlp")


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=read_settings, default=Settings(), help="others, JSON")
    parser.add_argument("--out", type=Path, default=Path("resources/models/small"))
    arguments = parser.parse_args()
    settings: Settings = arguments.settings
    checkpoint = Path(settings.folder) / CHECKPOINT
    tensors = as_published(load_file(checkpoint), "average.")
    arguments.out.mkdir(parents=True, exist_ok=True)
    save_file(tensors, arguments.out / "adapter.safetensors", {"scale": str(settings.scale)})
    counters = read_counters(checkpoint)
    log = Path(settings.folder) / LOG_FILE
    lines = log.read_text().splitlines() if log.exists() else []
    curve = [json.loads(line) for line in lines]
    history = {"steps": int(counters["step"]), "seconds": round(float(counters["seconds"]))}
    text = json.dumps({**history, "curve": curve[:: max(1, len(curve) // 200)]})
    (arguments.out / "training.json").write_text(text + "\n", encoding="utf-8")


def as_published(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return an adapter's tensors, those behind a prefix, by the names that LoRA files have."""
    found = {}
    for name, tensor in tensors.items():
        if not name.startswith(prefix):
            continue
        rest = name.removeprefix(prefix)
        if rest.startswith("lora."):
            layer, leaf = rest.removeprefix("lora.").split("_", 1)
            module, _, letter = leaf.rpartition("_")
            rest = f"layers.{layer}.{_MODULES[module]}.{module}.lora_{letter.upper()}.weight"
        found[rest] = tensor.to(torch.bfloat16).contiguous()
    return found


if __name__ == "__main__":
    main()

"""Write the trained weights as a model folder: `python packaging/model/export.py`.

The folder is the released checkpoints' layout, written by `transformers` itself so that it can read
it back; `inlay.json` beside it says what this model was trained to do in infilling.
"""

import argparse
import json
import logging
import shutil
import tempfile
from pathlib import Path

import torch
from architecture import CONTEXT_LENGTH, config_json
from recipe import BOS, EOS, FILLER, PAD, Recipe
from safetensors.torch import load_file
from train import CHECKPOINT, read_counters

log = logging.getLogger(__name__)

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")  # beside the checkpoint
INLAY_JSON = {
    "name": "inlay-tiny",
    "filler_token_id": FILLER,
    "context_length": CONTEXT_LENGTH,
    "mark_known_from_start": True,
    "end_token_id": EOS,
    "forbidden_token_ids": [PAD, EOS, BOS],
    "drafts_causally": True,
    "takes_instructions": False,
    "made_for": ["prose", "python"],
    "most_words": 12,
}
GENERATION_JSON = {
    "max_denoising_steps": 24,
    "t_min": 0.2,
    "t_max": 0.6,
    "sampler_config": {"_cls_name": "EntropyBoundSamplerConfig", "entropy_bound": 0.1},
    "stability_threshold": 1,
    "confidence_threshold": 0.005,
    "pad_token_id": PAD,
    "eos_token_id": EOS,
    "bos_token_id": BOS,
}


def export(recipe: Recipe, checkpoint: Path, folder: Path) -> None:
    """Write config, weights in bfloat16, generation config and `inlay.json` into `folder`."""
    from transformers import DiffusionGemmaConfig, DiffusionGemmaForBlockDiffusion

    torch.manual_seed(recipe.seed)  # of the unused image encoder
    model = DiffusionGemmaForBlockDiffusion(DiffusionGemmaConfig(**config_json(recipe)))
    state = {
        f"model.decoder.{name.removeprefix('model.')}": tensor
        for name, tensor in load_file(checkpoint).items()
        if name.startswith("model.") and not name.endswith("encoder_layer_scalar")
    }
    unexpected = model.load_state_dict(state, strict=False).unexpected_keys
    if unexpected:
        raise ValueError(f"the architecture has no place for {unexpected}")
    with tempfile.TemporaryDirectory() as temporary:
        model.to(torch.bfloat16).save_pretrained(temporary)  # type: ignore[arg-type]
        for name in ("config.json", "model.safetensors"):
            (folder / name).write_bytes((Path(temporary) / name).read_bytes())
    for name in TOKENIZER_FILES:
        shutil.copyfile(checkpoint.with_name(name), folder / name)
    _write_json(folder / "generation_config.json", GENERATION_JSON)
    _write_json(folder / "inlay.json", INLAY_JSON)
    size = sum(path.stat().st_size for path in folder.iterdir())
    log.info("%s: %.1f MB, trained %s", folder, size / 1e6, read_counters(checkpoint))


def _write_json(path: Path, values: dict[str, object]) -> None:
    path.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Export the checkpoint of the recipe's data folder."""
    recipe = Recipe()
    parser = argparse.ArgumentParser(description=__doc__)
    checkpoint = Path(recipe.data_folder) / CHECKPOINT
    parser.add_argument("--checkpoint", type=Path, default=checkpoint)
    parser.add_argument("--out", type=Path, default=Path(recipe.model_folder))
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    export(recipe, arguments.checkpoint, arguments.out)


if __name__ == "__main__":
    main()

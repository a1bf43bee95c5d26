"""Whole generations against `transformers`: the same seed gives the same ids."""

import json

import pytest
import torch

from engine.commands import main
from engine.denoise_step import Clamp
from engine.denoiser import Begun, denoise_canvas, generate
from engine.model import KVCache
from engine.sampler import Sampler
from engine.stepping import PlainStepper
from tests.parity.conftest import PROMPT_LENGTH, Pair

NUM_SEEDS = 20

# torch warns about its own use of torch.jit when transformers first generates.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.:DeprecationWarning")


def reference_ids(pair: Pair, seed: int, num_canvases: int = 2) -> list[int]:
    """Return the new ids of the reference's `generate`."""
    torch.manual_seed(seed)
    new_tokens = num_canvases * pair.ours.config.canvas_length
    out = pair.reference.generate(pair.prompt(), max_new_tokens=new_tokens)
    ids: list[int] = out.sequences[0, PROMPT_LENGTH:].tolist()
    return ids


def test_generated_ids_are_identical_for_every_seed(pair: Pair) -> None:
    prompt, length = pair.prompt()[0].tolist(), pair.ours.config.canvas_length
    steps = []
    for seed in range(NUM_SEEDS):
        ours = generate(pair.ours, prompt, 2 * length, torch.Generator().manual_seed(seed))
        assert ours.ids == reference_ids(pair, seed), f"seed {seed}"
        steps += ours.steps
    print(f"steps per canvas: {min(steps)}..{max(steps)}")


def test_these_shapes_cover_early_stops_and_early_ends(pair: Pair) -> None:
    prompt, config = pair.prompt()[0].tolist(), pair.ours.generation
    runs = [
        generate(pair.ours, prompt, 24, torch.Generator().manual_seed(seed)) for seed in range(10)
    ]
    stops_early = min(min(run.steps) for run in runs) < config.max_denoising_steps
    # Random weights never meet the default threshold; the other shapes are there for that.
    assert stops_early == (config.confidence_threshold > 1)
    if config.eos_token_ids:
        assert any(len(run.steps) == 1 for run in runs)
        assert any(run.ids[-1] == config.pad_token_id for run in runs)


def test_the_command_prints_the_reference_ids(
    pair: Pair, tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = tmp_path / "ids.json"
    ids.write_text(json.dumps(pair.prompt()[0].tolist()))
    tokens = str(2 * pair.ours.config.canvas_length)
    arguments = ["generate", "--model", str(pair.folder), "--ids", str(ids)]
    assert main([*arguments, "--max-new-tokens", tokens, "--seed", "4"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["ids"] == reference_ids(pair, 4)
    assert 1 <= len(printed["steps"]) <= 2


def test_clamping_nothing_gives_the_reference_ids(pair: Pair) -> None:
    model, length = pair.ours.model, pair.ours.config.canvas_length
    clamp = Clamp.none(length, model.device)
    sampler = Sampler.from_config(pair.ours.generation)
    for seed in range(5):
        cache = KVCache(pair.ours.config)
        with torch.inference_mode():
            model.encode(pair.prompt(), cache)
        generator = torch.Generator().manual_seed(seed)
        *_, last = denoise_canvas(
            PlainStepper(model), Begun.from_noise(model, cache, clamp, sampler, [generator])
        )
        ids = last.output.draft[0].tolist()
        expected = reference_ids(pair, seed, num_canvases=1)
        # The reference writes padding behind an end token; the bare canvas has none.
        kept = [i for i, token in enumerate(expected) if token != pair.ours.generation.pad_token_id]
        assert [ids[i] for i in kept] == [expected[i] for i in kept]

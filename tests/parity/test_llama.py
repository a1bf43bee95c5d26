"""Inlay Small's base against `transformers`' Llama, both from the one published GGUF file."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from gguf import GGUFReader, dequantize
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

from engine.errors import BaseMissingError
from engine.hub.base import Base
from engine.loaders.llama_checkpoint import load_llama
from engine.model import Denoiser, KVCache
from engine.model.products import Halves
from resources import resource_path

FOLDER = resource_path("models/small")
TEXTS = ("The capital of France is", "def area(radius):\n    return", "Héllo, 世界!\n\nA\tb")
TOLERANCE = 1e-4  # absolute, on logits of up to 30
HALF_TOLERANCE = 5e-2  # of a hidden state's length, after thirty layers in bfloat16
FINE_TOLERANCE = 2e-3  # the same, in float32 with weights in float16
_LEAVES = {
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj", "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}  # fmt: skip


@pytest.fixture(scope="module")
def base() -> Path:
    try:
        return Base.of(FOLDER).locate(FOLDER)
    except BaseMissingError as error:
        pytest.skip(f"the base is not installed: {error}")


@pytest.fixture(scope="module")
def ours(base: Path) -> Denoiser:
    return load_llama(FOLDER, dtype=torch.float32)[1]


@pytest.fixture(scope="module")
def reference(base: Path) -> LlamaForCausalLM:
    """The model built from the file by the gguf package's own reader, not by ours."""
    config = LlamaConfig(
        vocab_size=49152, hidden_size=576, intermediate_size=1536, num_hidden_layers=30,
        num_attention_heads=9, num_key_value_heads=3, rms_norm_eps=1e-5, rope_theta=100_000.0,
        max_position_embeddings=8192, tie_word_embeddings=True, bos_token_id=1, eos_token_id=2,
    )  # fmt: skip
    with torch.device("meta"):
        model = LlamaForCausalLM(config)
    model = model.to_empty(device="cpu")
    state = {}
    for tensor in GGUFReader(base).tensors:
        weight = torch.from_numpy(np.array(dequantize(tensor.data, tensor.tensor_type))).float()
        kind, *rest = tensor.name.removesuffix(".weight").split(".")
        if kind == "blk":
            if rest[1] in ("attn_q", "attn_k"):  # from neighbouring pairs to two halves
                even, odd = weight.view(-1, 64, 576)[:, 0::2], weight.view(-1, 64, 576)[:, 1::2]
                weight = torch.cat((even, odd), dim=1).reshape(-1, 576)
            state[f"model.layers.{rest[0]}.{_LEAVES[rest[1]]}.weight"] = weight
        else:
            top = {"token_embd": "model.embed_tokens", "output_norm": "model.norm"}[kind]
            state[f"{top}.weight"] = weight
    state["lm_head.weight"] = state["model.embed_tokens.weight"]
    model.load_state_dict(state, assign=True)
    # What no checkpoint holds was lost on the meta device.
    model.model.rotary_emb = type(model.model.rotary_emb)(config)
    return model.eval()


@pytest.fixture(scope="module")
def tokens(ours: Denoiser) -> list[torch.Tensor]:
    tokenizer = load_llama(FOLDER, dtype=torch.bfloat16)[0].tokenizer
    assert tokenizer is not None
    return [torch.tensor([tokenizer.encode(text).ids]) for text in TEXTS]


@torch.inference_mode()
def test_logits_are_the_references(
    ours: Denoiser, reference: LlamaForCausalLM, tokens: list[torch.Tensor]
) -> None:
    for ids in tokens:
        expected = reference(ids).logits
        found = ours.logits(ours.encode(ids, KVCache(ours.config)))
        error = (found - expected).abs().max().item()
        print(f"{ids.shape[1]} tokens: max abs error {error:.2e}")
        assert error <= TOLERANCE


@torch.inference_mode()
def test_greedy_ids_are_the_references(
    ours: Denoiser, reference: LlamaForCausalLM, tokens: list[torch.Tensor]
) -> None:
    for ids in tokens:
        whole = reference.generate(ids, max_new_tokens=16, do_sample=False, pad_token_id=2)
        cache = KVCache(ours.config)
        hidden, found = ours.encode(ids, cache), []
        for _ in range(whole.shape[1] - ids.shape[1]):
            best = ours.logits(hidden[:, -1]).argmax(-1)
            found.append(int(best))
            hidden = ours.encode(best[:, None], cache)
        assert found == whole[0, ids.shape[1] :].tolist()


@torch.inference_mode()
def test_it_knows_what_the_published_model_knows(ours: Denoiser) -> None:
    # Weights that are read wrong in the same way on both sides would agree, and know nothing.
    tokenizer = load_llama(FOLDER, dtype=torch.bfloat16)[0].tokenizer
    assert tokenizer is not None
    ids = torch.tensor([tokenizer.encode("The capital of France is").ids])
    best = ours.logits(ours.encode(ids, KVCache(ours.config))[:, -1]).argmax(-1)
    assert tokenizer.decode([int(best)]) == " Paris"


@torch.inference_mode()
def test_token_by_token_in_four_bits_reads_as_all_at_once(
    ours: Denoiser, tokens: list[torch.Tensor]
) -> None:
    half = load_llama(FOLDER, dtype=torch.bfloat16, has_four_bits=True)[1]
    for ids in tokens:
        exact = ours.encode(ids, KVCache(ours.config))[:, -1]
        whole = half.encode(ids, KVCache(half.config))[:, -1].float()
        cache = KVCache(half.config)
        for token in ids.split(1, dim=1):
            single = half.encode(token, cache)
        found = [(one - exact).norm() / exact.norm() for one in (single[:, -1].float(), whole)]
        print(f"relative error in 4 bits and in bfloat16: {found[0]:.1e}, {found[1]:.1e}")
        # The file's weights are these 4 bits; their scales are rounded to bfloat16, as all is.
        assert max(found) < HALF_TOLERANCE


@torch.inference_mode()
def test_weights_in_halves_read_as_float32(ours: Denoiser, tokens: list[torch.Tensor]) -> None:
    try:
        Halves(torch.ones(2, 2))
    except RuntimeError as error:
        pytest.skip(str(error))
    halves = load_llama(FOLDER, dtype=torch.float32, in_halves=True)[1]
    for ids in tokens:
        cache, expected_cache = KVCache(halves.config), KVCache(ours.config)
        expected, found = ours.encode(ids, expected_cache), halves.encode(ids, cache)
        canvas, free = ids[:, -3:], torch.tensor([[True, False, False]])
        pairs = [
            (found, expected),
            (halves.logits(found), ours.logits(expected)),
            (
                halves.denoise(canvas, None, cache, free),
                ours.denoise(canvas, None, expected_cache, free),
            ),
        ]
        errors = [((one - exact).norm() / exact.norm()).item() for one, exact in pairs]
        print(f"relative error of hidden states, logits, a canvas: {errors}")
        # 2^-12 of each weight at most, and no two of a row alike.
        assert max(errors) < FINE_TOLERANCE


@torch.inference_mode()
def test_branches_and_pieces_read_as_the_whole(ours: Denoiser, tokens: list[torch.Tensor]) -> None:
    ids = tokens[1]
    expected = ours.encode(ids, KVCache(ours.config))[:, -1]
    cache = KVCache(ours.config)
    ours.encode(ids[:, :3], cache)
    branch = cache.branch().take(torch.tensor([0, 0]))
    found = ours.encode(ids[:, 3:].repeat(2, 1), branch)[:, -1]
    assert torch.allclose(found, expected.repeat(2, 1), atol=1e-4)
    assert cache.last_token is not None
    assert int(cache.last_token) == int(ids[0, 2])


@torch.inference_mode()
def test_with_no_change_a_canvas_is_the_base_looking_both_ways(
    tmp_path: Path, reference: LlamaForCausalLM, tokens: list[torch.Tensor]
) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "plain")
    zeros = {"free": torch.zeros(576), "told": torch.zeros(576, 576)}
    save_file(zeros, folder / "adapter.safetensors", {"scale": "1.0"})
    model = load_llama(folder, dtype=torch.float32)[1]
    ids, past = tokens[2], 6
    cache, canvas = KVCache(model.config), ids[:, past:]
    model.encode(ids[:, :past], cache)
    hidden = model.denoise(canvas, None, cache, torch.zeros_like(canvas, dtype=torch.bool))
    # The context sees what stands before it; the canvas, which begins with its last token, all.
    length = ids.shape[1]
    seen = torch.ones(length, length).tril()
    seen[past - 1 :] = 1
    mask = torch.zeros(1, 1, length, length).masked_fill(seen == 0, -torch.inf)
    expected = reference(ids, attention_mask=mask).logits[:, past - 1 : -1]
    error = (model.logits(hidden) - expected).abs().max().item()
    print(f"canvas of {canvas.shape[1]}: max abs error {error:.2e}")
    assert error <= TOLERANCE

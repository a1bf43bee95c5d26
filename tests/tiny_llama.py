"""A tiny random Llama in a GGUF file, the base of a denoising adapter, and an adapter's folder."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import gguf
import numpy as np
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

VOCAB_SIZE = 512
LAYERS, HIDDEN, INNER = 2, 32, 48
HEADS, KV_HEADS, HEAD = 4, 2, 8
SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def write_base(path: Path, texts: Iterable[str], seed: int = 0) -> None:
    """Write a GGUF file of architecture `llama` whose tokenizer is trained on the texts."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("Tiny")
    writer.add_block_count(LAYERS)
    writer.add_context_length(1024)
    writer.add_embedding_length(HIDDEN)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10_000.0)
    tokens, merges = _byte_pairs(texts)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_merges(merges)
    special, plain = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    writer.add_token_types([special if token in SPECIALS else plain for token in tokens])
    writer.add_chat_template(CHAT_TEMPLATE)
    for name, shape in _shapes(len(tokens)).items():
        random = np.random.default_rng([seed, len(name), *name.encode()])
        noise = random.standard_normal(shape).astype(np.float32)
        writer.add_tensor(name, 1 + 0.1 * noise if len(shape) == 1 else 0.15 * noise)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_folder(folder: Path, base: Path, canvas_length: int) -> None:
    """Write all that stands beside an adapter; the base is looked for beside it first."""
    described = {
        "name": "Tiny",
        "file": base.name,
        "sha256": hashlib.sha256(base.read_bytes()).hexdigest(),
        "package": "inlay-no-such-package",
        "version": "1.0",
        "wheel_sha256": "0" * 64,
        "wheel_bytes": 1,
        "repository": "nobody/nothing",
    }
    config = {"model_type": "llama_denoiser", "canvas_length": canvas_length, "base": described}
    inlay = {
        "name": "Tiny",
        "context_length": 64,
        "mark_known_from_start": True,
        "end_token_id": 0,
        "drafts_causally": True,
        "takes_instructions": True,
    }
    generation = {"max_denoising_steps": 4, "eos_token_id": [0, 2]}
    files = {"config.json": config, "inlay.json": inlay, "generation_config.json": generation}
    for name, values in files.items():
        (folder / name).write_text(json.dumps(values), encoding="utf-8")
    (folder / base.name).write_bytes(base.read_bytes())


def _byte_pairs(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Train byte-level pairs; return the tokens by id, and the merges as a GGUF file has them."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB_SIZE,
        special_tokens=SPECIALS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    vocab = tokenizer.get_vocab()
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return sorted(vocab, key=vocab.__getitem__), [" ".join(pair) for pair in merges]


def _shapes(vocab: int) -> dict[str, tuple[int, ...]]:
    query, key = HEADS * HEAD, KV_HEADS * HEAD
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (vocab, HIDDEN),
        "output_norm.weight": (HIDDEN,),
    }
    for layer in range(LAYERS):
        own = {
            "attn_norm": (HIDDEN,),
            "attn_q": (query, HIDDEN),
            "attn_k": (key, HIDDEN),
            "attn_v": (key, HIDDEN),
            "attn_output": (HIDDEN, query),
            "ffn_norm": (HIDDEN,),
            "ffn_gate": (INNER, HIDDEN),
            "ffn_up": (INNER, HIDDEN),
            "ffn_down": (HIDDEN, INNER),
        }
        shapes |= {f"blk.{layer}.{name}.weight": shape for name, shape in own.items()}
    return shapes

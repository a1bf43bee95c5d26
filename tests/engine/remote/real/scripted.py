"""Tiny Llamas that say what a script says, in the folder layout that real servers load.

A token's successor depends on that token alone: its embedding is one column of the identity, no
layer adds anything, and the head holds what may follow what. So a real server, with its own
tokenizer, templates and sampling, writes a text that a test can know.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import gguf
import torch
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

END, TURN = "<|end|>", "<|assistant|>"
PREFIX, SUFFIX, MIDDLE = "<|prefix|>", "<|suffix|>", "<|middle|>"  # around a gap
SPECIALS = ["<|unknown|>", END, "<|user|>", TURN, PREFIX, SUFFIX, MIDDLE]
_TEMPLATE = (
    "{% for message in messages %}<|user|>{{ message['content'] }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
_WORDS = r"</?\w+>| ?\w+|\s|[^\w\s]"
_SURE = 8.0  # nats between a token that may follow and one that may not
_HEAD = 16
_GGUF_NAMES = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
    "model.layers.0.input_layernorm.weight": "blk.0.attn_norm.weight",
    "model.layers.0.post_attention_layernorm.weight": "blk.0.ffn_norm.weight",
    "model.layers.0.self_attn.q_proj.weight": "blk.0.attn_q.weight",
    "model.layers.0.self_attn.k_proj.weight": "blk.0.attn_k.weight",
    "model.layers.0.self_attn.v_proj.weight": "blk.0.attn_v.weight",
    "model.layers.0.self_attn.o_proj.weight": "blk.0.attn_output.weight",
    "model.layers.0.mlp.gate_proj.weight": "blk.0.ffn_gate.weight",
    "model.layers.0.mlp.up_proj.weight": "blk.0.ffn_up.weight",
    "model.layers.0.mlp.down_proj.weight": "blk.0.ffn_down.weight",
}
_KNOWN = "abcdef"  # a word by which `transformers` finds out how tokens are written


@dataclass(frozen=True, kw_only=True)
class Script:
    """What a model says: in a chat, and behind a text that ends in a certain token."""

    chats: Sequence[str] = ()  # texts that are equally likely to be its answer
    behind: Mapping[str, str] = field(default_factory=dict)  # the last token of a prompt: a text
    samples: bool = True  # as the model's own settings say
    is_endless: bool = False  # it says them again and again


def write_repo(cache: Path, name: str, script: Script) -> str:
    """Write a model into a cache of the hub's layout; return the name that servers give it."""
    repo = cache / f"models--inlay--{name}"
    folder = repo / "snapshots" / "0"
    folder.mkdir(parents=True)
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text("0")
    write_folder(folder, script)
    return f"inlay/{name}"


def write_folder(folder: Path, script: Script) -> None:
    """Write a checkpoint that says what the script says."""
    chain = _Chain.of(script)
    _write_tokenizer(folder, chain)
    _write_weights(folder, chain)
    ends = {"eos_token_id": 1, "pad_token_id": 1, "bos_token_id": 1}
    settings = {"do_sample": script.samples, "temperature": 1.0, **ends}
    (folder / "generation_config.json").write_text(json.dumps(settings))


def write_gguf(path: Path, script: Script) -> None:
    """Write the same as one GGUF file, whose tokenizer knows the marks of a gap."""
    chain = _Chain.of(script)
    size = chain.size
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("Scripted")
    writer.add_block_count(1)
    writer.add_context_length(32768)
    writer.add_embedding_length(size)
    writer.add_feed_forward_length(size)
    writer.add_head_count(size // _HEAD)
    writer.add_head_count_kv(size // _HEAD)
    writer.add_layer_norm_rms_eps(1e-12)
    writer.add_rope_freq_base(10_000.0)
    writer.add_tokenizer_model("t5")
    writer.add_tokenizer_pre("default")
    assert not chain.twins, "two tokens of one name cannot be told apart there"
    names = [name.replace(" ", "\u2581") for name in chain.names]
    writer.add_token_list(names)
    writer.add_token_scores([-1.0] * len(names))
    kinds = [
        gguf.TokenType.CONTROL if n in SPECIALS else gguf.TokenType.NORMAL for n in chain.names
    ]
    writer.add_token_types([gguf.TokenType.UNKNOWN, *kinds[1:]])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(1)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    for kind, mark in (("pre", PREFIX), ("suf", SUFFIX), ("mid", MIDDLE)):
        writer.add_uint32(f"tokenizer.ggml.fim_{kind}_token_id", chain.names.index(mark))
    writer.add_chat_template(_TEMPLATE)
    for name, weight in chain.weights().items():
        writer.add_tensor(_GGUF_NAMES[name], weight.numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@dataclass(frozen=True, kw_only=True)
class _Chain:
    """The tokens of a script, and which may follow which."""

    names: list[str]
    twins: Mapping[str, str]  # what a token is written as that stands for another
    follows: list[tuple[str, str]]

    @classmethod
    def of(cls, script: Script) -> "_Chain":
        paths = [(TURN, pieces(text)) for text in script.chats]
        paths += [(last, pieces(text)) for last, text in script.behind.items()]
        words = dict.fromkeys(word for last, path in paths for word in (last, *path))
        names = [*SPECIALS, _KNOWN, *(word for word in words if word not in SPECIALS)]
        follows = []
        # A token may stand in several texts, and be followed by another in each: it has twins.
        taken: set[str] = set()
        twins: dict[str, str] = {}
        for last, path in paths:
            before, first = last, ""
            for word in path:
                name = word
                if word in taken:
                    name = f"{word}\0{len(names)}"
                    twins[name] = word
                    names.append(name)
                taken.add(name)
                follows.append((before, name))
                before, first = name, first or name
            follows.append((before, first if script.is_endless else END))
        return cls(names=names, twins=twins, follows=follows)

    @property
    def size(self) -> int:
        """The width of the model."""
        return -(-len(self.names) // _HEAD) * _HEAD

    def weights(self) -> dict[str, torch.Tensor]:
        """Return a layer that adds nothing between an identity and what follows."""
        names, size = self.names, self.size
        head = torch.zeros(len(names), size)
        for before, behind in self.follows:
            # The norm makes a unit vector `size ** 0.5` long.
            head[names.index(behind), names.index(before)] = _SURE / size**0.5
        rest = set(range(len(names))) - {names.index(before) for before, _ in self.follows}
        head[1, sorted(rest)] = _SURE / size**0.5  # nothing follows: the end
        nothing, ones = torch.zeros(size, size), torch.ones(size)
        layer = "model.layers.0"
        return {
            "model.embed_tokens.weight": torch.eye(size)[: len(names)].contiguous(),
            "model.norm.weight": ones,
            "lm_head.weight": head,
            f"{layer}.input_layernorm.weight": ones.clone(),
            f"{layer}.post_attention_layernorm.weight": ones.clone(),
            **{f"{layer}.self_attn.{n}_proj.weight": nothing.clone() for n in "qkvo"},
            **{f"{layer}.mlp.{n}_proj.weight": nothing.clone() for n in ("gate", "up", "down")},
        }


def pieces(text: str) -> list[str]:
    """Cut a text as the tokenizer does."""
    return re.findall(_WORDS, text)


def _write_tokenizer(folder: Path, chain: _Chain) -> None:
    ids = {name: place for place, name in enumerate(chain.names)}
    tokenizer = Tokenizer(models.WordLevel(ids, SPECIALS[0]))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_WORDS), "isolated")
    # A twin is written as what it is the twin of.
    parts = [decoders.Replace(Regex("\0[0-9]+"), ""), decoders.Fuse()]
    tokenizer.decoder = decoders.Sequence(parts)
    tokenizer.add_special_tokens(SPECIALS)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": END,
        "unk_token": SPECIALS[0],
        "chat_template": _TEMPLATE,
        "clean_up_tokenization_spaces": False,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config))


def _write_weights(folder: Path, chain: _Chain) -> None:
    save_file(chain.weights(), folder / "model.safetensors", metadata={"format": "pt"})
    size = chain.size
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": len(chain.names),
        "hidden_size": size,
        "intermediate_size": size,
        "num_hidden_layers": 1,
        "num_attention_heads": size // _HEAD,
        "num_key_value_heads": size // _HEAD,
        "head_dim": _HEAD,
        "max_position_embeddings": 32768,
        "rms_norm_eps": 1e-12,
        "tie_word_embeddings": False,
        "dtype": "float32",
        "bos_token_id": 1,
        "eos_token_id": 1,
    }
    (folder / "config.json").write_text(json.dumps(config))

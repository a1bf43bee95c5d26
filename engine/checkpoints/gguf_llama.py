"""GGUF files of architecture `llama`: the base of a denoising adapter.

Names and metadata are llama.cpp's (`gguf-py/gguf/constants.py`). Query and key rows are stored for
a rotation of neighbouring numbers (`convert_hf_to_gguf.py`, `LlamaModel.permute`); here they are
put back into half-split order, which is what `transformers` and this engine turn.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer
from torch import Tensor, cat

from engine.checkpoints.gguf_header import GgufTensor, read_gguf_header
from engine.checkpoints.gguf_reader import read_part
from engine.checkpoints.gguf_tokenizer import tokenizer_of
from engine.checkpoints.stored_tensor import num_parts
from engine.errors import ModelFolderError

ARCHITECTURE = "llama"
_TOP = {"token_embd": "embed_tokens", "output_norm": "norm"}
_IN_LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


class LlamaFile:
    """One GGUF file."""

    def __init__(self, path: Path) -> None:
        """Read the header.

        Raises:
            ModelFolderError: If the file is damaged, holds another architecture, or a head of its
                own beside the embedding.
        """
        self.path = path
        header = read_gguf_header(path, has_texts=True)
        self._metadata, self._tensors = header.metadata, header.tensors
        architecture = self._metadata.get("general.architecture")
        # A head of its own would have to be changed by the adapter as well, and no adapter of ours
        # does that.
        if architecture != ARCHITECTURE or "output.weight" in self._tensors:
            raise ModelFolderError(
                f"{path} holds a {architecture!r} model that this adapter is not for. "
                "Fetch the adapter's base again."
            )

    @property
    def name(self) -> str:
        """What the file calls its model."""
        return str(self._metadata.get("general.name", self.path.stem))

    def config(self) -> dict[str, Any]:
        """Return the shape, by the field names of `LlamaConfig`.

        Raises:
            ModelFolderError: If a field is missing or no number.
        """
        hidden, heads = self._number("embedding_length"), self._number("attention.head_count")
        embedding = self._tensors.get("token_embd.weight")
        return {
            "vocab_size": embedding.shape[0] if embedding else 0,
            "hidden_size": hidden,
            "intermediate_size": self._number("feed_forward_length"),
            "num_layers": self._number("block_count"),
            "num_heads": heads,
            "num_kv_heads": self._number("attention.head_count_kv"),
            "head_dim": hidden // max(heads, 1),
            "rms_norm_eps": self._value("attention.layer_norm_rms_epsilon"),
            "rope_theta": self._value("rope.freq_base"),
            "max_position_embeddings": self._number("context_length"),
        }

    def tokenizer(self) -> Tokenizer:
        """Build the file's tokenizer.

        Raises:
            ModelFolderError: If it is of a kind that is not read.
        """
        return tokenizer_of(self._metadata)

    def chat_template(self) -> str | None:
        """Return the file's chat template (Jinja)."""
        template = self._metadata.get("tokenizer.chat_template")
        return template if isinstance(template, str) else None

    def weights(self) -> Iterator[tuple[str, Tensor]]:
        """Yield every weight in float32 by its name in `transformers`, `model.` left out.

        Raises:
            ModelFolderError: If a tensor is none of a Llama's.
        """
        heads = {
            "attn_q": self._number("attention.head_count"),
            "attn_k": self._number("attention.head_count_kv"),
        }
        for source, tensor in self._tensors.items():
            kind, *rest = source.removesuffix(".weight").split(".")
            leaf = rest[-1] if rest else ""
            weight = _read(tensor)
            if kind in _TOP and not rest:
                yield f"{_TOP[kind]}.weight", weight
            elif kind == "blk" and len(rest) == 2 and leaf in _IN_LAYER:
                if leaf in heads:
                    weight = _half_split(weight, heads[leaf])
                yield f"layers.{rest[0]}.{_IN_LAYER[leaf]}.weight", weight
            else:
                raise ModelFolderError(
                    f"{self.path} holds a tensor that a plain Llama has no place for: {source}."
                )

    def _number(self, key: str) -> int:
        value = self._metadata.get(f"{ARCHITECTURE}.{key}")
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise ModelFolderError(f"{self.path}: {ARCHITECTURE}.{key} is {value!r}.")
        return value

    def _value(self, key: str) -> float:
        value = self._metadata.get(f"{ARCHITECTURE}.{key}")
        if not isinstance(value, int | float) or not 0 < value < float("inf"):
            raise ModelFolderError(f"{self.path}: {ARCHITECTURE}.{key} is {value!r}.")
        return float(value)


def _read(tensor: GgufTensor) -> Tensor:
    parts = [read_part(tensor, part) for part in range(num_parts(tensor.shape))]
    whole = parts[0] if len(parts) == 1 else cat(parts)
    return whole.float()


def _half_split(weight: Tensor, heads: int) -> Tensor:
    """Return rows of heads [H·D, M] in half-split order, from pairs of neighbours."""
    rows, columns = weight.shape
    if rows % (2 * heads):
        raise ModelFolderError(f"{rows} rows do not make {heads} heads.")
    pairs = weight.view(heads, rows // heads // 2, 2, columns)
    return pairs.transpose(1, 2).reshape(rows, columns)

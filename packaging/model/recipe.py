"""Every setting of the embedded model's recipe: data, tokenizer, objective, optimizer."""

from dataclasses import dataclass
from typing import Final

PAD: Final = 0
EOS: Final = 1
BOS: Final = 2
FILLER: Final = 3
# Position is id; the filler marks the surplus slots at the end of a canvas.
SPECIAL_TOKENS: Final = ("<|pad|>", "<|eos|>", "<|bos|>", "<|filler|>")

KINDS: Final = ("prose", "code")
SPLITS: Final = ("train", "validation")


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """Every number that decides what the embedded model becomes."""

    corpus_folder: str = "build/corpus"
    data_folder: str = "build/model"
    model_folder: str = "resources/model"
    seed: int = 20261121

    # Split: shares count bytes for prose (books are few and long) and files for code.
    validation_share: float = 0.02
    validation_books: int = 3

    # Deduplication: only lines this long say anything about a document's origin.
    prose_line_length: int = 120
    code_line_length: int = 60
    duplicate_share: float = 0.2

    # Tokenizer: the same number of characters of prose and of code is looked at.
    vocab_size: int = 2048
    sample_characters: int = 15_000_000
    max_token_length: int = 40

    # Architecture: groups of two sliding layers and a full one.
    layer_groups: int = 2
    hidden_size: int = 256
    intermediate_size: int = 384  # of the dense feed-forward, beside the experts
    num_experts: int = 8
    top_k_experts: int = 2
    moe_intermediate_size: int = 128

    # Objective. A causal warm-up first: the weights are shared, and a causal model adapts to
    # denoising for far less than denoising costs from scratch.
    batch_size: int = 32  # sequences of context and canvas, half prose, half code
    total_steps: int = 1900
    causal_steps: int = 700
    causal_weight: float = 0.4  # of the encoder's loss, beside the denoising loss
    whole_canvas_share: float = 0.125
    pure_noise_share: float = 0.5  # sequences at the first step's noise level
    marks_known_rows: bool = True  # through self-conditioning, from the first step on
    self_conditioning_share: float = 0.5
    exact_length_share: float = 0.5  # spans without surplus slots
    cut_token_share: float = 0.15  # spans with an end inside a token
    span_lengths: tuple[tuple[int, int], ...] = ((1, 1), (2, 4), (5, 12), (13, 40))
    span_shares: tuple[float, ...] = (0.25, 0.30, 0.28, 0.17)
    # One gap in a canvas teaches a handful of rows and costs 256; so most canvases get more gaps
    # behind the first, with a run of known tokens between two.
    more_gaps_share: float = 0.7
    more_gaps_shares: tuple[float, ...] = (0.50, 0.30, 0.15, 0.05)
    known_runs: tuple[int, int] = (4, 20)  # tokens; each canvas draws its mean from here
    filler_weight: float = 0.3  # of a filler row in the loss; fillers are many and easy

    # Optimizer: Muon on matrices, AdamW on the rest; flat, then linear to zero.
    muon_learning_rate: float = 0.015
    adam_learning_rate: float = 0.003
    momentum: float = 0.95
    warmup_steps: int = 60
    decay_share: float = 0.35  # of all steps, at the end

    # Long documents are encoded in pieces of about this size, so that both cores have work.
    chunk_characters: int = 20_000

    def line_length(self, kind: str) -> int:
        """Return the length from which a line of this kind counts as long."""
        return self.prose_line_length if kind == "prose" else self.code_line_length

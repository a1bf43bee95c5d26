# mypy: disable-error-code="no-untyped-def"
# ruff: noqa: ANN001, ANN202, D403, SIM102
"""The vocabulary pass: from final hidden states to tokens, entropies and soft embeddings.

Dimensions: F free rows, M hidden, V vocabulary. Head and self-conditioning are one attention over
the vocabulary, softmax(softcap(h · Eᵀ) / T) · E. The embedding is streamed once, in chunks that
stay in the L2 cache between their two products; per chunk there are three launches: logits, an
online softmax per row, and the weighted sum of the chunk's embeddings. The workspace is F × chunk
numbers whatever V is; nothing of size F × V exists.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from kernels.dispatch import operation
from kernels.packed import INT8, add_product, decode_plain, format_of, pointers
from kernels.philox import Draws, exponential, random_words, token_exponentials_torch
from kernels.quantized import Int8Channel
from kernels.triton_guard import cdiv, next_power_of_2, tl, triton
from kernels.tuning import num_sms, tile_for

CHUNK = 8192  # vocabulary entries; 23 MB of 8-bit embeddings at M = 2816
# Of a tile: each tile of rows decodes the chunk's codes anew. On an H200 256 rows take 0.7 of the
# time that they take in tiles of 64.
MOST_ROWS = 128
_LEAST_PART = 512  # entries that one program sums; fewer are not worth the sums' own bytes


@dataclass(frozen=True, slots=True)
class Rules:
    """What rows may not become."""

    forbidden: Tensor  # [R, V] bool
    row: Tensor  # [F] int32: a row's line of `forbidden`, -1: everything is allowed


@dataclass(frozen=True, slots=True)
class VocabularyOutput:
    """What the pass found out about each free row."""

    draft: Tensor  # [F] int32, the argmax; equal logits: the lower id
    sample: Tensor  # [F] int32, drawn; the draft where nothing was to be drawn
    entropy: Tensor  # [F] float32, nats
    soft: Tensor  # [F, M] in the hidden states' dtype: the expected embedding, scaled
    top_ids: Tensor | None = None  # [F, k] int32, best first
    top_probs: Tensor | None = None  # [F, k] float32


@triton.jit
def _logits_kernel(
    hidden, codes, scales, temperature, forbidden, rule, logits, num_rows, start, cap,
    V: tl.constexpr, M: tl.constexpr, CHUNK: tl.constexpr, FORMAT: tl.constexpr,
    HAS_RULES: tl.constexpr, BLOCK_T: tl.constexpr, BLOCK_N: tl.constexpr, BLOCK_K: tl.constexpr,
):  # fmt: skip
    """logits = cap · tanh(hidden · codesᵀ · scales / cap) / temperature, −∞ where forbidden.

    Grid (F / BLOCK_T · CHUNK / BLOCK_N): one program owns BLOCK_N entries from `start` on, of
    BLOCK_T rows. hidden [F, M]; codes [V, M]; scales [V] float32 (8-bit); temperature [1] float32;
    forbidden [R, V] bytes; rule [F] int32; logits [F, CHUNK] float32.
    """
    blocks = tl.cdiv(num_rows, BLOCK_T)
    row = tl.program_id(0) % blocks * BLOCK_T + tl.arange(0, BLOCK_T)
    local = tl.program_id(0) // blocks * BLOCK_N + tl.arange(0, BLOCK_N)
    entry = (start + local).to(tl.int64)
    is_row, is_entry = row < num_rows, (entry < V) & (local < CHUNK)
    total = tl.zeros((BLOCK_N, BLOCK_T), tl.float32)
    for k in range(0, M, BLOCK_K):
        column = k + tl.arange(0, BLOCK_K)
        in_row = is_row[:, None] & (column < M)[None, :]
        source = hidden + row[:, None].to(tl.int64) * M + column[None, :]
        x = tl.load(source, mask=in_row, other=0.0)
        total = add_product(total, x, codes, scales, entry, is_entry, k, M, BLOCK_K, FORMAT)
    if FORMAT == 1:
        total *= tl.load(scales + entry, mask=is_entry, other=0.0)[:, None]
    total = (2.0 / (1.0 + tl.exp(-2.0 / cap * total)) - 1.0) * (cap / tl.load(temperature))
    in_out = is_row[None, :] & is_entry[:, None]
    if HAS_RULES:
        line = tl.load(rule + row, mask=is_row, other=-1).to(tl.int64)
        asked = in_out & (line >= 0)[None, :]
        is_out = tl.load(forbidden + line[None, :] * V + entry[:, None], mask=asked, other=0)
        total = tl.where(is_out != 0, float("-inf"), total)
    target = logits + row[None, :].to(tl.int64) * CHUNK + local[:, None]
    tl.store(target, total, mask=in_out)


@triton.jit
def _softmax_kernel(
    logits, scales, seeds, positions, step, asks, weights, top, total, spread, score, fade, draft,
    sample, entropy, found, found_ids, start, chunks, V: tl.constexpr, CHUNK: tl.constexpr,
    FORMAT: tl.constexpr, HAS_DRAWS: tl.constexpr, TOP: tl.constexpr,
):  # fmt: skip
    """Take one chunk of logits into each row's running softmax, argmax, sample and entropy.

    Grid (F): one program owns a row. logits [F, CHUNK] float32. Running, [F] float32: top, the
    greatest logit; total = Σ e^(z − top); spread = Σ e^(z − top)·(z − top), so that the entropy
    log total − spread / total has no cancellation; score, the sample's. draft, sample [F] int32;
    entropy [F]. For the next kernel: fade [F], the factor of earlier chunks; weights [F, CHUNK],
    e^(z − top) times the entry's scale. found, found_ids [F, chunks, TOP]: the chunk's best, for
    rows with asks [F] bytes set. seeds [F] int64, positions [F] int32, step [1] int32.
    """
    row = tl.program_id(0).to(tl.int64)
    local = tl.arange(0, CHUNK)
    is_entry = start + local < V
    z = tl.load(logits + row * CHUNK + local, mask=is_entry, other=float("-inf"))
    is_later = start > 0
    old_top = tl.load(top + row, mask=is_later, other=float("-inf"))
    old_total = tl.load(total + row, mask=is_later, other=0.0)
    old_spread = tl.load(spread + row, mask=is_later, other=0.0)
    best, winner = tl.max(z, axis=0, return_indices=True)
    new_top = tl.maximum(old_top, best)
    # While nothing was allowed yet, −∞ − (−∞) would be no number.
    shift = tl.where(new_top == float("-inf"), 0.0, new_top)
    below = tl.where(z == float("-inf"), 0.0, z - shift)
    p = tl.where(z == float("-inf"), 0.0, tl.exp(below))
    sunk = tl.where(old_top == float("-inf"), 0.0, old_top - shift)
    faded = tl.where(old_top == float("-inf"), 0.0, tl.exp(sunk))
    new_total = old_total * faded + tl.sum(p, axis=0)
    # The earlier chunks' distances to the top have all grown by as much as the top has.
    new_spread = faded * (old_spread + old_total * sunk) + tl.sum(p * below, axis=0)
    tl.store(fade + row, faded)
    tl.store(top + row, new_top)
    tl.store(total + row, new_total)
    tl.store(spread + row, new_spread)
    # The top itself adds 1: only a row to which nothing was allowed so far has less.
    some = tl.maximum(new_total, 1.0)
    tl.store(entropy + row, tl.log(some) - new_spread / some)
    tl.store(draft + row, start + winner, mask=(best > old_top) | (start == 0))
    if FORMAT == 1:
        p *= tl.load(scales + start + local, mask=is_entry, other=0.0)
    tl.store(weights + row * CHUNK + local, p.to(weights.dtype.element_ty))
    if HAS_DRAWS:
        index = start // 4 + tl.arange(0, CHUNK // 4)
        a, b, c, d = random_words(
            tl.load(seeds + row), index, tl.load(positions + row), tl.load(step), 0
        )
        words = tl.reshape(tl.join(tl.join(a, c), tl.join(b, d)), (CHUNK,))
        # Gumbel's trick over all chunks: the greatest score is a draw, and only one number a row is
        # carried along.
        scores = z - tl.log(exponential(words))
        high, chosen = tl.max(scores, axis=0, return_indices=True)
        is_better = high > tl.load(score + row, mask=is_later, other=float("-inf"))
        tl.store(score + row, high, mask=is_better | (start == 0))
        tl.store(sample + row, start + chosen, mask=is_better | (start == 0))
    if TOP > 0:
        if tl.load(asks + row) != 0:
            place = (row * chunks + start // CHUNK) * TOP
            for k in tl.static_range(TOP):
                best, winner = tl.max(z, axis=0, return_indices=True)
                tl.store(found + place + k, best)
                tl.store(found_ids + place + k, start + winner)
                z = tl.where(local == winner, float("-inf"), z)


@triton.jit
def _soft_kernel(
    weights, codes, fade, sums, num_rows, start, V: tl.constexpr, M: tl.constexpr,
    CHUNK: tl.constexpr, PART: tl.constexpr, BLOCK_T: tl.constexpr, BLOCK_N: tl.constexpr,
    BLOCK_K: tl.constexpr,
):  # fmt: skip
    """sums = sums · fade + weights · codes, each of the chunk's parts of PART entries by itself.

    Grid (F / BLOCK_T · M / BLOCK_N, CHUNK / PART): one program owns BLOCK_N dimensions of BLOCK_T
    rows and a part. weights [F, CHUNK]; codes [V, M]; fade [F] float32; sums [CHUNK / PART, F, M]
    float32.
    """
    blocks = tl.cdiv(num_rows, BLOCK_T)
    row = tl.program_id(0) % blocks * BLOCK_T + tl.arange(0, BLOCK_T)
    dim = tl.program_id(0) // blocks * BLOCK_N + tl.arange(0, BLOCK_N)
    is_row, is_dim = row < num_rows, dim < M
    first = tl.program_id(1) * PART
    sums += tl.program_id(1).to(tl.int64) * num_rows * M
    place = row[:, None].to(tl.int64) * M + dim[None, :]
    in_out = is_row[:, None] & is_dim[None, :]
    held = tl.load(sums + place, mask=in_out & (start > 0), other=0.0)
    held *= tl.load(fade + row, mask=is_row, other=0.0)[:, None]
    for k in range(0, PART, BLOCK_K):
        local = first + k + tl.arange(0, BLOCK_K)
        entry = (start + local).to(tl.int64)
        source = weights + row[:, None].to(tl.int64) * CHUNK + local[None, :]
        p = tl.load(source, mask=is_row[:, None], other=0.0)
        in_codes = (entry < V)[:, None] & is_dim[None, :]
        code = tl.load(codes + entry[:, None] * M + dim[None, :], mask=in_codes, other=0)
        held = tl.dot(p, decode_plain(code, p.dtype), held)
    tl.store(sums + place, held, mask=in_out)


@dataclass(frozen=True, slots=True)
class _Work:
    """The workspace of one pass, and what the kernels are told about its inputs."""

    logits: Tensor  # [F, chunk] float32
    weights: Tensor  # [F, chunk]
    running: tuple[Tensor, ...]  # top, total, spread, score, fade [F] float32
    draft: Tensor  # [F] int32
    sample: Tensor  # [F] int32
    entropy: Tensor  # [F] float32
    sums: Tensor  # [parts, F, M] float32
    found: Tensor  # [F, chunks, k] float32
    found_ids: Tensor  # [F, chunks, k] int32

    @classmethod
    def allocate(cls, hidden: Tensor, chunk: int, chunks: int, parts: int, top_k: int) -> "_Work":
        rows, device, wide, ids = len(hidden), hidden.device, torch.float32, torch.int32
        # The weights of the second product, in the dtype that the matrix unit takes.
        exact = torch.bfloat16 if hidden.dtype == torch.bfloat16 else wide
        found = (rows, chunks, top_k)
        return cls(
            logits=torch.empty(rows, chunk, dtype=wide, device=device),
            weights=torch.empty(rows, chunk, dtype=exact, device=device),
            running=tuple(torch.empty(5, rows, dtype=wide, device=device)),
            draft=torch.empty(rows, dtype=ids, device=device),
            sample=torch.empty(rows, dtype=ids, device=device),
            entropy=torch.empty(rows, dtype=wide, device=device),
            sums=torch.empty(parts, *hidden.shape, dtype=wide, device=device),
            found=torch.full(found, -torch.inf, dtype=wide, device=device),
            found_ids=torch.zeros(found, dtype=ids, device=device),
        )


def _launch(
    hidden: Tensor, embedding: Tensor | Int8Channel, temperature: Tensor, cap: float, scale: float,
    draws: Draws | None = None, rules: Rules | None = None, top_k: int = 0,
    asks: Tensor | None = None, chunk: int = CHUNK,
) -> VocabularyOutput:  # fmt: skip
    (num_rows, size), vocab = hidden.shape, embedding.shape[0]
    chunk = min(chunk, max(next_power_of_2(vocab), 64))
    chunks, kind = cdiv(vocab, chunk), format_of(embedding)
    codes, scales, _ = pointers(embedding)
    # The matrix unit takes no fewer than 16 rows.
    block_t = min(max(next_power_of_2(num_rows), 16), MOST_ROWS)
    blocks = cdiv(num_rows, block_t)
    heads = tile_for("logits", hidden.device, block_t, chunk, blocks)
    # Parts of the chunk fill the card where blocks of dimensions do not.
    most_parts = max(1, chunk // _LEAST_PART)
    outs = tile_for("soft_embedding", hidden.device, block_t, size, blocks * most_parts)
    part = _part(chunk, blocks * cdiv(size, outs.block_n), outs.block_k, hidden.device)
    work = _Work.allocate(hidden, chunk, chunks, chunk // part, top_k)
    unused = work.draft  # stands where a kernel takes a tensor it will not read
    numbers = (draws.seeds, draws.positions, draws.step) if draws else (unused,) * 3
    lines = (rules.forbidden.view(torch.uint8), rules.row) if rules else (unused,) * 2
    asked = torch.ones(num_rows, dtype=torch.bool, device=hidden.device) if asks is None else asks
    for start in range(0, vocab, chunk):
        _logits_kernel[(blocks * cdiv(chunk, heads.block_n),)](
            hidden, codes, scales, temperature, *lines, work.logits, num_rows, start, cap,
            V=vocab, M=size, CHUNK=chunk, FORMAT=kind, HAS_RULES=rules is not None,
            BLOCK_T=block_t, **heads.options(),
        )  # fmt: skip
        _softmax_kernel[(num_rows,)](
            work.logits, scales, *numbers, asked.view(torch.uint8), work.weights, *work.running,
            work.draft, work.sample, work.entropy, work.found, work.found_ids, start, chunks,
            V=vocab, CHUNK=chunk, FORMAT=kind, HAS_DRAWS=draws is not None, TOP=top_k,
            num_warps=16 if top_k and kind == INT8 else 8,  # others spill on some cards
        )  # fmt: skip
        _soft_kernel[(blocks * cdiv(size, outs.block_n), chunk // part)](
            work.weights, codes, work.running[4], work.sums, num_rows, start,
            V=vocab, M=size, CHUNK=chunk, PART=part, BLOCK_T=block_t, **outs.options(),
        )  # fmt: skip
    # The division by the total waits for the last chunk, when the total is known.
    soft = (work.sums.sum(0) * (scale / work.running[1])[:, None]).to(hidden.dtype)
    sample = work.sample if draws else work.draft
    return VocabularyOutput(work.draft, sample, work.entropy, soft, *_best(work))


def _part(chunk: int, programs: int, least: int, device: torch.device) -> int:
    """Return how much of a chunk a program sums, so that all multiprocessors have something to do.

    A few rows have one program for each block of dimensions: a third of what a large card runs.
    """
    part = chunk
    while programs * (chunk // part) < num_sms(device) and part // 2 >= max(least, _LEAST_PART):
        part //= 2
    return part


def _best(work: _Work) -> tuple[Tensor, Tensor] | tuple[None, None]:
    """Return the best k ids and probabilities [F, k] of all chunks' best."""
    top_k = work.found.shape[2]
    if not top_k:
        return None, None
    top, total = work.running[:2]
    best, place = work.found.flatten(1).topk(top_k, dim=-1)
    probs = (best - top[:, None]).exp() / total[:, None]
    return work.found_ids.flatten(1).gather(1, place), probs


def vocabulary_pass_torch(
    hidden: Tensor, embedding: Tensor | Int8Channel, temperature: Tensor, cap: float, scale: float,
    draws: Draws | None = None, rules: Rules | None = None, top_k: int = 0,
    asks: Tensor | None = None, chunk: int = CHUNK,
) -> VocabularyOutput:  # fmt: skip
    """Compute `vocabulary_pass` in plain torch, in float32, a few rows at a time."""
    wide = embedding.float() if isinstance(embedding, Tensor) else embedding.dequantize()
    parts = []
    # A vocabulary of 262,144 for 256 rows would be 268 MB, several times over.
    for first in range(0, len(hidden), 16):
        rows = slice(first, first + 16)
        z = torch.tanh(F.linear(hidden[rows].float(), wide) / cap) * (cap / temperature)
        if rules:
            line = rules.row[rows]
            is_out = rules.forbidden[line.clamp_min(0).long()] & (line >= 0)[:, None]
            z = z.masked_fill(is_out, -torch.inf)
        probs = z.softmax(dim=-1)
        draft = z.argmax(dim=-1)
        sample = draft
        if draws:
            sample = (z - token_exponentials_torch(draws, rows, len(wide)).log()).argmax(dim=-1)
        # Σ p · (top − log p): the top itself drops out, as in the kernel.
        entropy = -torch.special.xlogy(probs, probs).sum(dim=-1)
        best = probs.topk(top_k, dim=-1)
        soft = (probs @ wide * scale).to(hidden.dtype)
        parts.append((draft.int(), sample.int(), entropy, soft, best.indices.int(), best.values))
    draft, sample, entropy, soft, top_ids, top_probs = map(torch.cat, zip(*parts, strict=True))
    return VocabularyOutput(
        draft, sample, entropy, soft, top_ids if top_k else None, top_probs if top_k else None
    )


vocabulary_pass = operation("vocabulary_pass", _launch, vocabulary_pass_torch)
"""Turn the free rows' final hidden states into tokens, entropies and soft embeddings.

Args:
    hidden: [F, M], after the final norm.
    embedding: [V, M], plain in hidden's dtype or 8-bit; it is the head as well.
    temperature: [1] float32 on the device.
    cap: The soft-cap of the logits.
    scale: Of the embeddings, √M.
    draws: The random numbers for `sample`; None: the sample is the draft.
    rules: Forbidden tokens; None: none. A row with nothing left has no meaning.
    top_k: How many alternatives to return; 0: none.
    asks: [F] bool: the rows whose alternatives are wanted; the others' are undefined. None: all.
    chunk: Vocabulary entries a launch, a power of two from 64.

Returns:
    A `VocabularyOutput`.
"""

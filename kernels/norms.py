# mypy: disable-error-code="no-untyped-def"
# ruff: noqa: ANN001, ANN202, D403
"""What stands between the products of a layer: residuals, norms, sums of slots, the embedding.

Dimensions: T tokens, M hidden, K top-k. Everything is float32 inside and rounded once on the way
out. One program owns one token in all of these; they are bound by bytes, of which there are few.
"""

import torch
from torch import Tensor

from kernels.dispatch import operation
from kernels.packed import INT8, format_of, pointers
from kernels.quantized import Int8Channel
from kernels.triton_guard import next_power_of_2, tl, triton


@triton.jit
def _normed(x, M: tl.constexpr, eps):
    """Return x [BLOCK], zero beyond M, at unit root mean square."""
    return x * tl.rsqrt(tl.sum(x * x, axis=0) / M + eps)


@triton.jit
def _rms_norm_kernel(
    x, weight, out, eps, M: tl.constexpr, HAS_WEIGHT: tl.constexpr, BLOCK: tl.constexpr
):
    """out = rms_norm(x) · weight. Grid (T); x, out [T, M]; weight [M]."""
    place = tl.program_id(0).to(tl.int64) * M + tl.arange(0, BLOCK)
    column = tl.arange(0, BLOCK)
    is_in = column < M
    y = _normed(tl.load(x + place, mask=is_in, other=0.0).to(tl.float32), M, eps)
    if HAS_WEIGHT:
        y *= tl.load(weight + column, mask=is_in, other=0.0).to(tl.float32)
    tl.store(out + place, y.to(out.dtype.element_ty), mask=is_in)


@triton.jit
def _attention_end_kernel(
    x, attended, post, dense_weight, expert_weight, residual, dense_in, expert_in, eps,
    M: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """residual = x + norm(attended) · post; dense_in, expert_in = norm(residual) · their weights.

    Grid (T); all [T, M], the weights [M].
    """
    column = tl.arange(0, BLOCK)
    place = tl.program_id(0).to(tl.int64) * M + column
    is_in = column < M
    y = _normed(tl.load(attended + place, mask=is_in, other=0.0).to(tl.float32), M, eps)
    y *= tl.load(post + column, mask=is_in, other=0.0).to(tl.float32)
    y += tl.load(x + place, mask=is_in, other=0.0).to(tl.float32)
    # Rounded before the next norm, which then sees what later layers will read.
    y = y.to(residual.dtype.element_ty)
    tl.store(residual + place, y, mask=is_in)
    y = _normed(y.to(tl.float32), M, eps)
    dense = y * tl.load(dense_weight + column, mask=is_in, other=0.0).to(tl.float32)
    expert = y * tl.load(expert_weight + column, mask=is_in, other=0.0).to(tl.float32)
    tl.store(dense_in + place, dense.to(dense_in.dtype.element_ty), mask=is_in)
    tl.store(expert_in + place, expert.to(expert_in.dtype.element_ty), mask=is_in)


@triton.jit
def _feed_forward_end_kernel(
    x, dense, slots, post_dense, post_expert, post, scalar, next_weight, residual, next_in, eps,
    M: tl.constexpr, K: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """residual = (x + norm(norm(dense) + norm(Σ_k slots_k))) · scalar; next_in = norm(residual).

    Grid (T); slots [T, K, M], the rest [T, M]; weights [M], one behind each norm; scalar [1].
    """
    column = tl.arange(0, BLOCK)
    row = tl.program_id(0).to(tl.int64)
    place = row * M + column
    is_in = column < M
    routed = tl.zeros((BLOCK,), tl.float32)
    # In order of k, as the twin sums: an atomic sum would round another way in each run.
    for k in tl.static_range(K):
        slot = tl.load(slots + (row * K + k) * M + column, mask=is_in, other=0.0)
        routed += slot.to(tl.float32)
    routed = _normed(routed, M, eps)
    routed *= tl.load(post_expert + column, mask=is_in, other=0.0).to(tl.float32)
    y = _normed(tl.load(dense + place, mask=is_in, other=0.0).to(tl.float32), M, eps)
    y *= tl.load(post_dense + column, mask=is_in, other=0.0).to(tl.float32)
    y = _normed(y + routed, M, eps) * tl.load(post + column, mask=is_in, other=0.0).to(tl.float32)
    y += tl.load(x + place, mask=is_in, other=0.0).to(tl.float32)
    y = (y * tl.load(scalar).to(tl.float32)).to(residual.dtype.element_ty)
    tl.store(residual + place, y, mask=is_in)
    y = _normed(y.to(tl.float32), M, eps)
    y *= tl.load(next_weight + column, mask=is_in, other=0.0).to(tl.float32)
    tl.store(next_in + place, y.to(next_in.dtype.element_ty), mask=is_in)


@triton.jit
def _embed_kernel(
    ids, codes, scales, extra, out, scale, eps, M: tl.constexpr, FORMAT: tl.constexpr,
    HAS_EXTRA: tl.constexpr, HAS_NORM: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """out = norm(embedding[id] · scale + extra).

    Grid (T); ids [T] int32; codes [V, M]; scales [V] float32 (8-bit); extra, out [T, M].
    """
    column = tl.arange(0, BLOCK)
    row = tl.program_id(0).to(tl.int64)
    is_in = column < M
    token = tl.load(ids + row).to(tl.int64)
    y = tl.load(codes + token * M + column, mask=is_in, other=0).to(tl.float32) * scale
    if FORMAT == 1:
        y *= tl.load(scales + token)
    if HAS_EXTRA:
        y += tl.load(extra + row * M + column, mask=is_in, other=0.0).to(tl.float32)
    if HAS_NORM:
        y = _normed(y, M, eps)
    tl.store(out + row * M + column, y.to(out.dtype.element_ty), mask=is_in)


def _launch_rms_norm(x: Tensor, weight: Tensor | None, eps: float) -> Tensor:
    out = torch.empty_like(x)
    _rms_norm_kernel[(len(x),)](
        x, x if weight is None else weight, out, eps,
        M=x.shape[1], HAS_WEIGHT=weight is not None, BLOCK=next_power_of_2(x.shape[1]),
        num_warps=8,
    )  # fmt: skip
    return out


def rms_norm_torch(x: Tensor, weight: Tensor | None, eps: float) -> Tensor:
    """Compute `rms_norm` in plain torch, in float32."""
    return _norm(x.float(), weight, eps).to(x.dtype)


def _norm(x: Tensor, weight: Tensor | None, eps: float) -> Tensor:
    normed = x * torch.rsqrt(x.square().mean(dim=-1, keepdim=True) + eps)
    return normed if weight is None else normed * weight.float()


def _launch_attention_end(
    x: Tensor, attended: Tensor, post: Tensor, dense_weight: Tensor, expert_weight: Tensor,
    eps: float,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    residual, dense_in, expert_in = (torch.empty_like(x) for _ in range(3))
    _attention_end_kernel[(len(x),)](
        x, attended, post, dense_weight, expert_weight, residual, dense_in, expert_in, eps,
        M=x.shape[1], BLOCK=next_power_of_2(x.shape[1]), num_warps=8,
    )  # fmt: skip
    return residual, dense_in, expert_in


def attention_end_torch(
    x: Tensor, attended: Tensor, post: Tensor, dense_weight: Tensor, expert_weight: Tensor,
    eps: float,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Compute `attention_end` in plain torch, in float32."""
    residual = (x.float() + _norm(attended.float(), post, eps)).to(x.dtype)
    normed = _norm(residual.float(), None, eps)
    return (
        residual,
        (normed * dense_weight.float()).to(x.dtype),
        (normed * expert_weight.float()).to(x.dtype),
    )


def _launch_feed_forward_end(
    x: Tensor, dense: Tensor, slots: Tensor, post_dense: Tensor, post_expert: Tensor, post: Tensor,
    scalar: Tensor, next_weight: Tensor, eps: float,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    residual, next_in = torch.empty_like(x), torch.empty_like(x)
    _feed_forward_end_kernel[(len(x),)](
        x, dense, slots, post_dense, post_expert, post, scalar, next_weight, residual, next_in, eps,
        M=x.shape[1], K=slots.shape[1], BLOCK=next_power_of_2(x.shape[1]), num_warps=8,
    )  # fmt: skip
    return residual, next_in


def feed_forward_end_torch(
    x: Tensor, dense: Tensor, slots: Tensor, post_dense: Tensor, post_expert: Tensor, post: Tensor,
    scalar: Tensor, next_weight: Tensor, eps: float,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Compute `feed_forward_end` in plain torch, in float32."""
    routed = _norm(slots.float().sum(dim=1), post_expert, eps)
    mixed = _norm(_norm(dense.float(), post_dense, eps) + routed, post, eps)
    residual = ((x.float() + mixed) * scalar.float()).to(x.dtype)
    return residual, _norm(residual.float(), next_weight, eps).to(x.dtype)


def _launch_embed(
    ids: Tensor, embedding: Tensor | Int8Channel, scale: float, dtype: torch.dtype,
    extra: Tensor | None = None, eps: float | None = None,
) -> Tensor:  # fmt: skip
    codes, scales, _ = pointers(embedding)
    hidden = codes.shape[1]
    out = torch.empty(len(ids), hidden, dtype=dtype, device=ids.device)
    _embed_kernel[(len(ids),)](
        ids, codes, scales, out if extra is None else extra, out, scale, eps or 0.0,
        M=hidden, FORMAT=format_of(embedding), HAS_EXTRA=extra is not None,
        HAS_NORM=eps is not None, BLOCK=next_power_of_2(hidden), num_warps=8,
    )  # fmt: skip
    return out


def embed_torch(
    ids: Tensor, embedding: Tensor | Int8Channel, scale: float, dtype: torch.dtype,
    extra: Tensor | None = None, eps: float | None = None,
) -> Tensor:  # fmt: skip
    """Compute `embed` in plain torch, in float32."""
    rows = ids.long()
    codes, scales, _ = pointers(embedding)
    out = codes[rows].float() * scale
    if format_of(embedding) == INT8:
        out = out * scales[rows, None]
    if extra is not None:
        out = out + extra.float()
    return (out if eps is None else _norm(out, None, eps)).to(dtype)


rms_norm = operation("rms_norm", _launch_rms_norm, rms_norm_torch)
"""Return rms_norm(x) · weight for x [T, M]; weight [M], or None for none."""

attention_end = operation("attention_end", _launch_attention_end, attention_end_torch)
"""Close the attention of a layer and open its feed-forward.

Args:
    x: The residual stream [T, M].
    attended: The output projection's result [T, M].
    post: Weight [M] of the norm on `attended`.
    dense_weight: Weight of the dense MLP's norm [M].
    expert_weight: Weight of the experts' norm [M].
    eps: Of all norms.

Returns:
    The residual stream, and the inputs of the dense MLP and of the experts, each [T, M].
"""

feed_forward_end = operation("feed_forward_end", _launch_feed_forward_end, feed_forward_end_torch)
"""Close the feed-forward of a layer and open the next layer.

Args:
    x: The residual stream [T, M].
    dense: The dense MLP's output [T, M].
    slots: The experts' weighted outputs [T, K, M]; summed here, in order of k.
    post_dense: Weight of the norm on `dense` [M].
    post_expert: Weight of the norm on the experts' sum [M].
    post: Weight of the norm on both together [M].
    scalar: [1], of the whole stream.
    next_weight: Weight of the next layer's input norm, or of the final norm, [M].
    eps: Of all norms.

Returns:
    The residual stream and what comes after the next norm, each [T, M].
"""

embed = operation("embed", _launch_embed, embed_torch)
"""Look up embeddings: embedding[ids] · scale (+ extra), then a norm without weight if eps is given.

Args:
    ids: [T] int32.
    embedding: [V, M], plain or 8-bit.
    scale: √M.
    dtype: Of the result.
    extra: [T, M], what self-conditioning adds; None: nothing.
    eps: Of the norm; None: no norm.

Returns:
    [T, M] in `dtype`.
"""

"""A differentiable grouped product in any precision; torch's own knows bfloat16 alone."""

import itertools
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx
from torch.nn import functional as F


def grouped_mm(rows: Tensor, weights: Tensor, ends: Tensor) -> Tensor:
    """Multiply each group of rows with its own weight.

    Args:
        rows: [R, in], sorted by group.
        weights: [G, out, in].
        ends: [G] int32, the row behind each group's last one.

    Returns:
        [R, out].
    """
    if rows.dtype is torch.bfloat16:
        return F.grouped_mm(rows, weights.mT, offs=ends)
    out: Tensor = _product(rows, weights, ends)
    return out


def _groups(ends: Tensor) -> Iterator[slice]:
    return (slice(start, end) for start, end in itertools.pairwise([0, *ends.tolist()]))


@torch.library.custom_op("inlay::grouped_product", mutates_args=())
def _product(rows: Tensor, weights: Tensor, ends: Tensor) -> Tensor:
    out = rows.new_empty(len(rows), weights.shape[1])
    for group, weight in zip(_groups(ends), weights, strict=True):
        torch.mm(rows[group], weight.T, out=out[group])
    return out


@torch.library.custom_op("inlay::grouped_outer", mutates_args=())
def _outer(grads: Tensor, rows: Tensor, ends: Tensor) -> Tensor:
    """Return each group's grads.T @ rows, [G, out, in]."""
    out = rows.new_empty(len(ends), grads.shape[1], rows.shape[1])
    for group, target in zip(_groups(ends), out, strict=True):
        torch.mm(grads[group].T, rows[group], out=target)
    return out


@_product.register_fake
def _(rows: Tensor, weights: Tensor, ends: Tensor) -> Tensor:
    return rows.new_empty(rows.shape[0], weights.shape[1])


@_outer.register_fake
def _(grads: Tensor, rows: Tensor, ends: Tensor) -> Tensor:
    return rows.new_empty(ends.shape[0], grads.shape[1], rows.shape[1])


def _remember(ctx: FunctionCtx, inputs: tuple[Tensor, Tensor, Tensor], output: Tensor) -> None:
    ctx.save_for_backward(*inputs)


def _backward(ctx: FunctionCtx, grads: Tensor) -> tuple[Tensor, Tensor, None]:
    rows, weights, ends = ctx.saved_tensors  # type: ignore[attr-defined]
    grads = grads.contiguous()
    return _product(grads, weights.mT.contiguous(), ends), _outer(grads, rows, ends), None


_product.register_autograd(_backward, setup_context=_remember)

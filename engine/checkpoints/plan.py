"""What fits on a card: formats, and experts left in host memory, from the free bytes."""

from dataclasses import dataclass, replace
from pathlib import Path

from engine.checkpoints.detect import open_reader
from engine.checkpoints.resident import Residency
from engine.checkpoints.shapes import ModelShapes

GIB = 2**30
# Kernels, the allocator's rounding. The CUDA context is gone from what is free, and not in it.
RUNTIME_BYTES = 256 << 20
PREFETCHED_LAYERS = 2  # host layers with a place on the card: the one in use and the next
MAX_HOST_SHARE = 0.5  # of the expert layers; with more, copying takes longer than computing


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a plan's table."""

    what: str
    choice: str
    num_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a model is laid out; `fits` is False for the best that can be offered and is refused."""

    residency: Residency
    host_layers: int  # of the last layers, whose experts wait in pinned host memory
    lines: tuple[Line, ...]
    host_bytes: int
    free_bytes: int
    context: int  # tokens
    canvas: int  # tokens
    fits: bool
    reason: str

    @property
    def device_bytes(self) -> int:
        """Bytes on the card, all lines together."""
        return sum(line.num_bytes for line in self.lines)

    def table(self) -> str:
        """Return the plan for people."""
        rows = [(line.what, line.choice, f"{line.num_bytes / GIB:6.2f} GiB") for line in self.lines]
        rows.append(("together", "", f"{self.device_bytes / GIB:6.2f} GiB"))
        rows.append(("free", "", f"{self.free_bytes / GIB:6.2f} GiB"))
        if self.host_bytes:
            rows.append(("host memory", "pinned", f"{self.host_bytes / GIB:6.2f} GiB"))
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = [
            f"{what:<{widths[0]}}  {choice:<{widths[1]}}  {size}" for what, choice, size in rows
        ]
        verdict = "fits" if self.fits else "does not fit"
        return "\n".join([*lines, f"{verdict}: {self.reason}"])


# From the best to the tightest; measured in kernels/formats.md.
LADDER = (
    Residency(experts="bfloat16", dense="bfloat16", embedding="bfloat16"),
    Residency(experts="int8", dense="bfloat16", embedding="bfloat16"),
    Residency(dense="bfloat16", embedding="bfloat16"),
    Residency(dense="bfloat16", embedding="int8"),
    Residency(dense="int8", embedding="int8"),
    Residency(dense="int4", embedding="int8"),
)


def plan(
    free_bytes: int,
    context: int,
    canvas: int,
    shapes: ModelShapes,
    host_bytes: int = 0,
    ladder: tuple[Residency, ...] = LADDER,
) -> Plan:
    """Return the best layout that fits.

    Args:
        free_bytes: Free memory of the card.
        context: Tokens the cache must hold beside the canvas.
        canvas: Tokens of a canvas.
        shapes: The model's.
        host_bytes: Host memory that may be pinned for experts; 0 rules that out.
        ladder: The choices, best first.
    """
    for step, residency in enumerate(ladder):
        sizes = _sizes(shapes, residency)
        found = _plan(free_bytes, context, canvas, shapes, residency, sizes, 0)
        if found.fits:
            return _because(found, why(ladder, step, free_bytes))
    tightest = ladder[-1]
    # With as many as have a place on the card anyway, nothing is saved.
    for host_layers in range(PREFETCHED_LAYERS + 1, len(shapes.config.layers) + 1):
        found = _plan(free_bytes, context, canvas, shapes, tightest, sizes, host_layers)
        too_many = host_layers > MAX_HOST_SHARE * len(shapes.config.layers)
        if too_many or found.host_bytes > host_bytes:
            break
        if found.fits:
            return _because(
                found,
                f"the card is too small for all experts; those of the last {host_layers} layers "
                "wait in host memory and are copied a layer ahead, which slows every step",
            )
    found = _plan(free_bytes, context, canvas, shapes, tightest, sizes, 0)
    short = (found.device_bytes - free_bytes) / GIB
    return _because(
        found,
        f"even the tightest layout lacks {short:.2f} GiB. Close what else uses the card, ask for "
        "a shorter context, or use a server",
    )


def plan_for(
    path: Path,
    free_bytes: int,
    context: int = 8192,
    canvas: int | None = None,
    host_bytes: int = 0,
) -> Plan:
    """Return the plan of a checkpoint on disk; `canvas` None is the model's own length.

    Raises:
        ModelFolderError: If the checkpoint cannot be read.
    """
    shapes = ModelShapes.stored(open_reader(path))
    canvas = canvas or shapes.config.canvas_length
    return plan(free_bytes, context, canvas, shapes, host_bytes)


def _sizes(shapes: ModelShapes, residency: Residency) -> dict[str | None, int]:
    kinds = ("experts", "dense", "embedding", None)
    return {kind: shapes.weight_bytes(residency, kind) for kind in kinds}


def _plan(
    free_bytes: int,
    context: int,
    canvas: int,
    shapes: ModelShapes,
    residency: Residency,
    sizes: dict[str | None, int],
    host_layers: int,
) -> Plan:
    experts = sizes["experts"]
    layers = len(shapes.config.layers)
    # Two layers' experts have their places on the card, however many wait on the host.
    away = experts * max(host_layers - PREFETCHED_LAYERS, 0) // layers
    kind = "nvfp4" if shapes.nvfp4 else residency.experts
    dense = "int8" if shapes.changed and residency.dense == "int4" else residency.dense
    where = f"{kind}, last {host_layers} layers in host memory" if host_layers else kind
    lines = (
        Line(what="experts", choice=where, num_bytes=experts - away),
        Line(
            what="attention and MLP",
            choice=dense,
            num_bytes=sizes["dense"],
        ),
        Line(
            what="embedding",
            choice=residency.embedding,
            num_bytes=sizes["embedding"],
        ),
        Line(
            what="norms, router",
            choice="bfloat16",
            num_bytes=sizes[None],
        ),
        Line(
            what="keys and values",
            choice=f"{context:,} tokens",
            num_bytes=shapes.cache_bytes(context),
        ),
        Line(what="their copy for steps", choice="rings", num_bytes=shapes.ring_bytes(context)),
        Line(what="one step", choice=f"canvas {canvas}", num_bytes=shapes.step_bytes(canvas)),
        Line(what="runtime", choice="estimate", num_bytes=RUNTIME_BYTES),
    )
    return Plan(
        residency=residency,
        host_layers=host_layers,
        lines=lines,
        host_bytes=experts * host_layers // layers,
        free_bytes=free_bytes,
        context=context,
        canvas=canvas,
        fits=sum(line.num_bytes for line in lines) <= free_bytes,
        reason="",
    )


def why(ladder: tuple[Residency, ...], step: int, free_bytes: int) -> str:
    """Say why a step of the ladder is the best that fits."""
    if step == 0:
        return "everything at its best"
    better = ladder[step - 1]
    return (
        f"{better.experts} experts with {better.dense} attention and {better.embedding} embedding "
        f"need more than the {free_bytes / GIB:.2f} GiB that are free"
    )


def _because(found: Plan, reason: str) -> Plan:
    return replace(found, reason=reason)

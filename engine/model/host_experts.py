"""Experts that a card has no room for: they wait in the host's memory and come a layer ahead.

Of the last layers of a model, each layer's packed experts lie in pinned host memory; the card has
two places for one layer's. A stream of its own copies the next layer's into one place while the
layer before it computes from the other, and the first two while the layers computed that live on
the card. Events say when experts have arrived and when a place is free again, so nobody waits on
the host, and no pass depends on how the one before it ended.

Inside a CUDA graph the same lines are recorded as they are: the copying stream forks from the
recording one where a pass begins, its copies become the graph's copy nodes, and it has joined again
when the last layer has waited for its experts. That was chosen over copies beside the graph, which
would cut a step into one graph a layer. A recording takes copies that do not block, from memory
that is pinned and stays where it is for as long as the graph lives; both are so here, and nothing
is allocated in a pass. On a CPU the same code copies at once.

To use it, leave the experts of the last `n` layers on the host when a model is loaded, and say
`use_kernels(model, host_layers=n)`. A card then needs two layers' experts for them, the host n.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from kernels.model_pass import LayerWeights
from kernels.packed import Weight

_PLACES = 2  # on the card: the layer in use and the next


class HostExperts:
    """The experts of a model's last layers, and their two places on the device."""

    def __init__(self, device: torch.device) -> None:
        """Start without layers; `keep` takes them, first to last."""
        self._device = device
        self._is_cuda = device.type == "cuda"
        self._stored: list[list[Tensor]] = []  # of each layer, its weights' tensors in host memory
        self._places: list[_Place] = []
        self._stream: torch.cuda.Stream | None = None
        self._arrived: list[torch.cuda.Event] = []  # of each place
        if self._is_cuda:
            self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
            for _ in range(_PLACES):
                self._arrived.append(torch.cuda.Event())  # type: ignore[no-untyped-call]

    def __len__(self) -> int:
        """Return how many layers have been taken."""
        return len(self._stored)

    def keep(self, weights: LayerWeights) -> LayerWeights:
        """Take a layer's experts into host memory; return the layer that reads one of the places.

        Raises:
            ValueError: If its experts are of other shapes or formats than those of the layers
                before it.
        """
        pair = weights.experts_gate_up, weights.experts_down
        parts = [part for weight in pair for part in _tensors(weight)]
        if not self._places:
            self._places = [self._place(pair) for _ in range(_PLACES)]
        kinds = [(part.shape, part.dtype) for part in parts]
        if kinds != [(part.shape, part.dtype) for part in self._places[0].parts]:
            raise ValueError("the layers whose experts stay on the host differ in them")
        number = len(self._stored)
        self._stored.append([self._on_host(part) for part in parts])
        place = self._places[number % _PLACES]
        return replace(
            weights,
            experts_gate_up=place.gate_up,
            experts_down=place.down,
            supply=Supply(self, number),
        )

    def begin(self) -> None:
        """Let a pass begin: what it needs first may come as soon as the last pass is done."""
        # The last pass may still be reading the places that the first two layers' experts go to.
        if self._stream is not None:
            self._stream.wait_stream(torch.cuda.current_stream(self._device))
        for number in range(min(_PLACES, len(self))):
            self._fetch(number)

    def wait(self, number: int) -> None:
        """Let what is launched from now on come after a layer's experts have arrived."""
        if self._stream is not None:
            arrived = self._arrived[number % _PLACES]
            torch.cuda.current_stream(self._device).wait_event(arrived)

    def release(self, number: int) -> None:
        """Say that a layer has been launched: behind it, its place is the next but one's."""
        following = number + _PLACES
        if following >= len(self):
            return
        if self._stream is not None:
            self._stream.wait_stream(torch.cuda.current_stream(self._device))
        self._fetch(following)

    def _fetch(self, number: int) -> None:
        """Copy a layer's experts to their place, beside what is computed."""
        place = number % _PLACES
        pairs = zip(self._places[place].parts, self._stored[number], strict=True)
        if self._stream is None:
            for target, source in pairs:
                target.copy_(source)
            return
        with torch.cuda.stream(self._stream):
            for target, source in pairs:
                target.copy_(source, non_blocking=True)
            self._arrived[place].record()

    def _place(self, pair: tuple[Weight, Weight]) -> "_Place":
        gate_up, down = (_like(weight, self._device) for weight in pair)
        return _Place(gate_up, down, [*_tensors(gate_up), *_tensors(down)])

    def _on_host(self, tensor: Tensor) -> Tensor:
        if tensor.device.type == "cpu" and (not self._is_cuda or tensor.is_pinned()):
            return tensor
        # Memory that is not pinned is copied through a buffer of the driver's, and the host waits
        # for it.
        host = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=self._is_cuda)
        return host.copy_(tensor)


class Supply:
    """What a layer says of its experts while it runs (`kernels.model_pass.ExpertSupply`)."""

    def __init__(self, owner: HostExperts, number: int | None, *, is_first: bool = False) -> None:
        """Speak for layer `number` of the owner's; None: its experts live on the device.

        `is_first`: every pass begins with this layer.
        """
        self._owner, self._number, self._is_first = owner, number, is_first

    def enter(self) -> None:
        """Say that the layer begins."""
        if self._is_first:
            self._owner.begin()

    def wait(self) -> None:
        """Say that what follows reads the experts."""
        if self._number is not None:
            self._owner.wait(self._number)

    def release(self) -> None:
        """Say that the experts have been read."""
        if self._number is not None:
            self._owner.release(self._number)


def opened_by(first: LayerWeights, experts: HostExperts, *, is_kept: bool) -> LayerWeights:
    """Return a model's first layer so that a pass that begins with it brings experts along.

    `is_kept`: its own experts are among those on the host.
    """
    return replace(first, supply=Supply(experts, 0 if is_kept else None, is_first=True))


@dataclass(frozen=True, slots=True)
class _Place:
    """Room on the device for one layer's experts."""

    gate_up: Weight
    down: Weight
    parts: list[Tensor]  # the tensors of both


def _tensors(weight: Weight) -> Sequence[Tensor]:
    return [weight] if isinstance(weight, Tensor) else list(weight.tensors().values())


def _like(weight: Weight, device: torch.device) -> Weight:
    if isinstance(weight, Tensor):
        return torch.empty_like(weight, device=device)
    parts = {name: torch.empty_like(t, device=device) for name, t in weight.tensors().items()}
    return type(weight)(**parts)

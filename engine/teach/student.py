"""What the trainer asks of a model that is taught."""

from typing import Protocol

import torch
from torch import Tensor


class Student(Protocol):
    """A frozen model with LoRA halves that are trained."""

    trained: dict[str, Tensor]  # leaves that require gradients, float32, by their names in the file
    length: int  # tokens of a sequence that `loss` takes

    def loss(self, ids: Tensor, random: torch.Generator) -> Tensor:
        """Return the loss of sequences [B, length], mean nats, a scalar.

        Args:
            ids: Token ids of the user's text.
            random: Of the processor; decides everything that is drawn.
        """

    def peft_config(self) -> dict[str, object]:
        """Return what `adapter_config.json` says."""

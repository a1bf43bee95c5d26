"""Frames on their way to the host, beside the steps and not between them.

A step writes its frame into one half of `StepState.frames`; the next one writes the other. On CUDA
a stream of its own copies a half into pinned memory as soon as its step is done, so that the next
step waits for no copy, and whoever reads waits for the copy alone, not for what was launched
since. Elsewhere a copy is a copy.
"""

import torch
from torch import Tensor

from kernels.step import Frame, read_frame


class FrameReader:
    """Copies the halves of one state's frames to the host."""

    def __init__(self, frames: Tensor) -> None:
        """Prepare for frames [2, B, 4 · F + 3] int32 that stay where they are."""
        is_cuda = frames.device.type == "cuda"
        self._frames = frames
        self._host = torch.zeros(frames.shape, dtype=frames.dtype, pin_memory=is_cuda)
        self._stream: torch.cuda.Stream | None = None
        self._copied: list[torch.cuda.Event] = []
        if is_cuda:
            self._stream = torch.cuda.Stream(frames.device)  # type: ignore[no-untyped-call]
            self._copied = [torch.cuda.Event() for _ in range(2)]  # type: ignore[no-untyped-call]

    def send(self, half: int) -> None:
        """Let a half be copied once everything launched so far is done; waits for nothing."""
        if self._stream is None:
            self._host[half] = self._frames[half]
            return
        # Behind the step that writes the half, and behind no later one.
        self._stream.wait_stream(torch.cuda.current_stream(self._frames.device))
        with torch.cuda.stream(self._stream):
            self._host[half].copy_(self._frames[half], non_blocking=True)
            self._copied[half].record()

    def settle(self) -> None:
        """Let what is launched from now on come after all copies; waits for nothing."""
        if self._stream is not None:
            torch.cuda.current_stream(self._frames.device).wait_stream(self._stream)

    def read(self, half: int) -> Frame:
        """Return a half that was sent; the one wait of a step."""
        if self._stream is not None:
            self._copied[half].synchronize()
        return read_frame(self._host[half].clone())  # the next but one overwrites it

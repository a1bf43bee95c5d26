"""Frames on their way to the host: what was sent is read, whatever came after it."""

import pytest
import torch

from kernels.frames import FrameReader
from kernels.step import StepRules, StepState

RULES = StepRules(
    vocab=50, max_steps=4, t_min=0.4, t_max=0.8, bound=1.0, stability=1, confidence=0.3
)
DEVICES = pytest.mark.parametrize(
    "device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu, id="gpu")]
)


def state_on(device: str) -> StepState:
    return StepState.start(torch.zeros(2, 6, dtype=torch.int32, device=device), 5, RULES)


@DEVICES
def test_a_frame_that_was_read_outlives_the_ones_after_it(device) -> None:
    frames = state_on(device).frames
    reader, seen = FrameReader(frames), []
    for number in range(6):
        frames[number % 2] = number
        reader.send(number % 2)
        seen.append(reader.read(number % 2))
    for number, frame in enumerate(seen):
        assert frame.draft.tolist() == frame.tokens.tolist() == [[number] * 5] * 2
        assert frame.steps.tolist() == [number] * 2


@DEVICES
def test_a_half_may_be_on_its_way_while_the_other_is_written(device) -> None:
    frames = state_on(device).frames
    reader = FrameReader(frames)
    frames[0] = 1
    reader.send(0)
    frames[1] = 2
    reader.send(1)
    reader.settle()
    frames.fill_(9)
    assert reader.read(0).num_accepted.tolist() == [1, 1]
    assert reader.read(1).num_accepted.tolist() == [2, 2]


@pytest.mark.gpu
def test_reading_waits_for_no_step_that_was_launched_since() -> None:
    frames = state_on("cuda").frames
    reader, done = FrameReader(frames), torch.cuda.Event()
    frames[0] = 4
    reader.send(0)
    torch.cuda._sleep(1 << 31)  # clock cycles: a second or two
    done.record()
    assert reader.read(0).steps.tolist() == [4, 4]
    assert not done.query()
    torch.cuda.synchronize()

"""Adapters in the user's data folder, as the engine writes them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.adapters import CONFIG, WEIGHTS, Card, adapters_folder, write_card

CARD = Card(
    model="small",
    base="SmolLM2-135M-Instruct",
    made="2026-11-30T06:00:00+00:00",
    steps=400,
    step=360,
    minutes=15.2,
    threads=2,
    rank=16,
    folders=["/texts/notes"],
    files={f"/texts/notes/{number}.md": 1000 for number in range(15)},
    loss_before=2.0,
    loss_after=1.8,
    measured_before={"word": {"tasks": 20, "found": 8}, "sentence": {"tasks": 20, "found": 1}},
    measured_after={"word": {"tasks": 20, "found": 11}, "sentence": {"tasks": 20, "found": 2}},
    helps=True,
)


@pytest.fixture
def write_adapter() -> Callable[..., Path]:
    """Write one, with a card that says otherwise as asked."""

    def write(name: str, **other: object) -> Path:
        folder = adapters_folder() / name
        folder.mkdir(parents=True)
        header = b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
        (folder / WEIGHTS).write_bytes(len(header).to_bytes(8, "little") + header + b"\0" * 4)
        (folder / CONFIG).write_text("{}")
        write_card(folder, replace(CARD, **other))
        return folder

    return write

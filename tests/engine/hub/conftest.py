"""A stand-in hub, an empty cache, and a download between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.hub.stand_in import StandIn, in_the_hubs_place
from tests.engine.hub.trial import CONFIG, REPO, SHARDS, Trial


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    files = {"config.json": CONFIG, "tokenizer.json": b"{}", "README.md": b"# Read me", **SHARDS}
    with in_the_hubs_place(StandIn(**{REPO.replace("/", "__"): files}), monkeypatch) as hub:
        yield hub


@pytest.fixture
def trial(hub: StandIn, tmp_path: Path) -> Trial:
    return Trial(hub, tmp_path / "cache")

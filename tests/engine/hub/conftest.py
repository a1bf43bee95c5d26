"""A stand-in hub, an empty cache, and a download between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants
from huggingface_hub.utils import close_session

from tests.engine.hub.stand_in import StandIn
from tests.engine.hub.trial import CONFIG, REPO, SHARDS, Trial


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    files = {"config.json": CONFIG, "tokenizer.json": b"{}", "README.md": b"# Read me", **SHARDS}
    with StandIn(**{REPO.replace("/", "__"): files}) as hub:
        monkeypatch.setattr(constants, "ENDPOINT", hub.address)
        template = hub.address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        close_session()
        yield hub
    close_session()


@pytest.fixture
def trial(hub: StandIn, tmp_path: Path) -> Trial:
    return Trial(hub, tmp_path / "cache")

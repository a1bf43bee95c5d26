"""The dialog under test, on a stand-in hub."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.models import known
from app.models.models_dialog import ModelsDialog
from app.system import secrets
from engine.hub.embedded import smallest_model
from engine.hub.source import Source
from tests.app.house import House
from tests.engine.hub.stand_in import StandIn, in_the_hubs_place
from tests.engine.hub.trial import CONFIG, REPO, SHARDS

PATTERNS = ("*.json", "*.safetensors")
TOY = known.KnownModel(
    key="toy",
    title="Toy",
    sources=(Source(repo_id=REPO, patterns=PATTERNS),),
    num_bytes=1_400_100,
    licence="",
    about="A toy.",
    quality="Poor.",
    speed="Slow.",
)


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep deletions away from the user's converted models."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    files = {"config.json": CONFIG, "tokenizer.json": b"{}", **SHARDS}
    with in_the_hubs_place(StandIn(**{REPO.replace("/", "__"): files}), monkeypatch) as hub:
        yield hub


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The keyring: nobody else's."""
    kept: dict[str, str] = {}
    monkeypatch.setattr(secrets, "read_secret", lambda name: kept.get(name, ""))
    monkeypatch.setattr(secrets, "store_secret", kept.__setitem__)
    return kept


@pytest.fixture
def dialog(
    qtbot: QtBot,
    house: House,
    tmp_path: Path,
    secret: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> ModelsDialog:
    for module in ("model_entries", "refresh"):
        monkeypatch.setattr(f"app.models.{module}.KNOWN", (TOY,))
    # Whether the other embedded model is complete depends on the machine.
    monkeypatch.setattr("app.models.model_entries.default_model", smallest_model)
    monkeypatch.setattr("app.models.model_entries.missing_base", lambda: None)
    house.window.start_engine(Path("resources/model").absolute(), "cpu")
    window = house.window
    dialog = ModelsDialog(
        house.bridge,
        window.keeper,
        house.settings,
        window._next_job_id,
        tmp_path / "joined",
        window,
        cache=tmp_path / "cache",
    )
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: len(dialog.models.entries) == 2)
    return dialog


def choose(dialog: ModelsDialog, key: str) -> None:
    dialog.list.setCurrentIndex(dialog.models.index(dialog.models.row_of(key)))

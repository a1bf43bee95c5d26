"""Real servers with models that say what a script says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.remote.conftest import Editor
from tests.engine.remote.real.processes import (
    RealServer,
    start_transformers,
)
from tests.engine.remote.real.scripted import Script, write_repo

# What the models are called and what they say; a completion of “The fox ” ends in a space.
SCRIPTS = {
    "plain": Script(chats=[" jumped over it"], behind={" ": "ran home"}),
    "two": Script(chats=[" jumped", " leapt"]),
    "greedy": Script(chats=[" jumped", " leapt"], samples=False),
    "thinks": Script(chats=["<think>A fox jumps</think>\njumped"]),
    "ponders": Script(chats=["<think>" + " so" * 200 + "</think>jumped"]),
    "inside": Script(chats=["A fox jumps, or does it not jump at all.\n</think>\n\njumped"]),
    "channel": Script(chats=["<|channel>thought\nA fox jumps.<channel|>jumped"]),
    "echoes": Script(chats=["<passage>jumped</passage>"]),
    "doubles": Script(chats=["jumped into"]),
    "talks": Script(chats=[" word after"], is_endless=True),
}


@pytest.fixture(scope="session")
def transformers_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cache = tmp_path_factory.mktemp("hub")
    for name, script in SCRIPTS.items():
        write_repo(cache, name, script)
    return cache


@pytest.fixture(scope="session")
def transformers_server(
    transformers_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RealServer]:
    """`transformers serve`, one for all tests: it takes seconds to start."""
    server = start_transformers(transformers_cache, tmp_path_factory.mktemp("log") / "serve.log")
    yield server
    server.kill()


@pytest.fixture
def editor() -> Iterator[Editor]:
    """An editor that has no server yet."""
    made = Editor()
    yield made
    made.engine.close()

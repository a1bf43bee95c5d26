"""The strictness every test lives under, and the reasons for which one is skipped."""

import gc
import importlib.util
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Before Qt, torch or the hub library are imported anywhere.
if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("OMP_NUM_THREADS", "1")

NUM_THREADS = 1  # of torch; more only fight each other at toy sizes
THREAD_GRACE_S = 2.0  # for a thread that is about to end anyway
ENGINE_THREAD = re.compile(r"inlay|engine", re.IGNORECASE)
OURS = {"app", "engine", "kernels", "resources", "tests"}  # whose loggers are named like this
DEPRECATION = re.compile(r"deprecat", re.IGNORECASE)
RAN = pytest.StashKey[bool]()  # a test to its end: not skipped

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make test-newest` ask for what must not fail anybody else's tests."""
    parser.addoption("--newest", action="store_true", help="deprecations of libraries are errors")


def pytest_configure(config: pytest.Config) -> None:
    """Judge what libraries say of themselves: warnings here, log records below."""
    if config.getoption("--newest"):
        for kind in ("DeprecationWarning", "PendingDeprecationWarning", "FutureWarning"):
            config.addinivalue_line("filterwarnings", f"error::{kind}")
        config.addinivalue_line("filterwarnings", "error:(?i).*deprecat")
    elif config.pluginmanager.hasplugin("pytest-qt"):  # a machine for GPU tests may have no Qt
        config.addinivalue_line("qt_log_ignore", DEPRECATION.pattern)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with its reason, what this machine cannot run."""
    checks = {"gpu": _no_gpu, "checkpoint": _no_checkpoint, "interpreter": _no_interpreter}
    for name, why_not in checks.items():
        marked = [item for item in items if item.get_closest_marker(name)]
        reason = why_not() if marked else None
        for item in marked:
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


def _no_gpu() -> str | None:
    import torch

    return None if torch.cuda.is_available() else "no CUDA device"


def _no_checkpoint() -> str | None:
    folder = os.environ.get("INLAY_CHECKPOINT")
    if not folder:
        return "INLAY_CHECKPOINT does not name the folder of a 26B checkpoint"
    return None if Path(folder).is_dir() else f"INLAY_CHECKPOINT: no folder {folder}"


def _no_interpreter() -> str | None:
    if importlib.util.find_spec("triton") is None:
        return "Triton is not installed"
    if os.environ.get("TRITON_INTERPRET") != "1":
        return "a process of its own: TRITON_INTERPRET=1 pytest -m interpreter"
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Note that a test has done all that its marks promise."""
    yield
    item.stash[RAN] = True


@pytest.fixture(autouse=True)
def own_priority(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep commands that run in this process from making it, and all tests after them, wait."""
    for command in ("measure", "teach"):
        monkeypatch.setattr(f"engine.{command}.command.lower_priority", lambda: None)


@pytest.fixture(autouse=True)
def few_torch_threads() -> None:
    """Hold torch, once it is there, to one thread."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.get_num_threads() > NUM_THREADS:
        torch.set_num_threads(NUM_THREADS)


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the user's settings and recovery files out of the tests, and each test's its own."""
    home = tmp_path_factory.mktemp("home")
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))


@pytest.fixture(autouse=True)
def collector_at_work() -> Iterator[None]:
    """Collect garbage again after a test that has loaded a model as the editor does."""
    yield
    gc.unfreeze()
    gc.enable()


@pytest.fixture(autouse=True)
def no_thread_left_behind() -> Iterator[None]:
    """Fail a test that leaves an engine thread, or any thread that holds up exit, running."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + THREAD_GRACE_S
    left = [t for t in threading.enumerate() if t not in before and _must_have_ended(t)]
    for thread in left:
        thread.join(max(0.0, deadline - time.monotonic()))
    names = [thread.name for thread in left if thread.is_alive()]
    if names:
        pytest.fail(f"left running: {', '.join(names)}", pytrace=False)


def _must_have_ended(thread: threading.Thread) -> bool:
    return not thread.daemon or ENGINE_THREAD.search(thread.name) is not None


class _Records(logging.Handler):
    """Collects every record of WARNING and above, from any thread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that logs a warning it does not expect, or expects one that never comes."""
    marks = request.node.iter_markers("expected_log")
    patterns = [re.compile(pattern) for mark in marks for pattern in mark.args]
    handler = _Records()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    is_strict = request.config.getoption("--newest")
    told = [record for record in handler.records if is_strict or not _is_deprecation(record)]
    messages = [f"{r.name} {r.levelname}: {r.getMessage()}" for r in told]
    unexpected = [m for m in messages if not any(p.search(m) for p in patterns)]
    missing = [p.pattern for p in patterns if not any(p.search(m) for m in messages)]
    if unexpected:
        pytest.fail("unexpected log: " + "\n".join(unexpected), pytrace=False)
    if missing and request.node.stash.get(RAN, False):
        pytest.fail("expected log never came: " + "\n".join(missing), pytrace=False)


def _is_deprecation(record: logging.LogRecord) -> bool:
    """Return True if a library tells what it will change one day."""
    is_ours = record.name.partition(".")[0] in OURS
    return not is_ours and DEPRECATION.search(record.getMessage()) is not None

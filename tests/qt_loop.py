"""Coroutines of the interface in tests: they run between Qt's events, as in the program."""

import asyncio
from collections.abc import Iterator

import pytest
import qasync
from PySide6.QtWidgets import QApplication


@pytest.fixture(scope="session")
def qt_loop(qapp: QApplication) -> Iterator[qasync.QEventLoop]:
    """The loop that runs them."""
    loop = qasync.QEventLoop(qapp)
    yield loop
    loop.close()


@pytest.fixture(autouse=True)
def coroutines(qt_loop: qasync.QEventLoop) -> Iterator[None]:
    """Let them run for one test; those of other folders have loops of their own."""
    asyncio.set_event_loop(qt_loop)
    yield
    asyncio.set_event_loop(None)

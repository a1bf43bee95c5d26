"""A whole session, with rewriting, searching and previews, opens no socket to any machine."""

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer

from resources import resource_path
from tests.journeys.driver import CONTROL, Journey

pytestmark = [
    pytest.mark.journey,
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="needs Linux's /proc"),
]

TABLES = ("tcp", "tcp6", "udp", "udp6", "raw", "raw6")
TEXT = (
    "# A page\n\n![picture](http://example.org/a.png) and [a link](http://example.org).\n\n"
    "The old house stood on a hill above the sea, and the children came home along the road.\n"
)


def network_sockets() -> set[str]:
    """Return the sockets of this process that can leave the machine, by their inodes."""
    known = set()
    for name in TABLES:
        lines = Path(f"/proc/self/net/{name}").read_text().splitlines()[1:]
        known |= {line.split()[9] for line in lines}
    mine = set()
    for link in Path("/proc/self/fd").iterdir():
        try:
            target = os.readlink(link)
        except OSError:
            continue
        if target.startswith("socket:["):
            mine.add(target[len("socket:[") : -1])
    return mine & known


def test_the_check_can_see_a_socket() -> None:
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as made:
        made.bind(("127.0.0.1", 0))
        made.listen()
        assert len(network_sockets()) == 1


def test_nothing_leaves_this_machine(qapp: object) -> None:
    asked: list[str] = []
    is_on = [True]

    def listen(event: str, args: tuple[object, ...]) -> None:
        if is_on[0] and event in ("socket.connect", "socket.getaddrinfo", "urllib.Request"):
            asked.append(f"{event} {args}")

    sys.addaudithook(listen)  # cannot be taken away again
    before, seen = network_sockets(), set()
    timer = QTimer()
    timer.timeout.connect(lambda: seen.update(network_sockets()))
    timer.start(20)
    with Journey(resource_path("model"), TEXT) as j:
        j.wait_ready()
        j.press(Qt.Key.Key_V, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        j.wait(lambda: j.window.preview._page.toPlainText().startswith("A page"))
        j.picture("8-preview")
        j.select("the children came home")
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait_done()
        j.press(Qt.Key.Key_Return)
        j.press(Qt.Key.Key_F, CONTROL)
        j.window.find_bar.pattern.setText("old")
        j.wait(lambda: bool(j.window.find_bar.count.text()))
        j.window.finder.close()
        j.press(Qt.Key.Key_S, CONTROL)
        assert j.file.read_text().startswith("# A page")
        seen |= network_sockets()
    timer.stop()
    is_on[0] = False
    assert seen - before == set()
    assert asked == []

"""Starts the editor and prints, as JSON, what an assistive tool finds of it on the bus.

Run by the system's Python, which has the bindings, inside a session bus of its own.
"""

import json
import os
import subprocess
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

TIMEOUT_S = 60.0
WINDOW_ROLES = ("frame", "dialog", "window")


def find_application(deadline):
    """Wait until the editor is on the bus with a window."""
    while time.monotonic() < deadline:
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            found = desktop.get_child_at_index(index)
            if found is not None and found.get_name() == "Inlay" and found.get_child_count():
                return found
        GLib.MainContext.default().iteration(False)
        time.sleep(0.2)
    return None


def walk(node, depth=0):
    """Yield every accessible below a node that can have the focus."""
    states = node.get_state_set()
    if states.contains(Atspi.StateType.FOCUSABLE) and states.contains(Atspi.StateType.SHOWING):
        text = node.get_text_iface()
        words = Atspi.Text.get_text(text, 0, -1) if text is not None else ""
        yield {"role": node.get_role_name(), "name": node.get_name(), "text": words}
    for index in range(min(node.get_child_count(), 100) if depth < 20 else 0):
        child = node.get_child_at_index(index)
        if child is not None:
            yield from walk(child, depth + 1)


def main():
    """Write what there is."""
    display = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    number = display.stdout.readline().decode().strip()
    env = os.environ | {"DISPLAY": f":{number}", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
    editor = subprocess.Popen(sys.argv[1:], env=env, stdout=subprocess.DEVNULL)
    try:
        found = find_application(time.monotonic() + TIMEOUT_S)
        time.sleep(1.0)  # the window may still be filling
        sys.stdout.write(json.dumps(list(walk(found)) if found is not None else None) + "\n")
    finally:
        for process in (editor, display):
            process.terminate()
            process.wait(20)


if __name__ == "__main__":
    main()

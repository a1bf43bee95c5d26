"""Drives a rewrite over the accessibility bus, and prints what an assistive tool sees and hears.

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
ANNOUNCEMENT = "object:announcement"
heard = []


def wait_for(find):
    """Let the bus be heard until something is found, and return it."""
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        while GLib.MainContext.default().iteration(False):
            pass
        found = find()
        if found:
            return found
        time.sleep(0.05)
    return None


def walk(node, depth=0):
    """Yield every accessible below a node."""
    yield node
    for index in range(min(node.get_child_count(), 100) if depth < 25 else 0):
        child = node.get_child_at_index(index)
        if child is not None:
            yield from walk(child, depth + 1)


def named(root, name, role=None):
    """Return what is shown under a name."""
    for node in walk(root):
        states = node.get_state_set()
        is_meant = node.get_name() == name and states.contains(Atspi.StateType.SHOWING)
        if is_meant and role in (None, node.get_role_name()):
            return node
    return None


def editor_app():
    """Return the editor on the bus, once it has a window."""
    desktop = Atspi.get_desktop(0)
    for index in range(desktop.get_child_count()):
        found = desktop.get_child_at_index(index)
        if found is not None and found.get_name() == "Inlay" and found.get_child_count():
            return found
    return None


def controls(root):
    """Return name, description and role of what can be pressed or have the focus."""
    found = []
    for node in walk(root):
        states = node.get_state_set()
        is_shown = states.contains(Atspi.StateType.SHOWING)
        if is_shown and states.contains(Atspi.StateType.FOCUSABLE):
            found.append([node.get_role_name(), node.get_name(), node.get_description()])
    return found


def press(node):
    """Do what a click would."""
    actions = node.get_action_iface()
    names = [Atspi.Action.get_action_name(actions, i) for i in range(actions.get_n_actions())]
    Atspi.Action.do_action(actions, names.index("Press"))


def act(app, display, name):
    """Rewrite a word of the open file, look at the draft, and accept it."""
    text = wait_for(lambda: named(app, name, "text"))
    wait_for(lambda: any("inlay-" in (node.get_name() or "") for node in walk(app)))
    Atspi.Component.grab_focus(text.get_component_iface())
    Atspi.Text.add_selection(text.get_text_iface(), 4, 9)
    time.sleep(0.5)
    subprocess.run(["xdotool", "key", "ctrl+Return"], env=display, check=True)
    wait_for(lambda: any(text.startswith("Draft ") for text in heard))
    for key, said in (("space", "Old text"), ("space", "Draft"), ("alt+comma", "Step")):
        heard_before = len(heard)
        subprocess.run(["xdotool", "key", key], env=display, check=True)
        wait_for(lambda n=heard_before, s=said: any(t.startswith(s) for t in heard[n:]))
    accept = wait_for(lambda: named(app, "Accept"))
    drafted = controls(app)
    press(accept)
    wait_for(lambda: any(text == "Draft accepted" for text in heard))
    return drafted


def main():
    """Write what there is."""
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    number = server.stdout.readline().decode().strip()
    env = os.environ | {"DISPLAY": f":{number}", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
    listener = Atspi.EventListener.new(lambda event: heard.append(str(event.any_data)))
    listener.register(ANNOUNCEMENT)
    manager = subprocess.Popen(["openbox"], env=env, stderr=subprocess.DEVNULL)
    editor = subprocess.Popen(sys.argv[1:], env=env, stdout=subprocess.DEVNULL)
    try:
        app = wait_for(editor_app)
        drafted = act(app, env, os.path.basename(sys.argv[-1])) if app is not None else None
        sys.stdout.write(json.dumps({"heard": heard, "controls": drafted}) + "\n")
    finally:
        for process in (editor, manager, server):
            process.terminate()
            process.wait(20)


if __name__ == "__main__":
    main()

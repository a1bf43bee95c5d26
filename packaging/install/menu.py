"""The menu entry, the commands, and the kinds of files that open with Inlay, on Linux."""

import os
import shutil
import subprocess
from pathlib import Path

from environment import site_file
from places import HERE, Environment, Places, State

KINDS = ("text/plain", "text/markdown", "text/x-python")
ENTRY = "inlay.desktop"
MARK = "# Written by Inlay's installer."
COMMANDS = {"inlay": '"{environment}/bin/inlay"', "inlay-setup": 'sh "{setup}/install.sh"'}


def add(environment: Environment, places: Places) -> list[str]:
    """Write commands, icon and menu entry; return what the user should know."""
    notes = []
    own = places.root / "bin"
    own.mkdir(exist_ok=True)
    names = {"environment": places.environment(environment), "setup": places.setup}
    for command, line in COMMANDS.items():
        script = own / command
        script.write_text(f'#!/bin/sh\n{MARK}\nexec {line.format(**names)} "$@"\n', "utf-8")
        script.chmod(0o755)
        link = _command_folder() / command
        if _is_free(link, own):
            link.parent.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to(script)
        else:
            notes.append(f"{link} is another program's and was left alone; ours is {script}.")
    if str(_command_folder()) not in os.environ.get("PATH", "").split(os.pathsep):
        notes.append(f"{_command_folder()} is not in your PATH; add it to type just `inlay`.")
    _write_entry(own / "inlay", site_file(places.environment(environment), "resources"))
    return notes


def remove(places: Places, state: State) -> None:
    """Take away what `add` and `associate` have made; what others made stays."""
    for command in COMMANDS:
        link = _command_folder() / command
        if link.is_symlink() and _is_free(link, places.root / "bin"):
            link.unlink()
    for kind, old in state.old_defaults.items():
        if old and _default_of(kind) == ENTRY:
            _xdg_mime("default", old, kind)
    _forget_defaults()
    if _is_ours(_entry(), places):
        _entry().unlink()
        _icon().unlink(missing_ok=True)
    _refresh()


def associate(_environment: Environment, _places: Places, state: State) -> str:
    """Let text files open with Inlay; return what the user should know."""
    if shutil.which("xdg-mime") is None:
        return "xdg-mime is missing: choose Inlay in the file manager's “Open with” instead."
    for kind in KINDS:
        old = _default_of(kind)
        if old != ENTRY:
            state.old_defaults[kind] = old
        _xdg_mime("default", ENTRY, kind)
    return f"Files of the kinds {', '.join(KINDS)} now open with Inlay."


def _write_entry(command: Path, resources: Path) -> None:
    template = next(
        path
        for path in (HERE / ENTRY, HERE.parent / "linux" / ENTRY)  # as installed; in a checkout
        if path.is_file()
    )
    quoted = str(command).replace("\\", "\\\\\\\\").replace('"', '\\\\"').replace("$", "\\\\$")
    quoted = quoted.replace("`", "\\\\`").replace("%", "%%")
    lines = template.read_text(encoding="utf-8").splitlines()
    new = {"Exec": f'"{quoted}" %F', "TryExec": str(command)}
    lines = [
        f"{key}={new.get(key, value)}" if eq else key
        for key, eq, value in (line.partition("=") for line in lines)
    ]
    _entry().parent.mkdir(parents=True, exist_ok=True)
    _entry().write_text("\n".join([*lines, f"X-Inlay-Setup={command}"]) + "\n", encoding="utf-8")
    _icon().parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(resources / "icons" / "inlay.svg", _icon())
    _refresh()


def _forget_defaults() -> None:
    """Take our name out of the user's choices; `xdg-mime` can only put another in its place."""
    choices = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "mimeapps.list"
    try:
        lines = choices.read_text(encoding="utf-8").splitlines(keepends=True)
    except OSError:
        return
    kept = [line for line in lines if line.strip() not in {f"{kind}={ENTRY}" for kind in KINDS}]
    if kept != lines:
        choices.write_text("".join(kept), encoding="utf-8")


def _is_ours(entry: Path, places: Places) -> bool:
    try:
        return f"X-Inlay-Setup={places.root / 'bin' / 'inlay'}\n" in entry.read_text("utf-8")
    except OSError:
        return False


def _is_free(link: Path, own: Path) -> bool:
    """Return True if a command's name is nobody else's."""
    if link.is_symlink():
        return Path(os.readlink(link)).parent == own
    return not link.exists()


def _refresh() -> None:
    if program := shutil.which("update-desktop-database"):
        subprocess.run([program, "-q", _entry().parent], check=False)


def _xdg_mime(*arguments: str) -> str:
    run = subprocess.run(["xdg-mime", *arguments], capture_output=True, text=True, check=False)
    return run.stdout.strip()


def _default_of(kind: str) -> str:
    return _xdg_mime("query", "default", kind) if shutil.which("xdg-mime") else ""


def _data_home() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def _entry() -> Path:
    return _data_home() / "applications" / ENTRY


def _icon() -> Path:
    return _data_home() / "icons" / "hicolor" / "scalable" / "apps" / "inlay.svg"


def _command_folder() -> Path:
    return Path.home() / ".local" / "bin"

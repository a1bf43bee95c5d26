"""The Start menu, “Apps”, and the kinds of files that open with Inlay, on Windows.

Written from Microsoft's documentation and not yet tried on a real machine.
"""

import contextlib
import os
import subprocess
import sys
import winreg
from pathlib import Path

from environment import START, site_file, size_of
from places import Environment, Places, State

assert sys.platform == "win32"

UNINSTALL = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\Inlay"
PROGRAM_ID = "Inlay.Text"
CLASSES = r"Software\Classes"
KINDS = (".txt", ".md", ".markdown", ".py")
# Paths travel in the environment: nothing of them is ever code.
SHORTCUT = (
    "$link = (New-Object -ComObject WScript.Shell).CreateShortcut($env:INLAY_LINK); "
    "$link.TargetPath = $env:INLAY_TARGET; $link.Arguments = $env:INLAY_ARGUMENTS; "
    "$link.IconLocation = $env:INLAY_ICON; $link.WorkingDirectory = $env:USERPROFILE; $link.Save()"
)


def add(environment: Environment, places: Places) -> list[str]:
    """Write the shortcut of the Start menu and the entry under “Apps”."""
    folder = places.environment(environment)
    values = {
        "INLAY_LINK": str(_shortcut()),
        "INLAY_TARGET": str(_windowed(folder)),
        "INLAY_ARGUMENTS": f'-I -c "{START}"',
        "INLAY_ICON": str(_icon(folder)),
    }
    _shortcut().parent.mkdir(parents=True, exist_ok=True)
    command = ["powershell", "-NoProfile", "-NonInteractive", "-Command", SHORTCUT]
    subprocess.run(command, env={**os.environ, **values}, check=False)
    script = places.setup / "install.ps1"
    setup = f'powershell -NoProfile -ExecutionPolicy Bypass -File "{script}"'
    version = next(wheel.version for wheel in environment.wheels if wheel.name == "inlay")
    _write(
        UNINSTALL,
        DisplayName="Inlay",
        DisplayVersion=version,
        DisplayIcon=str(_icon(folder)),
        InstallLocation=str(places.root),
        UninstallString=f"{setup} uninstall",
        ModifyPath=f"{setup} repair",
        EstimatedSize=size_of(folder) // 1024,
    )
    if not _shortcut().exists():
        program = folder / "Scripts" / "inlay.exe"
        return [f"Windows let no entry into the Start menu; Inlay is {program}."]
    return []


def remove(places: Places, state: State) -> None:
    """Take away what `add` and `associate` have made."""
    _shortcut().unlink(missing_ok=True)
    _delete(UNINSTALL)
    for kind in state.old_defaults:
        _delete_value(rf"{CLASSES}\{kind}\OpenWithProgids", PROGRAM_ID)
    for key in (r"\shell\open\command", r"\shell\open", r"\shell", r"\DefaultIcon", ""):
        _delete(rf"{CLASSES}\{PROGRAM_ID}{key}")


def associate(environment: Environment, places: Places, state: State) -> str:
    """Offer Inlay under “Open with”; Windows lets only the user choose what opens by itself."""
    folder = places.environment(environment)
    _write(rf"{CLASSES}\{PROGRAM_ID}", **{"": "Text"})
    _write(rf"{CLASSES}\{PROGRAM_ID}\DefaultIcon", **{"": str(_icon(folder))})
    command = f'"{_windowed(folder)}" -I -c "{START}" "%1"'
    _write(rf"{CLASSES}\{PROGRAM_ID}\shell\open\command", **{"": command})
    for kind in KINDS:
        _write(rf"{CLASSES}\{kind}\OpenWithProgids", **{PROGRAM_ID: ""})
        state.old_defaults[kind] = ""
    return f"Inlay is offered under “Open with” for {', '.join(KINDS)}; choose “Always” there."


def _windowed(folder: Path) -> Path:
    return folder / "Scripts" / "pythonw.exe"


def _icon(folder: Path) -> Path:
    return site_file(folder, "resources/icons/inlay.ico")


def _shortcut() -> Path:
    menu = Path(os.environ.get("APPDATA", ""), "Microsoft", "Windows", "Start Menu", "Programs")
    return menu / "Inlay.lnk"


def _write(key: str, **values: str | int) -> None:
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as handle:
        for name, value in values.items():
            kind = winreg.REG_SZ if isinstance(value, str) else winreg.REG_DWORD
            winreg.SetValueEx(handle, name, 0, kind, value)


def _delete(key: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        winreg.DeleteKey(winreg.HKEY_CURRENT_USER, key)


def _delete_value(key: str, name: str) -> None:
    access = winreg.KEY_SET_VALUE
    with (
        contextlib.suppress(FileNotFoundError),
        winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, 0, access) as handle,
    ):
        winreg.DeleteValue(handle, name)

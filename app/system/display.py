"""Whether Qt can show a window here, found out before Qt is loaded; if not, what to install.

Qt ends the process with a core dump where its platform plugin cannot be loaded or meets no display.
What is loaded here in order to look, Qt would load next anyway.
"""

import ctypes
import importlib.util
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from itertools import starmap
from pathlib import Path

# Qt's modules that Inlay uses and that need libraries of the system beside those of a plugin.
MODULES = ("libQt6Network.so.6", "libQt6Svg.so.6", "libQt6Widgets.so.6")
ABSENT = re.compile(r"(\S+\.so[.\d]*)(?: => not found|: cannot open shared object file)")
LDD_TIMEOUT_S = 30.0

APT, DNF, PACMAN, ZYPPER = "apt install", "dnf install", "pacman -S --needed", "zypper install"
BY_RPM = (DNF, ZYPPER)  # which take a library's own name for a package
# By the words of os-release.
MANAGERS = {
    "debian": APT,
    "ubuntu": APT,
    "fedora": DNF,
    "rhel": DNF,
    "arch": PACMAN,
    "opensuse": ZYPPER,
    "suse": ZYPPER,
}
# Library: its package on Debian and its kin, and on Arch.
PACKAGES = {
    "libbrotlicommon.so.1": ("libbrotli1", "brotli"),
    "libbrotlidec.so.1": ("libbrotli1", "brotli"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus"),
    "libEGL.so.1": ("libegl1", "libglvnd"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype2"),
    "libgcc_s.so.1": ("libgcc-s1", "gcc-libs"),
    "libGL.so.1": ("libgl1", "libglvnd"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libGLX.so.0": ("libglx0", "libglvnd"),
    "libgssapi_krb5.so.2": ("libgssapi-krb5-2", "krb5"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libstdc++.so.6": ("libstdc++6", "gcc-libs"),
    "libwayland-client.so.0": ("libwayland-client0", "wayland"),
    "libwayland-cursor.so.0": ("libwayland-cursor0", "wayland"),
    "libwayland-egl.so.1": ("libwayland-egl1", "wayland"),
    "libX11-xcb.so.1": ("libx11-xcb1", "libx11"),
    "libX11.so.6": ("libx11-6", "libx11"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
    "libxcb.so.1": ("libxcb1", "libxcb"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libz.so.1": ("zlib1g", "zlib"),
    "libzstd.so.1": ("libzstd1", "zstd"),
}


class NoDisplayError(Exception):
    """No window can be shown here; the text says why and what to do."""


def choose_platform() -> str | None:
    """Return the Qt platform that works here; None: Qt's own choice does.

    Raises:
        NoDisplayError: If none works.
    """
    if sys.platform != "linux":
        return None
    wish = os.environ.get("QT_QPA_PLATFORM", "")
    refused: dict[Path, str] = {}
    for name in wish.split(";") if wish else _of_session():
        plugin = _plugin(name)
        reason = _why_not(plugin)
        if reason is None:
            return None if wish else name
        refused[plugin] = reason
    # Of several ways the one that needs least.
    absent = min(filter(None, starmap(_absent_libraries, refused.items())), key=len, default=[])
    raise NoDisplayError("; ".join(refused.values()) + "." + remedy(absent))


def remedy_of(error: ImportError) -> str:
    """Return what to do about a part of Qt that cannot be loaded; "" if no library is absent."""
    return remedy(_absent_libraries(_plugin("offscreen"), str(error)))


def remedy(libraries: list[str]) -> str:
    """Return what to do about libraries that this system has not, in lines of their own."""
    if not libraries:
        return ""
    command = install_command(libraries, _release(), is_root=os.geteuid() == 0)
    if command is None:
        return f"\nInstall the packages with {', '.join(libraries)}, then start Inlay again."
    return f"\nThis installs what is missing; then start Inlay again:\n\n    {command}\n"


def install_command(
    libraries: Iterable[str], release: Iterable[str], *, is_root: bool
) -> str | None:
    """Return the command by which a distribution installs libraries; None: it is not known.

    Args:
        libraries: Their names, as the loader calls them.
        release: The distribution and those that it is like, the nearest first.
        is_root: Whether who reads it may install; else it begins with `sudo`.
    """
    manager = next((MANAGERS[word] for word in release if word in MANAGERS), None)
    if manager is None:
        return None
    if manager in BY_RPM:
        packages = {f"'{library}()(64bit)'" for library in libraries}
    else:
        column = 0 if manager == APT else 1
        if not PACKAGES.keys() >= set(libraries):
            return None
        packages = {PACKAGES[library][column] for library in libraries}
    return f"{'' if is_root else 'sudo '}{manager} {' '.join(sorted(packages))}"


def _release() -> list[str]:
    try:
        told = platform.freedesktop_os_release()
    except OSError:
        return []
    return [told.get("ID", ""), *told.get("ID_LIKE", "").split()]


def _of_session() -> Iterator[str]:
    """Yield the platforms that this session has, in Qt's own order."""
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland":
        yield "wayland"
    if os.environ.get("DISPLAY"):
        yield "xcb"


def _plugin(name: str) -> Path:
    """Return the file of a platform's plugin: where Qt finds it, or where it should be."""
    kind = name.partition(":")[0].strip().lower()
    file = f"libq{'wayland' if kind.startswith('wayland') else kind}.so"
    spec = importlib.util.find_spec("PySide6")
    own = [
        Path(folder, "Qt/plugins") for folder in (spec and spec.submodule_search_locations) or ()
    ]
    listed = [Path(folder) for folder in os.environ.get("QT_PLUGIN_PATH", "").split(":") if folder]
    folders = [folder / "platforms" for folder in (*listed, *own)]
    if told := os.environ.get("QT_QPA_PLATFORM_PLUGIN_PATH"):
        folders.insert(0, Path(told))
    paths = [folder / file for folder in folders]
    return next((path for path in paths if path.is_file()), paths[-1] if paths else Path(file))


def _why_not(plugin: Path) -> str | None:
    """Return why a platform does not work, or None."""
    name = plugin.stem.removeprefix("libq")
    if not plugin.is_file():
        known = sorted(path.stem.removeprefix("libq") for path in plugin.parent.glob("libq*.so"))
        return f"Qt has no platform called {name!r}, but {', '.join(known)}"
    try:
        ctypes.CDLL(str(plugin))
        if name == "xcb" and not _answers_x11():
            return f"no X server answers at {os.environ.get('DISPLAY', '')!r}"
        if name == "wayland" and not _answers_wayland():
            return f"no compositor answers at {os.environ.get('WAYLAND_DISPLAY', 'wayland-0')!r}"
    except OSError as error:
        # In a bundle the loader's words are behind those of PyInstaller.
        return f"Qt's platform {name} cannot be loaded: {error.__cause__ or error}"
    return None


def _answers_x11() -> bool:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    answers = not xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return answers


def _answers_wayland() -> bool:
    if "WAYLAND_SOCKET" in os.environ:  # open already, and good for one connection only
        return True
    wayland = ctypes.CDLL("libwayland-client.so.0")
    wayland.wl_display_connect.restype = ctypes.c_void_p
    display = ctypes.c_void_p(wayland.wl_display_connect(None))
    if display:
        wayland.wl_display_disconnect(display)
    return bool(display)


def _absent_libraries(plugin: Path, reason: str) -> list[str]:
    """Return what is absent for a plugin and the rest of Qt, all at once.

    Without `ldd` it is what the loader stumbled over first, which the reason tells.
    """
    others = (plugin.parents[2] / "lib" / module for module in MODULES)
    command = ["ldd", *(str(path) for path in (plugin, *others) if path.is_file())]
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=LDD_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return _names(reason)
    return _names(run.stdout) or _names(reason)


def _names(text: str) -> list[str]:
    return sorted(set(ABSENT.findall(text)))

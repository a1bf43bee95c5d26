"""Start-up looks first: whole processes, on systems that lack a library or a display."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.system.display import APT, MANAGERS, PACKAGES, install_command

ROOT = Path(__file__).parents[3]
START = "from app.main import main; raise SystemExit(main())"
CHOOSE = "from app.system.display import choose_platform; print(choose_platform())"
HIDING = ROOT / "tests/app/system/without_library.sh"
TIMEOUT_S = 120

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Qt brings its platform")


def start(code: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a Python that has only these variables of a session."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment(**variables),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )


def environment(**variables: str) -> dict[str, str]:
    """Return this environment with nothing of its session but these variables."""
    of_session = ("DISPLAY", "WAYLAND_", "XDG_SESSION_TYPE", "QT_")
    kept = {n: value for n, value in os.environ.items() if not n.startswith(of_session)}
    return {**kept, "PYTHONPATH": str(ROOT), **variables}


def paths_of(plugin: str) -> dict[str, str]:
    """Return the libraries that a plugin loads, and where they are."""
    import PySide6

    file = Path(PySide6.__path__[0], "Qt/plugins/platforms", plugin)
    told = subprocess.run(["ldd", file], capture_output=True, text=True, check=False).stdout
    return dict(re.findall(r"(\S+) => (\S.*?)(?: \(|$)", told, re.MULTILINE))


class System:
    """This machine without one of its libraries, called another distribution if need be."""

    def __init__(self, folder: Path, library: str, release: str = "ID=debian\n") -> None:
        loaded = paths_of("libqxcb.so")
        if "not found" in loaded.values():
            pytest.skip("Qt's X11 platform lacks a library here as it is")
        self.folder = folder
        self.path = loaded.get(library) or f"{Path(loaded['libX11.so.6']).parent}/{library}"
        self.release = folder / "os-release"
        self.release.write_text(release, "utf-8")

    def start(self, code: str, *arguments: str, **variables: str) -> tuple[int, str, str]:
        """Run a Python there; return its exit code, output and errors."""
        (self.folder / "system").mkdir()
        run = subprocess.run(
            ["unshare", "--mount", "--map-root-user", "sh", HIDING, self.folder / "system",
             self.path, self.release, sys.executable, "-c", code, *arguments],
            env=environment(**variables), cwd=ROOT, capture_output=True, text=True, check=False,
            timeout=TIMEOUT_S,
        )  # fmt: skip
        if run.stderr.startswith("unshare") or "mount:" in run.stderr:
            pytest.skip(f"no mounts for this user: {run.stderr.splitlines()[0]}")
        return run.returncode, run.stdout, run.stderr


def command_in(words: str) -> str:
    """Return the command of a message: the line that is set in."""
    (command,) = re.findall(r"^    (.*)$", words, re.MULTILINE)
    return command


@pytest.fixture
def screen() -> Iterator[str]:
    """Give an X server of its own."""
    if not shutil.which("Xvfb"):
        pytest.skip("Xvfb is not installed")
    command = ["Xvfb", "-displayfd", "1", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        yield f":{server.stdout.readline().strip()}"
        server.terminate()


@pytest.fixture
def compositor(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Give the variables of a Wayland session; whoever connects is let in."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-7"))
        server.listen()
        yield {"XDG_RUNTIME_DIR": str(tmp_path), "WAYLAND_DISPLAY": "wayland-7"}


@pytest.mark.parametrize(
    ("release", "command"),
    [
        ("ID=ubuntu\nID_LIKE=debian\n", "apt install libxcb-cursor0"),
        ("ID=fedora\n", "dnf install 'libxcb-cursor.so.0()(64bit)'"),
        ("ID=manjaro\nID_LIKE=arch\n", "pacman -S --needed xcb-util-cursor"),
        (
            'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n',
            "zypper install 'libxcb-cursor.so.0()(64bit)'",
        ),
    ],
)
def test_a_missing_library_ends_in_the_command_that_installs_it(
    tmp_path: Path, release: str, command: str
) -> None:
    system = System(tmp_path, "libxcb-cursor.so.0", release)
    code, _, words = system.start(START, DISPLAY=":4377")
    assert code == 1
    assert "libxcb-cursor.so.0: cannot open shared object file" in words
    assert command_in(words) == command
    assert "Traceback" not in words


def test_without_ldd_the_first_library_is_named_all_the_same(tmp_path: Path) -> None:
    system = System(tmp_path, "libxcb-cursor.so.0")
    hiding = f"import os; os.environ['PATH'] = '/nowhere'; {START}"
    code, _, words = system.start(hiding, DISPLAY=":4377")
    assert (code, command_in(words)) == (1, "apt install libxcb-cursor0")


def test_a_distribution_nobody_knows_is_told_the_library(tmp_path: Path) -> None:
    system = System(tmp_path, "libxcb-cursor.so.0", "ID=own\n")
    code, _, words = system.start(START, DISPLAY=":4377")
    assert code == 1
    assert "Install the packages with libxcb-cursor.so.0, then start Inlay again." in words


@pytest.mark.parametrize(
    ("library", "package"),
    [("libEGL.so.1", "libegl1"), ("libgssapi_krb5.so.2", "libgssapi-krb5-2")],
)
@pytest.mark.parametrize("arguments", [[], ["--self-test"]])
def test_what_qt_lacks_without_any_display_is_told_too(
    tmp_path: Path, library: str, package: str, arguments: list[str]
) -> None:
    code, _, words = System(tmp_path, library).start(START, *arguments, QT_QPA_PLATFORM="offscreen")
    assert code == 1
    assert command_in(words) == f"apt install {package}"
    assert "Traceback" not in words


def test_a_wayland_session_does_where_x11_lacks_a_library(
    tmp_path: Path, compositor: dict[str, str]
) -> None:
    if "not found" in paths_of("libqwayland.so").values():
        pytest.skip("Qt's Wayland platform lacks a library here")
    system = System(tmp_path, "libxcb-cursor.so.0")
    code, chosen, words = system.start(CHOOSE, DISPLAY=":4377", **compositor)
    assert (code, chosen) == (0, "wayland\n"), words


def test_x11_does_where_wayland_lacks_a_library(
    tmp_path: Path, compositor: dict[str, str], screen: str
) -> None:
    system = System(tmp_path, "libwayland-cursor.so.0")
    code, chosen, words = system.start(CHOOSE, DISPLAY=screen, **compositor)
    assert (code, chosen) == (0, "xcb\n"), words


def test_x11_does_where_no_compositor_answers(screen: str) -> None:
    run = start(CHOOSE, DISPLAY=screen, WAYLAND_DISPLAY="wayland-none", XDG_RUNTIME_DIR="/nowhere")
    assert (run.returncode, run.stdout) == (0, "xcb\n"), run.stderr


def test_the_editor_opens_on_what_was_chosen(tmp_path: Path, screen: str) -> None:
    variables = environment(
        DISPLAY=screen,
        WAYLAND_DISPLAY="wayland-none",
        XDG_RUNTIME_DIR=str(tmp_path),
        INLAY_STARTUP_TRACE="1",
    )
    command = [sys.executable, "-c", START]
    with subprocess.Popen(
        command, env=variables, cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as editor:
        told = ""
        while "first-paint-ms" not in told:
            line = editor.stderr.readline()
            assert line, told
            told += line
        editor.send_signal(signal.SIGTERM)
        assert editor.wait(TIMEOUT_S) == 0


def test_a_damaged_library_is_named(tmp_path: Path) -> None:
    (tmp_path / "libX11.so.6").write_bytes(b"")
    variables = {"DISPLAY": ":4377", "LD_LIBRARY_PATH": str(tmp_path)}
    run = start(START, **variables)
    assert run.returncode == 1
    assert f"{tmp_path}/libX11.so.6: file too short" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_display_that_does_not_answer_is_named(screen: str) -> None:
    run = start(START, DISPLAY=f"{screen}4377")
    assert run.returncode == 1
    assert f"no X server answers at '{screen}4377'" in run.stderr


def test_a_platform_that_qt_has_not_is_named_with_those_it_has() -> None:
    run = start(START, QT_QPA_PLATFORM="beos")
    assert run.returncode == 1
    assert re.search("no platform called 'beos', but .*offscreen, .*wayland, xcb", run.stderr)


@pytest.mark.parametrize("wish", ["offscreen", "beos;offscreen", "offscreen:some=parameter"])
def test_what_the_user_asks_for_is_left_to_qt(wish: str) -> None:
    run = start(CHOOSE, QT_QPA_PLATFORM=wish, DISPLAY=":4377")
    assert (run.returncode, run.stdout) == (0, "None\n"), run.stderr


def test_several_libraries_of_one_package_make_one_command() -> None:
    libraries = ["libgthread-2.0.so.0", "libxcb-cursor.so.0", "libglib-2.0.so.0"]
    command = install_command(libraries, ["debian"], is_root=False)
    assert command == "sudo apt install libglib2.0-0 libxcb-cursor0"


def test_a_library_of_unknown_package_gives_no_half_command() -> None:
    libraries = ["libxcb-cursor.so.0", "libnew.so.1"]
    assert install_command(libraries, ["debian"], is_root=False) is None


def test_what_qt_loads_from_the_system_has_a_package() -> None:
    """The names are the ones that Qt's own files ask for."""
    names = {name for name in paths_of("libqxcb.so") if re.match(r"lib(xcb|X11|xkb|GL|EGL)", name)}
    names |= {name for name in paths_of("libqwayland.so") if name.startswith("libwayland")}
    indirect = {"libGLdispatch.so.0"}
    assert names - indirect <= PACKAGES.keys()
    assert APT in MANAGERS.values()

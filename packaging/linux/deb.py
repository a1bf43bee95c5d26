"""Make a Debian package of the bundle: `deb.py BUNDLE FOLDER`."""

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from release import identity

# The bundle's libraries come from this system and need its C library, or a newer one.
LIBC = os.confstr("CS_GNU_LIBC_VERSION").partition(" ")[2]
# What the libraries in the bundle take from the system: drivers, and what belongs to the screen.
DEPENDS = (
    f"libc6 (>= {LIBC})",
    "libdrm2",
    "libegl1",
    "libgl1",
    "libglx0",
    "libwayland-client0",
    "libwayland-cursor0",
    "libwayland-egl1",
    "libxcb1",
    "xkb-data",
)
CONTROL = """\
Package: inlay
Version: {version}
Architecture: amd64
Maintainer: {maintainer}
Homepage: {homepage}
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: fontconfig-config, fonts-dejavu-core
Section: editors
Priority: optional
Description: editor in which a text-diffusion model rewrites what you select
 Select a sentence and press Ctrl+Enter: a text-diffusion model fills its place
 with a draft and revises it, seeing the text on both sides. The document
 changes when you accept, and then as one undo step. A small model is included.
"""
COPYRIGHT = """\
Inlay is licensed under the Apache License 2.0:
/usr/share/common-licenses/Apache-2.0

The licences of everything that comes with it are in /usr/lib/inlay/licences.
"""


def main(bundle: Path, folder: Path) -> None:
    """Write the package into the folder."""
    inlay, who = metadata("inlay"), identity()
    with tempfile.TemporaryDirectory(dir=bundle.parent) as name:
        root = Path(name) / "inlay"
        _lay_out(bundle, root)
        control = CONTROL.format(
            version=inlay["Version"],
            maintainer=who.maintainer,
            homepage=who.homepage,
            kilobytes=sum(p.lstat().st_size for p in root.rglob("*") if p.is_file()) // 1024,
            depends=", ".join(DEPENDS),
        )
        (root / "DEBIAN").mkdir()
        (root / "DEBIAN" / "control").write_text(control, "utf-8")
        package = folder / f"inlay_{inlay['Version']}_amd64.deb"
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z3", "--build", root, package]
        subprocess.run([str(part) for part in command], check=True)
    print(f"{package.name}: {package.stat().st_size / 1e6:.0f} MB")


def _lay_out(bundle: Path, root: Path) -> None:
    share = root / "usr" / "share"
    ignored = shutil.ignore_patterns("share")
    # Links, not copies: the bundle is large, and nothing is written to it.
    shutil.copytree(
        bundle,
        root / "usr" / "lib" / "inlay",
        symlinks=True,
        ignore=lambda at, names: ignored(at, names) if Path(at) == bundle else set(),
        copy_function=_link,
    )
    shutil.copytree(bundle / "share", share)
    page = share / "man" / "man1" / "inlay.1"
    page.with_suffix(".1.gz").write_bytes(gzip.compress(page.read_bytes(), mtime=0))
    page.unlink()
    documentation = share / "doc" / "inlay"
    documentation.mkdir(parents=True)
    (documentation / "copyright").write_text(COPYRIGHT, "utf-8")
    news = Path(__file__).resolve().parents[2] / "CHANGELOG.md"
    (documentation / "changelog.gz").write_bytes(gzip.compress(news.read_bytes(), mtime=0))
    command = root / "usr" / "bin" / "inlay"
    command.parent.mkdir()
    command.symlink_to("../lib/inlay/inlay")
    for path in [root, *root.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

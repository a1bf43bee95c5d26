"""Draw the icon in every size that a desktop asks for: `icons.py FOLDER [FILE]`.

PNGs go into the folders of the hicolor theme. The file is for Windows; it is kept with the drawings
as resources/icons/inlay.ico, to be drawn anew when they have changed.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ICONS = Path(__file__).resolve().parents[2] / "resources" / "icons"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)  # px
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
LARGEST_SMALL = 32  # px; up to here the drawing on a coarse grid is the clearer one


def draw(size: int) -> QImage:
    """Return the icon, `size` pixels wide and high."""
    name = "inlay-small.svg" if size <= LARGEST_SMALL else "inlay.svg"
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(ICONS / name)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return image


def main(folder: Path) -> None:
    """Write all of them."""
    paths = {}
    for size in SIZES:
        paths[size] = folder / "hicolor" / f"{size}x{size}" / "apps" / "inlay.png"
        paths[size].parent.mkdir(parents=True, exist_ok=True)
        if not draw(size).save(str(paths[size])):
            sys.exit(f"cannot write {paths[size]}: is there room, and may you write there?")
    scalable = folder / "hicolor" / "scalable" / "apps"
    scalable.mkdir(parents=True, exist_ok=True)
    (scalable / "inlay.svg").write_bytes((ICONS / "inlay.svg").read_bytes())


def write_ico(folder: Path, target: Path) -> None:
    """Write the sizes of Windows, drawn by `main` into `folder`, into one file."""
    from PIL import Image

    paths = [folder / "hicolor" / f"{size}x{size}" / "apps" / "inlay.png" for size in ICO_SIZES]
    drawn = [Image.open(path) for path in paths]
    drawn[-1].save(target, sizes=[(size, size) for size in ICO_SIZES], append_images=drawn[:-1])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    for name in sys.argv[2:]:
        write_ico(Path(sys.argv[1]), Path(name))

"""What ships with the editor: the embedded model, icons, sample documents and licences."""

from pathlib import Path

_ROOT = Path(__file__).resolve().parent


def resource_path(name: str) -> Path:
    """Return the path of the shipped file or folder `name`, as in `samples/welcome.md`.

    Raises:
        FileNotFoundError: Nothing of that name ships; the installation is incomplete.
    """
    path = _ROOT / name
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing. The installation is incomplete; install Inlay again."
        )
    return path

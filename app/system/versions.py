"""The versions of what Inlay runs on."""

import importlib.metadata
import platform

from PySide6.QtCore import qVersion

from app.translation import tr


def versions_text() -> str:
    """Return the versions of what Inlay runs on, one line."""
    return (
        f"Python {platform.python_version()} · Qt {qVersion()} · PyTorch {version_of('torch')} · "
        f"{platform.system()} {platform.machine()}"
    )


def version_of(distribution: str) -> str:
    """Return an installed version without importing the package."""
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return tr("unknown")

"""The questions the editor asks; each returns the answer as a value."""

import importlib.metadata
import platform
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QMessageBox, QWidget

Button = QMessageBox.StandardButton

KEYS = (
    ("Ctrl+Enter", "rewrite the selection; with nothing selected, fill in at the caret"),
    ("Enter", "accept the proposal, as one undo step"),
    ("Esc", "stop the model; once more: reject the proposal"),
    ("Ctrl+Z", "undo the accepted proposal, whole"),
    ("Ctrl+Shift+H", "the history of accepted, rejected and replaced drafts"),
    ("Ctrl+N, Ctrl+O", "new document, open a file"),
    ("Ctrl+S, Ctrl+Shift+S", "save, save as"),
    ("Ctrl+W, Ctrl+Q", "close the tab, quit"),
    ("Ctrl+Tab", "next tab"),
    ("Ctrl++, Ctrl+−, Ctrl+0", "larger, smaller, normal text"),
)

HONEST = (
    "The included model is very small. It shows how rewriting in place works; it knows next to "
    "nothing about the world, follows no instructions and makes things up. Read what it writes "
    "before you keep it. What you write stays on your machine."
)


class SaveChoice(Enum):
    """What to do about unsaved changes."""

    SAVE = auto()
    DISCARD = auto()
    CANCEL = auto()


def ask_save_changes(parent: QWidget, title: str) -> SaveChoice:
    """Ask what to do about a document that is being closed with unsaved changes."""
    box = QMessageBox(QMessageBox.Icon.Question, "Unsaved changes", "", parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"Save the changes to {title}?")
    box.setInformativeText("They are lost if you discard them.")
    box.setStandardButtons(Button.Save | Button.Discard | Button.Cancel)
    box.setDefaultButton(Button.Save)
    answers = {Button.Save: SaveChoice.SAVE, Button.Discard: SaveChoice.DISCARD}
    return answers.get(box.standardButton(_run(box)), SaveChoice.CANCEL)


def ask_overwrite(parent: QWidget, title: str) -> bool:
    """Ask whether to overwrite a file that somebody else has changed."""
    box = QMessageBox(QMessageBox.Icon.Warning, "Changed on disk", "", parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"{title} was changed by another program. Overwrite it with your text?")
    overwrite = box.addButton("Overwrite", QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton(Button.Cancel))
    return _run(box) is overwrite


def ask_open_paths(parent: QWidget, folder: Path) -> list[Path]:
    """Ask for files to open."""
    names, _ = QFileDialog.getOpenFileNames(parent, "Open", str(folder))
    return [Path(name) for name in names]


def ask_save_path(parent: QWidget, proposal: Path) -> Path | None:
    """Ask where to save to; None if the user would rather not."""
    name, _ = QFileDialog.getSaveFileName(parent, "Save As", str(proposal))
    return Path(name) if name else None


def ask_model_folder(parent: QWidget, folder: Path) -> Path | None:
    """Ask for the folder of a checkpoint; None if the user would rather not."""
    name = QFileDialog.getExistingDirectory(parent, "Load Model", str(folder))
    return Path(name) if name else None


def show_about(parent: QWidget) -> None:
    """Show what this is, of which versions, and what to expect of it."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, "About Inlay", "", parent=parent)
    box.setIconPixmap(parent.windowIcon().pixmap(64, 64))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"Inlay {version_of('inlay')}\nA text-diffusion model rewrites what you select.")
    box.setInformativeText(f"{HONEST}\n\n{versions_text()}")
    _run(box)


def show_keys(parent: QWidget) -> None:
    """Show the keys and what they do."""
    rows = "".join(
        f"<tr><td style='padding: 3px 18px 3px 0'><b>{keys}</b></td>"
        f"<td style='padding: 3px 0'>{meaning}</td></tr>"
        for keys, meaning in KEYS
    )
    box = QMessageBox(QMessageBox.Icon.NoIcon, "Keys", f"<table>{rows}</table>", parent=parent)
    _run(box)


def _run(box: QMessageBox) -> QAbstractButton:
    # The style's own icons are of another age.
    for button in box.buttons():
        button.setIcon(QIcon())
    box.exec()
    return box.clickedButton()


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
        return "unknown"

"""The questions the editor asks; each returns the answer as a value."""

from collections.abc import Sequence
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QInputDialog, QMessageBox, QWidget

from app.documents.encoding import CHOICES, Encoding
from app.documents.names import from_url
from app.translation import tr

Button = QMessageBox.StandardButton


class SaveChoice(Enum):
    """What to do about unsaved changes."""

    SAVE = auto()
    DISCARD = auto()
    CANCEL = auto()


def ask_save_changes(parent: QWidget, title: str) -> SaveChoice:
    """Ask what to do about a document that is being closed with unsaved changes."""
    box = QMessageBox(QMessageBox.Icon.Question, tr("Unsaved changes"), "", parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(tr("Save the changes to {title}?").format(title=title))
    box.setInformativeText(tr("They are lost if you discard them."))
    box.setStandardButtons(Button.Save | Button.Discard | Button.Cancel)
    box.setDefaultButton(Button.Save)
    answers = {Button.Save: SaveChoice.SAVE, Button.Discard: SaveChoice.DISCARD}
    return answers.get(box.standardButton(_run(box)), SaveChoice.CANCEL)


def ask_overwrite(parent: QWidget, title: str) -> bool:
    """Ask whether to overwrite a file that somebody else has changed."""
    box = QMessageBox(QMessageBox.Icon.Warning, tr("Changed on disk"), "", parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    text = tr("{title} was changed by another program. Overwrite it with your text?")
    box.setText(text.format(title=title))
    overwrite = box.addButton(tr("Overwrite"), QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton(Button.Cancel))
    return _run(box) is overwrite


def ask_open_paths(parent: QWidget, folder: Path) -> list[Path]:
    """Ask for files to open."""
    urls, _ = QFileDialog.getOpenFileUrls(parent, tr("Open"), QUrl.fromLocalFile(str(folder)))
    return [from_url(url) for url in urls if url.isLocalFile()]


def ask_schema(parent: QWidget, folder: Path) -> Path | None:
    """Ask for a file with a JSON schema; None if the user would rather not."""
    start = QUrl.fromLocalFile(str(folder))
    kinds = tr("JSON files (*.json);;All files (*)")
    url, _ = QFileDialog.getOpenFileUrl(parent, tr("JSON Schema"), start, kinds)
    return from_url(url) if url.isLocalFile() else None


def ask_folder(parent: QWidget, folder: Path) -> Path | None:
    """Ask for a folder to open; None if the user would rather not."""
    url = QFileDialog.getExistingDirectoryUrl(
        parent, tr("Open Folder"), QUrl.fromLocalFile(str(folder))
    )
    return from_url(url) if url.isLocalFile() else None


def ask_delete(parent: QWidget, name: str, why: str) -> bool:
    """Ask whether to remove a file for good, which nothing undoes."""
    box = QMessageBox(QMessageBox.Icon.Warning, tr("Delete for good"), "", parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(tr("{why} Delete {name} for good?").format(why=why, name=name))
    box.setInformativeText(tr("It cannot be brought back."))
    delete = box.addButton(tr("Delete"), QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton(Button.Cancel))
    return _run(box) is delete


def ask_save_path(parent: QWidget, proposal: Path, kinds: str = "") -> Path | None:
    """Ask where to save to; None if the user would rather not.

    `kinds` says which files may be made, as "Pictures (*.png *.svg)"; empty: any.
    """
    url = QUrl.fromLocalFile(str(proposal))
    chosen, _ = QFileDialog.getSaveFileUrl(parent, tr("Save As"), url, kinds)
    return from_url(chosen) if chosen.isLocalFile() else None


def ask_encoding(parent: QWidget, now: Encoding) -> Encoding | None:
    """Ask for an encoding; None if the user would rather not."""
    labels = [encoding.label for encoding in CHOICES]
    current = labels.index(now.label) if now.label in labels else 0
    label, is_chosen = QInputDialog.getItem(
        parent,
        tr("Encoding"),
        tr("The letters of this file are written in:"),
        labels,
        current,
        False,
    )
    return CHOICES[labels.index(label)] if is_chosen else None


def ask_name(parent: QWidget, title: str, question: str, now: str = "") -> str:
    """Ask for a name; empty if the user would rather not."""
    name, is_given = QInputDialog.getText(parent, title, question, text=now)
    return name.strip() if is_given else ""


def ask_one(parent: QWidget, title: str, question: str, names: Sequence[str]) -> int | None:
    """Ask for one of several; return its number, None if the user would rather not."""
    name, is_chosen = QInputDialog.getItem(parent, title, question, list(names), 0, False)
    return names.index(name) if is_chosen else None


def ask_model_folder(parent: QWidget, folder: Path) -> Path | None:
    """Ask for the folder of a checkpoint; None if the user would rather not."""
    name = QFileDialog.getExistingDirectory(parent, tr("Add a Folder with a Model"), str(folder))
    return Path(name) if name else None


def show_privacy(parent: QWidget, folders: Sequence[Path], server: str) -> None:
    """Show what leaves this machine, and how one can tell; `server` is empty if none is used."""
    box = QMessageBox(QMessageBox.Icon.NoIcon, tr("What Leaves This Machine"), "", parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(_what_leaves(server))
    text = tr(
        "Your files, the drafts, the recovery journal, the log and the error reports stay in files "
        "of your own. Inlay opens no connection to any other machine by itself: it does so only if "
        "you ask for the download of a model, enter the address of a server or let it look for new "
        "versions. A test of every release starts the editor, rewrites, saves and searches without "
        "any of these, and fails if a network socket is opened.\n\nPreviews and settings load "
        "nothing from the network either.\n\nWhat is kept, and where:"
    )
    names = "\n".join(str(folder) for folder in folders)
    box.setInformativeText(f"{text}\n{names}")
    _run(box)


def _what_leaves(server: str) -> str:
    if not server:
        return tr("Nothing: the model runs in this program.")
    text = tr(
        "What you have rewritten, to the server {server}: with every rewrite the selection, up to "
        "20,000 characters before it and 4,000 behind it, and the instruction are sent there, and "
        "with a live region whenever the text around it changes. What becomes of them there, its "
        "owner decides. Inlay → Server… ends it.\n\nNothing else leaves this machine."
    )
    return text.format(server=server)


def _run(box: QMessageBox) -> QAbstractButton:
    if not box.buttons():
        box.addButton(Button.Ok)
    # The style's own icons are of another age.
    for button in box.buttons():
        button.setIcon(QIcon())
    box.exec()
    return box.clickedButton()

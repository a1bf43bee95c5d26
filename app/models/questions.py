"""What the models dialog asks before something is lost."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMessageBox, QWidget

from app.translation import tr


def ask_delete(parent: QWidget, title: str, size: str, place: str) -> bool:
    """Ask whether to delete a model from the disk."""
    text = tr("Delete {title}?").format(title=title)
    more = tr(
        "{size} of {place} are deleted from the cache that all tools of the hub share. To have it "
        "again, it has to be downloaded again."
    )
    return _ask(parent, text, more.format(size=size, place=place), tr("Delete"))


def ask_delete_copy(parent: QWidget, size: str, place: str) -> bool:
    """Ask whether to delete a converted copy."""
    text = tr("Delete this converted copy?")
    more = tr(
        "{size} in {place} are deleted. The model itself stays; loaded onto the card in these "
        "formats, it is converted again, which takes some minutes."
    )
    return _ask(parent, text, more.format(size=size, place=place), tr("Delete"))


def ask_delete_base(parent: QWidget, size: str) -> bool:
    """Ask whether to delete what Inlay Small is built on."""
    text = tr("Delete what Inlay Small is built on?")
    more = tr(
        "{size} are deleted. Inlay begins with inlay-tiny then; to have Inlay Small again, it has "
        "to be fetched again."
    )
    return _ask(parent, text, more.format(size=size), tr("Delete"))


def ask_discard(parent: QWidget, size: str) -> bool:
    """Ask whether to throw away what a download has brought."""
    text = tr("Cancel the download?")
    more = tr("{size} that have come are thrown away. Pause keeps them.").format(size=size)
    return _ask(parent, text, more, tr("Throw Away"))


def ask_too_large(parent: QWidget, title: str, size: str, reason: str) -> bool:
    """Ask whether to download a model that this machine cannot run, for the `reason`."""
    text = tr("Download {title} all the same?").format(title=title)
    more = tr("{reason} {size} would be downloaded.").format(reason=reason, size=size)
    return _ask(parent, text, more, tr("Download"), tr("Do Not Download"))


def _ask(parent: QWidget, text: str, more: str, act: str, leave: str = "") -> bool:
    box = QMessageBox(QMessageBox.Icon.NoIcon, tr("Models – Inlay"), "", parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setInformativeText(more)
    yes = box.addButton(act, QMessageBox.ButtonRole.DestructiveRole)
    no = box.addButton(leave or tr("Keep"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(no)
    box.setEscapeButton(no)
    for button in (yes, no):
        button.setIcon(QIcon())
    box.exec()
    return box.clickedButton() is yes

"""Which texts are meant: what is open, or a folder, and which files of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLineEdit

from app.documents.names import shown
from app.translation import tr
from app.widgets.ringed import RingedBox, RingedButton
from app.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class OpenTexts:
    """What is open now."""

    folder: Path | None = None
    files: tuple[Path, ...] = ()
    has_unsaved: bool = False  # documents whose text is not what is on the disk, or without a file


def open_texts(workspace: Workspace) -> OpenTexts:
    """Return what is open in a workspace."""
    documents = list(workspace.documents)
    return OpenTexts(
        folder=workspace.folder.path,
        files=tuple(one.path for one in documents if one.path is not None),
        has_unsaved=any(one.is_modified or one.path is None for one in documents),
    )


class TextsChooser(QObject):
    """The box, the button and the line for it; whoever has them lays them out.

    Signals:
        changed: Other texts are chosen.
    """

    changed = Signal()

    def __init__(self, ask_folder: Callable[[], Path | None], parent: QObject) -> None:
        super().__init__(parent)
        self._ask_folder = ask_folder
        self._places: list[tuple[Path, ...]] = []
        self._is_users = False  # the choice; what was only offered first gives way
        self.open = OpenTexts()
        self.box, self.pattern = RingedBox(), QLineEdit()
        self.button = RingedButton(tr("Choose &Folder…"))
        self.button.setAutoDefault(False)
        self.pattern.setPlaceholderText(tr("all of them; or as in .gitignore: *.py, !tests/"))
        self.box.currentIndexChanged.connect(self.changed)
        self.box.activated.connect(self._keep)
        self.button.clicked.connect(self._choose)

    @property
    def places(self) -> tuple[Path, ...]:
        """The folders and files that are chosen."""
        index = self.box.currentIndex()
        return self._places[index] if 0 <= index < len(self._places) else ()

    @property
    def patterns(self) -> list[str]:
        """Which files of a folder; none: all."""
        return [part for part in self.pattern.text().replace(",", " ").split() if part]

    def show_open(self, texts: OpenTexts) -> None:
        """Offer what is open; what the user has chosen stays."""
        chosen = self.places if self._is_users else ()
        if chosen and chosen == self.open.files:
            chosen = texts.files  # the open documents stay chosen, whichever they are now
        self.open = texts
        self.box.clear()
        self._places.clear()
        if texts.folder is not None:
            self._offer(tr("The folder {folder}"), (texts.folder,))
        if texts.files:
            self._offer(tr("The open documents: {count}"), texts.files)
        if chosen and chosen not in self._places:
            self._offer(tr("The folder {folder}"), chosen)
        if chosen in self._places:
            self.box.setCurrentIndex(self._places.index(chosen))

    def add_folder(self, folder: Path) -> None:
        """Put a folder into the box and choose it."""
        self._keep()
        if (folder,) not in self._places:
            self._offer(tr("The folder {folder}"), (folder,))
        self.box.setCurrentIndex(self._places.index((folder,)))

    def set_enabled(self, *, is_enabled: bool) -> None:
        """Let texts be chosen, or not."""
        for widget in (self.box, self.pattern, self.button):
            widget.setEnabled(is_enabled)

    def add_to(self, form: QFormLayout) -> None:
        """Put all of it into a form, as its next rows."""
        row = QHBoxLayout()
        row.addWidget(self.box, 1)
        row.addWidget(self.button)
        form.addRow(tr("Te&xts:"), row)
        form.addRow(tr("F&iles like:"), self.pattern)
        if isinstance(label := form.labelForField(row), QLabel):
            label.setBuddy(self.box)

    def _offer(self, text: str, places: tuple[Path, ...]) -> None:
        self._places.append(places)
        self.box.addItem(text.format(folder=shown(places[0]), count=len(places)))

    def _keep(self) -> None:
        self._is_users = True

    def _choose(self) -> None:
        if (folder := self._ask_folder()) is not None:
            self.add_folder(folder)

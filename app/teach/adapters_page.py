"""What was taught: each adapter's card, where it is used, and what can be done with it."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.documents.names import shown
from app.teach.teach_texts import about, condition_text
from app.teach.uses import AdapterUses
from app.translation import tr
from app.widgets.ringed import RingedButton
from engine.adapters import Taught, adapters_folder, described, list_adapters

_TAUGHT = Qt.ItemDataRole.UserRole
_LIST_WIDTH, _CARD_WIDTH = 240, 560  # px


@dataclass(frozen=True, slots=True)
class Places:
    """Where an adapter could be used now."""

    folder: Path | None = None  # that is open
    document: Path | None = None  # in front; None: it has no file


class AdaptersPage(QWidget):
    """Lists them, and says what is wanted of the one that is chosen.

    Signals:
        go_on_wanted, rename_wanted, delete_wanted: The adapter's name.
        import_wanted: One is to be taken in from another folder.
    """

    go_on_wanted = Signal(str)
    rename_wanted = Signal(str)
    delete_wanted = Signal(str)
    import_wanted = Signal()

    def __init__(self, uses: AdapterUses, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._uses, self._places = uses, Places()
        self.adapters, self.card = QListWidget(), QPlainTextEdit()
        self.for_folder, self.for_document = QCheckBox(), QCheckBox()
        self.used = QLabel()
        self.nowhere_button = RingedButton(tr("&Use Nowhere"))
        self.go_on_button = RingedButton(tr("Go &On"))
        self.rename_button = RingedButton(tr("&Rename…"))
        self.delete_button = RingedButton(tr("&Delete…"))
        self.import_button = RingedButton(tr("&Import…"))
        self._set_up()
        self._lay_out()
        self.adapters.currentItemChanged.connect(self._show)
        self.for_folder.clicked.connect(self._use_for_folder)
        self.for_document.clicked.connect(self._use_for_document)
        self.nowhere_button.clicked.connect(self._use_nowhere)
        self.go_on_button.clicked.connect(lambda: self.go_on_wanted.emit(self.chosen_name))
        self.rename_button.clicked.connect(lambda: self.rename_wanted.emit(self.chosen_name))
        self.delete_button.clicked.connect(lambda: self.delete_wanted.emit(self.chosen_name))
        self.import_button.clicked.connect(self.import_wanted)
        uses.changed.connect(self._show)

    @property
    def chosen(self) -> Taught | None:
        """The adapter that is chosen."""
        item = self.adapters.currentItem()
        return item.data(_TAUGHT) if item else None

    @property
    def chosen_name(self) -> str:
        """Its name; empty if there is none."""
        return self.chosen.name if self.chosen else ""

    @property
    def _folder(self) -> Path | None:
        """The folder that is open, or else the one that the chosen adapter was taught from."""
        card = self.chosen.card if self.chosen else None
        taught_from = (place for place in map(Path, card.folders if card else ()) if place.is_dir())
        return self._places.folder or next(taught_from, None)

    def look(self, name: str = "") -> None:
        """Look at the disk again, and choose an adapter by its name, or the one chosen before."""
        name = name or self.chosen_name
        self.adapters.clear()
        there = list_adapters()
        # What was taken from the disk can be used nowhere only if it is seen.
        gone = self._uses.names - {taught.name for taught in there}
        for taught in [*there, *(described(adapters_folder() / one) for one in sorted(gone))]:
            item = QListWidgetItem(f"{taught.name} · {condition_text(taught)}")
            item.setData(_TAUGHT, taught)
            self.adapters.addItem(item)
            if taught.name == name:
                self.adapters.setCurrentItem(item)
        if self.adapters.currentItem() is None and self.adapters.count():
            self.adapters.setCurrentRow(0)
        self._show()

    def show_places(self, places: Places) -> None:
        """Offer the folder that is open and the document in front."""
        self._places = places
        self._show()

    def _set_up(self) -> None:
        self.adapters.setAccessibleName(tr("Adapters"))
        self.card.setAccessibleName(tr("Card"))
        self.card.setReadOnly(True)
        self.card.setFrameShape(QFrame.Shape.NoFrame)
        self.card.setTabChangesFocus(True)
        self.used.setWordWrap(True)
        self.used.setTextFormat(Qt.TextFormat.PlainText)
        for button in self._buttons:
            button.setAutoDefault(False)

    @property
    def _buttons(self) -> tuple[RingedButton, ...]:
        return (
            self.nowhere_button,
            self.go_on_button,
            self.rename_button,
            self.delete_button,
            self.import_button,
        )

    def _lay_out(self) -> None:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.card, 1)
        for widget in (self.for_folder, self.for_document, self.used):
            column.addWidget(widget)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.adapters)
        split.addWidget(right)
        split.setSizes([_LIST_WIDTH, _CARD_WIDTH])
        split.setChildrenCollapsible(False)
        buttons = QHBoxLayout()
        buttons.addWidget(self.import_button)
        buttons.addStretch()
        for button in self._buttons[:-1]:
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(split, 1)
        layout.addLayout(buttons)

    @Slot()
    def _show(self) -> None:
        taught, places = self.chosen, self._places
        nothing = tr("Nothing was taught yet.")
        self.card.setPlainText(about(taught) if taught else nothing)
        can_be_used = taught is not None and taught.stands_beside
        self.go_on_button.setVisible(taught is not None and taught.goes_on)
        for button in (self.rename_button, self.delete_button):
            button.setEnabled(taught is not None and taught.folder.is_dir())
        texts = (tr("Use it in the folder {place}"), tr("Use it in the document {place}"))
        boxes = (self.for_folder, self.for_document)
        for box, text, place in zip(boxes, texts, (self._folder, places.document), strict=True):
            box.setVisible(place is not None and can_be_used)
            if place is not None:
                box.setText(text.format(place=shown(place.name)).replace("&", "&&"))
                box.setChecked(self._uses.is_used(self.chosen_name, place))
        used = self._uses.places(self.chosen_name) if taught else []
        self.nowhere_button.setEnabled(bool(used))
        text = tr("Used in: {places}").format(places=", ".join(map(shown, used)))
        self.used.setText(text if used else tr("Used nowhere.") if taught else "")

    def _use_nowhere(self) -> None:
        self._uses.forget(self.chosen_name)
        self.look()

    def _use_for_folder(self, is_wanted: bool) -> None:
        self._use(self._folder, is_wanted=is_wanted)

    def _use_for_document(self, is_wanted: bool) -> None:
        self._use(self._places.document, is_wanted=is_wanted)

    def _use(self, place: Path | None, *, is_wanted: bool) -> None:
        if place is not None and is_wanted:
            self._uses.use(self.chosen_name, place)
        elif place is not None:
            self._uses.leave(place)

"""What this program is, of which versions, and under whose licences."""

import importlib.metadata
import re
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.system.versions import version_of, versions_text
from app.translation import tr
from app.widgets.fitting import resize_to_fit
from app.widgets.ringed import RingedButton

ICON_SIZE = 96  # px
TITLE = 1.7  # times the size of the text
NAME = re.compile(r"[\w.-]+")
# The published model that Inlay Small is built on, and those who made it.
BASE, BASE_LICENCE = "SmolLM2-135M-Instruct", "Apache-2.0"
BASE_SOURCE = "https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct"
BASE_AUTHORS = (
    "Loubna Ben Allal, Anton Lozhkov, Elie Bakouch, Gabriel Martín Blázquez, Guilherme Penedo, "
    "Lewis Tunstall, Andrés Marafioti, Hynek Kydlíček, Agustín Piqueres Lajarín, "
    "Vaibhav Srivastav, Joshua Lochner, Caleb Fahlgren, Xuan-Son Nguyen, Clémentine Fourrier, "
    "Ben Burtenshaw, Hugo Larcher, Haojun Zhao, Cyril Zakka, Mathieu Morlon, Colin Raffel, "
    "Leandro von Werra, Thomas Wolf"
)
BASE_PAPER = (
    "SmolLM2: When Smol Goes Big -- Data-Centric Training of a Small Language Model (2025), "
    "https://arxiv.org/abs/2502.02737"
)
LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|authors)[^/\\]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Component:
    """Something that Inlay is made of."""

    name: str
    version: str
    licence: str  # empty: its metadata does not say


@cache
def components() -> tuple[Component, ...]:
    """Return Inlay and everything installed that it needs, by name."""
    found: dict[str, Component] = {}
    waiting = ["inlay"]
    while waiting:
        name = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        try:
            facts = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # needed on another system
        found[key] = Component(facts["Name"], facts["Version"], _licence(facts))
        needs = (need for need in facts.get_all("Requires-Dist") or () if "extra ==" not in need)
        waiting += [match[0] for need in needs if (match := NAME.match(need))]
    inlay = found.pop("inlay", None)
    others = [found[key] for key in sorted(found)]
    return tuple([inlay, *others] if inlay else others)


def licence_text(name: str) -> str:
    """Return the texts of a component's licences; empty if it came without."""
    files = importlib.metadata.files(name) or ()
    texts = []
    for path in sorted(files, key=str):
        if LICENCE_FILE.search(str(path)):
            try:
                texts.append(path.read_text(encoding="utf-8").strip("\n"))
            except (OSError, UnicodeDecodeError):
                continue  # damaged, or not the text that its name promises
    return "\n\n\n".join(texts)


def base_text() -> str:
    """Return who made the model that the better embedded one is built on, and its licence."""
    authors = textwrap.fill(BASE_AUTHORS, 100)
    # The same text as Inlay's own licence; the base's wheel need not be there.
    licence = licence_text("inlay")
    return f"{BASE}\n{BASE_LICENCE}\n\n{authors}\n{BASE_PAPER}\n{BASE_SOURCE}\n\n{licence}"


def inside_text() -> str:
    """Return what is compiled into the components, as a bundle tells of it; empty elsewhere."""
    try:
        return (Path(sys.executable).parent / "licences" / "inside.txt").read_text("utf-8")
    except OSError:
        return ""


def _licence(facts: importlib.metadata.PackageMetadata) -> str:
    """Return a licence's name from the fields in which it stands, the newest kind first."""
    if "License-Expression" in facts:
        return facts["License-Expression"]
    # In words of their own before the fixed ones, which leave out what else is in a wheel.
    first = facts["License"].strip().partition("\n")[0] if "License" in facts else ""
    if 0 < len(first) < 60:
        return first
    trove = [c.rpartition(" :: ")[2] for c in _classifiers(facts) if c.startswith("License ::")]
    return ", ".join(name for name in trove if name != "OSI Approved")


def _classifiers(facts: importlib.metadata.PackageMetadata) -> Iterator[str]:
    yield from facts.get_all("Classifier") or ()


class AboutDialog(QDialog):
    """Two pages: what this is, and what it is made of."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Inlay"))
        resize_to_fit(self, 800, 480)
        self.licences = LicencesPage()
        pages = QTabWidget()
        pages.setDocumentMode(True)
        pages.addTab(_first_page(parent), self.tr("Inlay"))
        pages.addTab(self.licences, self.tr("Licences"))
        close = RingedButton(self.tr("Close"))
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.addWidget(pages, 1)
        layout.addLayout(buttons)


class LicencesPage(QSplitter):
    """A list of everything that Inlay is made of, and the licence of what is chosen in it."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.list, self.text = QListWidget(), QPlainTextEdit()
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("Components"))
        self.text.setAccessibleName(self.tr("Licence"))
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)  # their lines are broken
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        for component in components():
            item = QListWidgetItem(f"{component.name} {component.version}")
            item.setData(Qt.ItemDataRole.UserRole, component)
            self.list.addItem(item)
        item = QListWidgetItem(BASE)
        item.setData(Qt.ItemDataRole.UserRole, base_text())
        self.list.addItem(item)
        if text := inside_text():
            item = QListWidgetItem(self.tr("What is inside them"))
            item.setData(Qt.ItemDataRole.UserRole, text)
            self.list.addItem(item)
        self.addWidget(self.list)
        self.addWidget(self.text)
        self.setChildrenCollapsible(False)
        self.setSizes([230, 600])
        self.list.currentItemChanged.connect(self._show)
        self.list.setCurrentRow(0)

    def _show(self, item: QListWidgetItem) -> None:
        component: Component | str = item.data(Qt.ItemDataRole.UserRole)
        if isinstance(component, str):
            self.text.setPlainText(component)
            return
        licence = component.licence or self.tr("Its metadata does not name its licence.")
        text = licence_text(component.name) or self.tr("It came without the text of its licence.")
        self.text.setPlainText(f"{component.name} {component.version}\n{licence}\n\n{text}")


def _first_page(parent: QWidget) -> QWidget:
    page = QWidget()
    icon = QLabel()
    icon.setPixmap(parent.windowIcon().pixmap(ICON_SIZE, ICON_SIZE))
    title = QLabel(f"Inlay {version_of('inlay')}")
    font = title.font()
    font.setPointSizeF(font.pointSizeF() * TITLE)
    title.setFont(font)
    honest = tr(
        "The included models are small. They show how rewriting in place works; they know little "
        "about the world and make things up. Read what they write before you keep it. What you "
        "write stays on your machine, unless you enter a server."
    )
    column = QVBoxLayout()
    column.setSpacing(12)
    column.addWidget(title)
    column.addWidget(_words(tr("A text-diffusion model rewrites what you select.")))
    column.addWidget(_words(honest))
    column.addWidget(_words(tr("Licensed under the Apache License 2.0.")))
    built = tr(
        "Its model Inlay Small is built on {base} by Loubna Ben Allal and others at Hugging Face "
        "(2025), under the same licence."
    )
    column.addWidget(_words(built.format(base=BASE)))
    versions = _words(versions_text())
    versions.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    column.addWidget(versions)
    column.addStretch()
    row = QHBoxLayout(page)
    row.setContentsMargins(20, 24, 20, 12)
    row.setSpacing(24)
    row.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
    row.addLayout(column, 1)
    return page


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label

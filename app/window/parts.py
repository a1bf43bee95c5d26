"""What a window is made of, for its menus and for what opens over it."""

from dataclasses import dataclass

from PySide6.QtWidgets import QMainWindow

from app.engine_bridge import EngineBridge
from app.engine_model import EngineModel
from app.find import FindBar, Finder
from app.models import ModelKeeper
from app.proposal import History
from app.server import ServerLink
from app.settings import Settings
from app.shortcuts import Shortcuts
from app.teach.uses import AdapterUses
from app.window.folder_part import FolderPart
from app.window.preview import Preview
from app.window.status_line import StatusLine
from app.workspace.split_area import SplitArea
from app.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowParts:
    """The parts of one window, made once and known to it from then on."""

    window: QMainWindow
    settings: Settings
    shortcuts: Shortcuts
    bridge: EngineBridge
    engine: EngineModel
    keeper: ModelKeeper
    server: ServerLink
    history: History
    uses: AdapterUses
    workspace: Workspace
    splits: SplitArea
    folder: FolderPart
    finder: Finder
    find_bar: FindBar
    preview: Preview
    status_line: StatusLine

"""The actions of proposals in a window: their menu lines, and what stands around them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from app.engine_model import EngineModel, EnginePhase, ModelReady
from app.proposal import History
from app.proposal.drawing.pointer import Pointer
from app.proposal.model.options_model import Drawing, OptionsModel
from app.proposal.model.presets import Preset
from app.proposal.model.session import ProposalSession
from app.proposal.model.ways import WAYS, Way
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from app.settings import Settings
from app.shortcuts import name_group, set_title
from app.translation import tr
from app.widgets.dialogs import ask_schema
from app.window.menu_builder import MenuBuilder
from app.window.preset_actions import PresetActions
from app.window.rewrite_menu import add_rewriting
from app.workspace.document_tab import DocumentTab
from app.workspace.workspace import Workspace

DRAWINGS = ("default", *(drawing.value for drawing in Drawing))  # of the setting

OPTIONS = ("drawing", "history_mb", "figures", "fill_pause", "selection_button")  # that count here
SMALL = 1_000_000_000  # parameters
Act = Callable[[ProposalSession], object]


class ProposalActions(QObject):
    """Gives every document what stands around its drafts, and the window's menu its lines."""

    def __init__(
        self,
        workspace: Workspace,
        engine: EngineModel,
        history: History,
        menus: MenuBuilder,
        settings: Settings,
    ) -> None:
        super().__init__(workspace)
        self._workspace, self._history = workspace, history
        self._settings = settings
        self.options = OptionsModel(self)
        self.options.keys = menus.keys
        self._widgets: dict[ProposalSession, ProposalWidgets] = {}
        self._ways: list[QAction] = []
        self._add_lines(menus)
        workspace.view_added.connect(self._on_tab)
        engine.phase_changed.connect(self._on_engine)
        settings.changed.connect(self._on_setting)
        for key in OPTIONS:
            self._on_setting(key)

    def _add_lines(self, menus: MenuBuilder) -> None:
        menus.add("rewrite_with", self.open_bar)
        self._add_ways(menus)
        self.presets = PresetActions(
            menus.window, menus, self.options, self._settings, self._run_preset
        )
        menus.add("write_on", self._in(_write_on))
        menus.add("fill_blanks", self._in(ProposalSession.fill_blanks))
        menus.add("json_schema", self._choose_schema)
        menus.add("rewrite_alike", self._in(ProposalSession.rewrite_alike))
        menus.add("rewrite_again", self._in(ProposalSession.rewrite_again))
        menus.separate()
        of_draft: tuple[tuple[str, Act], ...] = (
            ("accept_word", _accept_word),
            ("accept_line", _accept_line),
            ("accept_place", _accept_place),
            ("next", partial(_show_candidate, step=1)),
            ("previous", partial(_show_candidate, step=-1)),
            ("step_back", partial(_show_frame, step=-1)),
            ("step_on", partial(_show_frame, step=1)),
            ("branch", _branch),
            ("compare", _toggle_old),
            ("live", _toggle_live),
        )
        for name, act in of_draft:
            menus.add(name, self._in(act))
        drafts = menus.start_inner(tr("All Drafts"))
        of_drafts: tuple[tuple[str, Act], ...] = (
            ("next_draft", partial(_go_to, step=1)),
            ("previous_draft", partial(_go_to, step=-1)),
            ("accept_all", _accept_all),
            ("reject_all", ProposalSession.reject_all),
        )
        for name, act in of_drafts:
            menus.move(menus.add(name, self._in(act)), drafts)
        words = menus.start_inner(tr("Wor&ds of the Draft"))
        of_words: tuple[tuple[str, Act], ...] = (
            ("next_word", self._mark(1)),
            ("previous_word", self._mark(-1)),
            ("pin", self._pin),
            ("melt", self._at_word(Pointer.melt)),
            ("alternatives", self._at_word(Pointer.ask)),
            ("accept_this", self._at_word(Pointer.keep)),
        )
        for name, act in of_words:
            action = menus.add(name, self._in(act))
            name_group(action, words.title())
            menus.move(action, words)
        menus.add("clear_queue", self._in(_clear_queue))
        menus.separate()
        menus.add_check("heat", self._set_heat, is_on=False)
        drawings = menus.start_inner(tr("&How Drafts Are Drawn"))
        choices = [
            (f"draw_{name}", partial(self._settings.set_value, "drawing", name), False)
            for name in DRAWINGS
        ]
        actions = menus.add_choice(drawings.title(), choices)
        for action in actions:
            menus.move(action, drawings)
        self._drawings = dict(zip(DRAWINGS, actions, strict=True))

    def _add_ways(self, menus: MenuBuilder) -> None:
        """Add the ways of rewriting, for models that take instructions."""
        inner = menus.start_inner(tr("Rewr&ite As"))
        inner.setToolTipsVisible(True)
        for way in WAYS:
            act = self._in(partial(_rewrite_as, way=way))
            action = menus.add(f"rewrite_{way.name}", act, tr(way.label))
            # In the palette the line stands without the menu that it is in.
            set_title(action, tr("Rewrite: {way}").format(way=way.title))
            menus.move(action, inner)
            self._ways.append(action)
        self.options.changed.connect(self._show_ways)
        self._show_ways()

    def _show_ways(self) -> None:
        why_not = self.options.why_no_instruction
        for action in self._ways:
            action.setToolTip(why_not or self.options.caution)

    def open_bar(self) -> None:
        """Show the bar at the region that is meant."""
        if tab := self._workspace.current:
            self.widgets_of(tab.session).open_bar()

    def widgets_of(self, session: ProposalSession) -> ProposalWidgets:
        """Return what stands around the drafts of a session."""
        return self._widgets[session]

    def _run_preset(self, preset: Preset) -> None:
        if tab := self._workspace.current:
            tab.session.run_preset(preset)

    def _choose_schema(self) -> None:
        if tab := self._workspace.current:
            path = tab.session.path
            chosen = ask_schema(tab, path.parent if path else Path.home())
            if chosen is not None:
                tab.session.choose_schema(chosen)

    def _in(self, act: Act) -> Callable[[], None]:
        def run() -> None:
            if tab := self._workspace.current:
                act(tab.session)

        return run

    def _mark(self, step: int) -> Act:
        def run(session: ProposalSession) -> None:
            if (words := self.widgets_of(session).words) is not None:
                words.move_word(step)

        return run

    def _pin(self, session: ProposalSession) -> None:
        if (words := self.widgets_of(session).words) is not None:
            words.pin()

    def _at_word(self, act: Callable[[Pointer], None]) -> Act:
        def run(session: ProposalSession) -> None:
            if (pointer := self.widgets_of(session).pointer) is not None:
                act(pointer)

        return run

    def _on_setting(self, key: str) -> None:
        if key == "drawing":
            name = str(self._settings.value(key))
            self._drawings[name].setChecked(True)
            self.options.set_drawing(None if name == "default" else Drawing(name))
        elif key == "figures":
            self.options.set_shows_figures(self._settings.is_on(key))
        elif key == "selection_button":
            self.options.shows_button = self._settings.is_on(key)
        elif key == "fill_pause":
            self.options.set_fills_pauses(self._settings.is_on(key))
        elif key == "history_mb":
            self._history.set_max_bytes(int(self._settings.value(key)) * 1024**2)

    def _set_heat(self, is_on: bool) -> None:
        self.options.set_shows_heat(is_on)

    def _on_tab(self, tab: DocumentTab) -> None:
        session = tab.session
        session.options = session.pause_fill.options = self.options
        widgets = self._widgets[session] = ProposalWidgets(session, tab.views)
        widgets.bar.preset_save_wanted.connect(self.presets.save)
        tab.editor.fill_menu_by(lambda menu, _: add_rewriting(menu, session, widgets))
        session.destroyed.connect(partial(self._widgets.pop, session, None))

    def _on_engine(self, phase: EnginePhase) -> None:
        if isinstance(phase, ModelReady):
            model = phase.model
            self.options.notify_model(
                model.takes_instructions,
                model.max_denoising_steps,
                is_small=0 < model.parameters < SMALL,  # a server does not tell its model's size
                # A server takes one region at a time, whatever its canvas.
                canvas_length=0 if model.server else model.canvas_length,
            )


def _rewrite_as(session: ProposalSession, way: Way) -> None:
    session.rewrite_as(way)


def _write_on(session: ProposalSession) -> None:
    session.write_on()


def _accept_word(session: ProposalSession) -> None:
    session.accepting.accept_word()


def _accept_line(session: ProposalSession) -> None:
    session.accepting.accept_line()


def _accept_place(session: ProposalSession) -> None:
    session.accepting.accept_place()


def _show_candidate(session: ProposalSession, step: int) -> None:
    session.show_candidate(step)


def _show_frame(session: ProposalSession, step: int) -> None:
    if session.proposal is not None:
        session.proposal.candidates.show_next_frame(step)


def _toggle_old(session: ProposalSession) -> None:
    if session.proposal is not None:
        session.proposal.candidates.toggle_old()


def _branch(session: ProposalSession) -> None:
    session.steering.branch()


def _toggle_live(session: ProposalSession) -> None:
    if session.proposal is not None:
        session.set_live(not session.proposal.snapshot.is_live)


def _go_to(session: ProposalSession, step: int) -> None:
    session.go_to(step)


def _accept_all(session: ProposalSession) -> None:
    session.accepting.accept_all()


def _clear_queue(session: ProposalSession) -> None:
    session.queue.clear()

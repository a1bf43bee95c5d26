"""Shows a proposal in its editor: keeps layout, room and overlay up to date with the model."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QKeyEvent, QPainter

from app.editor import Editor, Inset, mix
from app.proposal.drawing import painter as paint
from app.proposal.drawing.animation import WordAnimation
from app.proposal.drawing.compose import (
    Look,
    block_ends,
    document_style,
    lay_out_in_place,
    lay_out_parked,
)
from app.proposal.drawing.draft_layout import DraftLayout
from app.proposal.drawing.geometry import DraftGeometry
from app.proposal.drawing.keys import ProposalKeys
from app.proposal.drawing.pointer import Pointer
from app.proposal.drawing.reserved_height import ReservedHeight
from app.proposal.drawing.rows import CaretRows
from app.proposal.drawing.word_marks import WordMarks
from app.proposal.model.options_model import Drawing
from app.proposal.model.phase import PARKED, Phase
from app.proposal.model.proposal import Proposal
from app.proposal.model.session import ProposalSession
from app.proposal.model.snapshot import Snapshot
from app.text.edits import text_between
from app.translation import tr

# Else the text below would jump with each line that comes and goes.
SPARE_LINES = 3  # held below a draft that has become shorter
OTHERS_SHARE = 0.45  # of the accent, in the bar beside drafts that keys do not mean now


class ProposalView(QObject):
    """The overlay of one proposal: draws it, and takes its keys and clicks.

    Signals: `height_changed` when the room is as tall as it has to be now.

    While the draft is denoised, settled words keep their places as far as that goes, and those
    that have to move do so smoothly; the height below is given back only beyond a few spare lines.
    What was reserved is given back when the draft is done. A draft that is taller than the viewport
    scrolls in its inset.
    """

    height_changed = Signal()

    def __init__(
        self, session: ProposalSession, proposal: Proposal, is_still: Callable[[], bool]
    ) -> None:
        super().__init__(proposal)
        editor = self._editor = session.editor
        self._session, self._proposal = session, proposal
        # The other drafts in its lines, which it draws; None: another one draws this one.
        self._company: tuple[Snapshot, ...] | None = ()
        self._drawn_of: tuple[object, ...] = ()  # what was laid out last depends on that
        self._is_still = is_still  # nothing is to move on the screen
        self._options = session.options
        self._footer = 0.0  # px below the draft
        self._height, self.animation = ReservedHeight(self), WordAnimation(self)
        composition = lay_out_in_place(editor, proposal.snapshot, self._look)
        self.geometry = DraftGeometry(self, editor, proposal, self._height, composition)
        self.pointer = Pointer(self.geometry, session, self)
        self._marks = WordMarks(self.geometry, self.pointer)
        self._keys = ProposalKeys(session, proposal, self.geometry, self.pointer)
        self._height.changed.connect(self._reserve)
        proposal.status_changed.connect(self._on_status)
        self.animation.moved.connect(self._redraw)
        self.pointer.meant_changed.connect(self._on_meant_changed)
        self._candidate = proposal.candidate.key
        self._has_focus = proposal.has_focus  # as it was drawn last
        self._lines: list[QRectF] = []  # of the draft, where they stand in its layout
        self._lines_of_others: list[list[QRectF]] = []
        self._options.changed.connect(self.refresh)
        self._options.keys.changed.connect(editor.viewport().update)
        editor.metrics_changed.connect(self._on_metrics_changed)

    @property
    def layout(self) -> DraftLayout:
        """What is drawn."""
        return self.geometry.layout

    @property
    def scroll_range(self) -> float:
        """How much of the draft does not fit into its room, px."""
        return self.geometry.scroll_range

    @property
    def scrolled(self) -> float:
        """How much of that is above the room, px."""
        return self.geometry.scrolled

    @property
    def editor(self) -> Editor:
        """The editor that it is drawn in."""
        return self._editor

    @property
    def proposal(self) -> Proposal:
        """What is drawn."""
        return self._proposal

    @property
    def _is_parked(self) -> bool:
        return self._proposal.snapshot.phase is Phase.STALE

    @property
    def _is_current(self) -> bool:
        return self._session.proposal is self._proposal

    @property
    def _look(self) -> Look:
        drawing = self._options.drawing
        if drawing is None:
            drawing = Drawing.CALM if self._is_still() else Drawing.FULL
        return Look(drawing=drawing, shows_heat=self._options.shows_heat)

    @property
    def rows(self) -> CaretRows | None:
        """The rows that the caret goes through, in the place of the document's."""
        return self.geometry.rows

    def set_footer(self, height: float) -> None:
        """Leave so much room below the draft, px."""
        if height != self._footer:
            self._footer = height
            self.refresh()

    def footer_rect(self) -> QRectF | None:
        """Return the room below the draft in the viewport; None if it is out of view."""
        rect = self.geometry.rect
        if rect is None or not self._footer or self._is_parked:
            return None
        return QRectF(rect.left(), rect.bottom() - self._footer, rect.width(), self._footer)

    def keep_company(self, company: tuple[Snapshot, ...] | None, *, is_told: bool) -> None:
        """Draw these drafts, too; None: be drawn by another one's view.

        Args:
            company: The others in the same lines, in the order of the text.
            is_told: Whether something of what is drawn is new.
        """
        before, self._company = self._company, company
        is_same = len(before or ()) == len(company or ()) and (before is None) == (company is None)
        if company is None and before is not None:
            self._rest()
            self._height.forget()
        elif not is_told and is_same:
            return
        elif company is None or self._is_parked:
            self.refresh()
        else:
            # Once: it reads the text of all its lines.
            drawn = self._drawn_now(company)
            if is_same and self._drawn_of == drawn:
                self._move(company)
            else:
                self._show_in_place(company, drawn)

    def _drawn_now(self, company: tuple[Snapshot, ...]) -> tuple[object, ...]:
        """Return what the drawing depends on, but for where it stands in the document."""
        own = self._proposal.snapshot
        start, end = block_ends(self._editor, (own, *company))
        text = text_between(self._editor.document(), start, end)
        places = tuple(one.place.region.start - start for one in (own, *company))
        return (text, places, self._look, *map(_looks_of, (own, *company)))

    def _move(self, company: tuple[Snapshot, ...]) -> None:
        """Draw the same elsewhere: the text before it has become longer or shorter."""
        start, _ = block_ends(self._editor, (self._proposal.snapshot, *company))
        self.geometry.composition = self.geometry.composition.moved_to(start)
        self._reserve()

    def close(self) -> None:
        """Take all away that was made for it."""
        self._rest()
        self._height.stop()
        self.pointer.close()
        self._company = None

    def _rest(self) -> None:
        self._drawn_of = ()
        self.animation.forget_words()
        self._editor.set_inset(self, None)

    def refresh(self) -> None:
        """Lay the proposal out again and make room for it."""
        snapshot = self._proposal.snapshot
        if self._company is None or snapshot.phase is Phase.IDLE:
            return
        if snapshot.phase is Phase.STALE:
            self.animation.stop()
            self._drawn_of = ()
            self._show_parked(snapshot)
        else:
            self._show_in_place(self._company, self._drawn_now(self._company))

    def _show_in_place(self, company: tuple[Snapshot, ...], drawn: tuple[object, ...]) -> None:
        """Lay the lines out; `drawn` is what `_drawn_now` says of them."""
        snapshot, look = self._proposal.snapshot, self._look
        candidate = snapshot.candidate
        if candidate.key != self._candidate:
            if candidate.start is None:  # a branch has the slots of what it goes on from
                self.animation.forget_draft()
            self._candidate = candidate.key
        # Where words were drawn last, which the new layout tries to keep.
        held = self.animation.places
        self._drawn_of = drawn
        shown = lay_out_in_place(self._editor, snapshot, look, company, held)
        self.geometry.composition, layout = shown, shown.layout
        is_eased = self._is_eased and not snapshot.shows_old
        self.animation.follow(shown.words, layout, is_eased=is_eased)
        self._lines = layout.tint_rects(*layout.draft_range, paint.PAD)
        others = (one for one in shown.drafts if one.region != snapshot.place.region)
        self._lines_of_others = [layout.tint_rects(o.first, o.last, paint.PAD) for o in others]
        natural = self._editor.natural_height(*self.geometry.blocks)
        tallest = max(0.0, self._editor.tallest_inset(natural) - self._footer)
        height = needed = min(self.layout.height, tallest)
        if snapshot.is_busy:
            spare = SPARE_LINES * self._editor.fontMetrics().lineSpacing()
            height = max(needed, min(self._height.height, max(natural, needed) + spare))
        is_eased = self._is_eased and snapshot.can_accept
        self._height.fit(self.layout.height, height, is_eased=is_eased)
        self.pointer.forget_word()
        self._marks.follow()

    @property
    def _is_eased(self) -> bool:
        """Whether what has to move does so gently; the heat map's grounds would stay behind."""
        look = self._look
        is_full = look.drawing is Drawing.FULL and not look.shows_heat
        return is_full and not self._is_still() and self._editor.isVisible()

    def _reserve(self) -> None:
        """Tell the document's layout how much room is held."""
        height, scrolled = self._height.height, self._height.scrolled
        if self._company is None:
            return
        first, last = self.geometry.own_blocks if self._is_parked else self.geometry.blocks
        if self._is_parked:
            inset = Inset(
                first=last, last=last, height=height, width=self.layout.width, is_below=True
            )
            self._editor.set_inset(self, inset)
            return
        # Line numbers stand at the draft's own lines, also while it is scrolled.
        shifted = (baseline - scrolled for baseline in self.layout.baselines)
        # The width counts where one can scroll to its end. Else it is another one with each frame,
        # and all lines would be drawn anew for it.
        width = self.layout.width
        inset = Inset(
            first=first,
            last=last,
            height=height + self._footer,
            width=width if width > self._editor.viewport().width() else 0.0,
            baselines=tuple(line if 0.0 <= line <= height else None for line in shifted),
        )
        before = self._editor.inset_of(self)
        self._editor.set_inset(self, inset)
        is_taller = before is None or inset.height > before.height
        # Only one that grows: who has scrolled away is not to be fetched back by each frame.
        if is_taller and self._proposal.has_focus:
            self._editor.reveal_inset(self)
        self.height_changed.emit()

    def _show_parked(self, snapshot: Snapshot) -> None:
        draft = snapshot.draft
        assert draft is not None, "a proposal without a draft is closed, not parked"
        style = document_style(self._editor)
        if style.width:
            style = replace(style, width=style.width - 2 * paint.PANEL_PAD)
        self.geometry.composition = lay_out_parked(self._editor, draft, style)
        needed = paint.parked_height(self.layout, self._editor.font())
        height = min(needed, self._editor.tallest_inset(0.0))
        self._height.fit(needed, height, is_eased=False)

    def _on_metrics_changed(self) -> None:
        self._height.forget()
        self.animation.forget_words()
        self.refresh()

    def _on_meant_changed(self) -> None:
        self._marks.follow_pointer()
        self._editor.viewport().update()

    def _on_status(self, snapshot: Snapshot) -> None:
        # Steps of candidates that are not in view are told, too, and change nothing in the text.
        if snapshot.has_focus != self._has_focus:
            self._has_focus = snapshot.has_focus
            self._redraw()

    def _redraw(self) -> None:
        self._editor.redraw(self)

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Draw the proposal into its room."""
        theme, scrolled, hidden = self._editor.theme, self.scrolled, self.scroll_range
        if not self._is_parked:
            rect = rect.adjusted(0.0, 0.0, 0.0, -self._footer)
        if hidden:
            painter.setClipRect(rect, paint.INTERSECT)
        if self._is_parked:
            note, font = self._options.keys.fill(tr(PARKED)), self._editor.font()
            paint.paint_parked(painter, rect, self.layout, theme, note, font, scrolled)
        else:
            spare_height = rect.height() - self.layout.height
            place = rect.translated(0.0, -scrolled)
            no_pen = paint.outline_pen(theme, is_current=False, has_focus=False)
            for lines in self._lines_of_others:
                paint.paint_tint(
                    painter, place, lines, self.layout, theme, no_pen, spare_height=0.0
                )
            is_current, has_focus = self._is_current, self._proposal.has_focus
            pen = paint.outline_pen(theme, is_current=is_current, has_focus=has_focus)
            paint.paint_tint(
                painter, place, self._lines, self.layout, theme, pen, spare_height=spare_height
            )
            selected = self._editor.palette().highlight()
            for box in self.geometry.selection_rects():
                painter.fillRect(box.translated(place.topLeft()), selected)
            self._marks.paint(painter, place.topLeft())
            if self.animation.is_moving:
                self.animation.paint(painter, place.topLeft(), theme.text)
            else:
                paint.paint_text(painter, place, self.layout, theme)
            self._paint_caret(painter, place)
        if hidden and not self._height.is_easing:
            paint.paint_scroll_mark(painter, rect, theme, scrolled, hidden)

    def paint_gutter(self, painter: QPainter, rect: QRectF) -> None:
        """Draw the bar beside the proposal."""
        theme = self._editor.theme
        colour = theme.accent if self._is_current else mix(theme.accent, theme.base, OTHERS_SHARE)
        paint.paint_bar(painter, rect, theme.faint if self._is_parked else colour)

    def _paint_caret(self, painter: QPainter, rect: QRectF) -> None:
        """Draw the caret where it stands in the rest of the region's lines."""
        offset = self.geometry.caret_offset()
        if offset is not None:
            width = self._editor.cursorWidth()
            self.layout.draw_caret(painter, rect.topLeft(), offset, width)

    def take_key(self, event: QKeyEvent) -> bool:
        """Take Esc, and the proposal's other keys while the caret is at it."""
        return self._is_current and self._keys.handle(event)

    def take_click(self, point: QPointF) -> bool:
        """Focus the proposal by a click on it, place the caret by one beside it."""
        is_taken = self.geometry.take_click(point)
        # The caret stays where it is: the text that this one was asked for is another by now.
        if is_taken and self._is_parked:
            self._session.focus.give(self._proposal)
        elif is_taken:
            self._session.focus.give_to_selected()
        return is_taken

    def take_wheel(self, point: QPointF, pixels: float) -> bool:
        """Scroll the draft in its room, as soon as the room is in view."""
        rect = self.geometry.rect
        return rect is not None and rect.contains(point) and self.geometry.scroll_by(pixels)


def _looks_of(snapshot: Snapshot) -> tuple[object, ...]:
    """Return what is seen of a draft in the text."""
    seen = (snapshot.candidate, snapshot.draft, snapshot.frame)
    return (*seen, snapshot.phase, snapshot.past_frame, snapshot.shows_old, snapshot.place.old_text)

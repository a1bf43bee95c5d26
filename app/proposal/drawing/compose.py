"""What is laid out for a proposal: the document's pieces around it and the draft in its colours."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from PySide6.QtGui import QColor, QFontMetricsF, QTextBlock, QTextCharFormat

from app.editor import Editor, Theme
from app.editor.placed_styles import PlacedStyles
from app.proposal.drawing import steady_words, text_formats
from app.proposal.drawing.draft_layout import DraftLayout
from app.proposal.drawing.inks import Shade, coloured
from app.proposal.drawing.measured import MeasuredWord, WordPlace
from app.proposal.drawing.paragraph import UNBOUNDED, FormatRun, FormattedText, Style, shifted
from app.proposal.model.candidate import Draft
from app.proposal.model.options_model import Drawing
from app.proposal.model.phase import Phase
from app.proposal.model.snapshot import Snapshot
from app.text.edits import text_between
from app.text.positions import as_document_text, utf16_len
from app.text.rebase import Region, moved
from engine.api import DraftSpan

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a draft is drawn."""

    drawing: Drawing = Drawing.FULL
    shows_heat: bool = False

    @property
    def keeps_words(self) -> bool:
        """Whether settled words keep their places while the draft settles."""
        return self.drawing in (Drawing.FULL, Drawing.CALM)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnDraft:
    """Where a draft stands in a layout, UTF-16 units, and what it stands for."""

    first: int
    last: int
    region: Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """The lines of a draft, laid out, with all drafts that stand in them."""

    layout: DraftLayout
    words: dict[int, MeasuredWord]  # of the draft and of what stands behind it, by their keys
    drafts: tuple[DrawnDraft, ...]  # in the order of the text
    start: int  # the document's position where the lines begin, UTF-16 units

    def moved_to(self, start: int) -> "Composition":
        """Return the same where the lines begin elsewhere."""
        by = start - self.start
        drafts = tuple(replace(one, region=moved(one.region, by)) for one in self.drafts)
        return replace(self, start=start, drafts=drafts)


def lay_out_in_place(
    editor: Editor,
    proposal: Snapshot,
    look: Look,
    company: Sequence[Snapshot] = (),
    before: Mapping[int, WordPlace] | None = None,
) -> Composition:
    """Lay out the region's blocks with the draft, or its old text, in the region's place.

    Drafts that stand in the same lines come along. While the draft is denoised, settled words keep
    the places that they had `before`, as far as that goes.
    """
    start, end = block_ends(editor, (proposal, *company))
    region, style = proposal.place.region, document_style(editor)
    prefix, ahead = _composed(editor, start, region.start, company, look, lines=(start, end))
    behind_it = text_between(editor.document(), region.end, end)
    piece = _draft_piece(editor, proposal, look, start, (prefix.text, behind_it))
    lead = prefix.text + piece.text
    suffix, behind = _composed(
        editor, region.end, end, company, look, lines=(start, end), lead=lead
    )
    layout = DraftLayout(prefix, piece, suffix, style)
    words = steady_words.words_of(prefix.text, _words_drawn(proposal, piece), suffix.text)
    found = layout.measure(words)
    # A finished draft is set as the document will set it, without a gap.
    if before and look.keeps_words and proposal.is_busy and proposal.past_frame is None:
        metrics = QFontMetricsF(style.font)
        line_width = style.width - 2 * style.margin if style.width else UNBOUNDED
        wider = steady_words.gaps(
            found, before, line_width=line_width, unit=metrics.averageCharWidth()
        )
        if wider:
            # Twice at most: where words would stand by themselves has to be known before they can
            # be held.
            layout = DraftLayout(prefix, piece, suffix, style, wider)
            found = layout.measure(words)
    first, last = layout.draft_range
    own = DrawnDraft(first=first, last=last, region=region)
    later = (replace(one, first=one.first + last, last=one.last + last) for one in behind)
    return Composition(
        layout=layout,
        words={one.word.key: one for one in found},
        drafts=(*ahead, own, *later),
        start=start,
    )


def block_ends(editor: Editor, proposals: Sequence[Snapshot]) -> tuple[int, int]:
    """Return from where to where the lines go that proposals stand in, UTF-16 units."""
    document = editor.document()
    first = document.findBlock(min(one.place.region.start for one in proposals))
    last = document.findBlock(max(one.place.region.end for one in proposals))
    return first.position(), last.position() + last.length() - 1


def lay_out_parked(editor: Editor, draft: Draft, style: Style) -> Composition:
    """Lay out a parked draft by itself."""
    piece = _in_one_format(draft.document_text.text, text_formats.parked_format(editor.theme))
    layout = DraftLayout(FormattedText(text=""), piece, FormattedText(text=""), style)
    return Composition(layout=layout, words={}, drafts=(), start=0)


def lay_out_ghost(editor: Editor, draft: Draft, position: int) -> Composition:
    """Lay out a position's line with a text faintly in it that nobody has asked for."""
    block = editor.document().findBlock(position)
    start, end = block.position(), block.position() + block.length() - 1
    before = _document_piece(editor, start, position)
    after = _document_piece(editor, position, end)
    text = draft.document_text.text
    faint = _in_one_format(text, text_formats.parked_format(editor.theme))
    styles = editor.placed_text.read(block, before.text + text + after.text, is_final=False)
    code = _code_runs(editor, styles, utf16_len(before.text), utf16_len(text))
    piece = FormattedText(text=text, runs=[*faint.runs, *code])
    layout = DraftLayout(before, piece, after, document_style(editor))
    return Composition(layout=layout, words={}, drafts=(), start=start)


def document_style(editor: Editor) -> Style:
    """Return how the editor sets its text."""
    document = editor.document()
    return Style(
        font=document.defaultFont(),
        option=document.defaultTextOption(),
        width=editor.text_width,
        margin=document.documentMargin(),
    )


def _composed(
    editor: Editor,
    start: int,
    end: int,
    company: Sequence[Snapshot],
    look: Look,
    *,
    lines: tuple[int, int],
    lead: str = "",
) -> tuple[FormattedText, list[DrawnDraft]]:
    """Return a stretch of the document with the drafts that stand in it, and where these are.

    Args:
        editor: Of the document.
        start: Of the stretch, a position; `end` likewise.
        end: Of the stretch.
        company: Drafts, in it or not.
        look: How they are drawn.
        lines: Where the lines begin and end that it is a part of.
        lead: What is drawn in them before it.
    """
    text, at = "", start
    runs: list[FormatRun] = []
    drafts: list[DrawnDraft] = []
    for one in sorted(company, key=lambda one: one.place.ends):
        region = one.place.region
        if start <= region.start and region.end <= end:
            ahead = _document_piece(editor, at, region.start)
            around = (
                lead + text + ahead.text,
                text_between(editor.document(), region.end, lines[1]),
            )
            for piece in (ahead, _draft_piece(editor, one, look, lines[0], around)):
                first = utf16_len(text)
                runs += shifted(piece.runs, first)
                text += piece.text
            drafts.append(DrawnDraft(first=first, last=utf16_len(text), region=region))
            at = region.end
    rest = _document_piece(editor, at, end)
    runs += shifted(rest.runs, utf16_len(text))
    return FormattedText(text=text + rest.text, runs=tuple(runs)), drafts


def _document_piece(editor: Editor, start: int, end: int) -> FormattedText:
    runs: list[FormatRun] = []
    block = editor.document().findBlock(start)
    while block.isValid() and block.position() < end:
        first = max(0, start - block.position())
        length = min(block.length() - 1, end - block.position()) - first
        runs += shifted(_runs_of(editor, block, first, length), block.position() + first - start)
        block = block.next()
    return FormattedText(text=text_between(editor.document(), start, end), runs=tuple(runs))


def _runs_of(editor: Editor, block: QTextBlock, start: int, length: int) -> Iterator[FormatRun]:
    """Yield the block's syntax colours between two columns, counted from the first of them."""
    editor.highlighter.show(block)  # which nobody else does with a line that is covered
    for found in block.layout().formats():
        first = max(found.start, start)
        last = min(found.start + found.length, start + length)
        if first < last:
            # A copy: what `found` refers to ends with the list it came in.
            made = QTextCharFormat(found.format)
            yield FormatRun(start=first - start, length=last - first, format=made)


def _draft_piece(
    editor: Editor, proposal: Snapshot, look: Look, start: int, around: tuple[str, str]
) -> FormattedText:
    """Return what stands in the region's place, in the colours that the document would have.

    `around` is what is drawn before and behind it, from the line that begins at `start`.
    """
    theme = editor.theme
    text, shades = _shades(proposal, theme, look)
    before, after = around
    is_final = proposal.phase is Phase.FINISHED and proposal.past_frame is None
    block = editor.document().findBlock(start)
    styles = editor.placed_text.read(block, before + text + after, is_final=is_final)
    offset, length = utf16_len(before), utf16_len(text)
    inks = _cut(((run.start, run.length, run.style) for run in styles.runs), offset, length)
    runs = list(coloured(shades, list(inks), theme.text, editor.highlighter.format_of))
    runs += _code_runs(editor, styles, offset, length)
    return FormattedText(text=text, runs=runs)


def _code_runs(
    editor: Editor, styles: PlacedStyles, offset: int, length: int
) -> Iterator[FormatRun]:
    """Yield the typeface of code for what stands between two places and is code in prose."""
    if (code := editor.code_format) is not None:
        lines = ((first, count, code) for first, count in styles.code)
        for first, count, typeface in _cut(lines, offset, length):
            yield FormatRun(start=first, length=count, format=typeface)


def _cut(
    stretches: Iterable[tuple[int, int, Value]], start: int, length: int
) -> Iterator[tuple[int, int, Value]]:
    """Yield what stretches have between two places, counted from the first of them."""
    for first, count, value in stretches:
        low, high = max(first, start), min(first + count, start + length)
        if low < high:
            yield low - start, high - low, value


def _shades(proposal: Snapshot, theme: Theme, look: Look) -> tuple[str, list[Shade]]:
    """Return what is drawn in the region's place, and how its stretches take their colours."""
    draft, shows_old = proposal.draft, proposal.shows_old
    is_running = proposal.is_busy and proposal.candidate.is_running
    if draft is None or shows_old or (is_running and look.drawing is Drawing.OFF):
        text = as_document_text(proposal.place.old_text).text
        return _whole(text, lambda ink: text_formats.old_format(theme, ink, is_final=shows_old))
    frame = proposal.frame
    shows_frame = proposal.past_frame is not None or proposal.candidate.is_running
    if look.drawing is Drawing.RAW and shows_frame and frame is not None and frame.raw:
        # Noise has no colours of its own.
        raw = text_formats.raw_format(theme)
        return _whole(as_document_text(frame.raw).text, lambda _: raw)
    is_final = proposal.phase is Phase.FINISHED and proposal.past_frame is None
    held = draft.document_text
    if is_final and not look.shows_heat:
        return _whole(held.text, text_formats.final_format)
    return held.text, [
        Shade(
            start=held.positions[span.start],
            length=held.positions[span.end] - held.positions[span.start],
            format_in=partial(_span_format, span, theme, look, is_final=is_final),
        )
        for span in draft.spans
    ]


def _whole(text: str, format_in: Callable[[QColor], QTextCharFormat]) -> tuple[str, list[Shade]]:
    return text, [Shade(start=0, length=utf16_len(text), format_in=format_in)]


def _words_drawn(proposal: Snapshot, piece: FormattedText) -> Draft:
    """Return the draft as far as it is what is drawn: only its words have slots."""
    draft = proposal.draft
    # The old text and the raw canvas have no slots.
    if draft is not None and draft.document_text.text == piece.text:
        return draft
    return Draft(text=piece.text, spans=())


def _span_format(
    span: DraftSpan, theme: Theme, look: Look, ink: QColor, *, is_final: bool
) -> QTextCharFormat:
    if look.shows_heat:
        return text_formats.heat_format(theme, ink, span.entropy)
    if is_final:
        return text_formats.final_format(ink)
    if look.drawing is Drawing.CALM:
        return text_formats.calm_format(theme, ink, span.entropy, is_accepted=span.accepted)
    return text_formats.draft_format(theme, ink, span.entropy, is_accepted=span.accepted)


def _in_one_format(text: str, text_format: QTextCharFormat) -> FormattedText:
    return FormattedText(
        text=text, runs=(FormatRun(start=0, length=utf16_len(text), format=text_format),)
    )

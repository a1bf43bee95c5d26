"""The list of candidates: one line each, how sure the model is, and what the old text loses."""

from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.proposal.model.candidate import Candidate
from app.proposal.model.snapshot import Snapshot
from app.text.hunks import Comparison
from app.translation import number_text, tr

ROW_AIR = 8  # px
MAX_ROWS = 4  # in view at a time
SCORE_WIDTH = 58  # px
NUMBER_WIDTH = 24  # px
MAX_SHOWN = 400  # characters of a text; a row is not that wide
KEPT_SHARE = 0.4  # of the text, below which a diff is no help
PIECES = Qt.ItemDataRole.UserRole
SCORE = Qt.ItemDataRole.UserRole + 1  # in words or figures; empty where a bar is drawn
SURE = Qt.ItemDataRole.UserRole + 2
WORST = -6.0  # the score at which a bar is empty; that of a text the model itself finds far-fetched
BAR = QSize(34, 5)  # px
DiffPiece = tuple[str, str]  # "same", "new", "old" or, for all of a text, "whole"; and the words
Role = QPalette.ColorRole
Index = QModelIndex | QPersistentModelIndex


class CandidateList(QListWidget):
    """Lists the candidates, the best first, and lets one be chosen.

    Signals: `candidate_wanted` with the candidate's place in the list.
    """

    candidate_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Versions, the best first"))
        self.setItemDelegate(_CandidateDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setUniformItemSizes(True)
        self.viewport().setAutoFillBackground(False)
        self.currentRowChanged.connect(self._on_row)

    @property
    def wanted_height(self) -> int:
        """The height of as many rows as are shown at a time, px."""
        return min(self.count(), MAX_ROWS) * self._row_height()

    def show_candidates(self, proposal: Snapshot, *, shows_figures: bool = False) -> None:
        """Show the candidates of a proposal, the one in view marked; scores as figures or bars."""
        candidates = proposal.candidates
        # Filling the list moves its current row, which would choose a candidate.
        self.blockSignals(True)
        while self.count() > len(candidates):
            self.takeItem(self.count() - 1)
        while self.count() < len(candidates):
            self.addItem(QListWidgetItem())
        for row, candidate in enumerate(candidates):
            score = _score_text(candidate, shows_figures=shows_figures)
            self._fill(self.item(row), row, candidate, proposal.place.old_text, score)
        self.setCurrentRow(proposal.shown)
        self.blockSignals(False)

    def _fill(
        self, item: QListWidgetItem, row: int, candidate: Candidate, old_text: str, score: str
    ) -> None:
        text = candidate.draft.document_text.text if candidate.draft else ""
        pieces = _pieces_of(candidate, old_text, text)
        # A row that is set anew is drawn and told to assistive tools anew, and this runs with each
        # frame.
        if pieces != item.data(PIECES) or score != item.data(SCORE):
            item.setData(PIECES, pieces)
            item.setData(SCORE, score)
            item.setData(SURE, _sureness(candidate))
            item.setSizeHint(QSize(0, self._row_height()))
            said = score or tr("how sure: {percent} %").format(
                percent=round(100 * _sureness(candidate))
            )
            spoken = tr("Version {number}, {score}: {text}").format(
                number=row + 1, score=said, text=text or tr("no text")
            )
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
            item.setToolTip(_tool_tip(candidate, text))

    def _on_row(self, row: int) -> None:
        if row >= 0:
            self.candidate_wanted.emit(row)

    def _row_height(self) -> int:
        return self.fontMetrics().height() + ROW_AIR


def diff_pieces(compared: Comparison) -> Iterator[DiffPiece]:
    """Yield what stays, what is struck out and what is new, in order and on one line.

    Where little stays, the new text alone can be read faster.
    """
    found, old, new = compared.joined, compared.old, compared.new
    kept = len(new) - sum(hunk.new_end - hunk.new_start for hunk in found)
    if kept < KEPT_SHARE * max(len(old), len(new)):
        yield "whole", new.replace("\n", "↵")
        return
    at = 0
    for hunk in found:
        for kind, words in (
            ("same", new[at : hunk.new_start]),
            ("old", old[hunk.old_start : hunk.old_end]),
            ("new", new[hunk.new_start : hunk.new_end]),
        ):
            if words:
                yield kind, words.replace("\n", "↵")
        at = hunk.new_end
    if new[at:]:
        yield "same", new[at:].replace("\n", "↵")


def _pieces_of(candidate: Candidate, old_text: str, text: str) -> tuple[DiffPiece, ...]:
    if candidate.draft is None:
        return (("old", ""),)
    if candidate.is_running:
        # It is another text with the next step: no time for a diff.
        return (("whole", text[:MAX_SHOWN].replace("\n", "↵")),)
    return tuple(_beginning(diff_pieces(candidate.draft.compared_to(old_text))))


def _beginning(pieces: Iterator[DiffPiece]) -> Iterator[DiffPiece]:
    """Yield as much of a text as a row can show: it is measured wherever it is drawn."""
    room = MAX_SHOWN
    for kind, words in pieces:
        yield kind, words[:room]
        room -= len(words)
        if room <= 0:
            return


def _sureness(candidate: Candidate) -> float:
    """Return how long the bar of a candidate is, 0..1; 0 without a score that says so."""
    if candidate.score is None or not candidate.score.is_comparable:
        return 0.0
    return min(1.0, max(0.0, 1.0 - candidate.score.total / WORST))


def _score_text(candidate: Candidate, *, shows_figures: bool) -> str:
    if candidate.score is not None:
        if not (shows_figures and candidate.score.is_comparable):
            return ""
        return number_text(candidate.score.total, 2).replace("-", "\u2212")
    if candidate.is_running and candidate.frames and shows_figures:
        return tr("step {step}").format(step=candidate.frames[-1].step)
    if candidate.is_running:
        return "…"
    return tr("stopped") if candidate.reason is not None and candidate.result is None else "–"


def _tool_tip(candidate: Candidate, text: str) -> str:
    lines = [text, "", tr("seed {seed}").format(seed=candidate.seed)]
    if candidate.score is not None:
        if candidate.score.is_comparable:
            score = number_text(candidate.score.total, 3)
            lines.append(tr("score {score}, higher is better").format(score=score))
        if candidate.score.syntax:
            lines.append(tr("brings %n syntax errors", "", candidate.score.syntax))
    return "\n".join(lines)


def _paint_bar(painter: QPainter, room: QRect, share: float, palette: QPalette) -> None:
    """Draw how sure the model is of a candidate."""
    place = QRectF(room.left(), room.center().y() - BAR.height() / 2 + 1, *BAR.toTuple())
    radius = place.height() / 2
    ground, colour = (QColor(palette.color(role)) for role in (Role.Text, Role.Accent))
    ground.setAlphaF(0.14)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(place, radius, radius)
    place.setWidth(max(place.height(), place.width() * share))
    painter.setBrush(colour)
    painter.drawRoundedRect(place, radius, radius)


class _CandidateDelegate(QStyledItemDelegate):
    """Draws number, score and diff: new words underlined, old ones struck out."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one candidate."""
        painter.save()
        palette, rect = option.palette, QRect(option.rect)
        is_shown = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_shown:
            accent = QColor(palette.color(QPalette.ColorRole.Accent))
            accent.setAlphaF(0.16)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(accent)
            painter.drawRoundedRect(rect.adjusted(2, 1, -2, -1), 4, 4)
        faint = palette.color(QPalette.ColorRole.PlaceholderText)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(palette.color(QPalette.ColorRole.Accent) if is_shown else faint)
        number = f"▸{index.row() + 1}" if is_shown else f"{index.row() + 1}"
        painter.drawText(
            rect.adjusted(4, 0, 0, 0).intersected(QRect(rect.topLeft(), QSize(28, rect.height()))),
            middle | Qt.AlignmentFlag.AlignRight,
            number,
        )
        painter.setPen(faint)
        words = index.data(SCORE)
        width = SCORE_WIDTH if words else BAR.width() + 6
        score = QRect(rect.left() + NUMBER_WIDTH + 8, rect.top(), width, rect.height())
        if words:
            painter.drawText(score, middle | Qt.AlignmentFlag.AlignLeft, words)
        else:
            _paint_bar(painter, score, index.data(SURE) or 0.0, palette)
        left = score.right() + 4
        self._draw_pieces(painter, option, rect.adjusted(left - rect.left(), 0, -8, 0), index)
        painter.restore()

    def _draw_pieces(
        self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, index: Index
    ) -> None:
        x, text_color = rect.left(), option.palette.color(QPalette.ColorRole.Text)
        faint = option.palette.color(QPalette.ColorRole.PlaceholderText)
        accent = option.palette.color(QPalette.ColorRole.Accent)
        for kind, words in index.data(PIECES) or ():
            font = QFont(option.font)
            font.setUnderline(kind == "new")
            font.setStrikeOut(kind == "old")
            painter.setFont(font)
            painter.setPen({"new": accent, "old": faint}.get(kind, text_color))
            metrics = QFontMetrics(font)
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, rect.right() - x)
            place = QRect(x, rect.top(), rect.right() - x, rect.height())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), shown)
            x += metrics.horizontalAdvance(shown)
            if x >= rect.right() - 8:
                return

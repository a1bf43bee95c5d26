"""A candidate's difference from the old text, as its card shows it."""

import pytest

from app.proposal.model.candidate import Candidate
from app.proposal.widgets.candidate_list import _score_text, _sureness, _tool_tip, diff_pieces
from app.text.hunks import Comparison
from engine.api import CandidateFinished, FinishReason, Score
from tests.requests import generate


def test_a_diff_tells_old_new_and_the_same_apart() -> None:
    assert list(diff_pieces(Comparison(old="a red door and wall", new="a blue door and wall"))) == [
        ("same", "a "),
        ("old", "red"),
        ("new", "blue"),
        ("same", " door and wall"),
    ]
    assert list(diff_pieces(Comparison(old="wholly different", new="nothing of\nit"))) == [
        ("whole", "nothing of↵it")
    ]


@pytest.mark.parametrize(("is_comparable", "shown"), [(True, "\u22120.50"), (False, "")])
def test_a_figure_that_a_server_measured_its_own_way_is_no_score(
    is_comparable: bool, shown: str
) -> None:
    score = Score(total=-0.5, log_likelihood=-0.5, is_comparable=is_comparable)
    result = CandidateFinished(
        job_id=1, candidate=0, reason=FinishReason.CONVERGED, text="a", spans=(), steps=1, seed=0,
        score=score,
    )  # fmt: skip
    candidate = Candidate(job=generate(), number=0, result=result)
    assert _score_text(candidate, shows_figures=True) == shown
    assert (_sureness(candidate) > 0) is is_comparable
    assert ("score" in _tool_tip(candidate, "a")) is is_comparable

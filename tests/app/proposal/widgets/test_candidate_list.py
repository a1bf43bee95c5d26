"""A candidate's difference from the old text, as its card shows it."""

from app.proposal.widgets.candidate_list import diff_pieces
from app.text.hunks import Comparison


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

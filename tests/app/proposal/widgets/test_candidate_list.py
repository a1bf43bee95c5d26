"""A candidate's difference from the old text, as its card shows it."""

from app.proposal.widgets.candidate_list import diff_pieces


def test_a_diff_tells_old_new_and_the_same_apart() -> None:
    assert list(diff_pieces("a red door and wall", "a blue door and wall")) == [
        ("same", "a "),
        ("old", "red"),
        ("new", "blue"),
        ("same", " door and wall"),
    ]
    assert list(diff_pieces("wholly different", "nothing of\nit")) == [("whole", "nothing of↵it")]

"""Many drafts in a text cost a key no more than their lines cost."""

import pytest

from app.editor import Editor
from app.proposal import ProposalSession
from app.proposal.drawing import view
from tests.app.fakes import FakeEngine, views_of
from tests.app.proposal.model.test_session import insert, select_range

NUM = 12
LINE = "The old woman lit the lamp."


@pytest.fixture
def many(
    editor: Editor, engine: FakeEngine, session: ProposalSession, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """The texts of the lines that are laid out from now on, with a draft in each of twelve."""
    editor.setPlainText("start\n" + "\n".join([LINE] * NUM))
    for number in range(NUM):
        at = len("start\n") + number * (len(LINE) + 1) + LINE.index("lit")
        select_range(editor, at, at + len("lit the lamp"))
        session.regenerate()
        engine.finish("sat down")
    select_range(editor, 0, 0)
    seen: list[str] = []
    lay_out = view.lay_out_in_place

    def counted(*args: object, **kwargs: object) -> object:
        shown = lay_out(*args, **kwargs)
        seen.append(shown.layout.text)
        return shown

    monkeypatch.setattr(view, "lay_out_in_place", counted)
    return seen


def test_a_key_above_them_lays_none_out(
    many: list[str], editor: Editor, session: ProposalSession
) -> None:
    insert(editor, 5, "!\n")
    assert many == []
    views = views_of(session)
    for number, proposal in enumerate(session.proposals):
        (drawn,) = views.of(proposal).geometry.composition.drafts
        assert drawn.region == proposal.place.region
        inset = editor.inset_of(views.of(proposal))
        assert inset is not None
        assert (inset.first, inset.last) == (number + 2, number + 2)


def test_a_key_in_the_line_of_one_lays_that_one_out(many: list[str], editor: Editor) -> None:
    insert(editor, len("start\n"), "Then ")
    assert many == ["Then The old woman sat down."]


def test_room_for_all_is_made_once(
    many: list[str], editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    editor.overlays_changed.connect(lambda: told.append(1))
    insert(editor, 5, "\n\n")
    assert len(told) == 1

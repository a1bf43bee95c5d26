"""What was found out of a server is not asked for again in the next run, as long as it holds."""

import json

import pytest

from tests.engine.remote.conftest import Editor
from tests.engine.remote.stand_in import StandIn


def known_of(editor: Editor, server: StandIn, **fields: str) -> str:
    """Connect, and return what was told of the server, as if that was another run."""
    known = editor.connect(server, **fields).known
    server.asked.clear()
    return known


@pytest.mark.parametrize("takes_canvas", [True, False])
def test_a_server_that_is_known_is_asked_for_its_models_alone(
    editor: Editor, server: StandIn, takes_canvas: bool
) -> None:
    server.does.takes_canvas = takes_canvas
    first = editor.connect(server)
    server.asked.clear()
    again = editor.connect(server, job_id=5, known=first.known)
    assert again.model == first.model
    assert again.known == first.known
    assert server.asked == []  # a list of models is not among them
    assert editor.generate(6).text == ("jumped" if takes_canvas else "jumped over it")


def test_no_key_is_in_what_is_kept(editor: Editor, server: StandIn) -> None:
    server.does.key = "sk-secret"
    assert "sk-secret" not in known_of(editor, server, key="sk-secret")


def test_a_server_without_the_model_or_that_shall_reason_is_asked_anew(
    editor: Editor, server: StandIn
) -> None:
    server.does.takes_canvas = False
    known = known_of(editor, server)
    assert editor.connect(server, job_id=5, known=known, model="other").model.name == "other"
    assert server.asked != []
    server.asked.clear()
    assert editor.connect(server, job_id=6, known=known, wants_reasoning=True).model.reasons
    assert server.asked != []
    server.asked.clear()
    server.does.models = ("new",)
    assert editor.connect(server, job_id=7, known=known).model.name == "new"
    assert server.asked != []


@pytest.mark.parametrize("change", [{"canvas_length": "32"}, {"version": 0}, {"fields": []}, None])
def test_what_cannot_be_read_counts_as_nothing(
    editor: Editor, server: StandIn, change: dict[str, object] | None
) -> None:
    known = known_of(editor, server)
    damaged = known[:-2] if change is None else json.dumps({**json.loads(known), **change})
    model = editor.connect(server, job_id=5, known=damaged).model
    assert model.canvas_length > 0
    assert server.asked != []


@pytest.mark.parametrize("did", [True, False])
def test_a_server_that_has_changed_since_is_asked_with_the_first_draft(
    editor: Editor, server: StandIn, did: bool
) -> None:
    server.does.takes_canvas = did
    server.does.takes_suffix = not did
    known = known_of(editor, server)
    server.does.takes_canvas = False
    server.does.takes_suffix = False
    editor.connect(server, job_id=5, known=known)
    assert editor.generate(6).text == "jumped over it"


def test_a_server_that_is_as_it_was_is_asked_anew_once_at_most(
    editor: Editor, server: StandIn
) -> None:
    known = known_of(editor, server)
    editor.connect(server, job_id=5, known=known)
    server.does.status, server.does.error = 500, "out of memory"
    failed = [editor.generate(number) for number in (6, 7)]
    assert [type(one).__name__ for one in failed] == ["Failed", "Failed"]
    server.does.status = 0
    assert editor.generate(8).text == "jumped"

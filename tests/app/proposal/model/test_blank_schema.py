"""Blanks with forms, and the schema that says what a JSON document's values are."""

import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal.model.document_schema import DocumentSchema, SchemaError
from app.proposal.model.options_model import problem_of
from app.proposal.model.session import ProposalSession
from engine.api import Constraints, Form, FormKind, Relation, RelationKind, RunSettings
from tests.app.proposal.model.test_selections import asked

SCHEMA = {"properties": {"age": {"type": "integer"}, "size": {"enum": ["S", "M"]}}}
TEXT = '{"$schema": "own.json", "name": "", "age": , "size": }'


def fill_all(editor: Editor, session: ProposalSession, text: str, name: str) -> None:
    session.options.notify_model(False, 12, canvas_length=64)
    editor.set_language(name)
    editor.setPlainText(text)
    editor.selectAll()
    session.fill_blanks()


def test_a_table_s_cells_are_asked_for_as_the_others_of_their_column(
    editor, session, engine
) -> None:
    fill_all(editor, session, "| 🙂 | day |\n|---|---|\n| 1 |  |\n|  | 2026-01-01 |", "a.md")
    (request,) = asked(engine)
    assert request.forms == (Form(kind=FormKind.DATE), Form(kind=FormKind.INTEGER))
    assert len(request.regions) == 2


def test_the_schema_that_was_chosen_is_what_values_are_filled_by(
    editor, session, engine, tmp_path: Path
) -> None:
    (tmp_path / "s.json").write_text(json.dumps(SCHEMA))
    session.choose_schema(tmp_path / "s.json")
    fill_all(editor, session, TEXT, "a.json")
    (request,) = asked(engine)
    assert [json.loads(form.schema) for form in request.forms] == [
        {"type": "string", "minLength": 1},
        {"type": "integer"},
        {"enum": ["S", "M"]},
    ]


def test_one_value_alone_has_its_form_too_and_keeps_it_when_asked_again(
    editor, session, engine
) -> None:
    fill_all(editor, session, '{"name": ""}', "a.json")
    first = asked(engine)[0]
    assert (first.region, first.regions) == ('""', ((0, 2),))
    engine.finish('"Ada"')
    session.regenerate()
    assert asked(engine)[-1].forms == first.forms


def test_blanks_of_prose_have_none_and_a_server_is_asked_for_none(editor, session, engine) -> None:
    fill_all(editor, session, "Dear ___,", "a.txt")
    assert asked(engine)[0].forms == ()
    session.reject_all()
    engine.requests.clear()
    session.options.notify_model(False, 0, canvas_length=0)
    editor.setPlainText('{"a": ""}')
    editor.set_language("a.json")
    editor.selectAll()
    session.fill_blanks()
    assert asked(engine)[0].forms == ()


def test_a_document_names_its_schema_beside_it_and_none_is_fetched(tmp_path: Path) -> None:
    own, schema = tmp_path / "a.json", DocumentSchema()
    assert schema.read(TEXT, own) is None  # not there
    (tmp_path / "own.json").write_text(json.dumps(SCHEMA))
    assert schema.read(TEXT, own) == SCHEMA
    assert schema.read(TEXT, None) is None  # nobody knows from where
    share = json.dumps({"$schema": "//host/share/own.json"})
    deep = '{"$schema": ' + "[" * 100_000
    long = json.dumps({"$schema": "n" * 5_000})
    for text in (
        share,
        deep,
        long,
        '{"$schema": "https://x.org/own.json"}',
        '{"$schema": 3}',
        '{"$schema"',
        "[]",
    ):
        assert schema.read(text, own) is None


@pytest.mark.parametrize("data", [b"{", b"[1]", b"\xff\xfe", b"[" * 100_000, b" " * 5_000_000])
def test_a_file_that_is_no_schema_is_said_to_be_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "own.json").write_bytes(data)
    with pytest.raises(SchemaError, match=r"own\.json"):
        DocumentSchema().choose(tmp_path / "own.json")
    with pytest.raises(SchemaError, match="Choose another"):
        DocumentSchema().choose(tmp_path / "none.json")


def test_it_is_told_where_the_user_looks(
    editor, session, engine, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "own.json").write_text("{}")
    session.choose_schema(tmp_path / "own.json")
    (tmp_path / "own.json").write_text("{")
    with qtbot.waitSignal(session.failed) as failed:
        fill_all(editor, session, TEXT, "a.json")
    assert "own.json" in failed.args[0]
    assert not asked(engine)


SUDOKU = (
    "| 1 |   |   | 4 |\n|---|---|---|---|\n|   | 4 | 1 |   |\n|   | 1 | 4 |   |\n| 4 |   |   | 1 |"
)


def test_a_sudoku_is_asked_for_whole_however_short_a_canvas_is(editor, session, engine) -> None:
    fill_all(editor, session, SUDOKU, "a.md")
    session.reject_all()
    engine.requests.clear()
    session.options.notify_model(False, 12, canvas_length=16)
    session.fill_blanks()
    (request,) = asked(engine)
    assert len(request.regions) == len(request.forms) == 8
    assert len(request.relations) == 12
    # With the caret in it and nothing selected too: a row for itself would be filled wrong.
    assert request.region.startswith("  |   | 4 |\n|---")
    assert not len(session.queue)


def test_what_several_carets_select_can_be_rewritten_alike(
    editor, session, engine, qtbot: QtBot
) -> None:
    session.options.notify_model(False, 12, canvas_length=16)
    editor.setPlainText("total = 1\n" + "x = 2\n" * 30 + "print(total)")
    editor.multi_cursor.set_all([editor.document().find("total")])
    with qtbot.waitSignal(session.failed) as failed:
        session.rewrite_alike()
    assert "Ctrl+D" in failed.args[0]
    first = editor.document().find("total")
    editor.multi_cursor.set_all([first, editor.document().find("total", first)])
    session.rewrite_alike()
    (request,) = asked(engine)
    assert [request.region[a:b] for a, b in request.regions] == ["total", "total"]
    assert request.relations == (Relation(kind=RelationKind.EQUAL, regions=(0, 1)),)


def test_what_was_kept_for_other_runs_is_left_out(editor, session, engine) -> None:
    """A strength once set in the bar says nothing of empty places."""
    session.options.change(strength=0.5, soft_edge=2)
    fill_all(editor, session, SUDOKU, "a.md")
    settings = asked(engine)[0].settings
    assert (settings.strength, settings.soft_edge) == (1.0, 0)
    assert session.options.settings.strength == 0.5


def test_the_caret_s_table_is_filled_whole(editor, session, engine) -> None:
    text = "a ___\n| n |\n|---|\n| 1 |\n|  |\n"
    fill_all(editor, session, text, "a.md")
    engine.requests.clear()
    session.reject_all()
    cursor = editor.document().find("| 1")
    cursor.clearSelection()
    editor.setTextCursor(cursor)
    session.fill_blanks()
    (request,) = asked(engine)
    assert request.forms == (Form(kind=FormKind.INTEGER),)


def test_what_a_text_has_to_be_does_not_go_with_a_strength_and_it_is_said_in_the_bar() -> None:
    wish = Constraints(form=Form(kind=FormKind.DATE))
    assert not problem_of(RunSettings(constraints=wish))
    assert "strength" in problem_of(RunSettings(constraints=wish, strength=0.5))

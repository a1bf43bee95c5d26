"""What blanks are to be: by a schema, by the other cells of a column; worked out by hand."""

import json

import pytest

from app.text.blank_forms import forms_of
from app.text.blanks import blanks_of
from app.text.json_schema import paths_of, schema_at
from engine.api import Form, FormKind

SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "born": {"$ref": "#/$defs/day"},
        "size": {"enum": ["S", "M"]},
        "friends": {"type": "array", "items": {"$ref": "#"}},
        "a/b": {"$ref": "#/definitions/x~1y"},
    },
    "additionalProperties": {"type": "integer"},
    "$defs": {"day": {"type": "string", "format": "date"}},
    "definitions": {"x/y": {"type": "boolean"}},
}


def forms(text: str, language: str = "", schema: object = None) -> list[Form]:
    return forms_of(text, blanks_of(text, language), language, schema)


def schemas(text: str, schema: object = None) -> list[object]:
    found = forms(text, "json", schema)
    assert all(form.kind is FormKind.JSON for form in found)
    return [json.loads(form.schema) for form in found]


def test_a_schema_says_what_a_value_is_to_be() -> None:
    text = '{"name": "", "size": , "friends": [{"born": }, {"a/b": , "other": }]}'
    assert schemas(text, SCHEMA) == [
        {"type": "string"},
        {"enum": ["S", "M"]},
        {"type": "string", "format": "date"},
        {"type": "boolean"},
        {"type": "integer"},
    ]


def test_without_one_an_empty_text_stays_a_text_and_a_value_has_no_parts() -> None:
    text, value = schemas('{"a": "", "b": }')
    assert text == {"type": "string", "minLength": 1}
    assert {"type": "number"} in value["anyOf"]


@pytest.mark.parametrize("schema", [True, [], {"$ref": "#"}, {"$ref": "other.json"}, {"x": 1}, 3])
def test_a_schema_that_says_nothing_leaves_it_at_that(schema: object) -> None:
    assert schemas('{"a": ""}', schema) == [{"type": "string", "minLength": 1}]


def test_a_document_that_is_no_json_beside_its_blanks_has_no_paths() -> None:
    text = '{"a": "" "b"}'
    assert paths_of('{"a": ""}', [(6, 8)]) == [("a",)]
    assert paths_of(text, [(6, 8)]) == [None]
    assert schema_at({"properties": {"a": {"allOf": [SCHEMA]}}}, ("a", "size")) == {
        "enum": ["S", "M"]
    }


TABLE = """
| what | day        | price | kind |   |
|------|:----------:|------:|------|---|
| one  | 2026-01-02 | 1.50  | old  | x |
| two  |            | 2     | old  | x |
| six  | 2026-03-04 |       | new  |   |
| ten  | 2026-03-04 | 3     |      | x |
|      | 2026-03-04 | 4     | new  | x |
"""


def test_a_cell_is_what_the_others_of_its_column_are() -> None:
    heading, date, number, last, kind, name = forms(TABLE)
    assert date == Form(kind=FormKind.DATE)
    assert number == Form(kind=FormKind.NUMBER)
    assert kind == Form(kind=FormKind.ONE_OF, values=("old", "new"))
    assert last == Form(kind=FormKind.ONE_OF, values=("x",))
    # Names of their own have nothing in common but that they stay in their cell.
    assert name == Form(pattern=r"[^|\s][^|\r\n]*")
    assert heading == last


def test_a_sign_with_a_backslash_before_it_is_none_between_cells() -> None:
    text = "| a | n |\n|---|---|\n| x \\| y | 3 |\n| z |  |\n| \\| | 4 |"
    assert forms(text) == [Form(kind=FormKind.INTEGER)]


@pytest.mark.parametrize(
    "schema",
    [
        {"anyOf": [{"$ref": "#"}]},
        {"$ref": "#/x", "x": {"allOf": [{"$ref": "#/x"}, {"$ref": "#/x"}]}},
        {"allOf": [{"$ref": "#/y"}] * 9, "y": {"allOf": [{"$ref": "#"}] * 9}},
    ],
)
def test_a_schema_that_contains_itself_comes_to_an_end(schema: object) -> None:
    assert len(schemas('{"a": "", "b": ""}', schema)) == 2


def test_a_long_list_stays_a_list_to_the_end() -> None:
    words = [f"word {number}" for number in range(3_000)]
    (found,) = schemas('{"a": ""}', {"properties": {"a": {"enum": words}}})
    assert found == {"enum": words}


def test_so_is_a_field() -> None:
    assert forms("a,b,c\n1,,x\n2,5,y\n3,7,z") == [Form(kind=FormKind.INTEGER)]
    assert forms("a,b,c\n1,,x\n2,five,y\n3,six,z") == [Form(pattern=r'[^,"\s][^,"\r\n]*')]


def test_other_blanks_may_be_anything() -> None:
    assert forms("Dear ___, thank you for ___ and ___.") == [Form()] * 3
    assert forms("x: \ny: 3", "yaml") == [Form()]
    assert forms("| a ___ | b |\n|---|---|\n| c | d |") == [Form()]

"""Blanks with forms, places that hang together, a wish for a form: from the user's side."""

import json
import re

import pytest
from PySide6.QtCore import Qt

from app.proposal.widgets.more_options import FORMS
from engine.api import FormKind
from resources import resource_path
from tests.journeys.driver import CONTROL, Journey
from tests.journeys.proposal_hands import pictures, widgets

pytestmark = [pytest.mark.journey, pytest.mark.slow]

TABLE = """# Members

| name | joined     | age | plan  |
|------|------------|----:|-------|
| Ada  | 2024-03-01 |  31 | basic |
| Ben  |            |  28 | basic |
| Cleo | 2025-11-20 |     | full  |
| Dora | 2023-07-09 |  45 |       |
| Emil | 2022-01-30 |  52 | full  |
"""
PERSON = """{
  "name": "Ada",
  "born": "",
  "size": ,
  "active": ,
  "scores": [1, 2]
}
"""
SCHEMA = {
    "properties": {
        "born": {"type": "string", "format": "date"},
        "size": {"enum": ["S", "M", "L"]},
        "active": {"type": "boolean"},
    }
}
CODE = """def area(width, height):
    result = width * height
    print(result)
    return result
"""


def opened(text: str, name: str) -> Journey:
    return Journey(resource_path("model"), text, name)


def test_a_table_is_filled_with_what_its_columns_hold(qapp: object) -> None:
    with opened(TABLE, "members.md") as j:
        j.wait_ready()
        j.editor.selectAll()
        j.choose("Fill Blanks")
        j.wait_done()
        pictures(j, "forms-1-table")
        j.press(Qt.Key.Key_Return)
        rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in j.text.splitlines()[4:]]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", rows[1][1])
        assert re.fullmatch(r"-?\d+", rows[2][2])
        assert rows[3][3] in ("basic", "full")
        left = re.sub(r"(?<=\| )(-?\d+|\d{4}-\d\d-\d\d|basic|full)(?= )", "", j.text)
        assert left.count("|") == TABLE.count("|")


def test_a_document_of_json_is_filled_by_its_schema(qapp: object) -> None:
    with opened(PERSON, "person.json") as j:
        j.wait_ready()
        schema = j.file.parent / "schema.json"
        schema.write_text(json.dumps(SCHEMA))
        j.session.choose_schema(schema)
        j.editor.selectAll()
        j.choose("Fill Blanks")
        j.wait_done()
        pictures(j, "forms-2-json")
        j.press(Qt.Key.Key_Return)
        filled = json.loads(j.text)
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", filled["born"])
        assert filled["size"] in ("S", "M", "L")
        assert isinstance(filled["active"], bool)
        assert (filled["name"], filled["scores"]) == ("Ada", [1, 2])


def test_a_sudoku_is_solved_and_it_is_said_by_whom(qapp: object) -> None:
    text = resource_path("samples/sudoku.md").read_text("utf-8")
    with opened(text, "sudoku.md") as j:
        j.wait_ready()
        cursor = j.editor.document().find("| 6 |")
        cursor.setPosition(cursor.position())
        j.editor.setTextCursor(cursor)
        j.choose("Fill Blanks")
        j.wait_done()
        pictures(j, "forms-3-sudoku")
        decided = j.session.proposal.candidate.decided
        assert decided.by_model > 0
        j.press(Qt.Key.Key_Return)
        lines = [line for line in j.text.splitlines() if line.startswith("|") and "-" not in line]
        rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
        columns = list(map(list, zip(*rows, strict=True)))
        boxes = [
            [rows[r + a][c + b] for a in range(3) for b in range(3)]
            for r in (0, 3, 6)
            for c in (0, 3, 6)
        ]
        assert all(sorted(unit) == list("123456789") for unit in (*rows, *columns, *boxes))
        given = [row.split("|")[1:-1] for row in text.splitlines() if row.startswith("|")]
        given = [[cell.strip() for cell in row] for row in given if "-" not in row[0]]
        assert all(
            old in ("", new)
            for one, other in zip(given, rows, strict=True)
            for old, new in zip(one, other, strict=True)
        )
        j.editor.undo()
        assert j.text == text


def test_a_name_becomes_another_wherever_it_stands(qapp: object) -> None:
    with opened(CODE, "area.py") as j:
        j.wait_ready()
        document = j.editor.document()
        cursors, last = [], None
        for _ in range(3):
            last = document.find("result", last) if last else document.find("result")
            cursors.append(last)
        j.editor.multi_cursor.set_all(cursors)
        j.choose("Rewrite Alike Everywhere")
        j.wait_done()
        pictures(j, "forms-4-alike")
        j.press(Qt.Key.Key_Return)
        before, _, rest = j.text.partition(" = width * height\n    print(")
        name = before.rpartition("    ")[2]
        assert name != "result"
        assert rest == f"{name})\n    return {name}\n"


def test_the_bar_makes_it_a_number(qapp: object) -> None:
    with opened("They paid fifty dollars for it.\n", "story.md") as j:
        j.wait_ready()
        j.editor.setTextCursor(j.editor.document().find("fifty"))
        j.press(Qt.Key.Key_Return, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        bar = widgets(j).bar
        bar.fold.click()
        more = bar.more
        more.form.setCurrentIndex([kind for kind, _ in FORMS].index(FormKind.INTEGER))
        more.form.activated.emit(more.form.currentIndex())
        pictures(j, "forms-5-bar")
        bar.go.click()
        j.wait_done()
        j.press(Qt.Key.Key_Return)
        assert re.fullmatch(r"They paid -?\d+ dollars for it\.\n", j.text)

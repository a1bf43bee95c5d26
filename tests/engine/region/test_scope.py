"""Which names a place can see, found by reading the programs."""

import pytest

from engine.api import Constraints, Form, FormKind
from engine.errors import BadRequestError
from engine.region.formed import with_forms
from engine.region.scope import names_in_scope
from tests.requests import generate

PYTHON = """
import os
from math import sqrt as root

LIMIT = 3

def other(hidden):
    secret = hidden
    return secret

def area(width, height):
    total = width * |
    return total

class Box:
    def side(self, mine):
        return self.inner
"""
JAVASCRIPT = """
const limit = 3;
function other(hidden) { let secret = hidden; return secret; }
function area(width, height) {
  const each = (item) => item.size;
  return width * |;
}
"""
C = "int limit;\nint f(int hidden) { return hidden; }\nint g(int width) { return width + |; }\n"


def names(text: str, language: str) -> list[str]:
    before, after = text.split("|")
    return list(names_in_scope(before, after, language))


def test_of_python() -> None:
    found = names(PYTHON, "python")
    assert {"os", "root", "LIMIT", "other", "area", "width", "height", "total", "Box"} <= {*found}
    assert not {"hidden", "secret", "side", "mine", "self", "inner", "inlay_here"} & {*found}
    assert found[0] == "width"  # the nearest first


@pytest.mark.parametrize(
    ("text", "language", "seen", "unseen"),
    [
        (JAVASCRIPT, "javascript", {"limit", "other", "area", "width", "each"}, {"secret", "item"}),
        (C, "c", {"limit", "width", "g"}, {"hidden"}),
    ],
)
def test_of_others(text: str, language: str, seen: set[str], unseen: set[str]) -> None:
    found = {*names(text, language)}
    assert seen <= found
    assert not unseen & found


def test_half_a_program_and_a_block_in_prose() -> None:
    assert "count" in names("def f(count):\n    return (|", "python")
    markdown = "Some prose.\n```python\nvalue = 1\nprint(|)\n```\nmore words"
    found = names(markdown, "python")
    assert "value" in found
    assert "prose" not in found


def test_of_prose_and_unknown_languages_there_are_none() -> None:
    assert names("a word | here", "") == []
    assert names("x = |", "../python") == []


def test_a_wish_for_a_name_becomes_the_list_of_each_region() -> None:
    name = Constraints(form=Form(kind=FormKind.NAME))
    asked = with_forms(
        generate(before="tall = 1\n", region="x = 2\n", after="z", language="javascript",
                 constraints=name)
    )  # fmt: skip
    assert asked.regions == ((0, 5),)
    (form,) = asked.forms
    assert form.kind is FormKind.ONE_OF
    assert set(form.values) == {"tall", "z"}
    with pytest.raises(BadRequestError, match="No names are known"):
        with_forms(generate(region="x", constraints=name))


def test_a_wish_for_all_is_said_of_each_and_white_space_at_the_ends_stays() -> None:
    number = Form(kind=FormKind.NUMBER)
    wish = Constraints(form=number)
    asked = with_forms(generate(region=" ab \n", constraints=wish))
    assert (asked.regions, asked.forms) == (((1, 3),), (number,))
    assert asked.settings.constraints == Constraints()
    asked = with_forms(generate(region="a b", regions=((0, 1), (2, 3)), constraints=wish))
    assert asked.forms == (number, number)
    assert with_forms(generate(region="a")) == generate(region="a")
    assert with_forms(generate(region="  ", constraints=wish)).regions == ((2, 2),)

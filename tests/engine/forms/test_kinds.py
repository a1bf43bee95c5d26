"""What the kinds of forms accept and refuse, by hand, and expressions that are none or hostile."""

import json
import time

import pytest

from engine.api import Form, FormKind
from engine.errors import BadRequestError
from engine.forms.automata import automaton_of
from engine.forms.worked_out import WORKED_OUT_S

DATES = ["2026-11-30", "2001-02-29", "1999-12-31"]
NO_DATES = [
    "2026-13-01",
    "2026-04-31",
    "2026-02-30",
    "2026-1-1",
    "26-01-01",
    "2026-00-10",
    "0000-10-10",
    "",
]
SCHEMA = '{"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3}'


def json_of(**schema: object) -> Form:
    return Form(kind=FormKind.JSON, schema=json.dumps(schema))


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        (Form(kind=FormKind.DATE), DATES, NO_DATES),
        (Form(kind=FormKind.INTEGER), ["0", "-7", "1204"], ["01", "-", "1.0", " 1", ""]),
        (Form(kind=FormKind.NUMBER), ["0", "-7.25", "10.0"], ["1.", ".5", "1e3", "00.1"]),
        (
            # One is the beginning of another, and both may stand.
            Form(kind=FormKind.ONE_OF, values=("a", "ab", "a.b", "größer", "C++")),
            ["a", "ab", "a.b", "größer", "C++"],
            ["", "axb", "abb", "C+", "C"],
        ),
        (Form(pattern="[a-c]+|x"), ["abc", "x"], ["xa", "d"]),
        (Form(pattern="^no-[0-9]$"), ["no-4"], ["^no-4$", "no-"]),
        (Form(pattern=".é?"), ["é", "日é", "\n"], ["", "日本"]),
        (Form(kind=FormKind.JSON, schema='{"type": "boolean"}'), ["true", "false"], ["1", "True"]),
        (Form(kind=FormKind.JSON, schema='{"enum": ["a b", 3]}'), ['"a b"', "3"], ["a b", '"3"']),
        (Form(kind=FormKind.JSON, schema='{"type": "string"}'), ['""', '"a\\"b"'], ['"', "a"]),
        (json_of(type="string", maxLength=20), ['"abc"'], ['"' + 21 * "a" + '"']),
        # What a pattern lets through and a text of JSON cannot hold as it is.
        (json_of(type="string", pattern="^.{1,5}$"), ['"abc"'], ['"a"b"', '"a\nb"', '""']),
        (json_of(type="integer", minimum=1, maximum=5), ["1", "5"], ["0", "6", "-3"]),
        (json_of(type="number", exclusiveMinimum=0), ["1"], ["0", "-1"]),
        (json_of(type="integer", minimum=1, maximum=65535), ["1", "80"], ["0", "65536"]),
        (Form(pattern="^(a|b)$"), ["a", "b"], ["^a", ""]),
        (Form(pattern="^yes$|^no$"), ["yes", "no"], ["yes|no"]),
        (Form(pattern=r"a\\$"), ["a\\"], ["a"]),
        (Form(kind=FormKind.JSON, schema=SCHEMA), ["[1]", "[1, 2, 3]"], ["[]", "[1, 2, 3, 4]"]),
    ],
)
def test_a_form_accepts_and_refuses(form: Form, good: list[str], bad: list[str]) -> None:
    automaton = automaton_of(form)
    assert [text for text in good if not automaton.accepts(text.encode())] == []
    assert [text for text in bad if automaton.accepts(text.encode())] == []
    # Behind bytes that are the text's before it, the same.
    behind = automaton.behind(b" x")
    assert all(behind.accepts(b" x" + text.encode()) for text in good)
    assert not any(behind.accepts(b"x" + text.encode()) for text in good)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(?=a)b", "looks ahead"),
        (r"(a)\1", "looks ahead"),
        ("[", "unterminated|bad set|set"),
        ("(a{1000}){1000}", "20,000 characters"),
        ("a" * 1001, "1,000 are the most"),
        ("[a&&b]", "no automaton"),
        ("(^a$)b", "have no place"),
    ],
)
def test_what_is_no_form_is_refused_with_the_reason(pattern: str, reason: str) -> None:
    with pytest.raises(BadRequestError, match=reason):
        automaton_of(Form(pattern=pattern))


def test_an_expression_with_a_million_states_ends_with_a_sentence() -> None:
    began = time.monotonic()
    with pytest.raises(BadRequestError, match=r"too long|too much memory|more than 4,096 states"):
        automaton_of(Form(pattern="(a|b)*a(a|b){24}"))
    assert time.monotonic() - began < 20 * WORKED_OUT_S  # that it ends, not how soon


@pytest.mark.parametrize(
    "form",
    [
        Form(kind=FormKind.ONE_OF),
        Form(kind=FormKind.ONE_OF, values=("a", "")),
        Form(kind=FormKind.ONE_OF, values=tuple(map(str, range(2001)))),
        Form(kind=FormKind.JSON, schema="{"),
        Form(kind=FormKind.JSON, schema='{"type": "nonsense"}'),
        Form(kind=FormKind.JSON, schema='{"$ref": "#/nowhere"}'),
        Form(kind=FormKind.JSON, schema="[" * 5000),
        Form(kind=FormKind.JSON, schema='{"type": "number", "multipleOf": 3}'),
        Form(kind=FormKind.JSON, schema='{"items": {"type": "integer", "minimum": 3}}'),
        Form(kind=FormKind.JSON, schema='{"type": "integer", "minimum": 3, "maximum": 2}'),
        Form(kind=FormKind.ONE_OF, values=tuple(str(n) * 40 for n in range(1000))),
    ],
)
def test_a_form_that_no_text_could_have_is_refused(form: Form) -> None:
    with pytest.raises(BadRequestError):
        automaton_of(form)

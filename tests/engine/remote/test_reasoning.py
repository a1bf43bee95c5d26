"""What a model thinks, told apart from what it writes, in the marks that models use."""

import pytest

from engine.remote.reasoning import begins_inside, told_apart, without_tags
from engine.remote.server import RemoteServer

TAGS = ("passage", "before", "after")


@pytest.mark.parametrize(
    ("answer", "reasoning", "text"),
    [
        ("<think>so</think>\n\njumped", "so", "jumped"),
        ("<thinking>so</thinking>jumped", "so", "jumped"),
        ("\n<think>\n</think>\njumped", "", "jumped"),
        ("so\n</think>\n\njumped", "so", "jumped"),
        ("<|channel>thought\nso<channel|>jumped", "so", "jumped"),
        ("<|channel|>analysis<|message|>so<|channel|>final<|message|>jumped", "so", "jumped"),
        ("[THINK]so[/THINK]jumped", "so", "jumped"),
        ("<think></think><think>so</think>jumped", "so", "jumped"),
        ("<think>so", "so", ""),
        ("jumped", "", "jumped"),
        ("a <think> is a tag", "", "a <think> is a tag"),
    ],
)
def test_a_thought_ends_where_its_mark_says(answer, reasoning, text) -> None:
    said = told_apart(answer)
    assert (said.text, said.reasoning.strip()[-2:]) == (text, reasoning)


@pytest.mark.parametrize("begun", ["<", "<thi", "<think>", "<think>so", "[TH", "<|channel>th"])
def test_half_a_mark_is_not_shown_as_text(begun) -> None:
    said = told_apart(begun, is_complete=False)
    assert (said.text, said.is_reasoning) == ("", True)


@pytest.mark.parametrize("begun", ["<b", "[1]", "<|c|>"])
def test_what_begins_otherwise_is_text(begun) -> None:
    assert told_apart(begun, is_complete=False).text == begun


def test_a_thought_that_began_in_the_prompt_is_not_shown_before_it_ends() -> None:
    assert told_apart("so", may_begin_inside=True, is_complete=False).text == ""
    assert told_apart("so</think>jum", may_begin_inside=True, is_complete=False).text == "jum"
    assert told_apart("so", may_begin_inside=True).text == "so"  # there was none after all


@pytest.mark.parametrize(
    ("answer", "inside"),
    [("so</think>jumped", True), ("<think>so</think>jumped", False), ("jumped", False)],
)
def test_whether_an_answer_begins_in_a_thought(answer, inside) -> None:
    assert begins_inside(answer) is inside


@pytest.mark.parametrize(
    "answer",
    [
        "<passage>jumped</passage>",
        "Here it is: <passage>jumped</passage> Well?",
        "<passage>jumped",
        "jumped</passage>",
        "<before>The fox </before>jumped<after> off.</after>",
        "jumped<after> off.",
    ],
)
def test_tags_of_the_question_go_and_what_they_stand_for_stays(answer) -> None:
    assert without_tags(answer, TAGS, around="The fox went off.") == "jumped"


def test_a_tag_that_the_document_has_itself_stays() -> None:
    around = "An <after> event and a <passage>."
    assert without_tags("an <after> one", TAGS, around=around) == "an <after> one"
    assert without_tags("a <passage>", TAGS, around=around) == "a <passage>"


def test_tags_that_the_text_has_itself_are_no_quotes_of_ours() -> None:
    around = "<passage> <before> <after>"
    assert without_tags("a <before>b</before>", TAGS, around=around) == "a <before>b</before>"
    # The passage's own tag is in the text: what the answer repeats of the rest still goes.
    answer = "<before>old text</before>NEW"
    assert without_tags(answer, TAGS, around="<passage>") == "NEW"


def test_a_key_is_in_no_log() -> None:
    server = RemoteServer(address="http://a", key="secret", model="m", served=("m",))
    assert "secret" not in repr(server)

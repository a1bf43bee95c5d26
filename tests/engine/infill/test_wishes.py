"""What an instruction wants, and what speaks against a rewrite."""

import pytest

from engine.api import LengthMode
from engine.infill.rewriting import facts, is_talk, sentences
from engine.infill.wishes import (
    Tone,
    Wish,
    by_rule,
    change,
    cost,
    least_needed,
    moves,
    shortened,
    wish_of,
)

AUTO, SHORTER, LONGER = LengthMode.AUTO, LengthMode.SHORTER, LengthMode.LONGER
SENTENCE = "The lamp from Halden costs 59 euros."


@pytest.mark.parametrize(
    ("instruction", "length", "wanted", "is_correction"),
    [
        ("Make it shorter.", AUTO, SHORTER, False),
        ("please summarise this", AUTO, SHORTER, False),
        ("Make it longer, with more detail.", AUTO, LONGER, False),
        ("Fix the spelling and grammar.", AUTO, AUTO, True),
        ("Make it friendlier.", AUTO, AUTO, False),
        ("Make it friendlier.", SHORTER, SHORTER, False),
    ],
)
def test_the_words_and_the_length_say_what_is_wanted(
    instruction: str, length: LengthMode, wanted: LengthMode, is_correction: bool
) -> None:
    wish = wish_of(instruction, length)
    assert (wish.length, wish.is_correction) == (wanted, is_correction)


@pytest.mark.parametrize(
    ("length", "words", "right"),
    [
        (SHORTER, 5, True),
        (SHORTER, 6, False),
        (SHORTER, 0, False),
        (LONGER, 7, True),
        (LONGER, 6, False),
        (AUTO, 4, True),
        (AUTO, 9, True),
        (AUTO, 3, False),
        (AUTO, 10, False),
    ],
)
def test_words_are_counted(length: LengthMode, words: int, right: bool) -> None:
    assert moves(Wish(length=length), "one two three four five six", "x " * words) == right


def test_names_numbers_and_a_no_are_facts() -> None:
    assert facts("He asked Marta's son about 9:30 and room 214.") == {"marta", "9:30", "214"}
    assert facts("The printer never works.") == facts("It cannot work.") == {"not"}
    assert facts("It doesn’t work, Mr. Brandt.") == {"not", "brandt"}
    assert facts("The cable is fine, and I'm tired.") == set()


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry for the confusion. The lamp is green.",
        "As an AI rewriting assistant, I can help.",
        "The mentioned problems include the lamp.",
        "Sure! The lamp is green.",
        "Here is a shorter version: The lamp is green.",
        "Passage: The lamp is green.",
        "Here are some ideas for the garden that are longer.",
        "Hello, I'm the AI making things fun!",
        "I've been trained to help with writing.",
        "I’m happy to assist you.",
        "To make it a bit friendlier, I would say so.",
    ],
)
def test_a_model_that_speaks_of_its_work_is_heard(text: str) -> None:
    assert is_talk(text)


@pytest.mark.parametrize("text", ["Sure enough, it is late.", "Here is Anna.", "The text is long."])
def test_a_text_of_its_own_is_no_talk(text: str) -> None:
    assert not is_talk(text)


@pytest.mark.parametrize(
    ("length", "worse", "better"),
    [
        (AUTO, "The lamp costs 59 euros today.", "The Halden lamp costs 59 euros today."),
        (AUTO, "The lamp from Halden costs 69 euros.", "The Halden lamp costs 59 euros."),
        (AUTO, "The lamp from Halden never costs 59 euros.", "The Halden lamp costs 59 euros."),
        (AUTO, "The Halden lamp costs 59 euros and", "The Halden lamp costs 59 euros, and so on."),
        (AUTO, SENTENCE, "The Halden lamp costs 59 euros."),
        (AUTO, "", SENTENCE),
        (AUTO, "As an AI assistant, I cannot buy lamps.", ""),
        (SHORTER, "The lamp from Halden now costs 59 euros.", "The Halden lamp is 59 euros."),
        (LONGER, "The Halden lamp is 59 euros.", "The lamp from Halden now costs 59 euros."),
    ],
)
def test_what_was_not_asked_for_costs(length: LengthMode, worse: str, better: str) -> None:
    wish = Wish(length=length)
    assert cost(wish, SENTENCE, worse) >= cost(wish, SENTENCE, better)
    if worse and better:
        assert cost(wish, SENTENCE, worse) > cost(wish, SENTENCE, better)


@pytest.mark.parametrize(
    ("instruction", "worse", "better"),
    [
        # What is said must stay, and nothing come that nobody said.
        ("Make it friendlier.", "The pipes are broken.", "So the kitchen is closed for you."),
        (
            "Make it friendlier.",
            "The kitchen has a friendly stove.",
            "The kitchen is closed, sorry.",
        ),
        # No less, and no more, is denied.
        ("Make it friendlier.", "The kitchen is not closed.", "The kitchen is closed now."),
        # Someone who was not there.
        ("Make it more formal.", "I say the kitchen is closed.", "Our kitchen is closed."),
        # The same again.
        (
            "Make it longer.",
            "The kitchen is closed today, and the kitchen is closed today.",
            "The kitchen is closed today, and will be closed tomorrow.",
        ),
        (
            "Make it friendlier.",
            "The kitchen, you know, is closed; the kitchen, you know, is closed.",
            "The kitchen, you know, is closed; as you may know, it is closed.",
        ),
    ],
)
def test_a_rewrite_says_what_was_said(instruction: str, worse: str, better: str) -> None:
    wish = wish_of(instruction, AUTO)
    assert cost(wish, "The kitchen is closed.", worse) > cost(
        wish, "The kitchen is closed.", better
    )


@pytest.mark.parametrize(
    ("instruction", "sentence", "made"),
    [
        (
            "Make it more formal.",
            "I’m sure we can’t come, thanks. Don’t wait; they’ve left.",
            "I am sure we cannot come, thank you. Do not wait; they have left.",
        ),
        (
            "Make it friendlier.",
            "I am sure that we cannot come. Do not wait. That is what you are. I have a dog.",
            "I'm sure that we can't come. Don't wait. That is what you are. I have a dog.",
        ),
        ("Make it shorter.", "When it rained, we stayed, and so on.", "When it rained, we stayed."),
        ("Fix the grammar.", "on monday i was there.", "On monday I was there."),
        ("Fix the grammar.", "The lamp is green.", None),
        ("Make it more formal.", "The lamp is green.", None),
        ("Make it purple.", "I'm green.", None),
    ],
)
def test_rules_make_texts_too(instruction: str, sentence: str, made: str | None) -> None:
    assert by_rule(wish_of(instruction, AUTO), sentence) == ([made] if made else [])


def test_short_forms_and_small_letters_go_together_and_by_themselves() -> None:
    wish = wish_of("Make it more formal.", AUTO)
    made = ["Hi, I cannot come.", "Hi, I can't come.", "hi, i cannot come."]
    assert by_rule(wish, "hi, i can't come.") == made


def test_a_number_is_not_put_where_another_one_stood() -> None:
    old, wish = "Her 1,482 was replaced by my 1,428.", wish_of("Make it simpler.", AUTO)
    # One number is lost, which costs 1, and the other is there once more.
    assert cost(wish, old, "Her 1,428 was replaced by my 1,428.") == 2.5
    # Beside the number, one of two words of content is made up.
    assert cost(wish, old, "Her figure was replaced by my 1,428.") == 1.75
    longer = wish_of("Make it longer.", LONGER)
    again = "Room 12 is closed, and room 12 is the only one."
    assert cost(longer, "Room 12 is closed.", again) < 1.0


def test_no_sentence_is_left_out_but_to_be_shorter() -> None:
    old = "The baker knocked. The priest knocked."
    for instruction, length, nats in (("Simpler words.", AUTO, 1.0), ("Shorter.", SHORTER, 0.0)):
        wish = wish_of(instruction, length)
        both = cost(wish, old, "The priest and the baker knocked.")
        assert both - cost(wish, old, "The priest knocked. The baker knocked.") == pytest.approx(
            nats
        )


def test_what_an_instruction_names_may_come_and_go() -> None:
    wish = wish_of("Replace Claudia with Anna.", AUTO)
    assert cost(wish, "We met Claudia.", "We met Anna.") < cost(
        wish_of("Make it better.", AUTO), "We met Claudia.", "We met Anna."
    )
    assert wish_of("Replace Claudia with Anna.", AUTO).named == {"claudia", "anna"}


def test_a_correction_may_leave_a_sentence_as_it_is() -> None:
    assert cost(wish_of("Fix the spelling and grammar.", AUTO), SENTENCE, SENTENCE) == 0


@pytest.mark.parametrize(
    ("old", "new", "nats"),
    [
        ("He go home.", "He go home.", 0.0),
        ("He go home.", "He goes home.", 1.0),  # two letters written
        ("They is here.", "They are here.", 1.5),  # three for two
        ("Its too late.", "Its to late.", 1.5),  # one taken away
        ("on monday i left.", "On Monday I left.", pytest.approx(0.3)),  # three written large
        ("Very late, as ever.", "Very late.", 100 + 9 * 1.5),  # too much of it to be a slip
    ],
)
def test_a_correction_costs_by_the_letter(old: str, new: str, nats: float) -> None:
    assert change(old, new) == nats


def test_a_very_long_sentence_is_compared_in_no_time() -> None:
    """By letters alone this took minutes."""
    words = [f"word{number % 97} of" for number in range(4000)]
    old = " ".join(words)
    new = " ".join([*words[:2000], "too", *words[2000:]])
    assert change(old, new) == 2.0  # four letters, the space one of them


def test_a_sentence_is_shorter_by_its_last_clause() -> None:
    assert shortened("When it rained, we stayed, and Anna read.") == ["When it rained, we stayed."]
    assert shortened("It rained.") == []


def test_the_sentence_that_names_nothing_is_needed_least() -> None:
    assert least_needed(["We met Anna. ", "It was a rainy day. ", "So what? "], range(3)) == 1
    assert least_needed(["We met Anna. ", "We left at 9:30."], range(2)) is None
    assert least_needed(["It rained."], range(1)) is None


@pytest.mark.parametrize(
    ("passage", "pieces"),
    [
        ("Mr. Okafor came. He sat down there.", ["Mr. Okafor came. ", "He sat down there."]),
        ("It is 3.1 percent now. Eleven. We all left early.", None),
        ("one line here is long\n\nanother one is too\n", None),
        ("We said no. “Why would you do that?” she asked him.", None),
        ("no end at all", ["no end at all"]),
        ("1. Buy some milk today\n2. Call her", ["1. Buy some milk today\n", "2. Call her"]),
        ("- apples\n- a pear", ["- apples\n", "- a pear"]),
        ("", []),
    ],
)
def test_sentences_joined_are_the_passage(passage: str, pieces: list[str] | None) -> None:
    found = sentences(passage)
    assert "".join(found) == passage
    assert pieces is None or found == pieces


def test_a_very_short_sentence_stays_with_the_one_before() -> None:
    passage = "Captain Adebayo counted the lights again. Eleven. There should have been twelve."
    assert sentences(passage) == [
        "Captain Adebayo counted the lights again. Eleven. ",
        "There should have been twelve.",
    ]


def test_a_correction_may_write_a_name_otherwise_and_deny_once_instead_of_twice() -> None:
    wish = wish_of("Fix the spelling and grammar.", AUTO)
    assert cost(wish, "I saw Micheal on Wensday.", "I saw Michael on Wednesday.") == 0
    assert cost(wish, "I dont know nothing.", "I don't know anything.") == 0
    assert cost(wish, "It costs 59 euros.", "It costs 69 euros.") == 2  # lost, and made up


@pytest.mark.parametrize(
    ("instruction", "tone", "length"),
    [
        ("Make it informal.", Tone.FRIENDLY, AUTO),
        ("make it less formal", Tone.FRIENDLY, AUTO),
        ("Be more formal.", Tone.FORMAL, AUTO),
        ("Change it so that it belongs here.", None, AUTO),
        ("Explain it to a child.", None, AUTO),
    ],
)
def test_words_within_words_say_nothing(
    instruction: str, tone: Tone | None, length: LengthMode
) -> None:
    wish = wish_of(instruction, AUTO)
    assert (wish.tone, wish.length) == (tone, length)


def test_questions_are_not_turned_round_by_rule() -> None:
    wish = wish_of("Make it more formal.", AUTO)
    assert by_rule(wish, "Don't you like it? Isn't this the best one?") == []


def test_a_long_row_of_dots_is_read_at_once() -> None:
    assert sentences("." * 100_000) == ["." * 100_000]

"""What of a chat model's answer is the text."""

import pytest

from engine.infill.rewriting import capitalised, cleaned, whole_sentences

PASSAGE = "the report is late again, send it by friday"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("The report is late.", "The report is late."),
        ("Here is a shorter version:\n\nThe report is late.", "The report is late."),
        ("Here's the rewritten text: The report is late.", "The report is late."),
        ("Sure! Here is the text:\nThe report is late.", "The report is late."),
        ("Certainly, here is the corrected text: The report is late.", "The report is late."),
        ("Rewritten text: The report is late.", "The report is late."),
        ("The corrected version: The report is late.", "The report is late."),
        ("“The report is late.”", "The report is late."),
        ('"The report is late."', "The report is late."),
        ("The report is late.\n\nI changed the tone and the length.", "The report is late."),
        ("The report is late.\nSend it.", "The report is late. Send it."),
        # What is the text's own stays.
        ("“The report”, he said, “is late.”", "“The report”, he said, “is late.”"),
        ("The meeting is at 10:30.", "The meeting is at 10:30."),
        ("Sure enough, it is late.", "Sure enough, it is late."),
    ],
)
def test_only_the_text_of_an_answer_is_kept(answer: str, text: str) -> None:
    assert cleaned(answer, PASSAGE, is_whole=True) == text


def test_a_passage_that_begins_like_an_announcement_may_do_so_again() -> None:
    passage = "Here is the plan: we meet on Monday."
    answer = "Here is the plan: we will meet on Monday."
    assert cleaned(answer, passage, is_whole=True) == answer


def test_a_passage_of_several_paragraphs_gets_several() -> None:
    answer = "One.\n\nTwo."
    assert cleaned(answer, "Eins.\n\nZwei.", is_whole=True) == answer


def test_an_announcement_is_not_shown_while_it_is_written() -> None:
    whole = "Here is the text: It is late."
    shown = [cleaned(whole[:end], PASSAGE, is_whole=False) for end in range(1, len(whole) + 1)]
    begun = "It is late."
    assert all(begun.startswith(text) for text in shown if "Here" in whole and len(text) > 4)
    assert not any(text.startswith("Here is") for text in shown)
    assert shown[-1] == begun


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("It is late. Send it by", "It is late."),
        ('It is late! The word "forest"', "It is late!"),
        ("It is late. Send it.", "It is late. Send it."),
        ("He met Mr. Smith and", "He met Mr. Smith and"),  # none that ends
    ],
)
def test_an_answer_that_was_cut_off_ends_with_its_last_whole_sentence(text, whole) -> None:
    assert whole_sentences(text) == whole


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("hi all, it is late.", "Hi all, it is late."),
        ("last week i cleaned it, and i'm tired.", "Last week I cleaned it, and I'm tired."),
        ("We won! my kid's glad.", "We won! My kid's glad."),
        ("keep_days is a setting.", "keep_days is a setting."),
        ("e.g. this one, i.e. that.", "e.g. this one, i.e. that."),
        ("Flour, eggs, etc. are here.", "Flour, eggs, etc. are here."),
        ("i", "I"),
    ],
)
def test_a_sentence_begins_with_a_capital_letter(text, written) -> None:
    assert capitalised(text) == written

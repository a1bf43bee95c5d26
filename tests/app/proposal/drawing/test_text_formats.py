"""The colour is fuller the surer the model is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.editor.theme import DARK, LIGHT, Theme
from app.proposal.drawing import text_formats

NATS = st.floats(0.0, 12.0)


@given(NATS, NATS, st.booleans())
def test_ink_never_grows_with_entropy(one: float, other: float, is_accepted: bool) -> None:
    low, high = sorted((one, other))
    surer = text_formats.settledness(low, is_accepted=is_accepted)
    assert 0.0 <= text_formats.settledness(high, is_accepted=is_accepted) <= surer <= 1.0


@given(NATS)
def test_an_accepted_token_is_at_least_as_strong(entropy: float) -> None:
    plain = text_formats.settledness(entropy, is_accepted=False)
    assert text_formats.settledness(entropy, is_accepted=True) >= plain


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_settled_word_has_the_texts_own_ink(theme: Theme) -> None:
    settled = text_formats.draft_format(theme, theme.text, 0.0, is_accepted=False)
    assert settled.foreground().color() == theme.text
    lost = text_formats.draft_format(theme, theme.text, 50.0, is_accepted=False)
    assert lost.foreground().color() == theme.unsettled

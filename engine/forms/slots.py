"""The slots of a canvas whose text has a form."""

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.forms.chain import NEVER, Chain
from engine.forms.token_automaton import TokenAutomaton


@dataclass(frozen=True, slots=True, eq=False)
class FormedSlots:
    """A row of slots, counted from the canvas' first, and the form of their text."""

    slots: range
    automaton: TokenAutomaton


def condition(logits: Tensor, form: FormedSlots, known: Tensor, free: Tensor) -> Chain | None:
    """Make one canvas' logits [F, V] what they are over all texts of a form, in place.

    Args:
        logits: Of all slots.
        form: Of some of them.
        known: [F] int64, the tokens of slots that are not free.
        free: [F] bool.

    Returns:
        What follows for its slots. None, with nothing changed, where no text is left: a word that
        was pinned there is not of the form.
    """
    own = slice(form.slots.start, form.slots.stop)
    # Of what is known there is no doubt.
    sure = torch.full_like(logits[own], NEVER).scatter_(1, known[own, None], 0.0)
    chain = Chain.of(form.automaton, logits[own].where(free[own, None], sure))
    if not chain.is_possible:
        return None
    logits[own] = chain.beliefs().to(logits)
    return chain

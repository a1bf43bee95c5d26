"""The forms of a region's parts, on the slots of its canvas."""

from collections.abc import Iterator, Sequence

from engine.api import Form
from engine.forms.automata import automaton_of
from engine.forms.slots import FormedSlots
from engine.forms.token_automaton import TokenAutomaton
from engine.infill.codec import TextCodec
from engine.infill.plan import InfillPlan


def automaton_at(codec: TextCodec, plan: InfillPlan, place: int) -> TokenAutomaton | None:
    """Return the automaton of a part's form, of texts behind what its first slot begins with."""
    part = plan.layout.parts[place] if plan.layout else None
    if part is None or part.form is None:
        return None
    return codec.automaton(part.form, plan.begins(place))


def formed_slots(codec: TextCodec, plan: InfillPlan) -> tuple[FormedSlots, ...]:
    """Return the slots of a region's canvas that have forms."""
    return tuple(
        FormedSlots(slots, codec.automaton(form, prefix))
        for slots, form, prefix in formed_parts(plan)
    )


def has_its_forms(codec: TextCodec, plan: InfillPlan, ids: Sequence[int]) -> bool:
    """Whether the texts of tokens in a region's slots have their forms."""
    return all(
        automaton_of(form).accepts(
            b"".join(codec.token_bytes(ids[slot]) for slot in slots).removeprefix(prefix)
        )
        for slots, form, prefix in formed_parts(plan)
    )


def formed_parts(plan: InfillPlan) -> Iterator[tuple[range, Form, bytes]]:
    """Yield the slots of the parts that have a form, it, and what their first slot begins with."""
    if plan.layout is None:
        return
    for place, (start, part) in enumerate(plan.layout.placed()):
        if part.form is not None:
            first = plan.edge_before + start
            slots = range(first, first + plan.layout.counts[place])
            yield slots, part.form, plan.begins(place)

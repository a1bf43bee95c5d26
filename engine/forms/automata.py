"""The automaton of a form, whoever has written its expression."""

from functools import lru_cache

from engine.api import Form, FormKind
from engine.forms.byte_automaton import ByteAutomaton
from engine.forms.kinds import pattern_of
from engine.forms.worked_out import worked_out
from engine.patterns import check_written_out, compiled


@lru_cache(maxsize=256)
def automaton_of(form: Form) -> ByteAutomaton:
    """Return the automaton of a form's texts.

    Raises:
        BadRequestError: If there is none; it says why.
    """
    pattern = pattern_of(form)
    if form.kind is FormKind.PATTERN:
        compiled(pattern)  # or what is wrong with it is said
        return worked_out(pattern)
    if form.kind is FormKind.JSON:
        check_written_out(pattern)
        if '"pattern"' in form.schema:
            return worked_out(pattern)
    return ByteAutomaton.of(pattern)

"""The automaton of a form, whoever has written its expression."""

from functools import lru_cache

from engine.api import Form, FormKind
from engine.errors import BadRequestError
from engine.forms.byte_automaton import ByteAutomaton
from engine.forms.kinds import pattern_of
from engine.forms.worked_out import worked_out
from engine.patterns import PatternError, check_written_out, compiled

_TEXT = Form(kind=FormKind.JSON, schema='{"type": "string"}')
# Of JSON without lists and objects: small, and asked for again and again.
_SIMPLE = (
    *('{"type": "string"}', '{"type": "string", "minLength": 1}', '{"type": "boolean"}'),
    *('{"type": "integer"}', '{"type": "number"}', '{"type": "null"}'),
)
_SHOWN = 100  # characters of a schema in a message


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
    if form.kind is not FormKind.JSON or form.schema in _SIMPLE:
        return ByteAutomaton.of(pattern)
    try:
        check_written_out(pattern)
        found = worked_out(pattern)
        # A pattern knows nothing of JSON, where some characters have a backslash before them.
        return found.meeting(automaton_of(_TEXT)) if '"pattern"' in form.schema else found
    except PatternError as error:
        raise BadRequestError(
            f"No form can be made of the schema {form.schema[:_SHOWN]}: {error.reason}. Choose a "
            "simpler one, or fill that value in yourself."
        ) from error

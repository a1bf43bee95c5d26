"""A form that is wished for all that is written, said of each region."""

from dataclasses import replace

from engine.api import Form, FormKind, Generate
from engine.errors import BadRequestError
from engine.region.pins import forms_do_not_fit
from engine.region.scope import names_in_scope

_MOST_NAMES = 200  # the nearest of them


def with_forms(request: Generate) -> Generate:
    """Return a request in which every region has its own form, and names are lists.

    Raises:
        BadRequestError: If a name is wanted where none is known.
    """
    rules = request.settings.constraints
    regions, forms = request.regions, request.forms
    if rules.form != Form():
        # White space at the ends stays, as in every rewrite.
        lead = len(request.region) - len(request.region.lstrip())
        end = len(request.region.rstrip())
        regions = regions or ((lead, max(lead, end)),)
        forms = forms or (rules.form,) * len(regions)
    if any(form.kind is FormKind.NAME for form in forms):
        if len(forms) != len(regions):
            raise forms_do_not_fit(len(forms), len(regions))
        pairs = zip(regions, forms, strict=True)
        forms = tuple(_listed(request, *region, form) for region, form in pairs)
    settings = replace(request.settings, constraints=replace(rules, form=Form()))
    return replace(request, regions=regions, forms=forms, settings=settings)


def _listed(request: Generate, start: int, end: int, form: Form) -> Form:
    """Return a form with the names that a region can see in the place of a wish for one."""
    if form.kind is not FormKind.NAME:
        return form
    before = request.before + request.region[:start]
    names = names_in_scope(before, request.region[end:] + request.after, request.language)
    if not names:
        raise BadRequestError(
            "No names are known here. They are found in programs, in languages that Inlay can "
            "parse. Choose another form."
        )
    # Sorted, so that places of one function have one list, whose automaton is made once.
    return Form(kind=FormKind.ONE_OF, values=tuple(sorted(names[:_MOST_NAMES])))

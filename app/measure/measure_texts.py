"""What a measurement says, in the user's language."""

from app.translation import number_text, tr
from engine.api import Mode
from engine.measure.tasks import Sort
from engine.measure.words import Words
from engine.texts.document import Reason


def words() -> Words:
    """Return what reports are made of."""
    return Words(
        sorts=_sorts(),
        modes=modes(),
        reasons=_reasons(),
        one=tr("this text"),
        texts=tr("these {count} texts"),
        code=tr("these {count} {language} files"),
        finds=tr("On {files} {model} finds {shares}."),
        finds_too=tr("{model} finds {shares}."),
        share=tr("{hits} of {count} {sort}"),
        list_of=tr("{first} and {last}"),
        sure=tr(
            "That {model} finds more than {other} is hardly chance: {points} more of 100 gaps "
            "({low} to {high})."
        ),
        unsure=tr(
            "Whether {model} or {other} finds more cannot be told from {tasks} gaps: the "
            "difference is {points} of 100 ({low} to {high})."
        ),
        learned=tr(
            "{model} was taught from a folder with {count} of these files: what it finds in them "
            "says little of what it finds in others."
        ),
        apart=tr("Of {when} no gap is the same: these cannot be held against each other."),
        when=tr("Measured"),
        failed=tr("{model} could not be measured to its end: {why}"),
        heads=_heads(),
        memory=tr("{model}: {weights} of weights, {peak} of memory at most, on {device}."),
        left_out=tr("Left out: {what}."),
        cut=tr("Lines that look like secrets, left out: {count}."),
        note=tr(
            "In brackets: 95 % confidence intervals. Times are those of a run in the background, "
            "at the lowest priority. Memory is that of the whole process, with what models before "
            "have left there."
        ),
        examples=tr("Examples"),
        stood=tr("stood there"),
        title=tr("Measured on {files}"),
        number=number_text,
    )


def modes() -> dict[Mode, str]:
    """Return what the ways of writing are called, but for the usual one."""
    return {Mode.CAUSAL: tr("from the left only"), Mode.DIFFUSION: tr("denoising only")}


def _sorts() -> dict[Sort, str]:
    return {
        Sort.WORD: tr("words", "so many of them were found"),
        Sort.LINE_END: tr("line ends"),
        Sort.LINE: tr("lines"),
        Sort.SENTENCE: tr("sentences"),
        Sort.BODY: tr("function bodies"),
    }


def _reasons() -> dict[Reason, str]:
    return {
        Reason.BINARY: tr("binary"),
        Reason.TOO_LARGE: tr("too large"),
        Reason.GENERATED: tr("generated or not your own"),
        Reason.DATA: tr("data"),
        Reason.DUPLICATE: tr("nearly the same as another one"),
        Reason.EMPTY: tr("empty"),
        Reason.SECRET: tr("a secret"),
        Reason.UNREADABLE: tr("unreadable"),
        Reason.BEYOND: tr("beyond what is read at once"),
    }


def _heads() -> tuple[str, ...]:
    return (
        *(tr("Gaps of"), tr("Model"), tr("Found exactly"), tr("Similar"), tr("Parses")),
        *(tr("Fits its form"), tr("First frame"), tr("Settled"), tr("Gaps")),
    )

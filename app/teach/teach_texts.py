"""What is said of trainings and of what came of them."""

from pathlib import Path

from app.teach.teaching import Teaching
from app.translation import number_text, tr
from engine.adapters import Card, Condition, Taught
from engine.measure.tasks import Sort

_MOST_FILES = 12  # that are named


def state_text(teaching: Teaching) -> str:
    """Say how far a run is."""
    if not teaching.child.is_running:
        return ""
    text = _stages().get(teaching.stage, "") if teaching.pace.total else ""
    text = text or _first_words().get(teaching.stage, tr("Starting…"))
    said = text.format(done=teaching.pace.done, total=teaching.pace.total)
    parts = [teaching.name, said]  # what goes on need not be what the page asks for
    left = teaching.pace.minutes_left
    if teaching.child.is_stopping:
        return " · ".join([*parts, tr("stopping…")])
    if teaching.child.is_paused:
        return " · ".join([*parts, tr("paused")])
    if left is not None:
        parts.append(tr("about %n minutes left", "", max(1, round(left))))
    parts.append(tr("it goes on when this window is closed"))
    return " · ".join(parts)


def _stages() -> dict[str, str]:
    return {
        "measuring before": tr("Filling gaps in text kept apart, before: {done} of {total}"),
        "training": tr("Learning: step {done} of {total}"),
        "measuring after": tr("Filling gaps in text kept apart, after: {done} of {total}"),
    }


def _first_words() -> dict[str, str]:
    """What is said before a stage can count."""
    return {
        "reading": tr("Reading the texts…"),
        "training": tr("Seeing how long a step takes…"),
    }


def verdict(name: str, card: Card) -> str:
    """Say whether an adapter helps."""
    if not card.helps:
        return tr("{name} does not help on text kept apart.").format(name=name)
    return tr("{name} helps on text kept apart.").format(name=name)


def found_text(card: Card) -> str:
    """Say how many gaps were found before and after; empty if that was not measured."""
    pairs = [(one, card.measured_after.get(sort)) for sort, one in card.measured_before.items()]
    counted = [(before, after) for before, after in pairs if after]
    if not counted:
        return ""
    text = tr("Of {tasks} gaps in text kept apart {before} were found before, and {after} after.")
    return text.format(
        tasks=sum(before["tasks"] for before, _ in counted),
        before=sum(before["found"] for before, _ in counted),
        after=sum(after["found"] for _, after in counted),
    )


def loss_text(card: Card) -> str:
    """Say how the loss has changed, which decides where gaps are too few; empty: not known."""
    if card.loss_before is None or card.loss_after is None:
        return ""
    text = tr("Loss of text held out: {before} before, {after} after.")
    return text.format(
        before=number_text(card.loss_before, 3), after=number_text(card.loss_after, 3)
    )


def sorts() -> dict[str, str]:
    """Return what the sorts of gaps are called."""
    return {
        Sort.WORD: tr("Words"),
        Sort.LINE_END: tr("Line ends"),
        Sort.LINE: tr("Lines"),
        Sort.SENTENCE: tr("Sentences"),
        Sort.BODY: tr("Function bodies"),
    }


def condition_text(taught: Taught) -> str:
    """Say in a word or two what can be done with an adapter."""
    if not taught.folder.is_dir():
        return tr("not there")
    if taught.condition is Condition.DAMAGED:
        return tr("damaged")
    if taught.condition is Condition.UNFINISHED:
        return tr("not finished")
    if taught.card is None:
        return tr("not taught here")
    return tr("helps") if taught.card.helps else tr("does not help")


def about(taught: Taught) -> str:
    """Return an adapter's card for people, a paragraph for each subject."""
    card = taught.card
    if taught.problem:
        return taught.problem
    if card is None:
        if taught.condition is Condition.UNFINISHED:
            return tr("Its training was left off before its end. It can go on where it was.")
        return tr("It has no card: it was not taught on this machine.")
    parts = [verdict(taught.name, card), *_measured(card), _trained(card), _learned_from(card)]
    if taught.goes_on:
        parts.insert(1, tr("Its training was stopped, and can go on."))
    return "\n\n".join(part for part in parts if part)


def _measured(card: Card) -> list[str]:
    lines = [found_text(card)]
    for sort, before in card.measured_before.items():
        if after := card.measured_after.get(sort):
            text = tr("{sort}: {before} of {tasks} before, {after} after")
            named = sorts().get(sort, sort)
            lines.append(
                text.format(
                    sort=named, before=before["found"], tasks=before["tasks"], after=after["found"]
                )
            )
    lines.append(loss_text(card))
    return ["\n".join(line for line in lines if line)]


def _trained(card: Card) -> str:
    text = tr(
        "Taught {model} on {date}: {steps} steps in {minutes} minutes on {threads} threads, seed "
        "{seed}, rank {rank}; the best was step {step}."
    )
    return text.format(
        model=card.base,
        date=card.made[:10],
        steps=card.steps,
        minutes=round(card.minutes),
        threads=card.threads,
        seed=card.seed,
        rank=card.rank,
        step=card.step,
    )


def _learned_from(card: Card) -> str:
    text = tr("From {files} files with {characters} characters in {folders}:")
    head = text.format(
        files=len(card.files),
        characters=number_text(sum(card.files.values())),
        folders=", ".join(card.folders),
    )
    names = [_short(name, card.folders) for name in list(card.files)[:_MOST_FILES]]
    more = len(card.files) - len(names)
    tail = [tr("and {count} more").format(count=more)] if more else []
    return "\n".join([head, *names, *tail])


def _short(name: str, folders: list[str]) -> str:
    """Return a file's name from the folder on that it was taught from."""
    around = (folder for folder in folders if Path(name).is_relative_to(folder) and folder != name)
    folder = next(around, None)
    return str(Path(name).relative_to(folder)) if folder else name

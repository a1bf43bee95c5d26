"""A measurement in words: one sentence to decide by, tables, examples, as Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.measure.figures import Difference, Figure, Row, difference
from engine.measure.measurement import About, Example, Measurement
from engine.measure.subject import Seen
from engine.measure.tasks import Sort
from engine.measure.words import ENGLISH, Words
from engine.texts.document import Kind


def name_of(seen: Seen, words: Words = ENGLISH) -> str:
    """Return what a subject is called: its model, what it was taught, and how it writes."""
    subject = seen.subject
    name = seen.name or _last(subject.model) or subject.server
    name += f" + {_last(subject.adapter)}" if subject.adapter else ""
    mode = words.modes.get(subject.mode, "")
    return f"{name} ({mode})" if mode else name


def sentences(measurement: Measurement, words: Words = ENGLISH) -> list[str]:
    """Return what a person decides by."""
    rows, found = measurement.rows, list[str]()
    for number, seen in enumerate(measurement.subjects):
        shares = [_share(row, words) for row in rows if row.subject == number]
        if shares:
            pattern = words.finds_too if found else words.finds
            files = files_text(measurement.about, words)
            listed = _listed(shares, words)
            found.append(pattern.format(files=files, model=name_of(seen, words), shares=listed))
    for one in measurement.differences():
        names = tuple(name_of(seen, words) for seen in measurement.subjects)
        found.append(_compared(one, names, words))
    for seen in measurement.subjects:
        if seen.taught_from:
            found.append(words.learned.format(model=name_of(seen, words), count=seen.taught_from))
    for seen in measurement.subjects:
        if seen.failure:
            found.append(words.failed.format(model=name_of(seen, words), why=seen.failure))
    return found


def files_text(about: About, words: Words = ENGLISH) -> str:
    """Return what was measured on, as "these 40 Python files"."""
    count = len(about.files)
    if count == 1:
        return words.one
    if set(about.kinds) == {Kind.CODE} and len(about.languages) == 1:
        (language,) = about.languages
        return words.code.format(count=count, language=_language_name(language))
    return words.texts.format(count=count)


def table(measurement: Measurement, words: Words = ENGLISH) -> list[tuple[str, ...]]:
    """Return the rows of the table, as texts."""
    return [_cells(row, measurement.subjects, words) for row in measurement.rows]


def markdown(measurement: Measurement, words: Words = ENGLISH) -> str:
    """Return a measurement as a document."""
    about = measurement.about
    lines = [f"# {words.title.format(files=files_text(about, words))}", ""]
    lines += [_when(measurement), ""]
    lines += [f"- {text}" for text in sentences(measurement, words)]
    lines += ["", *_markdown_table(words.heads, table(measurement, words)), "", words.note, ""]
    lines += [f"- {text}" for text in (*memory_texts(measurement, words), *left_out(about, words))]
    lines += ["", f"## {words.examples}"]
    for example in measurement.examples:
        lines += ["", *_example(example, measurement.subjects, words)]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Several measurements side by side."""

    rows: tuple[tuple[str, ...], ...]  # when it was, and the cells of `table`
    sentences: tuple[str, ...]


def comparison(measurements: Sequence[Measurement], words: Words = ENGLISH) -> Comparison:
    """Put measurements side by side, and hold their first subjects against the first one's.

    Only gaps that were the same are compared: those of other texts say nothing of each other.
    """
    rows = [
        (row.sort, (_when(one), *cells))
        for one in measurements
        for row, cells in zip(one.rows, table(one, words), strict=True)
    ]
    order = list(Sort)
    first, said = measurements[0], list[str]()
    for other in measurements[1:]:
        found = difference(1, 0, other.outcomes[0], first.outcomes[0])
        names = tuple(f"{name_of(one.subjects[0], words)}, {_when(one)}" for one in (first, other))
        said.append(
            _compared(found, names, words) if found else words.apart.format(when=_when(other))
        )
    return Comparison(
        rows=tuple(cells for _, cells in sorted(rows, key=lambda pair: order.index(pair[0]))),
        sentences=tuple(said),
    )


def compared(measurements: Sequence[Measurement], words: Words = ENGLISH) -> str:
    """Return several measurements side by side as a document."""
    found = comparison(measurements, words)
    lines = _markdown_table((words.when, *words.heads), found.rows)
    return "\n".join([*lines, *(part for text in found.sentences for part in ("", text))]) + "\n"


def _when(measurement: Measurement) -> str:
    return measurement.made[:16].replace("T", " ")


def left_out(about: About, words: Words = ENGLISH) -> list[str]:
    """Return what was not used, and why."""
    what = [f"{words.reasons[reason]}: {count}" for reason, count in about.left_out.items()]
    found = [words.left_out.format(what=", ".join(what))] if what else []
    return found + ([words.cut.format(count=about.cut_lines)] if about.cut_lines else [])


def memory_texts(measurement: Measurement, words: Words = ENGLISH) -> list[str]:
    """Return what memory each model took."""
    return [
        words.memory.format(
            model=name_of(one, words),
            weights=f"{words.number(one.weights_bytes / 1e6, 0)} MB",
            peak=f"{words.number(one.peak_bytes / 1e6, 0)} MB",
            device=one.device,
        )
        for one in measurement.subjects
        if one.peak_bytes
    ]


def _share(row: Row, words: Words) -> str:
    """Return how many of ten were found; of fewer gaps than that, how many of them."""
    count = min(10, row.tasks)
    hits = round(count * row.exact.value)
    return words.share.format(hits=hits, count=count, sort=words.sorts[row.sort])


def _compared(one: Difference, names: Sequence[str], words: Words) -> str:
    more, less, share = one.subject, one.other, one.share
    if share.value < 0:
        more, less = less, more
        share = Figure(value=-share.value, low=-share.high, high=-share.low)
    return (words.sure if one.is_sure else words.unsure).format(
        model=names[more],
        other=names[less],
        tasks=one.tasks,
        points=round(100 * share.value),
        low=round(100 * share.low),
        high=round(100 * share.high),
    )


def _cells(row: Row, subjects: Sequence[Seen], words: Words) -> tuple[str, ...]:
    return (
        words.sorts[row.sort],
        name_of(subjects[row.subject], words),
        percent(row.exact),
        percent(row.similarity),
        percent(row.parses),
        percent(row.fits),
        duration(row.first_ms, words),
        duration(row.settled_ms, words),
        str(row.tasks) + (f" ({row.failed} ✗)" if row.failed else ""),
    )


def percent(figure: Figure | None) -> str:
    """Return a share and its interval, as "40 % (25–57)"."""
    if figure is None:
        return "–"
    value, low, high = (round(100 * one) for one in (figure.value, figure.low, figure.high))
    return f"{value} % ({low}–{high})"


def duration(figure: Figure | None, words: Words = ENGLISH) -> str:
    """Return a time and its interval in seconds, as "1.2 s (1.0–1.5)"."""
    if figure is None:
        return "–"
    seconds = (one / 1e3 for one in (figure.value, figure.low, figure.high))
    value, low, high = (words.number(one, 2) for one in seconds)
    return f"{value} s ({low}–{high})"


def _example(example: Example, subjects: Sequence[Seen], words: Words) -> list[str]:
    before, after = example.before.splitlines()[-2:], example.after.splitlines()[:2]
    around = "\n".join(before) + "▁▁▁" + "\n".join(after)
    lines = [f"**{words.sorts[example.sort]}** · {example.name}", "", *_fenced(around), ""]
    texts = [(words.stood, example.wanted)]
    texts += [
        (name_of(seen, words), text) for seen, text in zip(subjects, example.found, strict=True)
    ]
    for name, text in texts:
        lines += [f"{name}:", "", *_fenced(text), ""]
    return lines


def _fenced(text: str) -> list[str]:
    fence = "```"
    while fence in text:
        fence += "`"
    return [fence, *text.strip("\n").split("\n"), fence]


def _markdown_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(heads)} |",
        "|" + "---|" * len(heads),
        *(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows),
    ]


def _listed(texts: Sequence[str], words: Words) -> str:
    if len(texts) < 2:
        return "".join(texts)
    return words.list_of.format(first=", ".join(texts[:-1]), last=texts[-1])


def _language_name(language: str) -> str:
    """Return what people call a language, as "JavaScript"."""
    from pygments.lexers import find_lexer_class_by_name  # noqa: PLC0415 - as in `kind_of`
    from pygments.util import ClassNotFound  # noqa: PLC0415

    try:
        return str(find_lexer_class_by_name(language).name)
    except ClassNotFound:
        return language


def _last(path: str) -> str:
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]

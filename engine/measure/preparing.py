"""From documents to a measurement that can begin: the gaps are cut."""

import datetime
from collections import Counter

from engine.measure.measurement import About, Asked, Place, Work
from engine.measure.tasks import make_tasks
from engine.texts.document import Documents, Kind


def prepared(asked: Asked, documents: Documents) -> Work:
    """Return a measurement that can begin: its gaps are cut.

    Raises:
        BadRequestError: If there is no text to measure on.
    """
    tasks = make_tasks(documents.documents, asked.count, asked.seed)
    by_text = {one.text: one for one in documents.documents}
    # In the order of the gaps, each once.
    used = {text: number for number, text in enumerate(dict.fromkeys(t.document for t in tasks))}
    kinds = {one.path: (one.kind, one.language) for one in documents.documents}
    return Work(
        asked=asked,
        about=About(
            files=documents.files,
            kinds=dict(Counter(kind for kind, _ in kinds.values())),
            languages=dict(Counter(name for kind, name in kinds.values() if kind is Kind.CODE)),
            left_out=documents.left_out,
            cut_lines=documents.cut_lines,
        ),
        made=datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        documents=tuple(by_text[text] for text in used),
        places=tuple(
            Place(document=used[one.document], start=one.start, end=one.end, sort=one.sort)
            for one in tasks
        ),
    )

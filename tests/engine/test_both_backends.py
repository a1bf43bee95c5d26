"""What holds of a text, whoever writes it: the same tests for a model here and for servers."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.api import (
    Connect,
    Constraints,
    Event,
    Failed,
    Finished,
    Generate,
    Length,
    LengthMode,
    Load,
    RunSettings,
    Score,
)
from engine.backend import Backend, Control
from engine.errors import BadRequestError, EngineError
from engine.local_backend import LocalBackend
from engine.remote import RemoteBackend
from tests.engine.remote.stand_in import StandIn
from tests.tiny import write_folder

GOES_ON = Control(is_cancelled=lambda: False, inbox=list)
WORD = Generate(
    job_id=2,
    revision=0,
    before="The fox ",
    region="went",
    after=" into the wood.",
    settings=RunSettings(seed=7),
)
SERVERS = {
    "canvas": {"takes_canvas": True},
    "chat": {"takes_canvas": False},
    "suffix": {"takes_canvas": False, "takes_suffix": True, "chats": False},
}


class Under:
    """A backend under test; `says` is what a server answers, and nothing to a model here."""

    def __init__(self, backend: Callable[[Callable[[Event], None]], Backend]) -> None:
        self.events: list[Event] = []
        self.backend = backend(self.events.append)
        self.server: StandIn | None = None

    def says(self, text: str) -> "Under":
        if self.server is not None:
            self.server.does.text = text
        return self

    def generate(self, request: Generate) -> Finished:
        self.backend.generate(request, GOES_ON)
        finished = self.events[-1]
        assert isinstance(finished, Finished)
        return finished

    def score_of(self, request: Generate) -> Score:
        score = self.generate(request).candidates[0].score
        assert score is not None
        return score


def with_settings(**settings: Any) -> Generate:
    """Return the request with other settings."""
    return replace(WORD, settings=replace(WORD.settings, **settings))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("model"), generation={"max_denoising_steps": 3})


@pytest.fixture(params=["here", *SERVERS])
def under(request: pytest.FixtureRequest, folder: Path) -> Iterator[Under]:
    """Each backend in turn."""
    if request.param == "here":
        made = Under(LocalBackend)
        assert isinstance(made.backend, LocalBackend)
        made.backend.load(Load(job_id=1, folder=str(folder), device="cpu"), lambda: False)
        yield made
        return
    server = StandIn()
    for name, value in SERVERS[request.param].items():
        setattr(server.does, name, value)
    connect = Connect(job_id=1, address=server.address)
    made = Under(lambda emit: RemoteBackend.connected(connect, emit, lambda: False))
    made.server = server
    yield made
    server.close()


def test_words_within_a_line_of_prose_stay_on_it(under: Under) -> None:
    finished = under.says("jumped\nover").generate(WORD)
    assert finished.text
    assert "\n" not in finished.text


def test_code_beside_code_stays_on_its_line(under: Under) -> None:
    code = replace(WORD, before="x = ", region="f(1)", after=" + y\n", language="python")
    assert "\n" not in under.says("g(2)\nz = 1").generate(code).text


def test_one_line_is_one_line(under: Under) -> None:
    one = with_settings(constraints=Constraints(is_single_line=True))
    assert "\n" not in under.says("jumped\nover").generate(one).text


def test_a_text_never_has_other_characters_than_it_may(under: Under) -> None:
    digits = with_settings(constraints=Constraints(characters="0-9"))
    with suppress(BadRequestError):  # what a server may answer with, who has no masks
        assert set(under.says("jumped").generate(digits).text) <= set("0123456789")


def test_a_sentence_before_another_gets_the_white_space_before_it(under: Under) -> None:
    lacking = replace(WORD, before="He went home. ", region="", after="She stayed.")
    text = under.says("It rained.").generate(lacking).text
    assert text.endswith(" ")
    assert not text.startswith(" ")


def test_new_syntax_errors_are_counted_in_code_alone(under: Under) -> None:
    code = replace(WORD, before="x = ", region="f(1)", after=" + y\n", language="python")
    assert under.says("g(2)").score_of(code).syntax is not None
    assert under.score_of(replace(code, language="")).syntax is None


def test_a_text_that_was_seen_costs_as_much_whoever_wrote_it(under: Under) -> None:
    same = with_settings(length=Length(mode=LengthMode.SAME))
    (fresh,) = under.says("jumped").generate(same).candidates
    (seen,) = under.generate(replace(same, avoid=(fresh.text,))).candidates
    assert seen.text == fresh.text  # there is no other
    assert fresh.score is not None
    assert seen.score is not None
    assert seen.score.total == pytest.approx(fresh.score.total - 4.0)


def test_too_much_is_refused_by_its_bound(under: Under) -> None:
    with pytest.raises(EngineError, match="candidates is 9; it goes from 1 to 8"):
        under.backend.generate(with_settings(candidates=9), GOES_ON)
    assert not [event for event in under.events if isinstance(event, Failed)]

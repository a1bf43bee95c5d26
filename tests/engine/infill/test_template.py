"""Chat templates are programs of strangers: they fail by name, soon, and in little memory."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jinja2 import TemplateError

from engine.errors import ModelFolderError
from engine.infill.prompt import ChatTemplate
from engine.infill.template import render

DOUBLED = (
    "{{% set ns = namespace(v={}) %}}{{% for i in range(60) %}}{{% set ns.v = {} %}}{{% endfor %}}"
)
LONG = "{% set x = 'a' * 100000 %}"

FAULTS = {
    "{{ 1 / 0 }}": "division by zero",
    "{{ 0 ** -1 }}": "ZeroDivisionError",
    "{{ missing() }}": "'missing' is undefined",
    "{{ missing.one.two }}": "'missing' is undefined",
    "{% include '/etc/passwd' %}": "other files",
    "{% extends 'a' %}": "other files",
    "{% import 'a' as a %}": "other files",
    "{% from 'a' import b %}": "other files",
    "{{ messages.append(1) }}": "unsafe",
    "{{ ''.__class__.mro() }}": "unsafe",
    "{% for x in 5 %}{% endfor %}": "not iterable",
    "{% set a, b = [1, 2, 3] %}": "unpack",
    "{{ raise_exception('no') }}": "no",
    "{{ '9999' * 2000 | int": "unexpected",
}
# Loops without end: what is counted, in time.
LOOPS = [
    "{% for i in range(10 ** 9) %}{% endfor %}",
    "{% for i in range(10 ** 12) %}{% endfor %}",
    "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{% if z %}"
    "{% endif %}{% endfor %}{% endfor %}{% endfor %}",
    LONG + "{% for a in x %}{% for b in x %}{% if z and z and z and z %}{% endif %}{% endfor %}"
    "{% endfor %}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(99) }}",
    "{% block a %}{{ self.a() }}{% endblock %}",
    "{% for a in range(999) recursive %}{{ loop(range(999)) }}{% endfor %}",
    "{% for a in [1] recursive %}{{ loop([1]) }}{{ loop([1]) }}{% endfor %}",
    "{% set x = range(50000) %}{{ x | select('in', x) | list }}",
    "{% set x = range(50000) %}{% for a in x if a in x %}{% endfor %}",
    "{{ " + "[" * 30_000 + " }}",
    "{{ " + "1+" * 30_000 + "1 }}",
    "{{ a }}" * 9_000,
    "{% if a %}" * 3_000 + "{% endif %}" * 3_000,
]
# Much of little: what is counted, in memory.
FLOODS = [
    "{{ 'a' * 10 ** 10 }}",
    "{{ 10 ** 10 * 'a' }}",
    "{{ [1] * 10 ** 10 }}",
    "{{ range(10 ** 12) }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ 9 ** 9 ** 9 ** 9 }}",
    "{{ '%10000000000d' % 1 }}",
    "{{ '{:>10000000000}'.format(1) }}",
    "{{ '%10000000000d' | format(1) }}",
    "{{ 'a' | center(10 ** 10) }}",
    "{{ 'a' | indent(10 ** 10, true) }}",
    "{{ 'a'.ljust(10 ** 10) }}",
    "{{ 'a\\t'.expandtabs(10 ** 10) }}",
    "{{ (1).to_bytes(10 ** 10, 'big') }}",
    "{{ [[1]] | tojson(indent=10 ** 10) }}",
    "{{ range(9) | slice(10 ** 9) | list }}",
    "{{ lipsum(10 ** 7) }}",
    DOUBLED.format("'aaaa'", "ns.v ~ ns.v"),
    DOUBLED.format("'aaaa'", "ns.v + ns.v"),
    DOUBLED.format("[1]", "ns.v + ns.v"),
    DOUBLED.format("[1]", "[ns.v, ns.v]") + "{{ ns.v }}",
    DOUBLED.format("{}", "{'a': ns.v, 'b': ns.v}") + "{{ ns.v == ns.v }}",
    DOUBLED.format("7", "ns.v * ns.v"),
    LONG + "{{ x | replace('a', x) }}",
    LONG + "{{ x.replace('', x) }}",
    LONG + "{{ x.join(x) }}",
    LONG + "{{ x | join(x) }}",
    LONG + "{% for i in range(9999) %}{{ x }}{% endfor %}",
    "{% for i in range(99999) %}" + "x" * 60_000 + "{% endfor %}",
    "{% set y %}{% for i in range(99999) %}" + "x" * 60_000 + "{% endfor %}{% endset %}{{ y }}",
]


def words_around(source: str) -> str:
    return render(source, messages=[{"role": "user", "content": "W"}], tools=None)


@pytest.mark.parametrize(("source", "named"), FAULTS.items())
def test_a_fault_is_named(source: str, named: str) -> None:
    with pytest.raises(TemplateError, match=named):
        words_around(source)


@pytest.mark.parametrize("source", LOOPS + FLOODS, ids=lambda source: source[:60])
@pytest.mark.timeout(20)
def test_a_template_without_end_ends(source: str) -> None:
    with pytest.raises(TemplateError):
        words_around(source)


WATCHED = """
import resource
from jinja2 import TemplateError
from engine.infill.template import render
from tests.engine.infill.test_template import FLOODS, LOOPS
render("")
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for source in FLOODS + LOOPS:
    try:
        render(source)
    except TemplateError:
        pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts in KiB there")
def test_all_of_them_take_little_memory() -> None:
    root = str(Path(__file__).parents[3])
    run = subprocess.run(
        [sys.executable, "-c", WATCHED], cwd=root, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": root},
    )  # fmt: skip
    assert int(run.stdout) < 200 << 10


# As models that people use have them.
USED = {
    "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'user' and not loop.first %}x{% endif"
    " %}<{{ m.role }}>{{ m['content'] | trim }}{% endfor %}": "<user>W",
    "{%- macro a(role) -%}<{{ role }}>{%- endmacro -%}{{ a('user') }}{{ messages[0].content }}":
    "<user>W",
    "{% set ns = namespace(n=0) %}{% for m in messages[::-1] %}{% set ns.n = 1 %}{% endfor %}"
    "{{ ns.n ~ messages[-1]['content'].split('</think>')[-1].lstrip('\\n') }}": "1W",
    "{% for m in messages %}{% if m.role == 'system' %}{% continue %}{% endif %}{{ m.content }}"
    "{% endfor %}": "W",
    "{% for k, v in messages[0].items() %}{{ k }}={{ v }};{% endfor %}": "role=user;content=W;",
    "{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | join(',') }}"
    "": "W",
    "{{ {'b': [1, true]} | tojson(indent=2) }}": '{\n  "b": [\n    1,\n    true\n  ]\n}',
    "{{ messages is iterable and tools is none and 'a' in 'cat' and missing is not defined }}":
    "True",
    "{% set text %}a{{ 1 + 2 * 3 }}{% endset %}{{ text.upper().replace('A', 'b') }}": "b7",
    "{{ 'no' if tools else (messages | length) }}": "1",
}  # fmt: skip


@pytest.mark.parametrize(("source", "rendered"), USED.items())
def test_what_templates_use_works(source: str, rendered: str) -> None:
    assert words_around(source) == rendered


def test_a_budget_lasts_for_templates_ten_times_as_long_as_they_are() -> None:
    messages = [{"role": "user", "content": "word " * 200}] * 20
    source = next(iter(USED)) * 10
    assert len(render(source, messages=messages)) > 200_000


@pytest.mark.skipif(os.name == "nt", reason="no pipes in folders")
def test_a_pipe_for_a_template_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "chat_template.jinja")
    with pytest.raises(ModelFolderError, match=r"chat_template\.jinja.*no regular file"):
        ChatTemplate.from_folder(tmp_path)


@pytest.mark.parametrize("what", ["sparse", "folder", "link", "bytes"])
def test_what_is_no_template_is_refused(what: str, tmp_path: Path) -> None:
    path = tmp_path / "chat_template.jinja"
    if what == "sparse":
        with path.open("wb") as file:
            file.truncate(10**10)
    elif what == "folder":
        path.mkdir()
    elif what == "link" and os.name != "nt":
        path.symlink_to(tmp_path / "gone")
    else:
        path.write_bytes(b"\xff\xfe{{")
    start = time.monotonic()
    with pytest.raises(ModelFolderError, match=r"chat_template\.jinja cannot be read"):
        ChatTemplate.from_folder(tmp_path)
    assert time.monotonic() - start < 5

"""Damaged and hostile side files of a model, one case a number: the same number, the same case.

A case is a tiny model's folder in which one or two side files were changed: values of other types
and extreme numbers, what is missing, what lies deep, cut files, other bytes, other files' contents,
and what is no file at all.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from safetensors.torch import load_file, save_file

from resources import resource_path
from tests.tiny import gemma_like_tokenizer, write_folder

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
TEMPLATE = """{{ bos_token }}{%- macro turn(role) -%}<|turn>{{ role }}{%- endmacro -%}
{% set ns = namespace(n=0) %}{% for message in messages %}
{{ turn(message['role']) }}
{{ message['content'] | trim }}<turn|>
{% set ns.n = ns.n + 1 %}{% endfor %}{% if add_generation_prompt and not tools %}
<|turn>model
{% endif %}"""

VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2, 7, 8.5, 1e-300, 1e308, -1e308, float("nan"), float("inf"),
    float("-inf"), 2**31, 2**53 + 1, 2**63, 2**64, 10**9, 10**30, -(10**9), "", "0", "64", "NaN",
    "null", "\0", "\ud800", "é" * 300, "../..", "x" * 200_000, [], [[]], [None], {}, {"": {}},
    [1, 2, 3], ["full_attention"], {"a": 1}, 319, 320, 1000, 4096,
]  # fmt: skip
PIECES = [
    b"-1", b"0", b"1e9", b"1e999", b"NaN", b"-Infinity", b"null", b"true", b"[]", b"{}", b"[[[[[[",
    b'{"a":' * 50, b",", b":", b'"', b"\\u0000", b"\\ud800", b"\xff\xfe", b"\xef\xbb\xbf", b"\0",
    b"99999999999999999999", b"9" * 5000, b"[" * 200_000, b" " * 100_000,
]  # fmt: skip
ENCODINGS = ["utf-16", "utf-32", "utf-8-sig"]
# What may well stand in a tokenizer.json, and would change a text.
HABITS: list[tuple[str, Any]] = [
    ("truncation", {"direction": "Left", "max_length": 3, "strategy": "LongestFirst", "stride": 0}),
    ("padding", {"strategy": {"Fixed": 9}, "direction": "Right", "pad_to_multiple_of": None,
                 "pad_id": 7, "pad_type_id": 0, "pad_token": "a"}),
    ("normalizer", {"type": "Lowercase"}), ("normalizer", {"type": "NFKC"}),
    ("normalizer", {"type": "Strip", "strip_left": True, "strip_right": True}),
    ("normalizer", {"type": "Replace", "pattern": {"String": "h"}, "content": ""}),
    ("normalizer", {"type": "Replace", "pattern": {"String": ""}, "content": "aaaa"}),
    ("normalizer", {"type": "Replace", "pattern": {"Regex": "(a+)+$"}, "content": ""}),
    ("normalizer", {"type": "Prepend", "prepend": "▁"}),
    ("normalizer", {"type": "Precompiled", "precompiled_charsmap": "AAAA"}),
    ("pre_tokenizer", None), ("pre_tokenizer", {"type": "Whitespace"}),
    ("pre_tokenizer", {"type": "WhitespaceSplit"}), ("pre_tokenizer", {"type": "BertPreTokenizer"}),
    ("pre_tokenizer", {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}),
    ("pre_tokenizer", {"type": "Metaspace", "replacement": "h", "prepend_scheme": "first"}),
    ("pre_tokenizer", {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True}),
    ("pre_tokenizer", {"type": "Split", "pattern": {"String": "e"}, "behavior": "Removed",
                       "invert": False}),
    ("pre_tokenizer", {"type": "Split", "pattern": {"String": ""}, "behavior": "Isolated",
                       "invert": False}),
    ("pre_tokenizer", {"type": "Split", "pattern": {"Regex": "(e*)*$"}, "behavior": "Isolated",
                       "invert": True}),
    ("post_processor", {"type": "TemplateProcessing", "single": [
        {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
    ], "pair": [], "special_tokens": {}}),
    ("post_processor", {"type": "BertProcessing", "sep": ["a", 9], "cls": ["b", 10]}),
    ("decoder", None), ("decoder", {"type": "ByteFallback"}), ("decoder", {"type": "Fuse"}),
    ("decoder", {"type": "ByteLevel"}), ("decoder", {"type": "WordPiece", "prefix": "##"}),
    *(("added_tokens", [{"id": number, "content": text, "single_word": False, "lstrip": True,
                         "rstrip": True, "normalized": normal, "special": special}])
      for number, text, normal, special in [
          (9, "the", True, False), (10**9, "He", False, False), (5, "house", True, True),
          (300, "", False, False), (300, "  ", False, False), (0, "▁", True, False)]),
]  # fmt: skip
CODE = [
    "{{ 1 / 0 }}", "{{ nothing() }}", "{{ messages[9].content }}", "{% include 'a' %}", "{% for %}",
    "{% for i in range(10 ** 9) %}a{% endfor %}", "{{ 'a' * 10 ** 10 }}", "{{ 9 ** 9 ** 9 }}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "{{ messages | tojson(indent=10 ** 9) }}",
    "{{ '%999999999d' % 1 }}", "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}", "{{",
    "}}", "{% raw %}", "{#", "{% set x = messages %}{{ x }}", "{{ messages[0].content }}",
    "{{ bos_token }}", "{{ messages.pop() }}", "{{ self._TemplateReference__context }}", "\ud7ff",
    "<|turn>", "<bos>",
    "{% set ns.n = ns.n ~ ns %}", "{% block b %}{{ self.b() }}{% endblock %}", "{{ cycler(1) }}",
    "{% if a %}" * 200, "{{ " + "(" * 5000, "{{ a.b['c'] | join(x) }}", "{{ namespace.n }}",
]  # fmt: skip


class Bases:
    """The whole folders that cases start from."""

    def __init__(self, root: Path) -> None:
        """Write them below `root`."""
        self.root = root
        self.folders = [self._small(), self._taught(), self._real(), self._sharded()]

    def _small(self) -> Path:
        return write_folder(self.root / "small")

    def _taught(self, name: str = "taught") -> Path:
        folder = write_folder(self.root / name, vocab_size=270)
        (folder / "inlay.json").write_text('{"name": "taught"}')
        gemma_like_tokenizer().save(str(folder / "tokenizer.json"))
        (folder / "chat_template.jinja").write_text(TEMPLATE)
        return folder

    def _real(self) -> Path:
        folder = write_folder(self.root / "real", vocab_size=2048)
        for name in ("tokenizer.json", "generation_config.json", "inlay.json"):
            (folder / name).write_bytes((resource_path("model") / name).read_bytes())
        return folder

    def _sharded(self) -> Path:
        folder = self._taught("sharded")
        (folder / "chat_template.jinja").unlink()
        (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": TEMPLATE}))
        tensors = load_file(folder / WEIGHTS)
        (folder / WEIGHTS).unlink()
        names = sorted(tensors)
        parts = {"a.safetensors": names[::2], "b.safetensors": names[1::2]}
        for file, part in parts.items():
            save_file({name: tensors[name] for name in part}, folder / file)
        index = {name: file for file, part in parts.items() for name in part}
        (folder / INDEX).write_text(json.dumps({"metadata": {}, "weight_map": index}))
        return folder


def write_case(number: int, bases: Bases, folder: Path) -> str:
    """Write a case's folder and return what was changed."""
    rng = Random(number)
    base = rng.choice(bases.folders)
    folder.mkdir()
    for path in base.iterdir():
        os.link(path, folder / path.name)
    side = sorted(path.name for path in base.iterdir() if path.suffix in (".json", ".jinja"))
    names = rng.choices(side, k=rng.choice([1, 1, 1, 2]))
    done = [_change(folder / name, rng, base, side) for name in names]
    return f"{base.name}: " + ", ".join(
        f"{name} {how}" for name, how in zip(names, done, strict=True)
    )


def _change(path: Path, rng: Random, base: Path, side: list[str]) -> str:
    data = (base / path.name).read_bytes()
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    path.unlink(missing_ok=True)
    if path.suffix == ".jinja" and rng.random() < 0.6:
        path.write_text(_other_code(data.decode(), rng), errors="surrogatepass")
        return "code"
    if path.name == "tokenizer.json" and rng.random() < 0.4:
        path.write_text(json.dumps(json.loads(data) | dict(rng.choices(HABITS, k=2))))
        return "habits"
    if path.suffix == ".json" and rng.random() < 0.7:
        path.write_text(json.dumps(_other_values(json.loads(data), rng)))
        return "values"
    kinds: list[Callable[[], object]] = [
        lambda: path.write_bytes(_other_bytes(data, rng)),
        lambda: path.write_bytes(_other_bytes(data, rng)),
        lambda: path.write_bytes(_other_bytes(data, rng)),
        lambda: path.write_bytes(data[: rng.randrange(len(data) + 1)]),
        lambda: path.write_bytes((base / rng.choice(side)).read_bytes()),
        lambda: path.write_bytes(rng.randbytes(rng.randrange(2000))),
        lambda: path.write_bytes(data.decode().encode(rng.choice(ENCODINGS))),
        lambda: _no_file(path, rng),
    ]  # fmt: skip
    rng.choice(kinds)()
    return "bytes"


def _no_file(path: Path, rng: Random) -> None:
    kind = rng.randrange(6 if os.name == "posix" else 2)
    if kind == 0:
        path.mkdir()
    elif kind == 1:
        with path.open("wb") as file:
            file.truncate(10**10)
    elif kind == 2:
        os.mkfifo(path)
    elif kind == 3:
        path.symlink_to(path.name)
    elif kind == 4:
        path.symlink_to("/dev/zero")
    # or nothing is there at all


def _other_bytes(data: bytes, rng: Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 4])):
        place, kind = rng.randrange(len(out) + 1), rng.randrange(4)
        if kind == 0:
            out[place : place + 1] = rng.randbytes(1)
        elif kind == 1:
            out[place : place + rng.randrange(1, 40)] = b""
        elif kind == 2:
            out[place:place] = rng.choice(PIECES)
        else:
            piece = rng.choice(PIECES)
            out[place : place + len(piece)] = piece
    return bytes(out)


def _other_code(text: str, rng: Random) -> str:
    for _ in range(rng.choice([1, 1, 2, 3])):
        first, last = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        kind = rng.randrange(4)
        if kind == 0:
            text = text[:first] + text[last:]
        elif kind == 1:
            text = text[:last] + text[first:]
        else:
            text = text[:first] + rng.choice(CODE) + text[first:]
    return text


def _other_values(value: Any, rng: Random) -> Any:
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        places = _places(value, rng)
        if not places:
            return rng.choice(VALUES)
        holder, key = rng.choice(places)
        _alter(holder, key, rng)
    return value


def _places(value: Any, rng: Random, depth: int = 0) -> list[tuple[Any, Any]]:
    """Return the places in lists and objects; of long ones a few, so that others are met too."""
    if isinstance(value, dict):
        keys: list[Any] = list(value)
    elif isinstance(value, list):
        keys = list(range(len(value)))
    else:
        return []
    keys = rng.sample(keys, 12) if len(keys) > 40 else keys
    found = [(value, key) for key in keys]
    if depth < 9:
        found += [place for key in keys for place in _places(value[key], rng, depth + 1)]
    return found


def _other_number(old: float, rng: Random) -> float:
    """Return a number that may well be one a file could hold."""
    return rng.choice([old + 1, old - 1, -old, old * 2, old // 2, old / 3, float(old), old * 10**9])


def _alter(holder: Any, key: Any, rng: Random) -> None:
    kind, old = rng.randrange(9), holder[key]
    if type(old) in (int, float) and rng.random() < 0.5:
        holder[key] = _other_number(old, rng)
    elif kind == 0:
        del holder[key]
    elif kind == 1 and isinstance(holder, dict):
        holder[rng.choice(["", "x", "é", "__class__", f"{key}_", "-1", "1e9"])] = holder.pop(key)
    elif kind == 2:
        for _ in range(rng.choice([1, 2, 200])):
            old = rng.choice([[old], {"a": old}])
        holder[key] = old
    elif kind == 3 and isinstance(old, str):
        holder[key] = rng.choice([old[:-1], old + " ", old.upper(), old * 1000, old[::-1]])
    elif kind == 4:
        other, place = rng.choice(_places(holder, rng))
        holder[key] = other[place]
    elif kind == 5 and isinstance(old, list) and old:
        holder[key] = rng.choice([old * 3, old[1:], [*old, rng.choice(VALUES)], old[::-1]])
    elif kind == 6 and isinstance(old, bool):
        holder[key] = not old
    else:
        holder[key] = rng.choice(VALUES)

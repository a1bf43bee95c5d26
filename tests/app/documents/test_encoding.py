"""Bytes become text and the same bytes again, or are refused."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.encoding import BOMS, UTF_8, Encoding, decode


@given(st.binary())
def test_whatever_decodes_is_written_back_byte_for_byte(data: bytes) -> None:
    decoded = decode(data)
    if decoded is not None:
        text, encoding = decoded
        assert encoding.encode(text) == data


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_all_text_in_utf_8_is_opened(text: str) -> None:
    data = text.encode()
    if not any(data.startswith(e.bom) for e in BOMS):
        assert decode(data) == (text, UTF_8)


@pytest.mark.parametrize("encoding", BOMS, ids=lambda e: e.codec)
def test_a_byte_order_mark_names_the_encoding_and_is_kept(encoding: Encoding) -> None:
    data = encoding.bom + "Grüße 😀\n".encode(encoding.codec)
    assert decode(data) == ("Grüße 😀\n", encoding)


def test_an_old_code_page_is_recognized() -> None:
    text = "Übermäßige Größe führt zu Ärger, sagte der Müller, und öffnete die Tür.\n" * 4
    decoded = decode(text.encode("cp1252"))
    assert decoded is not None
    assert decoded[0] == text


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", id="picture"),
        pytest.param(b"text\0with\0zeros", id="zero characters"),
        pytest.param(codecs.BOM_UTF16_LE + b"a", id="half a unit"),
        pytest.param(codecs.BOM_UTF16_LE + b"\x00\xd8", id="lone surrogate"),
        pytest.param(codecs.BOM_UTF8 + b"\xff", id="mark with other bytes behind it"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    assert decode(data) is None


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("größer und schöner\n" * 100, "cp1252"),
        ("Ça va très bien, l’été «déjà» là.\n", "cp1252"),
        ("señor mañana ¿qué?\n", "cp1252"),
        ("Zażółć gęślą jaźń i inne słowa\n" * 3, "cp1250"),
        ("Türkçe şarkılar ığdır gibi öğle\n" * 5, "cp1254"),
        ("Это русский текст, написанный давно.\n" * 20, "koi8_r"),
        ("これは日本語のテキストです。\n" * 20, "shift_jis"),
        ("这是一个中文文本文件。\n" * 20, "gb18030"),
    ],
)
def test_what_most_people_use_is_guessed_first(text: str, codec: str) -> None:
    decoded = decode(text.encode(codec))
    assert decoded is not None
    assert decoded[0] == text


def test_labels_are_what_people_call_them() -> None:
    assert [e.label for e in (UTF_8, *BOMS[:2])] == ["UTF-8", "UTF-8 with BOM", "UTF-32-LE"]

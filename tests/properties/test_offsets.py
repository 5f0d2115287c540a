"""Offsets in other units agree with what Python's own codecs make of the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotemark.offsets import file_offsets, to_points, to_units, utf8_offsets, utf16_offsets

ANY = st.text(st.characters())  # lone surrogates among them
ENCODABLE = st.text(st.characters(exclude_categories=["Cs"]))
FILES = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]


@given(ANY)
def test_utf8_and_utf16_count_what_the_codecs_write(text: str) -> None:
    for offsets, codec, unit in (
        (utf8_offsets(text), "utf-8", 1),
        (utf16_offsets(text), "utf-16-le", 2),
    ):
        written = [len(text[:i].encode(codec, "surrogatepass")) for i in range(len(text) + 1)]
        assert [offset * unit for offset in offsets] == written


@given(ENCODABLE, st.sampled_from(FILES))
def test_file_offsets_cut_the_file_where_the_text_is_cut(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    offsets = file_offsets(text, encoding)
    assert offsets[-1] == len(data)
    for i in range(len(text) + 1):
        assert data[: offsets[i]].decode(encoding) == text[:i]


@given(st.text("aé€“”ÿ", max_size=20))
def test_one_byte_codecs_count_one(text: str) -> None:
    assert list(file_offsets(text, "cp1252")) == list(range(len(text) + 1))


def test_codecs_with_shift_states_count_the_bytes_that_each_character_adds() -> None:
    text = "aあい b"
    offsets = file_offsets(text, "iso2022_jp")
    assert offsets[-1] == len(text.encode("iso2022_jp"))
    assert offsets == [0, 1, 6, 8, 12, 13]


@given(ANY, st.data())
def test_points_to_units_and_back(text: str, data: st.DataObject) -> None:
    points = data.draw(st.lists(st.integers(0, len(text))))
    for offsets in (utf8_offsets(text), utf16_offsets(text)):
        assert to_points(offsets, to_units(offsets, points)) == points


def test_inside_a_code_point_and_outside_the_text_is_nowhere() -> None:
    assert to_points(utf16_offsets("🙂"), [-1, 0, 1, 2, 3]) == [None, 0, None, 1, None]
    assert to_points(utf8_offsets("é"), [0, 1, 2]) == [0, None, 1]
    assert to_points(utf8_offsets(""), [0, 1]) == [0, None]
    for outside in (-1, 2):
        with pytest.raises(IndexError):
            to_units(utf8_offsets("a"), [outside])

"""Whatever comes in: an Intake or a DeciduaError with a sentence in both languages, soon."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decidua.errors import DeciduaError
from decidua.facts import Vocabulary
from decidua.intake import Intake
from decidua.language import LANGUAGES, say
from intake.reading import Read

VALID = """\
title: A case
as_of: 2024-05-31
losses: '>= 2'
weight: 60 kg
height: {value: 165, unit: cm}
sle: no
gestation: 6+0
ana_titre: 1:80
unexplained: yes
pregnancies_complete: no
pregnancies:
  - {order: 1, year: 2020, outcome: loss, weeks: "8+3", confirmed: ultrasound, treatment: [aspirin]}
  - {order: 2, date: 2022-01-01, outcome: biochemical, karyotype: normal, treatment_start: before}
  - {outcome: ongoing, weeks: 6+0}
results:
  - {fact: lupus_anticoagulant, date: 2023-01-01, value: positive}
  - {fact: vitamin_d, date: 2023-01-01, value: 75 nmol/L, method: x}
"""
PIECES = st.sampled_from(
    ["&a ", "*a", "!!int ", "[", "]", "{", "}", ": ", "- ", "\n", "\t", '"', "'", "#", "---\n", "? ",
     "|\n", "\x00", "0", "9" * 50, "-1", "1e999", ".nan", "~", "yes", "2024-13-01", "9999-01-01", "모름",
     "losses: 3\n", "\u2028", " " * 300, "<<: ", "%", "@", "`", "\ufeff", "unknown", ">=", "+"]
)  # fmt: skip
SOON = settings(deadline=timedelta(seconds=2), suppress_health_check=[HealthCheck.function_scoped_fixture])


def check(read: Read, data: bytes) -> None:
    try:
        found = read(data)
    except DeciduaError as error:
        sentences = [error.message(lang) for lang in LANGUAGES]
    else:
        sentences = [say(lang, key, **parts) for key, parts in found.warnings for lang in LANGUAGES]
        assert isinstance(found, Intake)
    assert all(sentences)


def test_the_unchanged_file_is_valid(read: Read) -> None:
    assert read(VALID).patient.values["gestation"] == 42


@SOON
@given(data=st.binary(max_size=400))
def test_bytes(read: Read, data: bytes) -> None:
    check(read, data)


@SOON
@given(text=st.text(max_size=400))
def test_text(read: Read, text: str) -> None:
    check(read, text.encode("utf-8", "surrogatepass"))


@SOON
@given(changes=st.lists(st.tuples(st.integers(0, len(VALID)), st.integers(0, 12), PIECES), max_size=4))
def test_changed_files(read: Read, changes: list[tuple[int, int, str]]) -> None:
    text = VALID
    for place, length, piece in changes:
        text = text[:place] + piece + text[place + length :]
    check(read, text.encode("utf-8", "surrogatepass"))


@SOON
@given(place=st.integers(0, len(VALID)), byte=st.integers(0, 255))
def test_one_changed_byte(read: Read, place: int, byte: int) -> None:
    data = bytearray(VALID.encode())
    data[min(place, len(data) - 1)] = byte
    check(read, bytes(data))


PLAIN = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
VALUES = PLAIN | st.sampled_from(
    ["3", "positive", "negative", "yes", "no", "60 kg", "6+0", "1:80", ">= 2", "< 1", "pregnant", "unknown"]
)


@SOON
@given(data=st.data())
def test_any_values_for_any_facts(read: Read, vocabulary: Vocabulary, data: st.DataObject) -> None:
    facts = sorted(vocabulary.facts)
    table = data.draw(st.dictionaries(st.sampled_from(facts), VALUES, max_size=8))
    check(read, json.dumps(table).encode())


@pytest.mark.parametrize(
    "text",
    [
        "losses: 1" + " " * 900_000 + "x",
        'losses: "1' + "\\n" * 300_000 + 'x"',
        "losses: " + "9" * 900_000,
        "? " * 400_000,
        "a: " * 300_000,
        "{" * 900_000,
        "\n" * 900_000,
        "#\n" * 400_000,
        "\"" + "\\x41" * 200_000,
        "k: |\n" + " x\n" * 300_000,
        "a" * 900_000 + ": 1",
        "\n".join(f"losses{'x' * 400}{n}: 1" for n in range(1900)),
    ],
    ids=range(12),
)  # fmt: skip
def test_no_text_takes_long(read: Read, text: str) -> None:
    started = time.process_time()
    check(read, text.encode())
    assert time.process_time() - started < 3

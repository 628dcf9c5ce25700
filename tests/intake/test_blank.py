"""The blank file is valid as it stands, and after any of its lines, or all, are uncommented."""

from __future__ import annotations

from datetime import date

import pytest

from decidua.facts import Vocabulary
from decidua.intake import Intake, blank_patient, read_patient
from decidua.language import LANGUAGES, Lang


def read_text(text: str, vocabulary: Vocabulary) -> Intake:
    stated = ("unexplained@x",)
    return read_patient(text.encode(), name="b", vocabulary=vocabulary, stated=stated, as_of=date(2024, 6, 1))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_blank(vocabulary: Vocabulary, lang: Lang) -> None:
    text = blank_patient(vocabulary, lang)
    assert read_text(text, vocabulary).patient.values == {}
    lines = text.splitlines()
    for place, line in enumerate(lines):
        if line.startswith("#"):
            changed = [*lines[:place], line[1:], *lines[place + 1 :]]
            assert not read_text("\n".join(changed), vocabulary).warnings
    assert all(f"#{fact}:" in text for fact in vocabulary.facts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_lines_uncommented(vocabulary: Vocabulary, lang: Lang) -> None:
    text = "\n".join(line.removeprefix("#") for line in blank_patient(vocabulary, lang).splitlines())
    intake = read_text(text, vocabulary)
    assert intake.pregnancies is not None
    assert len(intake.pregnancies) == len(intake.results) == 3
    assert "losses" not in intake.patient.given


def test_languages_differ(vocabulary: Vocabulary) -> None:
    assert "루푸스" in blank_patient(vocabulary, "ko")
    assert "루푸스" not in blank_patient(vocabulary, "en")

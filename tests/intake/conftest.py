"""One vocabulary for all intake tests, and a short way to read a text."""

from __future__ import annotations

from datetime import date

import pytest

from decidua.content import load
from decidua.facts import Vocabulary, read_vocabulary
from decidua.intake import Intake, read_patient
from decidua.intake.fhir import Mapped, read_fhir
from intake.fhir_reading import ReadFhir, bundle
from intake.reading import AS_OF, STATED, Read


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return read_vocabulary(load())


@pytest.fixture(scope="session")
def read(vocabulary: Vocabulary) -> Read:
    def read(text: str | bytes, as_of: date | None = AS_OF) -> Intake:
        data = text if isinstance(text, bytes) else text.encode()
        return read_patient(data, name="p.yaml", vocabulary=vocabulary, stated=STATED, as_of=as_of)

    return read


@pytest.fixture(scope="session")
def read_bundle(vocabulary: Vocabulary) -> ReadFhir:
    def read(*resources: dict[str, object] | bytes, as_of: date | None = AS_OF, patient: str | None = None) -> Mapped:
        pages = [one for one in resources if isinstance(one, bytes)]
        pages = pages or [bundle(*resources)]  # type: ignore[arg-type]
        return read_fhir(pages, name="b.json", vocabulary=vocabulary, stated=STATED, as_of=as_of, patient=patient)

    return read

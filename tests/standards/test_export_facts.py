"""The exported facts layer: FHIR Observations in, the reference's answers out, on cql-execution with cql-exec-fhir."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from decidua.answers import Answers
from decidua.errors import PatientConflictError
from decidua.facts import Fact, Range, Value, Vocabulary, close
from decidua.fhir.canonical import CHOICES_SYSTEM, FACTS_SYSTEM, UCUM
from decidua.fhir.cql import cql_text
from decidua.fhir.elm import elm
from decidua.fhir.facts_library import NAME, facts_elm, facts_text
from decidua.fhir.observations import bundle
from decidua.fhir.rules import on_fhir, rules
from standards import engines
from standards.patients import patients
from standards.test_cql_engines import bare
from standards.test_export_decisions import GUIDELINES, compared, decided, named

pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(
        not engines.installed(), reason="Node or the CQL engines are absent: scripts/engines installs them"
    ),
]
AT_ONCE = 500
GENERATED = int(os.environ.get("DECIDUA_FHIR_PATIENTS", "100"))


@pytest.fixture(scope="module")
def answers() -> Answers:
    from decidua.guidelines import read_knowledge

    return Answers(read_knowledge())


@pytest.fixture(scope="module")
def folder(answers: Answers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The libraries on FHIR, as text and as our ELM."""
    made = tmp_path_factory.mktemp("on-fhir")
    (made / f"{NAME}.cql").write_text(facts_text(answers.knowledge, "0"), "utf-8")
    (made / f"{NAME}.json").write_text(json.dumps(facts_elm(answers.knowledge, "0")), "utf-8")
    for guideline in GUIDELINES:
        library = on_fhir(rules(answers, guideline, "0"), NAME)
        (made / f"{library.name}.cql").write_text(cql_text(library), "utf-8")
        (made / f"{library.name}.json").write_text(json.dumps(elm(library)), "utf-8")
    return made


def test_our_elm_is_what_the_translator_makes_of_our_cql(folder: Path, tmp_path: Path) -> None:
    texts = sorted(map(str, folder.glob("*.cql")))
    command = ["node", "translate.mjs", str(tmp_path), *texts]
    done = subprocess.run(command, cwd=engines.HERE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for text in map(Path, texts):
        translated = json.loads((tmp_path / f"{text.stem}.json").read_text("utf-8"))
        ours = json.loads((folder / f"{text.stem}.json").read_text("utf-8"))
        assert bare(translated) == bare(ours), text.stem


def closed(answers: Answers, seed: int) -> Iterator[dict[str, Value]]:
    """Patients without contradiction; their bundles hold what they know before the constraints add to it."""
    for woman in patients(answers, seed):
        try:
            close(answers.knowledge.vocabulary, woman)
        except PatientConflictError:
            continue
        yield woman


@pytest.mark.parametrize("half", [0, 1])
def test_bundles_of_generated_patients(answers: Answers, folder: Path, half: int, tmp_path: Path) -> None:
    """Every decision of every guideline; each half has patients of its own."""
    made = [on_fhir(rules(answers, guideline, "0"), NAME) for guideline in GUIDELINES]
    names, sources = [named(one) for one in made], ",".join(str(folder / f"{one.name}.json") for one in made)
    women = list(islice(closed(answers, 20261125 + half), (GENERATED + 1) // 2))
    draw, vocabulary = random.Random(20261128 + half), answers.knowledge.vocabulary
    differences: list[object] = []
    written: Counter[str] = Counter()
    for start in range(0, len(women), AT_ONCE):
        some = women[start : start + AT_ONCE]
        given = [in_other_units(vocabulary, woman, draw) for woman in some]
        written.update(code for one in given for code in unit_codes(one))
        lines = engines.run("run_on_fhir.mjs", sources, given, names, tmp_path)
        for woman, line in zip(some, lines, strict=True):
            known = close(vocabulary, woman)[0]
            said = [decided(answers, guideline, known) for guideline in GUIDELINES]
            expected = {(i, name): value for i, one in enumerate(said) for name, value in one.items()}
            asked = [(i, name) for i, one in enumerate(names) for name in one]
            differences += [(woman, one) for one in compared(asked, expected, line)]
    cells = sum(map(len, names))
    print(f"run_on_fhir.mjs, half {half}: {len(women)} bundles x {cells} decisions, {len(differences)} differences")
    print("arbitrary units written:", {code: n for code, n in sorted(written.items()) if "[" in code})
    assert differences == []
    assert {"u[IU]/mL", "m[IU]/L"} <= set(written)


def unit_codes(made: Mapping[str, Any]) -> Iterator[str]:
    for entry in made["entry"]:
        if "valueQuantity" in entry["resource"]:
            yield entry["resource"]["valueQuantity"]["code"]


def in_other_units(vocabulary: Vocabulary, woman: Mapping[str, Value], draw: random.Random) -> dict[str, Any]:
    """Her bundle; a quantity stands in any accepted unit in which the number is exact, arbitrary units among them."""
    made = bundle("woman", vocabulary, woman)
    for entry in made["entry"]:
        quantity = entry["resource"].get("valueQuantity")
        if quantity is not None:
            code = entry["resource"]["code"]["coding"][0]["code"]
            quantity |= draw.choice(_spellings(vocabulary.facts[code], Decimal(str(quantity["value"]))))
    return made


def _spellings(fact: Fact, number: Decimal) -> list[dict[str, object]]:
    """The number in each unit of the fact; not where a source pairs two units, which are not converted."""
    units = [] if fact.pairs else list(fact.units)
    found = [(unit, number * unit.divisor / unit.factor) for unit in units]
    return [
        {"value": float(value), "code": unit.code, "unit": unit.label}
        for unit, value in found
        if unit.to_canonical(Decimal(repr(float(value)))) == number
    ] or [{}]


def facts_of(
    folder: Path, bundles: Sequence[Mapping[str, object]], asked: Sequence[str], tmp_path: Path
) -> list[dict[str, str]]:
    """What the facts library says, each define compared with what is asked: `name` or `name op literal`."""
    parts = [f'define "ask {i}":\n  {text}\n' for i, text in enumerate(asked)]
    head = f"library \"Ask\" version '0'\nusing FHIR version '4.0.1'\ninclude \"{NAME}\" version '0' called \"Facts\"\n"
    (tmp_path / "Ask.cql").write_text(head + "context Patient\n" + "\n".join(parts), "utf-8")
    (tmp_path / f"{NAME}.cql").write_text((folder / f"{NAME}.cql").read_text("utf-8"), "utf-8")
    out = tmp_path / "out"
    out.mkdir()
    command = ["node", "translate.mjs", str(out), str(tmp_path / "Ask.cql"), str(tmp_path / f"{NAME}.cql")]
    done = subprocess.run(command, cwd=engines.HERE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    names = [f"ask {i}" for i in range(len(asked))]
    lines = engines.run("run_on_fhir.mjs", out / "Ask.json", bundles, [names], tmp_path)
    return [dict(zip(asked, line, strict=True)) for line in lines]


def of(*results: dict[str, object]) -> dict[str, object]:
    everything = [{"resourceType": "Patient", "id": "woman"}]
    everything += [
        {"resourceType": "Observation", "id": f"o{i}", "status": "final", **one} for i, one in enumerate(results)
    ]
    for one in everything[1:]:
        one["subject"] = {"reference": "Patient/woman"}  # type: ignore[assignment]
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in everything]}


def result(code: str, day: str | None = None, system: str = FACTS_SYSTEM, **value: object) -> dict[str, object]:
    coded = {"code": {"coding": [{"system": system, "code": code}]}, **value}
    return {**coded, **({"effectiveDateTime": day} if day else {})}


def quantity(value: float, code: str, system: str = UCUM, **more: object) -> dict[str, object]:
    return {"valueQuantity": {"value": value, "code": code, "system": system, **more}}


def test_units_days_and_what_cannot_be_read(folder: Path, tmp_path: Path) -> None:
    """Arbitrary units count by our own factor; another unit, another system of units or no unit: unknown."""
    loinc = "http://loinc.org"
    tsh = 'Facts."tsh low" = 4.2 and Facts."tsh high" = 4.2'
    low_d, pair_d, above = (
        'Facts."vitamin_d high" < 30.0',
        'Facts."vitamin_d low" = 30.0 and Facts."vitamin_d high" = 30.0',
        'Facts."vitamin_d low" > 30.0',
    )
    ana = "Facts.\"ana\" = 'positive'"
    table: list[tuple[dict[str, object], str, str]] = [
        (of(result("3016-3", system=loinc, **quantity(4.2, "m[IU]/L"))), tsh, "T"),
        (of(result("3016-3", system=loinc, **quantity(4.2, "u[IU]/mL"))), tsh, "T"),
        (of(result("tsh", **quantity(4.2, "m[IU]/L"))), tsh, "T"),
        (of(result("3016-3", system=loinc, **quantity(4.2, "[IU]/L"))), tsh, "-"),
        (of(result("3016-3", system=loinc, **quantity(4.2, "m[IU]/L", system="urn:x"))), tsh, "-"),
        (of(result("3016-3", system="urn:x", **quantity(4.2, "m[IU]/L"))), tsh, "-"),
        (of(result("tsh", **quantity(4000, "m[IU]/L"))), 'Facts."tsh low" is null', "T"),
        (of(result("tsh", **quantity(4.2, "m[IU]/L"), status="entered-in-error")), tsh, "-"),
        (of(), tsh, "-"),
        (of(result("vitamin_d", **quantity(74.9, "nmol/L"))), low_d, "T"),
        (of(result("vitamin_d", **quantity(75, "nmol/L"))), pair_d, "T"),
        (of(result("vitamin_d", **quantity(75.01, "nmol/L"))), above, "T"),
        (of(result("vitamin_d", **quantity(20, "ng/mL", comparator="<"))), low_d, "T"),
        (of(result("vitamin_d", **quantity(20, "ng/mL", comparator=">"))), low_d, "-"),
        (of(result("losses", valueInteger=3)), 'Facts."losses low" = 3.0 and Facts."losses high" = 3.0', "T"),
        (of(result("losses", **quantity(3, "1", comparator=">="))), 'Facts."losses high" is null', "T"),
        (of(result("ana", "2026-01-01", valueCodeableConcept=chosen("negative")),
            result("ana", "2026-05-01", valueCodeableConcept=chosen("positive"))), ana, "T"),
        (of(result("ana", "2026-05-01", valueCodeableConcept=chosen("negative")),
            result("ana", "2026-05-01", valueCodeableConcept=chosen("positive"))), ana, "-"),
        (of(result("ana", "2026-05-01", valueCodeableConcept=chosen("positive")),
            result("ana", "2026-09-01", valueString="pending")), ana, "-"),
        (of(result("ana", "2026-05-01", valueCodeableConcept=chosen("positive")),
            result("ana", valueCodeableConcept=chosen("negative"))), ana, "-"),
        (of(result("ana", "2026-05-01", valueCodeableConcept=chosen("positive")),
            result("ana", "2026", valueCodeableConcept=chosen("negative"))), ana, "-"),
        (of(result("ana", "2026-05-01", valueCodeableConcept=chosen("positive")),
            result("ana", "2999-01-01", valueCodeableConcept=chosen("negative"))), ana, "T"),
        (of(result("ana", "2026-05-01", valueCodeableConcept=chosen("positive")),
            result("ana", "2026-09-01", status="preliminary", valueCodeableConcept=chosen("positive"))), ana, "-"),
        (of(result("ana", "2026-05-01", valueCodeableConcept=chosen("positive")),
            result("ana", "2026-09-01", status="cancelled")), ana, "T"),
        (of(result("ana", valueCodeableConcept=chosen("positive"), focus=[{"reference": "Patient/he"}])), ana, "-"),
        (of(result("ana", valueCodeableConcept=chosen("positive"),
                   modifierExtension=[{"url": "urn:x", "valueBoolean": True}])), ana, "-"),
        (of(result("ana", valueCodeableConcept=chosen("positive"), implicitRules="urn:x")), ana, "-"),
        (of(result("ana", valueCodeableConcept=chosen("raised"))), ana, "-"),
        (of(result("ana", valueCodeableConcept=chosen("negative", "positive"))), ana, "-"),
        (of(result("ana", valueCodeableConcept=chosen("positive", "raised"))), ana, "T"),
    ]  # fmt: skip
    asked = sorted({text for _, text, _ in table})
    found = facts_of(folder, [one for one, _, _ in table], asked, tmp_path)
    assert [(i, text, said[text]) for i, ((_, text, _), said) in enumerate(zip(table, found, strict=True))] == [
        (i, text, letter) for i, (_, text, letter) in enumerate(table)
    ]


def chosen(*codes: str) -> dict[str, object]:
    return {"coding": [{"system": CHOICES_SYSTEM, "code": code} for code in codes]}


CLOSED: tuple[dict[str, Value], ...] = (
    {"clinical_losses": Decimal(2), "biochemical_losses": Decimal(1)},
    {"losses": Decimal(3), "clinical_losses": Decimal(2)},
    {"losses": Range(Decimal(2), Decimal(4)), "clinical_losses": Range(Decimal(1), None)},
    {"consecutive_losses": Decimal(3)},
    {"thrombotic_aps": True},
    {"aps": False},
    {"thrombosis": False},
    {"uterine_anomaly_corrected": True},
    {"uterine_anomaly": False},
    {"gestation": Decimal(40)},
    {"gestation": Range(Decimal(40), None)},
)


def test_the_constraints_add_what_the_reference_adds(answers: Answers, folder: Path, tmp_path: Path) -> None:
    vocabulary, asked = answers.knowledge.vocabulary, list[str]()
    women = [close(vocabulary, woman)[0] for woman in CLOSED]
    table = [list(expectations(woman)) for woman in women]
    asked = sorted({text for row in table for text in row})
    given = [bundle(f"p{i}", vocabulary, woman) for i, woman in enumerate(CLOSED)]
    for woman, row, said in zip(women, table, facts_of(folder, given, asked, tmp_path), strict=True):
        assert {text: said[text] for text in row} == dict.fromkeys(row, "T"), woman


def expectations(woman: Mapping[str, Value]) -> list[str]:
    found = []
    for name, value in woman.items():
        if isinstance(value, bool):
            found.append(f'Facts."{name}" is {"true" if value else "false"}')
        elif isinstance(value, str):
            found.append(f"Facts.\"{name}\" = '{value}'")
        else:
            bounds = value if isinstance(value, Range) else Range(value, value)
            found += [f'Facts."{name} low" = {bounds.low}.0'] if bounds.low else []
            found += [f'Facts."{name} high" = {bounds.high}.0'] if bounds.high else []
    return found

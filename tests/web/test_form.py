"""Form, case file and command say the same of a patient; what is not entered stays unknown."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decidua.consult import consult
from decidua.facts import Range
from decidua.intake import Intake, read_patient, read_patient_file
from decidua.reports.build import build_report
from decidua.reports.models import Report
from decidua.web.patient_form import entered
from decidua.web.patient_form.case_file import read_case, write_case
from decidua.web.patient_form.fields import Entries
from decidua.web.shelf import Shelf

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("[0-9]*"))
SOUND = [path for path in EXAMPLES if path.suffix in (".yaml", ".json")]


def report_of(shelf: Shelf, intake: Intake) -> Report:
    """Without the words in which a choice was given: the form has one word for each choice."""
    made = build_report(consult(shelf.answers, intake.patient), "en", title=intake.title, why=False, deciding=False)
    choices = {fact.id for fact in shelf.knowledge.vocabulary.facts.values() if fact.type == "choice"}
    facts = tuple(f.model_copy(update={"given": None}) if f.fact in choices else f for f in made.patient)
    return made.model_copy(update={"patient": facts})


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_an_example_through_the_form_gives_the_same_report(shelf: Shelf, path: Path) -> None:
    knowledge = shelf.knowledge
    by_command = read_patient_file(path, vocabulary=knowledge.vocabulary, stated=knowledge.stated)
    fields = read_case(knowledge, path.read_bytes(), path.name)
    by_form = entered(shelf, fields, "ko")
    assert by_form.intake is not None
    assert by_form.problems == ()
    there = [key for key, _ in by_command.warnings if key != "warn.given-twice"]  # a form has one field for each fact
    assert len(by_form.warnings) == len(there)
    assert report_of(shelf, by_form.intake) == report_of(shelf, by_command)
    written = write_case(knowledge, Entries(fields), "ko").text.encode()
    saved = read_patient(written, name="saved", vocabulary=knowledge.vocabulary, stated=knowledge.stated)
    assert report_of(shelf, saved) == report_of(shelf, by_command)
    assert set(read_case(knowledge, written, "saved")) == set(fields)


def read(shelf: Shelf, text: str) -> dict[str, str]:
    return dict(read_case(shelf.knowledge, text.encode(), "file"))


@pytest.mark.parametrize("text", [
    "# a comment\nlosses: 3   # another\n",
    "losses: \">= 3\"",
    "weight: {value: 128, unit: lb}",
    "vitamin_d: 60 nmol/L",
    "vitamin_d: \"< 30 ng/mL\"",
    "age: 36세\nstage: 임신 시도 중\n유산횟수: 3",
    "gestation: 6w3d",
    "ana_titre: \"1:160\"",
    "unexplained: 예",
    "unexplained@eshre-2022: no",
    "losses: unknown\nsle: null",
    "pregnancies: []",
    "total_pregnancies: 0\npregnancies: []",
    "pregnancies: []\npregnancies_complete: yes",
    "pregnancies:\n  - {outcome: unknown}\n  - {}\n",
    "pregnancies:\n  - {outcome: 임상적 유산, year: 2020, weeks: 8, karyotype: 정상}\n  - {outcome: clinical loss}",
    "pregnancies:\n  - {order: 2, outcome: live-birth}\n  - {order: 1, outcome: loss}\npregnancies_complete: no",
    "pregnancies:\n  - {outcome: loss, treatment: [aspirin, heparin], treatment_start: before, partner: A}",
    "results:\n  - {fact: tsh, date: 2024-01-01, value: 2.5 mIU/L, method: ECLIA}",
    "results:\n  - {test: 항핵항체, date: 2024-01-01, value: 양성, method: immunofluorescence}",
    "results:\n  - {fact: uterine_anomaly, date: 2024-01-01, value: 없음}",
    "results:\n  - {fact: vitamin_d, date: 2024-01-01, value: {value: 20, unit: ng/mL}}",
    "results:\n  - {fact: lupus_anticoagulant, date: 2024-01-01, value: unknown}",
    "title: \"a: b # c \\\" d\"",
])  # fmt: skip
def test_any_file_that_the_command_reads_means_the_same_in_the_form(shelf: Shelf, text: str) -> None:
    knowledge = shelf.knowledge
    by_command = read_patient(text.encode(), name="f", vocabulary=knowledge.vocabulary, stated=knowledge.stated)
    by_form = entered(shelf, tuple(read(shelf, text).items()), "en")
    assert by_form.intake is not None
    assert by_form.intake.patient.values == by_command.patient.values
    assert by_form.intake.patient.origins == by_command.patient.origins
    assert by_form.intake.title == by_command.title
    assert by_form.intake.pregnancies_complete == by_command.pregnancies_complete


def test_every_fact_can_be_entered_and_is_read_as_such(shelf: Shelf) -> None:
    vocabulary = shelf.knowledge.vocabulary
    for fact in vocabulary.facts.values():
        text = {"boolean": "yes", "choice": fact.choices[0] if fact.choices else ""}.get(fact.type) or (
            {"gestational-age": "6+0", "titre": "1:80"}.get(fact.format or "") or str((fact.likely or (1, 1))[1])
        )
        fields = [(f"fact.{fact.id}", text)] + [(f"unit.{fact.id}", unit.label) for unit in fact.units[:1]]
        made = entered(shelf, fields, "en")
        assert made.problems == ()
        assert made.intake is not None
        assert made.intake.patient.known(fact.id), fact.id


def test_what_is_not_entered_is_unknown(shelf: Shelf) -> None:
    blank = [(f"fact.{id_}", "") for id_ in shelf.knowledge.vocabulary.facts] + [("unit.weight", "kg")]
    made = entered(shelf, blank, "en")
    assert made.intake is not None
    assert made.intake.patient.values == {}


def test_no_and_not_known_are_two_things(shelf: Shelf) -> None:
    made = entered(shelf, [("fact.sle", "no"), ("fact.aps", "")], "en")
    assert made.intake is not None
    assert made.intake.patient.values == {"sle": False}


def test_a_unit_is_of_the_number_beside_it_unless_the_text_has_its_own(shelf: Shelf) -> None:
    def weight(text: str, unit: str) -> object:
        made = entered(shelf, [("fact.weight", text), ("unit.weight", unit)], "en")
        return made.intake.patient.values["weight"] if made.intake else None

    assert weight("60", "kg") == 60
    assert weight("100", "lb") == Decimal("45.359237")
    assert weight("60 kg", "lb") == 60
    assert weight(">= 60", "kg") == Range(Decimal(60), None)


def test_a_wrong_field_is_left_out_and_named(shelf: Shelf) -> None:
    fields = [("fact.weight", "7000"), ("unit.weight", "kg"), ("fact.losses", "3"), ("pregnancy.2.weeks", "99"),
              ("pregnancy.2.outcome", "loss")]  # fmt: skip
    made = entered(shelf, fields, "en")
    assert [problem.field for problem in made.problems] == ["fact.weight", "pregnancy.2.weeks"]
    assert made.intake is not None
    assert "weight" not in made.intake.patient.values
    assert made.intake.patient.values["losses"] == 3
    assert made.fields == tuple(fields)
    assert "form:" not in " ".join(problem.message for problem in made.problems)


def test_a_wrong_result_hides_the_older_ones_of_its_fact(shelf: Shelf) -> None:
    fields = [("result.1.fact", "tsh"), ("result.1.date", "2024-01-01"), ("result.1.value", "2 mIU/L"),
              ("result.2.fact", "tsh"), ("result.2.date", "2025-01-01"), ("result.2.value", "high")]  # fmt: skip
    made = entered(shelf, fields, "en")
    assert [problem.field for problem in made.problems] == ["result.2.value"]
    assert made.intake is not None
    assert "tsh" not in made.intake.patient.values


def test_fields_that_contradict_each_other_give_no_patient(shelf: Shelf) -> None:
    made = entered(shelf, [("fact.losses", "2"), ("fact.clinical_losses", "3"), ("fact.weight", "x")], "en")
    assert made.intake is None
    assert len(made.problems) == 2
    stated = entered(shelf, [("stated.unexplained", "yes"), ("stated.unexplained@eshre-2022", "no")], "ko")
    assert stated.intake is None


NAMES = st.sampled_from([
    "fact.losses", "fact.weight", "unit.weight", "fact.sle", "as_of", "title", "pregnancy.1.when",
    "pregnancy.1.outcome", "pregnancy.2.weeks", "pregnancy.1.treatment", "result.1.fact", "result.1.date",
    "result.1.value", "pregnancies_complete", "stated.unexplained", "nonsense", "pregnancy.x.y",
])  # fmt: skip
TEXTS = st.sampled_from(["yes", "3", "2020", "loss", "tsh", "2024-01-01", "{}", "- a", "#", "&a", "!!x"])


@given(st.lists(st.tuples(NAMES, st.text(max_size=12) | TEXTS)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_nothing_that_is_typed_ends_in_an_error(shelf: Shelf, fields: list[tuple[str, str]]) -> None:
    made = entered(shelf, fields, "ko")
    assert made.intake is not None or made.problems
    for problem in made.problems:
        assert problem.message
        assert "form:" not in problem.message
    write_case(shelf.knowledge, Entries(fields), "en").text.encode()

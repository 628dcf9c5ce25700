"""Form, case file and command say the same of a patient; what is not entered stays unknown."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decidua.consult import consult
from decidua.errors import PatientError
from decidua.facts import Range
from decidua.intake import Intake, read_patient, read_patient_file
from decidua.reports.build import build_report
from decidua.reports.models import Report
from decidua.web.patient_form import entered
from decidua.web.patient_form.case_file import read_case, write_case
from decidua.web.patient_form.fields import MOST, Entries
from decidua.web.shelf import Shelf

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("[0-9]*"))
SOUND = [path for path in EXAMPLES if path.suffix in (".yaml", ".json")]


def report_of(shelf: Shelf, intake: Intake) -> Report:
    """Without the words in which a choice or a unit was given: the form has one word for each."""
    made = build_report(consult(shelf.answers, intake.patient), "en", title=intake.title, why=False, deciding=False)
    worded = {fact.id for fact in shelf.knowledge.vocabulary.facts.values() if fact.type == "choice" or fact.units}
    facts = tuple(f.model_copy(update={"given": None}) if f.fact in worded else f for f in made.patient)
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


def same_as_by_command(shelf: Shelf, text: str) -> dict[str, object]:
    """The values of a file, which are the same by the form."""
    knowledge = shelf.knowledge
    by_command = read_patient(text.encode(), name="f", vocabulary=knowledge.vocabulary, stated=knowledge.stated)
    by_form = entered(shelf, read_case(knowledge, text.encode(), "f"), "en")
    assert by_form.problems == ()
    assert by_form.intake is not None
    assert by_form.intake.patient.values == by_command.patient.values
    return dict(by_command.patient.values)


def test_no_row_beyond_those_that_a_button_adds_is_lost(shelf: Shelf) -> None:
    """The last of 61 results is the latest; the last of 61 pregnancies is a third loss."""
    older = "".join(f"  - {{fact: peripheral_nk, date: 2020-01-{day % 28 + 1:02}, value: not-raised}}\n"
                    for day in range(60))  # fmt: skip
    latest = "  - {fact: peripheral_nk, date: 2024-01-01, value: raised}\n"
    assert same_as_by_command(shelf, f"as_of: 2025-01-01\nresults:\n{older}{latest}")["peripheral_nk"] == "raised"
    births, losses = "  - {outcome: live-birth}\n" * 58, "  - {outcome: clinical-loss}\n" * 3
    assert same_as_by_command(shelf, f"pregnancies_complete: yes\npregnancies:\n{births}{losses}")["losses"] == 3


def test_a_file_with_more_rows_than_a_form_can_send_is_not_opened(shelf: Shelf) -> None:
    row = "  - {fact: peripheral_nk, date: 2020-01-01, value: raised}\n"
    with pytest.raises(PatientError) as caught:
        read_case(shelf.knowledge, f"results:\n{row * (MOST + 1)}".encode(), "f")
    assert caught.value.key == "error.form-rows"


@pytest.mark.parametrize("wrong", [{"outcome": "misscariage"}, {"weeks": "eight"}, {"when": "soon"}])
def test_a_pregnancy_with_a_wrong_cell_is_a_pregnancy_all_the_same(shelf: Shelf, wrong: dict[str, str]) -> None:
    """Else a list that is called complete would lose one."""
    fields = [("pregnancies_complete", "yes"), ("pregnancy.1.outcome", "clinical-loss")]
    fields += [(f"pregnancy.2.{column}", text) for column, text in wrong.items()]
    made = entered(shelf, fields, "en")
    assert [problem.field for problem in made.problems] == [f"pregnancy.2.{column}" for column in wrong]
    assert made.intake is not None
    assert made.intake.patient.values["total_pregnancies"] == 2
    assert made.intake.patient.values.get("losses") != 1


def test_a_day_that_cannot_be_read_is_not_today(shelf: Shelf) -> None:
    fields = [("as_of", "2020-13-01"), ("result.1.fact", "peripheral_nk"), ("result.1.date", "2024-01-02"),
              ("result.1.value", "raised")]  # fmt: skip
    made = entered(shelf, fields, "en")
    assert made.intake is None
    assert [problem.field for problem in made.problems] == ["as_of"]


@pytest.mark.parametrize("name", ["fact.lossses", "stated.foo", "unit.lossses", "pregnancy.1.colour", "result.x.date",
                                  "pregnancies_all"])  # fmt: skip
def test_a_field_that_the_form_does_not_have_is_told(shelf: Shelf, name: str) -> None:
    for lang in ("en", "ko"):
        made = entered(shelf, [("fact.sle", "no"), (name, "2")], lang)
        (problem,) = made.problems
        assert problem.field is None
        assert f"'{name}'" in problem.message
        assert made.intake is not None
        assert made.intake.patient.values == {"sle": False}


def test_a_field_that_is_sent_twice_contradicts_itself(shelf: Shelf) -> None:
    made = entered(shelf, [("fact.losses", "2"), ("fact.losses", "5")], "en")
    assert made.intake is None
    assert len(made.problems) == 1
    same = entered(shelf, [("fact.losses", "2"), ("fact.losses", "2"), ("without", "a"), ("without", "b")], "en")
    assert same.problems == ()
    assert same.intake is not None


def test_an_empty_table_that_is_called_complete_says_nothing_of_itself(shelf: Shelf) -> None:
    """As in a file: that there was no pregnancy is said, never concluded."""
    made = entered(shelf, [("pregnancies_complete", "yes")], "en")
    assert [problem.field for problem in made.problems] == ["pregnancies_complete"]
    assert "[]" not in made.problems[0].message
    assert made.intake is not None
    assert made.intake.patient.values == {}
    none = entered(shelf, [("pregnancies_complete", "none")], "en")
    assert none.problems == ()
    assert none.intake is not None
    assert none.intake.patient.values["losses"] == 0
    assert dict(read_case(shelf.knowledge, b"pregnancies: []\npregnancies_complete: yes", "f")) == {
        "pregnancies_complete": "none"
    }
    both = entered(shelf, [("pregnancies_complete", "none"), ("pregnancy.1.outcome", "loss")], "en")
    assert both.intake is None
    assert [problem.field for problem in both.problems] == ["pregnancies_complete"]

"""Views that are the same for every patient are made once: nothing of one patient shows in the report on the next."""

from __future__ import annotations

from decidua.answers import Answers
from decidua.consult import consult
from decidua.facts import Patient, close, read_value
from decidua.guidelines import Knowledge, read_knowledge
from decidua.language import LANGUAGES
from decidua.reports.build import build_report
from reports.test_html import PATIENTS


def patient(knowledge: Knowledge, name: str) -> Patient:
    facts, values = knowledge.vocabulary.facts, {}
    for id_, raw in PATIENTS[name].items():
        for known in [id_] if id_ in facts else [stated for stated in knowledge.stated if stated.startswith(id_)]:
            value = read_value(facts[id_], raw) if id_ in facts else raw == "yes"
            values |= {} if value is None else {known: value}
    return Patient(*close(knowledge.vocabulary, values))


def reports(answers: Answers, name: str) -> list[str]:
    consultation = consult(answers.apart(), patient(answers.knowledge, name))
    return [
        build_report(consultation, lang, why=why, deciding=deciding).model_dump_json()
        for lang in LANGUAGES
        for why, deciding in ((False, True), (True, True), (False, False))
    ]


def test_a_report_is_the_same_alone_and_after_others() -> None:
    shared = Answers(read_knowledge())
    forwards = {name: reports(shared, name) for name in PATIENTS}
    backwards = {name: reports(shared, name) for name in reversed(PATIENTS)}
    alone = {name: reports(Answers(read_knowledge()), name) for name in PATIENTS}
    assert forwards == backwards == alone

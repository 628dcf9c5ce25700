"""The package that CONTRIBUTING.md writes step by step is sound, and answers as the page says."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from decidua.answers import Answers
from decidua.check import docket, inspect
from decidua.evidence import counts, read_evidence
from decidua.evidence.reproduce import reproduce
from decidua.guidelines import Knowledge

PAGE = Path(__file__).parents[2] / "CONTRIBUTING.md"
FILE = re.compile(r"^```yaml\n# (my-clinic/[\w-]+\.yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GUIDELINE, READING = "my-clinic-2026", "my-clinic-2026.ivig.connector"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("content")
    for name, text in FILE.findall(PAGE.read_text("utf-8")):
        file = root / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    return root / "my-clinic"


@pytest.fixture(scope="module")
def extended(package: Path) -> Knowledge:
    knowledge, problems = inspect([package])
    ours = [str(problem) for problem in problems if problem.file.startswith(str(package))]
    assert not ours
    assert knowledge is not None
    return knowledge


def test_every_yaml_block_is_a_file_of_the_package() -> None:
    text = PAGE.read_text("utf-8")
    assert len(FILE.findall(text)) == text.count("```yaml")


def test_it_answers_as_the_steps_say(extended: Knowledge) -> None:
    answers = Answers(extended)

    def answer(**values: object) -> str:
        standing = answers.standing(GUIDELINE, "ivig", values)  # type: ignore[arg-type]
        assert standing is not None
        return standing.answer

    assert answer(losses=Decimal(4), my_clinic_il6="raised") == "conditional"
    assert answer(losses=Decimal(3), my_clinic_il6="raised") == "disputed"
    assert answer(losses=Decimal(3)) == "needs-data"


def test_the_docket_asks_its_question(extended: Knowledge) -> None:
    question = next(question for question in docket(extended, GUIDELINE) if question.id == READING)
    assert question.flip is not None
    assert {answer for _, answer in question.flip.answers} == {"conditional", "other-population"}


def test_replaced_and_hashed(extended: Knowledge, knowledge: Knowledge) -> None:
    assert extended.not_covered["progesterone"].says.en.startswith("Progesterone: see page 9")
    assert extended.content.hash != knowledge.content.hash


def test_its_table_is_recomputed_as_the_page_says(extended: Knowledge) -> None:
    verdicts = reproduce(read_evidence(extended.content), ["my-clinic-trials"])
    assert counts(verdicts) == {"exact": 9, "rounding": 0, "mismatch": 1, "not-recomputable": 0}
    assert [one.printed for one in verdicts if one.word == "mismatch"] == ["71.0"]

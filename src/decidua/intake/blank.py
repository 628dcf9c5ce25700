"""A blank patient file: every fact, commented out and without a value.

Lines that begin with `#` and no space become valid by removing the `#`; those with `##` stay comments.
No fact carries an example value: one that was uncommented and forgotten would be read as hers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from decidua.facts import Fact, Vocabulary
from decidua.intake.pregnancies import CONCEPTIONS, CONFIRMED, KARYOTYPES, OUTCOMES
from decidua.language import Lang, say

PREGNANCIES = (
    "{year: 2021, outcome: biochemical, confirmed: hcg-only, conception: natural, partner: A}",
    '{date: 2022-03-14, outcome: clinical-loss, weeks: "8+3", confirmed: ultrasound, karyotype: not-tested}',
    "{year: 2023, outcome: loss, weeks: 8 wk, karyotype: normal, treatment: aspirin, treatment_start: 5+0}",
)
RESULTS = (
    "{fact: lupus_anticoagulant, date: 2023-01-10, value: negative}",
    "{fact: anticardiolipin_igg, date: 2023-01-10, value: positive}",
    '{fact: vitamin_d, date: 2023-01-10, value: "24 ng/mL"}',
)


def blank_patient(vocabulary: Vocabulary, lang: Lang) -> str:
    """The text of a blank file in one language; as it stands, a patient of whom nothing is known."""
    lines = [*_head(lang)]
    for group in vocabulary.groups.values():
        facts = [fact for fact in vocabulary.facts.values() if fact.group == group.id]
        lines += ["", f"## ==== {group.label[lang]}", f"## {group.absence[lang]}"]
        lines += [line for fact in facts for line in _fact(fact, lang)]
    lines += ["", *_pregnancies(lang), "", *_results(vocabulary, lang)]
    return "\n".join(lines) + "\n"


def _head(lang: Lang) -> Iterator[str]:
    yield f"## {say(lang, 'blank.head')}"
    yield f"## {say(lang, 'blank.privacy')}"
    yield ""
    yield _line("title", say(lang, "blank.title"))
    yield _line("#as_of", say(lang, "blank.as-of"))
    yield _line("#unexplained", say(lang, "blank.unexplained"))


def _line(key: str, comment: str) -> str:
    return f"{f'{key}:':<36} # {comment}"


def _fact(fact: Fact, lang: Lang) -> Iterator[str]:
    yield _line(f"#{fact.id}", f"{fact.label[lang]} | {_accepted(fact, lang)}")
    if fact.help:
        yield f"##     {fact.help[lang]}"


def _accepted(fact: Fact, lang: Lang) -> str:
    if fact.type == "choice":
        return say(lang, "blank.choice", choices=", ".join(fact.choices))
    if fact.type == "boolean":
        return say(lang, "blank.boolean")
    if fact.format:
        return say(lang, "blank.gestation" if fact.format == "gestational-age" else "blank.titre")
    if fact.units:
        return say(lang, "blank.number", units=", ".join(unit.label for unit in fact.units))
    return say(lang, "blank.integer" if fact.type == "integer" else "blank.number-plain")


def _pregnancies(lang: Lang) -> Iterator[str]:
    yield f"## ==== {say(lang, 'blank.pregnancies')}"
    yield f"## {say(lang, 'blank.outcomes', choices=', '.join(OUTCOMES))}"
    lists = {"confirmed": CONFIRMED, "karyotypes": KARYOTYPES, "conceptions": CONCEPTIONS}
    yield f"## {say(lang, 'blank.row', **{name: ', '.join(words) for name, words in lists.items()})}"
    yield _line("#pregnancies_complete", say(lang, "blank.complete"))
    yield from _list("pregnancies", PREGNANCIES)


def _results(vocabulary: Vocabulary, lang: Lang) -> Iterator[str]:
    yield f"## ==== {say(lang, 'blank.results')}"
    named = (row for row in RESULTS if any(f"fact: {id_}," in row for id_ in vocabulary.facts))
    yield from _list("results", named)


def _list(key: str, rows: Iterable[str]) -> Iterator[str]:
    yield f"{key}:"
    for row in rows:
        yield f"#  - {row}"

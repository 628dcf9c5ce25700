"""The concepts that matter here, by concept id: which codes they are, which unit, answer, sign or option they mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from decidua.errors import CohortError
from decidua.intake.cohort.events import Done, key_of
from decidua.intake.fhir.codes import Codes
from decidua.intake.fhir.resources import Coding
from decidua.intake.omop.database import Database

VOCABULARIES: Mapping[str, str] = {
    "LOINC": "LOINC", "SNOMED": "SNOMED CT", "ATC": "ATC", "RxNorm": "RxNorm", "ICD10": "ICD-10",
    "ICD10CM": "ICD-10-CM", "decidua-facts": "local",
}  # fmt: skip
"""OMOP's name of a vocabulary → the vocabulary's name here. `decidua-facts` and `decidua-choices` are our own codes."""
CHOICES, UNITS = "decidua-choices", "UCUM"
DRUGS = ("ATC", "RxNorm")
SIGNS = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}


@dataclass(frozen=True)
class Concepts:
    """`codings`: what a record's concept says, a drug's ancestors among it. `options`: the keys of what was done."""

    codings: Mapping[int, tuple[Coding, ...]]
    units: Mapping[int, str]
    signs: Mapping[int, str]
    answers: Mapping[int, Coding]
    genders: Mapping[int, str]
    options: Mapping[int, frozenset[str]]

    @property
    def wanted(self) -> list[int]:
        """Concepts whose records are read."""
        return sorted({*self.codings, *self.options})


def read_concepts(database: Database, codes: Codes, done: Done) -> Concepts:
    """From `concept`, and for drugs from `concept_ancestor` if it is there. Raises CohortError."""
    if "concept" not in database.columns:
        raise CohortError("omop.no-table", where=database.name, table="concept")
    known = _Known(codes, done)
    for id_, code, vocabulary, name, domain in database.rows(_SQL):
        known.take(int(id_), str(code), str(vocabulary), str(name), str(domain))
    if "concept_ancestor" in database.columns and known.drugs:
        for ancestor, descendant in database.rows(_ancestors(known.drugs)):
            known.inherit(int(ancestor), int(descendant))
    return known.concepts()


_VOCABULARY_LIST = ", ".join(f"'{name}'" for name in (*VOCABULARIES, CHOICES, UNITS, "Gender"))
_SQL = (
    "select concept_id, concept_code, vocabulary_id, concept_name, domain_id from concept "
    f"where vocabulary_id in ({_VOCABULARY_LIST}) or domain_id = 'Meas Value Operator'"
)


def listed(ids: Iterable[int]) -> str:
    return ", ".join(str(int(id_)) for id_ in ids)


def _ancestors(drugs: Iterable[int]) -> str:
    return (
        "select ancestor_concept_id, descendant_concept_id from concept_ancestor "
        f"where ancestor_concept_id in ({listed(sorted(drugs))})"
    )


class _Known:
    def __init__(self, codes: Codes, done: Done) -> None:
        self.codes, self.done = codes, done
        self.codings: dict[int, list[Coding]] = defaultdict(list)
        self.options: dict[int, set[str]] = defaultdict(set)
        self.units: dict[int, str] = {}
        self.signs: dict[int, str] = {}
        self.answers: dict[int, Coding] = {}
        self.genders: dict[int, str] = {}
        self.drugs: set[int] = set()

    def take(self, id_: int, code: str, vocabulary: str, name: str, domain: str) -> None:
        tables = self.codes.tables
        if domain == "Meas Value Operator":
            if name in SIGNS:
                self.signs[id_] = SIGNS[name]
        elif vocabulary == UNITS:
            self.units[id_] = code
        elif vocabulary == "Gender":
            self.genders[id_] = name.lower()
        elif vocabulary == CHOICES:
            self.answers[id_] = Coding(tables.choices, code)
        else:
            self._coded(id_, code, VOCABULARIES[vocabulary])

    def _coded(self, id_: int, code: str, system: str) -> None:
        address = self.codes.tables.systems[system]
        coding, own = Coding(address, code), Coding(self.codes.tables.systems["OMOP"], str(id_))
        if code in self.codes.tables.answers.get(address, {}):
            self.answers[id_] = coding
        from_ours = [one for one in (coding, own) if self.codes.knows(one)]
        self.codings[id_] += from_ours
        for name, given in ((system.lower(), code), ("omop", str(id_))):
            key = key_of(name, given, self.done)
            if key is not None:
                self.options[id_].add(key)
        if system in DRUGS and (from_ours or self.options[id_]):
            self.drugs.add(id_)

    def inherit(self, ancestor: int, descendant: int) -> None:
        """A product is whatever its ingredients and classes are."""
        if ancestor != descendant:
            self.codings[descendant] += [one for one in self.codings[ancestor] if one not in self.codings[descendant]]
            self.options[descendant] |= self.options[ancestor]

    def concepts(self) -> Concepts:
        return Concepts(
            {id_: tuple(found) for id_, found in self.codings.items() if found},
            self.units, self.signs, self.answers, self.genders,
            {id_: frozenset(keys) for id_, keys in self.options.items() if keys},
        )  # fmt: skip

"""What is exported, to be looked up by type and id, or by canonical URL. Made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from threading import Lock

from decidua.answers import Answers
from decidua.fhir.activities import activities
from decidua.fhir.canonical import Resource, fhir_id, version_of
from decidua.fhir.capability import operation
from decidua.fhir.libraries import libraries
from decidua.fhir.measures import measures
from decidua.fhir.plans import recommendations, strategies
from decidua.fhir.questionnaire import questionnaire
from decidua.fhir.terminology import terminology
from decidua.guidelines import Knowledge

Makers = Mapping[str, Callable[[], list[Resource]]]


class Artefacts:
    """The artefacts of one content. Threads may share it: each part is made once, under a lock.

    answers: answers that are nobody else's, for the time of making (see `Answers.apart`).
    """

    def __init__(self, knowledge: Knowledge, answers: Callable[[], Answers]) -> None:
        self.knowledge, self.version = knowledge, version_of(knowledge.content)
        self._answers, self._lock = answers, Lock()
        self._made: dict[str, Mapping[str, Resource]] = {}

    @property
    def _makers(self) -> Makers:
        knowledge, version = self.knowledge, self.version
        return {
            "PlanDefinition": self._plans,
            "ActivityDefinition": lambda: activities(knowledge, version),
            "Library": lambda: libraries(self._answers(), version),
            "Measure": lambda: measures(knowledge, version),
            "Questionnaire": lambda: [questionnaire(knowledge, version)],
            "ValueSet": lambda: self._terms("ValueSet"),
            "CodeSystem": lambda: self._terms("CodeSystem"),
            "OperationDefinition": lambda: [operation(version)],
        }

    @property
    def kinds(self) -> Sequence[str]:
        return tuple(self._makers)

    def of(self, kind: str) -> Mapping[str, Resource]:
        """Id → resource. Raises KeyError for a type that there is not."""
        maker = self._makers[kind]
        with self._lock:
            if kind not in self._made:
                self._made[kind] = {one["id"]: one for one in maker()}
            return self._made[kind]

    def named(self, kind: str, url: str, version: str | None = None) -> Resource | None:
        """By canonical URL; `url|version` is understood."""
        address, _, asked = url.partition("|")
        wanted = version or asked or self.version
        found = (one for one in self.of(kind).values() if one["url"] == address and one["version"] == wanted)
        return next(found, None)

    def subject_of(self, plan: Resource) -> str:
        """The guideline or statement that a PlanDefinition is made of."""
        return next(id_ for id_ in self._plan_ids if fhir_id(id_) == plan["id"])

    @cached_property
    def _plan_ids(self) -> Sequence[str]:
        recommending = (one.id for one in self.knowledge.statements.values() if one.kind == "recommendation")
        return (*self.knowledge.guidelines, *recommending)

    def by_canonical(self, kind: str) -> Mapping[str, Resource]:
        return {f"{one['url']}|{one['version']}": one for one in self.of(kind).values()}

    def _plans(self) -> list[Resource]:
        answers = self._answers()
        return [*strategies(answers, self.version), *recommendations(answers, self.version)]

    def _terms(self, kind: str) -> list[Resource]:
        return [one for one in terminology(self.knowledge, self.version) if one["resourceType"] == kind]

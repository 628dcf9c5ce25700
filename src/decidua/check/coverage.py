"""How much of the source is encoded: measured by citations, line by line, against the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from decidua.check.ledger import ROLES, Ledger, LedgerLine, hash_of, source_lines
from decidua.check.raw import all_ids, cites
from decidua.check.roles import proposed
from decidua.guidelines import Knowledge
from decidua.provenance import TALK


@dataclass(frozen=True)
class Coverage:
    """`percent`: content lines with at least one existing id that really cites them; a discrepancy only notes one."""

    content_lines: int
    covered_lines: int
    tables_to_come: int
    """Of the covered lines, rows of study tables that are told in a sentence but whose numbers are not encoded yet."""
    problems: tuple[tuple[int, str], ...]
    """(line, what is wrong)."""

    @property
    def percent(self) -> float:
        return 100.0 * self.covered_lines / self.content_lines if self.content_lines else 100.0


def coverage(knowledge: Knowledge, ledger: Ledger) -> Coverage:
    citing, known = citing_ids(knowledge), all_ids(knowledge.content)
    content = [one for one in ledger if one.content]
    covered = [one for one in content if set(one.ids) & encoding(citing.get(one.line, {}))]
    rows = sum(one.role == "evidence-not-yet-encoded" for one in covered)
    problems = [
        *_gaps(ledger, citing),
        *((one.line, text) for one in ledger for text in _line(one, citing, known)),
    ]
    return Coverage(len(content), len(covered), rows, tuple(sorted(problems)))


def citing_ids(knowledge: Knowledge, source: str = TALK) -> dict[int, dict[str, str]]:
    """Line → id → the section in which the id stands, for every citation of the source."""
    found: dict[int, dict[str, str]] = {}
    for cite in cites(knowledge.content):
        if cite.data.get("source") == source:
            for line in cite.lines:
                found.setdefault(line, {}).setdefault(cite.id, cite.section)
    return found


def encoding(citing: Mapping[str, str]) -> set[str]:
    """The ids that say what the line says; discrepancies (their key is `places`) only point at it."""
    return {id_ for id_, section in citing.items() if section != "places"}


def _line(one: LedgerLine, citing: Mapping[int, Mapping[str, str]], known: set[str]) -> Iterator[str]:
    really = citing.get(one.line, {})
    if one.role not in ROLES:
        yield f"has the role '{one.role}'; allowed are {', '.join(ROLES)}."
    for id_ in one.ids:
        if id_ not in known:
            yield f"names '{id_}', which no longer exists; run `decidua check --write-ledger`."
        elif id_ not in really:
            yield f"names '{id_}', which does not cite this line; run `decidua check --write-ledger`."
    for id_ in sorted(set(really) - set(one.ids)):
        yield f"is cited by '{id_}', which the ledger does not name; run `decidua check --write-ledger`."
    if one.content and not encoding(really):
        yield f"is {one.role} and no item cites it; encode it or correct its role."


def _gaps(ledger: Ledger, citing: Mapping[int, object]) -> Iterator[tuple[int, str]]:
    """Lines that the ledger has twice or not at all."""
    numbers = [one.line for one in ledger]
    last = max([*numbers, *citing], default=0)
    for line in range(1, last + 1):
        if numbers.count(line) != 1:
            yield line, f"stands {numbers.count(line)} times in the ledger; every line stands once."


def verify_source(ledger: Ledger, source: Path) -> tuple[int, ...]:
    """The numbers of the lines that differ from the ledger, or that only one of the two has."""
    ours = {one.line: one.sha256 for one in ledger}
    theirs = {number: hash_of(text) for number, text in enumerate(source_lines(source), start=1)}
    return tuple(line for line in sorted({*ours, *theirs}) if ours.get(line) != theirs.get(line))


def write_ledger(knowledge: Knowledge, source: Path, existing: Ledger = ()) -> Ledger:
    """A fresh ledger: hashes from the source, ids from the citations, roles kept where set and proposed elsewhere."""
    roles = {one.line: one.role for one in existing if one.role}
    citing = citing_ids(knowledge)
    fresh = []
    for number, text in enumerate(source_lines(source), start=1):
        ids = citing.get(number, {})
        role = roles.get(number) or proposed(knowledge, number, text, ids)
        fresh.append(LedgerLine(number, hash_of(text), role, tuple(sorted(ids))))
    return tuple(fresh)

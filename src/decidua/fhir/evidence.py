"""Study tables in FHIR R5 (EBMonFHIR): printed numbers as printed, each with what recomputing found.

No side is taken and no certainty is judged: a rating that goes out is one that a source prints on a statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from decidua.evidence import Evidence, Table, Verdict
from decidua.evidence.model import Repair, Row
from decidua.evidence.printed import Printed
from decidua.fhir.canonical import Resource, canonical, concept, fhir_id, header, narrative, spoken, translation, url
from decidua.fhir.plans import citations
from decidua.guidelines import Knowledge, Statement
from decidua.language import Text
from decidua.provenance import Source

ROLES = "http://terminology.hl7.org/CodeSystem/variable-role"
COMPARATORS = {"=": None, "<": "<", ">": ">", "<=": "<=", ">=": ">="}


def evidence_resources(
    knowledge: Knowledge, evidence: Evidence, verdicts: Mapping[str, Verdict], version: str
) -> list[Resource]:
    """Citation of every source, EvidenceVariable of every table, Evidence of every row with numbers, and an
    ArtifactAssessment of every statement with a printed strength or certainty."""
    by_ref: dict[str, list[Verdict]] = {}
    for verdict in verdicts.values():
        by_ref.setdefault(verdict.ref, []).append(verdict)
    found = [_citation(source, version) for source in knowledge.sources.values()]
    for table in evidence.tables.values():
        found.append(_variable(table, version))
        rows = (_evidence(knowledge, evidence, table, row, by_ref, version) for row in table.rows)
        found += [row for row in rows if row]
    rated = (one for one in knowledge.statements.values() if one.strength.printed or one.certainty.printed)
    return [*found, *(_rating(evidence, one, version) for one in rated)]


def _citation(source: Source, version: str) -> Resource:
    place = {"webLocation": [{"url": source.url}]} if source.url else {}
    made = header("Citation", source.id, version, source.title, source.note or source.title)
    return {**made, "citedArtifact": {"title": [both_text(source.title)], **place}}


def both_text(text: Text) -> Resource:
    return {"text": text.en, "_text": {"extension": [translation(text)]}}


def _variable(table: Table, version: str) -> Resource:
    return header("EvidenceVariable", table.id, version, table.outcome or table.title, spoken("export.variable-says"))


def _evidence(
    knowledge: Knowledge,
    evidence: Evidence,
    table: Table,
    row: Row,
    verdicts: Mapping[str, Sequence[Verdict]],
    version: str,
) -> Resource | None:
    """None for a row without a number."""
    parts = _parts(evidence, table, row)
    if not parts:
        return None
    shown = row.printed[0] if row.printed and row.printed[0] else row.key
    title = spoken("export.evidence-title", table=table.title, row=shown[:80].strip())
    made = header("Evidence", f"{table.id}.{row.key}", version, title, spoken("export.evidence-says"))
    measured = concept([{"system": ROLES, "code": "measuredVariable"}])
    observed = {"reference": f"EvidenceVariable/{fhir_id(table.id)}"}
    notes = [*([both_text(row.note)] if row.note else []), *map(_repaired, row.repairs.items())]
    return {
        **made,
        "relatedArtifact": [_related(one) for one in citations(knowledge, table.cites)],
        **({"note": notes} if notes else {}),
        "variableDefinition": [{"variableRole": measured, "observed": observed}],
        "statistic": [_statistic(name, found, verdicts) for name, found in _grouped(parts).items()],
    }


def _repaired(cell: tuple[str, Repair]) -> Resource:
    """What is read in the place of a damaged cell, and why; the print itself is kept in the content."""
    column, repair = cell
    return both_text(spoken("export.note-repaired", column=column, note=repair.note))


def _related(citation: Resource) -> Resource:
    """As R5 has it: the address is that of the document."""
    made = {key: value for key, value in citation.items() if key != "url"}
    return {**made, **({"document": {"url": citation["url"]}} if "url" in citation else {})}


def _parts(evidence: Evidence, table: Table, row: Row) -> dict[str, tuple[str, Printed | str]]:
    """Part of the row → (reference, what is printed)."""
    start = f"{table.id}/{row.key}/"
    return {ref[len(start) :]: (ref, cell) for ref, cell in evidence.cells.items() if ref.startswith(start)}


def _grouped(parts: Mapping[str, tuple[str, Printed | str]]) -> dict[str, dict[str, tuple[str, Printed | str]]]:
    """The parts of one cell together: `effect.estimate` and `effect.lower` under `effect`."""
    groups: dict[str, dict[str, tuple[str, Printed | str]]] = {}
    for part, found in parts.items():
        name, _, last = part.rpartition(".")
        groups.setdefault(name or part, {})[last] = found
    return groups


def _statistic(
    name: str, found: Mapping[str, tuple[str, Printed | str]], verdicts: Mapping[str, Sequence[Verdict]]
) -> Resource:
    numbers = {part: cell for part, (_, cell) in found.items() if isinstance(cell, Printed)}
    words = [cell for _, cell in found.values() if isinstance(cell, str)]
    main = next((numbers[part] for part in ("estimate", "mean", "percent", name) if part in numbers), None)
    notes = [_note(verdict) for ref, _ in found.values() for verdict in verdicts.get(ref, ())]
    rest = _attributes({part: one for part, one in numbers.items() if one is not main})
    return {
        "description": ", ".join(f"{ref.split('/', 2)[2]} {_shown(cell)}" for ref, cell in found.values()),
        **({"note": notes} if notes else {}),
        **({"statisticType": concept(text=words[0])} if words else {}),
        **({"quantity": _quantity(main)} if main else {}),
        **_counts(numbers),
        **({"attributeEstimate": rest} if rest else {}),
    }


def _counts(numbers: Mapping[str, Printed]) -> Resource:
    found: Resource = {}
    if "events" in numbers:
        found["numberOfEvents"] = int(numbers["events"].value)
    if "total" in numbers:
        found["sampleSize"] = {"numberOfParticipants": int(numbers["total"].value)}
    return found


def _attributes(numbers: Mapping[str, Printed]) -> list[Resource]:
    """Interval, p, standard deviation: what is printed beside the main number."""
    found: list[Resource] = []
    if "lower" in numbers and "upper" in numbers:
        low, high = _quantity(numbers["lower"]), _quantity(numbers["upper"])
        found.append({"type": concept(text="interval, as printed"), "range": {"low": low, "high": high}})
    beside = (part for part in numbers if part not in ("lower", "upper", "events", "total"))
    return [*found, *({"type": concept(text=part), "quantity": _quantity(numbers[part])} for part in beside)]


def _quantity(printed: Printed) -> Resource:
    value = int(printed.value) if printed.decimals == 0 and printed.value == int(printed.value) else printed.value
    comparator = COMPARATORS[printed.relation]
    return {"value": value, **({"comparator": comparator} if comparator else {})}


def _shown(cell: Printed | str) -> str:
    return cell if isinstance(cell, str) else f"{'' if cell.relation == '=' else cell.relation}{cell.text}"


def _note(verdict: Verdict) -> Resource:
    value = "" if verdict.value is None else f"{verdict.value:g}"
    said = spoken(f"export.note-{verdict.word}", ref=verdict.ref, printed=verdict.printed, value=value)
    return both_text(said)


def _rating(evidence: Evidence, statement: Statement, version: str) -> Resource:
    """What is printed on a statement, uncoded: two sources may mean different things by one word."""
    title = spoken("export.rating-title", says=statement.says)
    printed = {"strength": statement.strength, "certainty": statement.certainty}
    ratings = [
        {
            "informationType": "rating",
            "type": concept(text=part),
            "classifier": [concept(text=one.printed)],
            **({"summary": one.of.en} if one.of else {}),
        }
        for part, one in printed.items()
        if one.printed
    ]
    return {
        "resourceType": "ArtifactAssessment",
        "id": fhir_id(statement.id),
        "language": "en",
        "text": narrative(title, statement.says),
        "title": title.en,
        **_rated(statement, version),
        "content": [*ratings, *_rests_on(evidence, statement, version)],
    }


def _rated(statement: Statement, version: str) -> Resource:
    """A statement that recommends nothing is no PlanDefinition; it has a name only."""
    if statement.kind == "recommendation":
        return {"artifactCanonical": canonical("PlanDefinition", fhir_id(statement.id), version)}
    return {"artifactUri": f"urn:decidua:statement:{statement.id}"}


def _rests_on(evidence: Evidence, statement: Statement, version: str) -> Iterable[Resource]:
    """The tables that the statement rests on, as the encoder proposes."""
    for table in evidence.rests_on(statement.id):
        resource = f"{url('EvidenceVariable', fhir_id(table))}|{version}"
        related = [{"type": "derived-from", "resource": resource}]
        yield {"informationType": "comment", "type": concept(text="rests on"), "relatedArtifact": related}

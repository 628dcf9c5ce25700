"""RevMan 5's .rm5 (XML): one outcome of the review, with the measure, method and model that the file asks for."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from decidua.errors import StudyError
from decidua.studies.numbers import check, column
from decidua.studies.problems import Problems, quoted
from decidua.studies.table import COUNTS, MEANS, StudyTable

OUTCOMES = {"DICH_OUTCOME": ("counts", "DICH"), "CONT_OUTCOME": ("means", "CONT")}
UNREAD = ("IV_OUTCOME", "IPD_OUTCOME", "OTHER_OUTCOME")
ATTRIBUTES = {
    "counts": dict(zip(COUNTS, ("EVENTS_1", "TOTAL_1", "EVENTS_2", "TOTAL_2"), strict=True)),
    "means": dict(zip(MEANS, ("MEAN_1", "SD_1", "TOTAL_1", "MEAN_2", "SD_2", "TOTAL_2"), strict=True)),
}
MEASURES = {"OR": "OR", "RR": "RR", "RD": "RD", "PETO_OR": "PETO", "MD": "MD", "SMD": "SMD"}
METHODS = {"MH": "MH", "IV": "IV", "PETO": "Peto"}
REVIEW = "COCHRANE_REVIEW"
LINE = "line"


def read_rm5(data: bytes, file: str, outcome: str | None) -> StudyTable:
    """`outcome`: an id such as CMP-001.01; needed where the review has several. Raises StudyError."""
    root = parse(data, file)
    outcomes = [node for node in root.iter() if node.tag in (*OUTCOMES, *UNREAD)]
    if not outcomes and root.tag != REVIEW:
        raise StudyError("error.study-rm5-not", where=file)
    chosen = _choose(outcomes, file, outcome)
    if chosen.tag in UNREAD:
        raise StudyError("error.study-rm5-kind", where=_at(file, chosen), given=chosen.tag)
    kind, prefix = OUTCOMES[chosen.tag]
    rows = list(_rows(chosen, prefix))
    if not rows:
        raise StudyError("error.study-none", where=_at(file, chosen))
    problems, lines = Problems(file), [int(node.attrib[LINE]) for node, _ in rows]
    numbers = {
        name: column([node.get(attribute, "") for node, _ in rows], lines, attribute, problems)
        for name, attribute in ATTRIBUTES[kind].items()
    }
    given = check(kind, numbers, lines, problems)
    problems.raise_any()
    studies = {node.get("ID"): node.get("NAME") for node in root.iter("STUDY")}
    names = tuple(studies.get(node.get("STUDY_ID")) or node.get("STUDY_ID") or "?" for node, _ in rows)
    return StudyTable(
        file, kind, names, tuple(lines), numbers, given, {"subgroup": tuple(group for _, group in rows)},
        title=_name(chosen), measure=MEASURES.get(chosen.get("EFFECT_MEASURE", "")),
        method=METHODS.get(chosen.get("METHOD", "IV")), model="random" if chosen.get("RANDOM") == "YES" else "fixed",
    )  # fmt: skip


def parse(data: bytes, file: str) -> Element:
    """The tree, each element with its line. Document types and entities are refused: no bombs, no outside files."""
    parser, builder = expat.ParserCreate(), TreeBuilder()

    def refuse(*_: object) -> int:
        raise StudyError("error.study-rm5-entities", where=f"{file}:{parser.CurrentLineNumber}")

    def start(tag: str, attributes: dict[str, str]) -> None:
        builder.start(tag, {**attributes, LINE: str(parser.CurrentLineNumber)})

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        reason = expat.errors.messages[error.code]
        raise StudyError("error.study-rm5", where=f"{file}:{error.lineno}", reason=reason) from None
    return builder.close()


def _choose(outcomes: list[Element], file: str, wanted: str | None) -> Element:
    found = [node for node in outcomes if wanted is None or node.get("ID") == wanted]
    if len(found) == 1:
        return found[0]
    if not outcomes:
        raise StudyError("error.study-none", where=file)
    ids = "; ".join(f"{node.get('ID')} ({_name(node)})" for node in outcomes[:20])
    raise StudyError("error.study-outcome", where=file, allowed=ids)


def _rows(outcome: Element, prefix: str) -> Iterator[tuple[Element, str]]:
    """Every row of data with the name of its subgroup, empty where the outcome has none."""
    for node in outcome.findall(f"{prefix}_DATA"):
        yield node, ""
    for group in outcome.findall(f"{prefix}_SUBGROUP"):
        for node in group.findall(f"{prefix}_DATA"):
            yield node, _name(group)


def _name(node: Element) -> str:
    return quoted(node.findtext("NAME") or node.get("ID") or "?")


def _at(file: str, node: Element) -> str:
    return f"{file}:{node.attrib[LINE]}"

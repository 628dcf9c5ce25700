"""The same exported rules on cql-execution, patient by patient: on parameters, and on FHIR bundles by cql-exec-fhir.

The engine is asked for the decisions of every guideline (answer and what is possible, for each option). Two runs of
different length are subtracted, so that the start of Node and the reading of the library count for nothing. Ours counts
the same answers of a whole table, with definitions, agreement and open questions beside them.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from benchmarks.consult import patients
from decidua.answers import Answers
from decidua.facts import Range, Value, Vocabulary
from decidua.fhir.elm import elm
from decidua.fhir.facts_library import NAME, facts_elm
from decidua.fhir.rules import Rules, on_fhir, rules
from decidua.guidelines import Knowledge

ENGINES = Path(__file__).parent.parent / "tests" / "standards" / "engines"
PARAMETERS, BUNDLES = (20, 220), (2, 12)
"""Patients of the short and of the long run."""


def compare(knowledge: Knowledge, data: Sequence[bytes], everything: float, answers: float) -> None:
    """data: bundles. everything, answers: our seconds for one patient from bytes, and from a facts table."""
    print("\nThe same rules on cql-execution, one patient after another")
    if not (ENGINES / "node_modules" / "cql-execution").is_dir():
        print("  (Node or the engine is not installed: scripts/engines)")
        return
    made = [rules(Answers(knowledge), guideline, "0") for guideline in knowledge.guidelines]
    women = [parameters(knowledge.vocabulary, one) for one in patients(knowledge, PARAMETERS[1])]
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        (scratch / f"{NAME}.json").write_text(json.dumps(facts_elm(knowledge, "0")), "utf-8")
        on_values = sum(_seconds("run_cql_execution.mjs", one, women, PARAMETERS, scratch) for one in made)
        texts = [json.loads(one) for one in data[: BUNDLES[1]]]
        fhir = [on_fhir(one, NAME) for one in made]
        on_bundles = sum(_seconds("run_on_fhir.mjs", one, texts, BUNDLES, scratch) for one in fhir)
    _line("on parameters: facts of a patient to answers", on_values, "facts table to answers", answers, 1_000)
    _line("on bundles: FHIR of a patient to answers", on_bundles, "the same bundles to answers", everything, 5_000)


def _line(name: str, theirs: float, rival: str, ours: float, target: float) -> None:
    ratio = theirs / ours
    verdict = f"  target {target:,.0f} x {'met' if ratio >= target else 'MISSED'}"
    print(f"  {name:46} {theirs * 1e3:9.2f} ms   {rival:28} {ours * 1e6:7.1f} us {ratio:10,.0f} x{verdict}")


def parameters(vocabulary: Vocabulary, values: Mapping[str, Value]) -> dict[str, object]:
    """A patient as the parameters of an exported library."""
    given: dict[str, object] = {}
    for name, value in values.items():
        fact = vocabulary.facts.get(name)
        if fact is None or not fact.numeric:
            given[name] = value
        else:
            ends = (value.low, value.high) if isinstance(value, Range) else (value, value)
            named = zip((f"{name} low", f"{name} high"), ends, strict=True)
            given |= {key: float(end) if isinstance(end, Decimal) else None for key, end in named}
    return given


def _seconds(program: str, made: Rules, given: Sequence[object], counts: tuple[int, int], scratch: Path) -> float:
    """Of the processor, for one patient."""
    library, defines = scratch / f"{made.name}.json", scratch / "defines.json"
    library.write_text(json.dumps(elm(made)), "utf-8")
    asked = [
        one.name for one in made.decisions if "[" not in one.name and not one.name.endswith((" surely", " perhaps"))
    ]
    defines.write_text(json.dumps(asked), "utf-8")
    times = [_took(program, library, defines, given[:count], scratch) for count in counts]
    return (times[1] - times[0]) / (counts[1] - counts[0])


def _took(program: str, library: Path, defines: Path, given: Iterable[object], scratch: Path) -> float:
    lines = scratch / "patients.jsonl"
    lines.write_text("".join(json.dumps(one) + "\n" for one in given), "utf-8")
    best = float("inf")
    for _ in range(2):
        start = _children()
        subprocess.run(["node", program, library, lines, defines], cwd=ENGINES, check=True, stdout=subprocess.DEVNULL)
        best = min(best, _children() - start)
    return best


def _children() -> float:
    """Seconds of the processor that all ended child processes have used."""
    import os

    used = os.times()
    return used.children_user + used.children_system

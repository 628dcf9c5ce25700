"""How fast is a consultation? One command: `uv run python -m benchmarks.consult`.

Every figure stands beside a rival in the same run, and the ratio is printed: the generated code beside the reference
interpreter (and cel-python where it is installed: `uv run --with cel-python python -m benchmarks.consult`), the
diagrams beside brute force over the same space, the command beside a bare Python start.
"""

from __future__ import annotations

import gc
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from itertools import product
from pathlib import Path
from urllib.request import urlopen

from decidua.answers import Answers, deciding, relevant
from decidua.answers.functions import representative
from decidua.answers.meaning import meaning
from decidua.answers.space import Span
from decidua.consult import Consultation, consult
from decidua.consult.findings import explain, find
from decidua.criteria import Criterion, truth
from decidua.criteria.compiled import compile_criteria
from decidua.errors import PatientConflictError
from decidua.facts import Patient, Value, close
from decidua.guidelines import Knowledge, read_knowledge
from decidua.reports.build import build_report

TARGETS = {
    "findings and trace of all statements": 1e-3,
    "all answers and relevant facts": 10e-3,
    "deciding sets of all options": 50e-3,
    "update: consult and report": 50e-3,
    "one of many, two processes": 10e-3,
    "compiled findings, 150 criteria": 60e-6,
    "decidua consult, from the shell": 0.6,
    "decidua --help, from the shell": 0.25,
    "decidua serve, until its first page": 3.0,
}


def patients(knowledge: Knowledge, count: int, seed: int = 1) -> list[dict[str, Value]]:
    """Generated patients: every fact known with a chance that differs from patient to patient."""
    rng, found = random.Random(seed), list[dict[str, Value]]()
    while len(found) < count:
        share = rng.random()
        values = {id_: _value(knowledge, id_, rng) for id_ in knowledge.vocabulary.facts if rng.random() < share}
        try:
            found.append(close(knowledge.vocabulary, values)[0])
        except PatientConflictError:
            continue
    return found


def _value(knowledge: Knowledge, id_: str, rng: random.Random) -> Value:
    fact = knowledge.vocabulary.facts[id_]
    if fact.type == "boolean":
        return rng.random() < 0.3
    if fact.type == "choice":
        return rng.choice(fact.choices)
    low, high = fact.likely or (Decimal(0), Decimal(10))
    value = Decimal(rng.randint(int(low), int(min(high, low + 60))))
    return min(value, Decimal(6)) if fact.group == "history" else value


def median_time(work: Callable[[dict[str, Value]], object], given: Sequence[dict[str, Value]]) -> float:
    times = []
    for values in given:
        start = time.perf_counter()
        work(values)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def shell(command: Sequence[str], runs: int = 7) -> float:
    """Median of whole processes after a first run, with Python's bytecode cache on, as on a user's machine."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    times = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def line(name: str, measured: float, rival: str, against: float) -> None:
    target = TARGETS.get(name)
    verdict = "" if target is None else f"  target {_unit(target)} {'met' if measured <= target else 'MISSED'}"
    print(f"{name:42} {_unit(measured):>10}   {rival}: {_unit(against)}, ratio {against / measured:.1f}{verdict}")


def _unit(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} us" if seconds < 1e-3 else f"{seconds * 1e3:.1f} ms"


def criteria_of(knowledge: Knowledge) -> list[Criterion]:
    every = [*knowledge.populations.values(), *knowledge.names.values(), *knowledge.conditions.values()]
    return every[:150]


def compiled_against_interpreter(knowledge: Knowledge, given: Sequence[dict[str, Value]]) -> None:
    criteria = criteria_of(knowledge)
    compiled = compile_criteria(criteria, knowledge.names, knowledge.settled)
    fast = median_time(compiled.run, given)
    slow = median_time(lambda v: [truth(c, v, knowledge.names, knowledge.settled) for c in criteria], given)
    line(f"compiled findings, {len(criteria)} criteria", fast, "reference interpreter", slow)
    cel_rival(given, fast)


def cel_rival(given: Sequence[dict[str, Value]], fast: float) -> None:
    """cel-python has no unknown: it is given complete booleans, which is easier than what we do."""
    try:
        import celpy
    except ImportError:
        return
    environment = celpy.Environment()
    texts = [" && ".join(f"f{j}" for j in range(i % 5 + 2)) for i in range(150)]
    programs = [environment.program(environment.compile(text)) for text in texts]
    context = {f"f{j}": celpy.celtypes.BoolType(True) for j in range(8)}
    slow = median_time(lambda _: [program.evaluate(context) for program in programs], given[:5])
    line("compiled findings, 150 criteria", fast, "cel-python, 150 conjunctions", slow)


def statements(knowledge: Knowledge, given: Sequence[dict[str, Value]]) -> None:
    said = list(knowledge.statements.values())
    compiled = compile_criteria([knowledge.populations[s.id] for s in said], knowledge.names, knowledge.settled)
    fast = median_time(compiled.run, given)
    full = median_time(lambda v: [(find(knowledge, s, v), explain(knowledge, s, v)) for s in said], given)
    line("findings and trace of all statements", fast, "as readable trees with every reading", full)


def answers_against_brute_force(knowledge: Knowledge, given: Sequence[dict[str, Value]]) -> None:
    answers = Answers(knowledge)
    cells = [(g, o) for g in knowledge.guidelines for o in knowledge.options]

    def everything(values: dict[str, Value]) -> None:
        for guideline, option in cells:
            standing = answers.standing(guideline, option, values)
            if standing:
                relevant(answers.function(guideline, option), standing.plain)

    def sets(values: dict[str, Value]) -> None:
        for guideline, option in cells:
            standing = answers.standing(guideline, option, values)
            if standing:
                deciding(answers.function(guideline, option), standing.node, standing.allowed)

    consult(answers, Patient(given[0]))  # builds the diagrams
    fast = median_time(everything, given)
    one = brute_force(knowledge, answers, "eshre-2022", "hcg", given[:5])
    mine = median_time(lambda v: answers.standing("eshre-2022", "hcg", v), given)
    line("all answers and relevant facts", fast, "findings of all, interpreted", _interpreted(knowledge, given[:20]))
    line("one answer, by diagram", mine, "by brute force over its space", one)
    line("deciding sets of all options", median_time(sets, given), "all answers and relevant facts", fast)


class Screens:
    """What a page needs when one thing changes: consultation and report with deciding sets, from a common base."""

    def __init__(self, knowledge: Knowledge) -> None:
        """What is the same for everybody is worked out once, as a server does when it starts."""
        self.base = Answers(knowledge)
        show(consult(self.base, Patient({})))
        gc.collect()
        gc.freeze()

    def update(self, values: dict[str, Value]) -> None:
        show(consult(self.base.apart(), Patient(values)))


def show(consultation: Consultation) -> None:
    build_report(consultation, "ko", why=False, deciding=True)


def updates(knowledge: Knowledge, given: Sequence[dict[str, Value]]) -> None:
    """Distinct patients, each once."""
    screens = Screens(knowledge)
    alone = median_time(lambda v: consult(screens.base.apart(), Patient(v)), given)
    line("update: consult and report", median_time(screens.update, given), "the consultation alone", alone)
    half = len(given) // 2
    with ProcessPoolExecutor(2) as pool:
        took = max(pool.map(_all_updates, (given[:half], given[half:])))
    one = _all_updates(given[:half]) / half
    line("one of many, two processes", took / len(given), "one of many, one process", one)
    print(f"{'consults per second, two processes':42} {len(given) / took:10.0f}")


def _all_updates(given: Sequence[dict[str, Value]]) -> float:
    """Seconds for all of them, content and diagrams read beforehand."""
    screens = Screens(read_knowledge())
    start = time.perf_counter()
    for values in given:
        screens.update(values)
    return time.perf_counter() - start


def _interpreted(knowledge: Knowledge, given: Sequence[dict[str, Value]]) -> float:
    said = list(knowledge.populations.values())
    return median_time(lambda v: [truth(c, v, knowledge.names, knowledge.settled) for c in said], given)


def brute_force(
    knowledge: Knowledge, answers: Answers, guideline: str, option: str, given: Sequence[dict[str, Value]]
) -> float:
    function = answers.function(guideline, option)
    variables = [v for v in function.diagrams.variables if v.kind != "named"]

    def worlds(values: dict[str, Value]) -> set[object]:
        cells = [[v.cells[i] for i in v.allowed(values[v.id])] if v.id in values else v.cells for v in variables]
        found = set()
        for world in product(*cells):
            pairs = zip(variables, world, strict=True)
            flat = {v.id: representative(c) if isinstance(c, Span) else c for v, c in pairs}
            settled = {v.id: str(flat.pop(v.id)) for v in variables if v.kind == "reading"}
            scope = truth(knowledge.definitions[guideline], flat, knowledge.names, settled)
            applies = [bool(truth(knowledge.populations[s.id], flat, knowledge.names, settled)) for s in function.said]
            found.add(meaning(function.said, applies, bool(scope)))
        return found

    return median_time(worlds, given)


def commands() -> None:
    script = str(Path(sys.executable).with_name("decidua"))
    bare = shell([sys.executable, "-c", "pass"])
    example = str(Path(__file__).parent.parent / "examples" / "01-two-losses.yaml")
    line("decidua consult, from the shell", shell([script, "consult", example]), "a bare Python", bare)
    line("decidua --help, from the shell", shell([script, "--help"]), "a bare Python", bare)
    line(
        "decidua serve, until its first page", until_first_page([script, "serve", "--port", "0"]), "a bare Python", bare
    )


def until_first_page(command: Sequence[str], runs: int = 5) -> float:
    """Median seconds from the start of the service until a browser has the form."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        with subprocess.Popen(command, text=True, stdout=subprocess.PIPE) as running:
            assert running.stdout
            address = running.stdout.readline().split()[3].removesuffix("/")
            with urlopen(f"{address}/en/consult") as page:
                page.read()
            times.append(time.perf_counter() - start)
            running.terminate()
    return statistics.median(times)


def main() -> None:
    knowledge = read_knowledge()
    given = patients(knowledge, 200)
    compiled_against_interpreter(knowledge, given)
    statements(knowledge, given)
    answers_against_brute_force(knowledge, given)
    updates(knowledge, given)
    commands()


if __name__ == "__main__":
    main()

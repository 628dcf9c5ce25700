"""Writes docs/synthetic.md: every rate of a synthetic cohort with its source or its reason, and what comes out.

python scripts/write_synthetic_page.py          # write
python scripts/write_synthetic_page.py --check  # exit 1 if the page is not what would be written
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from decidua.audit.synthetic import Cohort, Model, read_model
from decidua.audit.synthetic.load import bases
from decidua.audit.synthetic.model import Based, Draw, Variable
from decidua.audit.synthetic.record import Written
from decidua.guidelines import read_knowledge

PATH = Path(__file__).parent.parent / "docs" / "synthetic.md"
WOMEN, SEED = 100_000, 0

HEAD = """\
# Synthetic cohorts

Written by `scripts/write_synthetic_page.py` from `src/decidua/data/synthetic.yaml`; do not edit it.

`decidua synthesize N --seed S --out FILE` makes a cohort that is **plausible, not real**. It is for benchmarks, tests \
and trying things out. **No conclusion about care may be drawn from it**: not how frequent a finding is, not what \
clinics do, not whether any treatment helps. There is no outcome in it. Who is treated differs by centre because the \
model says so, for most numbers without a source.

```
decidua synthesize 10000 --seed 1 --out cohort.parquet
decidua synthesize 10000 --seed 1 --out cohort.csv
decidua synthesize 10000 --seed 1 --out cohort.ndjson
decidua synthesize 10000 --seed 1 --out bulk-folder
```

| ending | what it is | how it says that it is synthetic |
|---|---|---|
| `.parquet` | a facts table | `"synthetic": true`, seed and model under the metadata key `decidua` |
| `.csv` | the same columns, with units in the heading | a column `synthetic` with `yes` in every row |
| `.ndjson` | FHIR R4, one Bundle a line | the tag `HTEST` on every resource, and a tag of ours on bundle and patient |
| none | a bulk export: a folder with a file for each type | the same tags |

Ids of patients begin with `synthetic-` everywhere. The same seed, content and model make the same bytes, however \
many cores work on it. The first rows of a large cohort \
are those of a small one. What was done to prevent a loss is in FHIR a Procedure \
with an option's code of ours. The centre stands there with the patient; an Encounter \
has the day of care, or its year alone, and the setting. An audit of the FHIR files is that of the table.

`--format fhir` is `ndjson` or `bulk`, by the ending. FHIR is large: 100,000 women are 85.7 resources each. As a bulk \
export that is 3.58 GB (35.8 kB each), written at 6,927 women a second and core; as Bundles 4.48 GB (44.8 kB each), at \
6,708. `python -m benchmarks.synthetic 100000` prints it anew, beside Parquet and CSV; these figures are of a busy \
machine.

## How a row is made

1. **A complete world.** Every fact gets its value, in the order below; a distribution may depend on what was drawn \
before. What the constraints forbid cannot be drawn: a sum is a sum, a part is taken of its whole, a syndrome only \
where its conditions hold.
2. **What is written down.** How far her work-up has come (history, basic, extended, immune, special) depends on her \
history and her centre; a test needs its step, an immune test needs the basic ones, a result needs its test. A chart \
is full, ordinary or thin as a whole. A yes is written down more often than a no. Some numbers have bounds only.
3. **What follows** from the constraints is added, so that every row is closed. Everything written is true in the \
world; what is not written is unknown.

Conditions are criteria as in the content ([CONTRIBUTING](../CONTRIBUTING.md)). Of several the first that holds counts.
"""


def page_text(model: Model, women: int = WOMEN) -> str:
    written = model.written
    return "\n".join([
        HEAD, *_counts(model), *_sources(model), *_came_out(model, women),
        "## Centres\n", *_roster(model),
        "## Facts, and what shapes them\n",
        "Where nothing is hidden behind it a name is that of a fact. *Hidden* things are never written.\n",
        *_table(("what", "where", "how", "basis"), _variables(model)),
        "## Bounds\n", "Of those without an exact value, the share that has bounds.\n",
        *_table(("fact", "share", "cuts or bands", "basis"), _bounds(written.variables)),
        "## What is written down\n",
        *_table(("what", "where", "chance", "basis"), _named(((r.id, r.says), r.draws) for r in written.records)),
        "Which of these is used for which fact stands in the file (`record`, and `record_true` for a yes).\n",
        "## Names that a centre states itself\n",
        *_table(("name", "where", "chance", "basis"), _named(((s.name, ""), s.draws) for s in written.stated)),
        "## Care\n", "What was done to prevent a loss. Tests follow from the facts `done_…`.\n",
        *_table(("option", "where", "chance", "basis"), _care(model)),
    ])  # fmt: skip


def _counts(model: Model) -> list[str]:
    found = [based for _, based in bases(model.written)]
    sourced = sum(based.source is not None for based in found)
    return [
        f"Of {len(found)} distributions and shares, {sourced} rest on a source; {len(found) - sourced} are "
        "assumptions, each with its reason. An assumption is a guess of this project.\n"
    ]


def _sources(model: Model) -> Iterator[str]:
    yield "## Sources\n"
    cited = {based.source for _, based in bases(model.written) if based.source}
    for source in (*model.written.sources, *model.knowledge.sources.values()):
        if source.id in cited:
            where = f" <{source.url}>." if source.url else ""
            note = f" {source.note.en}" if source.note else ""
            yield f"- `{source.id}`: {source.title.en}. Read: {source.read}.{where}{note}"
    yield ""


def _came_out(model: Model, women: int) -> Iterator[str]:
    yield f"## What comes out\n\nOf {women:,} women with seed {SEED}: in the world, and known of the rows.\n"
    yield from _table(("what", "in the world", "known"), _shares(model, Cohort(model, women, SEED).written(0)))


def _shares(model: Model, written: Written) -> Iterator[Sequence[str]]:
    world, names = written.world, model.knowledge.names
    for fact in ("losses", "clinical_losses", "consecutive_losses"):
        share = np.mean(world.values[fact] >= 2)
        yield f"`{fact}` two or more", _percent(share), _percent(written.known[fact].mean())
    for name in sorted(name for name in names if name.startswith("unexplained@")):
        yield f"`{name}`", _percent(world.holds(names[name]).mean()), ""
    for fact in ("aps", "uterine_anomaly", "thyroid_disorder", "tissue_karyotype_abnormal"):
        yield f"`{fact}`", _percent(world.values[fact].mean()), _percent(written.known[fact].mean())
    for fact, choice in (("peripheral_nk", "raised"), ("ana", "positive"), ("parental_karyotype", "abnormal")):
        at = model.vocabulary.facts[fact].choices.index(choice)
        share = np.mean(world.values[fact] == at)
        yield f"`{fact}` {choice}", _percent(share), _percent(written.known[fact].mean())
    for fact, cut in (("vitamin_d", 30), ("unk_percent", 5), ("age", 35)):
        share = np.mean(world.values[fact] < cut)
        yield f"`{fact}` below {cut}", _percent(share), _percent(written.known[fact].mean())


def _percent(share: float) -> str:
    return f"{100 * float(share):.1f} %"


def _roster(model: Model) -> Iterator[str]:
    roster = model.written.roster
    rows = [(*values, _percent(share)) for share, values in roster.rows]
    yield from _table((*roster.columns, "share"), rows)
    yield f"Basis: {_basis(roster)}\n"


def _variables(model: Model) -> Iterator[Sequence[str]]:
    for variable in model.written.variables:
        name = f"`{variable.id}`" if variable.hidden is None else f"*{variable.id}* ({variable.hidden.says})"
        name += f"; only where `{variable.only_if}`" if variable.only_if else ""
        name += f"; exists where `{variable.exists}`" if variable.exists else ""
        if not variable.draws:
            yield name, "", _derived(variable, model), ""
        for at, draw in enumerate(variable.draws):
            yield name if at == 0 else "", _where(draw), _how(draw), _basis(draw)


def _derived(variable: Variable, model: Model) -> str:
    if variable.sum:
        minus = "".join(f" − {one}" for one in variable.sum.minus)
        return " + ".join(variable.sum.plus) + minus
    if variable.body_mass_index:
        return "weight and height"
    if variable.id in model.written.roster.columns:
        return "by the centre"
    return f"`{variable.means}`"


def _bounds(variables: Iterable[Variable]) -> Iterator[Sequence[str]]:
    for variable in variables:
        if variable.bounds:
            bounds = variable.bounds
            cuts = ", ".join(f"{cut:g}" for cut in bounds.at or bounds.bands)
            yield f"`{variable.id}`", f"{bounds.chance:g}", cuts, _basis(bounds)


def _named(items: Iterable[tuple[tuple[str, str], Sequence[Draw]]]) -> Iterator[Sequence[str]]:
    for (name, says), draws in items:
        for at, draw in enumerate(draws):
            yield (
                (f"`{name}`" + (f": {says}" if says else "")) if at == 0 else "",
                _where(draw),
                _how(draw),
                _basis(draw),
            )


def _care(model: Model) -> Iterator[Sequence[str]]:
    for care in model.written.care:
        if care.same_as:
            continue
        name = f"`{care.option}`" + (f"; only where `{care.only_if}`" if care.only_if else "")
        if care.means:
            yield name, "", f"`{care.means}`", ""
        for at, draw in enumerate(care.draws):
            yield name if at == 0 else "", _where(draw), _how(draw), _basis(draw)


def _where(draw: Draw) -> str:
    return f"`{draw.when}`" if draw.when else "else"


def _how(draw: Draw) -> str:
    within = f", within {draw.within[0]:g} to {draw.within[1]:g}" if draw.within else ""
    if draw.shares is not None:
        return ", ".join(f"{value}: {share:g}" for value, share in draw.shares.items())
    if draw.normal is not None:
        return f"normal, mean {draw.normal[0]:g}, SD {draw.normal[1]:g}{within}"
    if draw.lognormal is not None:
        return f"log-normal, median {draw.lognormal[0]:g}, SD of the logarithm {draw.lognormal[1]:g}{within}"
    if draw.uniform is not None:
        return f"each of {draw.uniform[0]} to {draw.uniform[1]}"
    part = f" of each of `{draw.part_of}`" if draw.part_of else ""
    return f"{draw.chance:g}{part}" + (f", {draw.leave} left out" if draw.leave else "")


def _basis(based: Based) -> str:
    if based.source is None:
        return f"assumption: {based.assumption}"
    lines = f" (l. {', '.join(map(str, based.lines))})" if based.lines else ""
    return f"**{based.source}**, {based.place}{lines}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    made = [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", "|" + "---|" * len(head), *made, ""]


def main() -> int:
    text = page_text(read_model(read_knowledge()))
    if "--check" in sys.argv:
        return int(PATH.read_text("utf-8") != text)
    PATH.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

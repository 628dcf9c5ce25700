"""Bad input through `decidua audit`: told with place and count, the rest is audited, or all is refused (`--strict`)."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from cli.running import run
from cli.test_audit import told

WOMEN, ONLY = 30, ("--option", "ivig", "--guideline", "eshre-2022", "--format", "json")
Make = Callable[[Path], list[str]]
"""Writes the bad cohort into a folder and gives the arguments that name it."""


def csv(heading: str, cell: Callable[[int], str], more: str = "") -> Make:
    """Women with losses, and one more cell each."""

    def make(folder: Path) -> list[str]:
        lines = [f"patient,losses{heading}", *(f"a{at},{2 + at % 3}{cell(at)}" for at in range(WOMEN))]
        (folder / "c.csv").write_text("\n".join(lines) + "\n" + more)
        return [str(folder / "c.csv")]

    return make


def only_at(place: int, bad: str, good: str) -> Callable[[int], str]:
    return lambda at: "," + (bad if at == place else good)


def nan_in_parquet(folder: Path) -> list[str]:
    losses = [float("nan") if at == 4 else 3.0 for at in range(WOMEN)]
    pl.DataFrame({"patient": [f"a{at}" for at in range(WOMEN)], "losses": losses}).write_parquet(folder / "c.parquet")
    return [str(folder / "c.parquet")]


def cut_parquet(folder: Path) -> list[str]:
    frame = pl.DataFrame({"patient": [f"a{at}" for at in range(WOMEN)], "losses": [3.0] * WOMEN})
    frame.write_parquet(folder / "whole.parquet")
    data = (folder / "whole.parquet").read_bytes()
    (folder / "cut.parquet").write_bytes(data[: len(data) // 2])
    return [str(folder)]


def cut_gzip(folder: Path) -> list[str]:
    """Thirty lines are surely before the cut, and some after it."""
    lines = ["patient,losses", *(f"a{at},{2 + at * 7919 % 7}" for at in range(20_000))]
    data = gzip.compress("\n".join(lines).encode())
    (folder / "c.csv.gz").write_bytes(data[: len(data) // 2])
    return [str(folder / "c.csv.gz")]


def woman(at: int, *more: object) -> str:
    losses = {
        "resourceType": "Observation", "id": "o", "status": "final", "subject": {"reference": f"Patient/p{at}"},
        "effectiveDateTime": "2024-01-01", "valueInteger": 3,
        "code": {"coding": [{"system": "https://decidua.example/fhir/CodeSystem/facts", "code": "losses"}]},
    }  # fmt: skip
    entries = [{"resource": one} for one in ({"resourceType": "Patient", "id": f"p{at}"}, losses, *more)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def fhir(folder: Path, lines: list[str]) -> list[str]:
    (folder / "c.ndjson").write_text("\n".join(lines) + "\n")
    return ["--fhir", str(folder / "c.ndjson"), "--as-of", "2024-06-01"]


def bad_lines(folder: Path) -> list[str]:
    lines = [woman(at) for at in range(WOMEN + 2)]
    lines[10], lines[11] = lines[10][:50], "not json at all"
    return fhir(folder, lines)


def strange_types(folder: Path) -> list[str]:
    strange = {"resourceType": "Spaceship", "id": "x"}, {"resourceType": "Slot", "id": "y"}
    return fhir(folder, [woman(at, *(strange if at == 5 else ())) for at in range(WOMEN)])


TELLS: dict[str, tuple[Make, int, tuple[str, ...]]] = {
    "unknown column": (csv(",nonsense", lambda _: ",x"), WOMEN, ("1 × c.csv, nonsense: The column is not known",)),
    "units": (
        csv(",vitamin_d [ng/mL]", only_at(7, "20 mg", "30")), WOMEN,
        ("1 × c.csv, vitamin_d [ng/mL]", "'20 mg'", "ng/mL, nmol/L", "(rows 9)"),
    ),
    "date as text": (
        csv(",date.care", only_at(4, "last spring", "2023-01-01")), WOMEN,
        ("1 × c.csv, date.care: this is no date", "(rows 6)"),
    ),
    "doubles": (
        csv("", lambda _: "", "a3,9\n"), WOMEN - 1, ("2 × c.csv: One patient", "rows that differ", "(rows 5, 32)"),
    ),
    "cut parquet": (cut_parquet, WOMEN, ("1 × cut.parquet: This is no whole Parquet file",)),
    "cut gzip": (cut_gzip, -1, ("1 × c.csv.gz: The gzip file is cut",)),
    "lines of NDJSON": (
        bad_lines, WOMEN,
        ("1 × c.ndjson: The JSON ends too early", "(rows 11)", "1 × c.ndjson: This is not readable", "(rows 12)"),
    ),
}  # fmt: skip
"""The rest that is audited (-1: some), and what --describe says."""
NOTED: dict[str, tuple[Make, tuple[str, ...]]] = {
    "NaN as text": (
        csv(",vitamin_d [ng/mL]", only_at(4, "NaN", "30")), ("1 × c.csv, vitamin_d", "taken as not known", "(rows 6)"),
    ),
    "NaN": (nan_in_parquet, ("1 × c.parquet, losses", "taken as not known", "(rows 5)")),
    "a unit of its own": (
        csv(",vitamin_d [ng/mL]", only_at(3, "75 nmol/L", "30")), ("1 × c.csv, vitamin_d", "by its own", "(rows 5)"),
    ),
    "equal doubles": (csv("", lambda _: "", "a3,2\n"), ("1 × c.csv: One patient", "are the same", "(rows 32)")),
    "types": (strange_types, ("Spaceship – 0 1", "Slot – 0 1")),
}  # fmt: skip
"""Nothing is lost, so --strict does not refuse it."""


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("name", TELLS)
def test_it_is_told_and_the_rest_is_audited(name: str, tmp_path: Path) -> None:
    make, rest, said = TELLS[name]
    given = make(tmp_path)
    described = run("audit", *given, "--describe")
    assert described.code == 0, described.err
    assert [one for one in said if one not in plain(described.out)] == []
    ran = run("audit", *given, *ONLY)
    assert ran.code == 0, ran.err
    women = json.loads(ran.out)["about"]["women"]
    assert women == rest if rest >= 0 else WOMEN < women < 20_000
    assert json.loads(ran.out)["input"]["problems"]


@pytest.mark.parametrize("name", TELLS)
def test_strict_refuses_all(name: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "in").mkdir()
    make, _, said = TELLS[name]
    ran = run("audit", *make(tmp_path / "in"), *ONLY, "--strict", "--out", str(out / "r.json"))
    told(ran, 10)
    assert all(part in ran.err for part in re.split(r", |: ", said[0].split(" × ", 1)[1]))
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("name", NOTED)
def test_what_costs_nothing_is_told_too(name: str, tmp_path: Path) -> None:
    make, said = NOTED[name]
    given = make(tmp_path)
    described = plain(run("audit", *given, "--describe").out)
    assert [one for one in said if one not in described] == []
    ran = run("audit", *given, *ONLY, "--strict")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["about"]["women"] == WOMEN


@pytest.mark.parametrize("strict", [(), ("--strict",)])
def test_without_a_column_of_patients_nothing_can_be_read(tmp_path: Path, strict: tuple[str, ...]) -> None:
    (tmp_path / "c.csv").write_text("id,losses\na,3\n")
    told(run("audit", str(tmp_path / "c.csv"), *ONLY, *strict), 10, "no column 'patient'", "id, losses")


def test_one_bad_value_among_three_hundred_thousand_rows(tmp_path: Path) -> None:
    """`python -m benchmarks.bad_row` does the same with ten million."""
    count, bad = 300_000, 234_567
    lines = (f"p{at},{'three-ish' if at == bad else 2 + at % 4}" for at in range(count))
    (tmp_path / "c.csv").write_text("patient,losses\n" + "\n".join(lines) + "\n")
    given = str(tmp_path / "c.csv")
    described = plain(run("audit", given, "--describe").out)
    assert "1 × c.csv, losses: losses is 'three-ish'" in described
    assert f"(rows {bad + 2:,})" in described
    ran = run("audit", given, *ONLY)
    assert json.loads(ran.out)["about"]["women"] == count
    strict = run("audit", given, *ONLY, "--strict")
    told(strict, 10, f"rows {bad + 2}")

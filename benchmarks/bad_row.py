"""One bad value among many rows: `python -m benchmarks.bad_row [ROWS]` (default ten million).

A CSV of four columns in a temporary folder, with one number that is none. `decidua audit --describe`, an audit of one
option and `--strict` run on it as a user would run them; printed are the line that tells of it, the time of the
processor and the peak memory of each.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

PART = 100_000
COMMAND = (sys.executable, "-c", "from decidua.cli.main import main; main()", "audit")
RUNS = (("--describe",), ("--option", "ivig"), ("--option", "ivig", "--strict"))
TELLING = ("three-ish", "women counted")


def made(rows: int, bad: int, path: Path) -> None:
    """Row `bad`, from 0, has the bad value."""
    with path.open("w") as file:
        file.write("patient,losses,age,group.centre\n")
        for start in range(0, rows, PART):
            numbers = range(start, min(rows, start + PART))
            file.writelines(f"p{n},{'three-ish' if n == bad else 2 + n % 4},{20 + n % 25},C{n % 7}\n" for n in numbers)


def ran(path: Path, options: tuple[str, ...], scratch: Path) -> str:
    """What tells of the row, exit code, seconds of the processor, megabytes at most."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([*COMMAND, str(path), *options, "--scratch", str(scratch)], stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        said.seek(0)
        lines = [line.strip() for line in said.read().decode().splitlines() if any(one in line for one in TELLING)]
    seconds, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    return f"{' '.join(options)}: exit {os.waitstatus_to_exitcode(status)}, {seconds:.1f} s, {memory:,.0f} MB: {lines}"


def main(rows: int) -> None:
    bad = rows * 3 // 4
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cohort.csv"
        made(rows, bad, path)
        print(f"{rows:,} rows, {path.stat().st_size / 1e6:,.0f} MB; the bad value stands in line {bad + 2:,}")
        for options in RUNS:
            print(ran(path, options, Path(folder)).replace(folder, "…"))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)

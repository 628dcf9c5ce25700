"""`decidua appraise FILE`: an appraisal by GRADE, or ratings by AGREE II."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from decidua.cli.settings import language
from decidua.cli.writing import refuse_existing, write

if TYPE_CHECKING:
    from decidua.language import Lang

KIND = re.compile(r"""^(?:#\s*|\{\s*)?["']?kind["']?\s*:\s*["']?([^\s"'#,}]+)""", re.MULTILINE)
"""At the left margin: the key of a YAML file, or of the head of a CSV file of ratings; in JSON the first key."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--format", "shape", type=click.Choice(["text", "html", "csv", "json", "svg"]), default="text", show_default=True,
    help="svg: the bars of ratings by AGREE II.",
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write it there; no file is overwritten.")
@language
def command(file: Path, shape: str, out: Path | None, lang: Lang) -> None:
    """Appraise FILE, which says itself what it is: `kind: grade` or `kind: agree-ii`.

    GRADE: certainty per outcome from recorded judgements, computed checks beside them, a summary of findings,
    contradictions. AGREE II: scaled domain scores from several appraisers' ratings.
    """
    from decidua.errors import AppraisalError

    refuse_existing(out)
    kind = _kind(file)
    if kind == "grade":
        from decidua.errors import UsageError
        from decidua.reports.grade.show import grade_output, read_grade_report, show_grade

        if shape == "svg":
            raise UsageError("error.grade-svg", given=file)

        if out is None:
            show_grade(file, lang, shape)
        else:
            write(grade_output(read_grade_report(file, lang), shape).encode(), out)
    elif kind == "agree-ii":
        from decidua.reports.agree.show import agree_output, read_agree_report, show_agree

        if out is None:
            show_agree(file, lang, shape)
        else:
            write(agree_output(read_agree_report(file, lang), shape).encode(), out)
    elif kind is None:
        raise AppraisalError("error.grade-no-kind", where=str(file))
    else:
        raise AppraisalError("error.grade-kind", where=str(file), given=kind)


def _kind(file: Path) -> str | None:
    from decidua.appraisal.problems import quoted
    from decidua.errors import AppraisalError

    try:
        with file.open("rb") as stream:
            start = stream.read(1_000_000).decode("utf-8-sig", "replace")
    except OSError as error:
        raise AppraisalError("error.grade-file", where=str(file), reason=error.strerror or "?") from None
    found = KIND.search(start)
    if found is None:
        return "agree-ii" if file.suffix.lower() == ".csv" else None  # only ratings come as a table
    return quoted(found[1]).lower()

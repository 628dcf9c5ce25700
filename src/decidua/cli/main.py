"""The command `decidua`: one verb a command; arguments and printing only. Heavy imports live inside the verbs."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

import click

from decidua import __version__

VERBS = {
    "consult": "What each guideline says for one patient, side by side.",
    "sheet": "The counselling sheet: one A4 page for a talk with the patient.",
    "new": "Write a commented blank patient file.",
    "facts": "Browse what may be known of a patient.",
    "guidelines": "Browse the guidelines and their statements, with citations.",
    "options": "Browse therapies and tests, with citations.",
    "evidence": "Browse the source's study tables, and which printed numbers can be recomputed.",
    "absolute": "Printed effects as numbers of a thousand, with icon arrays; and why most are not shown so.",
    "reproduce": "Recompute every printed number that follows from others.",
    "pool": "Pool studies: one meta-analysis of a CSV or RevMan 5 file.",
    "appraise": "Appraise evidence by GRADE, or a guideline by AGREE II.",
    "synthesize": "Write a plausible cohort, not a real one, for benchmarks and trying things out.",
    "export": "Write the guidelines as CQL, as a FHIR package, or their evidence in FHIR R5.",
    "docket": "Open questions to the guidelines' authors.",
    "serve": "Serve the pages and the API, on this machine.",
    "check": "Check the content: schema, citations, conflicts, coverage.",
}


class Verbs(click.Group):
    """Loads a verb's module only when the verb is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in VERBS:
            return None
        command: click.Command = import_module(f"decidua.cli.{name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="decidua")
def cli() -> None:
    """Guidelines for recurrent pregnancy loss (RPL), computable and side by side.

    It informs; it does not decide. For RPL-trained clinicians, guideline developers and analysts.
    """


def main() -> None:
    """Runs the command; an error is one clear sentence (or a line per problem) and an exit code by kind."""
    gc.disable()  # a command lives for a second; collecting what it will never free takes a tenth of it
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        sys.exit(_said(error))


def _said(error: Exception) -> int:
    from decidua.cli.settings import spoken_language
    from decidua.errors import DeciduaError

    if isinstance(error, DeciduaError):
        click.echo(error.message(spoken_language(sys.argv)), err=True)
        return error.exit_code
    if os.environ.get("DECIDUA_TRACEBACK"):
        raise error
    # The message of an unforeseen error may quote a patient's value: only its kind is shown.
    click.echo(f"decidua stopped on an unforeseen {type(error).__name__}; DECIDUA_TRACEBACK=1 shows where.", err=True)
    return 70

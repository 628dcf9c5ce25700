"""`decidua serve`: the pages and the API, on this machine."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from decidua.cli.settings import language, open_knowledge, packages, reply_file

if TYPE_CHECKING:
    from decidua.language import Lang

NEEDED = ("fastapi", "python_multipart", "uvicorn")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Beyond this machine, an access token is needed.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any that is free.")
@click.option("--name", "names", multiple=True, metavar="NAME", help="A further host name by which it is addressed.")
@click.option(
    "--token-file", type=click.Path(path_type=Path), metavar="FILE",
    help="The access token; or set DECIDUA_TOKEN. Never as an argument, where others could read it.",
)  # fmt: skip
@click.option("--tls", is_flag=True, help="It is reached by https, through a proxy: the cookie is sent no other way.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes.")
@click.option("--open/--no-open", "browse", default=False, help="Open the page in a browser.")
@click.option("--log", is_flag=True, help="A line for every request on standard error: route, status, time.")
@click.option(
    "--cohorts", type=click.Path(path_type=Path), metavar="DIR",
    help="A folder of cohorts; its files can be audited from the page, one at a time.",
)  # fmt: skip
@click.option(
    "--cohort-memory", type=click.IntRange(500), default=4_000, show_default=True, metavar="MB",
    help="What an audit from the page may hold of memory; one that needs more is ended and says so.",
)  # fmt: skip
@click.option("--cds-hooks", is_flag=True, help="Offer CDS Hooks; without --ehr to this machine only, as a trial.")
@click.option(
    "--ehr", type=click.Path(path_type=Path), metavar="FILE",
    help="Which EHRs may call and be asked (YAML); docs/cds-hooks.md has it.",
)  # fmt: skip
@reply_file
@language
@packages
def command(
    host: str, port: int, names: tuple[str, ...], token_file: Path | None, tls: bool, workers: int, browse: bool,
    log: bool, cohorts: Path | None, cohort_memory: int, cds_hooks: bool, ehr: Path | None,
    reply: Path | None, lang: Lang, packages: tuple[Path, ...],
) -> None:  # fmt: skip
    """Serve the pages and the API, until Ctrl-C. Nothing about a patient is kept between requests.

    It listens on this machine only, unless --host says otherwise.
    """
    _require_web()
    _require_cohorts(cohorts, workers)
    from decidua.language import say
    from decidua.service.cds.gate import Gate
    from decidua.service.ehr.settings import read_ehr_settings
    from decidua.service.listen import address_of, bind, is_loopback, read_token, run, settings_for

    settings = settings_for(
        host, names, read_token(token_file), tls=tls, log_requests=log, cohorts=cohorts,
        ehr=read_ehr_settings(ehr) if ehr else None, cds_hooks=cds_hooks,
    )  # fmt: skip
    Gate(settings).put_away()  # what is wrong with keys and files is said before the service starts
    with bind(host, port) as bound:
        url = address_of(bound, host)
        settings = replace(settings, base=url.rstrip("/"), cohort_memory=cohort_memory)
        click.echo(say(lang, "serve.at", url=f"{url}{lang}/consult" if lang == "ko" else url))
        if not is_loopback(host) and not tls:
            click.echo(say(lang, "serve.open", host=host), err=True)
        if settings.cds_hooks:
            base = settings.ehr.base if settings.ehr else settings.base
            click.echo(say(lang, "serve.cds", url=f"{base}/cds-services"))
        if browse:
            click.launch(url)
        try:
            run(bound, settings, partial(open_knowledge, packages, reply), workers)
        except KeyboardInterrupt:
            click.echo(say(lang, "serve.stopped"))


def _require_cohorts(cohorts: Path | None, workers: int) -> None:
    from importlib.util import find_spec

    from decidua.errors import UsageError

    if cohorts is None:
        return
    if not cohorts.is_dir():
        raise UsageError("error.serve-cohorts", given=cohorts)
    if workers > 1:
        raise UsageError("error.serve-cohorts-workers")
    if not find_spec("polars"):
        raise UsageError("error.audit-extra")


def _require_web() -> None:
    from importlib.util import find_spec

    from decidua.errors import UsageError

    if not all(find_spec(name) for name in NEEDED):
        raise UsageError("error.serve-extra")

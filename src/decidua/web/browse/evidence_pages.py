"""Pages of the study tables, with recomputation and downloads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from decidua.errors import DeciduaError
from decidua.evidence import counts
from decidua.language import Lang
from decidua.reports.reproduction import claim_view
from decidua.web.browse import evidence, spreadsheet
from decidua.web.browse.drawn import Drawn
from decidua.web.browse.figures import SHOWN
from decidua.web.browse.pictures import Pooled
from decidua.web.browse.poolable import Poolable, beside, poolables, recompute
from decidua.web.browse.pooling import CHOICES, Entered, asked
from decidua.web.browse.tongue import Tongue, there
from decidua.web.drawing_pages import page
from decidua.web.shelf import Shelf

FIELDS = ("line", "measure", "model", "method", "tau2", "ci")


@dataclass(frozen=True)
class All:
    """Counts of all verdicts, in the shape of a table's line."""

    counts: Mapping[str, int]
    total: int


def evidence_pages(shelf: Shelf, drawn: Drawn) -> APIRouter:
    routes = APIRouter()
    tables = shelf.evidence.tables

    @routes.get("/evidence")
    def listed(request: Request, lang: Tongue) -> HTMLResponse:
        return page(
            request, "browse/evidence.html.j2", lang, lines=evidence.table_lines(shelf, lang),
            all=All(counts(shelf.verdicts.values()), len(shelf.verdicts)), wrong=evidence.mismatches(shelf, lang),
            poolable={id_ for id_ in tables if poolables(shelf.evidence, id_)}, **SHOWN,
        )  # fmt: skip

    @routes.get("/evidence/verdicts.csv")
    def all_verdicts(lang: Tongue) -> Response:
        claims = [claim_view(shelf.evidence, one, lang) for one in shelf.verdicts.values()]
        return download(spreadsheet.claims_csv(claims), "verdicts.csv")

    @routes.get("/evidence/{table}")
    def table(request: Request, lang: Tongue, table: str) -> HTMLResponse:
        view = evidence.table_view(shelf, there(table, tables), lang)
        form = Entered({name: request.query_params[name] for name in FIELDS if name in request.query_params})
        return page(
            request, "browse/table.html.j2", lang, t=view, width=_width(view), allowed=CHOICES,
            pictures=drawn.of_table(table, lang), **_recomputed(shelf, table, form, lang), **SHOWN,
        )  # fmt: skip

    @routes.get("/evidence/{table}/table.csv")
    def cells(lang: Tongue, table: str) -> Response:
        view = evidence.table_view(shelf, there(table, tables), lang)
        return download(spreadsheet.table_csv(view), f"{table}.csv")

    @routes.get("/evidence/{table}/plot-{number}.svg")
    def plot(lang: Tongue, table: str, number: str) -> Response:
        pictures = {one.name: one for one in drawn.of_table(there(table, tables), lang)}
        name = there(f"{table}-{number}", pictures)
        return download(pictures[name].file, f"{name}.svg", "image/svg+xml")

    @routes.get("/evidence/{table}/verdicts.csv")
    def verdicts(lang: Tongue, table: str) -> Response:
        view = evidence.table_view(shelf, there(table, tables), lang)
        return download(spreadsheet.claims_csv(view.claims), f"{table}-verdicts.csv")

    @routes.get("/evidence/{table}/pooled.{shape}")
    def pooled(request: Request, lang: Tongue, table: str, shape: str) -> Response:
        there(shape, ("svg", "csv"))
        form = Entered({name: request.query_params[name] for name in FIELDS if name in request.query_params})
        found = poolables(shelf.evidence, there(table, tables))
        return as_file(recompute(shelf, _chosen(there_is(found), form), asked(form), lang), shape, f"{table}-pooled")

    return routes


def there_is(found: tuple[Poolable, ...]) -> tuple[Poolable, ...]:
    there("pooled", ("pooled",) if found else ())
    return found


def as_file(pooled: Pooled, shape: str, name: str) -> Response:
    """The forest plot, or the numbers, as a file of their own."""
    from decidua.reports.pool.text import pool_csv

    if shape == "svg":
        return download(pooled.forest().file, f"{name}.svg", "image/svg+xml")
    return download("\ufeff" + pool_csv(pooled.report), f"{name}.csv")


def download(text: str, name: str, kind: str = "text/csv; charset=utf-8") -> Response:
    """`name` is ours, never a visitor's."""
    return Response(text, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _width(view: evidence.TableView) -> int:
    """Columns of the printed table, without that of the lines."""
    return max([len(row.cells) for row in view.rows if not row.title] + [len(head) for head in view.heads] + [2])


def _chosen(found: tuple[Poolable, ...], form: Entered) -> Poolable:
    return next((one for one in found if one.id == form.get("line")), found[0])


def _recomputed(shelf: Shelf, table: str, form: Entered, lang: Lang) -> dict[str, object]:
    """What the recompute part shows; the print's own measure and model stand where nothing is chosen."""
    found = poolables(shelf.evidence, table)
    parts: dict[str, object] = {
        "poolables": found, "form": form, "chosen": None, "pooled": None, "problem": None, "beside": (),
        "svg_href": "", "csv_href": "",
    }  # fmt: skip
    if not found:
        return parts
    chosen = _chosen(found, form)
    plain = Entered({"measure": chosen.measure, "model": chosen.model, "method": "MH", **form.chosen})
    query = urlencode({**plain.chosen, "line": chosen.id})
    parts |= {"chosen": chosen, "form": plain}
    for shape in ("svg", "csv"):
        parts[f"{shape}_href"] = f"/{lang}/evidence/{table}/pooled.{shape}?{query}"
    try:
        pooled = recompute(shelf, chosen, asked(plain), lang)
    except DeciduaError as error:
        return parts | {"problem": error.message(lang)}
    return parts | {"pooled": pooled, "beside": beside(shelf, chosen, pooled.report, lang)}

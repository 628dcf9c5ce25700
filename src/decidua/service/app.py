"""The one app: pages, API and its description, FHIR, behind one set of doors.

A request passes, from outside inwards: what is sent with every answer (`answered`), compression, who may ask
(`doors`), limits of time and number (`bounds`), then the routes.

Compression and secrets (BREACH): a page reflects what a user sends, but no page and no answer holds a secret; the
only one, the cookie of who has signed in, stands in a header, which is not compressed.
"""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from threading import Thread

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from decidua import __version__
from decidua.fhir.cards import Counts
from decidua.guidelines import Knowledge, read_knowledge
from decidua.service.answered import Answered
from decidua.service.api import api
from decidua.service.bounds import Bounds
from decidua.service.cds.gate import Gate
from decidua.service.cds.router import cds_routes
from decidua.service.description import description_routes
from decidua.service.doors import Doors
from decidua.service.fhir import fhir_routes
from decidua.service.problems import told
from decidua.service.settings import Settings
from decidua.service.sign_in import SignIn, sign_in_pages
from decidua.service.smart.router import smart_routes
from decidua.web.audit.running import Audits
from decidua.web.router import router
from decidua.web.shelf import Shelf
from decidua.web.worker import WORKER


def create_app(
    shelf: Shelf, settings: Settings | None = None, opened: Callable[[], Knowledge] = read_knowledge
) -> FastAPI:  # fmt: skip
    """The service over one shelf. It keeps nothing between requests but the shelf, who failed to sign in, and the one
    audit that was asked for. `opened`: makes the content anew for the process of an audit; can be pickled."""
    settings = settings or Settings()
    audits = Audits(settings.cohorts, opened, settings.cohort_memory)
    sign_in = SignIn(settings)
    app = FastAPI(
        title="Decidua", version=__version__, openapi_url=None, docs_url=None, redoc_url=None, lifespan=_life,
        redirect_slashes=False, middleware=_layers(settings, sign_in),
        exception_handlers={HTTPException: _told, RequestValidationError: _told},
    )  # fmt: skip
    gate = Gate(settings)
    app.state.shelf, app.state.settings, app.state.audits, app.state.gate = shelf, settings, audits, gate
    standards = fhir_routes(shelf, secured=settings.token is not None)
    for routes in (cds_routes(shelf, gate), api(shelf), description_routes(), standards, router(shelf, audits)):
        app.include_router(routes)
    app.include_router(smart_routes(shelf, settings, gate, sign_in))
    if settings.token is not None:
        app.include_router(sign_in_pages(sign_in))
    return app


def _layers(settings: Settings, sign_in: SignIn) -> list[Middleware]:
    """From outside inwards."""
    return [
        Middleware(Answered, origins=settings.origins),
        Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5),
        Middleware(Doors, settings=settings, sign_in=sign_in),
        Middleware(Bounds, limits=settings.limits),
    ]


async def _told(request: Request, error: Exception) -> Response:
    return told(request, error)


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    """Before the first request: few threads, and a start on what is the same for every patient.

    The command switches the collector of memory off, because most verbs live for a second; a service does not.
    """
    gc.enable()
    current_default_thread_limiter().total_tokens = app.state.settings.limits.threads
    Thread(target=_warm, args=(app.state.shelf, app.state.gate), daemon=True).start()
    yield
    await app.state.gate.close()
    WORKER.close()
    app.state.audits.end()


def _warm(shelf: Shelf, gate: Gate) -> None:
    """What was worked out stays for good: the collector need not look at it again."""
    shelf.warm()
    if gate.on:
        shelf.knowledge.kept(Counts)
    gc.collect()
    gc.freeze()

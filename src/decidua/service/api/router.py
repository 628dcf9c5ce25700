"""All parts of the API under one prefix, and an answer for every address below it that leads nowhere."""

from __future__ import annotations

from fastapi import APIRouter

from decidua.service.api.absolute import absolute_routes
from decidua.service.api.consult import consult_routes
from decidua.service.api.content import content_routes
from decidua.service.api.evidence import evidence_routes
from decidua.service.api.pool import pool_routes
from decidua.service.api.reproduce import reproduce_routes
from decidua.web.shelf import Shelf

PREFIX = "/api/v1"


def api(shelf: Shelf) -> APIRouter:
    """Every operation is described by words keys, which the description of the API puts into either language."""
    routes = APIRouter(prefix=PREFIX)
    for part in (consult_routes, content_routes, evidence_routes, reproduce_routes, absolute_routes, pool_routes):
        routes.include_router(part(shelf))
    return routes

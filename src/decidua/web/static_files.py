"""Style sheets, scripts and fonts, under one address that changes with their content.

`/static/<hash>/<file>`: the hash is that of all files together, so a browser may keep what it has for ever, and
relative addresses inside a style sheet hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

KINDS: Mapping[str, str] = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
    "txt": "text/plain; charset=utf-8",
}
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def static_files() -> APIRouter:
    """Serves what is shipped, from memory; any other path is not there."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/static/{version}/{path:path}")
    async def file(version: str, path: str) -> Response:
        data = _shipped().get(path) if version == static_version() else None
        if data is None:
            return PlainTextResponse("Not found.", status_code=404)
        return Response(data, media_type=KINDS[path.rpartition(".")[2]], headers=FOREVER)

    return routes


def static_url(path: str) -> str:
    """The address of a shipped file. Raises KeyError if there is none."""
    if path not in _shipped():
        raise KeyError(path)
    return f"/static/{static_version()}/{path}"


@cache
def static_version() -> str:
    digest = hashlib.sha256()
    for path, data in sorted(_shipped().items()):
        digest.update(f"{path}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()[:12]


@cache
def _shipped() -> Mapping[str, bytes]:
    """Path below `static` → bytes; with the style sheets that inline drawings and reports of audits need."""
    shared = {
        "pictures.css": files("decidua.reports.pictures") / "pictures.css",
        "audit.css": files("decidua.reports") / "templates" / "audit.css",
    }
    own = dict(_walk(files("decidua.web") / "static", ""))
    return own | {name: file.read_bytes() for name, file in shared.items()}


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _walk(item, f"{prefix}{item.name}/")
        elif item.name.rpartition(".")[2] in KINDS:
            yield f"{prefix}{item.name}", item.read_bytes()

"""The pages without a patient, asked for without a network: their router in an app of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin

import httpx
import own_loop
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse

from decidua.web.browse.router import browse
from decidua.web.refused import Refused
from decidua.web.shelf import Shelf
from decidua.web.static_files import static_files

ELSEWHERE = ("consult", "audit", "api")
"""Pages of the frame that belong to another room."""


class Browser:
    """Asks the browse pages of one shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self.app = FastAPI(openapi_url=None)
        self.app.state.shelf = shelf
        self.app.include_router(static_files())
        self.app.include_router(browse(shelf))

        @self.app.exception_handler(Refused)
        async def refused(_: Request, error: Exception) -> PlainTextResponse:
            assert isinstance(error, Refused)
            return PlainTextResponse(error.key, status_code=error.status)

    def get(self, path: str) -> httpx.Response:
        return self._ask("GET", path)

    def post(
        self, path: str, fields: Sequence[tuple[str, str]] = (), upload: tuple[str, bytes] | None = None
    ) -> httpx.Response:  # fmt: skip
        data: dict[str, list[str]] = {}
        for name, text in fields:
            data.setdefault(name, []).append(text)
        files = {"file": upload} if upload else None
        return self._ask("POST", path, data=data, files=files)

    def _ask(self, method: str, path: str, **parts: object) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=True)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, **parts)  # type: ignore[arg-type]

        return own_loop.run(asked())


@dataclass
class Page(HTMLParser):
    """Elements of a page in order, and its words."""

    address: str = ""
    tags: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: text or "" for name, text in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def ids(self) -> list[str]:
        return [attrs["id"] for _, attrs in self.tags if "id" in attrs]

    def all(self, tag: str) -> list[Mapping[str, str]]:
        return [attrs for name, attrs in self.tags if name == tag]

    def links(self) -> Iterator[tuple[str, str]]:
        """(path with query, fragment) of every link to this site."""
        for attrs in self.all("a"):
            if not attrs["href"].startswith(("http:", "https:")):
                path, fragment = urldefrag(urljoin(self.address, attrs["href"]))
                yield path, unquote(fragment)


def read(html: str, address: str = "") -> Page:
    page = Page(address)
    page.feed(html)
    return page

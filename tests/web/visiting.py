"""Pages asked for without a network: the router in an app of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx
import own_loop
from fastapi import FastAPI

from decidua.web.consult.router import consult_pages
from decidua.web.shelf import Shelf
from decidua.web.static_files import static_files

Fields = Sequence[tuple[str, str]]


class Visitor:
    """Asks the consult pages of one shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self.app = FastAPI(openapi_url=None)
        self.app.state.shelf = shelf
        self.app.include_router(consult_pages(shelf))
        self.app.include_router(static_files())

    def get(self, path: str) -> httpx.Response:
        return self._ask("GET", path)

    def post(self, path: str, fields: Fields = (), target: str = "") -> httpx.Response:
        """`target`: the element that a script would put the answer into."""
        headers = {"HX-Request": "true", "HX-Target": target} if target else {}
        data: dict[str, list[str]] = {}
        for name, text in fields:
            data.setdefault(name, []).append(text)
        return self._ask("POST", path, data=data, headers=headers)

    def upload(self, path: str, fields: Fields, name: str, content: bytes) -> httpx.Response:
        files = {"file": (name, content)}
        return self._ask("POST", path, data=dict(fields), files=files)

    def _ask(self, method: str, path: str, **parts: object) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=True)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, **parts)  # type: ignore[arg-type]

        return own_loop.run(asked())


@dataclass
class Seen(HTMLParser):
    """Elements of a page, and what its form would send."""

    tags: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    select: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: text or "" for name, text in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def fields(self) -> list[tuple[str, str]]:
        """What a browser would send of the form, without a button."""
        found: list[tuple[str, str]] = []
        options: list[Mapping[str, str]] = []
        name = ""
        for tag, attrs in [*self.tags, ("select", {})]:
            if tag == "select":
                found += _chosen(name, options)
                name, options = attrs.get("name", ""), []
            elif tag == "option":
                options.append(attrs)
            elif tag == "input" and attrs.get("name") and attrs.get("type") != "file":
                box = attrs.get("type") in ("radio", "checkbox")
                if not box or "checked" in attrs:
                    found.append((attrs["name"], attrs.get("value", "")))
        return found


def _chosen(name: str, options: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    if not name or not options:
        return []
    chosen = next((option for option in options if "selected" in option), options[0])
    return [(name, chosen.get("value", ""))]


def seen(html: str) -> Seen:
    page = Seen()
    page.feed(html)
    return page

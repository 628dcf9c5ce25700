"""A request that is answered with a status and one sentence instead of a page."""

from __future__ import annotations

from collections.abc import Mapping

from decidua.errors import DeciduaError


class Refused(DeciduaError):
    """`status`: the HTTP status; `key`, `parts`: the sentence, as for every error; `headers`: sent beside it.

    Pages raise it too, for an address that leads nowhere: `raise Refused(404, "refused.not-found")`.
    """

    def __init__(self, status: int, key: str, /, headers: Mapping[str, str] | None = None, **parts: object) -> None:
        super().__init__(key, **parts)
        self.status = status
        self.headers = dict(headers or {})

"""Why nothing came from a server."""

from __future__ import annotations


class UnreachableError(Exception):
    """`why`: one word of a short list, fit for a log. It holds no address and no words of a server."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

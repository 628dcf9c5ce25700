"""What a form sends, read in memory under caps; nothing that a user sends is ever spooled to a file.

Starlette's own form reader puts an upload beyond one megabyte into a temporary file. A patient must not lie there,
so the body is kept as bytes and parsed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from decidua.web.refused import Refused

BODY = 6_000_000
"""Bytes of a whole request."""
FILE = 5_000_000
"""Bytes of one uploaded file."""
FIELDS = 3000
LENGTH = 20_000
"""Bytes of one field's value."""
NAME = 200
"""Characters of a field's or a file's name."""


@dataclass(frozen=True)
class Upload:
    """`name`: the last part of the file's name, printable; `content`: its bytes, as sent."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Submitted:
    """Fields in the order of the form (a name may stand several times), files by field; an empty one is absent."""

    fields: tuple[tuple[str, str], ...]
    files: Mapping[str, Upload]


async def read_submitted(request: Request) -> Submitted:
    """The form in a request's body. Raises Refused: 413 too large or too many, 400 unreadable, 415 no form.

    An endpoint that computes takes it as a dependency and stays a plain `def`, so that it runs in a thread:
    `def consult_page(submitted: Annotated[Submitted, Depends(read_submitted)])`.
    """
    kind, parameters = parse_options_header(request.headers.get("content-type"))
    body = await read_body(request)
    if kind == b"application/x-www-form-urlencoded":
        return Submitted(_urlencoded(body), {})
    if kind == b"multipart/form-data" and b"boundary" in parameters:
        return _multipart(body, parameters[b"boundary"])
    if not kind and not body:
        return Submitted((), {})
    raise Refused(415, "refused.form-type")


async def read_body(request: Request, limit: int = BODY) -> bytes:
    """The whole body. Raises Refused 413 as soon as there is more than `limit`, or is said to be."""
    said = request.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and int(said[:18]) > limit:
        raise Refused(413, "refused.body-large", limit=limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise Refused(413, "refused.body-large", limit=limit)
    return bytes(body)


def _urlencoded(body: bytes) -> tuple[tuple[str, str], ...]:
    if body.count(b"&") >= FIELDS:
        raise Refused(413, "refused.fields-many", limit=FIELDS)
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise Refused(400, "refused.not-utf8") from None
    for name, value in pairs:
        _fits(name, len(value.encode()))
    return tuple(pairs)


def _fits(name: str, length: int) -> None:
    if len(name) > NAME or length > LENGTH:
        raise Refused(413, "refused.field-long", limit=LENGTH)


def _multipart(body: bytes, boundary: bytes) -> Submitted:
    parts = _Parts()
    try:
        parser = MultipartParser(boundary, {
            "on_part_begin": parts.begin, "on_header_field": parts.header_name, "on_header_value": parts.header_value,
            "on_header_end": parts.header_end, "on_part_data": parts.data, "on_part_end": parts.end,
            "on_end": parts.close,
        })  # fmt: skip
        parser.write(body)
        parser.finalize()
        whole = parts.closed
    except FormParserError:
        whole = False
    if not whole:
        raise Refused(400, "refused.form-broken")
    return Submitted(tuple(parts.fields), parts.files)


@dataclass
class _Parts:
    """Takes the pieces of a multipart body as the parser finds them."""

    fields: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, Upload] = field(default_factory=dict)
    disposition: bytes = b""
    name: bytes = b""
    value: bytes = b""
    content: bytearray = field(default_factory=bytearray)
    count: int = 0
    closed: bool = False

    def begin(self) -> None:
        self.count += 1
        if self.count > FIELDS:
            raise Refused(413, "refused.fields-many", limit=FIELDS)
        self.disposition, self.content = b"", bytearray()

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self.name += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self.value += data[start:end]

    def header_end(self) -> None:
        if self.name.lower() == b"content-disposition":
            self.disposition = self.value
        self.name = self.value = b""

    def data(self, data: bytes, start: int, end: int) -> None:
        self.content += data[start:end]

    def end(self) -> None:
        _, options = parse_options_header(self.disposition)
        if b"name" not in options:
            raise Refused(400, "refused.form-broken")
        name = _decoded(options[b"name"])
        if b"filename" in options:
            self._file(name, _decoded(options[b"filename"]))
        else:
            _fits(name, len(self.content))
            self.fields.append((name, _decoded(self.content)))

    def _file(self, name: str, given: str) -> None:
        _fits(name, 0)
        if len(self.content) > FILE:
            raise Refused(413, "refused.file-large", limit=FILE)
        if given or self.content:
            self.files[name] = Upload(_last_part(given), bytes(self.content))

    def close(self) -> None:
        self.closed = True


def _decoded(data: bytes | bytearray) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(400, "refused.not-utf8") from None


def _last_part(given: str) -> str:
    """A file's name without folders, one line of printable characters."""
    name = given.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in name if letter.isprintable())[:NAME] or "file"

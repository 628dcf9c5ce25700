"""Forms are read in memory, under caps, and nothing of them is guessed."""

from __future__ import annotations

import tempfile
from urllib.parse import urlencode

import own_loop
import pytest
from fastapi import Request

from decidua.web import submitted as reading
from decidua.web.refused import Refused
from decidua.web.submitted import Submitted, read_submitted

FORM = "application/x-www-form-urlencoded"


def read(body: bytes, kind: str, chunk: int = 1000, length: str | None = None) -> Submitted:
    """The form as read from a request that arrives in pieces."""
    pieces = [body[at : at + chunk] for at in range(0, len(body), chunk)] or [b""]
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> dict[str, object]:
        return messages.pop(0)

    headers = [(b"content-type", kind.encode()), (b"content-length", (length or str(len(body))).encode())]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}
    return own_loop.run(read_submitted(Request(scope, receive)))


def multipart(**parts: str | tuple[str, bytes]) -> tuple[bytes, str]:
    """As a browser sends it: a field is text, a file is a name and bytes."""
    body = b""
    for name, value in parts.items():
        file, content = value if isinstance(value, tuple) else (None, value.encode())
        named = "" if file is None else f'; filename="{file}"'
        body += f'--line\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + content + b"\r\n"
    return body + b"--line--\r\n", "multipart/form-data; boundary=line"


def refusal(body: bytes, kind: str, **more: str) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        read(body, kind, **more)  # type: ignore[arg-type]
    assert refused.value.message("en")
    assert refused.value.message("ko")
    return refused.value.status, refused.value.key


def test_urlencoded_keeps_order_repeats_and_blanks() -> None:
    sent = [("b", "1"), ("a", "진통제 & co"), ("b", ""), ("a", "=+%")]
    assert read(urlencode(sent).encode(), FORM, 3).fields == tuple(sent)


@pytest.mark.parametrize("chunk", [1, 7, 100_000])
def test_multipart_whatever_the_pieces(chunk: int) -> None:
    content = b"losses: 3\r\n--\r\n\x00\xff" * 50
    body, kind = multipart(title="환자", file=("C:\\My\\a b.yaml", content), none=("", b""))
    form = read(body, kind, chunk)
    assert form.fields == (("title", "환자"),)
    assert {name: (upload.name, upload.content) for name, upload in form.files.items()} == {
        "file": ("a b.yaml", content)
    }


def test_nothing_is_spooled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every way to a temporary file is barred; five megabytes pass all the same."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file")

    for name in ("SpooledTemporaryFile", "TemporaryFile", "NamedTemporaryFile", "mkstemp", "_mkstemp_inner"):
        monkeypatch.setattr(tempfile, name, refuse)
    monkeypatch.setattr("starlette.formparsers.SpooledTemporaryFile", refuse)
    content = b"x" * reading.FILE
    body, kind = multipart(file=("a.csv", content))
    assert read(body, kind, 65_536).files["file"].content == content


def test_caps() -> None:
    too_many = "&".join(["a=1"] * (reading.FIELDS + 1)).encode()
    assert refusal(too_many, FORM) == (413, "refused.fields-many")
    assert refusal(b"a=" + b"x" * (reading.LENGTH + 1), FORM) == (413, "refused.field-long")
    assert refusal(b"x" * (reading.BODY + 1), FORM, length="0") == (413, "refused.body-large")
    assert refusal(b"", FORM, length="9" * 400) == (413, "refused.body-large")
    body, kind = multipart(file=("a", b"x" * (reading.FILE + 1)))
    assert refusal(body, kind) == (413, "refused.file-large")
    body, kind = multipart(a="x" * (reading.LENGTH + 1))
    assert refusal(body, kind) == (413, "refused.field-long")


def test_what_is_no_form() -> None:
    body, kind = multipart(a="1")
    assert refusal(body[:-8], kind) == (400, "refused.form-broken")
    assert refusal(b"nonsense", kind) == (400, "refused.form-broken")
    assert refusal(body, "multipart/form-data") == (415, "refused.form-type")
    assert refusal(b"{}", "application/json") == (415, "refused.form-type")
    assert refusal(body, f"multipart/form-data; boundary={'x' * 5000}") == (400, "refused.form-broken")
    assert refusal(body.replace(b'name="a"', b"x"), kind) == (400, "refused.form-broken")


def test_text_that_is_not_utf8() -> None:
    assert refusal(b"a=%ff", FORM) == (400, "refused.not-utf8")
    assert refusal(b"a=\xff", FORM) == (400, "refused.not-utf8")
    body, kind = multipart(a="1")
    assert refusal(body.replace(b"\r\n1\r\n", b"\r\n\xff\r\n"), kind) == (400, "refused.not-utf8")


def test_a_file_name_is_one_printable_line() -> None:
    body, kind = multipart(file=("x", b"1"))
    given = b"../../a\x1b[2Jb" + b"c" * 300
    form = read(body.replace(b'filename="x"', b'filename="' + given + b'"'), kind)
    name = form.files["file"].name
    assert name.isprintable()
    assert len(name) <= reading.NAME
    assert "/" not in name

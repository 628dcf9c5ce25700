"""Damaged example files through the command: never a traceback, always an exit code of the documented set."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.running import EXAMPLES, Ran, python_words, run

TEXTS = [path.read_bytes() for path in EXAMPLES]
CODES = {0, 4, 5, 6}
SECONDS = 10
"""Of processor time for one run, the building of all diagrams included; most take a fiftieth of that."""
WORDS = sorted({word for text in TEXTS for word in text.replace(b":", b" ").split()})
ODD = [
    b"", b"\0", b"\xff", b"\xef\xbb\xbf", b"\r", b"\t", b"&a", b"*a", b"!!", b"<<: ", b"{", b"}", b"[", b"]", b"'",
    b'"', b"---\n", b"? ", b"|\n", b">= ", b"< 0", b"-1", b"1e999", b"9" * 50, b".nan", b"{0}", b"%s", b"\\ud800",
    b"\x1b[31m", "모름".encode(), "\u2028".encode(), "٣".encode(), "½".encode(),
]  # fmt: skip
FAST = settings(max_examples=30, derandomize=True, deadline=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])  # fmt: skip
FULL = settings(FAST, max_examples=400, derandomize=False, print_blob=True)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """An example with one to four of: a part cut out, doubled, moved, overwritten, a line of another one put in."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        what = draw(st.sampled_from(["cut", "double", "odd", "word", "bytes", "line", "lines"]))
        if what == "cut":
            text = text[:start] + text[end:]
        elif what == "double":
            text = text[:end] + text[start:end] + text[end:]
        elif what == "odd":
            text = text[:start] + draw(st.sampled_from(ODD)) + text[end:]
        elif what == "word":
            text = text[:start] + draw(st.sampled_from(WORDS)) + text[end:]
        elif what == "bytes":
            text = text[:start] + draw(st.binary(max_size=8)) + text[end:]
        else:
            text = draw(lines(text, shuffled=what == "lines"))
    return text


@st.composite
def lines(draw: st.DrawFn, text: bytes, *, shuffled: bool) -> bytes:
    own = text.splitlines(keepends=True) or [b"\n"]
    if shuffled:
        return b"".join(draw(st.permutations(own)))
    other = draw(st.sampled_from(TEXTS)).splitlines(keepends=True)
    own.insert(draw(st.integers(0, len(own))), draw(st.sampled_from(other)))
    return b"".join(own)


@st.composite
def spliced(draw: st.DrawFn) -> bytes:
    """Top-level lines of several examples together: what is well formed, and often contradicts itself."""
    plain = [line for text in TEXTS for line in text.splitlines() if b": " in line and line[:1].isalpha()]
    chosen = draw(st.lists(st.sampled_from(plain), min_size=1, max_size=12, unique_by=lambda line: line.split(b":")[0]))
    return b"\n".join(chosen)


def sound(ran: Ran) -> None:
    assert ran.code in CODES, ran.err
    assert not python_words(ran.err)
    assert "\x1b" not in ran.err
    if ran.code:
        assert ran.out == ""
        assert ran.err.endswith("\n")
        assert all(line.strip() for line in ran.err.splitlines())
        assert len(ran.err.splitlines()) <= 2000
    else:
        assert ran.out
        assert ran.err == ""


def check(data: bytes, *more: str) -> None:
    started = time.process_time()
    sound(run("consult", "-", *more, stdin=data))
    assert time.process_time() - started < SECONDS


@FAST
@given(data=st.one_of(damaged(), spliced()), lang=st.sampled_from(["en", "ko"]))
@pytest.mark.usefixtures("quick")
def test_damaged_files(data: bytes, lang: str) -> None:
    check(data, "--lang", lang)


@pytest.mark.slow
@FULL
@given(
    data=st.one_of(damaged(), spliced()),
    lang=st.sampled_from(["en", "ko"]),
    shape=st.sampled_from(["text", "json", "html"]),
)
@pytest.mark.usefixtures("quick")
def test_many_damaged_files(data: bytes, lang: str, shape: str) -> None:
    check(data, "--lang", lang, "--format", shape)

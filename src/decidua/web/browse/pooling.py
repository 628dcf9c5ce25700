"""Pooling what a visitor sends: the form, what was asked for, and the report; in memory, and nothing is kept.

An upload is data. Its name is shown and never opened; its cells are read as numbers or shown as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from decidua.errors import UsageError
from decidua.web.submitted import LENGTH, Submitted

if TYPE_CHECKING:
    from decidua.reports.pool.plan import Asked
    from decidua.studies import StudyTable

CHOICES: Mapping[str, tuple[str, ...]] = {
    "measure": ("OR", "RR", "RD", "PETO", "MD", "SMD"),
    "model": ("random", "fixed"),
    "method": ("IV", "MH", "Peto"),
    "tau2": ("REML", "DL", "PM", "ML", "EB", "SJ", "HE", "HS"),
    "ci": ("wald", "hksj", "hksj-floor"),
    "zero": ("metafor", "revman"),
    "prediction": ("higgins", "inthout", "normal"),
}
"""What may be chosen, by field; an empty choice leaves it open."""
DEFAULTS: Mapping[str, str] = {"ci": "wald", "prediction": "higgins"}
EXTRAS = ("leave-one-out", "cumulative", "influence", "asymmetry", "trim-fill")
LEVELS = ("0.9", "0.95", "0.99")
SHAPES = ("page", "svg", "funnel", "csv", "json")
MOST_ROWS = 2000
"""Studies that a page pools; more is the command's work."""
CHUNK = 4000
"""Characters of one hidden field: with four bytes each it stays below what a field may hold."""
KEPT = 400_000
"""Characters of an upload that the page carries on, so that a download needs no second upload."""


@dataclass(frozen=True)
class Entered:
    """The form as it was sent. `data`: pasted text; `kept`: the text of an earlier upload; `name`: of the upload."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    extras: tuple[str, ...] = ()
    data: str = ""
    kept: str = ""
    name: str = ""
    shape: str = "page"
    upload: bytes | None = None

    def get(self, name: str) -> str:
        return self.chosen.get(name, DEFAULTS.get(name, ""))

    @property
    def pieces(self) -> tuple[str, ...]:
        """The text of an upload in pieces that a form can carry."""
        return tuple(self.kept[at : at + CHUNK] for at in range(0, len(self.kept), CHUNK))


def entered(submitted: Submitted) -> Entered:
    """The fields of the form; a later value of a field that stands once replaces an earlier one."""
    fields = [(name, value) for name, value in submitted.fields]
    once = dict(fields)
    upload = submitted.files.get("file")
    data = once.get("data", "")
    kept = "".join(value for name, value in fields if name == "kept")
    name = once.get("name", "")
    if upload is not None:
        data, kept, name = _shown(upload.content, upload.name)
    elif data.strip():
        kept, name = "", name if data == once.get("data-was") else ""
    chosen = {key: once[key] for key in (*CHOICES, "level", "by", "moderators", "outcome") if key in once}
    extras = tuple(one for one in EXTRAS if ("also", one) in fields)
    shape = once.get("as", "page")
    return Entered(chosen, extras, data, kept, name, shape if shape in SHAPES else "page",
                   upload.content if upload else None)  # fmt: skip


def _shown(content: bytes, name: str) -> tuple[str, str, str]:
    """What of an upload the page can carry: in the text field, in pieces, or not at all."""
    text = _text(content)
    if text is None or len(text) > KEPT:
        return "", "", name
    return (text, "", name) if len(text.encode()) <= LENGTH // 2 else ("", text, name)


def _text(content: bytes) -> str | None:
    """UTF-8 or UTF-16 with its mark; an XML declaration is dropped, since the page sends UTF-8."""
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\x00" in text else re.sub(r"\A\s*<\?xml[^>]*\?>", "", text)


def asked(form: Entered) -> Asked:
    """Raises UsageError for a choice that does not exist."""
    from decidua.reports.pool.plan import Asked

    for name, allowed in CHOICES.items():
        _allowed(name, form.get(name), allowed)
    moderators = tuple(one.strip() for one in form.get("moderators").split(",") if one.strip())
    return Asked(
        form.get("measure") or None, form.get("model") or None, form.get("method") or None, form.get("tau2") or None,
        form.get("ci"), form.get("zero") or None, _level(form.get("level")), form.get("prediction"),
        form.get("by").strip() or None, moderators, form.extras,
    )  # fmt: skip


def _allowed(name: str, given: str, allowed: Sequence[str]) -> None:
    if given and given not in allowed:
        raise UsageError("pages.pool-choice", field=name, given=given[:40], allowed=", ".join(allowed))


def _level(given: str) -> float:
    if given and given not in LEVELS:
        raise UsageError("pages.pool-choice", field="level", given=given[:40], allowed=", ".join(LEVELS))
    return float(given or "0.95")


def read_entered(form: Entered, wanted: Sequence[str], here: str) -> StudyTable:
    """The studies that were sent. `here`: how pasted text is called. Raises StudyError, a line for each problem."""
    from decidua.studies import read_study_bytes

    data = form.upload if form.upload is not None else (form.data or form.kept).encode()
    if not data.strip():
        raise UsageError("pages.pool-nothing")
    table = read_study_bytes(data, form.name or here, wanted, form.get("outcome").strip() or None)
    if len(table.names) > MOST_ROWS:
        raise UsageError("pages.pool-many", given=len(table.names), limit=MOST_ROWS)
    return table

"""What recomputing the printed numbers found: the output contract of `decidua reproduce`, and its forms."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from rich.text import Text

from decidua import __version__
from decidua.content import Content
from decidua.evidence import Evidence, Verdict, counts
from decidua.language import Lang, Model, say

STYLE = {"exact": "green", "rounding": "cyan", "mismatch": "bold red", "not-recomputable": "yellow"}


class ClaimView(Model):
    """One printed number. `matching` of `tried` candidate methods give it; `chance`: that one does by accident."""

    id: str
    table: str
    row: str
    part: str
    lines: tuple[int, ...]
    printed: str
    verdict: Literal["exact", "rounding", "mismatch", "not-recomputable"]
    note: str
    recomputed: float | None
    method: str | None
    method_name: str | None
    detail: str
    tried: int
    matching: tuple[str, ...]
    chance: float | None


class ReproductionReport(Model):
    """Every claim with its verdict, in one language."""

    software: str
    content: str
    use: str
    counts: dict[str, int]
    claims: tuple[ClaimView, ...]


def build_reproduction(
    content: Content, evidence: Evidence, verdicts: Sequence[Verdict], lang: Lang
) -> ReproductionReport:  # fmt: skip
    return ReproductionReport(
        software=f"decidua {__version__}",
        content=content.hash,
        use=use_line(content, lang),
        counts=dict(counts(verdicts)),
        claims=tuple(claim_view(evidence, verdict, lang) for verdict in verdicts),
    )


def use_line(content: Content, lang: Lang) -> str:
    """Intended use, with version, content hash and how much was reviewed by clinicians."""
    reviews = [item.data.get("review") for item in content.of("statements")]
    reviewed = sum(isinstance(one, Mapping) and one.get("level") == "clinician" for one in reviews)
    return say(lang, "report.use", version=__version__, hash=content.hash, reviewed=reviewed, total=len(reviews))


def claim_view(evidence: Evidence, verdict: Verdict, lang: Lang) -> ClaimView:
    place = evidence.place(verdict.ref)
    method = evidence.methods.get(verdict.method or "")
    return ClaimView(
        id=verdict.claim, table=place.table, row=place.row, part=place.part, lines=place.lines, printed=verdict.printed,
        verdict=verdict.word, note=why(evidence, verdict, lang), recomputed=verdict.value, method=verdict.method,
        method_name=method.says[lang] if method else None, detail=verdict.detail, tried=verdict.tried,
        matching=verdict.matching, chance=verdict.chance,
    )  # fmt: skip


def why(evidence: Evidence, verdict: Verdict, lang: Lang) -> str:
    """What must be said beside the verdict; empty where it speaks for itself."""
    if verdict.note == "no-method":
        because = evidence.claims[verdict.claim.rsplit("/", 1)[0]].because
        return because[lang] if because else ""
    claim = evidence.claims.get(verdict.claim.rsplit("/", 1)[0])
    remark = claim.remark[lang] if claim and claim.remark and verdict.word != "exact" else ""
    return " ".join(filter(None, (say(lang, f"verdict.note-{verdict.note}") if verdict.note else "", remark)))


def draw(report: ReproductionReport, lang: Lang) -> Iterator[Text]:
    """By table: a line for each claim; then the counts."""
    table = None
    for claim in report.claims:
        if claim.table != table:
            table = claim.table
            yield Text(f"\n{table}", style="bold")
        yield line(claim, lang)
    yield Text()
    yield Text(say(lang, "verdict.counts", total=len(report.claims), **_named(report.counts)))
    yield Text(report.use, style="dim")


def _named(found: Mapping[str, int]) -> dict[str, int]:
    return {word.replace("-", "_"): count for word, count in found.items()}


def line(claim: ClaimView, lang: Lang) -> Text:
    text = Text(f"  {claim.id} [l. {', '.join(map(str, claim.lines))}]: {claim.printed} ")
    text.append(say(lang, f"verdict.{claim.verdict}"), STYLE[claim.verdict])
    if claim.recomputed is not None:
        name = claim.method_name or claim.method or ""
        text.append(f" · {claim.recomputed:g} ({name}{', ' if claim.detail else ''}{claim.detail})")
        text.append(f" · {say(lang, 'verdict.tried', matching=len(claim.matching), tried=claim.tried)}", "dim")
    if claim.chance is not None and claim.matching:
        text.append(f" · {say(lang, 'verdict.chance', chance=f'{100 * claim.chance:.1f}')}", "dim")
    return text.append(f" · {claim.note}") if claim.note else text


def as_csv(report: ReproductionReport) -> str:
    """One row a claim; lists are joined by blanks."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(ClaimView.model_fields), lineterminator="\n")
    writer.writeheader()
    for claim in report.claims:
        row = claim.model_dump()
        writer.writerow({**row, "lines": " ".join(map(str, claim.lines)), "matching": " ".join(claim.matching)})
    return out.getvalue()

"""Writes docs/evidence.md: what the source's tables show when recomputed, from the stored verdicts and the content.

python scripts/write_evidence_page.py          # write
python scripts/write_evidence_page.py --check  # exit 1 if the page is not what would be written
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from decidua.content import Content, load
from decidua.evidence import Evidence, Verdict, counts, read_evidence, read_verdicts
from decidua.language import say
from decidua.reports.reproduction import why

PATH = Path(__file__).parent.parent / "docs" / "evidence.md"
TALK = "lee-2025-talk"
OWN_FILE = Path("evidence") / "discrepancies.yaml"
"""The discrepancies that were found beside the tables, below the folder of the data."""

READ_BY = {
    "g-csf-studies/jin-2020/": "asri-2025.discrepancy.g-csf-jin-percent",
    "g-csf-studies/scarpellini-": "asri-2025.discrepancy.g-csf-scarpellini-control",
    "g-csf-trial/leukocytosis-test/": "asri-2025.discrepancy.g-csf-side-effect-p",
    "g-csf-trial/complication-test/": "asri-2025.discrepancy.g-csf-side-effect-p",
    "dose-numbers/g-csf-weeks/": "asri-2025.discrepancy.g-csf-window",
    "dose-numbers/prednisone/": "asri-2025.discrepancy.corticosteroids-dose",
    "intralipid-outcomes/rpl-miscarriage/": "asri-2025.discrepancy.intralipid-rpl-miscarriage-ci",
    "intralipid-nk-cells/between/": "talk.discrepancy.intralipid-between-p",
    "ivig-trial/ongoing-week-6/": "asri-2025.discrepancy.ivig-week6-or",
    "ivig-trial/live-week-6/": "asri-2025.discrepancy.ivig-week6-or",
    "ivig-trial-outcomes/week-6-twice/": "asri-2025.discrepancy.ivig-week6-or",
    "ivig-trial-outcomes/anomaly-ivig/": "asri-2025.discrepancy.ivig-anomaly-percent",
    "thrombophilia-reviews/skeith-2016/": "talk.discrepancy.heparin-aspirin-skeith",
    "calcineurin-forest/sum-control-events/": "asri-2025.discrepancy.calcineurin-inhibitors-control-events",
    "threshold-numbers/unk-summary/": "asri-2025.discrepancy.corticosteroids-unk-threshold",
    "threshold-numbers/vitamin-d/": "asri-2025.discrepancy.vitamin-d-target",
    "alife2-subgroups/": "talk.discrepancy.alife2-subgroups",
}
"""Beginning of a mismatch's id → the discrepancy that tells it. A person chose it: several may cite the same line."""

HEAD = """\
# What the tables show when recomputed

Written by `scripts/write_evidence_page.py` from the stored verdicts; do not edit it. `decidua reproduce` works the \
verdicts out anew, `decidua evidence` shows a table with its cells as printed.

A *claim* says that one printed number follows from others, by a rule. A number may carry two claims: an odds ratio \
must follow from its counts and must lie in the middle of its interval. A *verdict* says what recomputing found \
([semantics](semantics.md#16-printed-numbers)). A mismatch shows that two things that are printed do not go together. \
It does not show which of them is wrong, or that a study is: the source here is a talk that retells studies. A claim \
that agrees shows no more than that the print is consistent with itself; it says nothing of how good a study is.
"""


def page_text(content: Content, evidence: Evidence, stored: Mapping[str, Verdict]) -> str:
    """The whole page. Raises ValueError for a mismatch that no discrepancy tells."""
    verdicts = list(stored.values())
    return "\n".join([
        HEAD, *_numbers(evidence, verdicts), *_mismatches(content, evidence, verdicts),
        *_open(evidence, verdicts), *_conclusions(content),
    ])  # fmt: skip


def _numbers(evidence: Evidence, verdicts: Sequence[Verdict]) -> Iterator[str]:
    found = counts(verdicts)
    middle = sum(one.method == "middle-geometric" and one.word in ("exact", "rounding") for one in verdicts)
    yield "## Counts\n"
    yield f"{len(verdicts)} claims on {_places(verdicts)} printed numbers in {len(evidence.tables)} tables:"
    yield f"{_said(found)}."
    yield f"Of those that agree, {middle} say only that an estimate lies in the middle of its own interval.\n"
    yield "| table | claims | exact | rounding | mismatch | not recomputable |\n|---|---|---|---|---|---|"
    for table in evidence.tables.values():
        of = [one for one in verdicts if one.ref.startswith(f"{table.id}/")]
        row = [f"`{table.id}`: {table.title['en']}", len(of), *counts(of).values()]
        yield "| " + " | ".join(map(str, row)) + " |"
    yield ""


def _mismatches(content: Content, evidence: Evidence, verdicts: Sequence[Verdict]) -> Iterator[str]:
    wrong = [one for one in verdicts if one.word == "mismatch"]
    told: dict[str, list[Verdict]] = {}
    for one in wrong:
        told.setdefault(_discrepancy(content, evidence, one), []).append(one)
    yield "## Mismatches\n"
    yield f"{len(wrong)} claims on {_places(wrong)} printed numbers, told by {len(told)} discrepancies. `l.` is the"
    yield "line of the talk's stored text. Under each heading stands the first sentence of the discrepancy.\n"
    for id_, found in told.items():
        yield f"### `{id_}`\n\n{_sentence(content, id_)}\n"
        yield "| claim | place | printed | recomputed | method |\n|---|---|---|---|---|"
        yield from (_row(evidence, one) for one in found)
        yield ""


def _row(evidence: Evidence, verdict: Verdict) -> str:
    lines = ", ".join(map(str, evidence.place(verdict.ref).lines))
    method = evidence.methods[verdict.method or ""].says["en"]
    said = "; ".join(part for part in (method, verdict.detail, why(evidence, verdict, "en")) if part)
    cells = f"`{verdict.claim}`", f"`{verdict.ref}`, l. {lines}", verdict.printed, f"{verdict.value:g}", said
    return "| " + " | ".join(cells) + " |"


def _discrepancy(content: Content, evidence: Evidence, verdict: Verdict) -> str:
    id_ = next((told for start, told in READ_BY.items() if verdict.claim.startswith(start)), None)
    if id_ is None:
        raise ValueError(f"{verdict.claim} is a mismatch; name the discrepancy that tells it in READ_BY.")
    places = content.items["discrepancies"][id_].data["places"]
    lines = {line for place in places if place["source"] == TALK for line in place["lines"]}
    if not lines & set(evidence.place(verdict.ref).lines):
        raise ValueError(f"{id_} does not cite the line of {verdict.claim}; name one that does in READ_BY.")
    return id_


def _open(evidence: Evidence, verdicts: Sequence[Verdict]) -> Iterator[str]:
    found = [one for one in verdicts if one.word == "not-recomputable"]
    without = [one for one in found if one.note == "no-method"]
    yield "## Not recomputable\n"
    yield f"{len(found) - len(without)} of {len(found)} claims: the print is a pooled or adjusted value, and only"
    yield f"totals are printed beside it. {len(without)} have no method at all:\n"
    yield "| claim | printed | why |\n|---|---|---|"
    for one in without:
        yield f"| `{one.claim}` | {one.printed} | {why(evidence, one, 'en')} |"
    yield ""


def _conclusions(content: Content) -> Iterator[str]:
    yield "## Conclusions beside the tables\n"
    yield "Where a conclusion, a label or a name does not follow from the table that it stands beside:\n"
    for item in content.of("discrepancies"):
        if item.file.parts[-2:] == OWN_FILE.parts and item.id not in READ_BY.values():
            yield f"- `{item.id}`: {item.data['says']['en']}"


def _places(verdicts: Sequence[Verdict]) -> int:
    return len({one.ref for one in verdicts})


def _said(found: Mapping[str, int]) -> str:
    """The counts in the words of the command."""
    parts = {word.replace("-", "_"): count for word, count in found.items()}
    return say("en", "verdict.counts", total=sum(found.values()), **parts).partition(": ")[2]


def _sentence(content: Content, id_: str) -> str:
    """The first sentence: up to a full stop before a capital letter."""
    says: str = content.items["discrepancies"][id_].data["says"]["en"]
    return re.split(r"(?<=\.)\s+(?=[A-Z])", says, maxsplit=1)[0]


def written() -> str:
    """The page as it stands in the file."""
    content = load()
    return page_text(content, read_evidence(content), read_verdicts())


def main() -> int:
    text = written()
    if "--check" not in sys.argv[1:]:
        PATH.write_text(text, encoding="utf-8")
        return 0
    if PATH.is_file() and PATH.read_text(encoding="utf-8") == text:
        return 0
    print(f"{PATH}: not what the verdicts say; run `python scripts/write_evidence_page.py`.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""Absolute effects for the terminal, and as one row of CSV for each result, refusal and harm."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from rich.text import Text

from decidua.language import Lang, say
from decidua.reports.absolute import models as m

FIELDS = (
    "estimate", "outcome", "effect", "design", "shown", "baseline", "fit", "without_per_1000", "with_per_1000", "lower",
    "upper", "difference", "needed", "reasons",
)  # fmt: skip


def absolute_text(view: m.AbsoluteView) -> Iterator[Text]:
    lang = view.language
    yield Text(say(lang, "absolute.title", subject=view.subject), style="bold")
    if not view.estimates:
        yield Text(say(lang, "absolute.nothing", subject=view.subject))
    for one in view.estimates:
        yield Text()
        yield from _estimate(one, lang)
    yield from _harms(view)
    yield Text()
    yield from (Text(note) for note in view.notes)
    yield Text(view.use, style="dim")


def _harms(view: m.AbsoluteView) -> Iterator[Text]:
    """Nothing is said of the harms of a treatment that the user did not name."""
    lang = view.language
    if any(one.id is None for one in view.estimates):
        return
    yield Text()
    yield Text(say(lang, "absolute.harms"), style="bold")
    if not view.harms and not view.safety:
        yield Text(f"  {say(lang, 'absolute.no-harms')}")
    for harm in view.harms:
        yield from _harm(harm, lang)
    if view.safety:
        yield Text(f"  {say(lang, 'absolute.safety')}")
        yield from (Text(f"    – {said}") for said in view.safety)


def _estimate(one: m.EstimateView, lang: Lang) -> Iterator[Text]:
    head = f"{one.id}: {one.row}" if one.id else one.title
    lines = f" [l. {', '.join(map(str, one.lines))}]" if one.lines else ""
    yield Text(f"{head}{lines}", style="bold")
    if one.effect:
        yield Text(f"  {one.effect.says}")
    yield Text(f"  {about(one, lang)}", style="dim")
    yield from (Text(f"  {note}", style="italic") for note in one.notes)
    if one.refused:
        yield Text(f"  {say(lang, 'absolute.refused')}", style="yellow")
        yield from (Text(f"    ✕ {reason.says}") for reason in one.refused)
        return
    if not one.results:
        yield Text(f"  {say(lang, 'absolute.no-baseline')}", style="yellow")
    for result in one.results:
        yield Text(f"  ● {baseline_line(result, lang)}")
        yield from (Text(f"      {said}") for said in result.says)
    yield from _not_carried(one.not_carried, lang)


def about(one: m.EstimateView, lang: Lang) -> str:
    """Outcome, comparison, women and design; what is not printed is said to be so."""
    missing = say(lang, "absolute.not-printed")
    return say(
        lang, "absolute.about", outcome=one.outcome_label or missing, against=one.against or missing,
        women=one.women or missing, design=one.design,
    )  # fmt: skip


def baseline_line(result: m.ResultView, lang: Lang) -> str:
    label = "; ".join(filter(None, (result.baseline.label, result.baseline.counted)))
    per_100 = f"{result.without / 10:.1f}".removesuffix(".0")
    return say(
        lang, "absolute.baseline-line", per_100=per_100, label=label, fit=say(lang, f"absolute.fit-{result.fit}")
    )


def _not_carried(refused: Sequence[m.BaselineRefusal], lang: Lang) -> Iterator[Text]:
    """Baselines of the same kind and reason on one line: most are refused for the same one."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for one in refused:
        groups.setdefault(tuple(reason.says for reason in one.reasons), []).append(one.baseline or one.label)
    if groups:
        yield Text(f"  {say(lang, 'absolute.not-carried')}", style="dim")
    for reasons, names in groups.items():
        yield Text(f"    ✕ {', '.join(names)}: {' '.join(reasons)}", style="dim")


def _harm(harm: m.HarmView, lang: Lang) -> Iterator[Text]:
    yield Text(f"  {harm.label}", style="bold")
    if harm.picture:
        yield Text(f"    {harm.picture.subtitle}")
        for side in (harm.picture.left, harm.picture.right):
            yield Text(f"    {side.name} – {side.has}; {side.lacks}")
        yield from (Text(f"    {said}") for said in harm.picture.lines)
    else:
        yield Text(f"    {say(lang, 'absolute.harm-words')} {harm.why_not}", style="yellow")
        yield Text(f"    {harm.says}")
    yield from (Text(f"    ≠ {said}", style="red") for said in harm.mismatches)


def absolute_csv(view: m.AbsoluteView) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(FIELDS), lineterminator="\n", restval="")
    writer.writeheader()
    for one in view.estimates:
        writer.writerows(_rows(one))
    for harm in view.harms:
        writer.writerow(_harm_row(harm))
    return out.getvalue()


def _rows(one: m.EstimateView) -> Iterator[dict[str, object]]:
    fixed: dict[str, object] = {
        "estimate": one.id or "", "outcome": one.outcome or "", "effect": one.effect.says if one.effect else "",
        "design": one.design,
    }  # fmt: skip
    if one.refused or not (one.results or one.not_carried):
        yield {**fixed, "shown": "no", "reasons": " ".join(reason.says for reason in one.refused)}
    for result in one.results:
        yield {
            **fixed, "shown": "yes", "baseline": result.baseline.id or result.baseline.label, "fit": result.fit,
            "without_per_1000": result.without, "with_per_1000": result.with_, "lower": _open(result.lower),
            "upper": _open(result.upper), "difference": result.difference, "needed": result.needed.says,
        }  # fmt: skip
    for refused in one.not_carried:
        reasons = " ".join(reason.says for reason in refused.reasons)
        yield {**fixed, "shown": "no", "baseline": refused.baseline or refused.label, "reasons": reasons}


def _harm_row(harm: m.HarmView) -> dict[str, object]:
    row: dict[str, object] = {"estimate": harm.id, "outcome": harm.label, "shown": "yes" if harm.picture else "no"}
    row["reasons"] = " ".join(filter(None, (harm.why_not, harm.says)))
    if harm.picture:
        row |= {
            "baseline": harm.per or "", "without_per_1000": round(10 * harm.picture.left.per_100, 4),
            "with_per_1000": round(10 * harm.picture.right.per_100, 4),
        }  # fmt: skip
    return row


def _open(value: float | None) -> object:
    return "" if value is None else value

"""The sentences of absolute effects: risks of a thousand, numbers needed to treat, reasons why not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from decidua.evidence.absolute import Absolute, Good, Needed, Relative, needed
from decidua.evidence.comparisons import GROUPS, NOTHING
from decidua.evidence.estimates import Estimate
from decidua.evidence.randomised import Reason
from decidua.guidelines import Knowledge
from decidua.language import Lang, say

Beyond = tuple[float, float]
"""A limit of the effect, and the impossible risk to which it would carry the baseline."""


class Phrases:
    def __init__(self, lang: Lang, knowledge: Knowledge) -> None:
        self.lang = lang
        self.knowledge = knowledge

    def say(self, key: str, **parts: object) -> str:
        return say(self.lang, f"absolute.{key}", **parts)

    # ---- names ---------------------------------------------------------------------------------------------------

    def row(self, one: Estimate) -> str:
        """Its name; else the row's first cell as printed or repaired; its key where the cell is empty."""
        if one.said.name:
            return one.said.name[self.lang]
        column = next(iter(one.row.printed), "")
        repair = one.row.repairs.get("study")
        name = (repair.value if repair and repair.value else column) or one.row.key
        part = one.id.split("/", 2)[2:]
        return " / ".join((name, *part))

    def option(self, id_: str) -> str:
        option = self.knowledge.options.get(id_)
        return option.label[self.lang] if option else id_

    def against(self, what: str | None) -> str | None:
        if what is None:
            return None
        return self.say(f"against-{what}") if what in (*NOTHING, *GROUPS) else self.option(what)

    def given_baseline(self, outcome: str, against: str | None) -> str:
        if against is None or against in NOTHING:
            return self.say("baseline-given", outcome=outcome)
        return self.say("baseline-given-against", outcome=outcome, against=self.option(against))

    def effect(self, effect: Relative, one: Estimate | None = None) -> str:
        written = points if effect.measure == "RD" else plain
        parts = {
            "measure": effect.measure, "estimate": written(effect.estimate), "lower": written(effect.lower),
            "upper": written(effect.upper),
        }  # fmt: skip
        if one is None or not one.from_counts or one.counts is None:
            return self.say("effect", **parts)
        a, n1, c, n2 = one.counts
        percent = one.said.arms is not None and one.said.arms.percent
        origin = "publication" if one.said.published else "percentages" if percent else "counts"
        return self.say(f"effect-from-{origin}", counts=f"{a}/{n1}, {c}/{n2}", **parts)

    def reason(self, reason: Reason) -> str:
        parts = dict(reason.parts)
        if "against" in parts:
            parts["against"] = self.against(parts["against"]) or ""
        because = reason.because[self.lang] if reason.because else ""
        return self.say(f"no-{reason.key}", because=because, **parts)

    # ---- numbers -------------------------------------------------------------------------------------------------

    def result(
        self, effect: Relative, worked: Absolute, whole: Needed, good: Good | None, outcome: str,
        beyond: Sequence[Beyond],
    ) -> Iterator[str]:  # fmt: skip
        low, high = worked.differences
        yield self.say(
            "risks", without=thousand(worked.baseline), with_=thousand(worked.risk),
            difference=self.difference(worked.difference), low=self.difference(low), high=self.difference(high),
        )  # fmt: skip
        for limit, risk in beyond:
            yield self.say("limit-outside", measure=effect.measure, limit=plain(limit), risk=thousand(risk))
        yield self._needed_sentence(whole, low, high, good)
        if whole.number != float("inf") and not effect.crosses:  # flat words would hide that it may do harm
            more = "more" if worked.difference > 0 else "fewer"
            yield self.say(f"nnt-{more}", outcome=outcome, n=f"{whole.number:.0f}")
        if effect.crosses or effect.reaches:
            yield self.say("crosses" if effect.crosses else "reaches")
        if good is None:
            yield self.say("direction-unknown")

    def difference(self, value: float | None) -> str:
        """Of a thousand; `more` and `fewer` said of each limit."""
        if value is None:
            return self.say("unknown-limit")
        number = thousand(abs(value))
        if number == "0":
            return self.say("same")
        return self.say("more" if value > 0 else "fewer", n=number)

    def needed(self, one: Needed) -> str:
        if one.number == float("inf"):
            return self.say("nnt-infinite")
        key = "plain" if one.benefit is None else "benefit" if one.benefit else "harm"
        return self.say(f"nnt-{key}", n=f"{one.number:.0f}")

    def _needed_sentence(self, whole: Needed, low: float | None, high: float | None, good: Good | None) -> str:
        """Altman 1998: an interval across no effect runs from benefit through infinity to harm."""
        if low is None or high is None:
            return self.say("nnt-open", needed=self.needed(whole))
        strong, weak = (high, low) if abs(high) >= abs(low) else (low, high)
        if low < 0 < high:
            benefit, harm = (high, low) if good != "fewer" else (low, high)
            first, second = (self.needed(needed(one, good)) for one in (benefit, harm))
            limits = self.say("nnt-limits-crossing", benefit=first, harm=second)
        else:
            first, second = (self.needed(needed(one, good)) for one in (strong, weak))
            limits = self.say("nnt-limits", one=first, other=second)
        return self.say("nnt", needed=self.needed(whole), limits=limits)


def thousand(risk: float) -> str:
    """Whole women of a thousand; a number below one keeps a decimal, so that little is not nothing."""
    of_1000 = 1000 * risk
    return f"{of_1000:.0f}" if abs(of_1000) >= 1 or abs(of_1000) < 0.05 else f"{of_1000:.1f}"


def points(difference: float) -> str:
    """A difference in risk, in percentage points."""
    return f"{100 * difference:.1f} %".replace("-", "−")


def plain(value: float) -> str:
    """Three digits; two decimals for ratios as papers print them."""
    return f"{value:.2f}" if 0.1 <= abs(value) < 100 else f"{value:.3g}"

"""What a facts file says of itself, under the key `decidua` of its Parquet metadata."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date

from decidua.errors import CohortError

KEY, FORMAT = "decidua", 1


@dataclass(frozen=True)
class About:
    """`closed`: the rows have been closed under the constraints. `seed`: of a synthetic cohort."""

    as_of: date | None = None
    content: str = ""
    synthetic: bool = False
    seed: int | None = None
    closed: bool = False
    made_by: str = ""

    def text(self) -> str:
        """One line of JSON."""
        said = asdict(self) | {"as_of": self.as_of.isoformat() if self.as_of else None}
        return json.dumps({"format": FORMAT, **said}, ensure_ascii=False, separators=(",", ":"))


def about_of(text: str | None, name: str) -> About:
    """What a file says of itself. Raises CohortError where it says nothing that this version reads."""
    try:
        said = json.loads(text or "null")
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise CohortError("cohort.no-facts-file", where=name)
    if said.get("format") != FORMAT:
        raise CohortError("cohort.facts-format", where=name, given=said.get("format"), allowed=FORMAT)
    try:
        known = {field.name: said[field.name] for field in fields(About) if field.name in said}
        return replace(About(**known), as_of=date.fromisoformat(known["as_of"]) if known.get("as_of") else None)
    except (TypeError, ValueError):
        raise CohortError("cohort.no-facts-file", where=name) from None


def together(all_of_them: Sequence[tuple[str, About]]) -> About:
    """One for several files of one cohort. Raises CohortError where they are not of one day."""
    (first_name, first), *rest = all_of_them
    for name, other in rest:
        if other.as_of != first.as_of:
            parts = {"first": first.as_of or "-", "first_name": first_name, "second": other.as_of or "-"}
            raise CohortError("cohort.two-days", where=name, **parts)
    every = [about for _, about in all_of_them]
    return replace(
        first,
        content=first.content if all(about.content == first.content for about in every) else "",
        synthetic=any(about.synthetic for about in every),
        seed=first.seed if all(about.seed == first.seed for about in every) else None,
        closed=all(about.closed for about in every),
        made_by=", ".join(dict.fromkeys(about.made_by for about in every if about.made_by)),
    )

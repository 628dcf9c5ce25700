"""Which groups a file of a cohort offers, by its heading alone."""

from __future__ import annotations

from pathlib import Path

from decidua.guidelines import Knowledge

GROUP = "group."


def groups_of(knowledge: Knowledge, path: Path) -> tuple[str, ...]:
    """The names of its columns of groups, in their order. Raises CohortError where the heading cannot be read."""
    from decidua.audit.opening import Wanted, settings_of
    from decidua.intake.cohort.headings import targets
    from decidua.intake.cohort.open_source import open_source
    from decidua.intake.cohort.tally import Tally

    settings = settings_of(knowledge, Wanted())
    file = open_source(path)
    found = targets(file.names, settings.names, settings.mapping, Tally(), path.name)
    names = (target.name for target in found if target.kind == "group")
    return tuple(dict.fromkeys(name.removeprefix(GROUP) for name in names))

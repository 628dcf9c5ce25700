"""The latest visit of each person, as an Encounter: when she was cared for (`intake/bulk/care.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from decidua.intake.cohort.tally import Tally
from decidua.intake.omop.database import Database
from decidua.intake.omop.records import Record

TABLE, DAY = "visit_occurrence", "visit_start_date"


def visits(database: Database, as_of: date, persons: str, tally: Tally) -> Iterator[Record]:
    """At most one for each person, in their order; visits after the as-of date are counted, and a table or column that
    is not there is told. persons: a condition that keeps some of them."""
    if DAY not in database.columns.get(TABLE, ()):
        tally.problem("omop.table-missing", TABLE, note=True, table=TABLE)
        return
    later = f"{DAY} > date '{as_of.isoformat()}'"
    count = next(iter(database.rows(f"select count(*) from {TABLE} where {later}{persons}")))[0]
    if count:
        tally.problem("bulk.later", "date.care", count=int(count), note=True)
    chosen = f"select person_id, max({DAY}) from {TABLE} where not {later}{persons}"
    for person, day in database.rows(f"{chosen} group by person_id order by person_id"):
        yield Record(int(person), TABLE, _encounter(day), frozenset(), None)


def _encounter(day: object) -> dict[str, object]:
    return {"resourceType": "Encounter", "id": "visit", "status": "finished", "period": {"start": str(day)[:10]}}

"""Where patients are treated, by their Patient resource: a group of the table."""

from __future__ import annotations

import json
from pathlib import Path

from decidua.guidelines import Knowledge
from decidua.intake.bulk import read_bulk
from intake.bulk_reading import settings
from intake.fhir_reading import Resource, bundle, observation
from intake.reading import AS_OF

NORTH = {"identifier": {"system": "http://x", "value": "north"}}
HELD = {"contained": [{"resourceType": "Organization", "id": "o"}]}
EXPECTED = {"a": "north", "b": "south", "c": "north", "d": None}


def woman(id_: str, organization: Resource, **more: object) -> bytes:
    patient = {"resourceType": "Patient", "id": id_, "managingOrganization": organization, **more}
    about = {"subject": {"reference": f"Patient/{id_}"}}
    return bundle({**observation("losses", valueInteger=3), **about}, patient=patient)


WOMEN = (
    woman("a", NORTH), woman("b", {"reference": "Organization/south"}), woman("c", NORTH, **HELD),
    woman("d", {"display": "The North"}),
)  # fmt: skip


def centres(knowledge: Knowledge, folder: Path) -> dict[str, str | None]:
    frame = read_bulk(folder, settings(knowledge, AS_OF)).frame.collect()
    return dict(frame.select("patient", "group.centre").iter_rows())


def test_in_bundles_read_either_way(knowledge: Knowledge, tmp_path: Path) -> None:
    (tmp_path / "b.ndjson").write_bytes(b"\n".join(WOMEN))
    assert centres(knowledge, tmp_path) == EXPECTED


def test_in_a_bulk_export_read_either_way(knowledge: Knowledge, tmp_path: Path) -> None:
    lines = [json.dumps(entry["resource"]) for one in WOMEN for entry in json.loads(one)["entry"]]
    (tmp_path / "all.ndjson").write_text("\n".join(lines))
    assert centres(knowledge, tmp_path) == EXPECTED

"""What is wrong with files of FHIR: each told with its place and count, the rest read, nothing of a patient shown."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from decidua.errors import CohortError, DeciduaError
from decidua.guidelines import Knowledge
from decidua.intake.bulk import lines, read_bulk
from decidua.intake.cohort import FactsTable
from decidua.language import say
from intake.bulk_reading import by_patient, settings, told
from intake.fhir_reading import Resource, about, bundle, concept, observation, quantity, status
from intake.reading import AS_OF

TSH = observation("tsh", "2024-05-01", **quantity(2, "m[IU]/L"))


def woman(id_: str, *own: Resource) -> bytes:
    """A bundle of one woman, on one line."""
    patient = {"resourceType": "Patient", "id": id_, "gender": "female"}
    mine = [{**one, "subject": {"reference": f"Patient/{id_}"}} for one in own]
    return bundle(*mine, patient=patient)


def folder_of(tmp_path: Path, *given: bytes, name: str = "b.ndjson") -> Path:
    (tmp_path / name).write_bytes(b"\n".join(given) + b"\n")
    return tmp_path


def read(knowledge: Knowledge, folder: Path) -> FactsTable:
    return read_bulk(folder, settings(knowledge, AS_OF))


GOOD = woman("good", TSH)
DEEP = GOOD.replace(b'"status"', b'"extension": ' + b"[" * 5_000 + b"]" * 5_000 + b', "status"')
BAD = {
    "bulk.truncated": GOOD[:-40],
    "bulk.json": GOOD.replace(b'"type"', b"type"),
    "bulk.trailing": GOOD + b" {}",
    "bulk.no-type": b'{"id": "nothing"}',
    "bulk.shape": b"[1, 2]",
    "bulk.xml": b"<Bundle/>",
    "bulk.deep": DEEP,
    "bulk.file-encoding": GOOD.replace(b"good", b"g\xff\xff"),
    "bulk.file-binary": GOOD + b"\0",
    "bulk.bundle-kind": GOOD.replace(b'"collection"', b'"history"'),
    "bulk.two-patients": bundle(TSH, {"resourceType": "Patient", "id": "second"}),
    "bulk.conflict": woman("c", observation("losses", "2024-06-01", valueInteger=1),
                           observation("clinical_losses", "2024-06-01", valueInteger=4)),
}  # fmt: skip


@pytest.mark.parametrize("key", list(BAD))
def test_a_bad_line_costs_only_itself(knowledge: Knowledge, tmp_path: Path, key: str) -> None:
    table = read(knowledge, folder_of(tmp_path, woman("first", TSH), BAD[key], b"  ", GOOD))
    assert set(by_patient(table)) == {"first", "good"}
    assert told(table)[key, ""] == ("b.ndjson", (2,), 1)
    assert (table.description.refused, table.description.rows) == (1, 3)


@pytest.mark.parametrize("key", list(BAD))
def test_strict_refuses_with_one_clear_sentence(knowledge: Knowledge, tmp_path: Path, key: str) -> None:
    folder = folder_of(tmp_path, GOOD, BAD[key])
    with pytest.raises(CohortError) as refused:
        read_bulk(folder, settings(knowledge, AS_OF), strict=True)
    for lang in ("en", "ko"):
        text = refused.value.message(lang)  # type: ignore[arg-type]
        assert "b.ndjson" in text
        assert "2" in text
        assert "{" not in text
    assert read_bulk(folder_of(tmp_path, GOOD), settings(knowledge, AS_OF), strict=True).description.patients == 1


def test_every_sentence_is_there_in_both_languages(knowledge: Knowledge, tmp_path: Path) -> None:
    table = read(knowledge, folder_of(tmp_path, GOOD, *BAD.values()))
    for problem in table.description.problems:
        parts = {"fact": problem.column, "given": "…", "given_ko": "…", **problem.parts}
        assert all("{" not in say(lang, problem.key, **parts) for lang in ("en", "ko"))
    assert len(table.description.problems) == len(BAD)


def test_a_gzip_file_that_is_cut(knowledge: Knowledge, tmp_path: Path) -> None:
    """What stands before the cut is read."""
    women = [woman(f"w{n}", TSH) for n in range(200)]
    data = gzip.compress(b"\n".join(women), compresslevel=1)
    (tmp_path / "b.ndjson.gz").write_bytes(data[: len(data) // 2])
    (tmp_path / "c.ndjson").write_bytes(GOOD)
    table = read(knowledge, tmp_path)
    name, first, count = told(table)["bulk.gzip-cut", ""]
    assert (name, count) == ("b.ndjson.gz", 1)
    assert 10 < table.description.patients < 200
    assert first[0] >= table.description.patients  # the good one of the other file is among them
    assert {f"w{n}" for n in range(10)} | {"good"} <= set(by_patient(table))


def test_a_json_file_that_is_cut_and_one_that_is_none(knowledge: Knowledge, tmp_path: Path) -> None:
    for name, data in (("a.json", GOOD), ("b.json", GOOD[:90]), ("c.json", b""), ("d.json", json.dumps(TSH).encode())):
        (tmp_path / name).write_bytes(data)
    (tmp_path / "e.json.gz").write_bytes(gzip.compress(woman("packed", TSH))[:-20])
    table = read(knowledge, tmp_path)
    assert set(by_patient(table)) == {"good"}
    keys = {(problem.key, Path(problem.file).name) for problem in table.description.problems}
    assert keys == {("bulk.truncated", "b.json"), ("bulk.truncated", "c.json"), ("bulk.not-bundle", "d.json"),
                    ("bulk.gzip-cut", "e.json.gz")}  # fmt: skip


def test_a_line_of_fifty_megabytes_and_one_that_is_too_long(
    knowledge: Knowledge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = GOOD.replace(b'"entry"', b'"note": "' + b"x" * 50_000_000 + b'", "entry"').replace(b"good", b"long")
    table = read(knowledge, folder_of(tmp_path, GOOD, long))
    assert set(by_patient(table)) == {"good", "long"}
    monkeypatch.setattr(lines, "LIMIT", 1_000_000)
    table = read(knowledge, folder_of(tmp_path, long, GOOD))
    assert set(by_patient(table)) == {"good"}
    assert told(table)["bulk.file-large", ""] == ("b.ndjson", (1,), 1)


def test_types_that_are_not_read_are_counted(knowledge: Knowledge, tmp_path: Path) -> None:
    strange = {"resourceType": "Unheard", "id": "u", "subject": {"reference": "Patient/p"}}
    claim = {"resourceType": "Claim", "id": "c"}
    many = [json.dumps(one).encode() for one in (strange, claim, claim)]
    table = read(knowledge, folder_of(tmp_path, woman("a", strange, claim), woman("b", claim), *many, GOOD))
    unread = {column.name: column.unknown for column in table.description.columns if not column.fact}
    assert (unread["Unheard"], unread["Claim"]) == (2, 4)
    assert set(by_patient(table)) == {"a", "b", "good"}
    assert table.description.sound or not [problem for problem in table.description.problems if not problem.note]


def test_resources_of_nobody(knowledge: Knowledge, tmp_path: Path) -> None:
    given = [{key: cell for key, cell in TSH.items() if key != "subject"}, {**TSH, "subject": {"reference": "Group/g"}},
             {**TSH, "subject": "she"}, {"resourceType": "Patient", "gender": "female"}]  # fmt: skip
    table = read(knowledge, folder_of(tmp_path, GOOD, *(json.dumps(one).encode() for one in given)))
    found = told(table)
    assert found["bulk.nobody", ""][1:] == ((2, 3, 4), 3)
    assert found["bulk.no-id", ""][1:] == ((5,), 1)
    assert set(by_patient(table)) == {"good"}


def test_references_in_a_circle_and_markup_in_texts(knowledge: Knowledge, tmp_path: Path) -> None:
    circle = {**TSH, "hasMember": [{"reference": "Observation/tsh"}], "derivedFrom": [{"reference": "Observation/tsh"}]}
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "status": "final",
        "result": [{"reference": "DiagnosticReport/r"}],
    }
    markup = {**about("Condition", {**concept("sle"), "text": "<script>alert('p')</script>"}, **status()), "id": "<b>"}
    table = read(knowledge, folder_of(tmp_path, woman("a", circle, report, markup)))
    assert by_patient(table)["a"]["sle"] is True
    assert by_patient(table)["a"]["tsh"] == 2.0
    assert "<script>" not in table.description.text()


def test_values_that_cannot_be_read_are_told_by_fact_and_place(knowledge: Knowledge, tmp_path: Path) -> None:
    """And none of them is shown."""
    secret = "4711.25"
    wrong = observation("tsh", "2024-05-01", **quantity(float(secret), "mg/dL"))
    text = observation("prolactin", "2024-05-01", valueString=secret)
    date = observation("vitamin_d", "2024-99-01", **quantity(float(secret), "ng/mL"))
    folder = folder_of(tmp_path, GOOD, woman("a", wrong, text, date), woman("b", wrong))
    table = read(knowledge, folder)
    found = told(table)
    assert found["error.unit", "tsh"] == ("b.ndjson", (2, 3), 2)
    assert found["bulk.text", "prolactin"] == ("b.ndjson", (2,), 1)
    assert found["bulk.date", "vitamin_d"] == ("b.ndjson", (2,), 1)
    assert table.description.refused == 0
    assert secret not in table.description.text()
    with pytest.raises(CohortError) as refused:
        read_bulk(folder, settings(knowledge, AS_OF), strict=True)
    assert secret not in refused.value.message("en")


def test_what_only_does_not_count_is_a_note(knowledge: Knowledge, tmp_path: Path) -> None:
    later = observation("tsh", "2030-01-01", **quantity(2, "m[IU]/L"))
    error = {**observation("prolactin", "2024-05-01", **quantity(2, "ng/mL")), "status": "entered-in-error"}
    table = read_bulk(folder_of(tmp_path, woman("a", later, error)), settings(knowledge, AS_OF), strict=True)
    assert told(table)["bulk.later", "tsh"][2] == 1
    assert told(table)["bulk.entered-in-error", "prolactin"][2] == 1


def test_one_patient_in_several_bundles(knowledge: Knowledge, tmp_path: Path) -> None:
    """The same again becomes one; where they differ, neither is taken."""
    other = woman("b", observation("tsh", "2024-05-01", **quantity(5, "m[IU]/L")))
    table = read(knowledge, folder_of(tmp_path, GOOD, GOOD, woman("b", TSH), other))
    assert set(by_patient(table)) == {"good"}
    assert (table.description.duplicates, table.description.refused) == (1, 2)
    assert {"cohort.double-same", "cohort.double-differs"} <= {key for key, _ in told(table)}


def test_no_patient_at_all(knowledge: Knowledge, tmp_path: Path) -> None:
    with pytest.raises(CohortError) as refused:
        read(knowledge, folder_of(tmp_path, b"{}", b"not JSON"))
    assert refused.value.key == "bulk.nobody-left"
    empty = tmp_path / "empty"
    empty.mkdir()
    for path in (empty, tmp_path / "there-is-none", folder_of(tmp_path, b"x", name="a.txt") / "a.txt"):
        with pytest.raises(DeciduaError) as wrong:
            read(knowledge, path)
        assert "{" not in wrong.value.message("ko")

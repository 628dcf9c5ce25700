"""OMOP on a real PostgreSQL server: the same rows as from Parquet, and nothing is written to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import psycopg
import pytest

from decidua.errors import CohortError
from decidua.facts import Vocabulary
from decidua.intake.omop import read_omop
from decidua.intake.omop.database import PostgresDatabase
from intake.cohort_reading import problems, settings
from intake.omop_tables import WOMEN, frames, parquet
from intake.postgres_server import binaries, server

TYPES = {pl.Int64: "bigint", pl.Int32: "integer", pl.Float64: "numeric", pl.String: "text", pl.Date: "date"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    programs = binaries()
    if programs is None:
        pytest.skip("no PostgreSQL here: install Debian's package postgresql")
    with server(programs) as found:
        with psycopg.connect(found, autocommit=True) as connection:
            connection.execute("create schema cdm")
            for name, frame in frames(WOMEN).items():
                columns = ", ".join(f"{column} {TYPES[type(kind)]}" for column, kind in frame.schema.items())
                connection.execute(f"create table cdm.{name} ({columns})")
                with connection.cursor() as cursor, cursor.copy(f"copy cdm.{name} from stdin") as copy:
                    for row in frame.iter_rows():
                        copy.write_row(row)
        yield found


def test_the_same_rows_as_from_parquet(address: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    one = read_omop(address, settings(vocabulary), schema="cdm")
    other = read_omop(parquet(tmp_path / "omop", frames(WOMEN)), settings(vocabulary))
    assert one.frame.collect().height == len(WOMEN)
    assert one.frame.collect().equals(other.frame.collect())
    assert {key: (p.rows, p.count) for key, p in problems(one).items()} == {
        key: (p.rows, p.count) for key, p in problems(other).items()
    }


def test_it_can_only_read(address: str) -> None:
    database = PostgresDatabase(address, "cdm")
    with pytest.raises(CohortError):
        list(database.rows("select 1 from cdm.person for update"))
    database.close()


def test_what_cannot_be_reached_names_no_address(address: str, vocabulary: Vocabulary) -> None:
    for wrong in (address.replace("postgres?", "nowhere?"), "postgresql://secret:word@127.0.0.1:1/x"):
        with pytest.raises(CohortError) as found:
            read_omop(wrong, settings(vocabulary))
        said = found.value.message("en")
        assert "secret" not in said
        assert "word" not in said
        assert "host" not in said
    with pytest.raises(CohortError, match="concept"):
        read_omop(address, settings(vocabulary), schema="nowhere")
    with pytest.raises(CohortError, match="schema"):
        read_omop(address, settings(vocabulary), schema='x"; drop schema cdm')

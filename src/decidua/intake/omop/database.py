"""Where the tables of OMOP stand: a folder of Parquet, a DuckDB file, a PostgreSQL server. Only ever read.

Parquet and DuckDB need the extra `omop`, PostgreSQL the extra `postgres`. Nothing is written: the engine may spill only
into the folder that the user names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from decidua.errors import CohortError

TABLES = (
    "person", "concept", "concept_ancestor", "condition_occurrence", "measurement", "observation", "drug_exposure",
    "procedure_occurrence", "visit_occurrence", "cohort",
)  # fmt: skip
ROWS = 50_000
_COLUMNS = "select lower(table_name), lower(column_name) from information_schema.columns where {where}"


class Database(Protocol):
    """Tables with their columns, in lower case, and rows by SQL."""

    name: str
    columns: Mapping[str, frozenset[str]]

    def rows(self, sql: str) -> Iterator[Sequence[Any]]: ...

    def close(self) -> None: ...


def open_database(source: str | Path, *, schema: str | None = None, scratch: Path | None = None) -> Database:
    """source: a folder, a DuckDB file, or an address that begins with `postgresql:`. Raises CohortError."""
    text = str(source)
    if text.startswith(("postgresql:", "postgres:")):
        return PostgresDatabase(text, schema)
    if not Path(text).exists():
        raise CohortError("cohort.file-missing", where=text)
    return DuckDatabase(Path(text), schema, scratch)


class DuckDatabase:
    """A DuckDB file, opened for reading only, or a folder with one Parquet file or folder for each table."""

    def __init__(self, path: Path, schema: str | None, scratch: Path | None) -> None:
        duckdb = _duckdb()
        self.name, place, folder = str(path), _word(schema) if schema else None, path.is_dir()
        try:
            self._connection = duckdb.connect(":memory:" if folder else str(path), read_only=not folder)
        except duckdb.Error:
            raise CohortError("omop.not-opened", where=path) from None
        try:
            self._connection.execute("set temp_directory = ?", [str(scratch) if scratch else ""])
            for reach in ("autoinstall_known_extensions", "autoload_known_extensions"):
                self._connection.execute(f"set {reach} = false")  # nothing is fetched from anywhere
            if folder:
                self._views(path)
            elif place:
                self._connection.execute(f"set schema = '{place}'")
            self.columns = _grouped(self.rows(_COLUMNS.format(where="table_schema = current_schema()")))
        except duckdb.Error:
            self._connection.close()
            raise CohortError("omop.not-opened", where=path) from None

    def _views(self, folder: Path) -> None:
        for table in TABLES:
            found = _parquet(folder, table)
            if found:
                files = ", ".join("'" + str(file).replace("'", "''") + "'" for file in found)
                self._connection.execute(f"create view {table} as select * from read_parquet([{files}])")

    def rows(self, sql: str) -> Iterator[Sequence[Any]]:
        duckdb = _duckdb()
        try:
            cursor = self._connection.cursor()
            cursor.execute(sql)
            while some := cursor.fetchmany(ROWS):
                yield from some
        except duckdb.Error as error:
            raise CohortError("omop.query", where=self.name, kind=type(error).__name__) from None

    def close(self) -> None:
        self._connection.close()


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError:
        raise CohortError("omop.needs-duckdb") from None
    return duckdb


def _parquet(folder: Path, table: str) -> list[Path]:
    """`person.parquet`, or the Parquet files in a folder `person`; capitals do not matter."""
    for inside in sorted(folder.iterdir()):
        name = inside.name.lower()
        if inside.is_file() and name == f"{table}.parquet":
            return [inside]
        if inside.is_dir() and name in (table, f"{table}.parquet"):
            return sorted(file for file in inside.rglob("*.parquet") if file.is_file())
    return []


def _word(name: str) -> str:
    """A name that goes into SQL; anything else than a plain word is refused."""
    if not name.isidentifier():
        raise CohortError("omop.schema", given=name)
    return name


def _grouped(rows: Iterator[Sequence[Any]]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for table, column in rows:
        found.setdefault(table, set()).add(column)
    return {table: frozenset(columns) for table, columns in found.items() if table in TABLES}


class PostgresDatabase:
    """A PostgreSQL server, in one transaction that can only read; the address is never shown."""

    def __init__(self, address: str, schema: str | None) -> None:
        psycopg = _psycopg()
        self.name, path = "PostgreSQL", _word(schema) if schema else None
        try:
            self._connection = psycopg.connect(address, connect_timeout=30)
        except psycopg.Error as error:
            raise CohortError("omop.server", reason=type(error).__name__) from None
        try:
            self._connection.read_only = True
            if path:
                self._connection.execute(f'set search_path to "{path}"')
            self.columns = _grouped(self.rows(_COLUMNS.format(where="table_schema = any (current_schemas(false))")))
        except BaseException:
            self._connection.close()
            raise

    def rows(self, sql: str) -> Iterator[Sequence[Any]]:
        psycopg = _psycopg()
        try:
            with self._connection.cursor(name=f"decidua_{id(sql)}") as cursor:
                cursor.itersize = ROWS
                yield from cursor.execute(sql)
        except psycopg.Error as error:
            raise CohortError("omop.query", where=self.name, kind=type(error).__name__) from None

    def close(self) -> None:
        self._connection.close()


def _psycopg() -> Any:
    try:
        import psycopg
    except ImportError:
        raise CohortError("omop.needs-psycopg") from None
    return psycopg

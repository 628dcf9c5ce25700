"""A Spark session for an audit: begun with nothing of Spark's own on the terminal, ended with the audit.

Needs the extra `spark` and a Java runtime.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL
from typing import TYPE_CHECKING, Any

from decidua.errors import CohortError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MASTER = re.compile(r"local(\[(\*|[1-9]\d*)(, *[1-9]\d*)?\])?|local-cluster\[.+\]|(spark|k8s)://.+|yarn")
ALLOWED = "local[N], local[*], spark://HOST:PORT, yarn, k8s://…"
NOT_THERE = re.compile(r"FILE_NOT_EXIST|PATH_NOT_FOUND|FileNotFoundException")
UNREADABLE = re.compile(r"FAILED_READ_FILE|CANNOT_READ_FILE|is not a Parquet file|ParquetDecodingException")


@contextmanager
def spark_session(master: str, batch: int, settings: dict[str, str] | None = None) -> Iterator[SparkSession]:
    """`batch`: rows of an Arrow batch. A session that runs already is used, with settings of our own, and left there.

    Raises CohortError where Spark or Java is missing, or where Spark does not start.
    """
    require(master)
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    ours = {"spark.sql.execution.arrow.maxRecordsPerBatch": str(batch), "spark.sql.session.timeZone": "UTC"}
    begun = None if SparkContext._active_spark_context else _begun(master)
    session = (begun or SparkSession.builder.getOrCreate()).newSession()
    for key, value in {**ours, **(settings or {})}.items():
        session.conf.set(key, value)
    before = signal.getsignal(signal.SIGINT)
    try:
        yield session
    finally:
        if begun is not None:
            begun.stop()
            _heard(before)


def require(master: str) -> None:
    """That Spark can be begun, as far as it can be told without beginning it. Raises CohortError."""
    if not MASTER.fullmatch(master):
        raise CohortError("audit.spark-master", given=master, allowed=ALLOWED)
    try:
        import pandas  # noqa: F401  # mapInArrow of PySpark 4 asks for it
        import pyarrow  # noqa: F401
        import pyspark  # noqa: F401
    except ImportError:
        raise CohortError("audit.no-spark") from None
    home = os.environ.get("JAVA_HOME")
    if not shutil.which("java", path=str(Path(home, "bin")) if home else None):
        raise CohortError("audit.no-java")


def _begun(master: str) -> SparkSession:
    """Java writes to the terminal while it starts, before any setting of Spark's is read: it gets none."""
    from pyspark import SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # nothing of a patient to other machines
    conf = _conf(master)
    before = signal.getsignal(signal.SIGINT)
    try:
        gateway = SparkContext._gateway or launch_gateway(conf, {"stdout": DEVNULL, "stderr": DEVNULL})
        return SparkSession(SparkContext(conf=conf, gateway=gateway))
    except Exception:  # of PySpark, of Py4J, or of the system
        raise CohortError("audit.spark-start", given=master) from None
    finally:
        _heard(before)


def _heard(handler: Any) -> None:
    """Who hears a Ctrl-C: Spark's own handler outlives its session."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, handler)


def _conf(master: str) -> Any:
    """One thread for Polars in each worker, as Spark starts a worker for each core. Where Spark's memory is short it
    writes blocks to its own folder: they are encrypted, with a key that is nowhere but in memory."""
    from pyspark import SparkConf

    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "OFF",
        "spark.io.encryption.enabled": "true",
        "spark.executorEnv.POLARS_MAX_THREADS": "1",
    }
    return SparkConf().setMaster(master).setAppName("decidua").setAll(list(settings.items()))


@contextmanager
def failures_told(files: tuple[str, ...]) -> Iterator[None]:
    """Spark's own words may hold values, so they are not passed on. Raises CohortError."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        for sign, key in ((NOT_THERE, "audit.spark-not-there"), (UNREADABLE, "cohort.parquet")):
            if sign.search(str(error)):
                raise CohortError(key, where=_which(str(error), files)) from None
        raise CohortError("audit.spark-failed", kind=type(error).__name__) from None


def _which(said: str, files: tuple[str, ...]) -> str:
    """The file that Spark names, else all."""
    from urllib.parse import unquote

    named = [file for file in files if Path(file).absolute().as_posix() in unquote(said)]
    return ", ".join(named or files)

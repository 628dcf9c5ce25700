"""Patients at the same time do not touch each other, and none leaves anything on the shelf."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cli.running import EXAMPLES

from decidua.consult import consult
from decidua.intake import read_patient_file
from decidua.reports.build import build_report
from decidua.web.shelf import Shelf, open_shelf
from service.running import shipped_shelf

CHOSEN: Sequence[Path] = [EXAMPLES[at] for at in (0, 2, 3, 5, 7, 9, 14)]


def report(shelf: Shelf, path: Path) -> str:
    knowledge = shelf.knowledge
    intake = read_patient_file(path, vocabulary=knowledge.vocabulary, stated=knowledge.stated)
    made = build_report(consult(shelf.answers, intake.patient), "en", why=True, deciding=True)
    return made.model_dump_json(exclude={"as_of"})


def test_side_by_side_as_alone() -> None:
    alone = {path: report(open_shelf(shipped_shelf().knowledge), path) for path in CHOSEN}
    shelf = open_shelf(shipped_shelf().knowledge)
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda path: (path, report(shelf, path)), [*CHOSEN, *reversed(CHOSEN)]))
    assert all(found == alone[path] for path, found in together)


def test_warm_or_cold_says_the_same() -> None:
    cold, warm = open_shelf(shipped_shelf().knowledge), open_shelf(shipped_shelf().knowledge)
    warm.warm()
    assert [report(cold, path) for path in CHOSEN] == [report(warm, path) for path in CHOSEN]


def test_the_base_learns_nothing() -> None:
    """Nodes, remembered results and the last patient are those of before."""
    shelf = open_shelf(shipped_shelf().knowledge)
    shelf.warm()
    before = sizes(shelf)
    for path in CHOSEN:
        report(shelf, path)
    assert sizes(shelf) == before
    assert shelf.base._concluded == ({}, {})


def sizes(shelf: Shelf) -> dict[tuple[str, str], tuple[int, ...]]:
    return {
        key: (len(function.diagrams.level), *(len(cache) for cache in function.caches.values()))
        for key, function in shelf.base._functions.items()
    }


def test_a_patient_is_let_go() -> None:
    """After the answer neither the patient nor the consultation is left anywhere."""
    shelf = open_shelf(shipped_shelf().knowledge)
    left: list[weakref.ref[object]] = []

    def ask() -> None:
        knowledge = shelf.knowledge
        intake = read_patient_file(EXAMPLES[3], vocabulary=knowledge.vocabulary, stated=knowledge.stated)
        consultation = consult(shelf.answers, intake.patient)
        report = build_report(consultation, "en", why=True, deciding=True)
        left.extend(map(weakref.ref, (intake, intake.patient, consultation, consultation.patient, report)))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    gc.collect()
    assert [one() for one in left] == [None] * 5

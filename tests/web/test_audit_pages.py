"""The audit page without a browser: which files can be named, what it says while it runs, and that nothing stays."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import httpx
import own_loop
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from reports.audits import audit_of, women

from decidua.errors import DeciduaError, UsageError
from decidua.guidelines import Knowledge
from decidua.reports.audit.build import build_audit_report
from decidua.web.audit import running
from decidua.web.audit.child import audit_in_child
from decidua.web.audit.folder import names_in
from decidua.web.audit.router import audit_pages
from decidua.web.audit.running import Audits
from decidua.web.refused import Refused
from decidua.web.shelf import Shelf
from decidua.web.static_files import static_files
from web.browsing import read

WAIT = 60.0
PATIENT = "patient-4711"


class Visitor:
    """Asks the audit page of one folder."""

    def __init__(self, shelf: Shelf, audits: Audits) -> None:
        self.audits, self.app = audits, FastAPI(openapi_url=None)
        self.app.state.shelf = shelf
        for routes in (static_files(), audit_pages(audits)):
            self.app.include_router(routes)

        @self.app.exception_handler(DeciduaError)
        async def told(_: Request, error: Exception) -> PlainTextResponse:
            return PlainTextResponse(str(error), error.status if isinstance(error, Refused) else 422)

    def get(self, path: str) -> httpx.Response:
        return self._ask("GET", path)

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self._ask("POST", path, data=fields)

    def _ask(self, method: str, path: str, **parts: object) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=True)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, **parts)  # type: ignore[arg-type]

        return own_loop.run(asked())


def _until(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT
    while not ready():
        assert time.monotonic() < end, "it hangs"
        time.sleep(0.02)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "cohorts"
    found.mkdir()
    (found / "ours.csv").write_text(f"patient,losses\n{PATIENT},3\n")
    return found


# What a child does instead of an audit; it runs in a process of its own, so it stands here by name.


def _reports_at_once(pipe: object, opened: Callable[[], Knowledge], task: object) -> None:  # noqa: ARG001
    knowledge, audit = opened(), audit_of(women(300))
    pipe.send(("rows", 120, 300))  # type: ignore[attr-defined]
    reports = {lang: build_audit_report(audit, knowledge, lang).model_dump_json() for lang in ("en", "ko")}  # type: ignore[arg-type]
    pipe.send(("reports", reports))  # type: ignore[attr-defined]


def _never_ends(pipe: object, opened: object, task: object) -> None:  # noqa: ARG001
    pipe.send(("rows", 120, 300))  # type: ignore[attr-defined]
    time.sleep(600)


def _refuses(pipe: object, opened: object, task: object) -> None:  # noqa: ARG001
    pipe.send(("error", UsageError("error.audit-few", given=3, least=5)))  # type: ignore[attr-defined]


def _dies(pipe: object, opened: object, task: object) -> None:  # noqa: ARG001
    raise SystemExit(9)


@pytest.fixture
def visitor(
    request: pytest.FixtureRequest, shelf: Shelf, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Visitor]:
    from decidua.guidelines import read_knowledge

    monkeypatch.setattr(running, "audit_in_child", request.param)
    visitor = Visitor(shelf, Audits(folder, read_knowledge))
    yield visitor
    visitor.audits.end()


does = pytest.mark.parametrize


def test_without_a_folder_it_says_how_to_start(shelf: Shelf) -> None:
    visitor = Visitor(shelf, Audits())
    for lang in ("en", "ko"):
        page = read(visitor.get(f"/{lang}/audit").text)
        assert "decidua serve --cohorts DIR" in page.text
        assert not page.all("select")
    assert visitor.post("/en/audit", file="ours.csv").status_code == 422


def test_only_plain_files_of_the_folder_are_listed(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("patient\n1\n")
    (folder / "link.csv").symlink_to(outside)
    (folder / "inside").mkdir()
    (folder / ".hidden.csv").write_text("x")
    (folder / "notes.txt").write_text("x")
    (folder / "b.parquet").write_bytes(b"x")
    assert names_in(folder) == ["b.parquet", "ours.csv"]


@does("visitor", [_reports_at_once], indirect=True)
@does("name", ["../outside.csv", "/etc/passwd", "link.csv", "inside/x.csv", "", "ours.csv\x00", "..", "none.csv"])
def test_nothing_else_can_be_named(visitor: Visitor, folder: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "outside.csv").write_text("patient\n1\n")
    (folder / "link.csv").symlink_to(tmp_path / "outside.csv")
    answer = visitor.post("/en/audit", file=name)
    assert answer.status_code == 422
    assert "no such file in the folder" in read(answer.text).text
    assert visitor.audits.state.phase == "none"


@does("visitor", [_reports_at_once], indirect=True)
def test_start_watch_read_download_end(visitor: Visitor) -> None:
    assert visitor.post("/en/audit", file="ours.csv", by="centre", least="5").status_code == 303
    _until(lambda: visitor.audits.state.phase == "done")
    for lang in ("en", "ko"):
        page = read(visitor.get(f"/{lang}/audit").text)
        assert len(page.ids) == len(set(page.ids))
        assert "definitions" in page.ids
        assert PATIENT not in page.text
    last = visitor.get("/en/audit/progress").text
    assert "data-done" in last
    assert "hx-get" not in last
    assert "<svg" in visitor.get("/en/audit/report.html").text
    assert visitor.get("/ko/audit/report.json").json()["language"] == "ko"
    with zipfile.ZipFile(BytesIO(visitor.get("/en/audit/tables.zip").content)) as tables:
        assert "audit/answers.parquet" in tables.namelist()
        assert tables.testzip() is None
    assert visitor.post("/en/audit/end").status_code == 303
    assert visitor.audits.state.phase == "none"
    assert visitor.get("/en/audit/report.html").status_code == 422


@does("visitor", [_reports_at_once], indirect=True)
def test_groups_are_those_of_the_file(visitor: Visitor, folder: Path) -> None:
    """Chosen from its columns; nothing of a patient is read for it."""
    (folder / "more.csv").write_text(f"patient,losses,group.centre,Group.Year\n{PATIENT},3,C1,2020\n")
    page = read(visitor.post("/en/audit/file", file="more.csv").text)
    (by,) = [one for one in page.all("select") if one["name"] == "by"]
    assert "multiple" in by
    assert [word for word in ("centre", "Year") if word in page.text] == ["centre", "Year"]
    assert PATIENT not in page.text
    plain = read(visitor.post("/ko/audit/file", file="ours.csv").text)
    assert [one["name"] for one in plain.all("select")] == ["least"]
    assert visitor.audits.state.phase == "none"


@does("visitor", [_reports_at_once], indirect=True)
def test_a_file_without_a_heading_is_told(visitor: Visitor, folder: Path) -> None:
    (folder / "empty.csv").write_text("")
    (folder / "cut.parquet").write_bytes(b"PAR1")
    for name, said in (("empty.csv", "empty"), ("cut.parquet", "no whole Parquet file"), ("../x.csv", "no such file")):
        answer = visitor.post("/en/audit/file", file=name)
        assert answer.status_code == 422
        assert said in read(answer.text).text


@does("visitor", [audit_in_child], indirect=True)
def test_too_much_memory_is_told(visitor: Visitor, folder: Path) -> None:
    """A process of this software alone holds more than 30 MB."""
    visitor.audits.memory = 30
    visitor.post("/en/audit", file="ours.csv")
    _until(lambda: visitor.audits.state.phase == "failed")
    assert "more than 30 MB of memory" in read(visitor.get("/en/audit").text).text
    visitor.audits.memory = 4_000
    (folder / "ours.csv").write_text("patient,losses,group.centre\n" + "".join(f"p{n},3,C\n" for n in range(30)))
    fields = [("file", "ours.csv"), ("by", "centre")]
    assert visitor.post("/en/audit", **dict(fields)).status_code == 303
    _until(lambda: not visitor.audits.state.running)
    assert visitor.audits.state.phase == "done"


@does("visitor", [_never_ends], indirect=True)
def test_progress_without_a_script_and_cancel(visitor: Visitor) -> None:
    visitor.post("/en/audit", file="ours.csv")
    _until(lambda: visitor.audits.state.rows == 120)
    page = visitor.get("/en/audit").text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert "120 of 300 rows" in read(page).text
    assert "120 of 300 rows" in read(visitor.get("/en/audit/progress").text).text
    assert "only one at a time" in read(visitor.post("/en/audit", file="ours.csv").text).text
    process = visitor.audits._process
    visitor.post("/en/audit/end")
    assert process is not None
    assert not process.is_alive()
    assert visitor.audits.state.phase == "none"


@does(("visitor", "said"), [(_refuses, "Only 3 women can be counted"), (_dies, "ended before it was done")],
      indirect=["visitor"])  # fmt: skip
def test_how_an_audit_ended_is_told(visitor: Visitor, said: str) -> None:
    visitor.post("/en/audit", file="ours.csv")
    _until(lambda: visitor.audits.state.phase == "failed")
    page = read(visitor.get("/en/audit").text)
    assert said in page.text
    assert [one["name"] for one in page.all("select")] == ["file"]


@does("visitor", [_never_ends], indirect=True)
def test_it_ends_when_its_time_is_over(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "LONGEST", 0.5)
    visitor.post("/en/audit", file="ours.csv")
    _until(lambda: visitor.audits.state.phase == "failed")
    assert "took longer" in read(visitor.get("/en/audit").text).text


@does("visitor", [_reports_at_once], indirect=True)
@does("left", [True, False])
def test_nothing_is_kept_of_an_audit_that_nobody_visits(
    visitor: Visitor, left: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.post("/en/audit", file="ours.csv")
    _until(lambda: visitor.audits.state.phase == "done")
    monkeypatch.setattr(running, "AFTER_LEAVING" if left else "IDLE", 0.2)
    if left:
        assert visitor.post("/en/audit/left").status_code == 204
    else:
        visitor.get("/en/audit")
    _until(lambda: visitor.audits._state.phase == "none")
    assert visitor.audits._state.reports is None


@does("visitor", [_reports_at_once], indirect=True)
def test_coming_back_within_the_minute_keeps_it(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor.post("/en/audit", file="ours.csv")
    _until(lambda: visitor.audits.state.phase == "done")
    monkeypatch.setattr(running, "AFTER_LEAVING", 0.4)
    visitor.post("/en/audit/left")
    visitor.get("/ko/audit")
    time.sleep(0.8)
    assert visitor.audits._state.phase == "done"


@does("visitor", [_reports_at_once], indirect=True)
@does(("fields", "said"), [({"least": "3"}, "'3' is no count"), ({"as_of": "tomorrow"}, "is no date")])
def test_a_wrong_choice_is_told(visitor: Visitor, fields: dict[str, str], said: str) -> None:
    answer = visitor.post("/en/audit", file="ours.csv", **fields)
    assert answer.status_code == 422
    assert said in read(answer.text).text

"""HAPI's own FHIR server, started for a test on a free port of this machine and ended with it."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

HERE = Path(__file__).parent / "server"
STARTING, ANSWERING, ENDING = 400, 300, 30
"""Seconds; generous, because a machine may have more to do."""
MEDIA = "application/fhir+json"
Resource = Mapping[str, Any]


def built() -> bool:
    return bool(shutil.which("java")) and (HERE / "target/classes/Server.class").is_file()


@dataclass(frozen=True)
class Hapi:
    base: str

    def post(self, path: str, body: Resource) -> Any:
        """Raises urllib's HTTPError for any status of an error."""
        headers = {"Content-Type": MEDIA, "Accept": MEDIA}
        request = Request(f"{self.base}{path}", json.dumps(body).encode(), headers)
        with build_opener(ProxyHandler({})).open(request, timeout=ANSWERING) as answer:
            return json.load(answer)

    def put(self, resources: Iterable[Resource]) -> list[str]:
        """The status of each resource, put in one request."""
        entries = [
            {"resource": one, "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"}}
            for one in resources
        ]
        made = self.post("", {"resourceType": "Bundle", "type": "batch", "entry": entries})
        return [entry["response"]["status"] for entry in made["entry"]]


@contextmanager
def running() -> Iterator[Hapi]:
    """Ends when its input is closed; killed if it does not."""
    command = ["java", "-Xmx2g", "-XX:TieredStopAtLevel=1", "-cp", "target/classes:target/lib/*", "Server", "0"]
    with subprocess.Popen(
        command, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        watch = threading.Timer(STARTING, server.kill)
        watch.start()
        try:
            assert server.stdin is not None
            assert server.stdout is not None
            base = server.stdout.readline().strip()
            watch.cancel()
            assert base.startswith("http://127.0.0.1:"), "the server did not start"
            yield Hapi(base)
        finally:
            watch.cancel()
            _end(server)


def _end(server: subprocess.Popen[str]) -> None:
    try:
        server.communicate(timeout=ENDING)  # closes its input
    except subprocess.TimeoutExpired:
        server.kill()

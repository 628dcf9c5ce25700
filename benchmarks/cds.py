"""How fast is CDS Hooks? One command: `uv run python -m benchmarks.cds`.

The service runs as `decidua serve --workers 2` does, with tokens checked and her data sent along (prefetch), and is
asked over HTTP by a client of several processes on the same machine. Beside every figure stands a rival in the same
run: the same server, the same clients and the same bodies, answered by a constant. So the ratio says what reading,
answering and checking cost over merely speaking HTTP; on a busy machine both fall together.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import jwt
import uvicorn
import yaml
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from starlette.types import Receive, Scope, Send

PATH = "/cds-services/decidua-patient-view"
ADDRESS = "http://127.0.0.1"
ISSUER = "https://ehr.example/"
TARGET_RATE, TARGET_P99, ASKED = 300.0, 0.050, 100.0
CLIENTS, CALLS, SECONDS = 8, 2400, 6.0


@dataclass(frozen=True)
class Load:
    """What the clients send: body and token for each call, made beforehand."""

    port: int
    calls: tuple[tuple[bytes, str], ...]
    every: float
    """Seconds between two calls of one client; 0: one after the other."""


def observation(code: str, value: int) -> dict[str, object]:
    return {
        "resourceType": "Observation", "id": f"o{code}", "status": "final", "effectiveDateTime": "2024-01-15",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]}, "subject": {"reference": "Patient/p"},
        "valueInteger": value,
    }  # fmt: skip


def body(losses: int) -> bytes:
    """A record of a few results; with three losses or more she is in scope."""
    results = [observation("11614-5", losses), observation("11636-8", 0), observation("8098-6", 3)]
    entries = [{"resource": one} for one in results]
    empty = dict.fromkeys(("conditions", "allergies", "medications", "statements", "procedures"))
    given = {
        "patient": {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1990-04-02"},
        "observations": {"resourceType": "Bundle", "type": "searchset", "entry": entries}, **empty,
    }  # fmt: skip
    context = {"userId": "Practitioner/1", "patientId": "p"}
    made = {"hook": "patient-view", "hookInstance": str(uuid4()), "context": context, "prefetch": given}
    return json.dumps(made).encode()


def token(key: ec.EllipticCurvePrivateKey) -> str:
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": f"{ADDRESS}{PATH}", "iat": now, "exp": now + 500, "jti": str(uuid4())}
    return jwt.encode(claims, key, algorithm="ES384", headers={"kid": "one", "typ": "JWT"})


def load(key: ec.EllipticCurvePrivateKey, port: int, count: int, every: float = 0.0) -> Load:
    """Every second woman is in scope, which is the dearer answer; in a clinic it is fewer."""
    return Load(port, tuple((body(4 * (n % 2)), token(key)) for n in range(count)), every)


def speak(given: Load) -> tuple[list[float], int, float]:
    """One client on one connection: seconds of each call, how many were not 200, and how long all took."""
    connection = http.client.HTTPConnection("127.0.0.1", given.port, timeout=60)
    times, wrong, began = [], 0, time.perf_counter()
    for number, (sent, bearer) in enumerate(given.calls):
        due = began + number * given.every
        if given.every and due > time.perf_counter():
            time.sleep(due - time.perf_counter())
        start = time.perf_counter()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {bearer}"}
        connection.request("POST", PATH, sent, headers)
        answer = connection.getresponse()
        answer.read()
        wrong += answer.status != 200
        times.append(time.perf_counter() - (due if given.every else start))
    return times, wrong, time.perf_counter() - began


@contextmanager
def decidua(key: ec.EllipticCurvePrivateKey) -> Iterator[tuple[int, int]]:
    """The service in two processes of its own: its port, and the number of the process above them."""
    with tempfile.TemporaryDirectory() as folder:
        public = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
        (Path(folder) / "jwks.json").write_text(json.dumps({"keys": [{**public, "kid": "one"}]}))
        ehr = {"name": "benchmark", "issuer": ISSUER, "keys": {"file": "jwks.json"}}
        settings = {"address": ADDRESS, "cds_hooks": True, "networks": ["127.0.0.0/8"], "ehrs": [ehr]}
        file = Path(folder) / "ehr.yaml"
        file.write_text(yaml.safe_dump(settings))
        port = free_port()
        script = str(Path(sys.executable).with_name("decidua"))
        with subprocess.Popen(
            [script, "serve", "--port", str(port), "--workers", "2", "--ehr", str(file)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ,
        ) as running:  # fmt: skip
            try:
                warm(key, port)
                yield port, running.pid
            finally:
                running.terminate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        return int(bound.getsockname()[1])


def warm(key: ec.EllipticCurvePrivateKey, port: int) -> None:
    """Until both processes have read the content and answered some calls."""
    end = time.monotonic() + 120
    good = 0
    while good < 100:
        if time.monotonic() > end:
            raise SystemExit("the service did not start")
        try:
            good += speak(load(key, port, 5))[1] == 0
        except OSError:
            time.sleep(0.5)


async def constant(scope: Scope, receive: Receive, send: Send) -> None:
    """The rival: reads the body, says that there are no cards."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b'{"cards":[]}'})


@contextmanager
def rival() -> Iterator[int]:
    """uvicorn with the constant, in this process and a thread of its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as bound:
        bound.bind(("127.0.0.1", 0))  # with a protocol number, so that asyncio sends what is written at once
        config = uvicorn.Config(constant, http="h11", log_config=None, access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([bound])), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield int(bound.getsockname()[1])
        server.should_exit = True
        thread.join(10)


def rate(pool: ProcessPoolExecutor, key: ec.EllipticCurvePrivateKey, port: int, count: int) -> float:
    """Calls per second of all clients together, as fast as they can."""
    found = list(pool.map(speak, [load(key, port, count // CLIENTS) for _ in range(CLIENTS)]))
    refused(sum(wrong for _, wrong, _ in found))
    return sum(len(times) for times, _, _ in found) / max(took for *_, took in found)


def latencies(pool: ProcessPoolExecutor, key: ec.EllipticCurvePrivateKey, port: int) -> Sequence[float]:
    """Seconds of each call at a hundred a second, from when it was due, in order of length."""
    each = int(ASKED * SECONDS / CLIENTS)
    found = list(pool.map(speak, [load(key, port, each, CLIENTS / ASKED) for _ in range(CLIENTS)]))
    refused(sum(wrong for _, wrong, _ in found))
    return sorted(one for times, *_ in found for one in times)


def refused(count: int) -> None:
    if count:
        raise SystemExit(f"{count} calls were not answered with 200")


def processor_time(process: int) -> float:
    """Seconds of processor time of a process and its children so far (Linux); 0 where it cannot be read."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        lists = [path.read_text() for path in Path(f"/proc/{process}/task").glob("*/children")]
    except OSError:
        return 0.0
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(processor_time(int(child)) for line in lists for child in line.split())


def p99(times: Sequence[float]) -> float:
    return times[int(0.99 * (len(times) - 1))]


def main() -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    with ProcessPoolExecutor(CLIENTS) as pool, decidua(key) as (ours, process), rival() as constantly:
        before = processor_time(process)
        fast = rate(pool, key, ours, CALLS)
        spent = (processor_time(process) - before) / CALLS
        bare = rate(pool, key, constantly, CALLS)
        slow, quiet = latencies(pool, key, ours), latencies(pool, key, constantly)
    line("patient-view, two processes", f"{fast:.0f} calls/s", TARGET_RATE, fast >= TARGET_RATE, "calls/s")
    line("  a constant, one process", f"{bare:.0f} calls/s, ratio {bare / fast:.1f}")
    if spent:
        line("processor time of the service a call", f"{spent * 1e3:.2f} ms, so {2 / spent:.0f} calls/s of two cores")
    line(f"p99 at {ASKED:.0f} calls/s", f"{p99(slow) * 1e3:.1f} ms", TARGET_P99 * 1e3, p99(slow) <= TARGET_P99, "ms")
    line("  a constant", f"{p99(quiet) * 1e3:.1f} ms, ratio {p99(slow) / p99(quiet):.1f}")
    line(f"median at {ASKED:.0f} calls/s", f"{slow[len(slow) // 2] * 1e3:.1f} ms")
    line("load of the machine", f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def line(name: str, found: str, target: float = 0, met: bool = True, unit: str = "") -> None:
    verdict = f"   target {target:.0f} {unit} {'met' if met else 'MISSED'}" if target else ""
    print(f"{name:38} {found}{verdict}")


if __name__ == "__main__":
    main()
